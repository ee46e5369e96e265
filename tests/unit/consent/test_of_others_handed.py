"""What a case or a plan is of is not handed to another agency, which could draw it to another household."""

from __future__ import annotations

from typing import Any

import pytest

from resources.record.problem import Problem
from resources.search.predicate import term
from resources.search.relation import values
from resources.store.port import Transaction
from tests.laws.worlds import ref
from tests.unit.consent.acts.test_transferring import answer, offer
from tests.unit.consent.test_in_sight import CO, CONV, DRAFT, OF_H, PLAN, P, Q, at, refused
from tests.unit.consent.test_of_others import AUNT, BY_AUNT, ON_OWN, OWN, PART_OF_E, beside, coordinated, turned
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import WITHOUT_A_PLAN, Town, case, conference, coordination, household, patient, roster

Json = dict[str, Any]

__all__ = ["beside"]

OWN_PLAN = case("x2", "concern")
"""What an agency does itself for the household: no case, and no total care plan."""
ON_OWN_PLAN: Json = {"basedOn": [ref("CarePlan/x2")]}
RELATIVE = AUNT | {"id": "r2"}
_BY = BY_AUNT["activity"][0]["detail"] | {"performer": [ref("RelatedPerson/r2")]}
BY_RELATIVE: Json = {"activity": [{"detail": _BY}]}
SOURCES = pytest.mark.parametrize(
    ("source", "way"), [(OWN_PLAN, ON_OWN_PLAN), (RELATIVE, BY_RELATIVE)], ids=["plan", "relative"]
)


def name(record: Json) -> str:
    return f"{record['resourceType']}/{record['id']}"


def not_given(town: Town, record: str) -> list[str]:
    with pytest.raises(Problem) as caught:
        offer(town, record=record)
    return sorted(caught.value.rules)


def hand(town: Town, record: str) -> None:
    answer(town, Q, offer(town, record=record).task.reference)


@SOURCES
def test_what_a_plan_is_of_is_not_handed_over(beside: Town, source: Json, way: Json) -> None:
    beside.write(P, source, PLAN | way)
    coordinated(beside)
    assert not_given(beside, name(source)) == ["R37"]
    assert beside.reads(CO, "CarePlan/plan")


@SOURCES
def test_nor_does_a_plan_come_to_be_of_what_was_offered(beside: Town, source: Json, way: Json) -> None:
    beside.write(P, source, PLAN | {"id": "early"} | DRAFT | way)
    offered = offer(beside, record=name(source)).task
    assert refused(beside, P, PLAN | way) == ["R37"]
    assert refused(beside, P, PLAN | {"id": "early"} | way | again()) == ["R37"]
    answer(beside, Q, offered.reference)
    assert refused(beside, P, PLAN | way) == ["R37"]


def test_nor_by_a_record_of_its_own_that_is_of_what_was_offered(beside: Town) -> None:
    asked: Json = {"resourceType": "ServiceRequest", "id": "o", "status": "active", "intent": "order"}
    asked |= {"subject": ref("Group/g"), "requester": ref("Organization/center")}
    beside.write(P, OWN_PLAN, OWN, asked | ON_OWN_PLAN, PLAN | ON_OWN)
    offer(beside, record="CarePlan/x2")
    assert refused(beside, P, OWN | {"basedOn": [ref("ServiceRequest/o")]} | again()) == ["R37"]


@SOURCES
def test_an_offer_of_an_older_release_is_asked_anew_as_it_is_accepted(beside: Town, source: Json, way: Json) -> None:
    """And who would take it is told no more than of what the giver has no longer."""
    beside.write(P, source, PLAN)
    coordinated(beside)
    offered = offer(beside, record=name(source)).task
    made_of(beside, name(source))
    with pytest.raises(Problem) as caught:
        answer(beside, Q, offered.reference)
    assert [issue.rule for issue in caught.value.issues] == ["P1"]
    assert "plan" not in str(caught.value)
    answer(beside, Q, offered.reference, accept=False, reason="受けられない")
    assert beside.reads(CO, "CarePlan/plan")


def made_of(town: Town, source: str) -> None:
    """The plan is of a record that is offered, which no release writes any more."""
    [plan] = [each for each in town.stored("CarePlan") if each.id == "plan"]

    async def work(tx: Transaction) -> None:
        await tx.amend(plan.reference, {plan.number: tuple(sorted({*plan.terms, term(".of", source)}))}, None)

    town.run(town.store.transact(work))


