"""read and vread: one record, now or at a version.

https://hl7.org/fhir/R4/http.html#read
"""

from __future__ import annotations

from starlette.responses import Response

from api import respond
from api.call import Call
from api.interactions import audit
from consent import audit_event, refusal
from resources.record.version import Version


async def read(call: Call) -> Response:
    if call.type == audit_event.TYPE:
        return await audit.read(call)
    found = await call.on.gate.read(call.actor, call.type, call.id)
    if _has_it(call, found):
        return Response(status_code=304, headers=respond.tags(found))
    return respond.version(found)


async def vread(call: Call) -> Response:
    number = call.path["version"]
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise refusal.not_found(call.type, f"{call.id}/_history/{number[:9]}")
    return respond.version(await call.on.gate.read(call.actor, call.type, call.id, int(number)))


def _has_it(call: Call, found: Version) -> bool:
    """Whether If-None-Match names this version; the comparison is the weak one."""
    tags = {tag.strip().removeprefix("W/") for tag in call.header("if-none-match").split(",")}
    return bool(tags & {"*", respond.etag(found).removeprefix("W/")})
