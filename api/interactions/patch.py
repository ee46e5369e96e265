"""patch: a record changed in some places, by JSON Patch or FHIRPath Patch, named by its id or found by a condition.

https://hl7.org/fhir/R4/http.html#patch
"""

from __future__ import annotations

from api import changes, respond
from api.answer import Answer
from api.call import Call


async def patch(call: Call) -> Answer:
    call.sign_in()
    (done,) = await call.on.gate.commit(call.actor, [await changes.patch(call)])
    return respond.written(call, done)
