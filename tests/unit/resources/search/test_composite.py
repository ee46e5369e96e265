"""https://hl7.org/fhir/R4/search.html#composite"""

from __future__ import annotations

import pytest

from resources.record.problem import Problem

LOINC = "http://loinc.org"
PRESSURE = {
    "resourceType": "Observation",
    "code": {"coding": [{"system": LOINC, "code": "85354-9"}]},
    "component": [
        {"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}, "valueQuantity": {"value": 107, "code": "mm[Hg]"}},
        {"code": {"coding": [{"system": LOINC, "code": "8462-4"}]}, "valueQuantity": {"value": 60, "code": "mm[Hg]"}},
    ],
}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("component-code-value-quantity=8480-6$107", True),
        ("component-code-value-quantity=8480-6$gt100", True),
        ("component-code-value-quantity=8480-6$60", False),
        ("component-code-value-quantity=8480-6$lt100", False),
        (f"component-code-value-quantity={LOINC}|8462-4$lt100", True),
        ("component-code-value-quantity=8462-4$60||mm[Hg]", True),
        ("combo-code-value-quantity=8480-6$107", True),
        ("code-value-quantity=8480-6$107", False),
        ("component-code-value-quantity=8462-4$1,8480-6$107", True),
        ("component-code-value-quantity:missing=false", True),
        ("code-value-quantity:missing=true", True),
    ],
)
def test_both_parts_are_asked_of_the_same_component(finds, parameters, found):
    assert finds(PRESSURE, parameters) is found


@pytest.mark.parametrize(
    ("value", "parameters", "found"),
    [
        ({"valueString": "よく眠れない"}, "code-value-string=x$よく", True),
        ({"valueString": "よく眠れない"}, "code-value-string=x$眠れ", False),
        ({"valueDateTime": "2019-04-05"}, "code-value-date=x$2019-04", True),
        ({"valueDateTime": "2019-04-05"}, "code-value-date=x$gt2019-04-05", False),
        ({"valueCodeableConcept": {"coding": [{"code": "yes"}]}}, "code-value-concept=x$yes", True),
        ({"valueCodeableConcept": {"coding": [{"code": "yes"}]}}, "code-value-concept=y$yes", False),
    ],
)
def test_the_second_part_may_be_of_any_kind(finds, value, parameters, found):
    observation = {"resourceType": "Observation", "code": {"coding": [{"code": "x"}]}, **value}
    assert finds(observation, parameters) is found


def test_a_document_is_found_by_how_it_relates_to_which(finds):
    document = {
        "resourceType": "DocumentReference",
        "relatesTo": [
            {"code": "replaces", "target": {"reference": "DocumentReference/1"}},
            {"code": "appends", "target": {"reference": "DocumentReference/2"}},
        ],
    }
    assert finds(document, "relationship=replaces$DocumentReference/1")
    assert not finds(document, "relationship=replaces$DocumentReference/2")


@pytest.mark.parametrize("asked", ["8480-6", "8480-6$1$2", "$1", "8480-6$", "http://loinc.org|$1", "8480-6$much"])
def test_a_composite_with_a_part_missing_or_open_is_refused(finds, asked):
    with pytest.raises(Problem) as refused:
        finds(PRESSURE, f"component-code-value-quantity={asked}")
    assert refused.value.kind == "structure"
    assert refused.value.issues[0].at == "component-code-value-quantity"
