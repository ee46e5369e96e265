"""A conference from the call to the close: what is open to whom at each step."""

from __future__ import annotations

from typing import Any

import pytest

from consent.actor import Actor
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.town import (
    WITHOUT_A_PLAN,
    Town,
    actor,
    case,
    concern,
    conference,
    coordination,
    household,
    patient,
)

P, Q, CO, CONV, LEAD = (actor(person) for person in ("p", "q", "co", "conv", "lead"))
MEMBER = actor("q", "support-conference")
AUDITOR = actor("aud", "audit-review")
HEALTH = {"code": concept("concern-field", "health")}


def refused(town: Town, who: Any, *resources: Any) -> list[str]:
    with pytest.raises(Problem) as caught:
        town.write(who, *resources)
    return [issue.text.partition(":")[0] for issue in caught.value.issues]


def test_the_meeting_opens_the_case_to_its_member_and_closing_closes_it(open_: Town) -> None:
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    assert open_.search(MEMBER, "CarePlan") == ["CarePlan/k"]
    assert open_.search(MEMBER, "Patient") == []
    assert open_.search(Q, "Condition") == []
    open_.write(CONV, conference("finished", "q", "p") | {"meta": {"versionId": "2"}})
    assert open_.search(MEMBER, "Condition") == []
    assert open_.search(MEMBER, "Encounter") == []


def test_the_roster_is_checked_against_the_household_and_the_standing_roster(called: Town) -> None:
    assert refused(called, CONV, conference("planned", "q", "aud") | {"id": "m2"}) == ["R29"]
    called.write(
        P,
        concern("h", "2", **HEALTH),
        concern(
            "over",
            "1",
            **HEALTH
            | {
                "clinicalStatus": {
                    "coding": [
                        {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "resolved"}
                    ]
                }
            },
        ),
    )
    opened = conference("in-progress", "q", "p") | {"meta": {"versionId": "1"}}
    assert refused(called, CONV, opened) == ["R38"]
    unseated = conference("in-progress") | {"meta": {"versionId": "1"}}
    assert refused(called, CONV, unseated) == ["R38", "R38"]
    nobody = unseated | {"participant": [{"individual": {"display": "だれか"}}]}
    assert "R38" in refused(called, CONV, nobody)


def test_who_may_not_convene_is_told_only_that(called: Town) -> None:
    """Not what else is wrong with the meeting, such as who is not on a roster they may not see."""
    assert refused(called, CO, conference("planned", "aud") | {"id": "m2"}) == ["art. 4"]


def test_a_meeting_on_nobody_has_no_concerns(town: Town) -> None:
    town.write(P, household(), case())
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    town.write(CONV, conference() | {"id": "m2"})
    town.write(CONV, conference("in-progress") | {"id": "m2", "meta": {"versionId": "1"}})


def test_a_meeting_that_does_not_say_whose_it_is_cannot_pass_by_the_roster_check(town: Town) -> None:
    town.write(P, household(), case())
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    assert refused(town, CONV, {key: value for key, value in conference().items() if key != "subject"}) == ["R38"]


def test_the_lead_section_decides_roles_when_the_case_is_before_a_conference(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case())
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    assert refused(town, LEAD, roles()) == ["R19"]
    subjectless = {key: value for key, value in roles().items() if key != "subject"}
    assert refused(town, LEAD, subjectless) == ["R19"]
    town.write(CONV, conference())
    assert refused(town, LEAD, roles()) == ["R19"], "it is called, and not open yet"


def test_the_lead_section_decides_roles_once_the_meeting_is_open(open_: Town) -> None:
    open_.write(LEAD, roles())


def roles() -> dict[str, Any]:
    team: dict[str, Any] = {"resourceType": "CareTeam", "id": "team", "status": "active", "subject": ref("Group/g")}
    team |= {"category": [concept("record-category", "case-team")]}
    return team | {"participant": [{"member": ref("Organization/center"), "role": [{"text": "見守る"}]}]}


def test_a_coordination_that_is_not_taken_on_opens_nothing(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case(), coordination("requested"))
    assert town.search(CO, "CarePlan") == []
    assert town.search(CONV, "CarePlan") == []
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    assert town.search(CO, "CarePlan") == ["CarePlan/k"]
    assert town.search(CONV, "Group") == ["Group/g"]


