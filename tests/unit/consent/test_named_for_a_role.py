"""P13: the person whom an agency named for its role reads roles, plan and case once they took it on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.conftest import CONV, P
from tests.unit.consent.people import NOW
from tests.unit.consent.test_carrying_out import LEAD, Q, activity, again, close, plan
from tests.unit.consent.town import INSTALLER, Town, actor, conference, household, patient

Json = dict[str, Any]

READ = {"CarePlan/k", "CarePlan/plan", "CareTeam/roles", "Group/g"}
Q2, D, E = actor("q2"), actor("d"), actor("e")
LEADING = replace(LEAD, purpose=actor("lead", "support-conference").purpose)
NOTICE = {"type": {"text": "守秘義務"}, "valueCodeableConcept": concept("secrecy-notice", "art9-from-2025-06")}
STAFF = {"q2": "other", "d": "desk", "e": "desk"}


def hire(town: Town) -> None:
    """A colleague of who is seated, and two of an agency that is not."""
    town.write(INSTALLER, {"resourceType": "Organization", "id": "desk", "name": "desk"})
    for id, agency in STAFF.items():
        post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{id}")}
        post |= {"organization": ref(f"Organization/{agency}"), "code": [concept("role", "officer")]}
        town.write(INSTALLER, {"resourceType": "Practitioner", "id": id}, post)


def decide(town: Town, *agencies: str, **more: Any) -> None:
    named = [{"role": [{"text": "家計の相談"}], "member": ref(f"Organization/{one}")} | more for one in agencies]
    town.run(town.gate.decide_roles(LEADING, "CarePlan/k", named))


def reads(town: Town, who: Any) -> set[str]:
    """What of them one can read, by type; finding tells the same."""
    (team,) = [each for each in town.stored("CareTeam") if each.id != "standing"]
    found = {name for name in ("CarePlan/k", "CarePlan/plan", team.reference, "Group/g") if town.reads(who, name)}
    listed = {name for type in ("CarePlan", "CareTeam", "Group") for name in town.search(who, type)}
    assert found == listed
    return {name.replace(team.reference, "CareTeam/roles") for name in found}


def told(town: Town, who: Any) -> list[str]:
    """The Tasks by which the lead section put a role to one's agency."""
    return [name for name in town.search(who, "Task") if "partOf" not in town.read(who, name)]


