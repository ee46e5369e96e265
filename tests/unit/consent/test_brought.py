"""P13: roles open the case that they were decided for, with its plan, and none that another agency keeps of it.

R11, R22 and R40 of the domain, decision 5: that a household is kept twice is told to the coordinator alone.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.laws.worlds import extension, own, ref
from tests.unit.consent.test_carrying_out import CONV, P, Q, activity, again, close, plan
from tests.unit.consent.test_case_given import hand_over
from tests.unit.consent.test_named_for_a_role import Q2, D, decide, hire, take_on, told
from tests.unit.consent.test_settled import differences
from tests.unit.consent.test_strayed import both_care
from tests.unit.consent.town import Town, case, conference

Json = dict[str, Any]

OURS, THEIRS = {"CarePlan/k", "CarePlan/plan"}, {"CarePlan/kq", "CarePlan/theirs"}


@pytest.fixture
def twice(open_: Town) -> Town:
    """The other agency keeps a case of the household too, and a plan by it; the center's is before the meeting."""
    hire(open_)
    both_care(open_, "1", "2")
    open_.write(Q, case("kq"))
    open_.write(Q, plan(activity(status="in-progress")) | {"id": "theirs"})
    open_.write(P, plan(activity(status="in-progress")))
    return open_


def read(town: Town, who: Any) -> set[str]:
    """Which of them one reads; finding tells the same."""
    found = {name for name in OURS | THEIRS if town.reads(who, name)}
    assert found == (OURS | THEIRS) & {*town.search(who, "CarePlan")}
    return found


def test_who_carries_them_out_and_who_keeps_that_case_read_no_other_of_the_household(twice: Town) -> None:
    """The other agency is not asked to act with them: who decides would have to name it to everybody."""
    assert read(twice, P) == OURS
    decide(twice, "desk")
    [task] = told(twice, D)
    take_on(twice, D, task, owner=ref("PractitionerRole/d"))
    assert read(twice, P) == read(twice, D) == OURS
    assert read(twice, Q2) >= THEIRS
    assert differences(twice) == []


def test_the_plan_of_another_case_is_not_the_one_that_was_decided_on(twice: Town) -> None:
    decide(twice, "desk")
    marked = {each.reference for each in twice.stored("CarePlan") if ".decided yes" in each.terms}
    assert marked == {"CarePlan/plan"}
    close(twice)
    assert differences(twice) == []


def test_nor_does_it_keep_a_meeting_open_that_decided(twice: Town) -> None:
    decide(twice, "desk")
    said = [{"url": "outcome", "valueCoding": own("conference-outcome", "decided")}]
    said += [{"url": "direction", "valueString": "家計を立て直す"}, {"url": "priority", "valueString": "家計の相談"}]
    meeting = conference("finished", "q", "p")
    decision = extension("conference-decision", extension=said)
    twice.write(CONV, again(meeting | {"extension": [*meeting["extension"], decision]}, 2))
    [closed] = [orjson.loads(each.body) for each in twice.stored("Encounter") if each.id == "m"]
    assert closed["status"] == "finished"


@pytest.mark.parametrize("amended", [False, True])
def test_a_plan_that_stays_with_who_gave_the_case_away_is_read_on(open_: Town, amended: bool) -> None:
    """Who was given the case reads it in every version, who carries it out as it was decided on."""
    hire(open_)
    open_.write(P, plan(activity(status="in-progress")))
    decide(open_, "desk")
    [task] = told(open_, D)
    take_on(open_, D, task, owner=ref("PractitionerRole/d"))
    if amended:
        open_.write(P, again(plan(activity(status="in-progress"), title="書き直した計画")))
    hand_over(open_)
    assert [open_.reads(who, "CarePlan/k") for who in (Q2, D)] == [True, True]
    assert [open_.reads(who, "CarePlan/plan") for who in (Q2, D)] == [True, not amended]
    assert differences(open_) == []
