"""What the server keeps of a declared conflict, who keeps it, and whose it is to say it (D2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import vocabulary
from consent.actor import Actor, Scope
from consent.acts import declaring_conflict
from consent.acts.declaring_conflict import Conflict, Declared
from consent.rule import Decision, Rule, Text
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts.laid import gone
from tests.unit.consent.acts.test_breaking_glass import EM, break_glass
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient

Json = dict[str, Any]

P, P2, Q, LEAD = actor("p"), actor("p2"), actor("q"), actor("lead")
CENTER, OTHER = "Organization/center", "Organization/other"
ONE, TWO, THREE = "Patient/1", "Patient/2", "Patient/3"
SELF = replace(P, person=ONE, purpose=vocabulary.PATIENT_REQUEST)


@pytest.fixture
def city(town_with: Callable[..., Town]) -> Town:
    """Two persons whom the center keeps and one whom the other agency keeps; a colleague works for both."""
    return town_with(_city)


def _city(town: Town) -> None:
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"})
    for id, agency in (("p2", "center"), ("p2b", "other")):
        post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref("Practitioner/p2")}
        post |= {"organization": ref(f"Organization/{agency}"), "code": [concept("role", "officer")]}
        town.write(INSTALLER, post)
    town.write(P, patient("1"), patient("2"), concern("c", "1"))
    town.write(Q, patient("3"))


def declare(town: Town, who: Actor, staff: str, *persons: str) -> Declared:
    asked = Conflict(staff, persons)
    names = ("$declare-conflict", *persons)
    return town.run(town.gate.operate(who, names, lambda unit: declaring_conflict.declared(unit, asked)))


def kind(town: Town, who: Actor, staff: str, *persons: str) -> str:
    with pytest.raises(Problem) as caught:
        declare(town, who, staff, *persons)
    return " ".join((caught.value.kind, *caught.value.rules))


def kept(version: Any) -> Json:
    return {name: said for name, said in orjson.loads(version.body).items() if name not in ("id", "meta")}


def test_the_whole_record_says_who_is_in_conflict_with_whom_since_when_and_by_whose_word(city: Town) -> None:
    done = declare(city, P, "PractitionerRole/q", ONE, TWO, ONE)
    assert [kept(each) for each in done.flags] == [
        {
            "resourceType": "Flag",
            "extension": [extension("staff-person", valueReference=ref("Practitioner/q"))],
            "status": "active",
            "category": [concept("record-category", "conflict")],
            "code": {"text": "利害の衝突 / conflict of interest"},
            "subject": ref(one),
            "period": {"start": "2026-11-23T04:00:00.000Z"},
            "author": ref("Practitioner/p"),
        }
        for one in (ONE, TWO)
    ]
    because = Text("a conflict of interest was declared", "利害の衝突を届け出る")
    assert done.decision == Decision(True, (Rule("D2", "permit", EVERYTHING, because),))
    assert (done.action, done.told, done.asked) == ("create", tuple(done.flags), [])


def test_who_does_not_keep_the_person_is_looked_at_by_the_lead_section_but_for_their_own_word(city: Town) -> None:
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref(ONE)}
    city.write(P, task | {"requester": ref(CENTER), "owner": ref(OTHER)})
    assert kind(city, Q, "Practitioner/p", ONE) == "forbidden D2", "who reads the card has nobody in care yet"
    city.write(Q, city.read(Q, "Task/t") | {"status": "accepted"})
    done = declare(city, Q, "Practitioner/p", ONE)
    (review,) = done.asked
    assert kept(review) == {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": concept("task-code", "review-restriction"),
        "focus": ref(done.flags[0].reference),
        "for": ref(ONE),
        "authoredOn": "2026-11-23T04:00:00.000Z",
        "requester": ref("Practitioner/q"),
        "owner": ref("Organization/lead"),
    }
    assert done.told == (*done.flags, review)
    assert declare(city, Q, "Practitioner/q", ONE).asked == []


@pytest.mark.parametrize(
    ("who", "staff", "person", "keeper"),
    [
        (P, "Practitioner/q", ONE, CENTER),
        (P2, "Practitioner/q", ONE, CENTER),
        (P2, "Practitioner/q", THREE, OTHER),
        (P2, "Practitioner/p2", ONE, ""),
        (LEAD, "Practitioner/q", ONE, "Organization/lead"),
        (LEAD, "Practitioner/lead", ONE, ""),
        (SYSTEM, "Practitioner/q", ONE, CENTER),
        (SELF, "Practitioner/q", ONE, ""),
    ],
)
def test_it_is_kept_by_the_agency_that_said_it_and_by_none_where_it_is_ones_own_word(
    city: Town, who: Actor, staff: str, person: str, keeper: str
) -> None:
    (flag,) = declare(city, who, staff, person).flags
    author = who.person or who.organization
    assert envelope.origin(flag.terms) == Origin(keeper, author)
    assert orjson.loads(flag.body)["author"] == ref(author)


@pytest.mark.parametrize(
    ("who", "staff", "person", "answer"),
    [
        (SELF, "Practitioner/q", TWO, "not-found"),
        (replace(SELF, purpose=P.purpose), "Practitioner/q", ONE, "not-found"),
        (replace(P, purpose=vocabulary.PATIENT_REQUEST), "Practitioner/q", ONE, "not-found"),
        (replace(P, purpose=vocabulary.STATISTICS), "Practitioner/p", ONE, "not-found"),
        (replace(LEAD, purpose=vocabulary.STATISTICS), "Practitioner/p", ONE, "not-found"),
        (LEAD, "Practitioner/p", "Patient/none", "not-found"),
        (LEAD, "Practitioner/p", "Condition/c", "not-found"),
        (LEAD, "Practitioner/p", "Patient/gone", "not-found"),
        (P, "Practitioner/p", "Patient/gone", "not-found"),
        (Q, "Practitioner/q", ONE, "not-found"),
        (P, "Practitioner/gone", ONE, "business-rule D2"),
        (P, "PractitionerRole/gone", ONE, "business-rule D2"),
        (P, "Practitioner/p/_history/1", ONE, "business-rule D2"),
        (replace(P, scopes=(Scope("user", "Patient", frozenset("cruds")),)), "Practitioner/p", ONE, "forbidden"),
    ],
)
def test_of_what_is_not_theirs_to_say_one_learns_nothing(
    city: Town, who: Actor, staff: str, person: str, answer: str
) -> None:
    post: Json = {"resourceType": "PractitionerRole", "id": "gone", "practitioner": ref("Practitioner/p")}
    post |= {"organization": ref(CENTER), "code": [concept("role", "officer")]}
    city.write(INSTALLER, {"resourceType": "Practitioner", "id": "gone"}, post)
    city.write(P, patient("gone"))
    gone(city, "Patient/gone", "Practitioner/gone", "PractitionerRole/gone")
    said = kind(city, who, staff, person)
    assert said.startswith(answer)
    assert city.stored("Flag") == []


def test_who_is_bound_says_it_of_themself_alone(city: Town) -> None:
    declare(city, P, "Practitioner/p2", ONE)
    assert kind(city, P2, "Practitioner/q", ONE) == "not-found"
    assert kind(city, P2, "Practitioner/p", TWO, ONE) == "not-found"
    declare(city, P2, "Practitioner/p", TWO)
    declare(city, P2, "Practitioner/p2", ONE)


def test_of_whom_one_sees_one_says_it_of_oneself_in_casework_alone(city: Town) -> None:
    break_glass(city, EM, record=ONE)
    assert city.reads(EM, ONE)
    assert kind(city, EM, "Practitioner/em", ONE) == "forbidden D2"
    assert kind(city, EM, "Practitioner/q", ONE) == "forbidden D2"


def test_of_twenty_five_persons_at_once_and_of_nobody(city: Town) -> None:
    many = [f"m{number}" for number in range(25)]
    city.write(P, *(patient(one) for one in many))
    persons = [f"Patient/{one}" for one in many]
    assert kind(city, P, "Practitioner/q", *persons, ONE) == "business-rule D2"
    assert kind(city, P, "Practitioner/q") == "business-rule D2"
    assert len(declare(city, P, "Practitioner/q", *persons).flags) == 25


def test_the_staff_whom_a_protection_is_against_are_in_conflict_once_each_and_nobody_else_is(city: Town) -> None:
    against = ("Practitioner/q", "Practitioner/q", "Practitioner/co", THREE)
    city.write(P, {"resourceType": "RelatedPerson", "id": "kin", "patient": ref(ONE)})
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref(THREE)}
    city.write(Q, task | {"requester": ref(OTHER), "owner": ref(CENTER)})
    city.protect(P, ONE, "Practitioner/p", against=(*against, "RelatedPerson/kin"))
    told = [orjson.loads(each.body) for each in city.stored("Flag")]
    meant = {(each["extension"][0]["valueReference"]["reference"], each["subject"]["reference"]) for each in told}
    assert len(told) == 2
    assert meant == {("Practitioner/q", ONE), ("Practitioner/co", ONE)}
    assert {envelope.origin(each.terms) for each in city.stored("Flag")} == {Origin(CENTER, "Practitioner/p")}
