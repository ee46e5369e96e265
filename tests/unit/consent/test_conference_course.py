"""A conference from the call to the close: what is open to whom at each step, and how it is explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from consent import explain
from consent.actor import Actor
from consent.explain import Question
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import NOBODY
from tests.unit.consent.test_superseding import consent
from tests.unit.consent.town import (
    Town,
    actor,
    case,
    concern,
    conference,
    coordination,
    household,
    letter,
    patient,
    roster,
)

P, Q, CO, CONV, LEAD = (actor(person) for person in ("p", "q", "co", "conv", "lead"))
MEMBER = actor("q", "support-conference")
AUDITOR = actor("aud", "audit-review")
HEALTH = {"code": concept("concern-field", "health")}


@pytest.fixture
def called(town: Town) -> Town:
    """A household whose case is with the coordinator, a standing roster, and a meeting called."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"))
    town.write(P, case(), coordination("requested"))
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    town.write(CONV, roster("q", "p", "co"))
    town.write(CONV, conference("planned", "q", "p"))
    return town


@pytest.fixture
def open_(called: Town) -> Town:
    """The meeting is open, and its member has acknowledged secrecy twice."""
    sent = {"sender": ref("PractitionerRole/conv"), "recipient": [ref("PractitionerRole/q")]}
    called.write(CONV, letter("i", "invitation", **sent))
    called.write(CONV, conference("in-progress", "q", "p") | {"meta": {"versionId": "1"}})
    called.write(CONV, letter("o", "opening-notice", **sent))
    for id, answered in (("1", "i"), ("2", "o")):
        answer = letter(
            id, "acknowledgement", sender=ref("PractitionerRole/q"), inResponseTo=[ref(f"Communication/{answered}")]
        )
        called.write(MEMBER, answer)
    return called


def refused(town: Town, who: Any, *resources: Any) -> list[str]:
    with pytest.raises(Problem) as caught:
        town.write(who, *resources)
    return [issue.text.partition(":")[0] for issue in caught.value.issues]


def explained(town: Town, caller: Any, question: Question) -> dict[str, Any]:
    """The explanation by name: single values, and lists of rule ids."""
    parameters = town.run(explain.explain(town.gate, caller, question))["parameter"]
    found: dict[str, Any] = {"rule": [], "lacking": [], "obligation": [], "texts": repr(parameters)}
    for each in parameters:
        if each["name"] in ("rule", "lacking", "obligation"):
            found[each["name"]].append(next(part["valueString"] for part in each["part"] if part["name"] == "id"))
        elif "valueCode" in each:
            found[each["name"]] = each["valueCode"]
    return found


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


def test_one_is_told_why_one_may_and_by_which_article(open_: Town) -> None:
    told = explained(open_, MEMBER, Question("Condition", "c"))
    assert (told["decision"], told["rule"]) == ("permit", ["P4"])
    assert "art9" in told["texts"]
    assert "Communication/2/_history/1" in told["texts"]
    assert explained(open_, P, Question("Condition", "c"))["rule"] == ["P1"]


def test_what_one_may_not_see_is_explained_as_if_it_were_not_there(open_: Town) -> None:
    there = explained(open_, Q, Question("Condition", "c"))
    absent = explained(open_, Q, Question("Condition", "d"))
    assert there["decision"] == absent["decision"] == "deny"
    assert there["texts"].replace("/c", "/d") == absent["texts"]
    narrow = replace(Q, scopes=())
    assert explained(open_, narrow, Question("Condition", "c"))["rule"] == ["scope"]


def test_those_in_charge_may_ask_about_another_and_are_told_what_is_lacking(open_: Town) -> None:
    asked = Question("Condition", "c", about="Practitioner/q")
    for caller in (AUDITOR, LEAD, CONV):
        told = explained(open_, caller, asked)
        assert (told["decision"], told["lacking"]) == ("deny", ["P4"])
    assert explained(open_, AUDITOR, replace(asked, purpose="support-conference"))["decision"] == "permit"
    assert explained(open_, AUDITOR, replace(asked, about="Organization/center"))["rule"] == ["P1"]
    with pytest.raises(Problem, match="only the convener"):
        explained(open_, P, asked)
    with pytest.raises(Problem, match="there is no"):
        explained(open_, AUDITOR, replace(asked, id="none"))
    with pytest.raises(Problem, match="sign in"):
        explained(open_, NOBODY, asked)


