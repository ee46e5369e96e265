"""R37: by which of what it is of a case or a plan would be of another agency's record, of records as they lie."""

from __future__ import annotations

from typing import Any

import pytest

from consent import of_others
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import CASE, DRAFT, MEETING, MISTAKEN, OTHER, PLAN, THIRD, deleted, handed, written

Json = dict[str, Any]

OURS = frozenset({CENTER})
VISIT: Json = {"resourceType": "Encounter", "id": "e", "status": "finished", "subject": ref("Patient/1")}
ON_E: Json = {"encounter": ref("Encounter/e")}
NOTE: Json = {"resourceType": "Observation", "id": "o", "status": "final", "subject": ref("Patient/1")}
DUTY: Json = {"resourceType": "Task", "id": "u", "status": "requested", "intent": "order"}
ON_NOTE: Json = {"basedOn": [ref("Observation/o")]}
OFFER: Json = {"resourceType": "Task", "id": "offer", "status": "requested", "code": concept("task-code", "transfer")}
OFFER |= {"focus": ref("Encounter/e")}


def come(
    lying: Lying, before: Version | None, after: Version, kept: frozenset[str] = OURS, *, named: bool = False
) -> set[str]:
    async def look(view: Any) -> frozenset[str]:
        async def look_up(name: str) -> Version | None:
            found: Version | None = await view.get(*name.split("/"), within=EVERYTHING)
            return found

        return await of_others.come(before, after, look_up, view, kept, named=named)

    return set(lying.ask(look))


def bears(lying: Lying, name: str, *kept: str) -> bool:
    return lying.ask(lambda view: of_others.bears(lying.versions[name], view, kept or OURS))


def given(lying: Lying, *names: str, kept: frozenset[str] = OURS) -> set[str]:
    return set(lying.ask(lambda view: of_others.given(names, view, kept)))


# --- what it comes to be of ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", [CASE, PLAN], ids=["case", "plan"])
def test_a_case_or_a_plan_that_is_of_another_agency_s_record_is_named_by_it(lying: Lying, record: Json) -> None:
    lying.put(VISIT, keeper=OTHER)
    for before in (None, written(record), written(record | {"category": []} | ON_E), deleted(record | ON_E)):
        assert come(lying, before, written(record | ON_E)) == {"Encounter/e"}
        assert come(lying, before, written(record | ON_E), frozenset({CENTER, OTHER})) == set(), "whose files one has"
        assert come(lying, before, written(record)) == set()
    assert come(lying, written(record | ON_E), written(record | ON_E)) == set(), "it was of it already"
    assert come(lying, written(record), deleted(record | ON_E)) == set()


def test_one_s_own_record_is_nobody_else_s_unless_it_is_offered_or_of_a_conference(lying: Lying) -> None:
    lying.put(VISIT)
    assert come(lying, None, written(CASE | ON_E)) == set()
    lying.put(OFFER | {"focus": ref("Encounter/x")}, OFFER | {"id": "x", "code": concept("task-code", "inquiry")})
    lying.put(OFFER | {"id": "y", "resourceType": "ServiceRequest", "status": "active"})
    lying.put(OFFER | {"id": "z", "status": "completed"})
    assert come(lying, None, written(CASE | ON_E)) == set(), "another is offered, or it is over"
    lying.put(OFFER)
    assert come(lying, None, written(CASE | ON_E)) == {"Encounter/e"}
    lying.put(OFFER | {"status": "cancelled"}, MEETING)
    assert come(lying, None, written(CASE | {"encounter": ref("Encounter/m")})) == {"Encounter/m"}
    handed(lying, "Encounter/e", OTHER)
    assert come(lying, None, written(CASE | ON_E)) == {"Encounter/e"}, "it was handed over"


