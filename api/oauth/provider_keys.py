"""The keys of an OpenID provider, and what a token says that one of them has signed.

https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import orjson
from joserfc import jwk
from joserfc.errors import JoseError, SecurityWarning

from api.clock import Clock
from api.oauth import compact, fetched
from api.outward import Network

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Of a key that only the provider has: never `none`, never a shared secret."""

KEPT, ANEW = 300, 30
"""Seconds: keys are kept so long, and asked for anew no sooner, even where one is not among them."""

_MOST = 50


class ProviderKeys:
    def __init__(self, clock: Clock, networks: tuple[Network, ...]) -> None:
        self._clock, self._networks = clock, networks
        self._kept: tuple[float, tuple[jwk.Key, ...]] = (0.0, ())

    async def claims(self, uri: str, token: str) -> Mapping[str, Any] | None:
        """What the token says, None where no key of the provider has signed it. Raises one of `fetched.FAULTS`."""
        head = compact.header(token)
        if head is None or head.get("alg") not in ALGORITHMS:
            return None
        now = self._clock().timestamp()
        at, found = self._kept
        read = _read(token, head, found)
        # A new key may have an old name, or none: whatever no kept key has signed is a reason to ask.
        if not 0 <= now - at < (ANEW if read is None else KEPT):
            found = await self._fetched(uri)
            self._kept = (now, found)
            read = _read(token, head, found)
        return read

    async def _fetched(self, uri: str) -> tuple[jwk.Key, ...]:
        answer = await fetched.get(uri, self._networks, "application/jwk-set+json, application/json")
        said = orjson.loads(answer.body) if answer.status == 200 else None
        listed = said.get("keys") if isinstance(said, dict) else None
        if not isinstance(listed, list) or len(listed) > _MOST:
            raise ValueError("no keys")
        return tuple(key for each in listed if (key := _key(each)) is not None)


def _key(said: object) -> jwk.Key | None:
    """A public key that signs, None for whatever else a provider lists."""
    if not isinstance(said, dict) or said.get("use", "sig") != "sig" or said.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)  # joserfc warns of RSA keys below 2048 bits
            key = jwk.import_key({name: value for name, value in said.items() if name != "key_ops"})
    except (JoseError, SecurityWarning, KeyError, TypeError, ValueError):
        return None
    return None if key.is_private else key


def _read(token: str, head: Mapping[str, Any], keys: tuple[jwk.Key, ...]) -> Mapping[str, Any] | None:
    kid = head.get("kid")
    for key in keys:
        if (kid is None or key.kid == kid) and (found := compact.verified(token, key, (head["alg"],))):
            return found[1]
    return None
