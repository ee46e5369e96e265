"""Whom, or which household, a record named by mistake it is no longer about: as if it had never named them.

docs/policy.md, "mistakes" and "whom a record is about". The versions that name them stay, for who keeps the record;
what was handed on from them, whom they made a member, and what rested on that, is taken back. No version comes of it.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import orjson

from consent import derivation, verdict
from consent.relations import patient_links
from consent.relations.contributions import MEMBER
from consent.writing import concealing, handing_on, wrong_versions
from consent.writing.apart import STEP, Apart, Whom
from consent.writing.wrong_versions import NAMING, names_rightly, versions_of
from resources.record import envelope, mistake
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import all_of, has, term
from resources.search.relation import Relation, Row, values
from resources.store.port import Query, Snapshot, Transaction


async def undone(
    tx: Transaction, index: Index, record: Version, wrong: Collection[int], person: str, apart: Apart | None = None
) -> tuple[set[str], set[Relation]]:
    """Take back what the `wrong` versions said. The records whose terms have changed, and the relations that no longer
    stand, nor ever stood.

    Of the records to which it was handed on no more than have room, where some are let go `apart`. Of a record that
    has many versions those that were closed before are marked after it, and it is itself let go after that.
    """
    await wrong_versions.marked(tx, record.reference, sorted(wrong), person)
    rows, changed, room = set[Relation](), {record.reference}, apart or Apart()
    for one in sorted(await wrong_versions.persons(tx, person) | {person}, key=lambda one: one != person):
        changed |= await _taken_back(tx, record, person, one, room)
    if record.type == "Group":
        await _never_in(tx, record.reference, person)
        held, others = await _let_go(tx, record.reference, person)
        changed, rows = changed | held, {Relation(MEMBER, record.reference, person)} | others
    return changed | await concealing.follow(tx, index, rows, changed, room), rows


async def _never_in(tx: Transaction, household: str, person: str) -> None:
    """No version of a household that stands has, or had, this person as a member."""
    rows = await tx.rows([(MEMBER, household)])
    left = frozenset(row for row in rows if row.source == household and row.relation.to != person)
    await tx.amend(household, {}, left)


async def _taken_back(tx: Transaction, record: Version, named: str, person: str, room: Apart) -> set[str]:
    whom = Whom(gone=frozenset({(record.reference, named, person)}))
    if not whom - room.later:
        return set()
    few = record.number <= max(STEP, room.room)
    reached = await _reached(tx, record, await versions_of(tx, record), person, room.room) if few else None
    if not room.has_room(len(reached) if reached else room.room + 1, whom, hidden=False) or not reached:
        return set()
    gone = await _without_reason(tx, reached, person)
    for name in gone:
        await let_go(tx, name, person, [each.number for each in reached[name]])
    return set(gone)


async def to_let_go(view: Snapshot, record: Version, named: str, person: str) -> dict[str, list[int]]:
    """Of the record, what is of it, and what was about the household as long as they were in it, all that nothing else
    makes one about this person, or this household; nothing where it is not marked that it `named` them by mistake. Of
    each the versions that are to be let go, the last one first.

    Those that lead to others come before them: who is written into one meanwhile is handed on to all that is of it.
    """
    versions = await versions_of(view, record)
    if not any(named in mistake.misnamed(each.terms) for each in versions):
        return {}
    reached = await _reached(view, record, versions, person, whole=True) or {}
    gone = await _without_reason(view, reached, person)
    return {name: sorted((each.number for each in reached[name]), reverse=True) for name in gone}


async def let_go(tx: Transaction, name: str, person: str, among: Iterable[int]) -> None:
    """A record is no longer about somebody, in these of its versions but those that name them by mistake."""
    type, _, id = name.partition("/")
    found = [await tx.get(type, id, within=NAMING, number=number) for number in among]
    right = _rightly((each for each in found if each), person)
    without = [(each, tuple(sorted(mistake.without(each.terms, [person])))) for each in right]
    await tx.amend(name, {each.number: terms for each, terms in without if terms != each.terms}, None)


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


async def _by_itself(view: Snapshot, name: str, versions: Sequence[Version], person: str, but: Collection[str]) -> bool:
    """Whether a record is about a person for a reason that lies outside of these."""
    if any(person in values(each.terms, derivation.KEPT) or names_rightly(each, person) for each in versions):
        return True
    of = [found for each in sorted(_sources(versions)) if (found := await _current(view, each))]
    if any(each.reference not in but and person in values(each.terms, mistake.about(person)) for each in of):
        return True
    joined = await patient_links.same_persons(name, view) if name.startswith("RelatedPerson/") else frozenset[str]()
    return person in joined or person in await handing_on.taken(view, of)


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


async def _right(view: Snapshot, record: Version, person: str) -> list[Version]:
    return _rightly(await versions_of(view, record), person)


def _rightly(versions: Iterable[Version], person: str) -> list[Version]:
    """The versions of a record that do not name a person by mistake."""
    return [each for each in versions if person not in mistake.misnamed(each.terms)]


async def _current(view: Snapshot, name: str) -> Version | None:
    return await view.get(*name.split("/"), within=NAMING)
