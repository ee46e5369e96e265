"""delete: the record is gone from now on, its history is not.

https://hl7.org/fhir/R4/http.html#delete
"""

from __future__ import annotations

from api import respond
from api.answer import Answer
from api.call import Call
from consent.prepared import Change


async def delete(call: Call) -> Answer:
    call.sign_in()
    asked = Change("delete", call.type, call.id, only_if=call.only_if)
    (done,) = await call.on.gate.commit(call.actor, [asked])
    return respond.written(call, done)
