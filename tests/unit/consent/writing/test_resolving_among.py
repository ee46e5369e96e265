"""Among which records a reference without an id is resolved, and what it may mean of those written beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.writing import resolving
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change, prepared
from resources.record.pointer import Pointer
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, concern, household, patient
from tests.unit.consent.writing.test_resolving import NUMBER, about, numbered, refused
from tests.unit.consent.writing.within import version, within

P, Q = actor("p"), actor("q")
Json = dict[str, Any]
PEOPLE = frozenset({"Group", "Patient", "RelatedPerson"})
NOBODY: frozenset[str] = frozenset()
DEFINITION = "http://hl7.org/fhir/StructureDefinition/"


@pytest.mark.parametrize(
    ("node", "targets", "people", "types"),
    [
        ({"identifier": NUMBER}, NOBODY, PEOPLE, PEOPLE),
        ({"identifier": NUMBER}, {"Patient", "Practitioner"}, {"Patient"}, {"Patient"}),
        ({"identifier": NUMBER}, {"Practitioner"}, NOBODY, NOBODY),
        ({"identifier": NUMBER, "type": "Group"}, NOBODY, {"Group"}, {"Group"}),
        ({"identifier": NUMBER, "type": f"{DEFINITION}Group"}, NOBODY, {"Group"}, {"Group"}),
        ({"identifier": NUMBER, "type": f"{DEFINITION}Group|4.0.1"}, NOBODY, {"Group"}, {"Group"}),
        ({"identifier": NUMBER, "type": "Organization"}, NOBODY, NOBODY, NOBODY),
        ({"identifier": NUMBER, "type": "Person"}, NOBODY, PEOPLE, PEOPLE),
        ({"reference": "Group?identifier=x|1"}, NOBODY, {"Group"}, {"Group"}),
        ({"reference": "Group?identifier=x|1", "type": "Organization"}, NOBODY, {"Group"}, {"Group"}),
        ({"reference": "Organization?name=x"}, NOBODY, NOBODY, {"Organization"}),
        ({"reference": "Organization?name=x", "type": "Patient"}, {"Patient"}, NOBODY, {"Organization"}),
        ({"reference": "https://x.example/fhir/Patient/1"}, NOBODY, {"Patient"}, {"Patient"}),
        ({"reference": "https://x.example/fhir/Patient/1?a=/Group/2"}, NOBODY, {"Patient"}, {"Patient"}),
        ({"reference": "https://x.example/fhir/Patient/1#/Group/2"}, NOBODY, {"Patient"}, {"Patient"}),
        ({"reference": "https://x.example/fhir/Organization/1"}, NOBODY, NOBODY, NOBODY),
        ({"reference": "https://x.example/fhir/Organization/1/_history/2"}, NOBODY, NOBODY, NOBODY),
        ({"reference": "https://x.example/Patient/of/Organization/1"}, NOBODY, NOBODY, NOBODY),
        ({"reference": "urn:oid:1.2.3"}, NOBODY, PEOPLE, PEOPLE),
        ({"reference": "urn:oid:1.2.3", "type": "Organization"}, NOBODY, NOBODY, NOBODY),
        ({"reference": "https://x.example/1", "type": "Group"}, {"Patient"}, {"Group"}, {"Group"}),
    ],
)
def test_whom_a_reference_may_lead_to_is_told_by_where_it_leads_then_by_its_type_then_by_its_element(
    node: Json, targets: set[str], people: set[str], types: set[str]
) -> None:
    found = Pointer(("subject",), node, frozenset(targets))
    assert resolving.people(found) == people
    assert resolving.types(found) == types


def test_what_is_asked_for_is_the_number_in_its_system_or_what_the_search_says() -> None:
    def asked(**node: Any) -> list[tuple[str, str]]:
        return list(resolving.asked(Pointer((), node, NOBODY)))

    assert asked(identifier=NUMBER) == [("identifier", rf"{NUMBER['system']}|7\|8\,9")]
    assert asked(identifier={"value": "1"}) == [("identifier", "|1")]
    assert asked(identifier={"system": "urn:x"}) == [("identifier", "")]
    assert asked(reference="Patient?family=a%20b&given=") == [("family", "a b"), ("given", "")]


def resolve(town: Town, who: Actor, resource: Json, had: Json | None = None) -> tuple[Json | None, str, str]:
    """What is sent by then, or the fault; and what it is noted to have failed by."""

    async def work(unit: UnitOfWork) -> tuple[Json | None, str, str]:
        ready = prepared(unit.engine, Change("create", resource["resourceType"], "c", orjson.dumps(resource)))
        try:
            made = await resolving.resolved(unit, ready, had)
        except Problem as problem:
            return None, problem.issues[0].text, unit.unseen
        assert made.sent == {key: value for key, value in made.resource.items() if key in made.sent}
        return made.sent, "", unit.unseen

    return within(town, who, work)


def test_a_record_of_another_type_is_searched_for_and_named(town: Town) -> None:
    task: Json = {"resourceType": "Task", "status": "draft", "intent": "order"}
    sent, *_ = resolve(town, P, task | {"owner": {"reference": "Organization?name=other"}})
    assert sent == task | {"owner": ref("Organization/other")}
    assert resolve(town, P, task | {"owner": {"reference": "Organization?name=nowhere"}}) == (
        None,
        "this must lead to exactly one Organization that you can see; a reference to anything else says its `type`",
        "Organization",
    )


def test_it_is_said_which_types_it_may_lead_to_and_noted_by_the_first(town: Town) -> None:
    unsaid = concern("c", "1", extension=[{"url": "urn:x", "valueReference": {"identifier": NUMBER}}])
    sent, text, unseen = resolve(town, P, unsaid)
    assert (sent, unseen) == (None, "Group")
    assert "exactly one Group, Patient, RelatedPerson that you can see" in text


def test_an_address_that_stood_in_the_record_before_stays_and_no_other(town: Town) -> None:
    """An import may have brought one."""
    elsewhere = {"reference": "https://other.example/fhir/Patient/1"}
    record = concern("c", "1") | {"subject": elsewhere}
    assert resolve(town, P, record, record)[0] == record
    for had in (None, concern("c", "1"), concern("c", "1") | {"subject": {"reference": "urn:oid:1.2.3"}}):
        assert resolve(town, P, record, had)[1].startswith("name a person or household of this server by `Type/id`")
    assert resolve(town, P, concern("c", "1"), record)[0] == concern("c", "1")


def test_an_address_of_this_server_is_left_for_who_asks_for_relative_ones(town: Town) -> None:
    own = {"reference": "https://records.example/fhir/Patient"}
    assert resolve(town, P, about(own))[1] == ""
    (issue,) = refused(town, P, about(own))
    assert issue == ("Condition.subject", "write `https://records.example/fhir/Patient` relative to this server")


def test_whom_one_knows_by_the_card_alone_one_does_not_mean_by_a_number(town: Town) -> None:
    town.write(P, numbered("1"))
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    town.write(P, task | {"requester": ref("Organization/center"), "owner": ref("Organization/other")})
    assert town.reads(Q, "Patient/1")
    assert resolve(town, Q, about({"identifier": NUMBER}))[0] is None
    assert resolve(town, P, about({"identifier": NUMBER}))[0] is not None


def test_what_is_registered_beside_it_is_meant_where_it_is_of_that_type(town: Town) -> None:
    with_number = household() | {"identifier": [NUMBER]}
    assert refused(town, P, about({"identifier": NUMBER, "type": "Patient"}), with_number)
    town.write(P, about({"identifier": NUMBER, "type": "Group"}), with_number)
    assert ".household Group/g" in version(town, "Condition/c").terms


@pytest.mark.parametrize("kept", ["1", "2", "3"])
def test_those_that_get_another_number_beside_it_leave_the_one_that_keeps_it(town: Town, kept: str) -> None:
    town.write(P, numbered("1"), numbered("2"), numbered("3"))
    moved = [patient(id, identifier=[NUMBER | {"value": id}]) | again() for id in "123" if id != kept]
    town.write(P, *moved, about({"identifier": NUMBER}))
    assert f".subject Patient/{kept}" in version(town, "Condition/c").terms


def test_what_was_looked_up_before_the_transaction_is_what_it_leads_to(town: Town) -> None:
    """Five searches are more than are asked for while others wait."""
    town.write(P, *(patient(str(n), identifier=[NUMBER | {"value": str(n)}]) for n in range(6)))
    people = [{"identifier": NUMBER | {"value": str(n)}, "type": "Patient"} for n in range(6)]
    said = [{"url": "urn:x", "valueReference": each} for each in people[1:]]
    town.write(P, concern("c", "0", extension=said) | {"subject": people[0]})
    stored = orjson.loads(version(town, "Condition/c").body)
    named = [stored["subject"], *(each["valueReference"] for each in stored["extension"])]
    assert [each["reference"] for each in named] == [f"Patient/{n}" for n in range(6)]
    nobody = replace(P, person="Practitioner/q")
    assert refused(town, nobody, concern("d", "0", extension=said) | {"subject": people[0]})
