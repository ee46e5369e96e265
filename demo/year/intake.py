"""Where a case begins: the つなぐシート is filed in one call; where none was used the household is noted.

R1, R2, R3 and R9 of the domain; okayama-2019.txt s25: 11 of 28 cases came without a sheet
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo.year import coded
from demo.year.coded import Json, ref
from demo.year.household import Household, Member
from demo.year.town import Town

_RELATION = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_GENDER = "http://hl7.org/fhir/administrative-gender"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_WRITTEN = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
_CARE = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "CAREMGT"}


def begin(town: Town, home: Household, desk: str) -> str:
    """The household comes to its agency, which refers it to a desk, or sees to it itself. The Task, if any."""
    return _by_sheet(town, home, desk) if home.sheet_used else _without(town, home, desk)


def _by_sheet(town: Town, home: Household, desk: str) -> str:
    signs = desk and home.head.age(town.today) >= 20 and home.happens(town.rates.often["consent"])
    paper = sheet(town, home, desk, signed=bool(signs))
    filed = town.post("sheet", home.officer, "QuestionnaireResponse/$submit", paper).created
    persons = [each for each in filed if each.startswith("Patient/")]
    for member, record in zip(home.members, persons, strict=True):
        member.record = record
    home.group = next(each for each in filed if each.startswith("Group/"))
    home.sheet = next(each for each in filed if each.startswith("QuestionnaireResponse/"))
    return next((each for each in filed if each.startswith("Task/")), "")


def sheet(town: Town, home: Household, desk: str, *, signed: bool) -> Json:
    """The paper as the officer fills it in."""
    day = town.today.isoformat()
    post = ref(f"PractitionerRole/role-{home.officer}")
    items = [_item("date", valueDate=day), _item("agency", valueReference=ref(home.keeper))]
    items += [_item("officer", valueReference=post)]
    items += [_row(member, day, desk if signed and member is home.head else "") for member in home.members]
    items += [_item("other-troubles", valueBoolean=len(home.fields) > 1)]
    items += [_referral(desk, home.fields[0])] if desk else []
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{coded.BASE}/Questionnaire/tsunagu-sheet",
        "status": "completed",
        "authored": town.now,
        "author": post,
        "item": items,
    }


def _row(member: Member, day: str, consents: str) -> Json:
    items = [_item("member.name", valueString=member.called), _item("member.kana", valueString=" ".join(member.kana))]
    items += [_item("member.gender", valueCoding={"system": _GENDER, "code": member.gender})]
    items += [_item("member.birthDate", valueDate=member.born.isoformat())]
    items += [_item("member.relation", valueCoding={"system": _RELATION, "code": member.relation})]
    if member.fields:
        ticked = [{"valueCoding": coded.coding("concern-field", each)} for each in member.fields]
        items += [{"linkId": "member.concern", "answer": ticked}]
    if consents:
        signature = [_item("member.consent.agency", valueReference=ref(consents))]
        signature += [_item("member.consent.purpose", valueCoding=_CARE)]
        signature += [_item("member.consent.signature", valueString=member.called)]
        items += [{"linkId": "member.consent", "item": [*signature, _item("member.consent.date", valueDate=day)]}]
    return {"linkId": "member", "item": items}


def _referral(desk: str, field: str) -> Json:
    reason = _item("referral.reason", valueString=f"{field} の相談のため")
    word = _item("referral.notice", valueString="これからそちらの窓口に行かれます。よろしくお願いします。")
    return {"linkId": "referral", "item": [_item("referral.agency", valueReference=ref(desk)), reason, word]}


def _item(link: str, **value: Any) -> Json:
    return {"linkId": link, "answer": [value]}


def _without(town: Town, home: Household, desk: str) -> str:
    records = list(_noted(town, home, desk))
    made = town.post("noted", home.officer, "", coded.transaction(*records)).created
    for member, record in zip(home.members, made, strict=False):
        member.record = record
    home.group = made[len(home.members)]
    return made[-1] if desk else ""


def _noted(town: Town, home: Household, desk: str) -> Iterator[tuple[str, Json]]:
    urns = [coded.urn(place) for place, _ in enumerate(home.members)]
    for urn, member in zip(urns, home.members, strict=True):
        yield urn, _person(member)
    group = {"resourceType": "Group", "type": "person", "actual": True}
    yield coded.urn(100), group | {"member": [{"entity": ref(urn)} for urn in urns]}
    troubled = [(urn, field) for urn, member in zip(urns, home.members, strict=True) for field in member.fields]
    for place, (urn, field) in enumerate(troubled):
        yield coded.urn(200 + place), _concern(town, urn, field)
    if desk:
        yield coded.urn(900), _request(town, home, desk)
        yield coded.urn(901), _task(town, home, desk)


def _concern(town: Town, person: str, field: str) -> Json:
    active = {"coding": [{"system": _CLINICAL, "code": "active"}]}
    found: Json = {"resourceType": "Condition", "clinicalStatus": active, "recordedDate": town.now}
    return found | {"code": coded.concept("concern-field", field), "subject": ref(person)}


def _person(member: Member) -> Json:
    names = zip(("IDE", "SYL"), (member.name, member.kana), strict=True)
    written = [
        {"extension": [{"url": _WRITTEN, "valueCode": kind}], "use": "official", "family": name[0], "given": [name[1]]}
        for kind, name in names
    ]
    patient: Json = {"resourceType": "Patient", "active": True, "name": written, "gender": member.gender}
    return patient | {"birthDate": member.born.isoformat()}


def _request(town: Town, home: Household, desk: str) -> Json:
    """A referral without a sheet is taken, and says so (R1)."""
    used = coded.extension("sheet-used", valueBoolean=False)
    said: Json = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "extension": [used]}
    said |= {"category": [coded.concept("concern-field", home.fields[0])], "subject": ref(coded.urn(0))}
    said |= {"authoredOn": town.now, "requester": ref(f"PractitionerRole/role-{home.officer}")}
    return said | {"performer": [ref(desk)], "note": [{"text": "電話で相談を受け、つなぎます。"}]}


def _task(town: Town, home: Household, desk: str) -> Json:
    fulfil = {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]}
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "code": fulfil}
    task |= {"focus": ref(coded.urn(900)), "for": ref(coded.urn(0)), "authoredOn": town.now}
    return task | {"requester": ref(home.keeper), "owner": ref(desk)}
