"""A record is patched as it is updated: by the same rules, and nothing is read or lost that its writer does not see.

https://hl7.org/fhir/R4/http.html#patch
"""

from __future__ import annotations

import base64
from typing import Any
from uuid import uuid4

import orjson
import pytest

from demo.answer import Answer
from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import concern, refused
from tests.http.stored import Stored
from tests.http.test_bad_bundle import entry
from tests.http.test_transactions import _SYSTEM, identified, send, statuses
from tests.world import household

JSON_PATCH = "application/json-patch+json"


def patch(asking: Asking, name: str, *operations: dict[str, Any], **headers: str) -> Answer:
    sent = {"Content-Type": JSON_PATCH} | {key.replace("_", "-"): value for key, value in headers.items()}
    return asking.ask("PATCH", name, orjson.dumps(operations), sent)


def operation(type: str, path: str, **parts: Any) -> dict[str, Any]:
    found: list[dict[str, Any]] = [{"name": "type", "valueCode": type}, {"name": "path", "valueString": path}]
    for name, value in parts.items():
        held = value if isinstance(value, dict) else {{str: "valueString", int: "valueInteger"}[type_of(value)]: value}
        found.append({"name": name} | held)
    return {"name": "operation", "part": found}


def type_of(value: object) -> type:
    return type(value)


def parameters(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(operations)}


def fhirpath(asking: Asking, name: str, *operations: dict[str, Any]) -> Answer:
    return asking.ask("PATCH", name, orjson.dumps(parameters(*operations)))


def test_json_patch_changes_what_it_names_and_no_digit_of_the_rest(city: City, asking: Asking) -> None:
    sent = concern(city, extension=[{"url": "urn:a", "valueDecimal": 1}])
    body = orjson.dumps(sent).replace(b'"valueDecimal":1', b'"valueDecimal":1.0E-3')
    name = asking.ask("POST", "Condition", body).created[0]
    done = patch(
        asking,
        name,
        {"op": "test", "path": "/extension/0/valueDecimal", "value": 0.001},
        {"op": "add", "path": "/note", "value": [{"text": "一"}]},
        {"op": "add", "path": "/note/-", "value": {"text": "二"}},
        {"op": "copy", "from": "/note/0", "path": "/note/0"},
        {"op": "move", "from": "/note/2", "path": "/note/0"},
        {"op": "replace", "path": "/note/1/text", "value": "三"},
        {"op": "remove", "path": "/note/2"},
        If_Match='W/"1"',
        Prefer="return=representation",
    )
    assert done.status == 200, done.text
    assert [each["text"] for each in done.json["note"]] == ["二", "三"]
    assert '"valueDecimal":1.0E-3' in asking.ask("GET", name).text
    assert patch(asking, name, {"op": "remove", "path": "/note"}, If_Match='W/"1"').status == 412


@pytest.mark.parametrize(
    ("operations", "status"),
    [
        ([{"op": "test", "path": "/recordedDate", "value": "1900"}], 422),
        ([{"op": "remove", "path": "/nothing"}], 422),
        ([{"op": "add", "path": "/note/0/text/deep", "value": 1}], 422),
        ([{"op": "replace", "path": "/id", "value": "another"}], 422),
        ([{"op": "replace", "path": "", "value": []}], 422),
        ([{"op": "add", "path": "/colour", "value": "blue"}], 422),
        ([{"op": "remove", "path": "/subject"}], 422),
        ([{"op": "paint", "path": "/note"}], 400),
        ([{"op": "add", "path": "/note"}], 400),
        ([{"op": "copy", "from": "", "path": "/x"}] * 51, 422),
        ([{"op": "copy", "from": "", "path": "/x"}] * 40, 422),
        (["add"], 400),
        ({"op": "add", "path": "/note", "value": 1}, 400),
    ],
)
def test_a_patch_that_does_not_fit_changes_nothing(
    operations: Any, status: int, standing: City, asking: Asking, stored: Stored
) -> None:
    before = stored.count()
    answer = asking.ask(
        "PATCH", standing.known["son-child-rearing"], orjson.dumps(operations), {"Content-Type": JSON_PATCH}
    )
    assert answer.status in (status, 413), answer.text
    assert answer.json["resourceType"] == "OperationOutcome"
    assert stored.count() == before


