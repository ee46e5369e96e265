"""https://hl7.org/fhir/R4/search.html#token"""

from __future__ import annotations

import pytest

from resources.record.problem import Problem

FIELD = "https://tsunagu.example/fhir/CodeSystem/concern-field"
CONCERN = {
    "resourceType": "Condition",
    "code": {"coding": [{"system": FIELD, "code": "Housing"}, {"code": "local-7"}], "text": "住まい"},
    "identifier": [{"system": "urn:x|y", "value": "A,1"}, {"value": "plain"}],
    "clinicalStatus": {"text": "only words"},
}
PERSON = {
    "resourceType": "Patient",
    "id": "Person-1",
    "active": True,
    "gender": "female",
    "telecom": [
        {"system": "phone", "value": "086-555-0101", "use": "home"},
        {"system": "email", "value": "Hanako@Example.org"},
    ],
}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("code=housing", True),
        ("code=HOUSING", True),
        ("code=hous", False),
        (f"code={FIELD}|housing", True),
        ("code=http://elsewhere.example|housing", False),
        (f"code={FIELD}|", True),
        (f"code={FIELD}/", False),
        (f"code={FIELD}/|", False),
        ("code=|housing", False),
        ("code=|local-7", True),
        ("code=debts,housing", True),
        ("code=debts,violence", False),
        ("code=housing&code=local-7", True),
        ("code=housing&code=debts", False),
        ("identifier=urn:x\\|y|A\\,1", True),
        ("identifier=urn:x\\|y|", True),
        ("identifier=urn:x|A\\,1", False),
        ("identifier=|plain", True),
        ("code:not=housing", False),
        ("code:not=debts", True),
        ("code:not=debts,housing", False),
        ("severity:not=mild", True),
        ("clinical-status:missing=false", True),
        ("clinical-status:missing=true", False),
        ("severity:missing=true", True),
        ("clinical-status=only", False),
    ],
)
def test_concepts_and_identifiers_are_found_by_system_and_code(finds, parameters, found):
    assert finds(CONCERN, parameters) is found


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("gender=female", True),
        ("gender=Female", False),
        ("gender=http://hl7.org/fhir/administrative-gender|female", True),
        ("gender=http://hl7.org/fhir/administrative-gender|male", False),
        ("gender=http://hl7.org/fhir/administrative-gender|", True),
        ("gender=http://elsewhere.example|female", False),
        ("gender:not=male", True),
        ("active=true", True),
        ("active=false", False),
        ("_id=Person-1", True),
        ("_id=person-1", False),
        ("_id=other,Person-1", True),
        ("phone=0865550101", True),
        ("phone=086-555-0101", True),
        ("phone=０８６－５５５－０１０１", True),
        ("phone=086555010", False),
        ("phone=hanako@example.org", False),
        ("email=hanako@example.org", True),
        ("telecom=hanako@example.org", True),
        ("telecom=home|086 555 0101", True),
        ("deceased=false", True),
        ("deceased=true", False),
    ],
)
def test_codes_flags_and_addresses_of_contact_keep_their_own_rules_of_case(finds, parameters, found):
    assert finds(PERSON, parameters) is found


@pytest.mark.parametrize(
    ("deceased", "found"),
    [
        ({}, False),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2019"}, True),
    ],
)
def test_a_date_of_death_says_that_a_person_has_died(finds, deceased, found):
    person = {"resourceType": "Patient", **deceased}
    assert finds(person, "deceased=true") is found
    assert finds(person, "deceased=false") is not found


@pytest.mark.parametrize("value", ["a|b|c", "|"])
def test_a_token_with_too_many_or_no_parts_is_refused(finds, value):
    with pytest.raises(Problem) as refused:
        finds(CONCERN, f"code={value}")
    assert refused.value.kind == "structure"
    assert refused.value.issues[0].at == "code"


def test_a_very_long_identifier_is_still_told_from_another(finds):
    one, other = "9" * 500 + "1", "9" * 500 + "2"
    person = {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": one}]}
    assert finds(person, f"identifier=urn:x|{one}")
    assert not finds(person, f"identifier=urn:x|{other}")
