"""What an emergency access opened by a membership that was a mistake is closed at once, and not when its minutes end.

docs/policy.md, "mistakes" and P8: a membership marked so is as if never written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import orjson

from consent import derivation, verdict, vocabulary
from consent.relations import names
from consent.relations.contributions import MEMBER
from resources.record import reference
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, term
from resources.search.relation import FOREVER, Relation, values
from resources.store.port import Query, Transaction

OPENED: Predicate = EVERYTHING
"""Under this the server looks which emergencies are running; nobody is told of them."""


async def closed(tx: Transaction, household: str, person: str) -> tuple[set[str], set[Relation]]:
    """Of the accesses that run for this household, what only this person's being one of it opened: they themselves; or,
    where it was they who were meant, all the others. The reviews that changed, and the rows that are no more."""
    return await _let_go(tx, household, lambda versions: _gone(tx, versions, person))


async def of_another(tx: Transaction, record: str, household: str) -> tuple[set[str], set[Relation]]:
    """As `closed`, of the accesses for which this record was shown: it named that household by mistake, so whoever it
    is not about is none of them."""
    return await _let_go(tx, household, lambda versions: _strangers(tx, versions, record))


async def _let_go(
    tx: Transaction, household: str, gone: Callable[[Sequence[Version]], Awaitable[frozenset[str]]]
) -> tuple[set[str], set[Relation]]:
    running = all_of([has(".type", "Task"), has(".code", vocabulary.EMERGENCY_REVIEW), has(".household", household)])
    changed, rows = set[str](), set[Relation]()
    for current in (await tx.find(Query(running), within=OPENED)).versions:
        versions = await _versions(tx, current)
        if notes := await gone(versions):
            terms = {each.number: tuple(sorted(set(each.terms) - notes)) for each in versions}
            had, left = (derivation.rows(versions, each) for each in (_terms(versions), terms))
            await tx.amend(current.reference, terms, left)
            changed.add(current.reference)
            rows |= {row.relation for row in had ^ left}
    return changed, rows


async def _strangers(tx: Transaction, versions: Sequence[Version], record: str) -> frozenset[str]:
    """The notes about whom the record that the officer showed is not about, of those whose minutes are not over."""
    if reference.one(orjson.loads(versions[0].body), "focus") != record:
        return frozenset()
    found = await tx.get(*record.split("/"), within=OPENED)
    assert found is not None
    groups = sorted(values(found.terms, ".household"))
    rows = await tx.rows((MEMBER, group) for group in groups) if groups else ()
    about = {*values(found.terms, ".subject"), *(row.relation.to for row in rows if row.ended == FOREVER)}
    return frozenset(term(verdict.EMERGENCY, note) for note in _open(tx, versions) if note.split(" ")[3] not in about)


async def _gone(tx: Transaction, versions: Sequence[Version], person: str) -> frozenset[str]:
    """The notes that rest on the mistake, of those whose minutes are not over."""
    open = _open(tx, versions)
    meant = verdict.read(versions[0].terms).note(verdict.MEANT)
    called = await names.known(tx, [person])
    if called & meant:
        return frozenset(term(verdict.EMERGENCY, note) for note in open if note.split(" ")[3] not in called)
    if await _is_about(tx, reference.one(orjson.loads(versions[0].body), "focus"), person):
        return frozenset()
    return frozenset(term(verdict.EMERGENCY, note) for note in open if note.split(" ")[3] == person)


def _open(tx: Transaction, versions: Sequence[Version]) -> list[str]:
    noted = verdict.read(versions[-1].terms).note(verdict.EMERGENCY)
    return [each for each in noted if each.split(" ")[1] > tx.instant]


async def _is_about(tx: Transaction, name: str, person: str) -> bool:
    """Whether the record that the officer showed is about them all the same."""
    found = await tx.get(*name.split("/"), within=OPENED) if name else None
    return found is not None and (found.reference == person or person in values(found.terms, ".subject"))


def _terms(versions: Sequence[Version]) -> dict[int, tuple[str, ...]]:
    return {each.number: each.terms for each in versions}


async def _versions(tx: Transaction, current: Version) -> list[Version]:
    past = [await tx.get(current.type, current.id, within=OPENED, number=number) for number in range(1, current.number)]
    return [*(each for each in past if each), current]
