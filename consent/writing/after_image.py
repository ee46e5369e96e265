"""The version that a change would make: stamped, with its envelope and its search terms.

docs/policy.md, "whom a record is about"; docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import orjson

from consent import derivation, standing, verdict, vocabulary
from consent.derivation import Around, Derived
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.relations import patient_links
from consent.rule import Action, Decision
from consent.secrecy import place_checked
from consent.standing import filed, judging
from consent.standing.filing import Filing
from consent.verdict import Verdict
from consent.writing import concealing, custodian, handing_on
from consent.writing.prepared import Prepared, timeless
from resources.record import coding, envelope, keeping, parse, stamp
from resources.record.envelope import CHECKED, Envelope, Origin
from resources.record.problem import Issue
from resources.record.version import Version
from resources.search.relation import values
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

    async def judge(self, action: Action, version: Version) -> Decision: ...

    async def is_secret(self, version: Version) -> bool: ...


@dataclass(frozen=True, slots=True)
class AfterImage:
    """`refused` says why its writer may not write it as evidence."""

    version: Version
    resource: Mapping[str, Any]
    refused: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Own:
    """What the server says of a record that it writes itself: who stands behind a new one, the verdict on it, and what
    else no body tells of it (`said`)."""

    origin: Origin | None = None
    verdict: Verdict = verdict.NONE
    said: frozenset[str] = frozenset()


async def of(unit: Beside, ready: Prepared, before: Version | None, own: Own | None = None) -> AfterImage:
    """The version after this one, and its resource; all that it refers to was looked up."""
    change = ready.change
    number, since = stamp.following(before, unit.tx.instant)
    body = stamp.stamped(ready.sent, change.id, number, since)
    resource = orjson.loads(body)
    unit.pending[change.reference] = resource
    had = envelope.read(before.terms) if before else None
    around = await around_of(unit, resource, had)
    made_by = own.origin if own else None
    origin = made_by or (_behind(before, own) if before else await _origin(unit, resource))
    filing = await _filing(unit, resource, before, origin) if change.type in standing.BY_TYPE and not own else None
    judged = own.verdict if own else verdict.kept(before, judging.judged(filing) if filing else verdict.NONE)
    checked = ready.checked | _carried(unit, ready, before, resource)
    written = made_by.author if made_by and not before else unit.facts.writer, ready.masked, ready.unsent, checked
    derived = derivation.of(resource, origin, around, had, written, judged)
    first = before.first if before else since
    stays = keeping.said(before.terms) if before and own and not made_by else frozenset[str]()
    stays |= own.said if own else frozenset()
    terms = tuple(sorted(stays.union(derived.terms))) if stays else derived.terms
    made = Version(change.type, change.id, number, since, False, body, terms, first)
    found = await _found(unit, ready, resource, made, derived)
    return AfterImage(found, resource, tuple(judging.refused(filing)) if filing else ())


async def _found(
    unit: Beside, ready: Prepared, resource: Mapping[str, Any], made: Version, derived: Derived
) -> Version:
    """The version with what it is found by: of a record about a protected person no more than is harmless."""
    secret = concealing.protects(resource, derived.terms) or await unit.is_secret(made)
    found = derivation.search(unit.engine.index, _exact(made.body), secret=True) if secret else ready.terms
    dated = derivation.dated(unit.engine.index, made.type, made.since)
    return replace(made, terms=derivation.found_by(made.terms, found | dated, secret=secret))


def _exact(body: bytes) -> Mapping[str, Any]:
    """The resource without the server's marks of time, every number with all its digits."""
    return timeless(parse.editable(body))


async def _filing(unit: Beside, resource: Mapping[str, Any], before: Version | None, origin: Origin) -> Filing:
    """The evidence being written, with the facts before this transaction and what it registers itself."""
    registering = {name: body for name, body in unit.pending.items() if unit.found.get(name) is None}
    return await filed.of(unit.tx, resource, before, origin.custodian, unit.facts, unit.look, unit.look_up, registering)


def _carried(unit: Beside, ready: Prepared, before: Version | None, resource: Mapping[str, Any]) -> frozenset[str]:
    """The texts that were marked `place-checked` and have not changed."""
    checked = values(before.terms, CHECKED) if before and not before.deleted else ()
    if not checked or before is None:
        return frozenset()
    return place_checked.carried(unit.engine.harmless, orjson.loads(before.body), resource, checked, ready.unsent)


async def around_of(unit: Beside, resource: Mapping[str, Any], had: Envelope | None) -> Around:
    """What stands around it: whom what it is of is about, who has left there, who says to be whom it names."""

    def known(name: str) -> Envelope | None:
        version = unit.found.get(name)
        return envelope.read(version.terms) if version else None

    of = envelope.sources_of(resource) | (had.of if had else frozenset())
    taken = await handing_on.taken(unit.tx, [source for each in sorted(of) if (source := unit.found.get(each))])
    name = f"{resource['resourceType']}/{resource['id']}"
    return Around(unit.look, known, taken | await patient_links.same_persons(name, unit.tx))


def _behind(before: Version, own: Own | None) -> Origin:
    """What the server writes of a record that was handed over stays as it is kept: nobody reads more by it."""
    return envelope.origin(before.terms) if own else keeping.after(before.terms)


async def _origin(unit: Beside, resource: Mapping[str, Any]) -> Origin:
    """Who writes it, and who keeps it: a plan that the coordinator drafts is kept by who keeps the case (R15)."""
    facts = unit.facts
    author = facts.actor.person or facts.actor.organization
    drafts = facts.holds(vocabulary.COORDINATOR) and vocabulary.TOTAL_CARE_PLAN in coding.of(resource.get("category"))
    keeper = await filed.keeping_plan(unit.tx, resource, facts) if drafts else ""
    return Origin(keeper or custodian.of(facts), author)
