"""Whether a body is still the one that was written.

docs/operations.md, "damage"
"""

from __future__ import annotations

import hashlib

from resources.store.fault import unavailable
from resources.store.port import Corrupt


def digest(body: bytes) -> bytes:
    """What tells whether a body is still the one that was written: 16 bytes."""
    return hashlib.blake2b(body, digest_size=16).digest()


def demand(body: bytes, written: bytes, type: str, id: str, number: int) -> None:
    """Raises Corrupt where the body of this version has another digest than the one that was written."""
    if digest(body) != written:
        cited = f"{type}/{id}/_history/{number}"
        raise unavailable(
            f"the body of `{cited}` is not the one that was written: run `tsunagu check`, and restore the last backup",
            f"`{cited}` の本文が書き込まれたものと違います。`tsunagu check` を実行し、バックアップから復元してください",
            Corrupt,
        )
