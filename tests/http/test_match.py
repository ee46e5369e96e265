"""$match over HTTP: who is found, how likely, what is refused, and who is found by nobody."""

from __future__ import annotations

from typing import Any

import pytest

from demo.journey.city import City
from demo.people import AUDIT, People
from tests.world import household

Json = dict[str, Any]
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


SOMEBODY: Json = {
    "resourceType": "Patient",
    "name": [{"family": "霧生", "given": ["ちづる"]}],
    "gender": "female",
    "birthDate": "1931-11-29",
}


def described(who: str = "mother", **changes: Any) -> Json:
    family, given, gender, born = household.PERSONS[who]
    person = {"resourceType": "Patient", "name": [{"family": family, "given": [given]}], "gender": gender}
    return person | {"birthDate": born} | changes


def matched(people: People, asked: Json, *, officer: str = "yorisoi", type: str = "Patient", **more: Any) -> Json:
    given: list[Json] = [{"name": "resource", "resource": asked}]
    given += [{"name": name, f"value{kind}": value} for name, (kind, value) in more.items()]
    answer = people.officer(officer).post(f"{type}/$match", {"resourceType": "Parameters", "parameter": given})
    assert answer.status == 200, answer.text
    found: Json = answer.json
    return found


def names(found: Json) -> list[str]:
    return [f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in found.get("entry", ())]


@pytest.fixture(scope="module")
def one(people: People) -> str:
    """Somebody of whose name and birth the tests write nobody else, however many households they make."""
    filed = people.officer("yorisoi").post("Patient", SOMEBODY)
    assert filed.status == 201, filed.text
    return f"Patient/{filed.json['id']}"


def test_a_person_is_found_with_how_likely_it_is(people: People, one: str) -> None:
    found = matched(people, SOMEBODY, count=("Integer", 50))
    entry = next(each for each in found["entry"] if each["resource"]["id"] == one.partition("/")[2])
    assert entry["search"]["mode"] == "match"
    assert entry["search"]["score"] >= 0.99
    assert entry["search"]["extension"] == [{"url": GRADE, "valueCode": "certain"}]
    scores = [each["search"]["score"] for each in found["entry"]]
    assert scores == sorted(scores, reverse=True)


def test_the_most_and_the_certain_alone(people: People, one: str) -> None:
    assert len(matched(people, SOMEBODY, count=("Integer", 1))["entry"]) == 1
    slip = SOMEBODY | {"birthDate": "1931-11-28", "gender": "unknown"}
    assert one in names(matched(people, slip, count=("Integer", 50)))
    assert matched(people, slip, onlyCertainMatches=("Boolean", True))["total"] == 0


def test_who_may_not_see_them_finds_nobody(people: People, one: str) -> None:
    assert one not in names(matched(people, SOMEBODY, officer="child-guidance", count=("Integer", 50)))


def test_a_protected_number_finds_nobody(people: People, city: City) -> None:
    assert household.protect_sister(city).status == 200
    number = {"resourceType": "Patient", "telecom": [{"system": "phone", "value": household.PHONE}]}
    assert city.known["sister"] not in names(matched(people, number, officer="health-center", count=("Integer", 50)))


def test_who_was_only_compared_was_shown_to_nobody(people: People, city: City) -> None:
    """The son has the family's name and another birthday: no event names him."""
    matched(people, described(name=[{"family": "水無瀬", "given": ["かおり"]}]), count=("Integer", 50))
    auditor = people.officer("auditor", AUDIT)
    shown, compared = (
        auditor.get("AuditEvent", patient=city.known[who], _sort="-date", _count="20") for who in ("mother", "son")
    )
    assert "$match" in shown.text
    assert compared.status == 200, compared.text
    assert "$match" not in compared.text


def test_a_household_is_found_by_its_members(people: People, city: City) -> None:
    persons = [described(who, id=who) for who in ("mother", "son")]
    members = [{"entity": {"reference": f"#{each['id']}"}} for each in persons]
    group = {"resourceType": "Group", "type": "person", "actual": True, "contained": persons, "member": members}
    found = matched(people, group, type="Group", count=("Integer", 50))
    assert city.known["household"] in names(found)


@pytest.mark.parametrize(
    ("parameters", "status", "said"),
    [
        ([], 422, "resource"),
        (
            [{"name": "resource", "resource": {"resourceType": "Group", "type": "person", "actual": True}}],
            422,
            "Patient",
        ),
        ([{"name": "resource", "resource": {"resourceType": "Patient"}}], 422, "birth date"),
        ([{"name": "resource", "resource": {"resourceType": "Patient", "gender": "female"}}], 422, "birth date"),
        ([{"name": "resource", "resource": described()}, {"name": "count", "valueInteger": 0}], 422, "count"),
        ([{"name": "resource", "resource": described()}, {"name": "threshold", "valueDecimal": 1}], 400, "threshold"),
    ],
)
def test_what_cannot_be_looked_for_is_said(people: People, parameters: list[Json], status: int, said: str) -> None:
    answer = people.officer("yorisoi").post("Patient/$match", {"resourceType": "Parameters", "parameter": parameters})
    assert answer.status == status, answer.text
    assert said in answer.text
