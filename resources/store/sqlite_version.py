"""A row of the table of versions, read: its body is the one that was written, or it is not given out.

docs/operations.md, "damage"
"""

from __future__ import annotations

from typing import Any

import orjson

from resources.record.version import Version
from resources.store import body as body_of_version

COLUMNS = "v.type, v.id, v.number, v.since, v.deleted, v.body, v.terms, v.first, v.digest"
WIDTH = COLUMNS.count(",") + 1
BODY = COLUMNS.split(", ").index("v.body")


def read(row: tuple[Any, ...]) -> Version:
    """The version of a row that begins with COLUMNS. Raises Corrupt."""
    type, id, number, since, deleted, body, terms, first, written = row[:WIDTH]
    body_of_version.demand(body, written, type, id, number)
    return Version(type, id, number, since, bool(deleted), body, tuple(orjson.loads(terms)), first)
