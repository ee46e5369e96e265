"""The plan that a household had before: what was provided in it goes on, and only who reads it is told of it (R45)."""

from __future__ import annotations

from typing import Any

from consent import former_plan
from resources.record.version import Version
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.filed import OTHER, Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import case

NEXT = case("next", "total-care-plan")
NOBODYS: tuple[str, Json] = ("", {})


def plan(id: str, status: str = "completed", **elements: Any) -> Json:
    return case(id, "total-care-plan") | {"status": status} | elements


def before(lying: Lying, written: Json = NEXT, unseen: str = "") -> tuple[str, Any]:
    async def sees(version: Version) -> bool:
        return version.reference != unseen

    return lying.ask(lambda view: former_plan.of(written, view, sees))


def test_it_is_the_last_that_ended_with_who_keeps_it(lying: Lying) -> None:
    assert before(lying) == NOBODYS
    for keeper, status in ((CENTER, "completed"), (OTHER, "revoked"), (CENTER, "on-hold")):
        lying.put(plan(status, status), keeper=keeper)
        assert before(lying) == (keeper, plan(status, status))


def test_of_what_its_writer_does_not_read_it_tells_nothing(lying: Lying) -> None:
    lying.put(plan("first"))
    lying.put(plan("last"), keeper=OTHER)
    assert before(lying, unseen="CarePlan/last") == (CENTER, plan("first"))
    assert before(lying, unseen="CarePlan/first") == (OTHER, plan("last"))


def test_what_goes_on_what_is_no_plan_of_the_household_and_the_plan_itself_are_not_before_it(lying: Lying) -> None:
    lying.put(
        plan("active", "active"),
        plan("draft", "draft"),
        plan("wrong", "entered-in-error"),
        case("k") | {"status": "completed"},
        plan("elsewhere", subject=ref("Group/h")),
        plan("partly", subject=ref("Group/h"), basedOn=[ref("CarePlan/k")]),
        plan("next"),
        {**plan("team"), "resourceType": "CareTeam"},
    )
    assert before(lying) == NOBODYS


def test_only_a_plan_that_goes_on_has_one_before_it(lying: Lying) -> None:
    lying.put(plan("first"))
    assert before(lying) == (CENTER, plan("first"))
    assert before(lying, plan("next", "completed")) == NOBODYS
    assert before(lying, case("next")) == NOBODYS
    assert before(lying, {name: said for name, said in NEXT.items() if name != "subject"}) == NOBODYS
    assert before(lying, NEXT | {"subject": ref("Group/h")}) == NOBODYS
