"""The consents a sheet was signed for, one for each member who signed.

https://hl7.org/fhir/R4/consent.html and rule R3
"""

from __future__ import annotations

from resources import sheet_entries
from resources.sheet_answers import Answers
from resources.sheet_entries import Json, Urls


def entries(sheet: Answers, member: Answers, at: int, patient: str, urls: Urls) -> list[Json]:
    """Nothing unless signed, dated and given to named agencies; a proxy who signs becomes the performer.

    A proxy signs for somebody only as recorded before that day, with a court's or register's paper (R3): what is
    recorded with the sheet is proposed, and no more.
    """
    given = next(iter(member.groups("member.consent")), None)
    if given is None or not all(given.one(f"member.consent.{name}") for name in ("signature", "date", "agency")):
        return []
    found, performer = [], patient
    if given.one("member.consent.proxy-relation"):
        performer = urls.of("proxy", at)
        proxy = {
            "resourceType": "RelatedPerson",
            "active": True,
            "patient": {"reference": patient},
            "relationship": [sheet_entries.relationship(given, "member.consent.proxy-relation")],
            "name": [{"text": given.one("member.consent.signature")}],
        }
        found.append(sheet_entries.post(performer, proxy))
    found.append(sheet_entries.post(urls.of("Consent", at), _consent(sheet, given, patient, performer, urls)))
    return found


def _consent(sheet: Answers, given: Answers, patient: str, performer: str, urls: Urls) -> Json:
    signed, until = given.one("member.consent.date"), given.one("member.consent.until")
    recipient = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}
    basis = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN"}
    scope = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
    return {
        "resourceType": "Consent",
        "status": "active" if performer == patient else "proposed",
        "scope": {"coding": [scope]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": patient},
        "dateTime": signed,
        "performer": [{"reference": performer}],
        "organization": [sheet.one("agency")],
        "sourceReference": {"reference": urls.of("QuestionnaireResponse")},
        "policyRule": {"coding": [basis]},
        "provision": {
            "type": "permit",
            "period": {"start": signed} | ({"end": until} if until else {}),
            "actor": [
                {"role": {"coding": [recipient]}, "reference": agency} for agency in given.all("member.consent.agency")
            ],
            "purpose": [_bare(coding) for coding in given.chosen("member.consent.purpose")],
            "class": [_bare(coding) for coding in given.chosen("member.consent.record")],
        },
    }


def _bare(coding: Json) -> Json:
    return {"system": coding["system"], "code": coding["code"]}
