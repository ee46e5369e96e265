"""Where codes stand in a record: at each coded element of its type, as deep as it has parts of its own kind."""

from __future__ import annotations

from typing import Any

import pytest

from resources.record import codes_said


def concept(code: str) -> dict[str, Any]:
    return {"coding": [{"system": "urn:s", "code": code}]}


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({"resourceType": "Condition", "severity": concept("a"), "clinicalStatus": concept("b")}, {"a"}),
        ({"resourceType": "Encounter", "class": {"system": "urn:s", "code": "a"}}, {"a"}),
        (
            {
                "resourceType": "Composition",
                "section": [{"code": concept("a"), "section": [{"code": concept("b"), "section": [{}]}]}, {}],
            },
            {"a", "b"},
        ),
        (
            {
                "resourceType": "QuestionnaireResponse",
                "item": [
                    {"answer": [{"valueCoding": {"system": "urn:s", "code": "a"}, "item": [{"item": [
                        {"answer": [{"valueCoding": {"system": "urn:s", "code": "b"}}]}]}]}]},
                ],
            },
            {"a", "b"},
        ),
        ({"resourceType": "Consent", "provision": {"provision": [{"code": [concept("a")]}]}}, {"a"}),
        ({"resourceType": "Task", "output": [{"valueCodeableConcept": concept("a")}, {"valueString": "b"}]}, {"a"}),
        (
            {"resourceType": "Patient", "extension": [{"extension": [{"valueCodeableConcept": concept("a")}]}, {}]},
            {"a"},
        ),
        ({"resourceType": "Patient", "maritalStatus": {"text": "a"}}, set()),
        ({"resourceType": "MeasureReport", "group": [{"code": concept("a")}]}, set()),
    ],
)  # fmt: skip
def test_a_code_is_found_wherever_it_stands(resource: dict[str, Any], said: set[str]) -> None:
    assert set(codes_said.elsewhere(resource)) == {f"urn:s|{code}" for code in said}
