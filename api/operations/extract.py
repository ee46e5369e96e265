"""$extract: a filled つなぐシート becomes household, persons, concerns and consents, as a transaction to be posted.

https://hl7.org/fhir/uv/sdc/OperationDefinition-QuestionnaireResponse-extract.html; R1 to R3 of the domain
"""

from __future__ import annotations

import orjson

from api import respond, sent
from api.answer import Answer
from api.call import Call
from api.operations import parameters
from resources import sheet
from resources.record import coding
from resources.record.problem import Problem

_SHEET = f"{coding.BASE}/Questionnaire/tsunagu-sheet"


async def extract(call: Call) -> Answer:
    """Nothing is stored; the sheet comes bare or as the `questionnaire-response` of a Parameters."""
    found, body = await sent.anything(call)
    await sent.checked(call, found, body)
    if found["resourceType"] == "Parameters":
        given = {each.get("name"): parameters.value(each) for each in found.get("parameter", ())}
        held = given.get("questionnaire-response")
        found = held if isinstance(held, dict) else {}
    if found.get("resourceType") != "QuestionnaireResponse":
        text, ja = "send a QuestionnaireResponse", "QuestionnaireResponse を送ってください"
        raise Problem.of("structure", text, ja, "questionnaire-response")
    return respond.json(sheet.extract(found, call.on.spec.artefacts[_SHEET]))


async def extract_stored(call: Call) -> Answer:
    """The same for a sheet already filed, as far as the caller may read it."""
    version = await call.on.gate.read(call.actor, "QuestionnaireResponse", call.id)
    return respond.json(sheet.extract(orjson.loads(version.body), call.on.spec.artefacts[_SHEET]))
