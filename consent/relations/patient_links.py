"""RelatedPersons who are also Patients of the city: their records are about both, and need both to consent.

https://hl7.org/fhir/R4/patient-definitions.html#Patient.link; docs/policy.md, "whom a record is about".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resources.record import problem, reference
from resources.record.problem import Issue, Problem
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query, Snapshot

LINKS: Predicate = has(".type", "Patient")
"""Under this the server asks which patients say that a RelatedPerson is themselves."""

Pending = Mapping[str, Mapping[str, Any]]


async def same_persons(name: str, view: Snapshot) -> frozenset[str]:
    """The patients who are, or once were said to be, this RelatedPerson; none for any other record."""
    if not name.startswith("RelatedPerson/"):
        return frozenset()
    linking = await view.find(Query(all_of([has(".type", "Patient"), has("link", name)]), history=True), within=LINKS)
    return frozenset(version.reference for version in linking.versions)


def same_as(resource: Mapping[str, Any]) -> frozenset[str]:
    """The RelatedPersons that a Patient says are the same person."""
    if resource.get("resourceType") != "Patient":
        return frozenset()
    return frozenset(name for name in reference.locals_of(resource.get("link")) if name.startswith("RelatedPerson/"))


def check(resource: Mapping[str, Any], before: Mapping[str, Any] | None, pending: Pending) -> None:
    """Raises Problem where a patient newly links to a RelatedPerson that is not written with it, or where a client says
    that two Patients are one."""
    for name in sorted(same_as(resource) - same_as(before or {})):
        if name not in pending:
            text = f"write `{name}` in the same transaction as the Patient that is the same person"
            ja = f"`{name}` は、同じ人の Patient と同じ transaction で書いてください"
            raise Problem("business-rule", Issue(text, ja, "Patient.link.other"))
    if resource.get("resourceType") == "Patient" and _patients(resource) != _patients(before or {}):
        text = (
            "that two Patients are one person is not a client's to write, nor to undo: ask for it by `Patient/$merge`, "
            "which who keeps the other, or the lead section, confirms"
        )
        ja = (
            "2人の Patient が同じ人であることは、書き込みでは結び付けも解消もできません。"
            "`Patient/$merge` で求め、もう一方を管理する機関か主管課に確かめてもらってください"
        )
        raise Problem("business-rule", problem.of_rule("P3", text, ja, "Patient.link.other"))


def _patients(resource: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The links to Patients, by whom and how."""
    found = ((reference.one(each, "other"), each.get("type")) for each in resource.get("link") or ())
    return sorted((name, kind) for name, kind in found if name.startswith("Patient/"))
