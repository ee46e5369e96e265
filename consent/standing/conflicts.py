"""With whom a member of staff is in conflict of interest: whom it was said of, and who they are themselves.

docs/policy.md, D2. Where the account is also a person's, that holds for the person and whoever is in their household,
as that is when it is asked; nobody declares it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from consent.evidence import Conflict
from consent.relations.contributions import MEMBER, THEMSELVES
from consent.relations.names import SAME
from consent.standing import care
from resources.search.relation import Gathered, Row
from resources.store.port import Snapshot


async def of(view: Snapshot, now: str, rows: Sequence[Row]) -> tuple[Conflict, ...]:
    """By the rows that count: each person, by all names that they have."""
    if not rows:
        return ()
    said = await _by_all_names(view, now, [Conflict(row.relation.to, row.cited) for row in rows])
    holders = {row.cited for row in rows if row.relation.tag == THEMSELVES}
    own = {each.patient: each for each in said if each.version in holders}
    if not own:
        return said
    return tuple(dict.fromkeys([*said, *await _by_all_names(view, now, await _housed(view, now, own))]))


async def _housed(view: Snapshot, now: str, own: Mapping[str, Conflict]) -> list[Conflict]:
    """Who is in a household with the member of staff, by whichever name; one that has ended keeps its persons."""
    within = await care.households(view, own)
    groups = sorted(frozenset[str]().union(*within.values()))
    world = Gathered(view.at, now)
    world.add(await view.rows((MEMBER, group) for group in groups) if groups else ())
    found = []
    for person, households in within.items():
        for group in sorted(households):
            members = {row.relation.to: row for row in world.rows(MEMBER, group) if row.holds(world)}
            if person in members:
                found += [replace(own[person], patient=one, household=row.cited) for one, row in members.items()]
    return found


async def _by_all_names(view: Snapshot, now: str, said: Iterable[Conflict]) -> tuple[Conflict, ...]:
    same = Gathered(view.at, now)
    listed = list(said)
    same.add(await view.rows((SAME, one) for one in sorted({each.patient for each in listed})))
    found = []
    for each in listed:
        found.append(each)
        others = (row for row in same.rows(SAME, each.patient) if row.holds(same))
        found += [replace(each, patient=row.relation.to, merged=row.cited) for row in others]
    return tuple(found)
