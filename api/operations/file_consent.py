"""$fileConsent: a consent and the paper it was signed on, filed in one call, all or nothing.

http://hl7.org/fhir/us/consent-management (1.0.0-ballot); docs/consent-exchange.md
"""

from __future__ import annotations

from typing import Any

from api.http import outcomes, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import papers
from api.operations.papers import Paper
from consent.writing import change
from consent.writing.prepared import Change
from resources.record import parse
from resources.record.problem import Issue, Problem

Json = dict[str, Any]

_FILED = Issue("the consent is filed", "同意書を登録しました", severity="information", code="informational")


async def file_consent(call: Call) -> Answer:
    """Who may file it, and on which paper, is a matter of its standing, not of this operation."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given: list[Json] = parse.editable(body).get("parameter", [])
    papers.known(call, given, "consent", "document", "questionnaire")
    signed = papers.of(given, "document", "questionnaire")
    consent = _on_paper(_consent(given), signed)
    asked = [each.change for each in signed]
    asked.append(Change("create", "Consent", change.new_id(), parse.write(consent)))
    *_, done = await call.on.gate.commit(call.actor, asked)
    headers = respond.tags(done.version) | {"location": respond.location(call, done.version)}
    return respond.json(outcomes.outcome((*done.warnings, _FILED), "business-rule", call.language), 201, headers)


def _consent(given: list[Json]) -> Json:
    found = [each.get("resource") for each in given if each.get("name") == "consent"]
    if len(found) != 1 or not isinstance(found[0], dict) or found[0].get("resourceType") != "Consent":
        text, ja = "send one parameter `consent`, a Consent", "`consent` として Consent を一つだけ送ってください"
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    return found[0]


def _on_paper(consent: Json, signed: list[Paper]) -> Json:
    """The consent, with the paper that came with it named as the record that it becomes."""
    source = consent.get("sourceReference")
    said = source.get("reference") if isinstance(source, dict) else None
    if said is None and signed and "sourceAttachment" not in consent:
        return consent | {"sourceReference": {"reference": signed[0].change.reference}}
    named = next((each for each in signed if said in each.names), None)
    if named is None or not isinstance(source, dict):
        return consent
    return consent | {"sourceReference": source | {"reference": named.change.reference}}
