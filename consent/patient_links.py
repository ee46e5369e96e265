"""A RelatedPerson who is also a member of the household: their record is about both, and needs both to consent.

https://hl7.org/fhir/R4/patient-definitions.html#Patient.link; docs/policy.md, "what a record carries".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resources.record import reference
from resources.record.problem import Issue, Problem
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query, Snapshot

LINKS: Predicate = has(".type", "Patient")
"""Under this the server asks which patients say that a RelatedPerson is themselves."""

Pending = Mapping[str, Mapping[str, Any]]


async def same_persons(name: str, pending: Pending, view: Snapshot) -> frozenset[str]:
    """The patients, of this transaction or stored, who are this RelatedPerson; none for any other record."""
    if not name.startswith("RelatedPerson/"):
        return frozenset()
    beside = (patient for patient, resource in pending.items() if name in _links(resource))
    stored = await view.find(Query(all_of([has(".type", "Patient"), has("link", name)])), within=LINKS)
    return frozenset(beside) | {version.reference for version in stored}


def check(resource: Mapping[str, Any], before: Mapping[str, Any] | None, pending: Pending) -> None:
    """Raises Problem where a patient newly links to a RelatedPerson that is not written with it."""
    for name in sorted(_links(resource) - _links(before or {})):
        if name.startswith("RelatedPerson/") and name not in pending:
            text = f"write `{name}` in the same transaction as the Patient that is the same person"
            ja = f"`{name}` は、同じ人の Patient と同じ transaction で書いてください"
            raise Problem("business-rule", Issue(text, ja, "Patient.link.other"))


def _links(resource: Mapping[str, Any]) -> frozenset[str]:
    return reference.locals_of(resource.get("link")) if resource.get("resourceType") == "Patient" else frozenset()
