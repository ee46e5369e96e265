"""https://hl7.org/fhir/R4/search_filter.html"""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from resources.record.problem import Problem
from resources.search import request

PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "active": True,
    "name": [{"family": "山田", "given": ["Emi, (the first)"]}, {"text": 'ヤマダ "エミ"'}],
    "gender": "female",
    "birthDate": "1990-05-06",
    "identifier": [{"system": "urn:of:somebody", "value": "1|2"}],
    "managingOrganization": {"reference": "Organization/o"},
}


@pytest.mark.parametrize(
    ("filter", "asked"),
    [
        ("gender eq female", "gender=female"),
        ("gender eq http://hl7.org/fhir/administrative-gender|female", None),
        ("birthdate ge 1990-05-06 and birthdate lt 1991", "birthdate=ge1990-05-06&birthdate=lt1991"),
        ("birthdate po 1990", "birthdate=ap1990"),
        ("birthdate ne 1990", "birthdate=ne1990"),
        ('family sw "やまだ"', "family=やまだ"),
        ('name co "マダ"', "name:contains=マダ"),
        ("deceased pr false", "deceased:missing=true"),
        ("birthdate pr true", "birthdate:missing=false"),
        ("organization re Organization/o", "organization=Organization/o"),
        ("organization eq Organization/o", "organization=Organization/o"),
        ("_id eq p", "_id=p"),
        ('given eq "emi, (the first)"', "given:exact=Emi\\, (the first)"),
    ],
)
def test_a_comparison_asks_what_a_parameter_asks(filter: str, asked: str | None, finds, index) -> None:
    if asked is None:
        assert finds(PATIENT, f"_filter={filter}")
        return
    assert finds(PATIENT, f"_filter={filter}") == finds(PATIENT, asked)
    if "eq" not in filter or "given" not in filter:
        one = request.parse(index, "Patient", [("_filter", filter)])
        other = request.parse(index, "Patient", parse_qsl(asked.replace("+", "%2B")))
        assert (one.what, one.names) == (other.what, other.names)


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("active eq true or gender eq male and birthdate gt 2000", True),
        ("(active eq true or gender eq male) and birthdate gt 2000", False),
        ("not(gender eq male)", True),
        ("not ( gender eq female ) or not(not(active eq true))", True),
        ('name eq "山田"', True),
        ('name eq "山"', False),
        ('name sw "山"', True),
        (r'name eq "やまだ \"えみ\""', True),
        (r'given eq "Emi, (the first)"', True),
        ('identifier eq "urn:of:somebody|1\\\\|2"', True),
        ("gender in http://hl7.org/fhir/ValueSet/administrative-gender", True),
        ("gender ni http://hl7.org/fhir/ValueSet/administrative-gender", False),
    ],
)
def test_comparisons_are_joined_as_the_grammar_says(filter: str, found: bool, finds) -> None:
    assert finds(PATIENT, f"_filter={filter}") is found


def test_a_chain_in_a_filter_is_the_chain_of_a_parameter(index) -> None:
    one = request.parse(index, "Condition", [("_filter", 'subject:Patient.family sw "山" and code pr true')])
    other = request.parse(index, "Condition", [("subject:Patient.family", "山"), ("code:missing", "false")])
    assert (one.asked, one.seen, one.beyond) == (other.asked, other.seen, other.beyond)
    one = request.parse(index, "Patient", [("_filter", "_has:Condition:subject:code eq housing")])
    other = request.parse(index, "Patient", [("_has:Condition:subject:code", "housing")])
    assert (one.asked, one.seen, one.beyond) == (other.asked, other.seen, other.beyond)


@pytest.mark.parametrize(
    ("filter", "letter"),
    [
        ("", 0),
        ("name", 5),
        ("name eq", 8),
        ('gender eq male and name eq "a', 28),
        ("gender eq male birthdate eq 2000", 16),
        ("(gender eq male", 16),
        ("gender eq male)", 15),
        ("gender gt male", 8),
        ("name ne a", 6),
        ("active eq true and birthdate eq soon", 20),
        ("active eq true and colour eq red", 20),
        ("_id pr true or link." + "link." * 200 + "name eq a", 16),
        ("_id pr true or " + "_has:Task:focus:" * 100 + "_id eq a", 16),
    ],
)
def test_a_filter_that_cannot_be_read_names_the_place(filter: str, letter: int, index) -> None:
    with pytest.raises(Problem) as fault:
        request.parse(index, "Patient", [("_filter", filter)])
    (issue,) = fault.value.issues
    assert issue.at == "_filter"
    assert not letter or f"letter {letter}" in issue.text, issue.text
    assert not letter or f"{letter}文字目" in issue.ja


def test_a_filter_has_bounds(index) -> None:
    for filter in ("(" * 11 + "active eq true" + ")" * 11, " or ".join(["active eq true"] * 51), "a" * 2_001):
        with pytest.raises(Problem):
            request.parse(index, "Patient", [("_filter", filter)])
    with pytest.raises(Problem):
        request.parse(index, "Patient", [("_filter", " or ".join(["active eq true"] * 26))] * 2)
    with pytest.raises(Problem):
        request.parse(index, "Patient", [("name:=", "a")])
