"""Whom, or which household, a record named by mistake it is no longer about: as if it had never named them.

docs/policy.md, "mistakes" and "whom a record is about". The versions that name them stay, for who keeps the record;
what was handed on from them, whom they made a member, and what rested on that, is taken back. No version comes of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from consent import derivation, verdict
from consent.relations import names, patient_links
from consent.relations.contributions import MEMBER, PROTECTED
from consent.relations.names import SAME
from consent.writing import concealing, handing_on
from resources.record import envelope, mistake, reference
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, term
from resources.search.relation import FOREVER, Relation, Row, values
from resources.store.port import Query, Snapshot, Transaction

Sees = Callable[[Version], Awaitable[bool]]

NAMING: Predicate = EVERYTHING
"""Under this the server follows whom a record names, and what was handed on from it; nothing of it is told."""


async def naming(view: Snapshot, record: Version, person: str, sees: Sees | None = None) -> frozenset[int]:
    """The versions of a record that name a person, or are of a record that names them as it stands, and with `sees`
    such as may be seen, version and record. Those that are marked so already are left out."""
    found = set[int]()
    for each in await _versions(view, record):
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


async def turned(view: Snapshot, record: Version, person: str, since: str) -> bool:
    """Whether since an instant a version named the person anew, or what they are called, or who sees where they are, is
    no longer what it was: what was said before that was said of something else. Of a household that of each in it."""
    wrong = await naming(view, record, person)
    if any(each.number in wrong and each.since > since for each in await _versions(view, record)):
        return True
    meant = sorted(await names.known(view, await _persons(view, person)))
    rows = await view.rows((name, one) for name in (*PROTECTED, SAME) for one in meant)
    return any(since < max(row.since, row.ended if row.ended != FOREVER else "") for row in rows)


async def undone(tx: Transaction, index: Index, record: Version, person: str) -> tuple[set[str], set[Relation]]:
    """Take it back. The records whose terms have changed, and the relations that no longer stand, nor ever stood."""
    versions, wrong = await _versions(tx, record), await naming(tx, record, person) - {record.number}
    marks = {term(mistake.MISNAMED, person), term(mistake.about(person), person), mistake.MISTAKEN}
    terms = {each.number: tuple(sorted({*each.terms, *marks})) for each in versions if each.number in wrong}
    await _amend(tx, record.reference, versions, {each.number: each.terms for each in versions} | terms)
    rows = {Relation(MEMBER, record.reference, person)} if record.type == "Group" else set()
    changed = {record.reference}
    for one in sorted(await _persons(tx, person) | {person}, key=lambda one: one != person):
        changed |= await _taken_back(tx, record, one)
    if record.type == "Group":
        held, others = await _let_go(tx, record.reference, person)
        changed, rows = changed | held, rows | others
    return changed | await concealing.follow(tx, index, rows, changed), rows


async def _taken_back(tx: Transaction, record: Version, person: str) -> set[str]:
    """Of the record, what is of it, and what was about the household as long as they were in it, all that nothing else
    makes one about this person: what is handed on may go in circles, so it is begun from what stands by itself."""
    reached = await _reached(tx, record, person)
    stands = {name for name in reached if await _by_itself(tx, name, reached[name], person, reached.keys())}
    grows = True
    while grows:
        more = {name for name in reached.keys() - stands if not stands.isdisjoint(_sources(reached[name]))}
        stands |= more
        grows = bool(more)
    for name in sorted(reached.keys() - stands):
        terms = {each.number: tuple(sorted(mistake.without(each.terms, [person]))) for each in reached[name]}
        await tx.amend(name, terms, None)
    return reached.keys() - stands


async def _reached(tx: Transaction, record: Version, person: str) -> dict[str, Sequence[Version]]:
    """The record, and every one to which it may have handed the person on; of each the versions that do not name the
    person by mistake."""
    found: dict[str, Sequence[Version]] = {record.reference: await _right(tx, record, person)}
    waiting = [has(".of", record.reference)]
    if record.type == "Group":
        waiting.append(has(".household", record.reference))
    while waiting:
        asked = all_of([waiting.pop(), has(mistake.about(person), person)])
        for each in (await tx.find(Query(asked, history=True), within=NAMING)).versions:
            if each.reference not in found:
                found[each.reference] = await _right(tx, each, person)
                waiting.append(has(".of", each.reference))
    return found


async def _persons(view: Snapshot, named: str) -> frozenset[str]:
    """The person who was named, or whoever is or was in the household that was: a record that is of one takes those by
    name who have left since."""
    if not named.startswith("Group/"):
        return frozenset({named})
    return frozenset(row.relation.to for row in await view.rows([(MEMBER, named)]))


async def _by_itself(
    tx: Transaction, name: str, versions: Sequence[Version], person: str, but: Collection[str]
) -> bool:
    """Whether a record is about a person for a reason that lies outside of these."""
    if any(person in values(each.terms, derivation.KEPT) or _names(each, person) for each in versions):
        return True
    of = [found for each in sorted(_sources(versions)) if (found := await _current(tx, each))]
    if any(each.reference not in but and person in values(each.terms, mistake.about(person)) for each in of):
        return True
    joined = await patient_links.same_persons(name, tx) if name.startswith("RelatedPerson/") else frozenset[str]()
    return person in joined or person in await handing_on.taken(tx, of)


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
        versions = await _versions(tx, each)
        fixed = {name for one in versions for name in verdict.read(one.terms).fixed} - {household}
        of_others = await tx.rows((MEMBER, name) for name in sorted(fixed) if name.startswith("Group/"))
        if any(row.relation.to == person for row in of_others):
            continue
        gone = {term(verdict.FIXED, person)}
        terms = {one.number: tuple(sorted(set(one.terms) - gone)) for one in versions}
        before = derivation.rows(versions, {one.number: one.terms for one in versions})
        after = await _amend(tx, each.reference, versions, terms)
        rows |= {row.relation for row in before ^ after}
        changed.add(each.reference)
    return changed, rows


async def _amend(
    tx: Transaction, name: str, versions: Sequence[Version], terms: Mapping[int, tuple[str, ...]]
) -> frozenset[Row]:
    rows = derivation.rows(versions, terms)
    await tx.amend(name, terms, rows)
    return rows


async def _right(view: Snapshot, record: Version, person: str) -> list[Version]:
    """The versions of a record that do not name a person by mistake."""
    return [each for each in await _versions(view, record) if person not in mistake.misnamed(each.terms)]


async def _current(view: Snapshot, name: str) -> Version | None:
    return await view.get(*name.split("/"), within=NAMING)


async def _versions(view: Snapshot, record: Version) -> list[Version]:
    """Every version of a record, in order."""
    current = await view.get(record.type, record.id, within=NAMING)
    assert current is not None
    past = [await view.get(record.type, record.id, within=NAMING, number=number) for number in range(1, current.number)]
    return [*(each for each in past if each), current]
