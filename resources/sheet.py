"""What a completed つなぐシート says, as the records to be filed: household, kinship, concerns and signed consents.

http://hl7.org/fhir/uv/sdc/STU3/OperationDefinition-QuestionnaireResponse-extract.html and rules R1 to R3
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resources import sheet_answers, sheet_consent, sheet_entries
from resources.record.coding import BASE
from resources.record.problem import Issue, Problem
from resources.sheet_answers import Answers
from resources.sheet_entries import CODES, Json, Urls

REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
MEMBER_SUBJECT = f"{BASE}/StructureDefinition/member-subject"
SELF = "ONESELF"


def extract(response: Mapping[str, Any], questionnaire: Mapping[str, Any]) -> Json:
    """The transaction Bundle that files a sheet: POST entries, each with a `urn:uuid` that follows from the content.

    `response` is a completed QuestionnaireResponse of `questionnaire`; the first `member` is the person. A Consent is
    made of a member who signed, dated and named agencies, and of no other. A response that has an id is put back in
    its place instead of filed a second time. Raises Problem that names every item at fault.
    """
    sheet = sheet_answers.read(response, questionnaire)
    members = sheet.groups("member")
    issues = [*sheet.issues(), *_check_members(members)]
    if issues:
        raise Problem("invalid", *issues)
    urls = sheet_entries.Urls(response)
    patients = [urls.of("Patient", at) for at in range(len(members))]
    entries = [sheet_entries.post(patients[at], _patient(member, urls, at)) for at, member in enumerate(members)]
    entries += [
        sheet_entries.post(urls.of("RelatedPerson", at), _kin(member, patients[0]))
        for at, member in enumerate(members)
        if at
    ]
    entries.append(sheet_entries.post(urls.of("Group"), _household(members, patients, urls)))
    entries.append(_filed(response, urls, patients))
    for at, member in enumerate(members):
        for code, coding in {coding["code"]: coding for coding in member.all("member.concern")}.items():
            url = urls.of("Condition", at, code)
            entries.append(sheet_entries.post(url, _concern(coding, patients[at], sheet)))
    for at, member in enumerate(members):
        entries += sheet_consent.entries(sheet, member, at, patients[at], urls)
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _check_members(members: list[Answers]) -> list[Issue]:
    """The first row is the person, and nobody else is."""
    issues = []
    for at, member in enumerate(members):
        relation = member.one("member.relation")
        oneself = relation is not None and relation.get("code") == SELF
        if relation is not None and at == 0 and not oneself:
            text, ja = "the first member must be the person: relation `ONESELF`", "1行目は本人でなければなりません"
            issues.append(Issue(text, ja, member.path("member.relation")))
        if at and oneself:
            text, ja = "there are two heads: only the first member is `ONESELF`", "本人は1行目の1人だけです"
            issues.append(Issue(text, ja, member.path("member.relation")))
    return issues


def _patient(member: Answers, urls: Urls, at: int) -> Json:
    patient: Json = {"resourceType": "Patient", "active": True, "name": _names(member)}
    if gender := member.one("member.gender"):
        patient["gender"] = gender["code"]
    if born := member.one("member.birthDate"):
        patient["birthDate"] = born
    if address := member.one("member.address"):
        patient["address"] = [{"use": "home", "text": address, "country": "JP"}]
    if phone := member.one("member.phone"):
        patient["telecom"] = [{"system": "phone", "value": phone, "use": "home"}]
    if at:
        patient["link"] = [{"other": {"reference": urls.of("RelatedPerson", at)}, "type": "seealso"}]
    return patient


def _kin(member: Answers, person: str) -> Json:
    """Kinship to the first row; where the member lives stays with the Patient, which a label can protect (D1)."""
    return {
        "resourceType": "RelatedPerson",
        "active": True,
        "patient": {"reference": person},
        "relationship": [sheet_entries.relationship(member, "member.relation", member.one("member.relation-wording"))],
        "name": _names(member),
    }


def _household(members: list[Answers], patients: list[str], urls: Urls) -> Json:
    name = " ".join(members[0].one("member.name").split())
    return {
        "resourceType": "Group",
        "identifier": [{"system": f"{BASE}/sid/household", "value": urls.of("household").removeprefix("urn:uuid:")}],
        "active": True,
        "type": "person",
        "actual": True,
        "name": f"{name} 世帯",
        "quantity": len(members),
        "member": [{"entity": {"reference": patient}} for patient in patients],
    }


def _filed(response: Mapping[str, Any], urls: Urls, patients: list[str]) -> Json:
    """The sheet itself, about the household, each member's row tied to the Patient made of it.

    What it says was said by the person unless it names another source.
    """
    kept = {key: value for key, value in response.items() if key != "meta"}
    rows = iter(patients)
    items = [_tied(item, next(rows)) if item.get("linkId") == "member" else item for item in response["item"]]
    sheet = kept | {"subject": {"reference": urls.of("Group")}, "item": items}
    sheet.setdefault("source", {"reference": patients[0]})
    entry = sheet_entries.post(urls.of("QuestionnaireResponse"), sheet)
    if "id" in response:
        entry["request"] = {"method": "PUT", "url": f"QuestionnaireResponse/{response['id']}"}
    return entry


def _tied(row: Json, patient: str) -> Json:
    others = [each for each in row.get("extension", []) if each["url"] != MEMBER_SUBJECT]
    return row | {"extension": [*others, {"url": MEMBER_SUBJECT, "valueReference": {"reference": patient}}]}


def _concern(coding: Json, patient: str, sheet: Answers) -> Json:
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": status, "code": "active"}]},
        "category": [{"coding": [{"system": f"{CODES}/record-category", "code": "concern"}]}],
        "code": {"coding": [coding]},
        "subject": {"reference": patient},
        "recordedDate": sheet.one("date"),
        "recorder": sheet.one("officer"),
    }


def _names(member: Answers) -> list[Json]:
    """The name in 漢字 (IDE) and, where given, in カナ (SYL), as JP Core names people."""
    written = {"IDE": member.one("member.name"), "SYL": member.one("member.kana")}
    return [_name(representation, text) for representation, text in written.items() if text]


def _name(representation: str, text: str) -> Json:
    family, *given = text.split()
    name: Json = {
        "extension": [{"url": REPRESENTATION, "valueCode": representation}],
        "use": "official",
        "text": " ".join([family, *given]),
    }
    return name | ({"family": family, "given": given} if given else {})
