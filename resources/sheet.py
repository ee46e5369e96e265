"""What a completed つなぐシート says, as the records to be filed: household, kinship, concerns, consents, referrals.

http://hl7.org/fhir/uv/sdc/STU3/OperationDefinition-QuestionnaireResponse-extract.html and rules R1 to R3
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resources import sheet_answers, sheet_consent, sheet_entries, sheet_member, sheet_referral
from resources.record import period, reference
from resources.record.coding import BASE
from resources.record.problem import Issue, Problem
from resources.sheet_answers import Answers
from resources.sheet_entries import CODES, Json, Urls
from resources.sheet_member import Member


@dataclass(frozen=True, slots=True)
class Part:
    """Entries that are filed together or not at all, and which item of the sheet they are of."""

    at: str
    entries: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Filing:
    """What is to be filed of a sheet.

    `whole` are the persons, the household, the sheet itself and the concerns; each of `parts` is a consent or a
    referral, which rests on them. `left` says what the sheet began to say and what is made of it: nothing.
    """

    whole: Part
    parts: Sequence[Part]
    left: Sequence[Issue] = ()

    @property
    def entries(self) -> list[Json]:
        return [*self.whole.entries, *(entry for part in self.parts for entry in part.entries)]


def extract(
    response: Mapping[str, Any], questionnaire: Mapping[str, Any], group: Mapping[str, Any] | None = None
) -> Json:
    """The transaction Bundle that files a sheet: entries, each with a `urn:uuid` that follows from the content.

    `response` is a completed QuestionnaireResponse of `questionnaire`; the first `member` is the person; `group` is the
    household that it is about, where it names one. Raises Problem that names every item at fault, and every consent
    that was begun and not finished.
    """
    made = filing(response, questionnaire, group)
    if made.left:
        raise Problem("invalid", *made.left)
    return {"resourceType": "Bundle", "type": "transaction", "entry": made.entries}


def filing(
    response: Mapping[str, Any], questionnaire: Mapping[str, Any], group: Mapping[str, Any] | None = None
) -> Filing:
    """The same, part by part. A response that has an id is put back in its place instead of filed a second time.

    A row that is tied to a Patient is that person, and a sheet about a Group adds to it whom it does not have: so a
    household is not recorded twice; the sheet that is filed says of which version of the form it is. Raises Problem
    that names every item at fault.
    """
    sheet, form = sheet_answers.read(response, questionnaire), f"{questionnaire['url']}|{questionnaire['version']}"
    issues = list(sheet.issues())
    on = period.day(sheet.one("date"))
    if on is None:
        text, ja = "the day of the sheet is not said", "記入日が読み取れません"
        raise Problem("invalid", *issues, *([] if issues else [Issue(text, ja, sheet.path("date"))]))
    rows = [item for item in response.get("item", []) if item.get("linkId") == "member"]
    members = [Member(row, at, on, sheet_member.tied(rows[at])) for at, row in enumerate(sheet.groups("member"))]
    for member in members:
        issues += [*member.issues(), *_ties(member, group)]
    if issues:
        raise Problem("invalid", *issues)
    urls = Urls(response)
    patients = [member.known or urls.of("Patient", member.at) for member in members]
    left = [issue for member in members for issue in sheet_consent.unfinished(member)]
    left += [issue for each in sheet.groups("referral") for issue in sheet_answers.in_words(each, "referral.agency")]
    return Filing(
        Part(
            "QuestionnaireResponse", _whole({**response, "questionnaire": form}, sheet, members, patients, group, urls)
        ),
        [*_consents(sheet, members, patients, urls), *_referrals(sheet, members, patients, urls)],
        left,
    )


def _ties(member: Member, group: Mapping[str, Any] | None) -> Iterator[Issue]:
    """Whom a row is tied to is of the household that the sheet is about."""
    known = {reference.one(each, "entity") for each in (group or {}).get("member") or ()}
    if member.known and member.known not in known:
        text = "whom this row is tied to is no member of the household that the sheet is about"
        yield Issue(text, "この行の人は、シートの世帯の世帯員ではありません", member.row.at)


def _whole(
    response: Mapping[str, Any],
    sheet: Answers,
    members: Sequence[Member],
    patients: Sequence[str],
    group: Mapping[str, Any] | None,
    urls: Urls,
) -> list[Json]:
    new = [member for member in members if not member.known]
    entries = [sheet_entries.post(patients[each.at], each.patient(urls)) for each in new]
    entries += [sheet_entries.post(urls.of("RelatedPerson", each.at), each.kin(patients[0])) for each in new if each.at]
    household = f"Group/{group['id']}" if group else urls.of("Group")
    if group is None:
        entries.append(sheet_entries.post(household, _household(members, patients, urls)))
    elif new:
        entries.append(sheet_entries.put(_joined(group, [patients[each.at] for each in new]), group))
    entries.append(_filed(response, urls, household, members, patients))
    filed = urls.of("QuestionnaireResponse") if "id" not in response else f"QuestionnaireResponse/{response['id']}"
    for each in new:
        if each.age is not None and each.born is None:
            age = each.stated_age(patients[each.at], filed)
            entries.append(sheet_entries.post(urls.of("Observation", each.at), age))
    for each in members:
        entries += [
            sheet_entries.post(
                urls.of("Condition", each.at, coding["code"]), _concern(coding, patients[each.at], sheet)
            )
            for coding in _once(each.row.all("member.concern"))
        ]
    entries += [
        sheet_entries.post(urls.of("Condition", "household", coding["code"]), _concern(coding, household, sheet))
        for coding in _once(sheet.all("household-concern"))
    ]
    return entries


def _consents(sheet: Answers, members: Sequence[Member], patients: Sequence[str], urls: Urls) -> Iterator[Part]:
    for member in members:
        if made := sheet_consent.entries(sheet, member, patients[member.at], urls):
            yield Part(member.row.path("member.consent"), made)


def _referrals(sheet: Answers, members: Sequence[Member], patients: Sequence[str], urls: Urls) -> Iterator[Part]:
    ticked = [
        *(coding for member in members for coding in member.row.all("member.concern")),
        *sheet.all("household-concern"),
    ]
    of_person = [urls.of("Condition", 0, coding["code"]) for coding in _once(members[0].row.all("member.concern"))]
    for at, referral in enumerate(sheet.groups("referral")):
        if not referral.one("referral.agency").get("reference"):
            continue  # words alone name nobody to whom it could be sent
        made = sheet_referral.entries(sheet, referral, at, patients[0], of_person, _once(ticked), urls)
        yield Part(referral.at, made)


def _household(members: Sequence[Member], patients: Sequence[str], urls: Urls) -> Json:
    return {
        "resourceType": "Group",
        "identifier": [{"system": f"{BASE}/sid/household", "value": urls.of("household").removeprefix("urn:uuid:")}],
        "active": True,
        "type": "person",
        "actual": True,
        "name": f"{members[0].name} 世帯",
        "quantity": len(members),
        "member": [{"entity": {"reference": patient}} for patient in patients],
    }


def _joined(group: Mapping[str, Any], patients: Sequence[str]) -> Json:
    """The household with those who are new in it."""
    kept = {key: value for key, value in group.items() if key != "meta"}
    members = [*(group.get("member") or ()), *({"entity": {"reference": each}} for each in patients)]
    return kept | {"member": members, "quantity": len(members)}


def _filed(
    response: Mapping[str, Any], urls: Urls, household: str, members: Sequence[Member], patients: Sequence[str]
) -> Json:
    """The sheet itself, about the household, each member's row tied to the Patient made of it.

    What it says was said by the person unless it names another source.
    """
    kept = {key: value for key, value in response.items() if key != "meta"}
    rows = iter(members)
    items = [
        _settled(item, next(rows), patients) if item.get("linkId") == "member" else item for item in response["item"]
    ]
    sheet = kept | {"subject": {"reference": household}, "item": items}
    sheet.setdefault("source", {"reference": patients[0]})
    if "id" in response:
        return sheet_entries.put(sheet, response)
    return sheet_entries.post(urls.of("QuestionnaireResponse"), sheet)


def _settled(row: Json, member: Member, patients: Sequence[str]) -> Json:
    """The row tied to its Patient, a day of birth written by era as the day that it is."""
    kept = [each for each in row.get("item", []) if each.get("linkId") != "member.birthDate"]
    own = next((each for each in row.get("item", []) if each.get("linkId") == "member.birthDate"), None)
    if own and member.born and own["answer"][0].get("valueDate") is None:
        at = row["item"].index(own)
        written = {"linkId": "member.birthDate-written", "answer": [{"valueString": own["answer"][0]["valueString"]}]}
        kept = [each for each in kept if each.get("linkId") != "member.birthDate-written"]
        day = {"linkId": "member.birthDate", "answer": [{"valueDate": member.born.isoformat()}]}
        row = row | {"item": [*kept[:at], day, written, *kept[at:]]}
    return sheet_member.tie(row, patients[member.at])


def _concern(coding: Json, subject: str, sheet: Answers) -> Json:
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": status, "code": "active"}]},
        "category": [{"coding": [{"system": f"{CODES}/record-category", "code": "concern"}]}],
        "code": {"coding": [coding]},
        "subject": {"reference": subject},
        "recordedDate": sheet.one("date"),
        "recorder": sheet.one("officer"),
    }


def _once(codings: Sequence[Json]) -> list[Json]:
    """Each code once, in its order."""
    return list({coding["code"]: coding for coding in codings}.values())
