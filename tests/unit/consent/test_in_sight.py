"""What others work on is not drawn out of their sight by another household, whichever way that would come into it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.test_belonging import signed
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import (
    WITHOUT_A_PLAN,
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

P, Q, CO, CONV = actor("p"), actor("q"), actor("co"), actor("conv")
OF_H: Json = {"subject": ref("Group/h")}
ON_H: Json = {"basedOn": [ref("CarePlan/kh")]}
PLAN = case("plan", "total-care-plan")
LEAD = actor("lead")
ANEW: Json = {"id": "u", "requester": ref("PractitionerRole/lead")}
ANEW |= {"reasonCode": concept("coordination-ground", "no-roles") | {"text": "世帯への支援が止まっているため"}}
"""A case that the lead section knows, since it was coordinated, and brings to the coordinator anew."""
DRAFT, ERROR = {"status": "draft"}, {"status": "entered-in-error"}


def at(number: int) -> Json:
    return {"meta": {"versionId": str(number)}}


def refused(town: Town, who: Any, *records: Json) -> list[str]:
    with pytest.raises(Problem) as caught:
        town.write(who, *records)
    return sorted(caught.value.rules)


def notices(town: Town) -> list[Json]:
    letters = (orjson.loads(each.body) for each in town.stored("Communication"))
    return [each for each in letters if "mistake-notice" in str(each.get("category"))]


@pytest.fixture
def two(town: Town) -> Town:
    """One agency keeps the cases of two households; the coordinator has taken on one of them, and reads its plan."""
    town.write(P, patient("1"), household("1"), case(), coordination("requested"))
    town.write(CO, coordination() | again())
    town.write(P, patient("2"), household("2") | {"id": "h"}, case("kh") | OF_H, PLAN)
    assert town.reads(CO, "CarePlan/plan")
    assert town.reads(CO, "CarePlan/k")
    return town


@pytest.mark.parametrize("record", [PLAN, case()], ids=["plan", "case"])
@pytest.mark.parametrize(
    "way",
    [
        OF_H,
        ON_H,
        {"supportingInfo": [ref("Group/h")]},
        OF_H | {"status": "on-hold"},
        OF_H | {"status": "entered-in-error"},
    ],
    ids=["subject", "based on", "named", "on hold", "a mistake"],
)
def test_neither_the_case_nor_the_plan_becomes_one_of_another_household(two: Town, record: Json, way: Json) -> None:
    assert "R17" in refused(two, P, record | way | again())
    assert two.reads(CO, f"CarePlan/{record['id']}")
    two.write(P, record | {"title": "続き"} | again())
    two.write(CO, coordination("completed") | WITHOUT_A_PLAN | at(2))
    if way.get("status") != "entered-in-error" and not (record is not PLAN and way.get("subject")):
        two.write(P, record | way | at(2))


@pytest.mark.parametrize("called", [False, True], ids=["coordinated", "called"])
def test_nor_does_the_case_leave_its_household_so_that_the_plan_goes_by_another(two: Town, called: bool) -> None:
    if called:
        two.write(CONV, roster("p"), conference("planned", "p"))
        two.write(CO, coordination("completed") | WITHOUT_A_PLAN | at(2))
    of_a_person = case() | {"subject": ref("Patient/1")} | again()
    rule = "R44" if called else "R17"
    assert refused(two, P, of_a_person) == [rule]
    assert refused(two, P, of_a_person, case("k2"), PLAN | ON_H | again()) == [rule]


def test_nor_by_what_it_is_based_on_that_is_turned_or_comes_in_the_same_transaction(two: Town) -> None:
    other = case("x", "concern")
    two.write(P, other)
    two.write(P, PLAN | {"basedOn": [ref("CarePlan/x")]} | again())
    assert refused(two, P, other | OF_H | again()) == ["R17"]
    assert refused(two, P, PLAN | {"basedOn": [ref("CarePlan/y")]} | at(2), case("y", "concern") | OF_H) == ["R17"]
    assert two.reads(CO, "CarePlan/plan")


def test_a_draft_is_moved_and_one_that_comes_into_force_names_no_other_household(two: Town) -> None:
    two.write(P, PLAN | {"status": "revoked"} | again())
    draft = case("draft", "total-care-plan")
    two.write(P, draft | DRAFT | ON_H)
    assert refused(two, P, draft | ON_H | again()) == ["R17"]
    assert refused(two, P, case("new", "total-care-plan") | ON_H) == ["R17"]
    two.write(P, draft | OF_H | again())


def test_where_it_is_a_mistake_the_coordinator_is_told_and_it_is_written_anew(two: Town) -> None:
    two.write(P, PLAN | ERROR | again())
    [letter] = notices(two)
    assert letter["recipient"] == [ref("PractitionerRole/co")]
    assert letter["about"] == [ref("CarePlan/plan")]
    assert two.reads(CO, f"Communication/{letter['id']}")
    two.write(P, PLAN | OF_H | {"id": "right"})
    two.write(P, PLAN | OF_H | ERROR | at(2))
    assert len(notices(two)) == 1


@pytest.mark.parametrize("unread", ["draft", "very restricted", "of two households", "taken back"])
def test_nobody_is_told_of_a_plan_that_they_did_not_read(town: Town, unread: str) -> None:
    town.write(P, patient("1"), household("1"), case())
    town.write(P, patient("2"), household("2") | {"id": "h"}, case("kh") | OF_H)
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
    said = {"draft": {}, "very restricted": {"meta": {"security": [label]}}, "of two households": ON_H}.get(unread, {})
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | again())
    town.write(CO, coordination("completed") | WITHOUT_A_PLAN | at(2))
    town.write(P, PLAN | said)
    who, call = (LEAD, ANEW) if unread == "of two households" else (P, {"id": "u"})
    town.write(who, coordination("requested") | call)
    town.write(CO, coordination() | call | again())
    if unread == "draft":
        town.write(CO, coordination("completed") | call | WITHOUT_A_PLAN | at(2))
    if unread == "taken back":
        town.write(P, coordination("cancelled") | call | WITHOUT_A_PLAN | at(2))
    assert not town.reads(CO, "CarePlan/plan")
    town.write(P, PLAN | said | ERROR | {"meta": said.get("meta", {}) | {"versionId": "1"}})
    assert notices(town) == []


def beside(town: Town) -> None:
    """The case of one agency is coordinated; another has its household in care, too."""
    town.write(P, patient("1"), household("1"), case(), coordination("requested"))
    town.write(CO, coordination() | again())
    asked: Json = {"resourceType": "Task", "id": "a", "status": "requested", "intent": "order", "for": ref("Group/g")}
    asked |= {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    town.write(P, asked)
    town.write(Q, asked | {"status": "accepted"} | again())
    signed(town, "1")


def test_who_keeps_another_case_of_the_household_is_not_told_that_theirs_is_coordinated(town: Town) -> None:
    beside(town)
    town.write(Q, patient("3"), household("3") | {"id": "h"}, case("kh") | OF_H, case("kq"), PLAN)
    town.write(Q, PLAN | OF_H | again())


def test_nor_is_who_deletes_a_plan_of_their_own_beside_it(town: Town) -> None:
    beside(town)
    town.write(Q, case("kq"), PLAN | {"id": "theirs", "status": "on-hold"})
    town.write(P, PLAN)
    town.delete(Q, "CarePlan/theirs")
    with pytest.raises(Problem, match="R17"):
        town.delete(P, "CarePlan/plan")


def test_a_plan_is_not_deleted_while_a_conference_is_called_on_its_case(two: Town) -> None:
    two.write(CONV, roster("p"), conference("planned", "p"))
    two.write(CO, coordination("completed") | WITHOUT_A_PLAN | at(2))
    with pytest.raises(Problem, match="R44"):
        two.delete(P, "CarePlan/plan")
    two.write(CONV, conference("cancelled", "p") | again())
    two.delete(P, "CarePlan/plan")


def test_a_case_on_the_agenda_stays_with_its_household_until_the_meeting_is_over(two: Town) -> None:
    two.write(CONV, roster("p"), conference("planned", "p"))
    two.write(CO, coordination("completed") | WITHOUT_A_PLAN | at(2))
    for record in (case(), PLAN):
        assert refused(two, P, record | ON_H | again()) == ["R44"]
    two.write(CONV, conference("cancelled", "p") | again())
    two.write(P, PLAN | OF_H | again())


REQUEST: Json = {"resourceType": "ServiceRequest", "id": "s", "status": "active", "intent": "order"}
REQUEST |= {"subject": ref("Patient/1"), "requester": ref("Organization/center")}
REQUEST |= {"performer": [ref("Organization/other")]}
ABOUT_2 = {"subject": ref("Patient/2")}


def test_a_request_stays_about_whom_it_was_when_a_task_on_it_was_accepted(town: Town) -> None:
    task: Json = {"resourceType": "Task", "id": "a", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    task |= {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    task |= {"focus": ref("ServiceRequest/s")}
    town.write(P, patient("1"), patient("2"), REQUEST, task)
    town.write(P, REQUEST | ABOUT_2 | again())
    town.write(P, REQUEST | at(2))
    town.write(Q, task | {"status": "accepted"} | again())
    assert refused(town, P, REQUEST | ABOUT_2 | at(3)) == ["R12a"]
    with pytest.raises(Problem, match="R12a"):
        town.delete(P, "ServiceRequest/s")
    town.write(P, REQUEST | {"note": [{"text": "続き"}]} | at(3))
    assert not town.reads(Q, "Patient/2")
    town.write(P, task | {"status": "cancelled"} | at(2))
    town.write(P, REQUEST | ABOUT_2 | at(4))
    town.delete(P, "ServiceRequest/s")


def test_the_review_of_a_case_that_has_ended_stays_its_own(town: Town) -> None:
    review: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
    review |= {"code": concept("task-code", "case-review"), "focus": ref("CarePlan/kh")}
    outcome = [{"url": "outcome", "valueCodeableConcept": concept("case-outcome", "unresolved")}]
    outcome += [{"url": "review", "valueReference": ref("Task/r")}]
    over = {"status": "completed", "extension": [extension("case-outcome", extension=outcome)]}
    town.write(P, patient("1"), household("1"), case(), household("1") | {"id": "h"}, case("kh") | OF_H, review)
    town.write(P, review | {"focus": ref("CarePlan/k")} | again())
    town.write(P, case() | {"status": "completed", "extension": over["extension"]} | again())
    assert refused(town, P, review | {"focus": ref("CarePlan/kh")} | at(2)) == ["R44"]
    assert refused(town, P, case() | ERROR | at(2)) == ["R44"]