def named(part_of: str, post: str, **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": "naming", "status": "requested", "intent": "order"}
    task |= {"code": concept("task-code", "carry-out"), "partOf": [ref(part_of)]}
    return task | {"requester": ref("PractitionerRole/q"), "owner": ref(f"PractitionerRole/{post}")} | elements


def take_on(town: Town, who: Any, name: str = "Task/naming", **elements: Any) -> None:
    task = town.read(who, name)
    town.write(who, task | {"status": "accepted", "output": [NOTICE]} | elements)


@pytest.fixture
def decided(open_: Town) -> Town:
    prepare(open_)
    return open_


def prepare(town: Town) -> None:
    hire(town)
    town.write(P, plan(activity()))
    decide(town, "other", "desk")


def test_an_agency_that_was_seated_names_a_colleague_who_reads_after_taking_it_on(decided: Town) -> None:
    colleague_of_the_seated_takes_it_on(decided)


def colleague_of_the_seated_takes_it_on(town: Town) -> None:
    close(town)
    (task,) = told(town, Q2)
    assert town.read(Q2, task)["status"] == "accepted"
    assert reads(town, Q2) == set()
    town.write(Q2, named(task, "q2", requester=ref("PractitionerRole/q2")))
    assert reads(town, Q2) == set()
    take_on(town, Q2)
    assert reads(town, Q2) == READ
    assert town.search(Q2, "Patient") == ["Patient/1", "Patient/2"]
    assert set(town.read(Q2, "Patient/1")) <= {"resourceType", "id", "meta", "name", "birthDate", "gender", "telecom"}
    assert town.search(Q2, "Condition") == []


def test_an_agency_that_was_not_seated_names_two_by_the_task_it_received(decided: Town) -> None:
    close(decided)
    (task,) = told(decided, D)
    assert decided.read(D, task)["status"] == "requested"
    take_on(decided, D, task, owner=ref("PractitionerRole/d"))
    decided.write(D, named(task, "e", requester=ref("PractitionerRole/d")))
    take_on(decided, E)
    assert reads(decided, D) == reads(decided, E) == READ


def test_it_ends_when_the_agency_takes_it_back_and_when_it_is_done(decided: Town) -> None:
    for status in ("cancelled", "completed"):
        (task,) = told(decided, Q2)
        decided.write(Q, named(task, "q2", id=status))
        take_on(decided, Q2, f"Task/{status}")
        assert reads(decided, Q2) == READ
        decided.write(Q, decided.read(Q, f"Task/{status}") | {"status": status})
        assert reads(decided, Q2) == set()


def test_it_ends_with_the_post(decided: Town) -> None:
    decided.write(Q, named(told(decided, Q)[0], "q2"))
    take_on(decided, Q2)
    (post,) = [each for each in decided.stored("PractitionerRole") if each.id == "q2"]
    decided.write(INSTALLER, orjson.loads(post.body) | {"active": False, "meta": {"versionId": "1"}})
    assert reads(decided, Q2) == set()


def test_it_ends_with_the_roles_and_with_the_agencys_part_in_them(decided: Town) -> None:
    decided.write(Q, named(told(decided, Q)[0], "q2"))
    take_on(decided, Q2)
    (team,) = [each for each in decided.stored("CareTeam") if each.id != "standing"]
    body = orjson.loads(team.body)
    decided.write(LEADING, body | {"status": "inactive"})
    assert reads(decided, Q2) == set()
    decided.write(LEADING, body | {"meta": {"versionId": "2"}})
    assert reads(decided, Q2) == READ
    decide(decided, "desk")
    assert reads(decided, Q2) == set()
    assert decided.read(Q2, "Task/naming")["status"] == "cancelled"


def test_a_part_for_a_time_is_carried_out_for_that_time(open_: Town) -> None:
    hire(open_)
    open_.write(P, plan(activity()))
    decide(open_, "other", period={"end": "2026-12-31"})
    open_.write(Q, named(told(open_, Q)[0], "q2"))
    take_on(open_, Q2)
    assert reads(open_, Q2) == READ
    assert reads(open_, replace(Q2, now=NOW + timedelta(days=60))) == set()


def test_roles_decided_anew_for_others_are_put_to_the_agency_anew(decided: Town) -> None:
    """Who was named is not named for persons of whom nobody asked them."""
    (task,) = told(decided, Q)
    decided.write(Q, named(task, "q2"))
    take_on(decided, Q2)
    decide(decided, "other", "desk")
    assert reads(decided, Q2) == READ
    assert told(decided, Q) == [task]
    decided.write(P, patient("3"))
    decided.write(P, again(household("1", "2", "3")))
    decided.write(CONV, again(conference("finished", "q", "p"), 2))
    assert reads(decided, Q2) == READ - {"Group/g"}


@pytest.mark.parametrize(
    ("post", "elements"),
    [
        ("d", {}),
        ("p", {}),
        ("q2", {"owner": ref("Organization/other")}),
        ("q2", {"owner": ref("Practitioner/q2")}),
        ("q2", {"partOf": []}),
    ],
    ids=["of another agency", "of the keeper", "nobody in person", "a person without their post", "part of nothing"],
)
def test_an_agency_names_a_post_of_its_own_by_the_task_it_received(decided: Town, post: str, elements: Json) -> None:
    body = named(told(decided, Q)[0], post) | elements
    with pytest.raises(Problem) as refused:
        decided.write(Q, {name: value for name, value in body.items() if value != []})
    assert "P13" in {issue.rule for issue in refused.value.issues}
    assert reads(decided, D) == set()


def test_who_was_not_told_of_a_role_names_nobody(decided: Town) -> None:
    """Neither by the Task of another agency, nor by one that it made itself."""
    em = actor("em")
    own = named("Task/none", "em", requester=ref("PractitionerRole/em"), id="own", status="accepted", output=[NOTICE])
    with pytest.raises(Problem):
        decided.write(em, own | {"partOf": [ref(told(decided, Q)[0])]})
    other = {name: value for name, value in own.items() if name != "partOf"}
    with pytest.raises(Problem, match=r"P13|carry-out"):
        decided.write(em, other)
    other = {name: value for name, value in other.items() if name != "output"}
    decided.write(em, {name: value for name, value in other.items() if name != "code"} | {"status": "requested"})
    with pytest.raises(Problem):
        decided.write(em, again(other))
    assert reads(decided, em) == set()


def test_nobody_takes_it_on_for_another_nor_on_the_word_of_another(decided: Town) -> None:
    (task,) = told(decided, Q)
    with pytest.raises(Problem, match=r"R35|引き受け"):
        decided.write(Q, named(task, "q2", status="accepted", output=[NOTICE]))
    decided.write(Q, named(task, "q2", output=[NOTICE]))
    with pytest.raises(Problem, match=r"R35|守秘"):
        decided.write(Q2, decided.read(Q2, "Task/naming") | {"status": "accepted"})
    assert reads(decided, Q2) == set()
    again_ = [NOTICE, NOTICE | {"type": {"text": "本人が確認した"}}]
    take_on(decided, Q2, output=again_)
    assert reads(decided, Q2) == READ


@pytest.mark.parametrize(
    "changed",
    [
        {"partOf": [ref("Task/other")]},
        {"code": concept("task-code", "inquiry")},
        {"for": ref("Patient/1")},
        {"focus": ref("CarePlan/k")},
        {"owner": ref("PractitionerRole/d")},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_somebody_was_named_for_stands(decided: Town, changed: Json) -> None:
    decided.write(Q, named(told(decided, Q)[0], "q2"))
    with pytest.raises(Problem):
        decided.write(Q, decided.read(Q, "Task/naming") | changed)


def test_who_has_a_role_has_the_persons_in_care_as_long_as_it_is_in_force(decided: Town) -> None:
    """docs/policy.md, "standing": it may ask another agency about them, and nobody else may."""
    request = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    request |= {"requester": ref("PractitionerRole/q"), "owner": ref("Organization/council")}
    decided.write(Q, request)
    with pytest.raises(Problem):
        decided.write(
            actor("em"),
            request | {"id": "s", "requester": ref("PractitionerRole/em"), "owner": ref("Organization/lead")},
        )
    decide(decided, "desk")
    with pytest.raises(Problem):
        decided.write(Q, request | {"id": "t"})
