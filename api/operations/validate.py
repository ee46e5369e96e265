"""$validate: whether a record is good, and whether it could be written; nothing is stored.

https://hl7.org/fhir/R4/resource-operation-validate.html; profiles/tsunagu/OperationDefinition-validate.json

What a write would be refused for is an answer here, and no more is told than the write itself would tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from api.http import outcomes, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.writing import change
from consent.writing.aside import aside
from consent.writing.prepared import Change
from resources.record import parse, validate
from resources.record.problem import Issue, Kind, Problem

PARAMETERS = ("mode", "profile")
MODES = ("create", "update", "delete", "profile")
ASKED = "$validate"

_ANSWERS: frozenset[Kind] = frozenset({"invalid", "business-rule", "forbidden", "not-found", "deleted", "conflict"})
"""What a write would be refused for, as far as it is a matter of the record and of who writes it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be validated: `resource` None where none was sent, with its bytes; how, and against what besides."""

    resource: dict[str, Any] | None
    body: bytes
    mode: str
    profiles: tuple[str, ...]


async def sent_one(call: Call) -> Answer:
    """POST [type]/$validate and [type]/[id]/$validate, with a Parameters or the resource itself"""
    asked = await _asked(call)
    type, id = call.type, call.id if "id" in call.path else ""
    if asked.mode == "delete":
        if not id:
            raise _wrong("a delete is of one record: ask at its address", "削除は記録の番号で尋ねてください", "mode")
        return _told(call, await _rehearsed(call, Change("delete", type, id)))
    if asked.resource is None:
        raise _wrong("send the `resource` to validate", "検証する `resource` を送ってください", "resource")
    if asked.resource["resourceType"] != type:
        text = f"the resource is a `{asked.resource['resourceType']}`, not a `{type}`"
        ja = f"リソースは `{asked.resource['resourceType']}` です（`{type}` ではありません）"
        raise Problem.of("structure", text, ja, "resourceType")
    found = await aside(len(asked.body), validate.validate, call.on.spec, asked.resource, asked.body, asked.profiles)
    if asked.mode in ("create", "update") and not _errors(found):
        found = [*found, *await _rehearsed(call, _write(asked, type, id))]
    return _told(call, found)


async def stored_one(call: Call) -> Answer:
    """GET [type]/[id]/$validate: the record as its reader sees it"""
    call.sign_in()
    given = parameters.of_address(call, PARAMETERS)
    mode, profiles = _mode(given.get("mode", ""), given.get("profile", ""))
    if mode == "delete":
        return _told(call, await _rehearsed(call, Change("delete", call.type, call.id)))
    if mode in ("create", "update"):
        raise _wrong("send the resource to write", "書き込む内容を送ってください", "mode")
    version = await call.on.gate.read(call.actor, call.type, call.id)
    body = version.body
    found = await aside(len(body), validate.validate, call.on.spec, orjson.loads(body), body, profiles)
    return _told(call, found)


async def _asked(call: Call) -> _Asked:
    given = parameters.of_address(call, PARAMETERS)
    found, body = await sent.anything(call)
    if found["resourceType"] != "Parameters" or call.type == "Parameters":
        mode, profiles = _mode(given.get("mode", ""), given.get("profile", ""))
        return _Asked(found, body, mode, profiles)
    resource: dict[str, Any] | None = None
    for place, each in enumerate(_listed(found)):
        name = each.get("name")
        if name not in ("resource", *PARAMETERS) or (name == "resource" and resource is not None) or name in given:
            text, ja = "send `resource`, `mode` and `profile`, each once", "`resource`・`mode`・`profile` を一度ずつ"
            raise Problem("invalid", Issue(text, ja, f"Parameters.parameter[{place}].name"))
        if name == "resource":
            resource, body = _inner(each, place, body)
        else:
            given[str(name)] = str(parameters.value(each) or "")
    mode, profiles = _mode(given.get("mode", ""), given.get("profile", ""))
    return _Asked(resource, body, mode, profiles)


def _listed(found: dict[str, Any]) -> list[dict[str, Any]]:
    listed = found.get("parameter", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        text, ja = "the parameters are a list of objects", "parameter はオブジェクトの配列です"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter"))
    return listed


def _inner(parameter: dict[str, Any], place: int, body: bytes) -> tuple[dict[str, Any], bytes]:
    """The resource in a parameter, with the digits it was sent with."""
    resource = parameter.get("resource")
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        text, ja = "a resource has a `resourceType`", "リソースには `resourceType` が必要です"
        raise Problem("invalid", Issue(text, ja, f"Parameters.parameter[{place}].resource"))
    kept = parse.editable(body)["parameter"][place]["resource"]
    return resource, parse.write(kept)


def _mode(mode: str, profile: str) -> tuple[str, tuple[str, ...]]:
    if mode and mode not in MODES:
        raise _wrong(f"`mode` is one of {', '.join(MODES)}", f"`mode` は {', '.join(MODES)} のどれかです", "mode")
    if mode == "profile" and not profile:
        raise _wrong("name the `profile`", "`profile` を示してください", "profile")
    return mode, (profile,) if profile else ()


def _write(asked: _Asked, type: str, id: str) -> Change:
    assert asked.resource is not None
    own = str(asked.resource.get("id", ""))
    if asked.mode == "create":
        return Change("create", type, change.new_id(), asked.body)
    if (id and own != id) or not own:
        text, ja = "the id in the body is not that of the address", "本文の id がアドレスの id と違います"
        raise Problem.of("structure", text, ja, f"{type}.id")
    return Change("update", type, own, asked.body)


async def _rehearsed(call: Call, asked: Change) -> list[Issue]:
    """What is against the change, and what it would be warned of."""
    try:
        done = await call.on.gate.rehearse(call.actor, [asked], lambda unit: unit.perform(), ASKED)
    except Problem as problem:
        if problem.kind not in _ANSWERS:
            raise
        code = outcomes.STATUS[problem.kind][1]
        return [Issue(each.text, each.ja, each.at, "error", each.code or code, each.rule) for each in problem.issues]
    return [warning for each in done for warning in each.warnings]


def _errors(found: Iterable[Issue]) -> list[Issue]:
    return [issue for issue in found if issue.severity == "error"]


def _told(call: Call, found: list[Issue]) -> Answer:
    fine = Issue("nothing is wrong", "誤りはありません", severity="information", code="informational")
    ordered = sorted(found, key=lambda issue: issue.severity != "error")
    return respond.json(outcomes.outcome(ordered or [fine], "invalid", call.language))


def _wrong(text: str, ja: str, at: str) -> Problem:
    return Problem.of("structure", text, ja, at)
