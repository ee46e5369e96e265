"""The two ceremonies of a passkey: it is made, and it signs a challenge; what comes back is judged by Yubico's library.

https://www.w3.org/TR/webauthn-3/#sctn-rp-operations
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    CollectedClientData,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from api.oauth.accounts import Account
from api.oauth.passkey import Passkey

T = TypeVar("T")

LIVES = 300
"""Seconds that a person has for it."""

LONGEST = 16 * 1024
"""Letters of what a browser says of a passkey; the longest that any says is a tenth of it."""

_ALGORITHMS: tuple[type[CoseKey], ...] = (ES256, EdDSA, RS256)
_ASKED = UserVerificationRequirement.REQUIRED
_UNREADABLE = (
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, RuntimeError),
    *(struct.error, UnsupportedAlgorithm),
)
"""What the library raises for what a stranger has made up."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey: `credential` is its attested data, in base64url, `count` how often it has signed."""

    id: str
    credential: str
    count: int


class Ceremonies:
    """`url` is where people find this server: its host is what passkeys are made for, and its origin the only one."""

    def __init__(self, url: str) -> None:
        self._host, self._origin = urlsplit(url).hostname or "", url
        rp = PublicKeyCredentialRpEntity(name="つなぐ Tsunagu", id=self._host)
        self._server = Fido2Server(rp, AttestationConveyancePreference.NONE, verify_origin=self._is_ours)
        self._server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=each.ALGORITHM)
            for each in _ALGORITHMS
        ]

    @property
    def possible(self) -> bool:
        """Passkeys are made for a name: where people come by a bare address, no browser makes any."""
        try:
            ipaddress.ip_address(self._host)
        except ValueError:
            return True
        return False

    def to_make(self, account: Account, handle: str, challenge: str) -> dict[str, Any]:
        """What the browser is to be told, to make one that names its account by itself and knows its owner."""
        user = PublicKeyCredentialUserEntity(name=account.name, id=websafe_decode(handle), display_name=account.name)
        options, _ = self._server.register_begin(
            user,
            [AttestedCredentialData(websafe_decode(each.credential)) for each in account.passkeys],
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=_ASKED,
            challenge=websafe_decode(challenge),
        )
        return _told(options.public_key)

    def to_sign(self, challenge: str) -> dict[str, Any]:
        """What the browser is to be told, to let the person choose among the passkeys that they have for us."""
        options, _ = self._server.authenticate_begin(user_verification=_ASKED, challenge=websafe_decode(challenge))
        return _told(options.public_key)

    def made(self, said: str, challenge: str) -> Made | None:
        """The passkey that a browser says it has made for this challenge; None where it is not as it must be."""

        def judged() -> Made:
            answer = RegistrationResponse.from_dict(_object(said))
            found = self._server.register_complete(_state(challenge), answer)
            _same_site(answer.response.client_data)
            credential = found.credential_data
            if credential is None or credential.public_key.ALGORITHM not in {each.ALGORITHM for each in _ALGORITHMS}:
                raise ValueError("no key of ours")
            if credential.credential_id != answer.raw_id or len(answer.raw_id) > 1023:
                raise ValueError("another id")
            return Made(websafe_encode(answer.raw_id), websafe_encode(credential), found.counter)

        return _judged(judged)

    def named(self, said: str) -> tuple[str, str] | None:
        """Which passkey of which account's handle a browser says it has used, proven by nothing yet."""

        def read() -> tuple[str, str]:
            answer = AuthenticationResponse.from_dict(_object(said))
            return websafe_encode(answer.raw_id), websafe_encode(answer.response.user_handle or b"")

        return _judged(read)

    def signed(self, said: str, challenge: str, passkey: Passkey) -> int | None:
        """How often the passkey says it has signed; None where this is no signature of it for this challenge and us."""

        def judged() -> int:
            answer = AuthenticationResponse.from_dict(_object(said))
            credential = AttestedCredentialData(websafe_decode(passkey.credential))
            self._server.authenticate_complete(_state(challenge), [credential], answer)
            _same_site(answer.response.client_data)
            return int(answer.response.authenticator_data.counter)

        return _judged(judged)

    def _is_ours(self, origin: str) -> bool:
        return origin == self._origin


def _told(options: Mapping[str, Any]) -> dict[str, Any]:
    return dict(options) | {"timeout": LIVES * 1000}


def _judged(judge: Callable[[], T]) -> T | None:
    try:
        return judge()
    except _UNREADABLE:
        return None


def _object(said: str) -> dict[str, Any]:
    found = orjson.loads(said) if len(said) <= LONGEST else None
    response = found.get("response") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(response, dict):
        raise ValueError("no object")
    # Of a number the library would make so many bytes.
    texts = {"id": found.get("rawId"), **{name: value for name, value in response.items() if value is not None}}
    if not all(isinstance(each, str) for each in texts.values()):
        raise ValueError("no text")
    return {"rawId": found["rawId"], "type": "public-key", "response": response}


def _same_site(data: CollectedClientData) -> None:
    """A page of ours in the frame of another site asks for nothing."""
    if data.cross_origin:
        raise ValueError("in a frame")


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge, "user_verification": _ASKED}
