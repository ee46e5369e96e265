"""P13: who carries out the roles decided in a conference reads roles, plan and case; nobody else, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from consent import verdict
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.conftest import MEMBER
from tests.unit.consent.people import NOW
from tests.unit.consent.test_settled import differences
from tests.unit.consent.town import (
    INSTALLER,
    Town,
    actor,
    case,
    concern,
    conference,
    coordination,
    household,
    letter,
    patient,
)

Json = dict[str, Any]

P, Q, CO, CONV, LEAD = (actor(person) for person in ("p", "q", "co", "conv", "lead"))
READ = ("CarePlan/k", "CarePlan/plan", "CareTeam/roles", "Group/g")


def team(*agencies: str, **elements: Any) -> Json:
    found: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}
    found |= {"category": [concept("record-category", "case-team")]}
    named = [{"role": [{"text": "家計の相談"}], "member": ref(f"Organization/{one}")} for one in agencies]
    return found | {"participant": named} | elements


def activity(**detail: Any) -> Json:
    said = {"status": "not-started", "description": "家計の相談", "performer": [ref("Organization/other")]}
    return {"detail": said | {"scheduledPeriod": {"start": "2026-12-01"}} | detail}


def plan(*activities: Json, **elements: Any) -> Json:
    return case("plan", "total-care-plan") | {"activity": list(activities)} | elements


def again(record: Json, number: int = 1) -> Json:
    return record | {"meta": {"versionId": str(number)}}


def decide(town: Town, *agencies: str, **elements: Any) -> None:
    town.write(LEAD, team(*agencies, **elements))


def close(town: Town) -> None:
    town.write(CONV, again(conference("finished", "q", "p"), 2))


def reads(town: Town, who: Any) -> set[str]:
    """What one can read of them; finding tells the same."""
    found = {name for name in READ if town.reads(who, name)}
    listed = {name for type in ("CarePlan", "CareTeam", "Group") for name in town.search(who, type)}
    assert found == listed & set(READ)
    return found


@pytest.fixture
def decided(open_: Town) -> Town:
    open_.write(P, plan(activity()))
    decide(open_, "other", "center")
    return open_


def test_who_was_seated_for_an_agency_with_a_role_reads_on_when_the_meeting_is_over(decided: Town) -> None:
    close(decided)
    assert decided.search(MEMBER, "Condition") == []
    for who in (Q, MEMBER):
        assert reads(decided, who) == set(READ)
    assert decided.search(Q, "Condition") == []
    assert sorted(decided.search(Q, "Patient")) == ["Patient/1", "Patient/2"]
    assert set(decided.read(Q, "Patient/1")) <= {"resourceType", "id", "meta", "name", "birthDate", "gender", "telecom"}


@pytest.mark.parametrize("again_decided", [False, True])
def test_a_plan_that_is_made_after_the_roles_is_read_once_they_are_decided_again(
    open_: Town, again_decided: bool
) -> None:
    decide(open_, "other", "center")
    open_.write(P, plan(activity()))
    if again_decided:
        open_.write(LEAD, again(team("other", "center", period={"start": "2026-11-23"})))
    close(open_)
    assert reads(open_, Q) == set(READ) - (set() if again_decided else {"CarePlan/plan"})


def test_whose_agency_has_no_role_reads_nothing(open_: Town) -> None:
    open_.write(P, plan(activity()))
    decide(open_, "center")
    close(open_)
    assert reads(open_, Q) == set()


def test_a_letter_that_says_that_secrecy_was_not_acknowledged_binds_nobody_and_opens_nothing(called: Town) -> None:
    sent = {"sender": ref("PractitionerRole/conv"), "recipient": [ref("PractitionerRole/q")]}
    called.write(CONV, letter("i", "invitation", **sent))
    called.write(CONV, again(conference("in-progress", "q", "p")))
    declined = {"sender": ref("PractitionerRole/q"), "inResponseTo": [ref("Communication/i")], "status": "not-done"}
    called.write(MEMBER, letter("1", "acknowledgement", **declined))
    called.write(P, plan(activity()))
    decide(called, "other", "center")
    close(called)
    assert reads(called, Q) == set()


def test_who_was_not_seated_or_did_not_acknowledge_reads_nothing(called: Town) -> None:
    """Nobody of them acknowledged; the keeper of the case reads it all the same."""
    called.write(CONV, again(conference("in-progress", "q", "p")))
    called.write(P, plan(activity()))
    decide(called, "other", "center")
    called.write(CONV, again(conference("finished", "q", "p"), 2))
    assert reads(called, Q) == set()
    assert reads(called, P) == set(READ)


def test_a_meeting_that_did_not_open_makes_no_carriers(called: Town) -> None:
    called.write(P, plan(activity()))
    with pytest.raises(Problem, match="R19"):
        decide(called, "other", "center")
    assert reads(called, Q) == set()


def test_it_is_for_casework_and_ends_with_the_post(decided: Town) -> None:
    close(decided)
    assert reads(decided, replace(Q, now=NOW + timedelta(days=400))) == set(READ)
    assert reads(decided, replace(Q, purpose="")) == set()
    (post,) = [each for each in decided.stored("PractitionerRole") if each.id == "q"]
    ended = orjson.loads(post.body) | {"active": False, "meta": {"versionId": "1"}}
    decided.write(INSTALLER, ended)
    assert reads(decided, Q) == set()


def test_it_ends_with_the_roles(decided: Town) -> None:
    decided.write(LEAD, team("other", "center", status="inactive") | {"meta": {"versionId": "1"}})
    assert reads(decided, Q) == set()


def test_roles_for_a_time_are_read_for_that_time(open_: Town) -> None:
    open_.write(P, plan(activity()))
    decide(open_, "other", "center", period={"end": "2026-12-31"})
    close(open_)
    assert reads(open_, Q) == set(READ)
    assert reads(open_, replace(Q, now=NOW + timedelta(days=60))) == set()


@pytest.mark.parametrize(
    ("part", "days", "carries"),
    [
        ({"end": "2026-12-31"}, 1, True),
        ({"end": "2026-12-31"}, 60, False),
        ({"start": "2026-12-01"}, 1, False),
        ({"start": "2026-12-01"}, 60, True),
        ({"end": "2026-11-01"}, 1, False),
    ],
)
def test_who_was_seated_reads_as_long_as_their_agency_has_its_part(
    open_: Town, part: Json, days: int, carries: bool
) -> None:
    """Who keeps the case reads on."""
    open_.write(P, plan(activity()))
    roles = team("other", "center")
    roles["participant"][0]["period"] = part
    open_.write(LEAD, roles)
    close(open_)
    then = NOW + timedelta(days=days)
    assert reads(open_, replace(Q, now=then)) == (set(READ) if carries else set())
    assert reads(open_, replace(P, now=then)) == set(READ)
    assert differences(open_) == []


def test_a_seat_is_read_by_for_any_part_that_names_them_or_their_agency(open_: Town) -> None:
    open_.write(P, plan(activity()))
    over, post = {"period": {"end": "2026-11-01"}}, {"member": ref("PractitionerRole/q"), "role": [{"text": "相談"}]}
    roles = team("other", "center")
    roles["participant"][0] |= over
    open_.write(LEAD, roles | {"participant": [*roles["participant"], post]})
    assert reads(open_, Q) == set(READ)
    open_.write(LEAD, again(roles | {"participant": [*roles["participant"], post | over]}))
    close(open_)
    assert reads(open_, Q) == set()
    assert differences(open_) == []


def test_a_plan_that_is_over_is_theirs_no_more(decided: Town) -> None:
    close(decided)
    decided.write(P, again(plan(activity(), status="completed")))
    assert reads(decided, Q) == set(READ) - {"CarePlan/plan"}


@pytest.mark.parametrize(
    ("changed", "stays"),
    [
        (activity(status="in-progress"), True),
        (activity(scheduledPeriod={"start": "2026-12-08"}), True),
        (activity(performer=[ref("PractitionerRole/q")]), True),
        (activity(performer=[ref("Organization/center")]), False),
        (activity(description="入院の付添い"), False),
    ],
    ids=["status", "days", "a post of the agency", "another agency", "text"],
)
def test_a_later_version_is_theirs_as_long_as_it_is_what_was_decided(
    decided: Town, changed: Json, *, stays: bool
) -> None:
    close(decided)
    decided.write(P, again(plan(changed)))
    assert ("CarePlan/plan" in reads(decided, Q)) is stays
    assert decided.read(Q, "CarePlan/plan", 1)["activity"][0]["detail"]["description"] == "家計の相談"
    assert "CarePlan/plan" in reads(decided, P)
    if not stays:
        decided.write(P, again(plan(activity()), 2))
        assert "CarePlan/plan" not in reads(decided, Q)


def test_what_is_added_to_the_plan_is_not_theirs_before_it_is_decided(decided: Town) -> None:
    decided.write(P, again(plan(activity(), activity(description="別のこと"))))
    assert "CarePlan/plan" not in reads(decided, Q)
    decided.write(LEAD, again(team("other", "center", period={"start": "2026-11-23"})))
    assert "CarePlan/plan" in reads(decided, Q)


def test_who_joined_since_is_none_of_them(decided: Town) -> None:
    close(decided)
    decided.write(P, patient("3"))
    decided.write(P, again(household("1", "2", "3")))
    assert "Group/g" not in reads(decided, Q)
    decided.write(P, again(plan(activity())))
    assert "CarePlan/plan" not in reads(decided, Q)


def test_what_is_very_restricted_is_not_theirs(decided: Town) -> None:
    very = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}]}
    decided.write(P, plan(activity()) | {"meta": {"versionId": "1"} | very})
    assert "CarePlan/plan" not in reads(decided, Q)


def test_a_plan_of_another_kind_is_not_theirs(decided: Town) -> None:
    """Neither theirs who carry out, nor theirs who keep the case: a plan of one agency is that agency's."""
    own = {name: part for name, part in case("own").items() if name != "category"}
    decided.write(Q, own)
    decided.write(P, own | {"id": "center"})
    close(decided)
    assert set(decided.search(Q, "CarePlan")) == {"CarePlan/k", "CarePlan/plan", "CarePlan/own"}
    assert set(decided.search(P, "CarePlan")) == {"CarePlan/k", "CarePlan/plan", "CarePlan/center"}


