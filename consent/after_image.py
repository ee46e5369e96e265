"""The version that a change would make: stamped, with its envelope and its search terms.

docs/policy.md, "whom a record is about"; docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from consent import custodian, derivation, handing_on, patient_links, standing, verdict
from consent.derivation import Around
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.prepared import Prepared
from consent.standing import filed, judging
from consent.standing.filing import Filing
from consent.verdict import Verdict
from resources.record import envelope, stamp
from resources.record.envelope import Envelope, Origin
from resources.record.problem import Issue
from resources.record.version import Version
from resources.store.port import Transaction


class Beside(Protocol):
    """The unit of work: what has been looked up, and what is being written."""

    engine: PolicyEngine
    tx: Transaction
    facts: Facts
    found: dict[str, Version | None]
    pending: dict[str, Mapping[str, Any]]

    def look(self, name: str) -> Mapping[str, Any] | None: ...

    async def look_up(self, name: str) -> Version | None: ...


@dataclass(frozen=True, slots=True)
class AfterImage:
    """`refused` says why its writer may not write it as evidence."""

    version: Version
    resource: Mapping[str, Any]
    refused: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Own:
    """What the server says of a record that it writes itself: who stands behind it, and the verdict on it."""

    origin: Origin
    verdict: Verdict = verdict.NONE


async def of(unit: Beside, ready: Prepared, before: Version | None, own: Own | None = None) -> AfterImage:
    """The version after this one, and its resource; all that it refers to was looked up."""
    change = ready.change
    number, since = stamp.following(before, unit.tx.instant)
    body = stamp.stamped(ready.sent, change.id, number, since)
    resource = orjson.loads(body)
    unit.pending[change.reference] = resource
    had = envelope.read(before.terms) if before else None
    around = await _around(unit, resource, had)
    origin = own.origin if own else had.origin if had else _origin(unit.facts)
    filing = await _filing(unit, resource, before, origin) if change.type in standing.BY_TYPE and not own else None
    found = ready.terms | derivation.dated(unit.engine.index, change.type, since)
    judged = own.verdict if own else verdict.kept(before, judging.judged(filing) if filing else verdict.NONE)
    derived = derivation.of(resource, origin, around, found, had, judged)
    first = before.first if before else since
    version = Version(change.type, change.id, number, since, False, body, derived.terms, first)
    return AfterImage(version, resource, tuple(judging.refused(filing)) if filing else ())


async def _filing(unit: Beside, resource: Mapping[str, Any], before: Version | None, origin: Origin) -> Filing:
    """The evidence being written, with the facts before this transaction and what it registers itself."""
    registering = {name: body for name, body in unit.pending.items() if unit.found.get(name) is None}
    return await filed.of(unit.tx, resource, before, origin.custodian, unit.facts, unit.look, unit.look_up, registering)


async def _around(unit: Beside, resource: Mapping[str, Any], had: Envelope | None) -> Around:
    """What stands around it: whom what it is of is about, who has left there, who says to be whom it names."""

    def known(name: str) -> Envelope | None:
        version = unit.found.get(name)
        return envelope.read(version.terms) if version else None

    of = envelope.sources_of(resource) | (had.of if had else frozenset())
    taken = await handing_on.taken(unit.tx, [source for each in sorted(of) if (source := unit.found.get(each))])
    name = f"{resource['resourceType']}/{resource['id']}"
    return Around(unit.look, known, taken | await patient_links.same_persons(name, unit.tx))


def _origin(facts: Facts) -> Origin:
    return Origin(custodian.of(facts), facts.actor.person or facts.actor.organization)
