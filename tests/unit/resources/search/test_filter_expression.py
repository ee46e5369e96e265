"""https://hl7.org/fhir/R4/search_filter.html"""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from resources.record.problem import Problem
from resources.search import chain, request
from resources.search.predicate import AllOf, all_of, has

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
        ('name ew "田"', True),
        (r'name ew "えみ\""', True),
        ('name ew "山"', False),
        ('name ew "first)"', True),
        ("gender ne male", True),
        ("gender ne female", False),
        ("gender ne http://hl7.org/fhir/administrative-gender|female", False),
        ("gender ne urn:other|female", True),
        ("active ne true", False),
        ("active ne false", True),
        ("deceased ne true", True),
        ('family ne "やまだ"', True),
        ('family ne "山田"', False),
        ('name ne "山田"', True),
        ('identifier ne "urn:of:somebody|1\\\\|2"', False),
        ('identifier ne "urn:of:nobody|1\\\\|2"', True),
        ('identifier ne "1\\\\|2"', False),
        ("identifier ne urn:of:somebody|", False),
        ("identifier ne urn:of:nobody|", True),
        ("organization ne Organization/o", False),
        ("organization ne o", False),
        ("organization ne Organization/p", True),
        ("organization ne p", True),
        ("general-practitioner ne p", False),
        ("_profile ne http://example.org", False),
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
        ("birthdate ew a", 11),
        ("subject[active eq true]", 1),
        ("link:Patient[active eq true]", 29),
        ("link:Patient[active eq true]. eq a", 29),
        ("link:Patient[active eq true.name eq a", 34),
        ("link:Patient[colour eq red].name eq a", 14),
        ("link[active eq true].name eq a", 1),
        ("link:Patient[" * 3 + "link:Patient.name eq a", 40),
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


def test_one_and_the_same_record_satisfies_what_stands_in_brackets_and_what_follows(index) -> None:
    asked = "subject:Patient[gender eq female and active eq true].family sw 山"
    one = request.parse(index, "Condition", [("_filter", asked)])
    of_patients = (("gender", "female"), ("active", "true"), ("family", "山"))
    each = [request.parse(index, "Patient", [asked]).asked for asked in of_patients]
    joined = all_of(each)
    assert isinstance(joined, AllOf)
    own = [part for part in joined.parts if part != has(".type", "Patient")]
    assert one.asked == all_of([has(".type", "Condition"), chain.there("subject", "Patient", all_of(own))])
    assert one.seen == {"Patient"}
    assert one.beyond == {("Patient", "gender"), ("Patient", "active"), ("Patient", "family")}
    deep = "encounter[subject:Patient[gender eq female].birthdate gt 1990].status ne planned"
    assert request.parse(index, "Condition", [("_filter", deep)]).seen == {"Encounter", "Patient"}
    path = "encounter.subject:Patient[gender eq female].birthdate gt 1990"
    assert request.parse(index, "Condition", [("_filter", path)]).seen == {"Encounter", "Patient"}


def test_a_reference_without_a_type_is_followed_where_it_leads_to_one_alone(index) -> None:
    one = request.parse(index, "Patient", [("_filter", "organization[active eq true].name co 岡")])
    other = request.parse(index, "Patient", [("_filter", "organization:Organization[active eq true].name co 岡")])
    assert one.asked == other.asked
    with pytest.raises(Problem):
        request.parse(index, "Patient", [("_filter", "name[active eq true].family eq a")])
