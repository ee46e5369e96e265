"""Whom a record is about goes on to the records that are of it, in the transaction in which it grows.

docs/policy.md, "whom a record is about": the set never shrinks, so circles end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import patient_links
from resources.record import envelope
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, has, term
from resources.store.port import Query, Transaction

DEPENDENT: Predicate = EVERYTHING
"""Under this the server finds the records that are of another; nothing of them is told."""


async def from_record(tx: Transaction, version: Version, resource: Mapping[str, Any] | None) -> set[str]:
    """Bring along what depends on a version just put. The references of the records that have grown."""
    grown: set[str] = set()
    waiting: list[tuple[str, set[str]]] = [(version.reference, envelope.read(version.terms).handed())]
    for related in patient_links.same_as(resource or {}):
        await _grow(tx, related, {term(".subject", version.reference)}, grown, waiting)
    while waiting:
        source, handed = waiting.pop()
        if handed:
            found = await tx.find(Query(has(".of", source)), within=DEPENDENT)
            for dependent in found.versions:
                new = handed - set(dependent.terms)
                if new:
                    await _grow(tx, dependent.reference, new, grown, waiting)
    return grown


async def _grow(
    tx: Transaction, name: str, new: set[str], grown: set[str], waiting: list[tuple[str, set[str]]]
) -> None:
    await tx.derive(name, new)
    grown.add(name)
    waiting.append((name, new))
