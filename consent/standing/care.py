"""Which agencies have a person in care: who keeps their Patient, and who accepted a request about them.

docs/policy.md, "standing", having in care: rows opened by registering and accepting, closed when that ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from consent import office
from consent.office import SPEAKS
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
    posts = sorted({row.relation.to for row in caring if not row.relation.to.startswith("Organization/")})
    world.add(await view.rows((name, post) for name in (AGENCY, SPEAKS) for post in posts) if posts else ())
    return {
        person: frozenset[str]().union(*(_agencies(world, row) for row in caring if row.relation.of in names))
        for person, names in within.items()
    }


def _agencies(world: Gathered, caring: Row) -> frozenset[str]:
    """Who it is that cares: of a post or a desk that has a role its agency; of one that was asked for whom it speaks,
    and of a coordinator and the like nobody, since what is put to them as such is not put to their agency."""
    who = caring.relation.to
    if who.startswith("Organization/"):
        return frozenset({who})
    name = AGENCY if caring.source.startswith("CareTeam/") else SPEAKS
    found = frozenset(row.relation.to for row in world.rows(name, who) if row.holds(world)) or frozenset({who})
    return frozenset(one for one in found if not office.is_one(one))
