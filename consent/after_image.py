"""The version that a change would make: stamped, with its envelope and its search terms.

docs/policy.md, "whom a record is about"; docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from consent import custodian, handing_on, patient_links
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.prepared import Prepared
from resources.record import envelope, stamp
from resources.record.envelope import Envelope, Origin
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


async def of(unit: Beside, ready: Prepared, before: Version | None) -> tuple[Version, Mapping[str, Any]]:
    """The version after this one, and its resource; all that it refers to was looked up."""
    change = ready.change
    number, since = stamp.following(before, unit.tx.instant)
    body = stamp.stamped(ready.sent, change.id, number, since)
    resource = orjson.loads(body)
    unit.pending[change.reference] = resource
    meta = {"resourceType": change.type, "meta": {"lastUpdated": since}}
    about = await _envelope(unit, resource, before)
    terms = tuple(sorted(about.terms() | ready.terms | unit.engine.index.terms(meta)))
    first = before.first if before else since
    return Version(change.type, change.id, number, since, False, body, terms, first), resource


async def _envelope(unit: Beside, resource: Mapping[str, Any], before: Version | None) -> Envelope:
    """Whom it is about by what it names, what it is of, what it was before, and who says to be whom it names."""

    def known(name: str) -> Envelope | None:
        version = unit.found.get(name)
        return envelope.read(version.terms) if version else None

    had = envelope.read(before.terms) if before else None
    found = envelope.of(resource, had.origin if had else _origin(unit.facts), unit.look, known, had)
    sources = [source for each in sorted(found.of) if (source := unit.found.get(each))]
    taken = await handing_on.taken(unit.tx, sources)
    return found.joined(taken | await patient_links.same_persons(found.reference, unit.tx))


def _origin(facts: Facts) -> Origin:
    return Origin(custodian.of(facts), facts.actor.person or facts.actor.organization)
