from __future__ import annotations

import json
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.journey.city import City
from demo.journey.conference import STRANGER
from demo.people import CONFERENCE
from tests.world import casework, conferences, household
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("roster.feature")

_BASE = "https://tsunagu.example/fhir"

_CATEGORIES = "https://tsunagu.example/fhir/CodeSystem/communication-category"
_OTHER_LETTER = [{"coding": [{"system": _CATEGORIES, "code": "introduction"}]}]
_MEMBER = "PractitionerRole/role-child-guidance"


@given("所管課長が、こころの健康センターを招かずに支援会議を招集している")
def _(scene: Scene, standing_roster: str) -> None:
    convened = casework.convene(scene.city, participant=casework.full_roster(scene.city, "mental-health"))
    assert convened.status == 201, convened.text


@given(parsers.re("所管課長が、こころの健康センターを招かずに、理由を書(?P<reason>いて|かずに)支援会議を招集している"))
def _(scene: Scene, standing_roster: str, reason: str) -> None:
    extensions = casework.with_reason(scene.city, "mental-health", "主治医の意見を書面で受け取る")
    if reason == "かずに":
        gap = extensions[-1]
        gap["extension"] = [
            part | ({"valueString": "。"} if part["url"] == "reason" else {}) for part in gap["extension"]
        ]
    seats = casework.full_roster(scene.city, "mental-health")
    convened = casework.convene(scene.city, participant=seats, extension=extensions)
    assert convened.status == 201, convened.text


@when("寄り添いサポートセンターの担当者が支援会議を招集しようとする")
def _(scene: Scene, standing_roster: str) -> None:
    scene.answer = casework.convene(scene.city, "yorisoi", participant=casework.full_roster(scene.city))


@when("所管課長が、名簿にない人を加えて支援会議を招集しようとする")
def _(scene: Scene, standing_roster: str) -> None:
    stranger = scene.city.payload("conference-member", member=STRANGER)
    scene.answer = casework.convene(scene.city, participant=[*casework.full_roster(scene.city), stranger])


@when(parsers.re(r"所管課長が会議を「(?P<status>[a-z-]+)」にする"))
def _(scene: Scene, status: str) -> None:
    scene.answer = casework.change(scene.city, "convener", "conference", CONFERENCE, status=status)


@when(parsers.re(r"所管課長が、(?P<missing>\S+)のない支援会議を招集しようとする"))
def _(scene: Scene, standing_roster: str, missing: str) -> None:
    city = scene.city
    endless = {"start": city.payload("conference")["period"]["start"]}
    changes: dict[str, Any] = {
        "法的根拠": {"extension": casework.without(city, "legal-basis")},
        "会議の種類": {"type": None},
        "議題": {"extension": casework.without(city, "agenda")},
        "期間": {"period": None},
        "期間の終わり": {"period": endless},
    }
    scene.answer = casework.convene(city, participant=casework.full_roster(city), **changes[missing])


@when("所管課長が、別の世帯の支援会議でこの事例を議題にしようとする")
def _(scene: Scene, standing_roster: str) -> None:
    other = City(scene.city.people)
    household.record(other)
    casework.bring(other)
    casework.take_on(other)
    scene.answer = casework.convene(scene.city, subject={"reference": other.known["household"]})
    casework.wind_up(other)


@when("所管課長が、初めから開いている支援会議を招集しようとする")
def _(scene: Scene, standing_roster: str) -> None:
    city = scene.city
    scene.answer = casework.convene(city, participant=casework.full_roster(city), status="in-progress")


@when("所管課長が、支援会議をふつうの集まりに変えようとする")
def _(scene: Scene) -> None:
    ambulatory = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    scene.answer = casework.change(scene.city, "convener", "conference", CONFERENCE, **{"class": ambulatory})


@when(parsers.re(r"こども総合相談所の担当者が、自分の確認を(?P<how>取り消そう|別のものにしよう|消そう)とする"))
def _(scene: Scene, how: str) -> None:
    """Withdrawn, turned into another letter, or deleted."""
    city, mine = scene.city, "invitation-child-guidance"
    changes: dict[str, Any] = {
        "取り消そう": {"status": "entered-in-error"},
        "別のものにしよう": {"category": _OTHER_LETTER},
    }
    if how == "消そう":
        scene.answer = city.officer("child-guidance", CONFERENCE).send("DELETE", city.known[mine])
    else:
        scene.answer = casework.change(city, "child-guidance", mine, CONFERENCE, **changes[how])


@when(
    parsers.re(
        r"こども総合相談所の担当者が、(?P<what>何でもないもの|別の会議の知らせ)に答えて守秘義務を確認しようとする"
    )
)
def _(scene: Scene, what: str) -> None:
    city = scene.city
    answering = city.payload("acknowledgement", notice=city.known["invitation"], member=_MEMBER)
    if what == "何でもないもの":
        del answering["inResponseTo"]
    else:
        casework.hold_meeting(city)
        answering["encounter"] = {"reference": city.known["conference"]}
    scene.answer = household.write(city, "child-guidance", "astray", answering, CONFERENCE)


@when("所管課長が、会議を書かずに招集通知を出そうとする")
def _(scene: Scene) -> None:
    letter = scene.city.payload("invitation", recipients=[{"reference": _MEMBER}], conference="")
    del letter["encounter"]
    scene.answer = household.write(scene.city, "convener", "astray", letter, CONFERENCE)