def test_fhirpath_patch_adds_inserts_replaces_moves_and_deletes(city: City, asking: Asking) -> None:
    person: dict[str, Any] = {"resourceType": "Patient", "birthDate": "1990-01-01", "deceasedBoolean": False}
    person |= {"name": [{"use": "official", "family": "水無瀬", "given": ["翠", "緑"]}, {"use": "old", "text": "旧"}]}
    name = asking.ask("POST", "Patient", orjson.dumps(person)).created[0]
    done = fhirpath(
        asking,
        name,
        operation("add", "Patient", name="gender", value={"valueCode": "female"}),
        operation("add", "Patient.name.where(use = 'official')", name="prefix", value="様"),
        operation("insert", "Patient.name.where(use = 'official').given", value="碧", index=1),
        operation("replace", "Patient.birthDate", value={"valueDate": "1990-01-02"}),
        operation("replace", "Patient.deceased", value={"valueDateTime": "2019"}),
        operation("move", "Patient.name[0].given", source=0, destination=2),
        operation("delete", "Patient.name.where(use = 'old' and text = '旧')"),
        operation("delete", "Patient.maritalStatus"),
        operation("add", "Patient", name="contact", value={"part": [
            {"name": "name", "valueHumanName": {"text": "連絡先"}},
            {"name": "gender", "valueCode": "male"},
        ]}),
    )  # fmt: skip
    assert done.status == 200, done.text
    assert done.json["gender"] == "female"
    [official] = done.json["name"]
    assert (official["prefix"], official["given"]) == (["様"], ["碧", "緑", "翠"])
    assert (done.json["birthDate"], done.json["deceasedDateTime"]) == ("1990-01-02", "2019")
    assert "deceasedBoolean" not in done.json
    assert done.json["contact"] == [{"name": {"text": "連絡先"}, "gender": "male"}]
    for bad, status in (
        (operation("add", "Patient", name="gender", value={"valueCode": "male"}), 422),
        (operation("replace", "Patient.name.given", value="x"), 422),
        (operation("replace", "Patient.photo", value="x"), 422),
        (operation("add", "Patient", name="colour", value="blue"), 422),
        (operation("insert", "Patient.name", value={"valueHumanName": {"text": "x"}}, index=7), 422),
        (operation("delete", "Patient"), 422),
        (operation("delete", "Patient.name.select(given)"), 400),
        (operation("delete", "Patient.name["), 400),
        (operation("paint", "Patient.name"), 400),
    ):
        refused(fhirpath(asking, name, bad), status, "invalid" if status == 422 else "structure", "", "ja")
    assert asking.ask("GET", name).headers["etag"] == 'W/"2"'


def test_a_patch_finds_its_record_by_a_condition_and_stands_in_bundles(asking: Asking) -> None:
    number = str(uuid4())
    where = f"Patient?identifier={_SYSTEM}|{number}"
    change = {"op": "add", "path": "/gender", "value": "female"}
    refused(patch(asking, where, change), 404, "not-found", "", "ja")
    name = asking.ask("POST", "Patient", orjson.dumps(identified(number))).created[0]
    assert patch(asking, where, change).json["gender"] == "female"
    data = base64.b64encode(orjson.dumps([{"op": "replace", "path": "/gender", "value": "male"}])).decode()
    binary = {"resourceType": "Binary", "contentType": JSON_PATCH, "data": data}
    born = parameters(operation("add", "Patient", name="birthDate", value={"valueDate": "1990"}))
    assert statuses(send(asking, entry("PATCH", name, binary))) == ["200"]
    assert statuses(send(asking, entry("PATCH", where, born), kind="batch")) == ["200"]
    found = asking.ask("GET", name)
    assert (found.json["gender"], found.json["birthDate"], found.headers["etag"]) == ("male", "1990", 'W/"4"')


def test_what_a_patch_does_not_see_it_neither_reads_nor_loses(city: City, asking: Asking, stored: Stored) -> None:
    sister = city.known["sister"]
    place = [{"use": "temp", "text": household.SECRET[0], "city": "岡山市南区"}]
    assert patch(asking, sister, {"op": "add", "path": "/address", "value": place}).status == 200
    assert household.protect_sister(city).status == 200
    hidden = stored.resource(sister)
    label = hidden["meta"]["security"]
    for guess in (
        {"op": "test", "path": "/address/0/text", "value": household.SECRET[0]},
        {"op": "test", "path": "/meta/security/0", "value": label[0]},
        {"op": "copy", "from": "/address/0/text", "path": "/name/0/text"},
        {"op": "remove", "path": "/address"},
    ):
        assert patch(asking, sister, guess).status == 422
    assert fhirpath(asking, sister, operation("delete", "Patient.address")).status == 200
    done = patch(asking, sister, {"op": "add", "path": "/gender", "value": "unknown"})
    assert done.status == 200, done.text
    assert household.SECRET[0] not in done.text
    kept = stored.resource(sister)
    assert (kept["address"], kept["telecom"], kept["meta"]["security"]) == (
        hidden["address"], hidden["telecom"], label,
    )  # fmt: skip
    assert kept["gender"] == "unknown"


def test_a_patch_is_judged_as_an_update_is(city: City, asking: Asking) -> None:
    name = city.known["son-child-rearing"]
    with Asking(asking.base, city.people.officer("child-guidance").token()) as other:
        for each in (name, "Condition/nothing"):
            refused(patch(other, each, {"op": "test", "path": "/id", "value": "x"}), 404, "not-found", "", "ja")
    refused(asking.ask("PATCH", name, b"[]", {"Content-Type": "text/plain"}), 415, "not-supported", "", "ja")
    refused(patch(asking, f"{name}?_pretty=true&colour=blue"), 400, "not-supported", "colour", "ja")
