"""capabilities: what this server can do, said once at the start and to anybody.

https://hl7.org/fhir/R4/http.html#capabilities
"""

from __future__ import annotations

from starlette.responses import Response

from api import respond
from api.call import Call


async def metadata(call: Call) -> Response:
    return Response(call.on.metadata, media_type=respond.FHIR_JSON)
