"""Whether there is a store in a database on MongoDB, which a server makes of any name as soon as something is written.

docs/operations.md, "the first start"
"""

from __future__ import annotations

from typing import Any

from resources.store import mongo_client, mongo_generation
from resources.store.mongo_fault import speaking

_OURS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("clock", {mongo_generation.FIELD: {"$exists": True}}),
    ("version", {}),
)
"""What every store has from its beginning on, and one of an older generation as soon as it has a record."""


def stands(address: str, database: str) -> bool:
    """Raises Unavailable."""
    with speaking(), mongo_client.waiting(address, database) as client:
        return any(client[database][each].find_one(what, {"_id": 1}) is not None for each, what in _OURS)
