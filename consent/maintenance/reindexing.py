"""Everything that is derived, made anew while the store is in use, in steps that may be broken off anywhere.

docs/maintenance.md, "reindex"
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from consent import derivation, vocabulary
from consent.acts import secluding
from consent.derivation import Around, Record
from consent.engine import PolicyEngine
from consent.relations import hidden_place, patient_links
from consent.relations.contributions import PROTECTED
from consent.relations.names import SAME
from consent.writing import concealing, handing_on
from consent.writing.apart import Apart
from resources.record import envelope, mistake
from resources.record.envelope import Envelope
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import EVERYTHING, Predicate, term
from resources.search.relation import FOREVER, Row
from resources.store.port import Transaction

STEP = 50
"""Versions looked at in one transaction: other writers wait no longer than for these."""

WHOLE: Predicate = EVERYTHING
"""Under this the server reads every record to derive it anew; nothing of them is told."""

_MARK = ("reindex", "")


class Damaged(Exception):
    """This record cannot be derived anew: a version of it is missing, or a body is not what was written."""


@dataclass(slots=True)
class Reindexing:
    """One way to one generation: through the feed of all versions twice, first for the households, then for all.

    Whoever is of another record is brought along when that one grows, so the order in which records come decides
    nothing; but who has left a household must be known before. Nobody whom a record was about is taken away.
    """

    engine: PolicyEngine
    clock: Callable[[], datetime]
    generation: str
    all: bool = False
    after: str = ""

    @classmethod
    async def begun(
        cls, engine: PolicyEngine, clock: Callable[[], datetime], *, again: bool = False
    ) -> Reindexing | None:
        """Where an earlier run was broken off, or from the start; None where there is nothing to do."""
        store, wanted = engine.store, derivation.generation(engine.index.spec)
        mark = await store.vault.look(*_MARK)
        reached = orjson.loads(mark) if mark else {}
        if reached.get("generation") == wanted and not again:
            return cls(engine, clock, **reached)
        async with store.snapshot() as view:
            if await view.generation() == wanted and not again and not reached:
                return None
        return cls(engine, clock, wanted)

    async def step(self) -> int:
        """One step further: how many versions it looked at; 0 when all is of the generation, and the store says so.

        What follows for more records than others wait for is settled in slices: what is to be hidden before it.
        Raises Problem `unavailable` where somebody else goes on settling many.
        """
        began, store = time.monotonic(), self.engine.store

        async def passed(apart: Apart) -> tuple[str, int]:
            return await store.transact(lambda tx: self._through(tx, apart))

        after, seen = await secluding.apart(self.engine, self.clock(), passed)
        if not seen and self.all:
            await store.vault.take(*_MARK)
            return 0
        self.after, self.all = (after, self.all) if seen else ("", True)
        mark = {"generation": self.generation, "all": self.all, "after": self.after}
        await store.vault.replace(*_MARK, orjson.dumps(mark))
        # Those who wait to write get their turn.
        await asyncio.sleep(max(0.005, (time.monotonic() - began) / 2))
        return seen or await self.step()

    async def _through(self, tx: Transaction, apart: Apart) -> tuple[str, int]:
        room = await handing_on.still(tx, apart)
        page = await tx.feed(self.after, STEP, within=WHOLE)
        for version in page.versions:
            if self.all or version.type == "Group":
                current = await tx.get(version.type, version.id, within=WHOLE)
                if current is not None and current.number == version.number:
                    await _anew(tx, self.engine.index, current, room)
        if not page.versions and self.all:
            # Nobody else writes in this transaction, so nothing older is left behind this.
            await tx.turn(self.generation)
        room.demand()
        return page.next, len(page.versions)


async def _anew(tx: Transaction, index: Index, current: Version, room: Apart) -> None:
    """Derive one record, all its versions, and hand on what it grew by."""
    name = current.reference
    versions = [await _numbered(tx, current, number) for number in range(1, current.number)] + [current]
    try:
        bodies = [orjson.loads(version.body) for version in versions if not version.deleted]
        around = await _around(tx, name, bodies)
        made = derivation.of_record(index, versions, around)
        whole = replace(current, terms=made.terms[current.number], first=versions[0].since)
        if current.type in vocabulary.CASEWORK and await hidden_place.is_secret(tx, whole.stored):
            made = derivation.of_record(index, versions, replace(around, secret=lambda terms: True))
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Damaged(name) from fault
    terms = _never_less(versions, made)
    had = {row.relation for row in await _protecting(tx, name, made)}
    await tx.amend(name, terms, made.rows)
    whole = replace(current, terms=terms[current.number], first=versions[0].since)
    grown = await handing_on.from_record(tx, whole, None, current, room)
    now = {row.relation for row in made.rows if row.ended == FOREVER and row.relation.name in (*PROTECTED, SAME)}
    await concealing.follow(tx, index, had ^ now, grown, room)
    for related in sorted(frozenset[str]().union(*map(patient_links.same_as, bodies))):
        await _joined(tx, index, related, term(".subject", name), room)


async def _protecting(tx: Transaction, name: str, made: Record) -> list[Row]:
    """The rows by which a Patient is protected, or by which a merge says whose protection is whose."""
    wanted = [(lock, name) for lock in PROTECTED] if name.startswith("Patient/") else []
    wanted += [(SAME, one) for one in sorted({row.relation.of for row in made.rows if row.relation.name == SAME})]
    found = await tx.rows(wanted) if wanted else ()
    return [row for row in found if row.ended == FOREVER and (row.relation.name != SAME or row.source == name)]


async def _joined(tx: Transaction, index: Index, name: str, person: str, room: Apart) -> None:
    """A RelatedPerson is also about the Patient who says, or once said, to be the same."""
    related = await tx.get(*name.split("/"), within=WHOLE)
    if related is not None and person not in related.terms:
        await tx.derive(name, [person])
        grown = await handing_on.from_record(tx, replace(related, terms=(*related.terms, person)), None, related, room)
        await concealing.follow(tx, index, (), grown | {name}, room)


def _never_less(versions: Sequence[Version], made: Record) -> dict[int, tuple[str, ...]]:
    """The terms made, with those whom the record was about before; marked, where the record does not name them now."""
    stood = frozenset[str]().union(*(_handed(version) for version in versions))
    lost = stood - made.handed
    marks = {term(derivation.KEPT, entry.partition(" ")[2]) for entry in lost - made.may}
    return {number: tuple(sorted({*terms, *lost, *marks})) for number, terms in made.terms.items()}


def _handed(version: Version) -> frozenset[str]:
    """What goes on to others of a version, but for whom it names by mistake."""
    return derivation.handed(sorted(mistake.without(version.terms, mistake.misnamed(version.terms))))


async def _around(tx: Transaction, reference: str, bodies: Sequence[Mapping[str, Any]]) -> Around:
    """What stands around a record: the records that any of its versions is of, and the meetings they came about in."""
    sources = frozenset[str]().union(*(envelope.sources_of(body) for body in bodies))
    meetings = {meeting for body in bodies if (meeting := envelope.meeting_of(body))}
    found = {name: await tx.get(*name.split("/"), within=WHOLE) for name in sources | meetings}

    def known(name: str) -> Envelope | None:
        version = found.get(name)
        return envelope.read(version.terms) if version else None

    def look(name: str) -> Mapping[str, Any] | None:
        version = found.get(name)
        return orjson.loads(version.body) if version and not version.deleted else None

    left = {name: await handing_on.left(tx, version) for name, version in found.items() if version}
    same = await patient_links.same_persons(reference, tx)
    return Around(look, known, same, lambda name: left.get(name, ()))


async def _numbered(tx: Transaction, current: Version, number: int) -> Version:
    version = await tx.get(current.type, current.id, within=WHOLE, number=number)
    if version is None:
        raise Damaged(current.reference)
    return version
