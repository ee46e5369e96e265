"""What is drawn for the fuzzer beyond plain JSON: inputs of each operation by name, filters within filters, XML.

docs/testing.md, "fuzzing"; profiles/tsunagu/OperationDefinition-*.json
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import orjson

from profiles.spec import Spec
from resources.record import xml

_DEFINITIONS = Path(__file__).parents[2] / "profiles" / "tsunagu"
_OPERATORS = (
    "eq",
    "ne",
    "co",
    "sw",
    "ew",
    "gt",
    "lt",
    "ge",
    "le",
    "ap",
    "sa",
    "eb",
    "pr",
    "po",
    "ss",
    "sb",
    "in",
    "re",
    "x",
)
_SPOILT = (
    b"<", b"&", b"&#0;", b"&a;", b"]]>", b"<!--", b"<?x", b"/>", b"<x/>", b' value="', b"<div>", b"\x00", b"\xff",
    b'<!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>', b'xmlns="urn:x"', b"<id value=\"a\"/>",
    b"<extension>" * 70, b"<contained><Patient/></contained>", b"<![CDATA[",
)  # fmt: skip


def inputs() -> dict[str, tuple[tuple[str, str], ...]]:
    """The inputs of each operation of ours, with their types, by its code."""
    found = {}
    for file in sorted(_DEFINITIONS.glob("OperationDefinition-*.json")):
        said = orjson.loads(file.read_bytes())
        taken = [each for each in said.get("parameter", ()) if each["use"] == "in"]
        found[f"${said['code']}"] = tuple((each["name"], each.get("type", "")) for each in taken)
    return found


def given(chance: Random, wanted: Sequence[tuple[str, str]], known: Sequence[str], odd: Any) -> list[dict[str, Any]]:
    """Some of these inputs, some of them twice, most with something of their type."""
    made: list[dict[str, Any]] = []
    for name, type in [each for each in wanted if chance.random() < 0.7]:
        value = _value(chance, type, known) if chance.random() < 0.8 else odd
        key = (
            "resource"
            if type[:1].isupper() and type in ("Resource", "Parameters")
            else f"value{type[:1].upper()}{type[1:]}"
        )
        part = {"name": name, "part": [{"name": name, key: value}]} if not type else {"name": name, key: value}
        made += [part] * chance.choice((1, 1, 1, 2))
    return made


def _value(chance: Random, type: str, known: Sequence[str]) -> Any:
    reference = {"reference": chance.choice(list(known))}
    return {
        "Reference": reference,
        "boolean": chance.random() < 0.5,
        "string": chance.choice(("理由", "x" * 4_000, "", chance.choice(list(known)))),
        "date": chance.choice(("2026-11-27", "2026", "9999-12-31")),
        "dateTime": "2026-11-27T10:00:00+09:00",
        "instant": "2026-11-27T10:00:00.000+09:00",
        "code": chance.choice(("active", "custodian", "lead-section", "x")),
        "integer": chance.choice((0, 1, -1, 2**31 - 1)),
        "Coding": {"system": "https://tsunagu.example/fhir/CodeSystem/task-outcome", "code": "x"},
        "CodeableConcept": {"coding": [{"code": "x"}], "text": "x"},
        "Identifier": {"system": "https://tsunagu.example/fhir/tests", "value": "1"},
        "Period": {"start": "2026-11-27"},
    }.get(type, reference)


def filtered(chance: Random, names: Sequence[str], depth: int = 0) -> str:
    """An expression of `_filter`, most of them whole."""
    drawn = chance.random()
    if depth < 6 and drawn < 0.4:
        parts = [filtered(chance, names, depth + 1) for _ in range(chance.choice((2, 2, 3)))]
        return chance.choice((" and ", " or ")).join(parts)
    if depth < 6 and drawn < 0.55:
        return f"not ({filtered(chance, names, depth + 1)})"
    if depth < 6 and drawn < 0.7:
        return f"{chance.choice(names)}[{filtered(chance, names, depth + 1)}].{chance.choice(names)} eq x"
    value = chance.choice(('"a b"', "x", "2026-11-27", "true", "1.5", '"\\"', "あ", "", '"' * 3, "Patient/1"))
    return f"{chance.choice(names)} {chance.choice(_OPERATORS)} {value}"


def as_xml(chance: Random, spec: Spec, body: bytes) -> bytes:
    """The record in XML, spoilt in a place or two; as it was where it has no form in XML."""
    try:
        made = xml.write(spec, body)
    except (ValueError, KeyError, TypeError, AttributeError):  # it was spoilt already
        return body
    for _ in range(chance.choice((0, 1, 1, 2))):
        place = chance.randrange(len(made) + 1)
        cut = chance.choice((0, 0, 1, 40))
        made = made[:place] + chance.choice(_SPOILT) + made[place + cut :]
    return made
