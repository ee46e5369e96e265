"""update: the next version of a record.

https://hl7.org/fhir/R4/http.html#update
"""

from __future__ import annotations

from api import respond, sent
from api.answer import Answer
from api.call import Call
from consent.prepared import Change
from resources.record.problem import Problem


async def update(call: Call) -> Answer:
    """A record that never was, or is not for the caller, is not made here: its id is the server's to give.

    Only who may see everything of its type may choose one, since to them an id not found is an id not taken.
    """
    resource, body = await sent.resource(call)
    if resource.get("id") != call.id:
        text = f"the id in the body is `{resource.get('id', '')}`, in the address `{call.id}`"
        ja = f"本文の id は `{resource.get('id', '')}`、アドレスの id は `{call.id}` です"
        raise Problem.of("structure", text, ja, f"{call.type}.id")
    asked = Change("update", call.type, call.id, body, call.only_if)
    (done,) = await call.on.gate.commit(call.actor, [asked])
    return respond.written(call, done)
