"""Where the next page begins: opaque, signed, for one search only, and without any authority.

https://hl7.org/fhir/R4/http.html#paging; docs/policy.md, "nothing leaks"
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from pathlib import Path

from resources.record.problem import Problem
from resources.store import secret_file

_SEAL, _KEY = 16, 32


class Cursors:
    FILE = "cursor.key"

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def load(cls, folder: Path) -> Cursors:
        """With the key of this folder, made at the first call. Raises OSError, ValueError where it is too short."""
        file = folder / cls.FILE
        if not file.exists():
            secret_file.made_once(file, secrets.token_bytes(_KEY))
        key = file.read_bytes()
        if len(key) < _KEY:
            raise ValueError(f"`{file}` is not {_KEY} bytes long: restore it, or remove it and a new one is made")
        return cls(key)

    def write(self, page: str, search: str) -> str:
        """The cursor for a page key of the answer to one search."""
        said = page.encode()
        return base64.urlsafe_b64encode(self._seal(said, search) + said).decode().rstrip("=")

    def read(self, cursor: str, search: str) -> str:
        """The page key in a cursor; empty for an empty one. Raises Problem for one we did not write for this search."""
        if not cursor:
            return ""
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            raw = b""
        seal, said = raw[:_SEAL], raw[_SEAL:]
        if not said or not hmac.compare_digest(seal, self._seal(said, search)):
            text, ja = "the cursor is not one of this search", "このカーソルはこの検索のものではありません"
            raise Problem.of("structure", text, ja, "_cursor")
        return said.decode()

    def _seal(self, said: bytes, search: str) -> bytes:
        return hmac.digest(self._key, said + b"\n" + search.encode(), hashlib.sha256)[:_SEAL]
