"""Who is meant by a description: one certain answer or none.

docs/policy.md, P8; resources/matching.py says what is certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import evidence
from resources import matching
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import Predicate
from resources.store.port import Query, Snapshot

MOST = 1_000
"""With more candidates than these nobody is certain."""


async def certain(view: Snapshot, index: Index, asked: Mapping[str, Any], within: Predicate) -> Version | None:
    """The one Patient whom this description certainly means, of those that `within` lets be found."""
    found = (await view.find(Query(matching.candidates(index, asked), limit=MOST + 1), within=within)).versions
    meant = [each for each in found if matching.is_certain(asked, evidence.body(each))]
    return meant[0] if len(meant) == 1 and len(found) <= MOST else None
