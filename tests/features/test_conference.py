from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, scenarios, when

from demo.journey.city import City
from demo.people import CONFERENCE
from demo.template import TOKYO
from tests.world import casework, conferences, household
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("conference.feature", "very_restricted.feature")

_CODES = "https://tsunagu.example/fhir/CodeSystem"
_LEGAL_BASIS = "https://tsunagu.example/fhir/StructureDefinition/legal-basis"
_PERSONS_ADDED = "https://tsunagu.example/fhir/StructureDefinition/persons-added"
_KINDS = {
    "複合課題ケース検討会": "case-conference",
    "複合課題解決アドバイザー会議": "adviser-conference",
    "支援調整会議": "support-coordination",
    "重層的支援会議": "multilayer",
    "支援会議としての情報共有会議": "information-sharing",
    "事前打ち合わせ": "pre-meeting",
}
_MEMBER = "PractitionerRole/role-child-guidance"
_OVER = {"start": "2019-04-01", "end": "2020-03-31"}


@given("議題でない別の世帯がある")
def _(scene: Scene) -> None:
    other = City(scene.city.people)
    household.record(other)
    scene.remembered["別の世帯の母"] = other.known["mother"]


@given(parsers.re("(?P<kind>" + "|".join(_KINDS) + ")が開かれている"))
def _(scene: Scene, standing_roster: str, kind: str) -> None:
    """The same people, notices and case in each kind of conference."""
    changes: dict[str, Any] = {"type": [{"coding": [{"system": f"{_CODES}/conference-kind", "code": _KINDS[kind]}]}]}
    if _KINDS[kind] == "adviser-conference":
        casework.hold_meeting(scene.city)
        assert conferences.close(scene.city, "undecided").status == 200
        changes["participant"] = conferences.advised(scene.city)
    casework.hold_meeting(scene.city, **changes)


@given("主管課が、その会議で役割を決めている")
def _(scene: Scene) -> None:
    decided = casework.decide_roles(scene.city)
    assert decided.status == 201, decided.text


@when(parsers.parse("所管課長が、{kinds}の支援会議を招集しようとする"))
def _(scene: Scene, standing_roster: str, kinds: str) -> None:
    named = [code for name, code in _KINDS.items() if name in kinds]
    coded = [{"coding": [{"system": f"{_CODES}/conference-kind", "code": code}]} for code in named]
    seats = casework.full_roster(scene.city)
    scene.answer = casework.convene(scene.city, type=coded, participant=seats)


@when(parsers.re("所管課長が、開いた会議の(?P<element>種別|根拠)を変える"))
def _(scene: Scene, element: str) -> None:
    kind = {"coding": [{"system": f"{_CODES}/conference-kind", "code": "information-sharing"}]}
    basis = {"coding": [{"system": f"{_CODES}/legal-basis", "code": "swa106-6"}]}
    others = casework.without(scene.city, "legal-basis")
    based = {"extension": [*others, {"url": _LEGAL_BASIS, "valueCodeableConcept": basis}]}
    changes: dict[str, Any] = {"type": [kind]} if element == "種別" else based
    scene.answer = casework.change(scene.city, "convener", "conference", CONFERENCE, **changes)


@when(parsers.re("所管課長が、(?P<element>種別|根拠)を「(?P<code>[^」]+)」とする支援会議を招集しようとする"))
def _(scene: Scene, element: str, code: str) -> None:
    if element == "種別":
        kind = {"coding": [{"system": f"{_CODES}/conference-kind", "code": code}]}
        scene.answer = casework.convene(scene.city, type=[kind])
        return
    basis = {"coding": [{"system": f"{_CODES}/legal-basis", "code": code}]}
    others = casework.without(scene.city, "legal-basis")
    scene.answer = casework.convene(
        scene.city, extension=[*others, {"url": _LEGAL_BASIS, "valueCodeableConcept": basis}]
    )


@given(parsers.re("期間の(?P<when>過ぎた|まだ来ない)支援会議が開かれたままになっている"))
def _(scene: Scene, standing_roster: str, when: str) -> None:
    """Everybody's seat is held now: only the window of the meeting is not."""
    day = (datetime.now(TOKYO) + timedelta(days=-1 if when == "過ぎた" else 1)).date().isoformat()
    casework.hold_meeting(scene.city, period={"start": day, "end": day})


@given("こども総合相談所の担当者の席の期間が終わっている")
def _(scene: Scene) -> None:
    seats = casework.full_roster(scene.city, "child-guidance")
    over = scene.city.payload("conference-member", member=_MEMBER) | {"period": _OVER}
    changed = casework.change(scene.city, "convener", "conference", CONFERENCE, participant=[*seats, over])
    assert changed.status == 200, changed.text


