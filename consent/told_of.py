"""What a Provenance tells of: the records that are its targets, and the labels that it has of them.

docs/policy.md, "provenance"; https://hl7.org/fhir/R4/provenance.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from consent import labels, vocabulary
from resources.record import coding
from resources.record.reference import Resource

TYPE = "Provenance"


def labels_of(target: Resource) -> list[Any]:
    """The labels that a Provenance has with its target: all but a person's protection, which is of the person (D1)."""
    found = (target.get("meta") or {}).get("security") or ()
    of_person = vocabulary.SECRECY_LABELS if target.get("resourceType") == "Patient" else frozenset()
    return [each for each in found if not coding.of(each) & of_person]


def missing(provenance: Resource, target: Resource) -> list[str]:
    """The labels of a target that its Provenance has not."""
    return labels.lowered({"meta": {"security": labels_of(target)}}, provenance)


def labelled(provenance: Resource, every: Iterable[Resource]) -> Resource:
    """The Provenance with the labels of these targets; itself where it has them all."""
    made = provenance
    for label in (label for target in every for label in labels_of(target)):
        if missing(made, {"meta": {"security": [label]}}):
            made = _with(made, label)
    return made


def _with(resource: Resource, label: Any) -> Resource:
    meta = dict(resource.get("meta") or {})
    return {**resource, "meta": meta | {"security": [*(meta.get("security") or ()), label]}}
