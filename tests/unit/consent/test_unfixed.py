"""What is read to carry roles out does not vanish from who does, without a word to who keeps it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.acts import merges
from tests.unit.consent.test_carrying_out import P, Q, activity, again, close, decide, plan, reads
from tests.unit.consent.test_in_sight import CO, OF_H, at, refused
from tests.unit.consent.test_named_for_a_role import D, hire, take_on
from tests.unit.consent.test_named_for_a_role import decide as put_to
from tests.unit.consent.test_named_for_a_role import told as put
from tests.unit.consent.test_of_others import VISIT
from tests.unit.consent.test_strayed import both_care
from tests.unit.consent.town import Town, case, coordination, household, patient

Json = dict[str, Any]

ALL = {"CarePlan/k", "CarePlan/plan", "CareTeam/roles", "Group/g"}
AUNT: Json = {"activity": [activity(performer=[ref("Patient/3")])]}
V = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}


def warned(town: Town, record: Json) -> list[str]:
    """The rules of what is said of a write that is taken."""
    return sorted({each.rule for each in town.write(P, record)[0].warnings if each.rule in ("R16", "R17")})


def told(town: Town) -> list[tuple[str, str]]:
    letters = [orjson.loads(each.body) for each in town.stored("Communication")]
    found = [each for each in letters if "sight-notice" in str(each.get("category"))]
    return [(each["about"][0]["reference"], each["recipient"][0]["reference"]) for each in found]


@pytest.fixture
def carried(open_: Town) -> Town:
    open_.write(P, patient("3"), plan(activity()))
    decide(open_, "other", "center")
    close(open_)
    assert reads(open_, Q) == ALL
    return open_


@pytest.mark.parametrize("record", [plan(activity()), case()], ids=["plan", "case"])
def test_what_others_carry_out_names_nobody_for_whom_roles_were_not_decided(carried: Town, record: Json) -> None:
    named = record | {"supportingInfo": [ref("Patient/3")]}
    assert refused(carried, P, named | again(record)) == ["R16"]
    assert reads(carried, Q) == ALL
    assert warned(carried, again(record | {"supportingInfo": [ref("Patient/2")]})) == []


def test_nor_by_what_it_is_based_on(carried: Town) -> None:
    other = case("x", "concern")
    carried.write(P, other)
    carried.write(P, again(plan(activity(), basedOn=[ref("CarePlan/x")])))
    assert refused(carried, P, again(other | {"supportingInfo": [ref("Patient/3")]})) == ["R16"]
    assert carried.reads(Q, "CarePlan/k")


@pytest.mark.parametrize("way", ["named", "joined"])
def test_who_is_another_person_again_leaves_no_plan_unread_without_a_word(open_: Town, way: str) -> None:
    """They were taken for one for whom roles were decided, by name or as a member of the household."""
    open_.write(P, patient("9"))
    merged = merges.ask(open_, P, "9", "1")
    if way == "joined":
        open_.write(P, again(household("1", "2", "9")))
    open_.write(P, plan(activity(), **({"supportingInfo": [ref("Patient/9")]} if way == "named" else {})))
    decide(open_, "other", "center")
    close(open_)
    assert "CarePlan/plan" in reads(open_, Q)
    assert told(open_) == []
    merges.undo(open_, P, merged)
    assert "CarePlan/plan" not in reads(open_, Q)
    assert told(open_) == [("CarePlan/plan", "Organization/center")]


def test_of_two_for_whom_roles_were_decided_nothing_is_told(open_: Town) -> None:
    merged = merges.ask(open_, P, "2", "1")
    open_.write(P, plan(activity(), supportingInfo=[ref("Patient/2")]))
    decide(open_, "other", "center")
    close(open_)
    merges.undo(open_, P, merged)
    assert reads(open_, Q) == ALL
    assert told(open_) == []


def test_a_draft_may_and_where_nobody_else_carries_anything_out_all_may(open_: Town) -> None:
    open_.write(P, patient("3"), plan(activity()))
    decide(open_, "center")
    close(open_)
    open_.write(P, plan(activity(), id="draft", status="draft", supportingInfo=[ref("Patient/3")]))
    assert warned(open_, again(plan(activity(), supportingInfo=[ref("Patient/3")]))) == []
    assert warned(open_, again(household("1", "2", "3"))) == []


def test_a_new_plan_that_names_such_a_one_is_taken_and_said(carried: Town) -> None:
    carried.write(P, again(plan(activity(), status="completed")))
    assert warned(carried, plan(activity(), id="new", supportingInfo=[ref("Patient/3")])) == ["R16"]


def test_so_is_whoever_joins_the_household_and_what_is_written_then(carried: Town) -> None:
    assert warned(carried, again(household("1", "2", "3"))) == ["R16"]
    assert carried.reads(Q, "CarePlan/plan")
    assert warned(carried, again(plan(activity(status="in-progress")))) == ["R16"]
    assert not carried.reads(Q, "CarePlan/plan")
    assert carried.run(carried.gate.read(Q, "CarePlan", "plan", 1)).body
    assert warned(carried, again(plan(activity(status="in-progress"), title="続き"), 2)) == []
    assert warned(carried, again(household("1", "2"), 2)) == []


def test_so_is_that_it_becomes_very_restricted(carried: Town) -> None:
    restricted = plan(activity()) | {"meta": {"versionId": "1", "security": [V]}}
    assert warned(carried, restricted) == ["R17"]
    assert not carried.reads(Q, "CarePlan/plan")
    assert warned(carried, restricted | {"title": "続き", "meta": restricted["meta"] | {"versionId": "2"}}) == []


def test_roles_that_are_decided_on_a_plan_that_names_others_are_told_to_who_keeps_it(open_: Town) -> None:
    open_.write(P, patient("3"), plan(activity(), supportingInfo=[ref("Patient/3")]))
    assert told(open_) == []
    decide(open_, "other", "center")
    assert told(open_) == [("CarePlan/plan", "Organization/center")]


def test_whom_an_agency_named_for_its_role_is_one_who_carries_it_out(open_: Town) -> None:
    """Nobody of it was seated."""
    hire(open_)
    open_.write(P, patient("3"), patient("4"), household("4") | {"id": "h"}, case("kh") | OF_H, plan(activity()))
    put_to(open_, "desk")
    close(open_)
    (task,) = put(open_, D)
    take_on(open_, D, task, owner=ref("PractitionerRole/d"))
    assert open_.reads(D, "CarePlan/plan")
    assert refused(open_, P, plan(activity()) | {"supportingInfo": [ref("Patient/3")]} | at(1)) == ["R16"]
    open_.write(P, plan(activity(), status="entered-in-error") | at(1))
    letters = [orjson.loads(each.body) for each in open_.stored("Communication")]
    named = [one["reference"] for each in letters if "mistake-notice" in str(each) for one in each["recipient"]]
    assert "PractitionerRole/d" in named


@pytest.mark.parametrize("decided", [True, False], ids=["decided", "not"])
def test_who_keeps_another_case_of_the_household_is_not_told_that_roles_are_carried_out(
    open_: Town, decided: bool
) -> None:
    """By what would be said of a plan of theirs that names somebody more."""
    hire(open_)
    both_care(open_, "1", "2")
    if decided:
        put_to(open_, "desk")
        (task,) = put(open_, D)
        take_on(open_, D, task, owner=ref("PractitionerRole/d"))
    close(open_)
    by_visit = plan(activity(), id="qp", encounter=ref("Encounter/e"))
    open_.write(Q, patient("9"), case("kq"), VISIT, by_visit)
    open_.write(Q, again(VISIT | {"extension": [{"url": "urn:named", "valueReference": ref("Patient/9")}]}))
    assert told(open_) == []


STARTED = activity(status="in-progress")


def uncoordinated(town: Town) -> None:
    town.write(P, again(plan(STARTED)))
    town.write(CO, coordination("completed") | at(2))


@pytest.mark.parametrize("name", ["CarePlan/plan", "CarePlan/k", "Group/g"])
def test_what_others_read_to_carry_roles_out_is_not_deleted(carried: Town, name: str) -> None:
    uncoordinated(carried)
    with pytest.raises(Problem, match="R16"):
        carried.delete(P, name)
    assert carried.reads(Q, name)


def test_a_case_is_no_mistake_then_and_a_plan_that_is_over_is_deleted(carried: Town) -> None:
    uncoordinated(carried)
    assert refused(carried, P, again(case() | {"status": "entered-in-error"})) == ["R16"]
    carried.write(P, again(plan(STARTED, status="completed"), 2))
    carried.delete(P, "CarePlan/plan")
