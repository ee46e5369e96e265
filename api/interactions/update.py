"""update: the next version of a record, named by its id or found by a condition.

https://hl7.org/fhir/R4/http.html#update
"""

from __future__ import annotations

from api.http import changes, respond, sent, told_beside
from api.http.answer import Answer
from api.http.call import Call
from api.interactions import raw, subscription


async def update(call: Call) -> Answer:
    """A record that never was, or is not for the caller, is not made here: its id is the server's to give.

    Only who may see everything of its type may choose one, since to them an id not found is an id not taken. Where
    nothing meets a condition, a record is made, and the server gives its id.
    """
    if call.type == subscription.TYPE:
        changes.by_id(call)
        return await subscription.update(call)
    resource, body = await (raw.sent(call) if raw.is_sent(call) else sent.resource(call))
    asked = told_beside.changes(call, changes.of(call, "update", resource, body))
    done, *_ = await call.on.gate.commit(call.actor, asked)
    return respond.written(call, done)
