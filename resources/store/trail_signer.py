"""Signs what the trail says of itself, with a key made once and kept in a folder beside the store.

https://www.rfc-editor.org/rfc/rfc7515; https://www.rfc-editor.org/rfc/rfc9864 (Ed25519)
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from resources.store import secret_file
from resources.store.fault import unavailable
from resources.store.port import Unavailable

_ALGORITHM = "Ed25519"
_WITNESS = "trail-witness.json"


class Signer:
    """The first key signs, all of them verify, so that a new one can be put in front."""

    FILE = "trail-key.json"

    def __init__(self, keys: KeySet, folder: Path | None = None) -> None:
        self._keys, self._folder = keys, folder

    @classmethod
    def load(cls, folder: Path) -> Signer:
        """With the keys of this folder, made where there are none. Raises PermissionError, Unavailable, OSError."""
        path = folder / cls.FILE
        if not path.exists():
            secret_file.made_once(path, orjson.dumps({"keys": [_new_key().as_dict(private=True)]}))
        return cls.standing(folder)

    @classmethod
    def standing(cls, folder: Path) -> Signer:
        """With the keys of this folder, `empty` where there are none. Raises PermissionError, Unavailable, OSError."""
        path = folder / cls.FILE
        if not path.exists():
            return cls(KeySet([]), folder)
        if path.stat().st_mode & 0o077:
            raise PermissionError(f"{path} can be read by others than its owner: chmod 600 it and replace the key")
        signer = cls(_key_set(path), folder)
        signer.remembered()
        return signer

    @classmethod
    def public(cls, path: Path) -> Signer:
        """That only verifies, with the published keys of a file. Raises OSError, Unavailable."""
        return cls(_key_set(path))

    @classmethod
    def rotated(cls, folder: Path) -> bytes:
        """What the file of this folder's keys holds with a new one in front. Raises as `standing`."""
        older = [key.as_dict(private=True) for key in cls.standing(folder)._keys.keys]
        return orjson.dumps({"keys": [_new_key().as_dict(private=True), *older]})

    @property
    def empty(self) -> bool:
        """Whether there is no key."""
        return not self._keys.keys

    def misses(self, statement: str) -> bool:
        """Whether a statement names a key that is not here."""
        head = statement.partition(".")[0]
        try:
            kid = orjson.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]
        except (ValueError, KeyError, TypeError):
            return False  # damage, and no matter of keys
        return kid not in [key.kid for key in self._keys.keys]

    def sign(self, content: Mapping[str, Any]) -> str:
        """A compact JWS."""
        key = self._keys.keys[0]
        header = {"alg": _ALGORITHM, "kid": key.kid}
        return jws.serialize_compact(header, orjson.dumps(content), key, algorithms=[_ALGORITHM])

    def verified(self, statement: str) -> dict[str, Any] | None:
        """What a statement says, None where it is not signed by one of the keys."""
        try:
            found: dict[str, Any] = orjson.loads(
                jws.deserialize_compact(statement, self._keys, algorithms=[_ALGORITHM]).payload
            )
        except (JoseError, ValueError):
            return None
        return found

    def published(self) -> dict[str, Any]:
        """The JWK Set, public parts only."""
        return dict(self._keys.as_dict(private=False))

    def remember(self, number: int) -> None:
        """Note outside the database how many roots there are: a last one that is dropped is missed."""
        path = self._witness
        if path is not None and (number > self.remembered() or self.forgot()):
            secret_file.replaced(path, orjson.dumps({"roots": number}))

    def remembered(self) -> int:
        """How many roots there were at least. Raises Unavailable where the note cannot be read."""
        if (path := self._witness) is None:
            return 0
        try:
            return int(orjson.loads(path.read_bytes())["roots"])
        except FileNotFoundError:
            return 0
        except (ValueError, KeyError, TypeError, OSError) as fault:
            text, ja = "does not say how many roots there are", "から root の数を読めません"
            raise _damaged(path, text, ja) from fault

    def forgot(self) -> Path | None:
        """The note of how many roots there are, where it is missing."""
        path = self._witness
        return path if path is not None and not path.exists() else None

    @property
    def _witness(self) -> Path | None:
        return self._folder / _WITNESS if self._folder else None


def _new_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"use": "sig"}, private=True, auto_kid=True)


def _key_set(path: Path) -> KeySet:
    try:
        keys = [OKPKey.import_key(key) for key in orjson.loads(path.read_bytes())["keys"]]
    except (JoseError, KeyError, TypeError, ValueError) as fault:
        raise _keyless(path) from fault
    if not keys:
        raise _keyless(path)
    return KeySet(list(keys))


def _keyless(path: Path) -> Unavailable:
    return _damaged(path, "holds no keys of the trail", "に監査記録の鍵がありません")


def _damaged(path: Path, text: str, ja: str) -> Unavailable:
    return unavailable(
        f"`{path}` {text}: restore it from the backup", f"`{path}` {ja}。バックアップから復元してください"
    )
