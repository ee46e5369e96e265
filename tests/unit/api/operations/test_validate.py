"""$validate tells what a write would be refused for, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources.record import coding
from tests.laws.worlds import ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Json, actor, concern, patient

P, Q = actor("p"), actor("q")
HOUSEHOLD = f"{coding.BASE}/StructureDefinition/household"
ANIMAL = {"resourceType": "Group", "type": "animal", "actual": True}


@pytest.fixture
def town(calling: Calling) -> Calling:
    calling.town.write(P, patient("1"), concern("c", "1"))
    return calling


def asking(resource: Json | None = None, **values: str) -> Json:
    kinds = {"mode": "valueCode", "profile": "valueUri"}
    given: list[Json] = [{"name": "resource", "resource": resource}] if resource else []
    given += [{"name": name, kinds[name]: value} for name, value in values.items()]
    return {"resourceType": "Parameters", "parameter": given}


def issues(answer: Any) -> list[tuple[str, str, str]]:
    assert answer.status == 200, answer.body
    outcome = orjson.loads(answer.body)
    assert outcome["resourceType"] == "OperationOutcome"
    return [(each["severity"], each["code"], *each.get("expression", [""])) for each in outcome["issue"]]


GOOD = [("information", "informational", "")]


def test_a_good_resource_is_good_by_itself_and_in_a_parameters(town: Calling) -> None:
    assert issues(town.ask(P, "POST", "Condition/$validate", concern("n", "1"))) == GOOD
    assert issues(town.ask(P, "POST", "Condition/$validate", asking(concern("n", "1")))) == GOOD
    assert issues(town.ask(P, "POST", "Condition/$validate", asking(concern("n", "1"), mode="create"))) == GOOD


def test_a_bad_one_is_told_with_its_places(town: Calling) -> None:
    bad = concern("n", "1") | {"abatementString": "x", "note": [{"text": " "}]}
    expected = {("error", "invariant", "Condition"), ("error", "value", "Condition.note[0].text")}
    assert set(issues(town.ask(P, "POST", "Condition/$validate", bad))) == expected
    assert set(issues(town.ask(P, "POST", "Condition/$validate", asking(bad, mode="create")))) == expected


def test_a_profile_is_asked_beside_what_is_claimed(town: Calling) -> None:
    assert issues(town.ask(P, "POST", "Group/$validate", ANIMAL)) == GOOD
    for body, query in ((asking(ANIMAL, profile=HOUSEHOLD), ""), (ANIMAL, f"?profile={HOUSEHOLD}&mode=profile")):
        assert issues(town.ask(P, "POST", f"Group/$validate{query}", body)) == [("error", "value", "Group.type")]
    claimed = ANIMAL | {"meta": {"profile": [HOUSEHOLD]}}
    assert issues(town.ask(P, "POST", "Group/$validate", claimed)) == [("error", "value", "Group.type")]
    assert issues(town.ask(P, "POST", "Group/$validate", asking(ANIMAL, profile="urn:x"))) == [
        ("error", "not-supported", "")
    ]
    unknown = ANIMAL | {"meta": {"profile": ["urn:x"]}}
    assert issues(town.ask(P, "POST", "Group/$validate", unknown)) == [
        ("warning", "not-supported", "Group.meta.profile[0]")
    ]


def test_a_rehearsal_tells_what_the_write_would_and_no_more(town: Calling) -> None:
    unseen, absent = concern("n", "1"), concern("n", "2")
    for mode in ("create", "update"):
        told = [town.ask(Q, "POST", "Condition/$validate", asking(each, mode=mode)) for each in (unseen, absent)]
        assert issues(told[0]) == issues(told[1])
        assert told[0].body.replace(b"Patient/1", b"Patient/2") == told[1].body
    assert issues(town.ask(P, "POST", "Condition/$validate", asking(absent, mode="create"))) == [
        ("error", "not-found", "Condition.subject")
    ]
    assert issues(
        town.ask(
            P, "POST", "Organization/$validate", asking({"resourceType": "Organization", "name": "x"}, mode="create")
        )
    )[0][:2] == ("error", "forbidden")


def test_an_update_and_a_delete_are_tried_and_undone(town: Calling) -> None:
    before = town.ask(P, "GET", "Condition/c").body
    changed = orjson.loads(before) | {"note": [{"text": "x"}]}
    assert issues(town.ask(P, "POST", "Condition/c/$validate", asking(changed, mode="update"))) == GOOD
    assert issues(town.ask(P, "POST", "Condition/c/$validate", asking(mode="delete"))) == GOOD
    assert issues(town.ask(P, "GET", "Condition/c/$validate?mode=delete")) == GOOD
    assert town.ask(P, "GET", "Condition/c").body == before
    absent = town.ask(Q, "GET", "Condition/nobody/$validate?mode=delete")
    assert issues(town.ask(Q, "GET", "Condition/c/$validate?mode=delete")) == issues(absent)
    assert issues(town.ask(P, "POST", "Patient/1/$validate", asking(mode="delete")))[0][0] == "error"


def test_a_stored_record_is_validated_for_whom_it_is(town: Calling) -> None:
    assert issues(town.ask(P, "GET", "Condition/c/$validate")) == GOOD
    assert town.ask(Q, "GET", "Condition/c/$validate").status == 404
    assert town.ask(NOBODY, "GET", "Condition/c/$validate").status == 401
    assert town.ask(NOBODY, "POST", "Condition/$validate", concern("n", "1")).status == 401


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("Condition/$validate?mode=write", concern("n", "1")),
        ("Condition/$validate?mode=profile", concern("n", "1")),
        ("Condition/$validate?colour=blue", concern("n", "1")),
        ("Condition/$validate", {"resourceType": "Task", "status": "draft", "intent": "plan"}),
        ("Condition/$validate", asking()),
        ("Condition/$validate", asking(mode="delete")),
        ("Condition/$validate", {"resourceType": "Parameters", "parameter": [{"name": "x", "valueCode": "y"}]}),
        ("Condition/c/$validate", asking(concern("other", "1"), mode="update")),
    ],
)
def test_a_question_that_is_none_is_refused(address: str, body: Json, town: Calling) -> None:
    assert town.ask(P, "POST", address, body).status in (400, 422)


def test_decimals_keep_their_digits_on_the_way(town: Calling) -> None:
    value = {"valueQuantity": {"value": 1.0, "unit": "cm"}}
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": ref("Patient/1")}
    assert issues(town.ask(P, "POST", "Observation/$validate", asking(observation | value))) == GOOD
