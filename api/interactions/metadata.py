"""capabilities: what this server can do, said once at the start and to anybody.

https://hl7.org/fhir/R4/http.html#capabilities
"""

from __future__ import annotations

from api.http import part
from api.http.answer import FHIR_JSON, Answer
from api.http.call import Call
from resources.record.problem import Problem
from resources.search import result_parameters

TYPE = "CapabilityStatement"
PARAMETERS = ("mode", *part.PARAMETERS)
MODES = ("full",)
"""No statement of the normative portions alone is made, and no TerminologyCapabilities."""


async def metadata(call: Call) -> Answer:
    for name, value in call.parameters:
        if name in result_parameters.IGNORED:
            continue
        if name not in PARAMETERS:
            text, ja = f"`{name}` is not supported on the metadata", f"metadata では `{name}` を使えません"
            raise Problem.of("not-supported", text, ja, name)
        if name == "mode" and value not in MODES:
            text = f"`{value[:64]}` is not answered as `mode`: ask for `full`"
            raise Problem.of("not-supported", text, f"`mode` は `full` だけです（`{value[:64]}`）", name)
    wanted = part.asked(call.on.spec, TYPE, call.parameters, part.SUMMARIES)
    whole = Answer(body=call.on.metadata, kind=FHIR_JSON, headers={"cache-control": "max-age=300"})
    return part.of_answer(call, wanted, whole)