def test_another_household_is_not_theirs(decided: Town) -> None:
    decided.write(P, patient("5"), household("5") | {"id": "h"}, case("kh") | {"subject": ref("Group/h")})
    decided.write(P, concern("x", "5"))
    both = case("both") | {"status": "draft", "subject": ref("Group/g"), "supportingInfo": [ref("Group/h")]}
    decided.write(P, both)
    assert not {"CarePlan/kh", "CarePlan/both"} & set(decided.search(Q, "CarePlan"))
    assert decided.search(Q, "Group") == ["Group/g"]


def test_nobody_writes_by_it(decided: Town) -> None:
    close(decided)
    for record in (again(plan(activity(status="completed"))), again(household("1")), again(case())):
        with pytest.raises(Problem):
            decided.write(Q, record)


def test_the_decision_is_on_the_version_and_no_client_writes_it(decided: Town) -> None:
    (roles,) = (
        decided.stored("CareTeam")[-1:]
        if decided.stored("CareTeam")[-1].id == "roles"
        else [each for each in decided.stored("CareTeam") if each.id == "roles"]
    )
    judged = verdict.read(roles.terms)
    assert judged.counts
    assert judged.fixed == {"Encounter/m", "Group/g", "Patient/1", "Patient/2"}
    assert judged.note(verdict.CARRIER) == {"PractitionerRole/q", "Organization/center"}


@pytest.mark.parametrize("own", [True, False], ids=["its own officers", "another agency"])
def test_case_and_plan_stay_of_the_household_for_whom_another_agency_carries_roles_out(open_: Town, own: bool) -> None:
    """The meeting is over, and the coordination: who carries it out would lose sight of them without a word."""
    open_.write(P, plan(activity(status="in-progress")))
    decide(open_, "center", *(() if own else ("other",)))
    close(open_)
    open_.write(CO, again(coordination("completed"), 2))
    open_.write(P, patient("9"), household("9") | {"id": "h"}, case("kh") | {"subject": ref("Group/h")})
    moves = [plan(activity(status="in-progress"), basedOn=[ref("CarePlan/kh")]), case() | {"subject": ref("Patient/1")}]
    for moved in moves:
        if own:
            open_.write(P, again(moved))
            continue
        with pytest.raises(Problem) as caught:
            open_.write(P, again(moved))
        assert caught.value.rules == ("R16",)
        assert reads(open_, Q) == set(READ)
    if not own:
        open_.write(P, again(plan(activity(status="in-progress"), status="entered-in-error")))
        assert "mistake-notice" in str([each.body for each in open_.stored("Communication")])
