"""Of the plans and roles that stand beside a record, those that who writes it reads: of others a duty tells nothing.

docs/policy.md, "nothing leaks": a duty asks only what its actor may read. That a household is kept twice is for the
coordinator to know (R40), and not for either of the two.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from consent import evidence, vocabulary
from resources.record import coding, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.store.port import Query, Snapshot

BESIDE: Predicate = has_one_of(".type", ("CarePlan", "CareTeam"))
"""Under this the server looks for the plans and the roles of a household."""

Sees = Callable[[Version], Awaitable[bool]]
"""Whether who writes reads a record."""


async def those(found: Iterable[Version], sees: Sees) -> list[Version]:
    """Those of them that who writes reads."""
    return [each for each in found if await sees(each)]


async def others(record: Mapping[str, Any], view: Snapshot, sees: Sees) -> frozenset[str]:
    """The other active records of this kind about this household."""
    kinds = coding.of(record.get("category")) & {vocabulary.TOTAL_CARE_PLAN, vocabulary.CASE_TEAM}
    group = reference.one(record, "subject")
    if not kinds or not group:
        return frozenset()
    type = str(record["resourceType"])
    open_ones = [has(".type", type), has_one_of(".code", kinds), has(".household", group), has(".open", "yes")]
    same = [each for each in await _all(view, *open_ones) if reference.one(evidence.body(each), "subject") == group]
    beside = (each for each in same if each.reference != f"{type}/{record.get('id')}")
    return frozenset(each.reference for each in await those(beside, sees))


async def _all(view: Snapshot, *wanted: Predicate) -> Sequence[Version]:
    return (await view.find(Query(all_of(wanted)), within=BESIDE)).versions
