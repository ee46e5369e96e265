"""$protect, and what becomes of a protection: its list is extended, it is confirmed, it is lifted.

docs/policy.md, D1; profiles/tsunagu/OperationDefinition-protect.json, OperationDefinition-lift-protection.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts.protecting import Protect
from consent.acts.protection_list import OfList
from consent.secrecy import protection
from consent.views import protections_told
from resources.record import coding, reference
from resources.record.problem import Issue, Problem

_CODES = {
    "address-secret": f"{coding.BASE}/CodeSystem/secrecy-label",
    "SDV": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
}


async def protect(call: Call) -> Answer:
    """Who may is decided by the policy; the answer has the id of the protection and the Patients it lies on."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
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


async def told(call: Call) -> Answer:
    """The protections that name the caller, or await the lead section."""
    parameters.of_address(call, ())
    found = await protections_told.told(call.on.gate, call.actor, call.id)
    told = [{"name": "protection", "part": list(_parts(each))} for each in found]
    return respond.json({"resourceType": "Parameters"} | ({"parameter": told} if told else {}))


async def extend(call: Call) -> Answer:
    """The Patient, of one of whose protections the list is longer."""
    return await _of_list(call, "$extend-protection")


async def release(call: Call) -> Answer:
    """The Patient, in whose records more may be shown as who does something."""
    return await _of_list(call, "$release-performers")


async def confirm_signer(call: Call) -> Answer:
    """The Patient, of whom somebody who signs for them reads as if they were not protected from that one."""
    return await _of_list(call, "$confirm-signer")


async def confirm(call: Call) -> Answer:
    """The Patient, of whom a later protection now holds against those whom an earlier one names."""
    return await _of_list(call, "$confirm-protection")


async def lift(call: Call) -> Answer:
    """The Patient without that protection."""
    return await _of_list(call, "$lift-protection")


async def _of_list(call: Call, operation: str) -> Answer:
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = {each.get("name"): str(parameters.value(each) or "") for each in found.get("parameter", ())}
    asked = OfList(
        patient=f"Patient/{call.id}",
        reason=given.get("reason", ""),
        id=given.get("protection", ""),
        named=tuple(_references(found, "to")),
        until=given.get("until", ""),
        heard=given.get("heard", ""),
        undo=any(each.get("name") == "undo" and parameters.value(each) is True for each in found.get("parameter", ())),
    )
    done = await call.on.gate.of_list(call.actor, operation, asked)
    return respond.version(done[0].version)


def _parts(one: protections_told.Told) -> Iterator[dict[str, Any]]:
    label = one.label
    if id := protection.id_of(label):
        yield {"name": "id", "valueId": id}
    yield {"name": "code", "valueCode": label["code"]}
    yield {"name": "confirmed", "valueBoolean": not one.awaits}
    lists = (("to", protection.named(label)), ("against", one.against), ("released", protection.released(label)))
    for name, listed in lists:
        for each in sorted(listed):
            yield {"name": name, "valueReference": {"reference": each}}
    for each in sorted(protection.signers(label)):
        yield {"name": "signer", "valueReference": {"reference": each}}
    for who, until in protection.substitutes(label):
        parts = [{"name": "who", "valueReference": {"reference": who}}, {"name": "until", "valueDate": until}]
        yield {"name": "substitute", "part": parts}


def _code(given: Mapping[str, Any]) -> dict[str, str]:
    """The Coding of the protection. Raises Problem for any other code."""
    found = [parameters.value(each) for each in given.get("parameter", ()) if each.get("name") == "code"]
    code = found[0] if found else "address-secret"
    if not isinstance(code, str) or code not in _CODES or len(found) > 1:
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
