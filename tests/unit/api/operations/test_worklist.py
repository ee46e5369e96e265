"""$worklist tells of the types that the token reaches, and leaves the others out without a word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import scope
from tests.laws.worlds import ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.town import Json, actor, patient, taken_on

P, Q = actor("p"), actor("q")


@pytest.fixture
def asked(calling: Calling) -> Calling:
    """The other agency was asked about somebody, and has not answered."""
    calling.town.write(P, patient("1"))
    taken_on(calling.town)
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    calling.town.write(P, task | {"requester": ref("Organization/center"), "owner": ref("Organization/other")})
    return calling


def told(asked: Calling, scopes: str = "") -> list[Any]:
    who = replace(Q, scopes=scope.parse(scopes)) if scopes else Q
    answer = asked.ask(who, "GET", "$worklist?for=agency&since=2026-11-01T00:00:00Z")
    assert answer.status == 200, answer.body
    found = orjson.loads(answer.body).get("parameter", ())
    return [each for each in found if each["name"] in ("item", "opened")]


def test_what_a_narrow_token_does_not_reach_is_left_out_and_refuses_nothing(asked: Calling) -> None:
    whole = told(asked)
    assert whole
    assert told(asked, "user/Task.rs user/ServiceRequest.rs") != []
    assert told(asked, "user/Group.rs") == []
