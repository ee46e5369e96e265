"""A row of the table of versions, read: its body is the one that was written, or it is not given out.

docs/operations.md, "damage"
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from resources.record.version import Version
from resources.store.fault import unavailable
from resources.store.port import Corrupt

COLUMNS = "v.type, v.id, v.number, v.since, v.deleted, v.body, v.terms, v.first, v.digest"
WIDTH = COLUMNS.count(",") + 1
BODY = COLUMNS.split(", ").index("v.body")


def read(row: tuple[Any, ...]) -> Version:
    """The version of a row that begins with COLUMNS. Raises Corrupt."""
    type, id, number, since, deleted, body, terms, first, written = row[:WIDTH]
    if digest(body) != written:
        cited = f"{type}/{id}/_history/{number}"
        raise unavailable(
            f"the body of `{cited}` is not the one that was written: run `tsunagu check`, and restore the last backup",
            f"`{cited}` の本文が書き込まれたものと違います。`tsunagu check` を実行し、バックアップから復元してください",
            Corrupt,
        )
    return Version(type, id, number, since, bool(deleted), body, tuple(orjson.loads(terms)), first)


def digest(body: bytes) -> bytes:
    """What tells whether a body is still the one that was written."""
    return hashlib.blake2b(body, digest_size=16).digest()
