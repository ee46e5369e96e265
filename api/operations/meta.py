"""$meta, $meta-add and $meta-delete: the profiles, security labels and tags of a record, of a type, of the server.

https://hl7.org/fhir/R4/resource-operation-meta.html; docs/policy.md, "labels"
"""

from __future__ import annotations

from typing import Any, Literal

import orjson

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent import labels
from consent.labels import Relabelling
from consent.views import labels_in_use
from consent.writing.prepared import Change
from resources.record.problem import Issue, Problem
from resources.record.version import Version

_AT = "Parameters.parameter.valueMeta"
_SERVERS = ("id", "versionId", "lastUpdated")
"""Marks of the server in a meta that was read: they are no matter of it."""


async def of_system(call: Call) -> Answer:
    """GET $meta"""
    parameters.of_address(call, ())
    return _told(await labels_in_use.of_system(call.on.gate, call.actor))


async def of_type(call: Call) -> Answer:
    """GET [type]/$meta"""
    parameters.of_address(call, ())
    return _told(await labels_in_use.of_type(call.on.gate, call.actor, call.type))


async def of_record(call: Call) -> Answer:
    """GET [type]/[id]/$meta, and of one of its versions"""
    parameters.of_address(call, ())
    number = call.number if "version" in call.path else None
    return _of_version(await call.on.gate.read(call.actor, call.type, call.id, number))


async def add(call: Call) -> Answer:
    """POST [type]/[id]/$meta-add"""
    return await _relabelled(call, "$meta-add")


async def delete(call: Call) -> Answer:
    """POST [type]/[id]/$meta-delete"""
    return await _relabelled(call, "$meta-delete")


async def _relabelled(call: Call, operation: Literal["$meta-add", "$meta-delete"]) -> Answer:
    parameters.of_address(call, ())
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    asked = Change("update", call.type, call.id, only_if=call.only_if, relabelling=Relabelling(operation, _meta(found)))
    (done,) = await call.on.gate.commit(call.actor, [asked])
    return _of_version(done.version)


def _meta(found: dict[str, Any]) -> dict[str, Any]:
    """The one meta asked with. Raises Problem naming what else is there, and a label that nobody could tell again."""
    given = found.get("parameter", ())
    if len(given) != 1 or given[0].get("name") != "meta" or not isinstance(given[0].get("valueMeta"), dict):
        text, ja = "send one parameter, `meta`, with a valueMeta", "`meta` を一つだけ、valueMeta で送ってください"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter"))
    asked = {key: value for key, value in given[0]["valueMeta"].items() if key not in _SERVERS}
    if other := sorted(set(asked) - {*labels.ELEMENTS}):
        text = f"`{other[0]}` is no matter of this operation: send profile, security or tag"
        ja = f"`{other[0]}` はこの操作では扱えません。profile・security・tag を送ってください"
        raise Problem("invalid", Issue(text, ja, f"{_AT}.{other[0]}"))
    for element in ("security", "tag"):
        for place, label in enumerate(asked.get(element) or ()):
            if not isinstance(label, dict) or not label.get("code"):
                text, ja = "a label is known by its system and code", "ラベルには system と code が必要です"
                raise Problem("invalid", Issue(text, ja, f"{_AT}.{element}[{place}].code"))
    if not asked:
        text, ja = "name at least one profile, label or tag", "profile・security・tag を一つ以上送ってください"
        raise Problem("invalid", Issue(text, ja, _AT))
    return asked


def _of_version(version: Version) -> Answer:
    answer = _told(orjson.loads(version.body).get("meta") or {})
    answer.headers |= respond.tags(version)
    return answer


def _told(meta: dict[str, Any]) -> Answer:
    """An empty meta is none: FHIR has no empty object."""
    found: dict[str, Any] = {"name": "return"} | ({"valueMeta": meta} if meta else {})
    return respond.json({"resourceType": "Parameters", "parameter": [found]})
