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
from consent.prepared import Prepared
from resources.record import pointer, reference
from resources.record.pointer import Pointer
from resources.record.problem import Issue, Problem
from resources.search import grammar, request
from resources.search.predicate import Predicate, term
from resources.store.port import Query, Transaction

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


async def resolved(unit: Beside, ready: Prepared, had: Mapping[str, Any] | None = None) -> Prepared:
    """The change with the literal reference written beside each such identifier, and in the place of each such search.

    Raises Problem naming the first that does not lead to exactly one: alike whether or not there is one unseen; and the
    first address that is not here and may be a person's: nobody could be asked for them. What the record `had` stays.
    """
    stood = {target for _, target in reference.named(had)} if had and ready.pointers else frozenset[str]()
    sent, resource = ready.sent, ready.resource
    known: dict[tuple[str, tuple[tuple[str, str], ...]], set[str]] = {}
    for found in ready.pointers:
        types = people(found) or _sought(found)
        if not types or unit.engine.index.is_own(found.address) or found.address in stood:
            continue  # that it is to be written relative to this server is said with all others
        if found.address:
            raise _elsewhere(ready, found)
        asked, matching = tuple(_asked(found)), set[str]()
        for type in sorted(types):
            if (type, asked) not in known:
                known[type, asked] = await _matching(unit, type, asked)
            matching |= known[type, asked]
        if len(matching) != 1:
            unit.unseen = min(types)
            raise _unresolved(ready, found, types)
        (name,) = matching
        sent, resource = pointer.pointed(sent, found.keys, name), pointer.pointed(resource, found.keys, name)
    if sent is ready.sent:
        return ready
    return ready.turned(unit.engine, sent, resource)


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


async def _matching(unit: Beside, type: str, asked: Sequence[tuple[str, str]]) -> set[str]:
    """Whom it may mean: records of this type that the writer may read, and those that stand beside it."""
    try:
        what = request.parse(unit.engine.index, type, list(asked)).what
    except Problem:
        return set()
    facts = replace(unit.facts, carded=False)  # an identifier is not on the card
    known = await gathering.for_search(unit.tx, facts, type, what)
    made = policy.ruling("read", known)
    query = Query(what, limit=len(unit.pending) + 2)
    stored = (await unit.tx.find(query, within=made.within)).versions
    standing = {version.reference for version in stored if version.reference not in unit.pending}
    beside = {each.change.reference for each in unit.asked if _fits(each, type, what)}
    return standing | beside


def _asked(found: Pointer) -> Iterator[tuple[str, str]]:
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