def test_the_past_is_explained_by_the_evidence_of_its_time(open_: Town) -> None:
    (signed, _) = open_.write(P, consent("a"), consent("b", patient=ref("Patient/2"), performer=[ref("Patient/2")]))
    open_.write(P, consent("a", status="inactive", meta={"versionId": "1"}))
    asked = Question("Condition", "c", about="Practitioner/q")
    today = explained(open_, AUDITOR, asked)
    assert today["decision"] == "deny"
    assert sorted(today["lacking"]) == ["P3", "P4"]
    then = explained(open_, AUDITOR, replace(asked, at=datetime.fromisoformat(signed.version.since)))
    assert (then["decision"], then["rule"]) == ("permit", ["P3"])
    assert "Consent/a/_history/1" in then["texts"]


def test_a_consent_that_leaves_a_record_out_is_told(open_: Town) -> None:
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]
    open_.write(P, consent("a", provision=consent("a")["provision"] | {"class": types}))
    told = explained(open_, AUDITOR, Question("Condition", "c", about="Organization/other"))
    assert (told["decision"], told["lacking"]) == ("deny", ["P3"])


def test_a_veil_is_told_as_an_obligation(open_: Town) -> None:
    hidden = [{"system": "https://tsunagu.example/fhir/CodeSystem/secrecy-label", "code": "address-secret"}]
    open_.write(P, patient("1", meta={"versionId": "1", "security": hidden}))
    told = explained(open_, AUDITOR, Question("Condition", "c", about="Organization/center"))
    assert (told["rule"], told["obligation"]) == (["P1"], ["D1"])


def test_a_veil_over_what_oneself_may_read_is_not_even_mentioned(open_: Town) -> None:
    hidden = [{"system": "https://tsunagu.example/fhir/CodeSystem/secrecy-label", "code": "address-secret"}]
    open_.write(P, patient("1", meta={"versionId": "1", "security": hidden}))
    told = explained(open_, P, Question("Condition", "c"))
    assert (told["rule"], told["obligation"]) == (["P1"], [])


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
    open_.write(CONV, adding(" "))
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    open_.write(CONV, adding("同居を始めた", "3"))
    assert sorted(open_.search(MEMBER, "Condition")) == ["Condition/c", "Condition/d"]
    open_.write(P, household("1", "2", "3", "4") | {"meta": {"versionId": "2"}})
    open_.write(CONV, adding("同居を始めた", "4"))
    assert sorted(open_.search(MEMBER, "Condition")) == ["Condition/c", "Condition/d"]


def test_who_is_added_is_asked_for_by_the_roster_check_too(open_: Town) -> None:
    open_.write(P, patient("3"), concern("d", "3", **HEALTH))
    open_.write(P, household("1", "2", "3") | {"meta": {"versionId": "1"}})
    assert refused(open_, CONV, adding("同居を始めた")) == ["R38"]
    assert refused(open_, MEMBER, adding("同居を始めた")) != []


def test_a_case_moved_to_another_household_once_the_meeting_is_open_brings_nobody(open_: Town) -> None:
    open_.write(P, patient("3"), concern("d", "3"))
    open_.write(P, household("3") | {"id": "h"})
    open_.write(P, case() | {"subject": ref("Group/h"), "meta": {"versionId": "1"}})
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
    open_.write(CO, coordination("completed") | {"meta": {"versionId": "2"}})
    assert open_.search(LEAD, "Group") == ["Group/g"]
    assert open_.search(CO, "Group") == []


def refused_reading(town: Town, who: Actor, name: str) -> bool:
    with pytest.raises(Problem, match="there is no"):
        town.read(who, name)
    return True
