"""A FHIRPath Patch reaches into what a record contains, of whatever type.

https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

from typing import Any

import pytest

from profiles.spec import Spec
from resources.record import fhirpath_patch
from resources.record.problem import Problem
from tests.http.test_patch import operation, parameters


def condition() -> dict[str, Any]:
    agency = {"resourceType": "Organization", "id": "o", "name": "a", "contact": [{"name": {"text": "x"}}]}
    stay = {"resourceType": "Procedure", "id": "p", "status": "completed", "note": [{"text": "一"}]}
    return {"resourceType": "Condition", "contained": [agency, stay], "code": {"text": "x"}}


@pytest.mark.parametrize(
    ("asked", "at", "value"),
    [
        (operation("add", "Condition.contained[1]", name="language", value={"valueCode": "ja"}), (1, "language"), "ja"),
        (operation("add", "Condition.contained.where(id = 'p')", name="performed", value={"valueString": "x"}),
         (1, "performedString"), "x"),
        (operation("replace", "Condition.contained[0].name", value="b"), (0, "name"), "b"),
        (operation("replace", "contained[0].contact[0].name.text", value="y"),
         (0, "contact"), [{"name": {"text": "y"}}]),
        (operation("insert", "Condition.contained[1].note", index=1, value={"valueAnnotation": {"text": "二"}}),
         (1, "note"), [{"text": "一"}, {"text": "二"}]),
        (operation("delete", "Condition.contained[1].note[0]"), (1, "note"), None),
    ],
)  # fmt: skip
def test_an_operation_is_about_what_is_contained(spec: Spec, asked: dict[str, Any], at: Any, value: Any) -> None:
    made = fhirpath_patch.applied(spec, fhirpath_patch.read(parameters(asked)), condition())
    index, name = at
    assert made["contained"][index].get(name) == value
    assert made["code"] == {"text": "x"}


@pytest.mark.parametrize("name", ["clinicalStatus", "abatement"])
def test_what_is_contained_has_the_elements_of_its_own_type(spec: Spec, name: str) -> None:
    asked = operation("add", "Condition.contained[1]", name=name, value={"valueString": "x"})
    with pytest.raises(Problem) as refused:
        fhirpath_patch.applied(spec, fhirpath_patch.read(parameters(asked)), condition())
    assert refused.value.kind == "invalid"