def test_a_case_that_is_offered_takes_its_household_along(lying: Lying) -> None:
    lying.put(CASE, OFFER | {"focus": ref("CarePlan/k")})
    assert come(lying, None, written(PLAN | {"basedOn": [ref("CarePlan/k")]})) == set()
    lying.put(CASE | {"category": []})
    assert come(lying, None, written(PLAN | {"basedOn": [ref("CarePlan/k")]})) == {"CarePlan/k"}


def test_through_its_own_records_it_reaches_another_agency_s(lying: Lying) -> None:
    chain = [DUTY | {"id": one, "focus": ref(f"Task/{on}")} for one, on in ("ab", "bc", "cb")]
    lying.put(*chain, DUTY | {"id": "d", "focus": ref("Task/d")}, keeper=CENTER)
    based = written(CASE | {"basedOn": [ref("Task/a")]})
    assert come(lying, None, based) == set(), "they are of one another, and of nothing else"
    lying.put(chain[2] | {"partOf": [ref("Task/theirs")]}, DUTY | {"id": "z", "partOf": [ref("Task/none")]})
    assert come(lying, None, based) == set(), "it lies nowhere: it is the writer's"
    lying.put(DUTY | {"id": "theirs"}, keeper=OTHER)
    assert come(lying, None, based) == {"Task/a"}
    both = written(CASE | {"basedOn": [ref("Task/a"), ref("Task/d"), ref("Task/z"), ref("Task/theirs")]})
    assert come(lying, None, both) == {"Task/a", "Task/theirs"}
    assert come(lying, based, both) == {"Task/theirs"}


def test_another_record_is_asked_where_it_stood_or_may_have_been_named(lying: Lying) -> None:
    lying.put(VISIT, keeper=OTHER)
    lying.put(NOTE, CASE)
    turned = written(NOTE | ON_E)
    assert come(lying, written(NOTE), turned) == come(lying, None, turned, named=True) == set(), "no case is of it"
    lying.put(CASE | ON_NOTE)
    assert come(lying, written(NOTE), turned) == come(lying, None, turned, named=True) == {"Encounter/e"}
    assert come(lying, written(NOTE), deleted(NOTE | ON_E)) == set()
    assert come(lying, None, turned) == come(lying, deleted(NOTE), turned) == set(), "nothing can be of what is new"
    assert come(lying, written(NOTE | ON_E), turned) == set()


def test_a_case_that_becomes_another_record_is_asked_as_such(lying: Lying) -> None:
    lying.put(VISIT, keeper=OTHER)
    was, becomes = written(CASE | ON_E), written(CASE | ON_E | {"category": []})
    lying.put(PLAN | {"basedOn": [ref("CarePlan/k")]})
    assert come(lying, was, becomes) == set(), "it was of it already"
    assert come(lying, written(CASE), becomes) == {"Encounter/e"}


def test_what_is_no_casework_is_of_nothing(lying: Lying) -> None:
    lying.put(VISIT, keeper=OTHER)
    desk = {"resourceType": "HealthcareService", "id": "k", "category": CASE["category"]} | ON_E
    assert come(lying, None, written(desk), named=True) == set()


# --- which cases are of it -------------------------------------------------------------------------------------------


def test_a_case_is_of_a_record_itself_or_through_others_of_the_same_keepers(lying: Lying) -> None:
    lying.put(VISIT, NOTE | ON_E)
    assert not bears(lying, "Encounter/e")
    for changed in ({}, ON_NOTE | DRAFT, ON_NOTE | MISTAKEN, ON_NOTE | {"category": []}):
        lying.put(PLAN | changed | {"id": "x"})
        assert not bears(lying, "Encounter/e"), changed
    lying.put(PLAN | ON_NOTE)
    assert bears(lying, "Encounter/e")
    assert bears(lying, "Observation/o")
    lying.put(PLAN | ON_NOTE, keeper=OTHER)
    assert not bears(lying, "Encounter/e"), "another agency's"
    assert bears(lying, "Encounter/e", OTHER, CENTER)
    lying.put(PLAN | ON_NOTE)
    lying.put(NOTE | ON_E, keeper=OTHER)
    assert not bears(lying, "Encounter/e"), "the one between is another agency's"
    assert bears(lying, "Observation/o")


