"""A total care plan as a document, to be carried to another installation: the plan, its household, persons and roles.

https://hl7.org/fhir/R4/documents.html; docs/plan-document.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from resources.record import coding
from resources.record.version import Version

IDENTIFIER = f"{coding.BASE}/sid/document"
PLAN, CASE, TEAM = (coding.own("record-category", code) for code in ("total-care-plan", "case", "case-team"))


@dataclass(frozen=True, slots=True)
class Source:
    """What a document is made of, each as its reader sees it; `directory` are those who perform and have roles."""

    plan: Version
    household: Version
    persons: Sequence[Version]
    roles: Sequence[Version]
    directory: Sequence[Version]


def document(source: Source, base: str, id: str, when: str, agency: str) -> dict[str, Any]:
    """The Bundle; `base` is the address of this installation, `agency` who hands it on at an instant."""
    plan = orjson.loads(source.plan.body)
    sections = (("計画", [source.plan]), ("世帯", [source.household, *source.persons]), ("役割", source.roles))
    composition = {
        "resourceType": "Composition",
        "id": id,
        "identifier": {"system": IDENTIFIER, "value": f"urn:uuid:{id}"},
        "status": "preliminary" if plan.get("status") == "draft" else "final",
        "type": category(PLAN) | {"text": "トータルケアプラン"},
        "subject": {"reference": source.household.reference},
        "date": when,
        "author": [{"reference": agency}],
        "title": plan.get("title") or "トータルケアプラン",
        "custodian": {"reference": agency},
        "section": [
            {"title": title, "entry": [{"reference": each.reference} for each in found]}
            for title, found in sections
            if found
        ],
    }
    provenance = {
        "resourceType": "Provenance",
        "id": f"{id}-p"[:64],
        "target": [{"reference": source.plan.reference}],
        "recorded": when,
        "activity": {"text": "トータルケアプランを文書として渡した"},
        "agent": [{"who": {"reference": agency}}],
        "entity": [{"role": "source", "what": {"reference": f"{base}/{source.plan.cited}"}}],
    }
    records = [source.plan, source.household, *source.persons, *source.roles, *source.directory]
    entries: list[dict[str, Any]] = [{"fullUrl": f"{base}/Composition/{id}", "resource": composition}]
    entries += [{"fullUrl": f"{base}/{each.reference}", "resource": orjson.Fragment(each.body)} for each in records]
    entries.append({"fullUrl": f"{base}/Provenance/{provenance['id']}", "resource": provenance})
    return {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {"system": IDENTIFIER, "value": f"urn:uuid:{id}"},
        "timestamp": when,
        "entry": entries,
    }


def category(own: str) -> dict[str, Any]:
    """A code of ours (`system|code`) as a CodeableConcept."""
    system, _, code = own.rpartition("|")
    return {"coding": [{"system": system, "code": code}]}


def is_total(record: Mapping[str, Any]) -> bool:
    """Whether a CarePlan is a total care plan."""
    return record.get("resourceType") == "CarePlan" and PLAN in coding.of(record.get("category"))
