"""A store of an older schema written anew: its versions put one after another, and everything derived made of them.

docs/maintenance.md, "upgrade"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson

from consent import derivation, standing, verdict
from consent.actor import Actor
from consent.auditing import older_event
from consent.derivation import Around
from consent.evidence import HeldRole
from consent.facts import Facts
from consent.relations import contributions, patient_links
from consent.relations.hidden_place import Secrets
from consent.standing import department, filed, judging
from consent.verdict import Verdict
from consent.writing import concealing, handing_on, superseding
from resources.record import envelope, period
from resources.record.envelope import Envelope
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import EVERYTHING, Predicate
from resources.store.port import Transaction

WHOLE: Predicate = EVERYTHING
"""Under this the server reads what stands around a version that it writes anew; nothing of it is told."""


STEP = 500
"""Versions put in one transaction, and those of the same instant."""


def steps(versions: Iterable[Version]) -> Iterator[list[Version]]:
    """The versions of the older store in commit order, as many as are put together."""
    step: list[Version] = []
    for version in versions:
        if len(step) >= STEP and version.since != step[-1].since:
            yield step
            step = []
        step.append(version)
    if step:
        yield step


async def put(tx: Transaction, index: Index, versions: Iterable[Version]) -> None:
    """Put these versions of the older store, which follow those put before in commit order.

    Of their terms only the origin is taken. Members, consents and protections are so recorded when the version was
    written that first or last said them.
    """
    for _, alike in groupby(versions, key=lambda version: version.since):
        together = list(alike)
        for version in together:
            if version.type == older_event.TYPE:
                # What was a record there stands on the trail here: it is no version any more.
                tx.note(older_event.read(orjson.loads(version.body)))
            else:
                await _record(tx, index, version, together)


async def _record(tx: Transaction, index: Index, version: Version, together: Sequence[Version]) -> None:
    before = await tx.get(version.type, version.id, within=WHOLE)
    if version.deleted:
        kept = derivation.of_deleted(before.terms if before else (), envelope.written(version.terms)[0])
        await tx.put(Version(version.type, version.id, version.number, version.since, True, b"", kept))
        return
    resource = orjson.loads(version.body)
    had = envelope.read(before.terms) if before else None
    origin = (had or envelope.read(version.terms)).origin
    around = await _around(tx, version, resource, had, together)
    judged = await _verdict(tx, version, resource, before, around, together)
    derived = derivation.of(resource, origin, around, had, derivation.written_by(version, origin), judged)
    put = Version(version.type, version.id, version.number, version.since, False, version.body, derived.terms)
    put = replace(put, terms=derivation.found_by(put.terms, derivation.search(index, resource), secret=False))
    rows = contributions.of(resource, derived.terms)
    put = await concealing.concealed(index, put, rows, Secrets(tx))
    await tx.put(put, rows)
    grown = await handing_on.from_record(tx, put, resource, before)
    own = {put.reference} if before and concealing.turned(before, put) else set()
    stood = contributions.of(orjson.loads(before.body), before.terms) if before and not before.deleted else frozenset()
    await concealing.follow(tx, index, rows ^ stood, grown | own)
    await superseding.settled(tx, resource, version.since)


def _at(version: Version) -> datetime:
    at = period.first(version.since)
    assert at is not None
    return at


async def _verdict(
    tx: Transaction,
    version: Version,
    resource: Mapping[str, Any],
    before: Version | None,
    around: Around,
    together: Sequence[Version],
) -> Verdict:
    """The verdict on evidence of the older store, by the facts that stood when it was written there."""
    # In the older store nobody wrote the directory but the installer.
    if version.type not in standing.BY_TYPE or version.type in department.TYPES:
        return verdict.NONE
    if version.type == "PractitionerRole":
        return Verdict(True)
    origin = envelope.origin((before or version).terms)
    actor = Actor("", origin.author, origin.custodian, "", (), _at(version), "")
    writer = Facts(actor, (HeldRole("", "", origin.custodian, frozenset()),))
    stood: dict[str, Version | None] = {}

    async def look_up(name: str) -> Version | None:
        stood[name] = await tx.get(*name.split("/"), within=WHOLE)
        return stood[name]

    def look(name: str) -> Mapping[str, Any] | None:
        one = stood.get(name)
        return orjson.loads(one.body) if one and not one.deleted else around.look(name)

    filing = await filed.of(tx, resource, before, origin.custodian, writer, look, look_up, {})
    judged = verdict.NONE if any(judging.refused(filing)) else judging.judged(filing)
    if any(other.type == version.type and other.reference != version.reference for other in together):
        # The older release ended a consent in the transaction of the one that took its place: nobody revoked it.
        revoked = {entry for entry in judged.noted if entry.startswith(f"{verdict.REVOKED} ")}
        return replace(judged, noted=judged.noted - revoked)
    return judged


async def _around(
    tx: Transaction, version: Version, resource: Mapping[str, Any], had: Envelope | None, together: Sequence[Version]
) -> Around:
    """What stood around it: the records put before, and of meetings those of its own transaction too."""
    sources = envelope.sources_of(resource) | (had.of if had else frozenset())
    meeting = envelope.meeting_of(resource)
    beside = {other.reference: other.body for other in together if not other.deleted}
    found = {name: await tx.get(*name.split("/"), within=WHOLE) for name in sources | ({meeting} - {""})}

    def known(name: str) -> Envelope | None:
        one = found.get(name)
        return envelope.read(one.terms) if one else None

    def look(name: str) -> Mapping[str, Any] | None:
        one = found.get(name)
        body = beside.get(name) or (one.body if one and not one.deleted else b"")
        return orjson.loads(body) if body else None

    taken = await handing_on.taken(tx, [source for name in sorted(sources) if (source := found.get(name))])
    return Around(look, known, taken | await patient_links.same_persons(version.reference, tx))
