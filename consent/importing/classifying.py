"""Whether an imported record says of what kind it is, so that it can be judged whom it may be shown to.

docs/policy.md, D5: a label that the server does not know may withhold, and what has no known code may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from profiles import consent as tables
from resources.record import coding

Resource = Mapping[str, Any]

_CONTENT = frozenset(
    {
        *("Communication", "Composition", "Condition", "DocumentReference", "Flag", "Goal", "List", "Observation"),
        "QuestionnaireResponse",
    }
)
"""Types that tell something of a person; of the others their type says of what kind they are."""

_CODED = ("category", "code", "type")


def classified(sent: dict[str, Any]) -> dict[str, Any]:
    """The record as it is taken in: with the server's mark, where it could not be classified."""
    if sent["resourceType"] not in vocabulary.CASEWORK or is_classified(sent):
        return sent
    system, _, code = vocabulary.UNCLASSIFIED.rpartition("|")
    meta = sent.get("meta") or {}
    labels = [each for each in meta.get("security") or () if vocabulary.UNCLASSIFIED not in coding.of(each)]
    return {**sent, "meta": {**meta, "security": [*labels, {"system": system, "code": code}]}}


def is_classified(resource: Resource) -> bool:
    """Whether every label is known here, and a content has a code that is known here or says how confidential it is."""
    labels = set(coding.of((resource.get("meta") or {}).get("security")))
    if not all(_is_known(label) for label in labels):
        return False
    if resource["resourceType"] not in _CONTENT or any(tables.levels(each.rpartition("|")[0]) for each in labels):
        return True
    return any(_is_known(code) for code in _codes(resource))


def _codes(resource: Resource) -> Iterator[str]:
    for element in _CODED:
        yield from coding.of(resource.get(element))
    if str(resource.get("questionnaire", "")).startswith(f"{coding.BASE}/Questionnaire/"):
        yield coding.own("record-category", "concern")


def _is_known(said: str) -> bool:
    system, _, code = said.rpartition("|")
    return code in (tables.closed(system) or {}) if system else False
