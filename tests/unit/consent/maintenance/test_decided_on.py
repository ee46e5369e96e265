"""A plan is kept as decided on where roles were decided on it or the lead section confirmed it, as a check finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from consent import vocabulary
from consent.verdict import Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts import test_confirming_plan as confirming
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import forged, found, lay_next
from tests.unit.consent.maintenance.lives import Life, P
from tests.unit.consent.maintenance.test_replaying import MORE
from tests.unit.consent.test_carrying_out import activity, again, plan
from tests.unit.consent.test_named_for_a_role import decide
from tests.unit.consent.town import Town, case, patient

Json = dict[str, Any]
After = Callable[[Life], Town]

CENTER, DESK, LEADING = "Organization/center", "Organization/desk", "Organization/lead"


DECIDED = ".decided yes"


def test_a_plan_is_as_decided_on_where_roles_were_decided_while_it_stood(after: After) -> None:
    town = after(lives.decided)
    town.write(P, again(plan(activity(status="in-progress"), activity(description="通院の付き添い"))))
    town.write(P, again(case("plan", "total-care-plan"), 2) | {"status": "revoked"})
    town.write(P, plan(activity()) | {"id": "later"})
    assert found(town) == []
    assert f"CarePlan/plan/_history/2 {MORE}" in forged(town, "CarePlan/plan", 2, DECIDED)
    assert forged(town, "CarePlan/later", 1, DECIDED) == [f"CarePlan/later/_history/1 {MORE}"]
    assert forged(town, "CarePlan/k", 1, DECIDED) == [f"CarePlan/k/_history/1 {MORE}"]
    assert found(town) == []


def test_a_plan_stays_as_decided_on_where_no_more_than_statuses_changed(after: After) -> None:
    town = after(lives.decided)
    town.write(P, again(plan(activity(status="completed"))))
    [stood] = [each for each in town.stored("CarePlan") if each.id == "plan"]
    assert (stood.number, DECIDED in stood.terms) == (2, True)
    assert found(town) == []
    assert f"CarePlan/plan/_history/2 {MORE}" in forged(town, "CarePlan/plan", 1, less=(DECIDED,))


def test_what_the_lead_section_has_only_been_asked_to_confirm_is_not_decided_on(after: After) -> None:
    town = after(lives.written_on)
    task = confirming.ask(town).task.reference
    assert forged(town, "CarePlan/plan", 2, DECIDED) == [f"CarePlan/plan/_history/2 {MORE}"]
    for number, status in ((2, "requested"), (3, "cancelled")):
        assert lay_next(town, task, Verdict(True), "Practitioner/lead", status=status) == []
        said = forged(town, "CarePlan/plan", 2, DECIDED)
        assert f"CarePlan/plan/_history/2 {MORE}" in said, number
    of_another_kind = concept("task-code", "inquiry")
    lay_next(town, task, Verdict(True), "Practitioner/lead", status="completed", code=of_another_kind)
    assert f"CarePlan/plan/_history/2 {MORE}" in forged(town, "CarePlan/plan", 2, DECIDED)


def test_a_plan_that_had_changed_before_they_were_decided_was_not_decided_on(after: After) -> None:
    town = after(lives.met)
    town.write(P, plan(activity()))
    town.write(P, again(plan(activity(description="通院の付き添い"))))
    decide(town, "desk")
    assert found(town) == []
    assert forged(town, "CarePlan/plan", 1, DECIDED) == [f"CarePlan/plan/_history/1 {MORE}"]


def test_a_plan_of_another_household_was_not_decided_on(after: After) -> None:
    town = after(lives.met)
    town.write(
        P,
        patient("8"),
        {"resourceType": "Group", "id": "h", "type": "person", "actual": True}
        | {"member": [{"entity": ref("Patient/8")}]},
    )
    of_h = {"subject": ref("Group/h")}
    town.write(P, case("kh") | of_h, plan(activity()) | {"id": "theirs"} | of_h)
    decide(town, "desk")
    assert forged(town, "CarePlan/theirs", 1, DECIDED) == [f"CarePlan/theirs/_history/1 {MORE}"]


def test_the_version_that_the_lead_section_confirmed_is_as_decided_on_and_no_other(after: After) -> None:
    town = after(lives.confirmed_plan)
    [task] = [each for each in town.stored("Task") if vocabulary.CONFIRM_PLAN in str(each.terms)]
    assert found(town) == []
    for terms in ({".counts yes"}, {".masked yes"}):
        assert f"CarePlan/plan/_history/2 {MORE}" in forged(town, task.reference, task.number, less=terms), terms
    body = orjson.loads(task.body)
    assert body["input"][0]["valuePositiveInt"] == 2
    town.write(P, again(plan(activity(), activity(description="別の支援")), 2))
    assert forged(town, "CarePlan/plan", 3, DECIDED) == [f"CarePlan/plan/_history/3 {MORE}"]
