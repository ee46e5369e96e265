"""Whom, or which household, a record named by mistake it is no longer about: as if it had never named them.

docs/policy.md, "mistakes" and "whom a record is about". The versions that name them stay, for who keeps the record;
what was handed on from them, whom they made a member, and what rested on that, is taken back. No version comes of it.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from consent import derivation, verdict
from consent.relations import names, patient_links
from consent.relations.contributions import MEMBER, PROTECTED
from consent.relations.names import SAME
from consent.writing import concealing, handing_on
from consent.writing.apart import Apart, Whom
from resources.record import envelope, mistake, reference
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, term
from resources.search.relation import FOREVER, Relation, Row, values
from resources.store.port import Query, Snapshot, Transaction

Sees = Callable[[Version], Awaitable[bool]]

NAMING: Predicate = EVERYTHING
"""Under this the server follows whom a record names, and what was handed on from it; nothing of it is told."""


async def naming(view: Snapshot, versions: Iterable[Version], person: str, sees: Sees | None = None) -> frozenset[int]:
    """Which versions of a record name a person, or are of a record that names them as it stands, and with `sees` such
    as may be seen, version and record. Those that are marked so already are left out."""
    found = set[int]()
    for each in versions:
        seen = sees is None or await sees(each)
        if seen and not each.deleted and person not in mistake.misnamed(each.terms):
            body = orjson.loads(each.body)
            if person in reference.locals_of(body) or await _is_of_theirs(view, body, person, sees):
                found.add(each.number)
    return frozenset(found)


async def _is_of_theirs(view: Snapshot, body: Mapping[str, Any], person: str, sees: Sees | None) -> bool:
    for name in sorted(envelope.sources_of(body)):
        source = await _current(view, name)
        if source and _names(source, person) and (sees is None or await sees(source)):
            return True
    return False


async def turned(view: Snapshot, wrong: Iterable[Version], person: str, since: str) -> bool:
    """Whether since an instant one of the `wrong` versions named the person anew, or what they are called, or who sees
    where they are, is no longer what it was: what was said before that was said of something else. Of a household that
    of each in it."""
    if any(each.since > since for each in wrong):
        return True
    meant = sorted(await names.known(view, await _persons(view, person)))
    rows = await view.rows((name, one) for name in (*PROTECTED, SAME) for one in meant)
    return any(since < max(row.since, row.ended if row.ended != FOREVER else "") for row in rows)


async def undone(
    tx: Transaction, index: Index, record: Version, wrong: Collection[int], person: str, apart: Apart | None = None
) -> tuple[set[str], set[Relation]]:
    """Take back what the `wrong` versions said. The records whose terms have changed, and the relations that no longer
    stand, nor ever stood.

    Of the records to which it was handed on no more than have room, where some are let go `apart`.
    """
    marks = {term(mistake.MISNAMED, person), term(mistake.about(person), person), mistake.MISTAKEN}
    stood = await versions_of(tx, record)
    versions = [replace(each, terms=_with(each, marks)) if each.number in wrong else each for each in stood]
    await _amend(tx, stood, versions)
    rows = {Relation(MEMBER, record.reference, person)} if record.type == "Group" else set()
    changed, room = {record.reference}, apart or Apart()
    for one in sorted(await _persons(tx, person) | {person}, key=lambda one: one != person):
        changed |= await _taken_back(tx, record, versions, person, one, room)
    if record.type == "Group":
        held, others = await _let_go(tx, record.reference, person)
        changed, rows = changed | held, rows | others
    return changed | await concealing.follow(tx, index, rows, changed, room), rows


async def _taken_back(
    tx: Transaction, record: Version, versions: Iterable[Version], named: str, person: str, room: Apart
) -> set[str]:
    whom = Whom(gone=frozenset({(record.reference, named, person)}))
    if not whom - room.later:
        return set()
    reached = await _reached(tx, record, versions, person, room.room)
    if not room.has_room(len(reached) if reached else room.room + 1, whom, hidden=False) or not reached:
        return set()
    gone = await _without_reason(tx, reached, person)
    for name in gone:
        await let_go(tx, name, person)
    return set(gone)


async def to_let_go(view: Snapshot, record: Version, named: str, person: str) -> list[str]:
    """Of the record, what is of it, and what was about the household as long as they were in it, all that nothing else
    makes one about this person, or this household; nothing where it is not marked that it `named` them by mistake.

    Those that lead to others come before them: who is written into one meanwhile is handed on to all that is of it.
    """
    versions = await versions_of(view, record)
    if not any(named in mistake.misnamed(each.terms) for each in versions):
        return []
    return await _without_reason(view, await _reached(view, record, versions, person, whole=True) or {}, person)


async def let_go(tx: Transaction, name: str, person: str) -> None:
    """A record is no longer about somebody, in all versions but those that name them by mistake."""
    record = await _current(tx, name)
    assert record is not None
    right = [(each, tuple(sorted(mistake.without(each.terms, [person])))) for each in await _right(tx, record, person)]
    await tx.amend(name, {each.number: without for each, without in right if without != each.terms}, None)


async def _without_reason(view: Snapshot, reached: Mapping[str, Sequence[Version]], person: str) -> list[str]:
    """What is handed on may go in circles, so it is begun from what stands by itself."""
    stands = {name for name in reached if await _by_itself(view, name, reached[name], person, reached.keys())}
    grows = True
    while grows:
        more = {name for name in reached.keys() - stands if not stands.isdisjoint(_sources(reached[name]))}
        stands |= more
        grows = bool(more)
    return [name for name in reached if name not in stands]


async def _reached(
    view: Snapshot,
    record: Version,
    versions: Iterable[Version],
    person: str,
    most: int = sys.maxsize,
    *,
    whole: bool = False,
) -> dict[str, Sequence[Version]] | None:
    """The record, and every one to which it may have handed the person on; of each the versions that do not name the
    person by mistake. None where there are more than `most` versions. Where the `whole` is asked for, as it was broken
    off in the middle, those are looked through too that are about them no more."""
    found: dict[str, Sequence[Version]] = {record.reference: _rightly(versions, person)}
    about, passed = has(mistake.about(person), person), {record.reference}
    waiting = [has(".of", record.reference)]
    if record.type == "Group":
        waiting.append(has(".household", record.reference))
    limit = None if most == sys.maxsize else most + 1
    while waiting:
        of = waiting.pop(0)
        asked = Query(of if whole else all_of([of, about]), history=True, limit=limit)
        of_it = (await view.find(asked, within=NAMING)).versions
        if max(len(found), len(of_it)) > most:
            return None
        for each in of_it:
            if each.reference not in passed:
                passed.add(each.reference)
                waiting.append(has(".of", each.reference))
            if each.reference not in found and term(mistake.about(person), person) in each.terms:
                found[each.reference] = await _right(view, each, person)
    return found


async def _persons(view: Snapshot, named: str) -> frozenset[str]:
    """The person who was named, or whoever is or was in the household that was: a record that is of one takes those by
    name who have left since."""
    if not named.startswith("Group/"):
        return frozenset({named})
    return frozenset(row.relation.to for row in await view.rows([(MEMBER, named)]))


async def _by_itself(view: Snapshot, name: str, versions: Sequence[Version], person: str, but: Collection[str]) -> bool:
    """Whether a record is about a person for a reason that lies outside of these."""
    if any(person in values(each.terms, derivation.KEPT) or _names(each, person) for each in versions):
        return True
    of = [found for each in sorted(_sources(versions)) if (found := await _current(view, each))]
    if any(each.reference not in but and person in values(each.terms, mistake.about(person)) for each in of):
        return True
    joined = await patient_links.same_persons(name, view) if name.startswith("RelatedPerson/") else frozenset[str]()
    return person in joined or person in await handing_on.taken(view, of)


def _names(version: Version, person: str) -> bool:
    return not version.deleted and person in reference.locals_of(orjson.loads(version.body))


def _sources(versions: Iterable[Version]) -> set[str]:
    """The records that these versions are of."""
    bodies = (orjson.loads(each.body) for each in versions if not each.deleted)
    return set[str]().union(*(envelope.sources_of(body) for body in bodies))


async def _let_go(tx: Transaction, household: str, person: str) -> tuple[set[str], set[Relation]]:
    """What a coordination, a meeting or its roles hold fast of the person, whom they hold as one of the household, and
    of no other that they hold too: a household that was divided, or another part of it."""
    held = all_of([has(verdict.FIXED, household), has(verdict.FIXED, person)])
    found = (await tx.find(Query(held, history=True), within=NAMING)).versions
    changed, rows = set[str](), set[Relation]()
    for each in sorted({version.reference: version for version in found}.values(), key=lambda one: one.reference):
        stood = await versions_of(tx, each)
        fixed = {name for one in stood for name in verdict.read(one.terms).fixed} - {household}
        of_others = await tx.rows((MEMBER, name) for name in sorted(fixed) if name.startswith("Group/"))
        if any(row.relation.to == person for row in of_others):
            continue
        gone = {term(verdict.FIXED, person)}
        before = derivation.rows(stood, {one.number: one.terms for one in stood})
        after = await _amend(tx, stood, [replace(one, terms=tuple(sorted(set(one.terms) - gone))) for one in stood])
        rows |= {row.relation for row in before ^ after}
        changed.add(each.reference)
    return changed, rows


async def _amend(tx: Transaction, stood: Sequence[Version], versions: Sequence[Version]) -> frozenset[Row]:
    """All versions of a record, as they stood, are to be these. Its rows, as they are by that."""
    rows = derivation.rows(versions, {each.number: each.terms for each in versions})
    changed = {each.number: each.terms for each, had in zip(versions, stood, strict=True) if each.terms != had.terms}
    await tx.amend(versions[0].reference, changed, rows)
    return rows


def _with(version: Version, marks: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*version.terms, *marks}))


async def _right(view: Snapshot, record: Version, person: str) -> list[Version]:
    return _rightly(await versions_of(view, record), person)


def _rightly(versions: Iterable[Version], person: str) -> list[Version]:
    """The versions of a record that do not name a person by mistake."""
    return [each for each in versions if person not in mistake.misnamed(each.terms)]


async def _current(view: Snapshot, name: str) -> Version | None:
    return await view.get(*name.split("/"), within=NAMING)


async def versions_of(view: Snapshot, record: Version) -> list[Version]:
    """Every version of a record, in order."""
    current = await view.get(record.type, record.id, within=NAMING)
    assert current is not None
    past = [await view.get(record.type, record.id, within=NAMING, number=number) for number in range(1, current.number)]
    return [*(each for each in past if each), current]