def test_an_offer_that_is_declined_is_in_nobody_s_way(beside: Town) -> None:
    beside.write(P, OWN_PLAN)
    answer(beside, Q, offer(beside, record="CarePlan/x2").task.reference, accept=False, reason="受けられない")
    beside.write(P, PLAN | ON_OWN_PLAN)


def test_who_has_handed_a_plan_over_draws_it_nowhere_by_what_it_is_of(beside: Town) -> None:
    beside.write(P, OWN, PLAN | ON_OWN)
    coordinated(beside)
    hand(beside, "CarePlan/plan")
    assert refused(beside, P, OWN | PART_OF_E | again()) == ["R37"]
    turned(beside)
    assert beside.reads(CO, "CarePlan/plan")


def test_nor_does_it_draw_a_person_into_it(beside: Town) -> None:
    """Neither by whose relative it names, nor by a Patient who is that relative."""
    beside.write(P, RELATIVE, PLAN | BY_RELATIVE)
    coordinated(beside)
    hand(beside, "CarePlan/plan")
    stranger = patient("9") | {"link": [{"other": ref("RelatedPerson/r2"), "type": "seealso"}]}
    with pytest.raises(Problem) as caught:
        beside.write(P, stranger, RELATIVE | again())
    assert sorted(caught.value.rules) == ["P1"]
    beside.write(P, patient("8"))
    assert refused(beside, P, RELATIVE | {"patient": ref("Patient/8")} | again()) == ["P1"]
    assert persons(beside) == {"Patient/1"}
    beside.write(P, RELATIVE | {"gender": "female"} | again())


def persons(town: Town) -> set[str]:
    [plan] = [each for each in town.stored("CarePlan") if each.id == "plan"]
    return set(values(plan.terms, ".subject"))


@pytest.mark.parametrize("gone", [False, True], ids=["stands", "deleted"])
def test_nor_is_it_told_what_became_of_the_plan(beside: Town, gone: bool) -> None:
    beside.write(P, RELATIVE, PLAN | BY_RELATIVE)
    hand(beside, "CarePlan/k")
    beside.write(Q, case() | again())
    hand(beside, "CarePlan/plan")
    beside.write(Q, PLAN | {"status": "revoked"} | again())
    if gone:
        beside.delete(Q, "CarePlan/plan")
    beside.write(P, patient("8"))
    assert refused(beside, P, RELATIVE | {"patient": ref("Patient/8")} | again()) == ["P1"]


def test_nor_is_there_more_that_it_may_not_draw(beside: Town) -> None:
    beside.write(P, OWN, OWN | {"id": "free"}, PLAN | ON_OWN)
    hand(beside, "CarePlan/plan")
    beside.write(P, OWN | {"id": "free"} | PART_OF_E | again())


def test_a_case_is_handed_over_and_the_plan_that_is_based_on_it_after_it(beside: Town) -> None:
    on_case: Json = {"basedOn": [ref("CarePlan/k")]}
    beside.write(P, PLAN | on_case)
    coordinated(beside)
    offered = offer(beside, record="CarePlan/k").task
    beside.write(P, PLAN | on_case | {"title": "続き"} | again())
    answer(beside, Q, offered.reference)
    assert beside.reads(CO, "CarePlan/plan")
    hand(beside, "CarePlan/plan")
    assert beside.reads(CO, "CarePlan/plan")


@pytest.mark.parametrize("called", [False, True], ids=["coordinated", "called"])
def test_who_takes_a_case_makes_it_none_of_another_household_either(beside: Town, called: bool) -> None:
    coordinated(beside)
    if called:
        beside.write(CONV, roster("p"), conference("planned", "p"))
        beside.write(CO, coordination("completed") | WITHOUT_A_PLAN | at(2))
    hand(beside, "CarePlan/k")
    beside.write(Q, patient("3"), household("3") | {"id": "h"})
    assert refused(beside, Q, case() | OF_H | again()) == ["R44" if called else "R17"]
    beside.write(Q, case() | {"title": "続き"} | again())


def test_what_no_plan_is_of_is_handed_over_as_ever(beside: Town) -> None:
    beside.write(P, OWN_PLAN, RELATIVE, PLAN | {"supportingInfo": [ref("CarePlan/x2")]})
    hand(beside, "CarePlan/x2")
    hand(beside, "RelatedPerson/r2")
