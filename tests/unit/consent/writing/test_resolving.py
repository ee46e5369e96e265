"""References to people by identifier or search: resolved among what the writer may read, or refused."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.writing import referring
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.laws.worlds import own, ref
from tests.unit.consent.town import Town, actor, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")
SYSTEM = "https://tsunagu.example/fhir/sid/resident"
NUMBER = {"system": SYSTEM, "value": "7|8,9"}
SEARCH = r"Patient?identifier=https://tsunagu.example/fhir/sid/resident|7\|8\,9"


def numbered(id: str, **elements: Any) -> dict[str, Any]:
    return patient(id, identifier=[NUMBER], **elements)


def about(subject: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return concern("c", "1") | {"subject": subject} | elements


def refused(town: Town, who: Any, *resources: dict[str, Any]) -> list[tuple[str, str]]:
    changes = [Change("create", each["resourceType"], each["id"], orjson.dumps(each)) for each in resources]
    with pytest.raises(Problem) as caught:
        town.commit(who, *changes)
    assert caught.value.kind == "invalid"
    return [(issue.at, issue.text) for issue in caught.value.issues]


@pytest.mark.parametrize(
    "subject",
    [
        {"identifier": NUMBER},
        {"identifier": NUMBER, "type": "Patient"},
        {"identifier": NUMBER, "type": "http://hl7.org/fhir/StructureDefinition/Patient"},
        {"reference": SEARCH},
        {"reference": "Patient?identifier=https%3A%2F%2Ftsunagu.example%2Ffhir%2Fsid%2Fresident%7C7%5C%7C8%5C%2C9"},
        {"reference": "Patient?family=%E6%B0%B4%E7%84%A1%E7%80%AC"},
    ],
)
def test_the_literal_reference_is_written_beside_it_and_found_and_judged_by(town: Town, subject: Any) -> None:
    town.write(P, numbered("1"))
    town.write(P, about(subject))
    (stored,) = town.stored("Condition")
    written = orjson.loads(stored.body)["subject"]
    assert written["reference"] == "Patient/1"
    assert written.get("identifier") == subject.get("identifier")
    assert ".subject Patient/1" in stored.terms
    assert town.search(P, "Condition", ("subject", "Patient/1")) == ["Condition/c"]
    town.sign(P, consent("a"))
    assert town.search(Q, "Condition") == ["Condition/c"]


def test_none_one_unseen_and_two_are_refused_alike(town: Town) -> None:
    sent = about({"identifier": NUMBER})
    none = refused(town, Q, sent)
    town.write(P, numbered("1"))
    unseen = refused(town, Q, sent)
    town.write(Q, numbered("q1"), numbered("q2"))
    two = refused(town, Q, sent)
    assert none == unseen == two
    assert none[0][0] == "Condition.subject"
    town.write(P, sent)


def test_a_search_that_cannot_be_asked_is_refused_alike(town: Town) -> None:
    town.write(P, numbered("1"))
    (none,) = refused(town, P, about({"reference": "Patient?identifier=other|1"}))
    for search in ("Patient?unknown=1", "Patient?birthdate=no-date", "Patient?identifier="):
        assert refused(town, P, about({"reference": search})) == [none]
    assert refused(town, P, about({"identifier": {"system": SYSTEM}})) == refused(
        town, P, about({"identifier": {"system": SYSTEM, "value": "none"}})
    )


def test_a_place_kept_secret_is_no_way_to_a_person(town: Town) -> None:
    label = {"security": [own("secrecy-label", "address-secret")]}
    town.write(P, numbered("1", address=[{"city": "岡山市"}], meta=label))
    refused(town, P, about({"reference": "Patient?address-city=%E5%B2%A1%E5%B1%B1%E5%B8%82"}))
    town.write(P, about({"identifier": NUMBER}))


def test_one_that_is_registered_beside_it_is_meant_in_whatever_order(town: Town) -> None:
    town.write(P, about({"identifier": NUMBER}), numbered("1"))
    (stored,) = town.stored("Condition")
    assert ".subject Patient/1" in stored.terms


def test_one_that_gets_another_number_beside_it_is_not_meant_by_the_old_one(town: Town) -> None:
    town.write(P, numbered("1"))
    moved = patient("1", identifier=[NUMBER | {"value": "1"}], meta={"versionId": "1"})
    changes = [Change("create", "Condition", "c", orjson.dumps(about({"identifier": NUMBER})))]
    changes.append(Change("update", "Patient", "1", orjson.dumps(moved)))
    with pytest.raises(Problem, match="exactly one"):
        town.commit(P, *changes)


def test_a_household_and_a_related_person_are_resolved_too(town: Town) -> None:
    kin = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/1")}
    town.write(P, patient("1"), household("1") | {"identifier": [NUMBER]}, kin | {"identifier": [NUMBER]})
    town.write(P, about({"identifier": NUMBER, "type": "Group"}, asserter={"identifier": NUMBER}))
    (stored,) = town.stored("Condition")
    assert {".household Group/g", ".subject Patient/1", ".of RelatedPerson/r"} <= set(stored.terms)


def test_without_a_type_it_is_one_to_a_person_where_the_element_may_lead_to_one(town: Town) -> None:
    elsewhere = {"identifier": NUMBER}
    said = [{"url": "urn:x", "valueReference": elsewhere}]
    town.write(P, patient("1"))
    ((at, _),) = refused(town, P, concern("c", "1", recorder=elsewhere))
    assert at == "Condition.recorder"
    ((at, _),) = refused(town, P, concern("c", "1", extension=said))
    assert at == "Condition.extension[0].valueReference"


@pytest.mark.parametrize(
    "type",
    ["patient", "Person", "Resource", "urn:someone", "http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"],
)
def test_whatever_type_it_says_it_is_one_to_a_person_unless_that_is_certainly_another(town: Town, type: str) -> None:
    detail = {"identifier": NUMBER, "type": type}
    record = concern("c", "1", extension=[{"url": "urn:x", "valueReference": detail}])
    town.write(P, patient("1"))
    ((at, _),) = refused(town, P, record)
    assert at == "Condition.extension[0].valueReference"
    town.write(P, numbered("2"))
    town.write(P, record)
    assert ".subject Patient/2" in town.stored("Condition")[0].terms


def test_a_logical_reference_to_anything_else_is_kept_and_opens_nothing(town: Town) -> None:
    named = {"identifier": NUMBER, "type": "Organization"}
    task = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    town.write(P, patient("1"), task | {"requester": ref("Organization/center"), "owner": named})
    (stored,) = town.stored("Task")
    assert orjson.loads(stored.body)["owner"] == named
    assert town.search(Q, "Task") == []
    managed = patient("2", managingOrganization={"identifier": NUMBER})
    town.write(P, managed)
    assert town.read(P, "Patient/2")["managingOrganization"] == {"identifier": NUMBER}


def test_what_is_put_back_for_a_writer_who_was_not_shown_it_is_left_as_it_stands(town: Town) -> None:
    label = {"security": [own("secrecy-label", "address-secret")]}
    town.write(P, numbered("1", meta=label))
    town.write(P, about({"identifier": NUMBER}, note=[{"text": "話した"}]))
    shown = town.read(P, "Condition/c")
    town.write(P, shown | {"subject": {"identifier": NUMBER}, "recordedDate": "2026-11-23"})
    (stored,) = town.stored("Condition")
    assert ".subject Patient/1" in stored.terms


def test_so_many_records_may_be_named_by_one_request_and_no_more(town: Town) -> None:
    town.write(P, patient("1"), numbered("2"))
    named = [{"url": "urn:x", "valueReference": ref(f"Patient/n{n}")} for n in range(referring.MOST_NAMED)]
    sought = [{"url": "urn:x", "valueReference": {"identifier": NUMBER, "type": "Patient"}}] * referring.MOST_SOUGHT
    town.write(P, concern("c", "1", extension=sought))
    for too_many in (named, [*sought, *sought[:1]]):
        halves = too_many[::2], too_many[1::2]
        for sent in (
            [concern("d", "1", extension=too_many)],
            [concern(f"d{n}", "1", extension=h) for n, h in enumerate(halves)],
        ):
            with pytest.raises(Problem) as caught:
                town.commit(P, *(Change("create", "Condition", each["id"], orjson.dumps(each)) for each in sent))
            assert caught.value.kind == "too-costly"
            assert caught.value.issues[0].at.startswith("Condition.")
    assert town.search(P, "Condition") == ["Condition/c"]


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/fhir/Patient/1",
        "https://other.example/fhir/Patient/1/_history/2",
        "https://records.example:443/fhir/Patient/1/",
        "urn:uuid:0d0ddc4c-7a7f-4b0c-9a5c-1f0f5b0e2c11",
        "urn:oid:1.2.3",
        "/Patient/1",
        "./Patient/1",
        "Patient/1/",
        "Patient",
    ],
)
def test_an_address_that_is_not_here_names_no_person(town: Town, address: str) -> None:
    town.write(P, patient("1"))
    elsewhere = [{"url": "urn:x", "valueReference": {"reference": address}}]
    for sent in (about({"reference": address}), concern("c", "1", extension=elsewhere)):
        assert refused(town, P, sent)[0][0].startswith("Condition.")
    inside = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}}
    inside |= {"subject": {"reference": address}}
    ((at, _),) = refused(town, P, concern("c", "1", contained=[inside], evidence=[{"detail": [ref("#o")]}]))
    assert at.startswith("Condition.contained[0].subject")


@pytest.mark.parametrize(
    "said", ["https://other.example/fhir/Organization/1", "urn:uuid:0d0ddc4c-7a7f-4b0c-9a5c-1f0f5b0e2c11"]
)
def test_an_address_of_anything_else_is_kept(town: Town, said: str) -> None:
    town.write(P, patient("1"))
    to = {"reference": said, "type": "Organization"}
    town.write(P, concern("c", "1", extension=[{"url": "urn:x", "valueReference": to}]))
    assert town.read(P, "Condition/c")["extension"][0]["valueReference"] == to
    ((at, _),) = refused(
        town,
        P,
        concern(
            "d",
            "1",
            extension=[
                {
                    "url": "urn:x",
                    "valueReference": {"reference": "https://x.example/fhir/Group/1", "type": "Organization"},
                }
            ],
        ),
    )
    assert at == "Condition.extension[0].valueReference.type"


def test_what_is_contained_is_followed_whoever_serves_its_type(town: Town) -> None:
    stay: dict[str, Any] = {"resourceType": "Procedure", "id": "o", "status": "completed"}
    town.write(P, numbered("1"))
    held = [
        stay | {"subject": {"identifier": NUMBER}, "asserter": {"identifier": {"value": "x"}, "type": "Practitioner"}}
    ]
    town.write(P, concern("c", "1", contained=held, evidence=[{"detail": [ref("#o")]}]))
    (stored,) = town.stored("Condition")
    (written,) = orjson.loads(stored.body)["contained"]
    assert written["subject"]["reference"] == "Patient/1"
    unseen = [stay | {"subject": {"identifier": {"system": SYSTEM, "value": "8"}}}]
    ((at, _),) = refused(town, P, concern("d", "1", contained=unseen, evidence=[{"detail": [ref("#o")]}]))
    assert at == "Condition.contained[0].subject"
