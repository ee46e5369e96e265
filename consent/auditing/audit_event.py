"""FHIR's AuditEvent as a view of an event on the trail.

https://profiles.ihe.net/ITI/BALP/; docs/trail.md, "the view"
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from consent import vocabulary
from resources.record import period
from resources.store.trail import Entry, Event

TYPE = "AuditEvent"

DISCLOSED = "$recordDisclosure"
"""What is asked for by who tells of a disclosure made elsewhere: its first record is who received it."""

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_BALP = "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType"
_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_EVENT = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION = "http://hl7.org/fhir/restful-interaction"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_REST = {"system": _EVENT, "code": "rest"}
_AUTHENTICATION = {"system": _DICOM, "code": "110114", "display": "User Authentication"}
_ALERT = {"system": _DICOM, "code": "110113", "display": "Security Alert"}
_LOGIN = {"system": _DICOM, "code": "110122", "display": "Login"}
_LOGOUT = {"system": _DICOM, "code": "110123", "display": "Logout"}
_CHANGED = {"system": _DICOM, "code": "110137", "display": "User Security Attributes Changed"}
_TOKEN = {"system": "urn:ihe:event-type-code", "code": "ITI-71", "display": "Get Access Token"}
_SECURITY = {
    "sign-in": (_AUTHENTICATION, _LOGIN),
    "sign-out": (_AUTHENTICATION, _LOGOUT),
    "token": (_AUTHENTICATION, _TOKEN),
    "revocation": (_AUTHENTICATION, _CHANGED),
    "administration": (_AUTHENTICATION, _CHANGED),
    "security-alert": (_ALERT, _LOGIN),
}
"""What the authorization server does (`api/oauth/events.py`), in the words of DICOM and IHE IUA."""
_TYPES = "http://hl7.org/fhir/resource-types"
_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"


def of(entry: Entry) -> dict[str, Any]:
    """The resource, with the id that leads to this event."""
    event, at = entry.event, recorded(entry.event)
    allowed = event.outcome == "0"
    return {
        "resourceType": TYPE,
        "id": entry.id,
        "meta": {"versionId": "1", "lastUpdated": at},
        **_kind(event),
        "action": event.action,
        "recorded": at,
        "outcome": event.outcome,
        "outcomeDesc": "allowed" if allowed else "denied",
        **(
            {"purposeOfEvent": [{"coding": [_purpose(event.purpose)]}]}
            if event.purpose or event.kind not in _SECURITY
            else {}
        ),
        "agent": list(_agents(event)),
        "source": {"observer": {"display": "tsunagu"}},
        "entity": list(_entities(event)),
    }


def _kind(event: Event) -> dict[str, Any]:
    """A disclosure made elsewhere is a decision on a consent; all else is an interaction, or a sign-in."""
    if event.asked == DISCLOSED and event.action == "E":
        decided = {"system": _BALP, "code": "AuthZ-Consent"}
        return {"type": {"system": _DICOM, "code": "110113"}, "subtype": [decided]}
    type, subtype = _SECURITY.get(event.kind, (_REST, {"system": _INTERACTION, "code": event.kind}))
    return {"type": type, "subtype": [subtype]}


def recorded(event: Event) -> str:
    """The event's instant as records keep it."""
    return period.instant(datetime.fromtimestamp(event.at / 1000, UTC))


def place(id: str) -> tuple[str, int] | None:
    """The chain and the number that an id leads to, None for one that leads to no event."""
    chain, dash, number = id.rpartition("-")
    written = number.isascii() and number.isdigit() and len(number) < 13 and number[:1] != "0"
    return (chain, int(number)) if dash and chain and written else None


def _purpose(said: str) -> dict[str, str]:
    """An event of an earlier release says the code alone."""
    system, _, code = vocabulary.purpose(said).rpartition("|")
    return {"system": system or vocabulary.ACT_REASON, "code": code}


def _agents(event: Event) -> Iterator[dict[str, Any]]:
    """Who asked, and the rules that decided; then the agencies a person acted for."""
    elsewhere = event.asked == DISCLOSED and event.action == "E"
    if elsewhere:
        received = {"coding": [{"system": _PARTICIPATION, "code": "IRCP"}]}
        yield {"type": received, "requestor": True, "who": {"reference": event.records[0]}}
    agent: dict[str, Any] = {"requestor": not elsewhere, "altId": event.client or "anonymous"}
    if event.person or event.agencies:
        agent["who"] = {"reference": event.person or event.agencies[0]}
    if event.rules:
        agent["policy"] = list(event.rules)
    yield agent
    for agency in event.agencies if event.person else ():
        yield {"requestor": False, "who": {"reference": agency}}


def _entities(event: Event) -> Iterator[dict[str, Any]]:
    for record in event.records:
        type = record.partition("/")[0]
        yield {"what": {"reference": record}, "type": {"system": _TYPES, "code": type}}
    for patient in event.patients:
        yield {"what": {"reference": patient}, "role": {"system": _ROLE, "code": "1"}}
    for evidence in event.evidence:
        yield {"what": {"reference": evidence}, "role": {"system": _ROLE, "code": "20"}, "description": "evidence"}
    detail = [{"type": "request", "valueString": event.request}]
    yield {"name": event.asked or "request", "role": {"system": _ROLE, "code": "24"}, "detail": detail}