def test_who_joins_the_household_once_the_meeting_is_open_is_not_before_it(open_: Town) -> None:
    open_.write(P, patient("3"), concern("d", "3"))
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    open_.write(P, household("1", "2", "3") | {"meta": {"versionId": "1"}})
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    assert refused_reading(open_, MEMBER, "Condition/d")
    open_.write(P, concern("e", "1", evidence=[{"detail": [ref("Patient/3")]}]))
    assert refused_reading(open_, MEMBER, "Condition/e")


def adding(reason: str, number: str = "2") -> dict[str, Any]:
    """The open meeting takes up who is in the household now."""
    meeting = conference("in-progress", "q", "p")
    added = [*meeting["extension"], extension("persons-added", valueString=reason)]
    return meeting | {"extension": added, "meta": {"versionId": number}}


def test_the_convener_adds_with_a_reason_who_is_in_the_household_now(open_: Town) -> None:
    open_.write(P, patient("3"), patient("4"), concern("d", "3"), concern("e", "4"))
    open_.write(P, household("1", "2", "3") | {"meta": {"versionId": "1"}})
    with pytest.raises(Problem, match="more than space"):
        open_.write(CONV, adding(" "))
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    open_.write(CONV, adding("同居を始めた", "2"))
    assert sorted(open_.search(MEMBER, "Condition")) == ["Condition/c", "Condition/d"]
    open_.write(P, household("1", "2", "3", "4") | {"meta": {"versionId": "2"}})
    open_.write(CONV, adding("同居を始めた", "3"))
    assert sorted(open_.search(MEMBER, "Condition")) == ["Condition/c", "Condition/d"]


def test_who_is_added_is_asked_for_by_the_roster_check_too(open_: Town) -> None:
    open_.write(P, patient("3"), concern("d", "3", **HEALTH))
    open_.write(P, household("1", "2", "3") | {"meta": {"versionId": "1"}})
    assert refused(open_, CONV, adding("同居を始めた")) == ["R38"]
    assert refused(open_, MEMBER, adding("同居を始めた")) != []


def test_a_case_stays_of_its_household_once_the_meeting_is_open_and_so_brings_nobody(open_: Town) -> None:
    open_.write(P, patient("3"), concern("d", "3"))
    open_.write(P, household("3") | {"id": "h"})
    assert refused(open_, P, case() | {"subject": ref("Group/h"), "meta": {"versionId": "1"}}) == ["R44", "R17"]
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    assert open_.search(MEMBER, "Group") == ["Group/g"]
    assert refused_reading(open_, MEMBER, "Condition/d")
    open_.write(CONV, conference("finished", "q", "p") | {"meta": {"versionId": "2"}})


def test_an_open_meeting_stays_with_the_case_on_which_it_was_opened(open_: Town) -> None:
    open_.write(P, patient("3"))
    open_.write(P, household("3") | {"id": "h"}, case("kh") | {"subject": ref("Group/h")})
    open_.write(P, coordination("requested") | {"id": "th", "focus": ref("CarePlan/kh"), "for": ref("Group/h")})
    taken = coordination() | {"id": "th", "focus": ref("CarePlan/kh"), "for": ref("Group/h")}
    open_.write(CO, taken | {"meta": {"versionId": "1"}})
    moved = conference("in-progress", "q", "p") | {"subject": ref("Group/h"), "meta": {"versionId": "2"}}
    assert refused(open_, CONV, moved) == ["R38", "R38"]


def test_whom_the_meeting_fixed_stays_before_it_when_they_leave_the_household(open_: Town) -> None:
    open_.write(P, household("2") | {"meta": {"versionId": "1"}})
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]


def test_a_household_whose_meeting_is_over_is_known_to_the_lead_section(open_: Town) -> None:
    open_.write(CONV, conference("finished", "q", "p") | {"meta": {"versionId": "2"}})
    open_.write(CO, coordination("completed") | WITHOUT_A_PLAN | {"meta": {"versionId": "2"}})
    assert open_.search(LEAD, "Group") == ["Group/g"]
    assert open_.search(CO, "Group") == []


def refused_reading(town: Town, who: Actor, name: str) -> bool:
    with pytest.raises(Problem, match="there is no"):
        town.read(who, name)
    return True
