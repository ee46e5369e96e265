"""$verify-consent: an agency that was asked to looks at a consent and its paper, and says that it has verified it.

R3 of the domain; profiles/tsunagu/OperationDefinition-verify-consent.json
"""

from __future__ import annotations

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters


async def verify_consent(call: Call) -> Answer:
    """Who was not asked is answered as if there were no such consent."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = {each.get("name"): parameters.value(each) for each in found.get("parameter", ())}
    versions = await call.on.gate.verify(call.actor, call.id, verified=given.get("verified") is True)
    entries = respond.entries(call, versions)
    links = [("self", f"{call.on.settings.fhir}/Consent/{call.id}/$verify-consent")]
    return respond.json(respond.bundle("collection", None, links, entries))
