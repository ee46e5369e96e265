"""The consents a sheet was signed for, one for each member who signed.

https://hl7.org/fhir/R4/consent.html and rule R3
"""

from __future__ import annotations

from collections.abc import Iterator

from resources import sheet_answers, sheet_entries
from resources.record import period, problem
from resources.record.problem import Issue
from resources.sheet_answers import Answers
from resources.sheet_entries import Json, Urls
from resources.sheet_member import Member

PARTS = ("signature", "date", "agency")
_MISSING = {"signature": "署名", "date": "署名日", "agency": "情報を共有してよい機関"}


def unfinished(member: Member) -> Iterator[Issue]:
    """What a consent lacks that was begun: nothing is made of it. One that nobody has signed or dated is none (R4)."""
    given = _given(member)
    if given is None or not (given.one("member.consent.signature") or given.one("member.consent.date")):
        return
    for part in PARTS:
        link = f"member.consent.{part}"
        if not given.one(link):
            text = f"the consent lacks `{link}`: nothing is shared by it"
            yield problem.of_rule(
                "R3",
                text,
                f"同意に{_MISSING[part]}がありません（このままでは何も共有されません）",
                given.path(link),
                code="required",
            )
    yield from sheet_answers.in_words(given, "member.consent.agency")
    signature = given.one("member.consent.signature")
    if signature and not given.one("member.consent.proxy-relation") and not member.signs_as(signature):
        yield problem.of_rule(
            "R3",
            "somebody else has signed: say what they are to the person (`member.consent.proxy-relation`)",
            "署名が本人の氏名と違います。代理人の署名なら、本人に対する続柄を記入してください",
            given.path("member.consent.signature"),
        )
    signed = period.day(given.one("member.consent.date"))
    if signed and signed > member.on:
        text, ja = "it was signed after the day of the sheet", "署名日が記入日より後です"
        yield problem.of_rule("R3", text, ja, given.path("member.consent.date"))


def entries(sheet: Answers, member: Member, patient: str, urls: Urls) -> list[Json]:
    """Nothing unless signed, dated and given to named agencies; a proxy who signs becomes the performer.

    A proxy signs for somebody only as recorded before that day, with a court's or register's paper (R3): what is
    recorded with the sheet is proposed, and no more.
    """
    given = _given(member)
    if given is None or any(unfinished(member)) or not given.one("member.consent.signature"):
        return []
    found, performer = [], patient
    if given.one("member.consent.proxy-relation"):
        performer = urls.of("proxy", member.at)
        proxy = {
            "resourceType": "RelatedPerson",
            "active": True,
            "patient": {"reference": patient},
            "relationship": [sheet_entries.relationship(given, "member.consent.proxy-relation")],
            "name": [{"text": given.one("member.consent.signature")}],
        }
        found.append(sheet_entries.post(performer, proxy))
    found.append(sheet_entries.post(urls.of("Consent", member.at), _consent(sheet, given, patient, performer, urls)))
    return found


def _given(member: Member) -> Answers | None:
    return next(iter(member.row.groups("member.consent")), None)


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
