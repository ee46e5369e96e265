"""What belongs to another record, a Provenance to its targets and a Binary to its security context: as closed as they.

docs/policy.md, "what belongs to a record"; https://hl7.org/fhir/R4/provenance.html, #binary
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from consent import labels, vocabulary
from resources.record import coding, envelope, naming
from resources.record.envelope import LABEL, Envelope, Known
from resources.record.reference import Resource
from resources.search.predicate import term

ELEMENT = naming.OF_TYPE
"""The element of each such type that names what it belongs to."""


_PROTECTING = frozenset(term(LABEL, label) for label in vocabulary.SECRECY_LABELS)


def labels_of(target: Resource) -> list[Any]:
    """The labels that what belongs to a record has too: all but a person's protection, which is of the person (D1)."""
    found = (target.get("meta") or {}).get("security") or ()
    of_person = vocabulary.SECRECY_LABELS if target.get("resourceType") == "Patient" else frozenset()
    return [each for each in found if not coding.of(each) & of_person]


def closed(sources: Iterable[str], known: Known) -> frozenset[str]:
    """The terms by which what is of these records is as closed as they are now; a deleted one as it last was."""
    found = [each for name in sources if (each := known(name))]
    return frozenset().union(*(closing(each) for each in found))


def closing(record: Envelope) -> frozenset[str]:
    """What closes a record, but for a person's protection, which is of the person (D1)."""
    of_person = _PROTECTING if record.type == "Patient" else frozenset[str]()
    return envelope.closing(record.terms()) - of_person


def missing(belonging: Resource, target: Resource) -> list[str]:
    """The labels of a record that what belongs to it has not."""
    return labels.lowered({"meta": {"security": labels_of(target)}}, belonging)


def labelled(belonging: Resource, every: Iterable[Resource]) -> Resource:
    """The resource with the labels of these records; itself where it has them all."""
    made = belonging
    for label in (label for target in every for label in labels_of(target)):
        if missing(made, {"meta": {"security": [label]}}):
            made = _with(made, label)
    return made


def _with(resource: Resource, label: Any) -> Resource:
    meta = dict(resource.get("meta") or {})
    return {**resource, "meta": meta | {"security": [*(meta.get("security") or ()), label]}}
