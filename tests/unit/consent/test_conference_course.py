"""A conference from the call to the close: what is open to whom at each step."""

from __future__ import annotations

from typing import Any

import pytest

from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.town import (
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
    team: dict[str, Any] = {"resourceType": "CareTeam", "id": "team", "status": "active", "subject": ref("Group/g")}
    team |= {"category": [concept("record-category", "case-team")]}
    assert refused(town, LEAD, team) == ["R19"]
    subjectless = {key: value for key, value in team.items() if key != "subject"}
    assert refused(town, LEAD, subjectless) == ["R19"]
    town.write(CONV, conference())
    town.write(LEAD, team)


def test_a_coordination_that_is_not_taken_on_opens_nothing(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case(), coordination("requested"))
    assert town.search(CO, "CarePlan") == []
    assert town.search(CONV, "CarePlan") == []
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    assert town.search(CO, "CarePlan") == ["CarePlan/k"]
    assert town.search(CONV, "Group") == ["Group/g"]
