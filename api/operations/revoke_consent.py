"""$revokeConsent: at a person's word what they permitted is ended, one consent or to a recipient.

http://hl7.org/fhir/us/consent-management (1.0.0-ballot); docs/policy.md, "standing"; docs/consent-exchange.md
"""

from __future__ import annotations

from typing import Any

from api.http import outcomes, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import papers
from consent.writing import change
from consent.writing.prepared import Change
from profiles import consent as tables
from resources.record import coding, parse, period
from resources.record.problem import Issue, Problem

Json = dict[str, Any]

_DONE = Issue(
    "it is written down: whatever the person had permitted is ended that far; what is withheld stays withheld",
    "取り消しを記録しました。本人が許していた提供は、その範囲で終わります。提供しないという部分は残ります",
    severity="information",
    code="informational",
)
_RECIPIENT = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"


async def revoke_consent(call: Call) -> Answer:
    """The word is a record of the caller's own; whom it reaches, and what others hold, the answer does not say."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given: list[Json] = parse.editable(body).get("parameter", [])
    papers.known(call, given, "patient", "consent", "recipient", "document")
    person, consent = papers.reference(given, "patient"), papers.reference(given, "consent")
    recipients = [papers.reference([each], "recipient") for each in given if each.get("name") == "recipient"]
    if person is None:
        text, ja = "name the person: `patient`", "本人を `patient` で指定してください"
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    if consent and recipients:
        text, ja = "name a consent or recipients, not both", "`consent` か `recipient` のどちらかを指定してください"
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    signed = papers.of(given, "document")
    word = _word(call, person, consent, [each for each in recipients if each])
    if signed:
        word["sourceReference"] = {"reference": signed[0].change.reference}
    asked = [*(each.change for each in signed), Change("create", "Consent", change.new_id(), parse.write(word))]
    *_, done = await call.on.gate.commit(call.actor, asked)
    headers = {"location": respond.location(call, done.version)}
    return respond.json(outcomes.outcome((*done.warnings, _DONE), "business-rule", call.language), 200, headers)


def _word(call: Call, person: Json, consent: Json | None, recipients: list[Json]) -> Json:
    """The record of it: a consent that grants nothing, of the category `revocation`."""
    role = {"coding": [{"system": _RECIPIENT, "code": "IRCP"}]}
    provision: Json = {"type": "permit"}
    if recipients:
        provision["actor"] = [{"role": role, "reference": each} for each in recipients]
    [scope] = tables.accepted("scope")
    category = coding.own("record-category", "revocation")
    word: Json = {
        "resourceType": "Consent",
        "status": "inactive",
        "scope": {"coding": [_coding(scope)]},
        "category": [{"coding": [_coding(category)]}],
        "patient": person,
        "dateTime": period.instant(call.now),
        "policyRule": {"coding": [_coding(category)]},
        "provision": provision,
    }
    if consent:
        word["extension"] = [{"url": f"{coding.BASE}/StructureDefinition/revokes", "valueReference": consent}]
    return word


def _coding(code: str) -> dict[str, str]:
    system, _, bare = code.rpartition("|")
    return {"system": system, "code": bare}
