"""What only asks can be asked by POST too, as R4 has it and as many clients know it alone: the answer is the same."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from api.routing import routes
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Json, actor, case, concern, household, patient

P = actor("p")


@pytest.fixture
def town(calling: Calling) -> Calling:
    calling.town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"), case())
    return calling


def _of(**given: Any) -> Json:
    listed = [{"name": name, **said} for name, said in given.items()]
    return {"resourceType": "Parameters"} | ({"parameter": listed} if listed else {})


@pytest.mark.parametrize(
    ("path", "query", "given"),
    [
        ("Patient/1/$everything", "", {}),
        ("Patient/1/$everything", "?_type=Condition&_count=1",
         {"_type": {"valueCode": "Condition"}, "_count": {"valueInteger": 1}}),
        ("Group/g/$everything", "?_since=2100-01-01T00:00:00Z", {"_since": {"valueInstant": "2100-01-01T00:00:00Z"}}),
        ("Group/g/$household-summary", "", {}),
        ("Patient/1/$who-can-see", "", {}),
        ("Condition/c/$explain-access", "", {}),
        ("Condition/c/$meta", "", {}),
        ("Patient/$meta", "", {}),
        ("ValueSet/concern-field/$expand", "?includeDesignations=true&count=2",
         {"includeDesignations": {"valueBoolean": True}, "count": {"valueInteger": 2}}),
        ("CodeSystem/concern-field/$validate-code", "?code=housing", {"code": {"valueCode": "housing"}}),
    ],
)  # fmt: skip
def test_it_is_answered_as_by_get(town: Calling, path: str, query: str, given: dict[str, Json]) -> None:
    asked, posted = town.ask(P, "GET", f"{path}{query}"), town.ask(P, "POST", path, _of(**given))
    assert (posted.status, posted.kind) == (200, asked.kind), posted.body
    assert _timeless(posted.body) == _timeless(asked.body)


def _timeless(body: bytes) -> Any:
    found = orjson.loads(body)
    found.get("expansion", {}).pop("timestamp", None)
    found.get("expansion", {}).pop("identifier", None)
    for each in (found, *found.get("parameter", ())):
        for name in ("date", "valueInstant", "id"):
            each.pop(name, None)
    return found


def test_a_coding_is_asked_about_by_the_code_system_that_has_it(town: Calling) -> None:
    coding = {"system": "https://tsunagu.example/fhir/CodeSystem/concern-field", "code": "housing"}
    answer = town.ask(P, "POST", "CodeSystem/concern-field/$validate-code", _of(coding={"valueCoding": coding}))
    assert orjson.loads(answer.body)["parameter"][0] == {"name": "result", "valueBoolean": True}


def test_what_is_no_input_is_said_and_nobody_asks_who_has_not_signed_in(town: Calling) -> None:
    for given in ({"colour": {"valueString": "blue"}}, {"_count": {"valueCoding": {"code": "x"}}}):
        answer = town.ask(P, "POST", "Patient/1/$everything", _of(**given))
        assert answer.status == 400, answer.body
    assert town.ask(P, "POST", "Patient/1/$everything", patient("1")).status == 400
    assert town.ask(NOBODY, "POST", "Patient/1/$everything", _of()).status == 401
    assert town.ask(P, "POST", "Patient/1/$everything").status == 200


def test_every_operation_is_asked_by_post() -> None:
    """Only of what an answer gave the address of there is nothing to send."""
    posted = {row.path for row in routes.OPERATIONS if row.method == "POST"}
    assert {row.path for row in routes.OPERATIONS} - posted == {"/$export-status/{id}", "/$export-file/{id}/{version}"}
