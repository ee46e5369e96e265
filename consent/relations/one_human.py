"""Every reference by which something may be recorded of one human being: as a person, as who signs, as staff.

docs/policy.md, P7 and "standing", signature: against whom a protection is can be told of names alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from consent.relations import names, patient_links
from consent.relations.contributions import CONFLICT, THEMSELVES
from resources.record import reference
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.search.relation import Gathered
from resources.store.port import Query, Snapshot

NAMED: Predicate = has_one_of(".type", ("Patient", "PractitionerRole"))
"""Under this the server asks who says, or once said, to be somebody, and whose a post is; nobody is told of it."""


MOST = 64
"""So many references of one human being are followed; of whom there are more anybody may be one."""


async def may_be(view: Snapshot, said: Iterable[str], others: Iterable[str]) -> bool:
    """Whether anything that is recorded says that one of these is one of the others, or too much to tell."""
    theirs = await known(view, others)
    if not theirs:
        return False
    mine = await known(view, said)
    return max(len(mine), len(theirs)) > MOST or not mine.isdisjoint(theirs)


async def known(view: Snapshot, said: Iterable[str]) -> frozenset[str]:
    """These and whoever is recorded, directly or not, to be one of them: of two sets that have one in common somebody
    may be in both. From a person it does not lead to the staff who they are: ask of both. Beyond MOST it goes no
    further: those are the nearest."""
    found = frozenset[str]()
    new = frozenset(said)
    while new and len(found | new) <= MOST:
        found |= new
        also = [await _also(view, one) for one in sorted(new)]
        new = frozenset[str]().union(await names.known(view, new), *also) - found
    return found | new


async def _also(view: Snapshot, name: str) -> frozenset[str]:
    """Who else is meant by one reference."""
    match name.partition("/")[0]:
        case "RelatedPerson":
            return await patient_links.same_persons(name, view)
        case "Patient":
            itself = all_of([has(".type", "Patient"), has(".id", name)])
            every = (await view.find(Query(itself, history=True), within=NAMED)).versions
            links = [patient_links.same_as(orjson.loads(each.body)) for each in every if not each.deleted]
            return frozenset[str]().union(*links)
        case "PractitionerRole":
            post = await view.get(*name.split("/"), within=NAMED)
            person = reference.one(orjson.loads(post.body), "practitioner") if post and not post.deleted else ""
            return frozenset({person} - {""})
        case "Practitioner":
            world = Gathered(view.at, view.now)
            rows = [row for row in await view.rows([(CONFLICT, name)]) if row.holds(world)]
            return frozenset(row.relation.to for row in rows if row.relation.tag == THEMSELVES)
    return frozenset()
