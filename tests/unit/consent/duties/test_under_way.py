"""R16, R17 and R44: nothing is a mistake or deleted while others work on it; R3: nor a confirmation that was given."""

from __future__ import annotations

from typing import Any

import pytest

from consent import under_way
from consent.duties import confirmation, mistake
from consent.duty_context import DutyContext
from tests.laws.worlds import concept
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]

CASE: Json = {"resourceType": "CarePlan", "id": "k", "status": "active"}
CASE |= {"category": [concept("record-category", "case")]}
PLAN = CASE | {"category": [concept("record-category", "total-care-plan")]}
WRONG: Json = {"status": "entered-in-error"}
RULES = {
    under_way.CALLED: ("R44", "a conference is called on this"),
    under_way.CARRIED: ("R16", "roles are carried out for this household"),
    under_way.COORDINATED: ("R17", "the coordinator has taken this on"),
    under_way.REVIEWED: ("R44", "stays with its review"),
}


def lost(before: Json | None, after: Json | None, *going: str) -> list[str]:
    around = DutyContext(under_way=frozenset(going))
    return wrongs(mistake.of_nothing_under_way, change(before, after, duty_context=around))


@pytest.mark.parametrize("what", RULES)
def test_what_others_work_on_is_neither_deleted_nor_a_mistake(what: str) -> None:
    rule, said = RULES[what]
    assert lost(CASE, CASE | WRONG, what) == lost(CASE, None, what) == lost(PLAN, None, what) == [f"{rule} at CarePlan"]
    (told,) = mistake.of_nothing_under_way(change(CASE, None, duty_context=DutyContext(under_way=frozenset({what}))))
    assert said in told.text
    assert lost(CASE, CASE | WRONG) == lost(CASE, None) == []
    assert lost(CASE, CASE | {"status": "completed"}, what) == []
    assert lost(CASE | WRONG, CASE | WRONG, what) == lost(None, CASE | WRONG, what) == lost(None, CASE, what) == []
    assert lost(CASE | WRONG, CASE, what) == []
    assert lost(CASE | WRONG, None, what) == [f"{rule} at CarePlan"], "a mistake is no reason to delete it"


def test_of_a_plan_that_is_a_mistake_they_are_told_and_each_is_named() -> None:
    assert lost(PLAN, PLAN | WRONG, *RULES) == []
    assert lost(CASE, None, *RULES) == [f"{RULES[what][0]} at CarePlan" for what in sorted(RULES)]


def given(code: str, status: str = "completed") -> Json:
    return {"resourceType": "Task", "id": "1", "status": status, "code": concept("task-code", code)}


@pytest.mark.parametrize("code", ["confirm-guardian", "confirm-birth-date", "confirm-death"])
def test_a_confirmation_that_was_given_is_not_deleted(code: str) -> None:
    def kept(before: Json | None, after: Json | None) -> list[str]:
        return wrongs(confirmation.kept, change(before, after))

    assert kept(given(code), None) == ["R3 at Task.status"]
    for status in ("requested", "accepted", "rejected", "entered-in-error"):
        assert kept(given(code, status), None) == [], status
    assert kept(given("inquiry"), None) == []
    assert kept(given(code), given(code, "entered-in-error")) == kept(None, given(code)) == []
    (told,) = confirmation.kept(change(given(code), None))
    assert ("RelatedPerson" in told.text) == (code == "confirm-guardian")
