"""delete: the record is gone from now on, its history is not.

https://hl7.org/fhir/R4/http.html#delete
"""

from __future__ import annotations

from api.http import changes, respond
from api.http.answer import Answer
from api.http.call import Call
from api.interactions import subscription


async def delete(call: Call) -> Answer:
    call.sign_in()
    if call.type == subscription.TYPE:
        changes.by_id(call)
        return await subscription.delete(call)
    (done,) = await call.on.gate.commit(call.actor, [changes.of(call, "delete", {}, b"")])
    return respond.written(call, done)
