"""create: a new record, whose id the server gives; with If-None-Exist only where there is none yet.

https://hl7.org/fhir/R4/http.html#create
"""

from __future__ import annotations

from api.http import changes, respond, sent, told_beside
from api.http.answer import Answer
from api.http.call import Call
from api.interactions import raw, subscription


async def create(call: Call) -> Answer:
    if call.type == subscription.TYPE:
        changes.by_id(call)
        return await subscription.create(call)
    resource, body = await (raw.sent(call) if raw.is_sent(call) else sent.resource(call))
    asked = told_beside.changes(call, changes.of(call, "create", resource, body))
    done, *_ = await call.on.gate.commit(call.actor, asked)
    return respond.written(call, done)
