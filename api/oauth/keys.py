"""The keys this server signs with: made once, kept in a folder, published as a JWK Set.

https://www.rfc-editor.org/rfc/rfc7517
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from api.oauth import compact
from resources.store import secret_file

Key = jwk.RSAKey | jwk.ECKey

FOR_ACCESS = ("ES256", "RS384")
"""Access tokens are known by any of these, and signed by the first that the folder has a key of: the same strength as
an RSA key of 3,072 bits, at a twentieth of its work. A folder of before has the second alone until `keys rotate`."""
FOR_PROOF = "RS384"
FOR_IDENTITY = "RS256"

_BITS = 3072
_CURVE = "P-256"
FILE = "signing-keys.json"


@dataclass(frozen=True, slots=True)
class Keys:
    """The first key of an algorithm signs; all of them verify, so that a new one can be put in front."""

    signing: Mapping[str, Key]
    verifying: jwk.KeySet

    @property
    def for_access(self) -> str:
        """The algorithm that access tokens are signed with."""
        return next(each for each in FOR_ACCESS if each in self.signing)

    def sign(self, claims: Mapping[str, Any], *, type: str, algorithm: str) -> str:
        key = self.signing[algorithm]
        header = {"alg": algorithm, "typ": type, "kid": key.kid}
        return jwt.encode(header, dict(claims), key, algorithms=[algorithm], default_type=None)

    def verified(self, token: str, *, type: str, algorithms: Collection[str]) -> dict[str, Any] | None:
        """The claims, or None where the form, type, algorithm, key or signature is not ours. Times are not judged."""
        found = compact.verified(token, self.verifying, algorithms)
        return dict(found[1]) if found and found[0].get("typ") == type else None

    def published(self) -> dict[str, Any]:
        """The JWK Set, public parts only."""
        return dict(self.verifying.as_dict(private=False))


def load(folder: Path) -> Keys:
    """Read the keys of this folder; make them on the first start, readable by their owner only.

    Raises PermissionError where others may read the file, ValueError where it is damaged: each names it.
    """
    path = folder / FILE
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others than its owner: chmod 600 it and replace the keys")
    try:
        keys = _imported(path.read_bytes())
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise ValueError(f"`{path}` holds no keys that can be read: restore it from the backup") from fault
    signing: dict[str, Key] = {}
    for key in keys:
        signing.setdefault(str(key.alg), key)
    for algorithm in (FOR_PROOF, FOR_IDENTITY):
        if algorithm not in signing:
            raise ValueError(f"`{path}` holds no {algorithm} key: restore it from the backup")
    return Keys(signing, jwk.KeySet(list(keys)))


def rotate(folder: Path, *, drop: bool = False) -> None:
    """Put a new key of each algorithm in front of those of this folder, or with `drop` in their place.

    Raises what `load` raises. The file is replaced in one step.
    """
    older = [] if drop else list(load(folder).verifying.keys)
    secret_file.replaced(folder / FILE, _written([*_new(), *older]))


@lru_cache(maxsize=1)
def _imported(content: bytes) -> tuple[Key, ...]:
    """The keys of a file, kept: proving that they are sound takes long, and a server does it before it forks."""
    return tuple(
        (jwk.ECKey if key["kty"] == "EC" else jwk.RSAKey).import_key(key) for key in orjson.loads(content)["keys"]
    )


def _make(path: Path) -> None:
    secret_file.made_once(path, _written(_new()))


def _new() -> list[Any]:
    return [
        jwk.ECKey.generate_key(_CURVE, {"alg": FOR_ACCESS[0], "use": "sig"}, auto_kid=True),
        *(
            jwk.RSAKey.generate_key(_BITS, {"alg": algorithm, "use": "sig"}, auto_kid=True)
            for algorithm in (FOR_PROOF, FOR_IDENTITY)
        ),
    ]


def _written(keys: list[Any]) -> bytes:
    return orjson.dumps({"keys": [key.as_dict(private=True) for key in keys]}, option=orjson.OPT_INDENT_2)
