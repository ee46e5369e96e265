"""Somebody on a list is asked before a meeting and as roles are decided; who convenes learns that none answered."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.conftest import CO, CONV, P
from tests.unit.consent.maintenance.test_replaying import differences
from tests.unit.consent.test_carrying_out import LEAD, Q, again, team
from tests.unit.consent.town import (
    INSTALLER,
    Town,
    actor,
    case,
    conference,
    coordination,
    household,
    patient,
    roster,
)

Json = dict[str, Any]

ASKED = ("code", "https://tsunagu.example/fhir/CodeSystem/task-code|ask-list")
TOLD = ("category", "https://tsunagu.example/fhir/CodeSystem/communication-category|list-unanswered")
OUTCOME = {"type": concept("task-outcome", "answered"), "valueString": "載せました"}
P2 = actor("p2")


@pytest.fixture
def brought(town: Town) -> Town:
    """A case that may be brought before a meeting; one of the household is protected, for an officer of the center."""
    post: Json = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p2")}
    post |= {"organization": ref("Organization/center"), "code": [concept("role", "officer")]}
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"}, post)
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.write(P, case(), coordination("requested"))
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    town.write(CONV, roster("q", "p", "co"))
    return town


def protect(town: Town, *named: str) -> None:
    town.protect(P, "Patient/1", *(named or ("PractitionerRole/p",)))


def asked(town: Town, who: Any) -> list[str]:
    return town.search(who, "Task", ASKED)


def told(town: Town) -> list[str]:
    return town.search(CONV, "Communication", TOLD)


def answer(town: Town, name: str) -> None:
    task = town.read(P, name)
    town.write(P, task | {"status": "accepted"})
    town.write(P, town.read(P, name) | {"status": "completed", "output": [OUTCOME]})


def test_before_a_meeting_who_is_on_the_list_is_asked_and_nobody_else_knows_of_it(brought: Town) -> None:
    protect(brought)
    brought.write(CONV, conference("planned", "q", "p"))
    (name,) = asked(brought, P)
    task = brought.read(P, name)
    assert (task["focus"], task["for"], task["owner"]) == (
        ref("Encounter/m"),
        ref("Group/g"),
        ref("Practitioner/p"),
    )
    for who in (P2, Q, CONV, LEAD, CO):
        assert asked(brought, who) == []
        with pytest.raises(Problem):
            brought.read(who, name)
    assert told(brought) == []


def test_unanswered_the_convener_is_told_that_an_answer_is_missing_and_not_whose(brought: Town) -> None:
    protect(brought)
    brought.write(CONV, conference("planned", "q", "p"))
    brought.write(CONV, again(conference("in-progress", "q", "p")))
    (name,) = told(brought)
    letter = brought.read(CONV, name)
    assert letter["recipient"] == [ref("PractitionerRole/conv")]
    assert "subject" not in letter
    assert "Practitioner/p" not in str(letter)
    with pytest.raises(Problem):
        brought.read(Q, name)


def test_who_answers_puts_a_seat_on_the_list_and_the_convener_is_told_nothing(brought: Town) -> None:
    protect(brought)
    brought.write(CONV, conference("planned", "q", "p"))
    brought.of_list(P, "$extend-protection", "Patient/1", named=("PractitionerRole/q",))
    answer(brought, *asked(brought, P))
    brought.write(CONV, again(conference("in-progress", "q", "p")))
    assert told(brought) == []
    assert differences(str(brought.folder)) == [], "what the server asked is found right by a check"


def test_another_roster_is_asked_about_anew_and_once_while_nobody_has_answered(brought: Town) -> None:
    protect(brought)
    brought.write(CONV, conference("planned", "q"))
    (first,) = asked(brought, P)
    brought.write(CONV, again(conference("planned", "q", "p")))
    assert asked(brought, P) == [first]
    answer(brought, first)
    brought.write(CONV, again(conference("planned", "q", "p", "co"), 2))
    assert len(asked(brought, P)) == 2
    brought.write(CONV, again(conference("in-progress", "q", "p", "co"), 3))
    assert len(asked(brought, P)) == 2


def test_nobody_is_asked_where_nobody_is_protected_or_who_convenes_is_on_the_list(brought: Town) -> None:
    brought.write(CONV, conference("planned", "q", "p"))
    protect(brought, "PractitionerRole/conv")
    brought.write(CONV, again(conference("planned", "q", "p", "co")))
    brought.write(CONV, again(conference("in-progress", "q", "p", "co"), 2))
    assert asked(brought, CONV) == asked(brought, P) == told(brought) == []


def test_each_list_is_asked_at_a_desk_before_a_post_and_a_post_before_a_whole_agency(brought: Town) -> None:
    protect(brought, "Organization/other", "PractitionerRole/p")
    brought.protect(P, "Patient/2", "HealthcareService/desk", "Organization/council")
    brought.write(CONV, conference("planned", "q", "co"))
    assert len(asked(brought, P)) == len(asked(brought, CO)) == 1, "nobody is at the desk: the agency is asked"
    assert asked(brought, Q) == []
    desk, (post,) = (
        ref("HealthcareService/desk"),
        [each for each in brought.stored("PractitionerRole") if each.id == "p2"],
    )
    brought.write(INSTALLER, again(orjson.loads(post.body) | {"healthcareService": [desk]}))
    brought.write(CONV, again(conference("planned", "q")))
    assert len(asked(brought, P2)) == 1


def test_as_roles_are_decided_the_list_is_asked_and_the_convener_told(brought: Town) -> None:
    brought.write(CONV, conference("planned", "q", "p"))
    brought.write(CONV, again(conference("in-progress", "q", "p")))
    protect(brought)
    brought.write(LEAD, team("other", "center"))
    (name,) = asked(brought, P)
    assert brought.read(P, name)["focus"] == ref("CareTeam/roles")
    assert len(told(brought)) == 1
    brought.write(LEAD, again(team("other", "center", period={"start": "2026-11-23"})))
    assert asked(brought, P) == [name]


def test_nobody_but_the_server_asks(brought: Town) -> None:
    protect(brought)
    brought.write(CONV, conference("planned", "q", "p"))
    task = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order", "for": ref("Patient/2")}
    task |= {"code": concept("task-code", "ask-list"), "owner": ref("PractitionerRole/q")}
    with pytest.raises(Problem, match="D1"):
        brought.write(P, task)
    (name,) = asked(brought, P)
    with pytest.raises(Problem):
        brought.delete(P, name)
    with pytest.raises(Problem):
        brought.write(P, brought.read(P, name) | {"focus": ref("Group/g")})


def test_a_meeting_that_is_moved_to_another_household_is_asked_about_for_that_one(brought: Town) -> None:
    other = {"subject": ref("Group/h")}
    brought.write(P, patient("3"), household("3") | {"id": "h"}, case("kh") | other)
    call = {"id": "th", "focus": ref("CarePlan/kh"), "for": ref("Group/h")}
    brought.write(P, coordination("requested") | call)
    brought.write(CO, coordination() | call | {"meta": {"versionId": "1"}})
    brought.protect(P, "Patient/3", "PractitionerRole/p")
    meeting = conference("planned", "q", "p")
    brought.write(CONV, meeting)
    assert asked(brought, P) == []
    agenda = [each for each in meeting["extension"] if not each["url"].endswith("/agenda")]
    moved = meeting | other | {"extension": [*agenda, extension("agenda", valueReference=ref("CarePlan/kh"))]}
    brought.write(CONV, again(moved))
    (name,) = asked(brought, P)
    assert brought.read(P, name)["for"] == ref("Group/h")
