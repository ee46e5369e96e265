"""Which agencies have a person in care: who keeps their Patient, and who accepted a request about them.

docs/policy.md, "standing", having in care: rows opened by registering and accepting, closed when that ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from consent.relations.contributions import AGENCY, CARE, MEMBER
from resources.search.predicate import Predicate, all_of, has, has_any, has_one_of, none_of
from resources.search.relation import FOREVER, Gathered, Row, values
from resources.store.port import Query, Snapshot

HOUSEHOLDS: Predicate = has(".type", "Group")
"""Under this the server asks in which households a person is; who asks is told an answer about that person alone."""


async def members(view: Snapshot, groups: Iterable[str]) -> frozenset[str]:
    """The Patients who are members of these Groups now."""
    asked = sorted(groups)
    rows = await view.rows((MEMBER, group) for group in asked) if asked else ()
    return frozenset(row.relation.to for row in rows if row.ended == FOREVER)


async def households(view: Snapshot, persons: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The Groups of which each of these Patients is a member now."""
    asked = sorted(persons)
    if not asked:
        return {}
    found = (await view.find(Query(all_of([HOUSEHOLDS, has_one_of("member", asked)])), within=HOUSEHOLDS)).versions
    return {one: frozenset(each.reference for each in found if one in values(each.terms, "member")) for one in asked}


async def ever_in(view: Snapshot, persons: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The Groups that name each of these Patients, or did by some version: a household goes on naming who has left it,
    so that its versions are not read, however many there are; one that is deleted has no members, and is looked for
    among those without."""
    asked = sorted(persons)
    if not asked:
        return {}
    named = all_of([HOUSEHOLDS, has_one_of(".subject", asked)])
    gone = all_of([named, none_of(has_any("member"))])
    pages = [await view.find(query, within=HOUSEHOLDS) for query in (Query(named), Query(gone, history=True))]
    found = [each for page in pages for each in page.versions]
    return {one: frozenset(each.reference for each in found if one in values(each.terms, ".subject")) for one in asked}


async def of(view: Snapshot, persons: Iterable[str], now: str) -> Mapping[str, frozenset[str]]:
    """The agencies that have each of these Patients in care, by themselves or with their household, at an instant."""
    asked = sorted(set(persons))
    if not asked:
        return {}
    within = {one: {one, *groups} for one, groups in (await households(view, asked)).items()}
    world = Gathered(view.at, now)
    caring = [
        row
        for row in await view.rows((CARE, one) for one in sorted(set[str]().union(*within.values())))
        if row.holds(world)
    ]
    agencies = await _agencies(view, caring, world)
    return {
        person: frozenset(agencies.get(row.relation.to, row.relation.to) for row in caring if row.relation.of in names)
        for person, names in within.items()
    }


async def _agencies(view: Snapshot, caring: Iterable[Row], world: Gathered) -> Mapping[str, str]:
    """The agency of each post or desk that was asked."""
    posts = sorted({row.relation.to for row in caring if not row.relation.to.startswith("Organization/")})
    if not posts:
        return {}
    rows = await view.rows((AGENCY, post) for post in posts)
    return {row.relation.of: row.relation.to for row in rows if row.holds(world)}
