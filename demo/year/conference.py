"""A 支援会議 by its whole course: invited, acknowledged, opened, acknowledged again, tabled, decided, closed.

Ordinance art. 3 to 7; R20 to R38 of the domain
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from demo.people import CONFERENCE
from demo.year import coded, cooperating
from demo.year.coded import Json, ref
from demo.year.coordinating import coordinator
from demo.year.household import Household
from demo.year.town import Town

_REFORM = date(2025, 6, 1)
_OPENED = ("Patient", "RelatedPerson", "Condition", "Group", "CarePlan", "CareTeam", "ServiceRequest")
_SAID = "会議で知り得たことを漏らしてはならない。会議を離れた後も同じ。"


def roster(town: Town) -> None:
    """The standing roster of the conference: the officers of all agencies, the advisers, the city's own."""
    people = [*sorted(town.offices.values()), *town.advisers.values(), "coordinator", "coordinator-2", "lead-section"]
    start = {"start": town.today.isoformat()}
    members = [{"member": ref(f"PractitionerRole/role-{each}"), "period": start} for each in ("convener", *people)]
    team: Json = {"resourceType": "CareTeam", "status": "active", "name": "支援会議の構成員名簿", "period": start}
    team |= {"category": [coded.concept("record-category", "standing-roster")], "participant": members}
    town.post("roster", "convener", "CareTeam", team, CONFERENCE)


def convene(town: Town, home: Household, kind: str = "case-conference", *, refused: bool = False) -> str:
    """The meeting is convened, opened under secrecy, and what the agency knows is laid on the table."""
    meeting = _meeting(town, home, kind, refused=refused)
    held = town.post("convened", "convener", "Encounter", meeting, CONFERENCE).created[0]
    invitation = _letter(town, held, "invitation", meeting)
    _acknowledged(town, home, held, invitation, kind)
    cooperating.put_in_order(town, home, held)
    if home.happens(town.rates.often["cooperation"]):
        cooperating.asked(town, home, held, town.desk(home.fields[-1], home.area, frozenset({home.keeper})))
    town.change("opened", "convener", held, CONFERENCE, status="in-progress")
    notice = _letter(town, held, "opening-notice", meeting)
    _acknowledged(town, home, held, notice, kind)
    tabled = [home.case, *[each for each in (home.sheet,) if each]]
    material: Json = {"resourceType": "List", "status": "current", "mode": "working", "encounter": ref(held)}
    material |= {"entry": [{"item": ref(each)} for each in tabled]}
    town.post("tabled", home.officer, "List", material, CONFERENCE)
    for each in sorted({*_members(town, home, kind)} - {home.officer}):
        town.read(each, home.group, CONFERENCE)
    return held


def close(town: Town, held: str, *, decided: bool) -> None:
    """What was decided, and in which order; or that it was not."""
    outcome = "decided" if decided else "undecided"
    parts: list[Json] = [{"url": "outcome", "valueCoding": coded.coding("conference-outcome", outcome)}]
    if decided:
        parts += [{"url": "direction", "valueString": "暮らしの立て直しを、世帯全体で支える"}]
        parts += [{"url": "priority", "valueString": each} for each in ("受診", "家計の整理")]
    meeting = town.read("convener", held, CONFERENCE)
    said = [*meeting["extension"], {"url": f"{coded.BASE}/StructureDefinition/conference-decision", "extension": parts}]
    town.change("closed", "convener", held, CONFERENCE, status="finished", extension=said)


def talk(town: Town, home: Household, kind: str) -> None:
    """A 情報共有会議 or 事前打ち合わせ: no 支援会議, so it opens nothing."""
    meeting: Json = {
        "resourceType": "Encounter",
        "status": "planned",
        "class": coded.coding("encounter-class", "meeting"),
    }
    meeting |= {"type": [coded.concept("conference-kind", kind)], "subject": ref(home.group), "period": _window(town)}
    held = town.post(kind, coordinator(home), "Encounter", meeting).created[0]
    for act, status in (("talk-opened", "in-progress"), ("talk-closed", "finished")):
        town.change(act, coordinator(home), held, status=status)


