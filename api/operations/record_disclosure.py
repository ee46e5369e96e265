"""$recordDisclosure: a disclosure that was made outside this server, on a consent, is put on the trail.

http://hl7.org/fhir/us/consent-management (1.0.0-ballot); docs/consent-exchange.md; docs/trail.md
"""

from __future__ import annotations

from typing import Any

from api.http import outcomes, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import papers
from consent.auditing import outside
from resources.record.problem import Issue, Problem

_DONE = Issue(
    "the disclosure is on the trail", "提供を監査記録に残しました", severity="information", code="informational"
)


async def record_disclosure(call: Call) -> Answer:
    """What it says and who may say it is for `consent.auditing.outside` to judge."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given: list[dict[str, Any]] = found.get("parameter", [])
    papers.known(call, given, "disclosure", "consent")
    told = [each.get("resource") for each in given if each.get("name") == "disclosure"]
    if len(told) != 1 or not isinstance(told[0], dict) or told[0].get("resourceType") != "AuditEvent":
        text, ja = "send one `disclosure`, an AuditEvent", "`disclosure` として AuditEvent を一つだけ送ってください"
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    consent = papers.reference(given, "consent")
    await outside.recorded(call.on.gate, call.actor, told[0], consent or {})
    return respond.json(outcomes.outcome((_DONE,), "business-rule", call.language), 200)
