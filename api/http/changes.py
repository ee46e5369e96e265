"""What a request to create, update or delete asks of the gate, for an id or on a condition.

https://hl7.org/fhir/R4/http.html#create, #update, #delete
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.http import condition, etag, media, sent
from api.http.call import Call
from api.http.route import JSON_PATCH
from consent.writing import change
from consent.writing.precondition import Precondition
from consent.writing.prepared import Change, Patch
from resources.record import fhirpath_patch, json_patch, parse
from resources.record.problem import Problem


def of(call: Call, interaction: str, resource: Mapping[str, Any], body: bytes, at: str = "") -> Change:
    """The change; `at` is its entry in a Bundle. Raises Problem naming what does not fit."""
    if interaction == "create":
        said = call.headers.get("if-none-exist")
        where = f"{at}.request.ifNoneExist" if at else "If-None-Exist"
        found = condition.of_header(said, call.type, call.on.settings.fhir, where) if said is not None else ()
        return Change("create", call.type, change.new_id(), body, condition=found)
    only_if = _only_if(call, at)
    if interaction == "delete":
        if "id" in call.path:
            return Change("delete", call.type, call.id, only_if=only_if)
        return Change("delete", call.type, change.new_id(), only_if=only_if, condition=_condition(call, at))
    if "id" in call.path:
        if resource.get("id") != call.id:
            text = f"the id in the body is `{resource.get('id', '')}`, in the address `{call.id}`"
            ja = f"本文の id は `{resource.get('id', '')}`、アドレスの id は `{call.id}` です"
            raise Problem.of("structure", text, ja, f"{at}.request.url" if at else f"{call.type}.id")
        return Change("update", call.type, call.id, body, only_if)
    id = str(resource.get("id") or change.new_id())
    return Change("update", call.type, id, body, only_if, condition=_condition(call, at))


def by_id(call: Call) -> None:
    """Raises Problem where a record that is none of casework is asked for on a condition."""
    if "x-provenance" in call.headers:
        text, ja = f"a `{call.type}` has no provenance", f"`{call.type}` に来歴は付けられません"
        raise Problem.of("not-supported", text, ja, "X-Provenance")
    if "id" not in call.path and (call.method != "POST" or "if-none-exist" in call.headers):
        text = f"`{call.type}` is written by its id, without a condition"
        raise Problem.of("not-supported", text, f"`{call.type}` は条件ではなく id で指定してください")


async def patch(call: Call) -> Change:
    """The change that a request to patch asks for: JSON Patch, or FHIRPath Patch in a Parameters."""
    if media.kind(call.header("content-type")) == JSON_PATCH:
        return json_patched(call, await call.content())
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    return fhirpath_patched(call, parse.editable(body))


def of_entry(call: Call, resource: Mapping[str, Any], body: bytes, at: str) -> Change:
    """The same of an entry of a Bundle that was checked."""
    if media.kind(call.header("content-type")) == JSON_PATCH:
        return json_patched(call, body, at)
    if resource.get("resourceType") != "Parameters":
        text, ja = (
            "a patch is a Parameters, or a Binary of JSON Patch",
            "パッチは Parameters か Binary です",
        )
        raise Problem.of("structure", text, ja, f"{at}.resource")
    return fhirpath_patched(call, resource, at)


def json_patched(call: Call, body: bytes, at: str = "") -> Change:
    on = call.on.settings
    found = json_patch.read(body, limit=on.body_limit, depth=on.depth_limit, extent=on.extent)
    return _patched(call, lambda record: json_patch.applied(found, record, on.body_limit), at)


def fhirpath_patched(call: Call, parameters: Mapping[str, Any], at: str = "") -> Change:
    found = fhirpath_patch.read(parameters)
    return _patched(call, lambda record: fhirpath_patch.applied(call.on.spec, found, record), at)


def _patched(call: Call, made: Patch, at: str) -> Change:
    on = call.on.settings

    def bounded(record: dict[str, Any]) -> dict[str, Any]:
        found = made(record)
        parse.parse(parse.write(found), limit=on.body_limit, depth=on.depth_limit, extent=on.extent)
        return found

    only_if = _only_if(call, at)
    if "id" in call.path:
        condition.none(call.parameters, f"{at}.request.url" if at else "")
        return Change("update", call.type, call.id, only_if=only_if, patch=bounded)
    found = _condition(call, at)
    return Change("update", call.type, change.new_id(), only_if=only_if, condition=found, patch=bounded)


def _condition(call: Call, at: str) -> condition.Condition:
    return condition.of(call.parameters, f"{at}.request.url" if at else "")


def _only_if(call: Call, at: str) -> Precondition:
    named = call.headers.get
    where = {"If-Match": f"{at}.request.ifMatch", "If-None-Match": f"{at}.request.ifNoneMatch"} if at else {}
    return etag.demanded(named("if-match"), named("if-none-match"), named("if-unmodified-since"), where)