def test_a_case_itself_is_asked_for_itself_and_not_what_is_of_it(lying: Lying) -> None:
    lying.put(CASE, PLAN | {"basedOn": [ref("CarePlan/k")]})
    assert not bears(lying, "CarePlan/k")
    lying.put(CASE | {"category": []})
    assert bears(lying, "CarePlan/k")


def test_records_that_are_of_one_another_are_asked_once(lying: Lying) -> None:
    lying.put(VISIT, DUTY | {"id": "a", "focus": ref("Task/b")} | ON_E, DUTY | {"id": "b", "focus": ref("Task/a")})
    assert not bears(lying, "Task/a")
    assert not bears(lying, "Encounter/e")
    lying.put(CASE | {"basedOn": [ref("Task/b")]})
    assert bears(lying, "Task/a")


def test_what_was_deleted_is_of_nothing(lying: Lying) -> None:
    lying.put(VISIT, CASE | ON_E)
    lying.delete("CarePlan/k")
    assert not bears(lying, "Encounter/e")


def test_what_was_handed_over_is_of_it_as_its_keeper_last_wrote_it(lying: Lying) -> None:
    lying.put(VISIT, CASE | {"id": "far"})
    lying.put(CASE | {"id": "theirs"} | ON_E, keeper=THIRD)
    handed(lying, "CarePlan/far", OTHER)
    assert not bears(lying, "Encounter/e"), "what was handed over is of nothing of it"
    lying.put(CASE | ON_E)
    handed(lying, "CarePlan/k", OTHER)
    assert bears(lying, "Encounter/e")
    assert bears(lying, "Encounter/e", OTHER), "and who has it now is asked as its keeper"
    assert not bears(lying, "Encounter/e", "Organization/fourth")
    lying.put(CASE | {"category": []} | ON_E, keeper=OTHER)
    assert bears(lying, "Encounter/e"), "of what was written since it is told nothing"
    assert not bears(lying, "Encounter/e", OTHER)
    assert bears(lying, "Encounter/e", THIRD)
    lying.put(CASE | {"id": "theirs"} | ON_E, keeper=OTHER)
    assert not bears(lying, "Encounter/e", THIRD), "it was not handed over by this one"


# --- what was handed over --------------------------------------------------------------------------------------------


def test_the_cases_and_plans_that_were_handed_over_to_others_are_told(lying: Lying) -> None:
    lying.put(CASE, PLAN, PLAN | {"id": "draft"} | DRAFT, CASE | {"id": "own"}, {**CASE, "resourceType": "CareTeam"})
    names = ("CarePlan/k", "CarePlan/p", "CarePlan/draft", "CarePlan/own", "CareTeam/k", "CarePlan/none")
    assert given(lying, *names) == set()
    for name in ("CarePlan/k", "CarePlan/p", "CarePlan/draft", "CareTeam/k"):
        handed(lying, name, OTHER)
    assert given(lying, *names) == {"CarePlan/k", "CarePlan/p"}
    assert given(lying, "CarePlan/p") == {"CarePlan/p"}
    assert given(lying, *names, kept=frozenset({CENTER, OTHER})) == set(), "whose files one has"
    assert given(lying, *names, kept=frozenset({THIRD})) == set(), "it was not this one's"
    lying.put(CASE | {"category": []}, keeper=OTHER)
    assert given(lying, *names) == {"CarePlan/k", "CarePlan/p"}, "as it was handed over"


def test_what_changed_hands_otherwise_was_not_handed_over(lying: Lying) -> None:
    lying.put(CASE)
    lying.put(CASE, keeper=OTHER)
    assert given(lying, "CarePlan/k") == set()
    lying.put(PLAN)
    handed(lying, "CarePlan/p", OTHER)
    assert given(lying, "CarePlan/k") == set(), "another one was"
