"""R45: crossing into or out of public assistance keeps who provides."""

from __future__ import annotations

from typing import Any

from consent.duties import programmes
from consent.duty_context import DutyContext
from resources.programme import ASSISTED, IN_HARDSHIP, Programme
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]

HARDSHIP, HELPED, ELSEWHERE, ALONE = (f"HealthcareService/{id}" for id in ("hardship", "helped", "elsewhere", "alone"))
SECOND = "HealthcareService/second"
KNOWN = {
    HARDSHIP: Programme(IN_HARDSHIP, HELPED, "Organization/a"),
    HELPED: Programme(ASSISTED, HARDSHIP, "Organization/a"),
    ELSEWHERE: Programme(ASSISTED, "", "Organization/b"),
    ALONE: Programme(IN_HARDSHIP, "", "Organization/b"),
    SECOND: Programme(IN_HARDSHIP, "HealthcareService/second-helped", "Organization/b"),
}


def plan(*services: str, status: str = "in-progress", kind: str = "total-care-plan") -> Json:
    detail = {"status": status, "performer": [ref(each) for each in services]}
    made: Json = {"resourceType": "CarePlan", "category": [concept("record-category", kind)]}
    return made | ({"activity": [{"detail": detail}]} if services else {})


def crossed(before: Json | None, after: Json | None) -> list[str]:
    around = DutyContext(programmes=KNOWN)
    return wrongs(programmes.followed_by_its_pair, change(before, after, duty_context=around))


def test_a_programme_that_leaves_as_one_of_the_other_side_comes_is_followed_by_its_pair() -> None:
    at = "R45 at CarePlan.activity[0].detail.performer"
    assert crossed(plan(HARDSHIP), plan(HELPED)) == []
    assert crossed(plan(HARDSHIP), plan(ELSEWHERE)) == crossed(plan(ALONE, HARDSHIP), plan(ELSEWHERE)) == [f"{at}[0]"]
    assert crossed(plan(HARDSHIP, "HealthcareService/other"), plan("HealthcareService/other", ELSEWHERE)) == [
        f"{at}[1]"
    ]
    assert crossed(plan(HARDSHIP), plan(HELPED, ELSEWHERE)) == []
    assert crossed(plan(HARDSHIP, SECOND), plan(HELPED)) == [], "the pair of one comes in the place of no other"
    assert crossed(plan(HARDSHIP, SECOND), plan(HELPED, ELSEWHERE)) == [f"{at}[1]"]
    assert crossed(plan(HARDSHIP), plan(ALONE)) == crossed(plan(HARDSHIP), plan()) == []


def test_what_stays_or_has_ended_in_the_plan_has_not_left_it() -> None:
    assert crossed(plan(HARDSHIP), plan(HARDSHIP, ELSEWHERE)) == []
    ended = plan(HARDSHIP, status="completed")["activity"]
    assert crossed(plan(HARDSHIP), plan(ELSEWHERE) | {"activity": [*ended, *plan(ELSEWHERE)["activity"]]}) == []
    assert crossed(plan(HARDSHIP, ELSEWHERE), plan(ELSEWHERE)) == []
    assert crossed(plan(ALONE), plan(ELSEWHERE)) == []


def test_a_programme_with_a_pair_leaves_an_active_plan_as_ended_and_not_unsaid() -> None:
    """Else one of the other side would come in its place in a second step."""
    active = plan(HARDSHIP) | {"status": "active"}
    for left in (plan(), plan(ALONE), plan("HealthcareService/other")):
        for held in ("on-hold", "completed", "revoked", "unknown"):
            assert crossed(active | {"status": held}, left | {"status": held}) == ["R45 at CarePlan.activity"]
        assert crossed(active, left | {"status": "active"}) == ["R45 at CarePlan.activity"]
        assert crossed(active, left | {"status": "completed"}) == ["R45 at CarePlan.activity"]
        assert crossed(active, left | {"status": "entered-in-error"}) == []
        assert crossed(plan(HARDSHIP) | {"status": "draft"}, left | {"status": "active"}) == []
    for status in ("completed", "cancelled", "stopped", "entered-in-error", "on-hold"):
        assert crossed(active, plan(HARDSHIP, status=status)) == []
    assert crossed(active, plan(HELPED)) == crossed(plan(ALONE) | {"status": "active"}, plan()) == []
    assert crossed(active, plan(ELSEWHERE)) == ["R45 at CarePlan.activity[0].detail.performer[0]"]
    assert crossed(active, {"resourceType": "CarePlan"}) == []
    assert crossed(plan("HealthcareService/other") | {"status": "active"}, plan()) == [], "a desk is no programme"


def test_it_is_asked_of_total_care_plans_that_go_on() -> None:
    assert crossed(plan(HARDSHIP), plan(ELSEWHERE, kind="case")) == []
    assert crossed(None, plan(ELSEWHERE)) == crossed(plan(HARDSHIP), None) == []


def test_a_plan_that_ends_is_followed_as_one_that_is_rewritten() -> None:
    def followed(former: Json, *services: str, keeper: str = "", before: Json | None = None) -> list[str]:
        around = DutyContext(programmes=KNOWN, former=(keeper, former))
        after = plan(*services) | {"status": "active"}
        return wrongs(programmes.followed_by_its_pair, change(before, after, duty_context=around))

    at = ["R45 at CarePlan.activity[0].detail.performer[0]"]
    kept = change(None, plan()).custodian
    assert followed(plan(HARDSHIP), ELSEWHERE, keeper=kept) == at
    assert followed(plan(HARDSHIP), ELSEWHERE, keeper=kept, before=plan(ELSEWHERE) | {"status": "draft"}) == at
    assert followed(plan(HARDSHIP), HELPED, keeper=kept) == followed(plan(HARDSHIP), HARDSHIP, keeper=kept) == []
    assert followed(plan(HARDSHIP, status="completed"), ELSEWHERE, keeper=kept) == []
    assert followed({}, ELSEWHERE, keeper=kept) == []
    assert followed(plan(HARDSHIP), ELSEWHERE, keeper="Organization/whose-plan-is-not-told") == []
    going_on = plan(ELSEWHERE) | {"status": "active"}
    assert followed(plan(HARDSHIP), ELSEWHERE, keeper=kept, before=going_on) == []


def test_the_pair_is_named() -> None:
    written = change(plan(HARDSHIP), plan(ELSEWHERE), duty_context=DutyContext(programmes=KNOWN))
    (found,) = programmes.followed_by_its_pair(written)
    assert HELPED in found.text
    assert HELPED in found.ja
