"""What a request to create, update or delete asks of the gate, for an id or on a condition.

https://hl7.org/fhir/R4/http.html#create, #update, #delete
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import condition, etag
from api.call import Call
from consent import change
from consent.precondition import Precondition
from consent.prepared import Change
from resources.record.problem import Problem


def of(call: Call, interaction: str, resource: Mapping[str, Any], body: bytes, at: str = "") -> Change:
    """The change; `at` is its entry in a Bundle. Raises Problem naming what does not fit."""
    if interaction == "create":
        said = call.headers.get("if-none-exist")
        where = f"{at}.request.ifNoneExist" if at else "If-None-Exist"
        found = condition.of_header(said, call.type, where) if said is not None else ()
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


def _condition(call: Call, at: str) -> condition.Condition:
    return condition.of(call.parameters, f"{at}.request.url" if at else "")


def _only_if(call: Call, at: str) -> Precondition:
    named = call.headers.get
    where = {"If-Match": f"{at}.request.ifMatch", "If-None-Match": f"{at}.request.ifNoneMatch"} if at else {}
    return etag.demanded(named("if-match"), named("if-none-match"), named("if-unmodified-since"), where)
