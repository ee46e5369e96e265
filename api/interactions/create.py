"""create: a new record, whose id the server gives.

https://hl7.org/fhir/R4/http.html#create
"""

from __future__ import annotations

from api import respond, sent
from api.answer import Answer
from api.call import Call
from api.interactions import subscription
from consent import change
from consent.prepared import Change
from resources.record.problem import Problem


async def create(call: Call) -> Answer:
    if call.type == subscription.TYPE:
        return await subscription.create(call)
    if call.header("if-none-exist"):
        raise Problem.of("not-supported", "If-None-Exist is not supported", "If-None-Exist には対応していません")
    _, body = await sent.resource(call)
    (done,) = await call.on.gate.commit(call.actor, [Change("create", call.type, change.new_id(), body)])
    return respond.written(call, done)
