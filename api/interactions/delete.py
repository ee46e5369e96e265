"""delete: the record is gone from now on, its history is not.

https://hl7.org/fhir/R4/http.html#delete
"""

from __future__ import annotations

from starlette.responses import Response

from api import respond
from api.call import Call
from consent.prepared import Change


async def delete(call: Call) -> Response:
    call.sign_in()
    asked = Change("delete", call.type, call.id, if_match=call.if_match)
    (done,) = await call.on.gate.commit(call.actor, [asked])
    return respond.written(call, done)
