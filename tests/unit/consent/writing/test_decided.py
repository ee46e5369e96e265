"""As roles are decided the plan of the household is marked as the one that was decided on (P13)."""

from __future__ import annotations

from typing import Any

import pytest

from consent import verdict
from consent.verdict import Verdict
from consent.writing import decided
from consent.writing.change import UnitOfWork
from resources.record import keeping
from resources.record.version import Version
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.town import Town, actor
from tests.unit.consent.writing.within import found, version, within

Json = dict[str, Any]

LEAD = actor("lead")
CENTER, OTHER = "Organization/center", "Organization/other"
BROUGHT = Verdict(True, noted=frozenset({f"{verdict.BROUGHT} {CENTER}"}))


def plan(id: str, **elements: Any) -> Json:
    said: Json = {"resourceType": "CarePlan", "id": id, "status": "active", "intent": "plan", "subject": ref("Group/g")}
    return said | {"category": [concept("record-category", "total-care-plan")]} | elements


def team(**elements: Any) -> Json:
    said: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}
    return said | {"category": [concept("record-category", "case-team")]} | elements


@pytest.fixture
def planned(town: Town) -> Town:
    """One plan is the household's, of who keeps its case; each other differs in one thing."""
    others = [
        plan("draft", status="draft"),
        plan("case", category=[concept("record-category", "case")]),
        plan("of-h", subject=ref("Group/h")),
        plan("names-g", subject=ref("Group/h"), supportingInfo=[ref("Group/g")]),
    ]
    laid(town, *(Record(each, CENTER, "") for each in (plan("plan"), *others)))
    laid(town, Record(plan("theirs"), OTHER, ""))
    laid(town, Record({"resourceType": "Basic", "id": "b", "subject": ref("Group/g")}, CENTER, ""))
    return town


def mark(town: Town, said: Json, before: Json | None = None, judged: Verdict = BROUGHT) -> list[str]:
    """Which plans are marked as these roles are written, after those before."""
    written = town.stored(said["resourceType"])
    laid(town, Record(said | {"id": f"r{len(written)}"}, "Organization/lead", "", judged))
    had = None
    if before:
        laid(town, Record(before | {"id": f"b{len(written)}"}, "Organization/lead", ""))
        had = version(town, f"{said['resourceType']}/b{len(written)}")
    now = version(town, f"{said['resourceType']}/r{len(written)}")

    async def work(unit: UnitOfWork) -> list[Version]:
        await unit.look_up("CarePlan/plan")
        done = await decided.marked(unit, had, now)
        for each in done:
            assert each.terms == (await found(unit.tx, each.reference)).terms
        assert not done or "CarePlan/plan" not in unit.found, "it is looked up anew"
        return done

    return [each.reference for each in within(town, LEAD, work)]


def marked(town: Town) -> set[str]:
    return {each.id for each in town.stored("CarePlan") if f"{verdict.DECIDED} yes" in each.terms}


def test_the_active_plan_of_the_household_of_who_keeps_its_case_is_marked_and_no_other(planned: Town) -> None:
    assert mark(planned, team()) == ["CarePlan/plan"]
    assert marked(planned) == {"plan"}
    assert version(planned, "CarePlan/plan").number == 1, "no version comes of it"


def test_those_of_all_who_kept_the_case_are_and_of_what_was_handed_over_by_who_took_it(planned: Town) -> None:
    both = Verdict(True, noted=BROUGHT.noted | {f"{verdict.BROUGHT} {OTHER}"})
    assert mark(planned, team(), judged=both) == ["CarePlan/plan", "CarePlan/theirs"]
    assert mark(planned, team(), judged=Verdict(True)) == []

    async def hand_over(unit: UnitOfWork) -> None:
        stood = await found(unit.tx, "CarePlan/plan")
        await unit.tx.amend(stood.reference, {1: keeping.given(stood.terms, OTHER)}, None)

    within(planned, LEAD, hand_over)
    assert mark(planned, team()) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"category": [concept("record-category", "case-team"), {"text": "x"}]},
        {"subject": ref("Group/x")},
        {"participant": [{"member": ref("Organization/other")}]},
        {"period": {"start": "2026-11-01"}},
    ],
)
def test_what_is_decided_anew_marks_it(planned: Town, changed: Json) -> None:
    assert mark(planned, team(), team(**changed)) == ["CarePlan/plan"]


def test_roles_that_stand_as_they_were_decided_mark_nothing(planned: Town) -> None:
    assert mark(planned, team(), team(status="proposed")) == []
    assert mark(planned, team(note=[{"text": "x"}]), team()) == []
    assert marked(planned) == set()


def test_roles_that_do_not_count_and_what_is_no_team_mark_nothing(planned: Town) -> None:
    assert mark(planned, team(), judged=Verdict(noted=BROUGHT.noted)) == []
    assert mark(planned, {"resourceType": "Basic", "id": "x", "subject": ref("Group/g")}) == []
    assert marked(planned) == set()
