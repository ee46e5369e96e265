"""read and vread: one record, now or at a version.

https://hl7.org/fhir/R4/http.html#read
"""

from __future__ import annotations

from starlette.responses import Response

from api import respond
from api.call import Call
from consent import refusal


async def read(call: Call) -> Response:
    found = await call.on.gate.read(call.actor, call.type, call.path["id"])
    if call.header("if-none-match") == respond.etag(found):
        return Response(status_code=304, headers=respond.tags(found))
    return respond.version(found)


async def vread(call: Call) -> Response:
    number = call.path["version"]
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise refusal.not_found(call.type, f"{call.path['id']}/_history/{number}")
    return respond.version(await call.on.gate.read(call.actor, call.type, call.path["id"], int(number)))
