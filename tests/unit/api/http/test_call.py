"""A call is made of plain values: what answers a request answers an entry of a Bundle."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import orjson
import pytest

from api.http.call import Call
from tests.laws.worlds import concept
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import INSTALLER, actor, patient

P, Q = actor("p"), actor("q")


def test_a_record_is_made_read_changed_found_and_deleted_without_http(calling: Calling) -> None:
    made = calling.ask(P, "POST", "Patient", patient("ignored"))
    assert (made.status, made.headers["etag"]) == (201, 'W/"1"')
    id = orjson.loads(made.body)["id"]
    assert made.headers["location"].endswith(f"/fhir/Patient/{id}/_history/1")
    read = calling.ask(P, "GET", f"Patient/{id}")
    assert (read.status, read.body) == (200, made.body)
    changed = orjson.loads(read.body) | {"gender": "female"}
    assert calling.ask(P, "PUT", f"Patient/{id}", changed, {"if-match": 'W/"1"'}).status == 200
    assert calling.ask(P, "PUT", f"Patient/{id}", changed, {"if-match": 'W/"1"'}).status == 412
    found = orjson.loads(calling.ask(P, "GET", f"Patient?_id={id}&gender=female").body)
    assert [entry["resource"]["gender"] for entry in found["entry"]] == ["female"]
    history = orjson.loads(calling.ask(P, "GET", f"Patient/{id}/_history").body)
    assert history["total"] == 2
    assert calling.ask(Q, "GET", f"Patient/{id}").status == 404


def test_an_operation_is_called_as_an_interaction_is(calling: Calling) -> None:
    desk = {"resourceType": "HealthcareService", "id": "open", "active": True}
    calling.town.write(INSTALLER, desk | {"category": [concept("concern-field", "debts")]})
    found = orjson.loads(calling.ask(NOBODY, "GET", "HealthcareService/$route?field=debts").body)
    named = [each["resource"]["id"] for each in found["entry"] if each["search"]["mode"] == "match"]
    assert named == ["desk", "open"]
    assert calling.ask(P, "GET", "CarePlan/nobody_s/$timetable").status == 404


def test_a_body_is_read_when_it_is_asked_for_and_no_further_than_the_limit(calling: Calling) -> None:
    long = patient("1", name=[{"text": "長" * 4096}])
    assert calling.ask(P, "POST", "Patient", long).status == 413
    assert calling.ask(NOBODY, "POST", "Patient", long).status == 401
    assert calling.ask(P, "GET", "Organization/center", long).status == 200


def test_a_call_knows_when_it_is_and_which_request(calling: Calling) -> None:
    one = Call("GET", {}, (), {}, None, P, calling.on)  # type: ignore[arg-type]  # nobody reads a body here
    assert (one.now, one.request) == (P.now, P.request)


def test_a_call_holds_no_request_of_a_framework() -> None:
    assert "starlette" not in " ".join(str(each.type) for each in fields(Call)).lower()


@pytest.mark.parametrize("tag", ["banana", "", "W/", "2x"])
def test_a_tag_that_is_no_version_is_named(calling: Calling, tag: str) -> None:
    answer = calling.ask(P, "DELETE", "Task/1", headers={"if-match": tag})
    assert answer.status == 400
    assert tag in said(answer.body)


def said(body: bytes) -> Any:
    return orjson.loads(body)["issue"][0]["diagnostics"]
