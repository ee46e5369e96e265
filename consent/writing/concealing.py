"""Search terms that change because somebody's place is protected, or no longer, or whom a record is about has grown.

docs/policy.md, D1: in a record about a protected person an element that is not harmless has no search term and no sort
key, for anybody. The terms change in the transaction that protects or joins; where those are many, before it and
after it (`apart.py`, `secluding.py`); no version comes of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from consent import derivation, vocabulary
from consent.relations import contributions, names
from consent.relations.contributions import HIDDEN, MEMBER, PROTECTED
from consent.relations.hidden_place import Secrets
from consent.relations.names import SAME
from consent.writing.apart import Apart, Whom
from resources.record import parse
from resources.record.envelope import PERSONS, SECLUDED
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import EVERYTHING, Among, Predicate, all_of, any_of, has, has_one_of, none_of, some
from resources.search.relation import FOREVER, Relation, Terms
from resources.store.port import Query, Snapshot, Transaction

CONCEALED: Predicate = EVERYTHING
"""Under this the server finds the records whose search terms are to change; nothing of them is told."""


async def concealed(index: Index, version: Version, relations: Iterable[Relation], secrets: Secrets) -> Version:
    """The version about to be put, found by no more than is harmless where it is about a protected person."""
    if not (_hides(relations) or await secrets.are_in(version.stored)):
        return version
    found = derivation.search(index, parse.editable(version.body), secret=True)
    return replace(version, terms=derivation.found_by(version.terms, found, secret=True))


async def follow(
    tx: Transaction,
    index: Index,
    changed: Iterable[Relation],
    grown: Iterable[str],
    apart: Apart | None = None,
    *,
    itself: Version | None = None,
) -> set[str]:
    """Settle what these records are found by, and those that rows which have changed make secret or no longer so.

    `grown` are records that are about more persons than before, `itself` is the one just put, where it has become one
    about a protected person or is none any more. The references of those settled anew: of the others, and of its own
    earlier versions, no more than have room, where some are settled `apart`.
    """
    touched, rows, room = set(grown), list(changed), apart or Apart()
    turned = {each.of for each in rows if each.name in (*PROTECTED, SAME)}
    persons = await names.known(tx, turned) if turned else frozenset[str]()
    joined = {each.to for each in rows if each.name == MEMBER}
    ever = await _protected(tx, joined) if joined else frozenset[str]()
    groups = frozenset(each.of for each in rows if each.name == MEMBER and each.to in ever)
    secrets = Secrets(tx)
    if persons or groups:
        now = await _protected(tx, persons | ever, now=True)
        hiding = Whom(persons & now, frozenset(each.of for each in rows if each.name == MEMBER and each.to in now))
        touched |= await _unsettled(tx, hiding, room, hidden=True)
        touched |= await _unsettled(tx, Whom(persons - now, groups) - room.later, room, hidden=False)
    done = set[str]()
    if itself:
        touched.discard(itself.reference)
        among = room.own(itself, Whom(records=frozenset({itself.reference})), hidden=_marked(itself))
        if await settled(tx, index, itself.reference, secrets, among=among):
            done.add(itself.reference)
    return done | {name for name in sorted(touched) if await settled(tx, index, name, secrets)}


async def _unsettled(tx: Transaction, whom: Whom, apart: Apart, *, hidden: bool) -> set[str]:
    """Those for which there is room."""
    if not whom:
        return set()
    # Whom a record is about is told by the rows of its households: what leads to it is told by terms.
    member = all_of([has(".type", "Group"), has_one_of(".subject", whom.persons)])
    homes = (await tx.find(Query(member, history=True), within=CONCEALED)).versions if whom.persons else ()
    named = has_one_of(".household", whom.groups | {each.reference for each in homes})
    about = any_of([has_one_of(".subject", whom.persons), named])
    wanted = Query(all_of([about, unsettled(whom.persons, whom.groups, hidden=hidden)]), history=True)
    limit = None if apart.room == sys.maxsize else apart.room + 1
    found = (await tx.find(replace(wanted, limit=limit), within=CONCEALED)).versions
    return {each.reference for each in found} if apart.has_room(len(found), whom, hidden=hidden) else set()


def unsettled(persons: Iterable[str], groups: Iterable[str] = (), *, hidden: bool) -> Predicate:
    """Records about these that are to be found by what is harmless alone and are not, or the other way."""
    about = any_of([some(PERSONS, Among(frozenset(persons))), has_one_of(".household", groups)])
    marked = has(SECLUDED, "yes")
    return all_of([about, none_of(marked) if hidden else marked])


async def settled(
    tx: Transaction,
    index: Index,
    name: str,
    secrets: Secrets | None = None,
    *,
    beforehand: bool = False,
    among: Iterable[int] | None = None,
) -> bool:
    """Whether a record's terms had to be made anew; `beforehand` as of one about a protected person. Of one that has
    many the versions `among` these, whatever its others are."""
    type, _, id = name.partition("/")
    if type not in vocabulary.CASEWORK:
        return False
    current = await tx.get(type, id, within=CONCEALED)
    if current is None:
        return False
    secret = beforehand or await (secrets or Secrets(tx)).are_in(current.stored)
    if among is None:
        older = await tx.get(type, id, within=CONCEALED, number=current.number - 1) if current.number > 1 else None
        if all(_marked(each) == secret for each in (current, older) if each):
            return False
    terms = {}
    for number in among or range(1, current.number + 1):
        version = current if number == current.number else await tx.get(type, id, within=CONCEALED, number=number)
        if version is not None and (among is None or _marked(version) != secret):
            body = b"" if version.deleted else version.body
            found = derivation.search(index, parse.editable(body), secret=secret) if body else set()
            terms[number] = derivation.found_by(version.terms, found, secret=secret)
    if terms:
        await tx.amend(name, terms, None)
    return bool(terms)


async def unlike(view: Snapshot, name: str, *, hidden: bool) -> list[int]:
    """The versions of a record, in their order, that are to be found by what is harmless alone and are not, or the
    other way."""
    type, _, id = name.partition("/")
    current = await view.get(type, id, within=CONCEALED)
    numbers = range(1, current.number + 1 if current else 1)
    found = [(number, await view.get(type, id, within=CONCEALED, number=number)) for number in numbers]
    return [number for number, each in found if each and _marked(each) != hidden]


async def _protected(tx: Transaction, persons: Iterable[str], *, now: bool = False) -> frozenset[str]:
    """Those of these persons whose place is, or ever was, protected, by whichever name; or is `now`."""
    meant = {person: await names.known(tx, [person]) for person in sorted(persons)}
    every = sorted(frozenset[str]().union(*meant.values()))
    rows = await tx.rows((PROTECTED[0], one) for one in every) if every else ()
    hidden = {row.relation.of for row in rows if not now or (row.ended == FOREVER and row.relation.to == HIDDEN)}
    return frozenset(person for person, each in meant.items() if each & hidden)


def _marked(version: Version) -> bool:
    return f"{SECLUDED} yes" in version.terms


def turned(before: Version, after: Version) -> bool:
    """Whether a record has become one about a protected person by a new version of it, or is none any more."""
    return _marked(before) != _marked(after)


def protects(resource: Mapping[str, Any], terms: Terms) -> bool:
    """Whether a record protects a person: only a Patient does."""
    return resource["resourceType"] == "Patient" and _hides(contributions.of(resource, terms))


def _hides(relations: Iterable[Relation]) -> bool:
    return any(each.name in PROTECTED and each.to == HIDDEN for each in relations)
