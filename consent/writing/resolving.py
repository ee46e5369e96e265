"""References to a person or household that name none here by its id: resolved among what may be read, or refused.

https://hl7.org/fhir/R4/references.html#logical; docs/policy.md, "whom a record is about".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import parse_qsl

import fhirkit

from consent import gathering, policy
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.writing.foreseen import Asked, Foreseen
from consent.writing.prepared import Prepared
from resources.record import pointer, reference
from resources.record.pointer import Pointer
from resources.record.problem import Issue, Problem
from resources.search import grammar, request
from resources.search.predicate import Predicate, term
from resources.store.port import Query, Snapshot, Transaction

PEOPLE = frozenset({"Group", "Patient", "RelatedPerson"})
"""Whom a record can be about by naming them. A reference by identifier to anything else is kept and opens nothing."""

THINGS = frozenset(fhirkit.RESOURCE_TYPES) - PEOPLE - {"Person"}
"""Types that are certainly not people: whatever else a reference says its type is may be one."""

_TYPES = "http://hl7.org/fhir/StructureDefinition/"


class Beside(Protocol):
    """The unit of work: what is being written, and what its writer may read."""

    engine: PolicyEngine
    tx: Transaction
    facts: Facts
    asked: Sequence[Prepared]
    pending: dict[str, Mapping[str, Any]]
    unseen: str
    foreseen: Foreseen | None


async def resolved(unit: Beside, ready: Prepared, had: Mapping[str, Any] | None = None) -> Prepared:
    """The change with the literal reference written beside each such identifier, and in the place of each such search.

    Raises Problem naming the first that does not lead to exactly one: alike whether or not there is one unseen; and the
    first address that is not here and may be a person's: nobody could be asked for them. What the record `had` stays.
    """
    stood = {target for _, target in reference.named(had)} if had and ready.pointers else frozenset[str]()
    sent, resource = ready.sent, ready.resource
    known: dict[Asked, set[str]] = {}
    for found in ready.pointers:
        among = types(found)
        if not among or unit.engine.index.is_own(found.address) or found.address in stood:
            continue  # that it is to be written relative to this server is said with all others
        if found.address:
            raise _elsewhere(ready, found)
        what, matching = tuple(asked(found)), set[str]()
        for type in sorted(among):
            if (type, what) not in known:
                known[type, what] = await _matching(unit, type, what)
            matching |= known[type, what]
        if len(matching) != 1:
            unit.unseen = min(among)
            raise _unresolved(ready, found, among)
        (name,) = matching
        sent, resource = pointer.pointed(sent, found.keys, name), pointer.pointed(resource, found.keys, name)
    if sent is ready.sent:
        return ready
    return ready.turned(unit.engine, sent, resource)


def types(found: Pointer) -> frozenset[str]:
    """The types of records among which it is resolved; none where it is left as it is."""
    return people(found) or _sought(found)


def people(found: Pointer) -> frozenset[str]:
    """The types of people it may lead to; none where it leads to something else."""
    literal = str(found.node.get("reference", ""))
    said = _led_to(found.address) if found.address else literal.partition("?")[0]
    kind = (said or str(found.node.get("type", ""))).removeprefix(_TYPES).partition("|")[0]
    if kind in THINGS:
        return frozenset()
    if kind in PEOPLE:
        return frozenset({kind})
    return PEOPLE & found.targets if found.targets else PEOPLE


def _sought(found: Pointer) -> frozenset[str]:
    """The type that it is searched in, where it is made by search: nothing is kept that leads nowhere by itself."""
    literal = found.node.get("reference")
    return frozenset({literal.partition("?")[0]}) if literal and not found.address else frozenset()


async def _matching(unit: Beside, type: str, what: tuple[tuple[str, str], ...]) -> set[str]:
    """Whom it may mean: records of this type that the writer may read, and those that stand beside it."""
    condition = _condition(unit.engine, type, what)
    if condition is None:
        return set()
    known = unit.foreseen.led.get((type, what)) if unit.foreseen else None
    stored = (
        known if known is not None else await standing(unit.engine, unit.tx, unit.facts, type, what, len(unit.pending))
    )
    beside = {each.change.reference for each in unit.asked if _fits(each, type, condition)}
    return (set(stored) - set(unit.pending)) | beside


async def standing(
    engine: PolicyEngine, view: Snapshot, facts: Facts, type: str, what: tuple[tuple[str, str], ...], pending: int
) -> set[str]:
    """The stored records that it may mean and that its writer may read: two more than those that are being written."""
    condition = _condition(engine, type, what)
    if condition is None:
        return set()
    facts = replace(facts, carded=False)  # an identifier is not on the card
    known = await gathering.for_search(view, facts, type, condition)
    made = policy.ruling("read", known)
    found = await view.find(Query(condition, limit=pending + 2), within=made.within)
    return {version.reference for version in found.versions}


def _condition(engine: PolicyEngine, type: str, what: Sequence[tuple[str, str]]) -> Predicate | None:
    try:
        return request.parse(engine.index, type, list(what)).what
    except Problem:
        return None


def asked(found: Pointer) -> Iterator[tuple[str, str]]:
    """The search parameters that it is made of."""
    literal = found.node.get("reference")
    if literal:
        yield from parse_qsl(literal.partition("?")[2], keep_blank_values=True)
        return
    identifier = found.node["identifier"]
    system, value = (grammar.escaped(str(identifier.get(name, ""))) for name in ("system", "value"))
    # Without a value it would mean everything of the system, which no one person is.
    yield "identifier", f"{system}|{value}" if value else ""


def _fits(ready: Prepared, type: str, what: Predicate) -> bool:
    if ready.change.method == "delete" or ready.change.type != type:
        return False
    return what.matches(sorted({term(".type", type), *ready.terms}))


def _elsewhere(ready: Prepared, found: Pointer) -> Problem:
    """Why an address that is not here is none by which to name a person or household."""
    text = "name a person or household of this server by `Type/id`; a reference to anything else says its `type`"
    ja = "人と世帯は、このサーバーの `Type/id` で参照してください。ほかのものを指すときは `type` を書いてください"
    return Problem("invalid", Issue(text, ja, f"{ready.change.type}.{found.at}"))


def _led_to(address: str) -> str:
    """The type of resource that an address names; empty where it cannot be told."""
    parts = address.partition("?")[0].partition("#")[0].split("/")
    return next((part for part in reversed(parts) if part in fhirkit.RESOURCE_TYPES), "")


def _unresolved(ready: Prepared, found: Pointer, types: frozenset[str]) -> Problem:
    names = ", ".join(sorted(types))
    text = f"this must lead to exactly one {names} that you can see; a reference to anything else says its `type`"
    ja = f"見ることのできる {names} のちょうど1件を指す必要があります。ほかのものを指すときは `type` を書いてください"
    return Problem("invalid", Issue(text, ja, f"{ready.change.type}.{found.at}", code="not-found"))