def _members(town: Town, home: Household, kind: str) -> list[str]:
    """Who is selected of the roster (R29): the agencies concerned and those of each field, the city's own (R21)."""
    concerned = [home.keeper, *home.team, *[town.desk(each, home.area) for each in home.fields]]
    officers = [town.offices[each] for each in dict.fromkeys(concerned)]
    advisers = sorted(town.advisers.values())[:2] if kind == "adviser-conference" else []
    return [*officers, "lead-section", *advisers]


def _meeting(town: Town, home: Household, kind: str, *, refused: bool) -> Json:
    said: list[Json] = [coded.extension("legal-basis", valueCodeableConcept=coded.concept("legal-basis", "art9"))]
    said += [coded.extension("agenda", valueReference=ref(home.case))]
    said += [coded.extension("opened-category", valueCode=each) for each in _OPENED]
    said += [_gap(each) for each in home.fields]
    if refused:
        said += [coded.extension("necessity", valueString="命と暮らしに関わり、機関どうしの情報の交換が欠かせない")]
    seats = [("convener", "convener"), ("secretariat", coordinator(home))]
    seats += [("member", each) for each in _members(town, home, kind)]
    return {
        "resourceType": "Encounter",
        "status": "planned",
        "extension": said,
        "class": coded.coding("encounter-class", "support-conference"),
        "type": [coded.concept("conference-kind", kind)],
        "subject": ref(home.group),
        "participant": [_seat(town, *each) for each in seats],
        "period": _window(town),
        "serviceProvider": ref("Organization/lead-section"),
    }


def _seat(town: Town, role: str, who: str) -> Json:
    return {
        "type": [coded.concept("role", role)],
        "period": _window(town),
        "individual": ref(f"PractitionerRole/role-{who}"),
    }


def _gap(field: str) -> Json:
    """A field whose agency could not come has its reason (R38); where one sits there it says nothing more."""
    parts = [{"url": "field", "valueCoding": coded.coding("concern-field", field)}]
    parts += [{"url": "reason", "valueString": "担当の機関は書面で意見を寄せた"}]
    return {"url": f"{coded.BASE}/StructureDefinition/roster-gap", "extension": parts}


def _letter(town: Town, held: str, kind: str, meeting: Json) -> str:
    wording = "art9-from-2025-06" if town.today >= _REFORM else "art9-until-2025-05"
    letter = _communication(town, held, kind, "convener") | {"topic": coded.concept("secrecy-notice", wording)}
    letter |= {"recipient": [each["individual"] for each in meeting["participant"]]}
    letter |= {"payload": [{"contentString": _SAID}]}
    return town.post(kind, "convener", "Communication", letter, CONFERENCE).created[0]


def _acknowledged(town: Town, home: Household, held: str, letter: str, kind: str) -> None:
    """Each member confirms for themselves (R35)."""
    for who in dict.fromkeys((*_members(town, home, kind), coordinator(home))):
        said = _communication(town, held, "acknowledgement", who) | {"inResponseTo": [ref(letter)]}
        said |= {"recipient": [ref("PractitionerRole/role-convener")]}
        said |= {"payload": [{"contentString": "守秘義務の説明を受け、確認しました。"}]}
        town.post("acknowledged", who, "Communication", said, CONFERENCE)


def _communication(town: Town, held: str, kind: str, sender: str) -> Json:
    said: Json = {"resourceType": "Communication", "status": "completed", "encounter": ref(held), "sent": town.now}
    said |= {"category": [coded.concept("communication-category", kind)]}
    return said | {"sender": ref(f"PractitionerRole/role-{sender}")}


def _window(town: Town) -> dict[str, Any]:
    """The day of the meeting, with which it ends."""
    start = datetime.fromisoformat(town.now)
    morning, night = (start.replace(hour=hour, minute=hour and 59, second=hour and 59) for hour in (0, 23))
    return {"start": morning.isoformat(timespec="seconds"), "end": night.isoformat(timespec="seconds")}
