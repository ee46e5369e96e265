"""The signature: a member signs another day than the sheet's, somebody withholds, somebody takes it back.

R3 and R4 of the domain
"""

from __future__ import annotations

from datetime import timedelta

from demo.year.coded import Json, ref
from demo.year.household import Household, Member
from demo.year.town import Town

_HL7 = "http://terminology.hl7.org/CodeSystem"
_TYPES = ("Patient", "RelatedPerson", "Condition", "ServiceRequest", "Task", "Communication", "CarePlan")


def sign(town: Town, home: Household, member: Member, desk: str, *, withholds: bool = False) -> str:
    """A paper of the member, and the Consent that was signed on it: to this desk, or that nothing goes anywhere."""
    day = town.today.isoformat()
    paper: Json = {"resourceType": "DocumentReference", "status": "current", "date": f"{day}T00:00:00+09:00"}
    attached = {"contentType": "text/plain", "title": "署名のある同意書", "creation": day}
    paper |= {"subject": ref(member.record), "content": [{"attachment": attached}]}
    filed = town.post("paper", home.officer, "DocumentReference", paper).created[0]
    act = "withheld" if withholds else "consent"
    return town.post(act, home.officer, "Consent", _consent(town, home, member, desk, filed, withholds)).created[0]


def withdraw(town: Town, home: Household, consent: str) -> None:
    """The member takes it back; whatever it opened is closed to the next request."""
    town.change("withdrawn", home.officer, consent, status="inactive")


def _consent(town: Town, home: Household, member: Member, desk: str, paper: str, withholds: bool) -> Json:
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": f"{_HL7}/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0", "display": "Consent Document"}]}],
        "patient": ref(member.record),
        "dateTime": town.now,
        "performer": [ref(member.record)],
        "organization": [ref(home.keeper)],
        "sourceReference": ref(paper),
        "policyRule": {"coding": [{"system": f"{_HL7}/v3-ActCode", "code": "OPTIN"}]},
        "provision": _provision(town, desk, withholds),
    }


def _provision(town: Town, desk: str, withholds: bool) -> Json:
    year = {"start": town.today.isoformat(), "end": (town.today + timedelta(days=365)).isoformat()}
    classes = [{"system": "http://hl7.org/fhir/resource-types", "code": each} for each in _TYPES]
    said: Json = {"type": "deny" if withholds else "permit", "period": year, "class": classes}
    if withholds:
        return said
    recipient = {"coding": [{"system": f"{_HL7}/v3-ParticipationType", "code": "IRCP"}]}
    said |= {"actor": [{"role": recipient, "reference": ref(desk)}]}
    return said | {"purpose": [{"system": f"{_HL7}/v3-ActReason", "code": "CAREMGT"}]}
