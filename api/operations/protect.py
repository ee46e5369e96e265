"""$protect and $lift-protection: a person's place is kept secret, and no longer.

docs/policy.md, D1; profiles/tsunagu/OperationDefinition-protect.json, OperationDefinition-lift-protection.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api import respond, sent
from api.answer import Answer
from api.call import Call
from api.operations import parameters
from consent.protecting import Lift, Protect
from resources.record import coding, reference
from resources.record.problem import Issue, Problem

_CODES = {
    "address-secret": f"{coding.BASE}/CodeSystem/secrecy-label",
    "SDV": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
}


async def protect(call: Call) -> Answer:
    """Who may is decided by the policy; the answer has the id of the protection and the Patients it lies on."""
    found, body = await sent.resource(call, "Parameters")
    sent.checked(call, found, body)
    asked = Protect(
        patient=f"Patient/{call.id}",
        code=_code(found),
        named=tuple(_references(found, "to")),
        shares=tuple(_references(found, "shares")),
        apart=tuple(_references(found, "apart")),
        against=tuple(_references(found, "against")),
    )
    id, done = await call.on.gate.protect(call.actor, asked)
    told: list[dict[str, Any]] = [{"name": "protection", "valueId": id}]
    told += [{"name": "patient", "valueReference": {"reference": each.version.reference}} for each in done]
    return respond.json({"resourceType": "Parameters", "parameter": told})


async def lift(call: Call) -> Answer:
    """The Patient without that protection."""
    found, body = await sent.resource(call, "Parameters")
    sent.checked(call, found, body)
    given = {each.get("name"): parameters.value(each) for each in found.get("parameter", ())}
    asked = Lift(f"Patient/{call.id}", str(given.get("reason", "")), str(given.get("protection", "")))
    (done,) = await call.on.gate.lift(call.actor, asked)
    return respond.version(done.version)


def _code(given: Mapping[str, Any]) -> dict[str, str]:
    """The Coding of the protection. Raises Problem for any other code."""
    found = [parameters.value(each) for each in given.get("parameter", ()) if each.get("name") == "code"]
    code = found[0] if found else "address-secret"
    if code not in _CODES or len(found) > 1:
        text, ja = "`code` is `address-secret` or `SDV`", "`code` は `address-secret` か `SDV` です"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter"))
    return {"system": _CODES[code], "code": code}


def _references(given: Mapping[str, Any], name: str) -> Iterator[str]:
    for place, each in enumerate(given.get("parameter", ())):
        if each.get("name") == name:
            target = reference.one(each, "valueReference")
            if not target:
                text, ja = f"`{name}` is a Reference to a record here", f"`{name}` はここにある記録への参照です"
                raise Problem("invalid", Issue(text, ja, f"Parameters.parameter[{place}]"))
            yield target
