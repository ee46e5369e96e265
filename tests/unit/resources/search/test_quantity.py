"""https://hl7.org/fhir/R4/search.html#quantity"""

from __future__ import annotations

import pytest

from resources.record.problem import Problem

UCUM = "http://unitsofmeasure.org"


def weight(value, **more):
    amount = {"value": value, "unit": "キロ", "system": UCUM, "code": "kg", **more}
    return {"resourceType": "Observation", "valueQuantity": amount}


@pytest.mark.parametrize(
    ("value", "asked", "found"),
    [
        (100, "100", True),
        (100.4, "100", True),
        (100.5, "100", False),
        (99.5, "100", True),
        (99.4, "100", False),
        (100.4, "100.00", False),
        (96, "1e2", True),
        (94, "1e2", False),
        (100.4, "gt100", True),
        (100, "gt100", False),
        (100, "ge100", True),
        (100, "le100", True),
        (100.4, "le100", False),
        (99, "lt100", True),
        (100, "ne100", False),
        (101, "ne100", True),
        (109, "ap100", True),
        (111, "ap100", False),
        (101, "sa100", True),
        (99, "eb100", True),
        (-5.4, "lt-5", True),
        (-5.4, "gt-6", True),
        (-5.4, "-5.4", True),
        (0, "0", True),
        (0, "gt-1", True),
        (0.0005, "lt1e-3", True),
    ],
)
def test_a_number_is_compared_with_the_precision_it_is_asked_for(finds, value, asked, found):
    assert finds(weight(value), f"value-quantity={asked}") is found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (f"60|{UCUM}|kg", True),
        (f"gt50|{UCUM}|kg", True),
        (f"60|{UCUM}|g", False),
        ("60|http://elsewhere.example|kg", False),
        ("60||kg", True),
        ("60||キロ", True),
        ("60||lb", False),
        ("60", True),
    ],
)
def test_a_unit_is_matched_as_written(finds, asked, found):
    assert finds(weight(60), f"value-quantity={asked}") is found


@pytest.mark.parametrize(
    ("comparator", "asked", "found"),
    [("<", "lt5", True), ("<", "gt60", False), (">", "gt500", True), (">", "lt60", False), (">", "60", False)],
)
def test_a_comparator_makes_an_open_range(finds, comparator, asked, found):
    assert finds(weight(60, comparator=comparator), f"value-quantity={asked}") is found


def questionnaire(*ranges):
    """For ages given as (low, high)."""
    contexts = [
        {
            "code": {"system": "http://terminology.hl7.org/CodeSystem/usage-context-type", "code": "age"},
            "valueRange": {"low": {"value": low, "code": "a"}, "high": {"value": high, "code": "a"}},
        }
        for low, high in ranges
    ]
    return {"resourceType": "Questionnaire", "useContext": contexts}


@pytest.mark.parametrize(
    ("asked", "found"),
    [("10", False), ("ap10", False), ("ap3", True), ("gt17", True), ("lt2", True), ("sa60", False), ("1e1", False)],
)
def test_the_low_of_one_range_is_never_paired_with_the_high_of_another(finds, asked, found):
    assert finds(questionnaire((1, 5), (16, 20)), f"context-quantity={asked}") is found


def test_a_range_within_the_precision_asked_for_is_equal(finds):
    assert finds(questionnaire((9.8, 10.2)), "context-quantity=10")
    assert not finds(questionnaire((9.8, 10.6)), "context-quantity=10")


def test_an_age_at_onset_is_a_quantity(finds):
    concern = {"resourceType": "Condition", "onsetAge": {"value": 52, "system": UCUM, "code": "a"}}
    assert finds(concern, f"onset-age=gt50|{UCUM}|a")
    assert finds(concern, "onset-date:missing=true")


def test_samples_are_there_but_answer_no_comparison(finds):
    samples = {"resourceType": "Observation", "valueSampledData": {"origin": {"value": 0}, "period": 10}}
    assert finds(samples, "value-quantity:missing=false")
    assert not finds(samples, "value-quantity=ge0")


@pytest.mark.parametrize("asked", ["many", "1|kg", "1|a|b|c", "1||", "zz5", "1e99999", "--1", "NaN", "1_0", "٣"])
def test_what_is_no_quantity_is_refused(finds, asked):
    with pytest.raises(Problem) as refused:
        finds(weight(60), f"value-quantity={asked}")
    assert refused.value.kind == "structure"
    assert refused.value.issues[0].at == "value-quantity"