@when("主管課が構成員名簿を書き直そうとする")
def _(scene: Scene, standing_roster: str) -> None:
    officer = scene.city.officer("lead-section", CONFERENCE)
    roster = officer.get(standing_roster)
    assert roster.status == 200, roster.text
    scene.answer = officer.put(roster.json | {"participant": roster.json["participant"][:1]})


@when("こころの健康センターの担当者が、こども総合相談所の担当者に代わって守秘義務を確認しようとする")
def _(scene: Scene) -> None:
    city = scene.city
    someone_else = city.payload(
        "acknowledgement", notice=city.known["invitation"], member="PractitionerRole/role-child-guidance"
    )
    scene.answer = household.write(city, "mental-health", "forged", someone_else, CONFERENCE)


@then("支援会議は招集されていない")
def _(scene: Scene) -> None:
    assert scene.answer.says("art. 4")
    found = scene.search(scene.city.officer("convener", CONFERENCE), "支援会議")
    assert found.total == 0


@when("寄り添いサポートセンターの担当者が構成員名簿を定めようとする")
def _(scene: Scene) -> None:
    roster = scene.city.payload("standing-roster")
    scene.answer = household.write(scene.city, "yorisoi", "roster", roster, CONFERENCE)


@when(parsers.re(r"(?P<who>[^が]+)が冒頭の説明を出そうとする"))
def _(scene: Scene, who: str) -> None:
    notice = scene.city.payload("opening-notice", recipients=[{"reference": _MEMBER}])
    scene.answer = household.write(scene.city, WHO[who], "another-notice", notice, CONFERENCE)


@when("こども総合相談所の担当者が、招集通知と冒頭の説明にまとめて答えて守秘義務を確認しようとする")
def _(scene: Scene) -> None:
    city = scene.city
    answering = city.payload("acknowledgement", notice=city.known["invitation"], member=_MEMBER)
    answering["inResponseTo"].append({"reference": city.known["opening-notice"]})
    scene.answer = household.write(city, "child-guidance", "astray", answering, CONFERENCE)


@when(
    parsers.re(
        "所管課長が、(?P<whom>招集者としての主管課|名前だけの招集者|名前だけの出席者)を加えて支援会議を招集しようとする"
    )
)
def _(scene: Scene, standing_roster: str, whom: str) -> None:
    seats = casework.full_roster(scene.city)
    convener = next(seat for seat in seats if seat["individual"]["reference"].endswith("role-convener"))
    added = {
        "招集者としての主管課": convener | {"individual": {"reference": "PractitionerRole/role-lead-section"}},
        "名前だけの招集者": convener | {"individual": {"display": "だれか"}},
        "名前だけの出席者": seats[-1] | {"individual": {"display": "だれか"}},
    }
    scene.answer = casework.convene(scene.city, participant=[*seats, added[whom]])


@given("所管課長が、主管課を招かずに支援会議を招集している")
def _(scene: Scene, standing_roster: str) -> None:
    casework.call_meeting(scene.city, participant=casework.full_roster(scene.city, "lead-section"))


@when("所管課長が、答えを求めて、主管課を招かずに支援会議を招集する")
def _(scene: Scene, standing_roster: str) -> None:
    _call(scene, casework.full_roster(scene.city, "lead-section"))


@when("所管課長が、答えを求めて、推進員を事務局とせずに支援会議を招集する")
def _(scene: Scene, standing_roster: str) -> None:
    coordinator = scene.city.payload("conference-member", member="PractitionerRole/role-coordinator")
    _call(scene, [*casework.full_roster(scene.city, "coordinator"), coordinator])
    assert scene.answer.done, scene.answer.text
    scene.city.known["conference"] = scene.answer.created[0]


@when("所管課長が、推進員を事務局とする")
def _(scene: Scene) -> None:
    seats = casework.full_roster(scene.city)
    scene.answer = casework.change(scene.city, "convener", "conference", CONFERENCE, participant=seats)


def _call(scene: Scene, seats: list[dict[str, Any]]) -> None:
    meeting = scene.city.payload("conference") | {"participant": seats}
    headers = {"Prefer": "return=OperationOutcome", "Content-Type": "application/fhir+json"}
    body = json.dumps(meeting).encode()
    scene.answer = scene.city.officer("convener", CONFERENCE).send("POST", "Encounter", body=body, headers=headers)


@when("所管課長が、答えを求めて会議を開く")
def _(scene: Scene) -> None:
    scene.answer = conferences.changed(scene.city, status="in-progress")


@then("答えには「R36」とない")
def _(scene: Scene) -> None:
    assert scene.answer.status == 200, scene.answer.text
    assert "R36" not in scene.answer.text


@given("母が情報の提供を拒んでいる")
def _(scene: Scene) -> None:
    refused = casework.sign(scene.city, "refusal", provision={"type": "deny"})
    assert refused.status == 201, refused.text


@when("所管課長が、必要な理由を書いて会議を開く")
def _(scene: Scene) -> None:
    meeting = scene.city.officer("convener", CONFERENCE).get(scene.place("支援会議")).json
    necessity = {"url": f"{_BASE}/StructureDefinition/necessity", "valueString": "子どもの通学が止まっているため"}
    changes = {"status": "in-progress", "extension": [*meeting["extension"], necessity]}
    scene.answer = casework.change(scene.city, "convener", "conference", CONFERENCE, **changes)
