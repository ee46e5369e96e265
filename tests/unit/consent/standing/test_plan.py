"""R37: the total care plan is written by who answers for the household; it stays as it was decided, or is a new one."""

from __future__ import annotations

from typing import Any

import pytest

from consent.standing import plan
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.filed import MINE, OTHER, THEIRS, Json, filing, wrongs

TOTAL = {"category": [concept("record-category", "total-care-plan")]}
PLAN: Json = {"resourceType": "CarePlan", "id": "p", "status": "active", "subject": ref("Group/g"), **TOTAL}
KEEPING = {"cases": {"Group/g": frozenset({CENTER})}}
DECIDED = Verdict(True, noted=frozenset({".decided yes"}))


def test_it_is_written_by_who_keeps_the_case_with_the_household_in_care_and_by_its_coordinator() -> None:
    told = ["R37 at CarePlan.subject!"]
    assert wrongs(plan.KIND, filing(None, PLAN, **KEEPING)) == []
    assert wrongs(plan.KIND, filing(None, PLAN, coordinating=frozenset({"Group/g"}))) == []
    assert wrongs(plan.KIND, filing(None, PLAN, coordinating=frozenset({"Group/h"}))) == told
    assert wrongs(plan.KIND, filing(None, PLAN)) == told
    assert wrongs(plan.KIND, filing(None, PLAN, cases={"Group/g": frozenset({OTHER})})) == told
    assert wrongs(plan.KIND, filing(None, PLAN, care={}, **KEEPING)) == told, "a member whom it has in no care"
    case = PLAN | {"category": [concept("record-category", "case")]}
    assert wrongs(plan.KIND, filing(None, case)) == [], "another plan"


def test_nor_is_one_turned_into_another_plan_or_into_that_of_another_household() -> None:
    told = ["R37 at CarePlan.subject!"]
    elsewhere = PLAN | {"subject": ref("Group/h")}
    assert wrongs(plan.KIND, filing(PLAN, elsewhere, **KEEPING)) == told
    assert wrongs(plan.KIND, filing(elsewhere, PLAN, **KEEPING)) == told
    other = {name: value for name, value in elsewhere.items() if name != "category"}
    assert wrongs(plan.KIND, filing(elsewhere, other, **KEEPING)) == told
    assert wrongs(plan.KIND, filing(other, other, **KEEPING)) == []


def test_it_counts_where_its_writer_answers_for_the_household() -> None:
    assert plan.judged(filing(None, PLAN, **KEEPING)) == Verdict(True)
    assert plan.judged(filing(None, PLAN)) == NONE
    assert plan.judged(filing(None, {"resourceType": "CarePlan", "subject": ref("Group/g")})) == Verdict(True)


def activity(**detail: Any) -> Json:
    return {"detail": {"status": "scheduled", "description": "通所", "performer": [ref(MINE)]} | detail}


def decided(after: Json, before: Json | None = None, had: Verdict = DECIDED) -> bool:
    whole: Json = PLAN | {"title": "支援", "activity": [activity(), {"reference": ref("Task/t")}]}
    found = plan.judged(filing(whole | (before or {}), whole | after, had=had, **KEEPING))
    assert found.counts
    assert found.noted in (frozenset(), DECIDED.noted)
    return bool(found.noted)


REST = {"reference": ref("Task/t")}


def test_as_decided_it_stays_with_other_statuses_days_and_times() -> None:
    assert decided({})
    assert decided({"status": "completed", "period": {"end": "2027"}, "meta": {"versionId": "2"}, "id": "p"})
    plain = filing(PLAN, PLAN | {"status": "completed"}, had=DECIDED, **KEEPING)
    assert plan.judged(plain) == DECIDED, "one without activities too"
    for detail in (
        {"status": "in-progress"},
        {"statusReason": {"text": "始めた"}},
        {"scheduledTiming": {"repeat": {"frequency": 1}}},
        {"scheduledPeriod": {"start": "2026"}},
    ):
        assert decided({"activity": [activity(**detail), REST]})


@pytest.mark.parametrize(
    "after",
    [
        {"title": "別の支援"},
        {"description": "書き足した"},
        {"activity": [activity()]},
        {"activity": [activity(), REST, activity()]},
        {"activity": [activity(description="別の支援"), REST]},
        {"activity": [activity(location=ref("Location/x")), REST]},
        {"activity": [activity() | {"progress": [{"text": "書き足した"}]}, REST]},
        {"activity": [activity(), {"reference": ref("Task/other")}]},
        {"activity": [REST, activity()]},
        {"activity": [REST, REST]},
        {"activity": [activity(), activity()]},
    ],
)
def test_with_anything_else_it_is_no_longer_as_decided(after: Json) -> None:
    assert not decided(after)
    assert not decided({}, after), "nor with anything left out"


def test_one_of_the_same_agency_may_take_an_activity_over_and_nobody_of_another() -> None:
    def by(*performers: str) -> Json:
        return {"activity": [activity(performer=[ref(name) for name in performers]), REST]}

    assert decided(by("PractitionerRole/colleague"))
    assert decided(by(CENTER))
    assert not decided(by(THEIRS))
    assert not decided(by(MINE, THEIRS))
    assert not decided(by())
    assert decided(by(THEIRS, MINE), by(MINE, THEIRS)), "in whatever order"
    assert decided(by("RelatedPerson/r"), by("RelatedPerson/r"))
    assert not decided(by("RelatedPerson/s"), by("RelatedPerson/r")), "of no agency"


def test_what_was_not_decided_does_not_become_so_by_being_written_again() -> None:
    assert not decided({}, had=Verdict(True))
    new = filing(None, PLAN, had=DECIDED, **KEEPING)
    assert plan.judged(new) == Verdict(True)
