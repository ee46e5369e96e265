"""To whom a sheet says that the person is referred: the request, its Task, and the word sent ahead.

R1, R5, R9 and R10 of the domain; https://hl7.org/fhir/R4/workflow-management.html
"""

from __future__ import annotations

from resources import sheet_entries
from resources.record.coding import BASE
from resources.sheet_answers import Answers
from resources.sheet_entries import CODES, Json, Urls

TASK = "http://hl7.org/fhir/CodeSystem/task-code"


def entries(
    sheet: Answers, referral: Answers, at: int, patient: str, concerns: list[str], fields: list[Json], urls: Urls
) -> list[Json]:
    """What one line of 紹介先 makes. `concerns` are the person's Conditions, `fields` what the household ticked."""
    agency, request = referral.one("referral.agency"), urls.of("ServiceRequest", at)
    asked: Json = {
        "resourceType": "ServiceRequest",
        "extension": [{"url": f"{BASE}/StructureDefinition/sheet-used", "valueBoolean": True}],
        "status": "active",
        "intent": "order",
        "subject": {"reference": patient},
        "authoredOn": sheet.one("date"),
        "requester": sheet.one("officer"),
        "performer": [agency],
        "supportingInfo": [{"reference": urls.of("QuestionnaireResponse")}],
        "note": [{"text": referral.one("referral.reason")}],
    }
    if fields:
        asked["category"] = [{"coding": [field]} for field in fields]
    if concerns:
        asked["reasonReference"] = [{"reference": each} for each in concerns]
    if waived := referral.one("referral.notice-waived"):
        asked["extension"].append({"url": f"{BASE}/StructureDefinition/notice-waived", "valueString": waived})
    found = [
        sheet_entries.post(request, asked),
        sheet_entries.post(urls.of("Task", at), _task(sheet, agency, patient, request)),
    ]
    if word := referral.one("referral.notice"):
        found.append(sheet_entries.post(urls.of("Communication", at), _word(sheet, agency, patient, request, word)))
    return found


def _task(sheet: Answers, agency: Json, patient: str, request: str) -> Json:
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": TASK, "code": "fulfill"}]},
        "focus": {"reference": request},
        "for": {"reference": patient},
        "authoredOn": sheet.one("date"),
        "requester": sheet.one("agency"),
        "owner": agency,
    }


def _word(sheet: Answers, agency: Json, patient: str, request: str, word: str) -> Json:
    category = {"system": f"{CODES}/communication-category", "code": "introduction"}
    return {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"coding": [category]}],
        "subject": {"reference": patient},
        "about": [{"reference": request}],
        "sent": sheet.one("date"),
        "sender": sheet.one("officer"),
        "recipient": [agency],
        "payload": [{"contentString": word}],
    }
