"""With whom a member of staff is in conflict of interest: whom it was said of, and who they are themselves.

docs/policy.md, D2. Where the account is also a person's, that holds for the person, whoever was recorded in one
household with them at one time, since who leaves a household has most to fear from it, and whoever is protected against
them; nobody declares it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from consent.evidence import Conflict
from consent.relations import one_human
from consent.relations.contributions import AGAINST, MEMBER, THEMSELVES
from consent.relations.names import SAME
from consent.standing import care
from resources.search.predicate import Predicate, Related, all_of, has, some
from resources.search.relation import Gathered, Row, Values
from resources.store.port import Query, Snapshot

PATIENTS: Predicate = has(".type", "Patient")
"""Under this the server looks who is protected against a member of staff, to whom none of them is there then."""


async def of(view: Snapshot, now: str, rows: Sequence[Row]) -> tuple[Conflict, ...]:
    """By the rows that count: each person, by all names that they have."""
    if not rows:
        return ()
    said = await _by_all_names(view, now, [Conflict(row.relation.to, row.cited) for row in rows])
    holders = {row.cited for row in rows if row.relation.tag == THEMSELVES}
    own = {each.patient: each for each in said if each.version in holders}
    if not own:
        return said
    more = [*await _housed(view, own), *await _protected(view, own)]
    return tuple(dict.fromkeys([*said, *await _by_all_names(view, now, more)]))


async def _protected(view: Snapshot, own: Mapping[str, Conflict]) -> list[Conflict]:
    """Who is protected against the member of staff as a person, by whatever is recorded of that one."""
    meant = await one_human.known(view, own)
    against = all_of([PATIENTS, some(Values(".id"), Related(AGAINST, meant))])
    found = (await view.find(Query(against), within=PATIENTS)).versions
    as_said = own[min(own)]
    return [Conflict(each.reference, as_said.version) for each in found]


async def _housed(view: Snapshot, own: Mapping[str, Conflict]) -> list[Conflict]:
    """Who was recorded in a household while the member of staff was, by whichever name; a household that has ended, or
    is deleted, keeps its persons, and who was in it by mistake never was."""
    within = await care.ever_in(view, own)
    groups = sorted(frozenset[str]().union(*within.values()))
    recorded = await view.rows((MEMBER, group) for group in groups) if groups else ()
    found = []
    for person, households in within.items():
        stays: dict[str, list[Row]] = {}
        for row in recorded:
            if row.relation.of in households and row.relation.to == person:
                stays.setdefault(row.relation.of, []).append(row)
        for row in recorded:
            if any(_met(row, stay) for stay in stays.get(row.relation.of, ())):
                found.append(replace(own[person], patient=row.relation.to, household=row.cited))
    return found


def _met(row: Row, other: Row) -> bool:
    return max(row.since, other.since) < min(row.ended, other.ended)


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
