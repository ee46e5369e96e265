"""P1: the Task by which a record is handed over is the server's; who asked takes it back, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import transfer
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]

OTHER: Json = {"resourceType": "Task", "status": "requested", "code": concept("task-code", "inquiry")}
OFFER = OTHER | {"code": concept("task-code", "transfer")}


def found(before: Json | None, after: Json | None) -> list[str]:
    return wrongs(transfer.answered_by_the_operation, change(before, after))


@pytest.mark.parametrize("code", ["transfer", "open-transferred", "move-keeping"])
def test_the_server_alone_begins_and_removes_it(code: str) -> None:
    task = OTHER | {"code": concept("task-code", code)}
    assert found(None, task) == found(task, None) == found(OTHER, task) == found(task, OTHER) == ["P1! at Task.code"]
    assert found(task, task | {"owner": ref("Organization/x")}) == ["P1! at Task.code"]


@pytest.mark.parametrize("status", ["received", "accepted", "completed", "rejected", "entered-in-error"])
def test_it_is_not_answered_by_writing_a_status(status: str) -> None:
    assert found(OFFER, OFFER | {"status": status}) == ["P1! at Task.status"]


def test_it_is_taken_back_while_it_waits() -> None:
    why = {"statusReason": {"text": "誤り"}, "note": [{"text": "誤り"}], "meta": {}, "text": {}, "lastModified": "x"}
    assert found(OFFER, OFFER | {"status": "cancelled"} | why) == []
    done = OFFER | {"status": "completed"}
    assert found(done, done | {"status": "cancelled"}) == ["P1! at Task.status"]


def test_nothing_is_written_beside_it() -> None:
    assert found(OFFER, OFFER | {"note": [{"text": "見た"}]}) == ["P1! at Task.status"]
    assert found(OFFER, OFFER) == []


def test_other_tasks_are_none_of_it() -> None:
    assert found(None, OTHER) == found(OTHER, None) == found(OTHER, OTHER | {"status": "accepted"}) == []
