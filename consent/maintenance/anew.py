"""One record derived anew from all its versions, and what follows from that for others.

docs/maintenance.md, "reindex"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from consent import derivation, vocabulary
from consent.derivation import Around, Record
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
from resources.store.port import Snapshot, Transaction

WHOLE: Predicate = EVERYTHING
"""Under this the server reads every record to derive it anew; nothing of them is told."""


class Damaged(Exception):
    """This record cannot be derived anew: a version of it is missing, or a body is not what was written."""


@dataclass(frozen=True, slots=True)
class Anew:
    """The `terms` of each version of a record by its number, and its `rows`, as they come of what stands now."""

    current: Version
    bodies: Sequence[Mapping[str, Any]]
    first: str
    terms: Mapping[int, tuple[str, ...]]
    rows: frozenset[Row]


async def derived(view: Snapshot, index: Index, current: Version) -> Anew:
    """All of a record, from all its versions. Raises Damaged."""
    name = current.reference
    versions = [await _numbered(view, current, number) for number in range(1, current.number)] + [current]
    first = versions[0].since
    try:
        bodies = [orjson.loads(version.body) for version in versions if not version.deleted]
        around = await _around(view, name, bodies)
        made = derivation.of_record(index, versions, around)
        whole = replace(current, terms=made.terms[current.number], first=first)
        if current.type in vocabulary.CASEWORK and await hidden_place.is_secret(view, whole.stored):
            made = derivation.of_record(index, versions, replace(around, secret=lambda terms: True))
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Damaged(name) from fault
    return Anew(current, bodies, first, _never_less(versions, made), made.rows)


async def given(tx: Transaction, index: Index, anew: Anew, numbers: range, room: Apart) -> None:
    """Give these versions of it what was derived, and the record its rows, and hand on what it grew by.

    Of a record that is given it in several transactions the first has its current version among them.
    """
    current, terms = anew.current, anew.terms
    had = {row.relation for row in await _protecting(tx, current.reference, anew.rows)}
    await tx.amend(current.reference, {number: terms[number] for number in numbers}, anew.rows)
    whole = replace(current, terms=terms[current.number], first=anew.first)
    grown = await handing_on.from_record(tx, whole, None, current, room)
    now = {row.relation for row in anew.rows if row.ended == FOREVER and row.relation.name in (*PROTECTED, SAME)}
    await concealing.follow(tx, index, had ^ now, grown, room)
    for related in sorted(frozenset[str]().union(*map(patient_links.same_as, anew.bodies))):
        await _joined(tx, index, related, term(".subject", current.reference), room)


async def _protecting(tx: Transaction, name: str, rows: frozenset[Row]) -> list[Row]:
    """The rows by which a Patient is protected, or by which a merge says whose protection is whose."""
    wanted = [(lock, name) for lock in PROTECTED] if name.startswith("Patient/") else []
    wanted += [(SAME, one) for one in sorted({row.relation.of for row in rows if row.relation.name == SAME})]
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


async def _around(view: Snapshot, reference: str, bodies: Sequence[Mapping[str, Any]]) -> Around:
    """What stands around a record: the records that any of its versions is of, and the meetings they came about in."""
    sources = frozenset[str]().union(*(envelope.sources_of(body) for body in bodies))
    meetings = {meeting for body in bodies if (meeting := envelope.meeting_of(body))}
    found = {name: await view.get(*name.split("/"), within=WHOLE) for name in sources | meetings}

    def known(name: str) -> Envelope | None:
        version = found.get(name)
        return envelope.read(version.terms) if version else None

    def look(name: str) -> Mapping[str, Any] | None:
        version = found.get(name)
        return orjson.loads(version.body) if version and not version.deleted else None

    left = {name: await handing_on.left(view, version) for name, version in found.items() if version}
    same = await patient_links.same_persons(reference, view)
    return Around(look, known, same, lambda name: left.get(name, ()))


async def _numbered(view: Snapshot, current: Version, number: int) -> Version:
    version = await view.get(current.type, current.id, within=WHOLE, number=number)
    if version is None:
        raise Damaged(current.reference)
    return version
