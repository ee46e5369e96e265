"""$explain-access, $who-can-see and $simulate: what they take and what they refuse."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Json, actor, concern, household, paper, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")
OTHER_NAME = {"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "y"}]}


@pytest.fixture
def town(calling: Calling) -> Calling:
    calling.town.write(P, patient("1"), household("1"), concern("c", "1"), paper(consent("a")))
    return calling


def changing(*resources: Json) -> Json:
    return {"resourceType": "Parameters", "parameter": [{"name": "change", "resource": each} for each in resources]}


def named(answer: Any, name: str) -> list[Json]:
    assert answer.status == 200, answer.body
    return [each for each in orjson.loads(answer.body)["parameter"] if each["name"] == name]


@pytest.mark.parametrize("purpose", ["CAREMGT", "http://terminology.hl7.org/CodeSystem/v3-ActReason|CAREMGT"])
def test_a_purpose_is_a_code_or_a_code_of_its_system(purpose: str, town: Calling) -> None:
    answer = town.ask(P, "GET", f"Condition/c/$explain-access?purpose={purpose}")
    assert named(answer, "purpose") == [{"name": "purpose", "valueCode": "CAREMGT"}]
    wrong = town.ask(P, "GET", "Condition/c/$explain-access?purpose=urn:x|CAREMGT")
    assert wrong.status == 400
    assert "urn:x|CAREMGT" in wrong.body.decode()


@pytest.mark.parametrize("address", ["Patient/1/$who-can-see", "Group/g/$who-can-see"])
def test_who_can_see_is_asked_of_a_person_and_of_a_household(address: str, town: Calling) -> None:
    assert [each["part"][0]["valueString"] for each in named(town.ask(P, "GET", address), "ground")] == ["P1"]
    assert len(named(town.ask(P, "GET", f"{address}?at=2026-11-23T00:00:00%2B09:00"), "at")) == 1
    assert town.ask(P, "GET", f"{address}?at=yesterday").status == 400
    assert town.ask(P, "GET", f"{address}?of=Q").status == 400
    assert town.ask(Q, "GET", address).status == 404
    assert town.ask(NOBODY, "GET", address).status == 401


@pytest.mark.parametrize("question", ["Patient/1/$who-can-see", "Condition/c/$explain-access"])
def test_what_is_to_come_is_not_asked_about(question: str, town: Calling) -> None:
    answer = town.ask(P, "GET", f"{question}?at=2026-11-23T13:00:01%2B09:00")
    assert answer.status == 400
    [issue] = orjson.loads(answer.body)["issue"]
    assert issue["expression"] == ["at"]
    assert town.ask(P, "GET", f"{question}?at=2026-11-23T13:00:00%2B09:00").status == 200


def test_a_change_is_simulated_and_not_made(town: Calling) -> None:
    new = {key: value for key, value in consent("a").items() if key != "id"}
    answer = town.ask(P, "POST", "$simulate", changing(new))
    [actor_] = named(answer, "actor")
    assert actor_["part"][0]["valueReference"] == {"reference": "Organization/other"}
    assert actor_["part"][1]["part"][0] == {"name": "records", "valueInteger": 4}
    assert orjson.loads(town.ask(P, "GET", "Consent").body)["total"] == 0
    assert town.ask(NOBODY, "POST", "$simulate", changing(new)).status == 401


@pytest.mark.parametrize(
    ("body", "status", "at"),
    [
        ({"resourceType": "Parameters"}, 422, "Parameters.parameter"),
        (OTHER_NAME, 422, "Parameters.parameter[0]"),
        (changing(concern("d", "1")), 400, "Parameters.parameter[0].resource"),
        (changing({"resourceType": "Group", "id": "none", "type": "person", "actual": True}), 404, "Group/none"),
        (changing(*[household("1")] * 11), 422, "Parameters.parameter"),
        ({"resourceType": "Group", "type": "person", "actual": True}, 400, "resourceType"),
    ],
)  # fmt: skip
def test_what_cannot_be_simulated_is_refused_where_it_stands(body: Json, status: int, at: str, town: Calling) -> None:
    answer = town.ask(P, "POST", "$simulate", body)
    assert answer.status == status, answer.body
    assert at in answer.body.decode()
