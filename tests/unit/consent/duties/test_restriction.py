"""D1 and D2: what the server asks about protections and conflicts is answered, and nothing else is done with it."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import restriction
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import change, officer, post, wrongs

Json = dict[str, Any]

LEAD = officer(post("lead-section"))
ANSWERS = ("status", "statusReason", "output", "note", "lastModified", "meta", "text", "id")
OTHER: Json = {"resourceType": "Task", "status": "requested", "code": concept("task-code", "coordinate")}
REVIEW = OTHER | {"code": concept("task-code", "review-restriction")}
LIST = OTHER | {"code": concept("task-code", "ask-list")}


def looked_at(before: Json | None, after: Json | None, who: Any = LEAD) -> list[str]:
    return wrongs(restriction.looked_at_by_the_lead_section, change(before, after, who))


def asked(before: Json | None, after: Json | None) -> list[str]:
    return wrongs(restriction.list_asked_by_the_server, change(before, after))


@pytest.mark.parametrize("element", ANSWERS)
def test_it_is_answered_by_these_elements(element: str) -> None:
    assert looked_at(REVIEW, REVIEW | {element: "said"}) == []
    assert asked(LIST, LIST | {element: "said"}) == []


def test_a_review_is_answered_by_the_lead_section() -> None:
    assert looked_at(REVIEW, REVIEW | {"status": "completed"}, None) == ["D1! at Task.status"]


@pytest.mark.parametrize("changed", [{"owner": ref("PractitionerRole/x")}, {"code": OTHER["code"]}])
def test_whatever_else_is_changed_is_the_servers(changed: Json) -> None:
    assert looked_at(REVIEW, REVIEW | changed) == looked_at(REVIEW | changed, REVIEW) == ["D1! at Task.code"]
    assert asked(LIST, LIST | changed) == asked(LIST | changed, LIST) == ["D1! at Task.code"]


def test_nobody_else_writes_or_deletes_it() -> None:
    assert looked_at(None, REVIEW) == looked_at(REVIEW, None) == looked_at(OTHER, REVIEW) == ["D1! at Task.code"]
    assert asked(None, LIST) == asked(LIST, None) == asked(OTHER, LIST) == ["D1! at Task.code"]


def test_other_tasks_are_none_of_it() -> None:
    for duty in (restriction.looked_at_by_the_lead_section, restriction.list_asked_by_the_server):
        assert wrongs(duty, change(None, OTHER)) == wrongs(duty, change(OTHER, None)) == []
        assert wrongs(duty, change(OTHER, OTHER | {"owner": ref("PractitionerRole/x")})) == []
    assert looked_at(LIST, None) == asked(REVIEW, None) == []