@given("こども総合相談所の担当者の名簿の期間が終わっている")
def _(scene: Scene, standing_roster: str) -> Iterator[None]:
    yield from _amended(scene, standing_roster, lambda member: [member | {"period": _OVER}])


@given("こども総合相談所の担当者の名が名簿から除かれている")
def _(scene: Scene, standing_roster: str) -> Iterator[None]:
    yield from _amended(scene, standing_roster, lambda member: [])


@given("同意書が会議に配られている")
def _(scene: Scene) -> None:
    tabled = casework.table(scene.city, "consent")
    assert tabled.status == 201, tabled.text


@given("別の世帯の母の記録も配られている")
def _(scene: Scene) -> None:
    scene.city.known["other"] = scene.remembered["別の世帯の母"]
    tabled = casework.table(scene.city, "other")
    assert tabled.status == 201, tabled.text


@when(parsers.re(r"(?P<who>寄り添いサポートセンターの担当者|こども総合相談所の担当者)が、母の慎重な記録を会議に配る"))
def _(scene: Scene, who: str) -> None:
    scene.answer = casework.table(scene.city, "mother-restricted", WHO[who])


@given("配られた同意書が引き上げられている")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "yorisoi", "material", CONFERENCE, status="retired").status == 200


@when("こども総合相談所の担当者が会議のために別の世帯の母の記録を読む")
def _(scene: Scene) -> None:
    officer = scene.city.officer("child-guidance", CONFERENCE)
    scene.answer = officer.get(scene.remembered["別の世帯の母"])


def _amended(scene: Scene, roster: str, amend: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> Iterator[None]:
    """The standing roster with one member's entry amended, until the scenario is over: the city has but one."""
    convener = scene.city.officer("convener", CONFERENCE)
    found = convener.get(roster).json
    members = [
        each
        for member in found["participant"]
        for each in (amend(member) if member["member"]["reference"] == _MEMBER else [member])
    ]
    amended = convener.put(found | {"participant": members})
    assert amended.status == 200, amended.text
    yield
    assert convener.put(amended.json | {"participant": found["participant"]}).status == 200


@when("寄り添いサポートセンターの担当者が、困りごとのある父を世帯に加える")
def _(scene: Scene) -> None:
    city = scene.city
    father = {"resourceType": "Patient", "active": True, "name": [{"text": "水無瀬　けん"}]}
    assert household.write(city, "yorisoi", "father", father).status == 201
    concern = city.officer("yorisoi").get(scene.place("母の困りごと")).json
    its_own = {name: part for name, part in concern.items() if name not in ("id", "meta")}
    about = its_own | {"subject": {"reference": city.known["father"]}}
    assert household.write(city, "yorisoi", "father-concern", about).status == 201
    members = city.officer("yorisoi").get(scene.place("世帯")).json["member"]
    joined = [*members, {"entity": {"reference": city.known["father"]}}]
    scene.answer = casework.change(city, "yorisoi", "household", member=joined)


@when("所管課長が、開いた会議の議題から事例を外す")
def _(scene: Scene) -> None:
    left = casework.without(scene.city, "agenda")
    scene.answer = casework.change(scene.city, "convener", "conference", CONFERENCE, extension=left)


@when(parsers.re(r"(?P<who>所管課長|推進員)が、開会した会議で同意書の種類も開く"))
def _(scene: Scene, who: str) -> None:
    meeting = scene.city.officer("convener", CONFERENCE).get(scene.place("支援会議")).json
    opened = {"url": "https://tsunagu.example/fhir/StructureDefinition/opened-category", "valueCode": "Consent"}
    writer = "convener" if who == "所管課長" else "coordinator"
    extensions = [*meeting["extension"], opened]
    scene.answer = casework.change(scene.city, writer, "conference", CONFERENCE, extension=extensions)
    assert (scene.answer.status == 200) == (writer == "convener"), scene.answer.text


@when("所管課長が、理由を書いて、今の世帯員を会議の対象に加える")
def _(scene: Scene) -> None:
    meeting = scene.city.officer("convener", CONFERENCE).get(scene.place("支援会議")).json
    added = {"url": _PERSONS_ADDED, "valueString": "開会の後に同居を始めた"}
    extensions = [*meeting["extension"], added]
    scene.answer = casework.change(scene.city, "convener", "conference", CONFERENCE, extension=extensions)


@when("所管課長が、開会した会議を翌日に移す")
def _(scene: Scene) -> None:
    held = scene.city.officer("convener", CONFERENCE).get(scene.place("支援会議")).json["period"]
    moved = {end: (datetime.fromisoformat(at) + timedelta(days=1)).isoformat() for end, at in held.items()}
    scene.answer = casework.change(scene.city, "convener", "conference", CONFERENCE, period=moved)
