"""read and vread: one record, now or at a version.

https://hl7.org/fhir/R4/http.html#read
"""

from __future__ import annotations

from api.http import etag, part, respond
from api.http.answer import Answer
from api.http.call import Call
from api.interactions import audit, raw, subscription
from consent.auditing import audit_event


async def read(call: Call) -> Answer:
    wanted = part.of_one(call, call.type)
    return part.of_answer(call, wanted, await _read(call))


async def vread(call: Call) -> Answer:
    wanted = part.of_one(call, call.type)
    found = await call.on.gate.read(call.actor, call.type, call.id, call.number)
    if etag.is_known(call.headers, found):
        return Answer(304, headers=respond.tags(found))
    if raw.is_wanted(call):
        return raw.answer(call, found)
    return part.of_answer(call, wanted, respond.version(found))


async def _read(call: Call) -> Answer:
    if call.type == audit_event.TYPE:
        return await audit.read(call)
    if call.type == subscription.TYPE:
        return await subscription.read(call)
    found = await call.on.gate.read(call.actor, call.type, call.id)
    if etag.is_known(call.headers, found):
        return Answer(304, headers=respond.tags(found))
    if raw.is_wanted(call):
        return raw.answer(call, found)
    return respond.version(found)
