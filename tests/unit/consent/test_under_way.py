"""R17, R44 and R40: what is under way on a household, its case, its plan or a person of it, and who is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from consent import under_way
from consent.under_way import ACCEPTED, CALLED, COORDINATED, REVIEWED
from consent.verdict import Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import (
    ASKED,
    CASE,
    COUNTS,
    DRAFT,
    HOUSE,
    MEETING,
    MISTAKEN,
    OTHER,
    PLAN,
    STRAYS,
    TASK,
    THIRD,
    handed,
)

Json = dict[str, Any]

REVIEW = TASK | {"id": "r", "status": "requested", "code": concept("task-code", "case-review")}
THEIRS = CASE | {"id": "theirs"}
PERSON: Json = {"resourceType": "Patient", "id": "1"}
MEMBER: Json = {"member": [{"entity": ref("Patient/1")}]}
OF_H: Json = {"subject": ref("Group/h")}


def going(lying: Lying, record: Json) -> frozenset[str]:
    return lying.ask(lambda view: under_way.of(record, view))


def cases(lying: Lying, record: Json) -> Mapping[str, str]:
    return lying.ask(lambda view: under_way.cases(record, view))


def cases_of(lying: Lying, household: str) -> frozenset[str]:
    return lying.ask(lambda view: under_way.cases_of(household, view))


def keepers(lying: Lying, name: str) -> frozenset[str]:
    return lying.ask(lambda view: under_way.keepers_of(name, view))


def called(lying: Lying, name: str) -> bool:
    return lying.ask(lambda view: under_way.is_called(name, view))


def asked(lying: Lying, had: Json, record: Json) -> frozenset[str]:
    return lying.ask(lambda view: under_way.of_what_was_asked(had, record, view))


# --- a coordination --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold", "cancelled", "rejected"])
def test_a_coordination_that_was_taken_on_is_under_way_until_it_is_completed(lying: Lying, status: str) -> None:
    lying.put(HOUSE, CASE, PLAN)
    lying.put(TASK | {"status": status}, judged=COUNTS)
    assert going(lying, CASE) == going(lying, PLAN) == going(lying, HOUSE) == {COORDINATED}
    lying.put(TASK | {"status": "completed"}, judged=COUNTS)
    assert going(lying, CASE) == going(lying, PLAN) == going(lying, HOUSE) == set()


def test_one_that_holds_nothing_fast_was_taken_on_by_nobody(lying: Lying) -> None:
    lying.put(HOUSE, CASE, PLAN, ASKED, ASKED | {"id": "other", "code": concept("task-code", "inquiry")})
    assert going(lying, CASE) == going(lying, PLAN) == going(lying, HOUSE) == set()


def test_another_task_and_another_record_about_it_are_no_coordination(lying: Lying) -> None:
    lying.put(HOUSE, CASE, PLAN)
    lying.put(TASK | {"code": concept("task-code", "carry-out")}, judged=COUNTS)
    lying.put(TASK | {"resourceType": "Encounter"}, judged=COUNTS)
    assert going(lying, CASE) == going(lying, PLAN) == going(lying, HOUSE) == set()


def test_one_of_another_case_that_names_this_one_elsewhere_is_not_of_it(lying: Lying) -> None:
    lying.put(HOUSE, CASE, PLAN)
    lying.put(CASE | {"id": "x"} | OF_H)
    elsewhere = TASK | {"focus": ref("CarePlan/x"), "for": ref("Group/h"), "basedOn": [ref("CarePlan/k")]}
    lying.put(elsewhere | {"note": [{"authorReference": ref("Group/g")}]}, judged=Verdict(True, fixed=frozenset({"x"})))
    assert going(lying, CASE) == going(lying, PLAN) == going(lying, HOUSE) == set()


def test_what_came_of_a_household_by_division_is_coordinated_with_it(lying: Lying) -> None:
    lying.put(HOUSE, CASE)
    lying.put(CASE | {"id": "x"} | OF_H)
    divided = TASK | {"focus": ref("CarePlan/x"), "for": ref("Group/h")}
    lying.put(divided, judged=Verdict(True, fixed=frozenset({"Group/g", "Group/h"})))
    assert going(lying, CASE) == going(lying, HOUSE) == {COORDINATED}
    assert going(lying, CASE | {"id": "x"} | OF_H) == {COORDINATED}
    lying.put(THEIRS | OF_H)
    assert going(lying, THEIRS | OF_H) == set(), "by its own household it is another case's"


def test_of_a_plan_only_its_own_keeper_s_cases_are_told(lying: Lying) -> None:
    lying.put(HOUSE, CASE, PLAN)
    lying.put(THEIRS, keeper=OTHER)
    lying.put(TASK | {"focus": ref("CarePlan/theirs")}, judged=COUNTS)
    lying.put(MEETING | {"extension": [MEETING["extension"][0] | {"valueReference": ref("CarePlan/theirs")}]})
    assert going(lying, PLAN) == set()
    assert going(lying, THEIRS) == going(lying, HOUSE) == {COORDINATED, CALLED}
    handed(lying, "CarePlan/theirs", CENTER)
    assert going(lying, PLAN) == {COORDINATED, CALLED}, "whose case it has become"


def test_a_plan_is_of_every_household_whose_plan_it_was_and_was_no_draft(lying: Lying) -> None:
    lying.put(HOUSE, CASE, CASE | {"id": "x"} | OF_H)
    lying.put(TASK, judged=COUNTS)
    other = Verdict(True, fixed=frozenset({"Group/h"}))
    lying.put(TASK | {"id": "u", "focus": ref("CarePlan/x"), "for": ref("Group/h")}, judged=other)
    bare = {key: said for key, said in PLAN.items() if key != "subject"}
    first: list[Json] = [PLAN | DRAFT, PLAN | {"category": CASE["category"]} | OF_H, bare]
    for record in first:
        lying.put(record)
        assert going(lying, PLAN | OF_H) == set(), "it was no plan of theirs that others read"
    lying.put(PLAN)
    assert going(lying, PLAN | OF_H) == {COORDINATED}
    lying.put(TASK | {"status": "completed"}, judged=COUNTS)
    assert going(lying, PLAN | OF_H) == set()
    without = {key: said for key, said in TASK.items() if key != "for"} | {
        "note": [{"authorReference": ref("Group/g")}]
    }
    lying.put(without | {"id": "w"}, judged=Verdict(True, fixed=frozenset({"Patient/1"})))
    assert going(lying, PLAN | OF_H) == set(), "what is for nobody is not for a plan that once was nobody's"
    lying.put(PLAN | OF_H | MISTAKEN)
    lying.delete("CarePlan/p")
    assert going(lying, PLAN) == {COORDINATED}, "and of the other one since"


def test_a_case_that_was_a_plan_of_a_household_is_told_of_by_its_own_alone(lying: Lying) -> None:
    lying.put(HOUSE, PLAN)
    lying.put(PLAN | {"category": CASE["category"]})
    lying.put(TASK, judged=COUNTS)
    assert going(lying, PLAN | {"category": CASE["category"]}) == set()


# --- a review and a conference ---------------------------------------------------------------------------------------


def test_of_reviews_those_by_who_keeps_or_kept_the_case_count(lying: Lying) -> None:
    lying.put(HOUSE, CASE)
    lying.put(REVIEW)
    assert going(lying, CASE) == going(lying, HOUSE) == {REVIEWED}
    lying.put(REVIEW | {"status": "completed"})
    assert going(lying, CASE) == {REVIEWED}, "that it is over leaves what it said"
    lying.put(REVIEW, keeper=OTHER)
    assert going(lying, CASE) == set()
    lying.put(CASE, keeper=OTHER)
    assert going(lying, CASE) == {REVIEWED}


def test_a_conference_is_of_the_case_on_its_agenda_and_of_its_household(lying: Lying) -> None:
    lying.put(HOUSE, CASE, PLAN, CASE | {"id": "x"}, MEETING)
    assert going(lying, CASE) == going(lying, PLAN) == going(lying, HOUSE) == {CALLED}
    assert going(lying, CASE | {"id": "x"}) == set()
    assert called(lying, "CarePlan/k")
    assert called(lying, "Group/g")
    assert not called(lying, "CarePlan/x")
    assert not called(lying, "Group/h")
    lying.put(MEETING | {"extension": [], "subject": ref("Group/h")})
    assert called(lying, "Group/h")
    assert not called(lying, "Group/g")
    lying.put(MEETING | {"subject": ref("Group/g"), "extension": [], "class": {"code": "AMB"}})
    assert not called(lying, "Group/g"), "no conference"
    lying.put(MEETING | {"status": "finished"})
    assert not called(lying, "Group/g"), "it is over"


# --- a person --------------------------------------------------------------------------------------------------------


def test_of_a_person_that_is_told_which_is_under_way_on_their_household(lying: Lying) -> None:
    lying.put(PERSON, HOUSE | MEMBER, CASE, REVIEW)
    assert going(lying, PERSON) == set(), "a review is of the case"
    lying.put(TASK, judged=COUNTS)
    lying.put(MEETING)
    assert going(lying, PERSON) == {COORDINATED, CALLED}
    lying.put(PERSON | {"id": "2"})
    assert going(lying, PERSON | {"id": "2"}) == set()
    lying.put(PERSON, keeper=OTHER)
    assert going(lying, PERSON) == {COORDINATED, CALLED}, "who kept it is told too"
    lying.put(PERSON | {"id": "3"}, keeper=OTHER)
    lying.put(HOUSE | {"member": [*MEMBER["member"], {"entity": ref("Patient/3")}]})
    assert going(lying, PERSON | {"id": "3"}) == set(), "another agency keeps the person"


def test_who_has_left_is_of_it_while_they_are_held_fast_as_one_of_it(lying: Lying) -> None:
    lying.put(PERSON, HOUSE | MEMBER, CASE)
    lying.put(HOUSE)
    lying.put(TASK, judged=COUNTS)
    assert going(lying, PERSON) == set()
    lying.put(TASK, judged=Verdict(True, fixed=frozenset({"Group/h", "Patient/1"})))
    assert going(lying, PERSON) == set(), "held fast with another household"
    lying.put(TASK, judged=Verdict(True, fixed=frozenset({"Group/g", "Patient/1"})))
    assert going(lying, PERSON) == {COORDINATED}


# --- what was asked --------------------------------------------------------------------------------------------------

ORDER: Json = {"resourceType": "ServiceRequest", "id": "s", "status": "active", "subject": ref("Patient/1")}
OF_ORDER: Json = {"resourceType": "Task", "id": "u", "basedOn": [ref("ServiceRequest/s")], "for": ref("Patient/1")}
PARTED = ORDER | {"subject": ref("Patient/2")}


@pytest.mark.parametrize(
    ("status", "taken"),
    [("requested", False), ("accepted", True), ("in-progress", True), ("on-hold", True), ("completed", False)],
)
def test_a_request_is_of_somebody_else_or_deleted_until_a_task_on_it_is_taken_on(
    lying: Lying, status: str, taken: bool
) -> None:
    lying.put(ORDER)
    lying.put(OF_ORDER | {"status": status}, judged=Verdict(True))
    assert asked(lying, ORDER, PARTED) == asked(lying, ORDER, ORDER) == ({ACCEPTED} if taken else set())
    assert asked(lying, ORDER, ORDER | {"status": "completed"}) == set(), "it stays about them"


def test_a_task_on_another_request_or_one_that_does_not_count_holds_nothing(lying: Lying) -> None:
    lying.put(ORDER, OF_ORDER | {"status": "accepted"})
    lying.put(OF_ORDER | {"id": "v", "status": "accepted", "basedOn": [ref("ServiceRequest/t")]}, judged=Verdict(True))
    lying.put({**OF_ORDER, "resourceType": "Encounter", "id": "e", "status": "on-hold"}, judged=Verdict(True))
    assert asked(lying, ORDER, PARTED) == set()
    same = {"resourceType": "Task", "id": "t", "subject": ref("Patient/1")}
    assert asked(lying, same, same | {"subject": ref("Patient/2")}) == set()


@pytest.mark.parametrize("status", ["completed", "revoked", "active", "on-hold", "entered-in-error"])
def test_a_review_stays_with_the_case_that_it_ended(lying: Lying, status: str) -> None:
    lying.put(CASE | {"status": status})
    of_another = REVIEW | {"focus": ref("CarePlan/x")}
    assert asked(lying, REVIEW, of_another) == ({REVIEWED} if status in ("completed", "revoked") else set())
    assert asked(lying, REVIEW, REVIEW) == set(), "it stays"
    assert asked(lying, TASK, TASK | {"focus": ref("CarePlan/x")}) == set(), "a coordination is no review"


def test_a_review_of_what_is_gone_or_is_no_case_stays_with_nothing(lying: Lying) -> None:
    of_another = REVIEW | {"focus": ref("CarePlan/x")}
    assert asked(lying, REVIEW, of_another) == set()
    lying.put(CASE | {"status": "completed"}, {**CASE, "resourceType": "CareTeam", "status": "completed"})
    lying.delete("CarePlan/k")
    assert asked(lying, REVIEW, of_another) == set()
    assert asked(lying, REVIEW | {"focus": ref("Task/k")}, of_another) == set()
    assert asked(lying, REVIEW | {"focus": {"display": "ケース"}}, of_another) == set()


# --- cases and who keeps them ----------------------------------------------------------------------------------------


def test_the_other_open_cases_of_a_household_are_named_with_who_keeps_what_is_written_of_them(lying: Lying) -> None:
    lying.put(HOUSE, CASE, PLAN, CASE | {"id": "over", "status": "completed"}, CASE | {"id": "h"} | OF_H)
    lying.put(CASE | {"id": "named"} | OF_H | {"supportingInfo": [ref("Group/g")]})
    lying.put({**CASE, "resourceType": "CareTeam", "id": "team"})
    lying.put(THEIRS, keeper=OTHER)
    assert cases(lying, CASE) == {"CarePlan/theirs": OTHER}
    handed(lying, "CarePlan/theirs", THIRD)
    assert cases(lying, CASE) == {"CarePlan/theirs": THIRD}
    assert cases(lying, CASE | {"id": "new"}) == {"CarePlan/k": CENTER, "CarePlan/theirs": THIRD}
    assert cases(lying, PLAN) == cases(lying, {key: said for key, said in CASE.items() if key != "subject"}) == {}


def test_a_case_without_a_household_stands_beside_no_other_such(lying: Lying) -> None:
    bare = {key: said for key, said in CASE.items() if key != "subject"}
    lying.put(bare | {"id": "bare"}, bare | {"id": "strays"} | STRAYS)
    assert cases(lying, bare) == {}


def test_a_case_is_of_the_household_that_is_its_subject(lying: Lying) -> None:
    lying.put(HOUSE, CASE | STRAYS, PLAN, THEIRS | {"status": "completed"}, {**CASE, "resourceType": "CareTeam"})
    assert cases_of(lying, "Group/g") == {"CarePlan/k", "CarePlan/theirs"}
    assert cases_of(lying, "Group/h") == set()


def test_who_keeps_a_record_is_who_kept_each_version_and_to_whom_it_was_handed(lying: Lying) -> None:
    assert keepers(lying, "CarePlan/k") == keepers(lying, "") == set()
    lying.put(CASE, keeper="")
    assert keepers(lying, "CarePlan/k") == set()
    lying.put(CASE)
    assert keepers(lying, "CarePlan/k") == {CENTER}
    handed(lying, "CarePlan/k", OTHER)
    assert keepers(lying, "CarePlan/k") == {CENTER, OTHER}
    lying.put(CASE, keeper=OTHER)
    lying.put(CASE, keeper=THIRD)
    assert keepers(lying, "CarePlan/k") == {CENTER, OTHER, THIRD}
    assert keepers(lying, "CarePlan/other") == set()
