"""capabilities: what this server can do, said once at the start and to anybody.

https://hl7.org/fhir/R4/http.html#capabilities
"""

from __future__ import annotations

from api.answer import FHIR_JSON, Answer
from api.call import Call


async def metadata(call: Call) -> Answer:
    return Answer(body=call.on.metadata, kind=FHIR_JSON, headers={"cache-control": "max-age=300"})
