"""$meta, $meta-add and $meta-delete: what they take, what they answer, and what they refuse."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Json, actor, concern, patient

P, Q = actor("p"), actor("q")
TAG = {"system": "urn:t", "code": "a"}
WHOLE = {"profile": ["urn:p"], "security": [{"system": "urn:s", "code": "x"}], "tag": [TAG]}


def carrying(**parameter: Any) -> Json:
    return {"resourceType": "Parameters", "parameter": [parameter]}


def asking(**meta: Any) -> Json:
    return carrying(name="meta", valueMeta=meta)


def told(answer: Any) -> Json:
    [parameter] = orjson.loads(answer.body)["parameter"]
    assert parameter["name"] == "return"
    meta: Json = parameter.get("valueMeta", {})
    return {key: value for key, value in meta.items() if key not in ("versionId", "lastUpdated")}


@pytest.fixture
def town(calling: Calling) -> Calling:
    calling.town.write(P, patient("1"), concern("c", "1"))
    return calling


def test_what_is_added_is_there_and_what_is_taken_off_is_not(town: Calling) -> None:
    added = town.ask(P, "POST", "Condition/c/$meta-add", asking(**WHOLE, versionId="9"))
    assert (added.status, added.headers["etag"]) == (200, 'W/"2"')
    assert told(added) == WHOLE
    again = town.ask(P, "POST", "Condition/c/$meta-add", asking(tag=[TAG]))
    assert again.headers["etag"] == 'W/"2"'
    left = town.ask(P, "POST", "Condition/c/$meta-delete", asking(tag=[TAG], profile=["urn:p"]))
    assert left.headers["etag"] == 'W/"3"'
    assert told(left) == {"security": WHOLE["security"]}
    assert told(town.ask(P, "GET", "Condition/c/$meta")) == told(left)
    assert told(town.ask(P, "GET", "Condition/c/_history/1/$meta")) == {}
    assert told(town.ask(P, "GET", "Condition/c/_history/2/$meta")) == WHOLE


def test_what_is_in_use_is_told_of_a_type_and_of_the_server(town: Calling) -> None:
    town.ask(P, "POST", "Condition/c/$meta-add", asking(**WHOLE))
    town.ask(P, "POST", "Patient/1/$meta-add", asking(tag=[TAG]))
    assert told(town.ask(P, "GET", "Condition/$meta")) == WHOLE
    assert told(town.ask(P, "GET", "Patient/$meta")) == {"tag": [TAG]}
    assert told(town.ask(P, "GET", "$meta")) == WHOLE
    assert told(town.ask(Q, "GET", "$meta")) == told(town.ask(NOBODY, "GET", "$meta")) == {}
    assert town.ask(NOBODY, "GET", "Condition/$meta").status == 401
    assert town.ask(P, "GET", "Nothing/$meta").status == 404


def test_what_is_not_there_for_the_caller_is_answered_alike(town: Calling) -> None:
    for who, name in ((Q, "Condition/c"), (P, "Condition/d")):
        for method, operation, body in (
            ("GET", "$meta", None),
            ("POST", "$meta-add", asking(tag=[TAG])),
            ("POST", "$meta-delete", asking(tag=[TAG])),
        ):
            answer = town.ask(who, method, f"{name}/{operation}", body)
            assert answer.status == 404
            assert name in answer.body.decode()
    assert town.ask(P, "GET", "Condition/c/_history/x/$meta").status == 404


def test_the_version_it_rests_on_counts(town: Calling) -> None:
    stale = town.ask(P, "POST", "Condition/c/$meta-add", asking(tag=[TAG]), {"if-match": 'W/"7"'})
    assert stale.status == 412
    assert town.ask(P, "POST", "Condition/c/$meta-add", asking(tag=[TAG]), {"if-match": 'W/"1"'}).status == 200


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"resourceType": "Parameters"}, "Parameters.parameter"),
        (carrying(name="x", valueMeta={"tag": [TAG]}), "Parameters.parameter"),
        (carrying(name="meta", valueString="x"), "Parameters.parameter"),
        (asking(tag=[TAG], source="urn:x"), "Parameters.parameter.valueMeta.source"),
        (asking(tag=[{"display": "a"}]), "Parameters.parameter.valueMeta.tag[0].code"),
        (asking(versionId="1"), "Parameters.parameter.valueMeta"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused_where_it_stands(body: Json, at: str, town: Calling) -> None:
    answer = town.ask(P, "POST", "Condition/c/$meta-add", body)
    assert answer.status == 422, answer.body
    assert at in answer.body.decode()


def test_that_somebody_is_protected_is_refused_with_the_operations_that_do_it(town: Calling) -> None:
    label = {"system": "https://tsunagu.example/fhir/CodeSystem/secrecy-label", "code": "address-secret"}
    for operation in ("$meta-add", "$meta-delete"):
        answer = town.ask(P, "POST", f"Patient/1/{operation}", asking(security=[label]), {"accept-language": "en"})
        assert answer.status == 422
        said = answer.body.decode()
        assert all(word in said for word in ("D1:", "$protect", "$lift-protection", "解除します"))
