"""Of a household whose case two agencies keep, or kept, the coordinator's plan is kept by who keeps the one it took on.

R15, R37 and R40 of the domain; docs/policy.md, "whom a record is about".
"""

from __future__ import annotations

from typing import Any

import pytest

from resources.record import envelope
from tests.laws.worlds import ref
from tests.unit.consent.test_in_sight import CO, PLAN, P, Q
from tests.unit.consent.test_of_others import RESOLVED, beside, coordinated
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, case, coordination

Json = dict[str, Any]

__all__ = ["beside"]

THEIRS = case("theirs")
BOTH: Json = coordination("requested") | {"id": "second", "focus": ref("CarePlan/theirs")}
BOTH |= {"requester": ref("Organization/other")}


@pytest.fixture
def twice(beside: Town) -> Town:
    """The center's case is coordinated; the other agency keeps one, too."""
    beside.write(Q, THEIRS)
    coordinated(beside)
    return beside


def keeper(town: Town) -> str:
    [plan] = [each for each in town.stored("CarePlan") if each.id == "plan"]
    return envelope.value(plan.terms, ".custodian")


def test_it_is_kept_by_who_keeps_the_case_that_was_taken_on_and_may_be_based_on_it(twice: Town) -> None:
    twice.write(CO, PLAN | {"basedOn": [ref("CarePlan/k")]})
    assert keeper(twice) == "Organization/center"
    assert twice.reads(P, "CarePlan/plan")


def test_a_case_that_has_ended_keeps_none(beside: Town) -> None:
    beside.write(Q, THEIRS)
    beside.write(Q, THEIRS | {"status": "completed", "extension": RESOLVED} | again())
    coordinated(beside)
    beside.write(CO, PLAN)
    assert keeper(beside) == "Organization/center"


@pytest.mark.parametrize(("based_on", "kept"), [("", "center"), ("theirs", "other"), ("k", "center")])
def test_of_two_that_were_taken_on_it_is_that_which_it_is_based_on_else_the_first(
    twice: Town, based_on: str, kept: str
) -> None:
    twice.write(Q, BOTH)
    twice.write(CO, BOTH | {"status": "accepted"} | again())
    twice.write(CO, PLAN | ({"basedOn": [ref(f"CarePlan/{based_on}")]} if based_on else {}))
    assert keeper(twice) == f"Organization/{kept}"
