"""$extract: a filled つなぐシート becomes the transaction that files household, concerns, consents and referrals.

https://hl7.org/fhir/uv/sdc/OperationDefinition-QuestionnaireResponse-extract.html; R1 to R3 of the domain
"""

from __future__ import annotations

import orjson

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters, sheets
from resources import sheet


async def extract(call: Call) -> Answer:
    """Nothing is stored; the sheet comes bare or as the `questionnaire-response` of a Parameters."""
    found, body = await sent.anything(call)
    await sent.checked(call, found, body)
    if found["resourceType"] == "Parameters":
        given = {each.get("name"): parameters.value(each) for each in found.get("parameter", ())}
        held = given.get("questionnaire-response")
        found = held if isinstance(held, dict) else {}
    return await _made(call, sheets.one(found))


async def extract_stored(call: Call) -> Answer:
    """The same for a sheet already filed, as far as the caller may read it."""
    version = await call.on.gate.read(call.actor, "QuestionnaireResponse", call.id)
    return await _made(call, orjson.loads(version.body))


async def _made(call: Call, response: sheets.Json) -> Answer:
    form = sheets.form(call.on.spec, response)
    async with call.on.gate.reading(call.actor, interaction="operation", asked="$extract") as reading:
        group = await sheets.household(reading, response)
    return respond.json(sheet.extract(response, form, group))
