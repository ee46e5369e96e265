"""The JSON Schemas of our profiles: well formed, whole, and of one mind with what the server holds a write against."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from profiles import guide, json_profile
from profiles import spec as specification
from profiles.spec import Spec
from resources.record import profile, profiled

Json = dict[str, Any]

VALUES: Mapping[str, Any] = {
    "string": "言葉",
    "markdown": "言葉",
    "boolean": True,
    "code": "a",
    "date": "2026-11-20",
    "dateTime": "2026-11-20T11:00:00+09:00",
    "instant": "2026-11-20T11:00:00+09:00",
    "time": "09:00:00",
    "integer": 1,
    "uri": "https://tsunagu.example/x",
    "canonical": "https://tsunagu.example/x",
    "Period": {"start": "2026-11-20"},
    "Coding": {"system": "https://tsunagu.example/x", "code": "a"},
    "CodeableConcept": {"text": "言葉"},
    "Range": {"high": {"value": 17}},
    "Timing": {"event": ["2026-11-20"]},
}


@pytest.fixture(scope="module")
def schemas(spec: Spec) -> dict[str, Json]:
    return json_profile.schemas(spec)


def says(schemas: Mapping[str, Json], id: str, value: Any) -> bool:
    return bool(Draft202012Validator(schemas[id]).is_valid(value))


def held(spec: Spec, id: str, value: Json) -> bool:
    """Whether the server takes it for one of the profile."""
    found = profile.named(spec, f"{guide.CANONICAL}/StructureDefinition/{id}")
    assert found is not None
    return not list(profiled.issues(found.root, value, found.type, value))


def ours(spec: Spec, *, extensions: bool) -> list[Json]:
    every = (each for each in spec.artefacts.values() if each["resourceType"] == "StructureDefinition")
    return [dict(each) for each in every if (each["type"] == "Extension") == extensions]


def example(name: str) -> Json:
    found: Json = json.loads((guide.EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_every_profile_and_extension_has_one_that_is_a_schema(schemas: dict[str, Json], spec: Spec) -> None:
    assert schemas.keys() == {each["id"] for each in [*ours(spec, extensions=True), *ours(spec, extensions=False)]}
    for id, each in schemas.items():
        Draft202012Validator.check_schema(each)
        assert each["$id"] == f"{json_profile.BASE}{id}.schema.json"
        assert set(_named(each)) <= {f"#/$defs/{name}" for name in each["$defs"]}


def test_what_each_says_that_json_schema_cannot_is_told(schemas: dict[str, Json], spec: Spec) -> None:
    for each in ours(spec, extensions=False):
        for element in each["differential"]["element"]:
            for rule in element.get("constraint", ()):
                assert rule["expression"] in schemas[each["id"]]["$comment"]


CASES = {
    "household": ("Group-example-household", "type", "actual", "member"),
    "concern": ("Condition-example-concern", "code", "subject"),
    "total-care-plan": ("CarePlan-example-case", "intent", "subject", "activity"),
}


@pytest.mark.parametrize("id", CASES)
def test_the_examples_keep_it(schemas: dict[str, Json], spec: Spec, id: str) -> None:
    shown = example(CASES[id][0])
    errors = [each.message for each in Draft202012Validator(schemas[id]).iter_errors(shown)]
    assert (errors, held(spec, id, shown)) == ([], True)


def broken(id: str) -> Iterator[tuple[str, Json]]:
    """What breaks the profile in one place each, and nothing of R4."""
    whole = example(CASES[id][0])

    def but(*path: str | int, value: Any) -> Json:
        made: Any = copy.deepcopy(whole)
        node = made
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value
        return dict(made)

    field = "https://tsunagu.example/fhir/CodeSystem/concern-field"
    if id == "household":
        yield "another type", but("type", value="device")
        yield "none that there is", but("actual", value=False)
        yield "a member that is no person", but("member", 0, "entity", value={"reference": "Device/1"})
        yield "elsewhere too", but("member", 0, "entity", value={"reference": "https://a.example/fhir/Device/1"})
    if id == "concern":
        yield "no field", but("code", value={"text": "困りごと"})
        yield "another field", but("code", value={"coding": [{"system": field, "code": "none"}]})
        two = [{"system": field, "code": code} for code in ("housing", "health")]
        yield "two fields", but("code", value={"coding": two})
        yield (
            "another system alone",
            but("code", value={"coding": [{"system": "https://a.example", "code": "housing"}]}),
        )
        yield "no code at all", {name: value for name, value in whole.items() if name != "code"}
    if id == "total-care-plan":
        yield "an order", but("intent", value="order")
        yield "about a person", but("subject", value={"reference": "Patient/1"})
        yield "an activity elsewhere", whole | {"activity": [{"reference": {"reference": "Task/1"}}]}


@pytest.mark.parametrize("id", CASES)
def test_what_breaks_the_profile_breaks_its_schema(schemas: dict[str, Json], spec: Spec, id: str) -> None:
    wrong = dict(broken(id))
    assert wrong
    for what, each in wrong.items():
        assert (held(spec, id, each), says(schemas, id, each)) == (False, False), what


def test_r4_is_in_it(schemas: dict[str, Json]) -> None:
    whole = example("Condition-example-concern")
    wrong: dict[str, Json] = {
        "an element that there is not": whole | {"colour": "red"},
        "none of the codes": whole | {"subject": {"reference": "Patient/1", "type": 3}},
        "one for many": whole | {"note": {"text": "a"}},
        "many for one": whole | {"subject": [whole["subject"]]},
        "an empty list": whole | {"note": []},
        "a day that is none": whole | {"recordedDate": "2026-13-01"},
        "no subject": {name: value for name, value in whole.items() if name != "subject"},
        "of another type": whole | {"resourceType": "Group"},
        "a wrong name beside a choice": whole | {"onsetBoolean": True},
    }
    for what, each in wrong.items():
        assert not says(schemas, "concern", each), what
    kept = whole | {"recordedDate": "2026-11", "_recordedDate": {"id": "a"}, "onsetAge": {"value": 3, "code": "a"}}
    kept |= {"extension": [{"url": "https://a.example/x", "valueString": "a"}]}
    assert says(schemas, "concern", kept)


def extensions(spec: Spec) -> Iterator[tuple[Json, Json, bool]]:
    """Each simple extension of ours with a value of each type that there is: and whether it is one of its own."""
    for each in ours(spec, extensions=True):
        rows = {row["id"]: row for row in each["differential"]["element"]}
        value = rows.get("Extension.value[x]", {})
        allowed = {kind["code"] for kind in value.get("type", ())}
        if value.get("max") == "0" or value.get("binding"):
            continue
        for kind, held in VALUES.items():
            yield each, {"url": each["url"], specification.concrete("value[x]", kind): held}, kind in allowed


def test_an_extension_has_a_value_of_its_own_types_alone(schemas: dict[str, Json], spec: Spec) -> None:
    drawn = list(extensions(spec))
    assert {own for _, _, own in drawn} == {True, False}
    for each, value, own in drawn:
        assert (says(schemas, each["id"], value), held(spec, each["id"], value)) == (own, own), value
        if own:
            other = value | {"url": "https://tsunagu.example/other"}
            assert (says(schemas, each["id"], other), held(spec, each["id"], other)) == (False, False), other


def test_an_extension_with_parts_has_its_parts_alone(schemas: dict[str, Json], spec: Spec) -> None:
    url = f"{guide.CANONICAL}/StructureDefinition/desk-opening"
    part = {"url": "open", "valueBoolean": True}
    wrong: list[Json] = [
        {"url": url, "valueString": "a"},
        {"url": url, "extension": [part, part]},
        {"url": url, "extension": [part, {"url": "none", "valueString": "a"}]},
        {"url": url, "extension": [part | {"valueBoolean": "yes"}]},
    ]
    for each in wrong:
        assert not says(schemas, "desk-opening", each), each


def _named(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from _named(each)
    elif isinstance(node, list):
        for each in node:
            yield from _named(each)
