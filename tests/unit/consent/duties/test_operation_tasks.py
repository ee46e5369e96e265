"""P1: what an operation puts before somebody is the server's Task; who asked takes it back, and no more is done."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import Duty, dividing, merge, transfer
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, change, wrongs

Json = dict[str, Any]

ELSE: Json = {"resourceType": "Task", "id": "1", "status": "requested", "code": concept("task-code", "inquiry")}
ASKED = (
    (transfer.answered_by_the_operation, "transfer", "$transfer"),
    (transfer.answered_by_the_operation, "open-transferred", "$transfer"),
    (transfer.answered_by_the_operation, "move-keeping", "$transfer"),
    (transfer.answered_by_the_operation, "confirm-mistake", "$mark-mistake"),
    (transfer.answered_by_the_operation, "confirm-plan", "$confirm-plan"),
    (transfer.answered_by_the_operation, "decide-coordination", "$decide-coordination"),
    (merge.answered_by_the_operation, "merge", "$merge"),
    (merge.answered_by_the_operation, "unmerge", "$merge"),
    (dividing.answered_by_the_operation, "divide", "$divide"),
)
each_of_them = pytest.mark.parametrize(("duty", "code", "operation"), ASKED)
SERVERS, UNANSWERED = ["P1! at Task.code"], ["P1! at Task.status"]


def found(duty: Duty, before: Json | None, after: Json | None, custodian: str = CENTER) -> list[str]:
    return wrongs(duty, change(before, after, custodian=custodian))


@each_of_them
def test_the_server_alone_writes_it(duty: Duty, code: str, operation: str) -> None:
    task = ELSE | {"code": concept("task-code", code), "for": ref("Group/g")}
    assert found(duty, None, task) == found(duty, task, None) == SERVERS
    assert found(duty, ELSE, task) == found(duty, task, ELSE) == SERVERS, "nor does another become one, or it another"
    for element in ("focus", "owner", "requester", "input", "output", "executionPeriod", "description"):
        assert found(duty, task, task | {element: "x"}) == SERVERS, element
        assert found(duty, task | {element: "x"}, task) == SERVERS, element
        assert found(duty, task, task | {element: "x", "status": "cancelled"}) == SERVERS, element
    (told,) = duty(change(None, task))
    assert f"{operation}`" in told.text
    assert f"{operation}`" in told.ja


@each_of_them
def test_it_is_answered_by_the_operation_and_not_by_a_status(duty: Duty, code: str, operation: str) -> None:
    task = ELSE | {"code": concept("task-code", code)}
    for status in ("received", "accepted", "completed", "rejected", "entered-in-error"):
        assert found(duty, task, task | {"status": status}) == UNANSWERED, status
    (told,) = duty(change(task, task | {"status": "accepted"}))
    assert f"Task/[id]/{operation}`" in told.text
    assert f"Task/[id]/{operation}`" in told.ja


@each_of_them
def test_who_asked_takes_it_back_while_it_waits(duty: Duty, code: str, operation: str) -> None:
    task = ELSE | {"code": concept("task-code", code)}
    beside: Json = {"statusReason": {"text": "誤り"}, "note": [{"text": "誤り"}], "lastModified": "x", "text": {}}
    back = task | beside | {"status": "cancelled", "id": "2"}
    assert found(duty, task, back) == []
    assert found(duty, task, back, "Organization/other") == UNANSWERED, "nobody else does"
    for status in ("completed", "rejected", "accepted", "cancelled"):
        assert found(duty, task | {"status": status}, back) == UNANSWERED, status
    for element, said in beside.items():
        assert found(duty, task, task | {element: said}) == UNANSWERED, f"{element}: it says nothing by itself"
    assert found(duty, task, dict(task)) == []


@each_of_them
def test_what_anybody_else_asks_is_none_of_it(duty: Duty, code: str, operation: str) -> None:
    for before, after in ((None, ELSE), (ELSE, None), (ELSE, ELSE | {"status": "accepted", "owner": ref("x/1")})):
        assert found(duty, before, after) == []
    others = [each for each, _, _ in ASKED if each is not duty]
    task = ELSE | {"code": concept("task-code", code)}
    assert all(found(other, None, task) == [] for other in others)


@pytest.mark.parametrize("duty", [transfer.answered_by_the_operation, merge.answered_by_the_operation])
def test_what_stands_in_its_meta_is_the_servers_business(duty: Duty) -> None:
    code = "transfer" if duty is transfer.answered_by_the_operation else "merge"
    task = ELSE | {"code": concept("task-code", code)}
    assert found(duty, task, task | {"status": "cancelled", "meta": {"versionId": "1"}}) == []


def test_the_task_of_a_division_is_not_opened_by_another_label() -> None:
    duty = dividing.answered_by_the_operation
    task = ELSE | {"code": concept("task-code", "divide"), "meta": {"versionId": "1", "security": [{"code": "V"}]}}
    back = task | {"status": "cancelled"}
    same = {"security": [{"code": "V"}]}
    marks: Json
    other: Json
    for marks in ({}, {"versionId": "2"}, {"lastUpdated": "x"}, {"source": "x"}):
        assert found(duty, task, back | {"meta": same | marks}) == [], marks
    for other in ({}, {"security": []}, same | {"tag": [{"code": "x"}]}, same | {"profile": ["x"]}):
        assert found(duty, task, back | {"meta": other}) == SERVERS, other
        assert found(duty, task, task | {"meta": other}) == SERVERS, other
    assert found(duty, {k: v for k, v in task.items() if k != "meta"}, task) == SERVERS
