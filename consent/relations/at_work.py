"""Who works on a household now: whom its coordination leads to, and who carries out what was decided for it.

docs/policy.md, P5 and P13: who took a role on in person, as long as the agency that named them has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consent.relations.contributions import AGENCY, CARRIES
from resources.search.relation import TEAM, Gathered, Row
from resources.store.port import Snapshot


@dataclass(frozen=True, slots=True)
class Carrying:
    """Of a household for which roles are carried out, the agencies that keep its case, and who else does something."""

    keepers: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


async def held(view: Snapshot, asked: Iterable[tuple[str, str]], now: str) -> Sequence[Row]:
    """The rows of these relations that hold."""
    named, world = sorted(set(asked)), Gathered(view.at, now)
    rows = await view.rows(named) if named else ()
    if teams := sorted({(TEAM, row.relation.via) for row in rows if row.relation.via}):
        world.add(await view.rows(teams))
    return [row for row in rows if row.holds(world)]


async def carrying(view: Snapshot, household: str, now: str) -> Carrying:
    """Who carries out what was decided for this household."""
    rows = await held(view, [(CARRIES, household)], now)
    keepers = {row.relation.to for row in rows if row.relation.to.startswith("Organization/") and not row.relation.tag}
    posts = {row.relation.to for row in rows}
    theirs = await held(view, ((AGENCY, one) for one in posts), now)
    agencies = {one for one in posts if one.startswith("Organization/")} | {row.relation.to for row in theirs}
    return Carrying(frozenset(keepers), frozenset(agencies - keepers))
