from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.people import CONFERENCE
from demo.template import TOKYO
from tests.world import casework, household, slipped
from tests.world.scene import Scene
from tests.world.server import Server
from tests.world.words import WHAT

scenarios("dates.feature")

_UNKNOWN = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
}
_MEMBER = "PractitionerRole/role-child-guidance"
PERIOD = r"期間を「(?P<period>[^」]*)」"
TYPES = {"提供する": "permit", "提供しない": "deny"}


def written(words: str) -> dict[str, Any]:
    """A period as a feature writes it: `2020 から 9999`, either end left out, or unknown."""
    made: dict[str, Any] = {}
    start, _, end = words.partition("から")
    for name, text in (("start", start.strip()), ("end", end.strip())):
        made |= {f"_{name}": _UNKNOWN} if text == "不明" else {name: text} if text else {}
    return made


@given(parsers.re(rf"母が、{PERIOD}と書いて、(?P<kind>\S+)という同意書に署名している"))
def _(scene: Scene, period: str, kind: str) -> None:
    signed = casework.sign(scene.city, provision=_provision(scene, period, kind))
    assert signed.status == 201, signed.text


@given(parsers.re(rf"母が、{PERIOD}と書いて、提供しないという新しい同意書に署名している"))
def _(scene: Scene, period: str) -> None:
    signed = casework.sign(scene.city, "newer-consent", provision={"type": "deny", "period": written(period)})
    assert signed.status == 201, signed.text


@given(parsers.re(r"母の(?P<which>同意書|新しい同意書)の期間が「(?P<period>[^」]*)」のまま台帳に残っている"))
def _(scene: Scene, server: Server, which: str, period: str) -> None:
    name = scene.city.known[WHAT[which]]
    found = scene.city.officer("yorisoi").get(name).json
    slipped.slip_beside(server.folder, name, {"provision": found["provision"] | {"period": written(period)}})


@given(parsers.re(r"支援会議の期間が「(?P<period>[^」]*)」のまま台帳に残っている"))
def _(scene: Scene, server: Server, period: str) -> None:
    slipped.slip_beside(server.folder, scene.city.known["conference"], {"period": written(period)})


@given("こども総合相談所の担当者の名簿の期間が読み取れない")
def _(scene: Scene, server: Server, standing_roster: str) -> Iterator[None]:
    """The city has one roster: it is mended when the scenario is over."""
    listed = scene.city.officer("convener", CONFERENCE).get(standing_roster).json["participant"]
    untold = [
        each | ({"period": written("2027 から 2026")} if each["member"]["reference"] == _MEMBER else {})
        for each in listed
    ]
    slipped.slip_beside(server.folder, standing_roster, {"participant": untold})
    yield
    slipped.slip_beside(server.folder, standing_roster, {"participant": listed})


@given("保健センターの担当者の職の期間が読み取れない")
def _(scene: Scene, server: Server) -> Iterator[None]:
    name = "PractitionerRole/role-health-center"
    period = scene.city.officer("health-center").get(name).json["period"]
    slipped.slip_beside(server.folder, name, {"period": written("9999-13 から")})
    yield
    slipped.slip_beside(server.folder, name, {"period": period})


@when(parsers.re(rf"母が、{PERIOD}と書いて、(?P<kind>\S+)という同意書を登録しようとする"))
def _(scene: Scene, period: str, kind: str) -> None:
    scene.answer = casework.sign(scene.city, provision=_provision(scene, period, kind))


@when(parsers.re(rf"所管課長が、{PERIOD}として支援会議を招集しようとする"))
def _(scene: Scene, standing_roster: str, period: str) -> None:
    seats = casework.full_roster(scene.city)
    scene.answer = casework.convene(scene.city, participant=seats, period=written(period))


@when(parsers.parse("所管課長が、名簿の構成員の任期を「{period}」と書こうとする"))
def _(scene: Scene, standing_roster: str, period: str) -> None:
    convener = scene.city.officer("convener", CONFERENCE)
    listed = convener.get(standing_roster).json
    seats = [
        each | ({"period": written(period)} if each["member"]["reference"] == _MEMBER else {})
        for each in listed["participant"]
    ]
    scene.answer = convener.put(listed | {"participant": seats})


@when("所管課長が、会議の期間を今日に書き直す")
def _(scene: Scene) -> None:
    today = datetime.now(TOKYO).date().isoformat()
    scene.answer = _changed(scene, period={"start": today, "end": today})


@when(parsers.re(r"所管課長が会議を(?P<how>閉じる|取りやめる)"))
def _(scene: Scene, how: str) -> None:
    scene.answer = _changed(scene, status="finished" if how == "閉じる" else "cancelled")


@when(parsers.parse("生年月日を「{born}」とする人が、提供する同意書に署名して登録しようとする"))
def _(scene: Scene, born: str) -> None:
    city = scene.city
    date = str(int(casework.day(0)[:4]) - 18) if born == "十八年前の年" else born
    patient = {"resourceType": "Patient", "name": [{"text": "水無瀬 ひかり"}], "birthDate": date}
    assert household.write(city, "yorisoi", "child", patient).status == 201
    assert casework.file_paper(city, "yorisoi", "child").status == 201
    child, paper = ({"reference": city.known[each]} for each in ("child", "paper"))
    scene.answer = casework.sign(city, patient=child, performer=[child], sourceReference=paper)


@then("こども総合相談所の担当者と所管課長は、ふだんの仕事を続けられる")
def _(scene: Scene) -> None:
    for who in ("child-guidance", "convener"):
        officer = scene.city.officer(who, CONFERENCE)
        assert officer.search("Organization", _count="1").status == 200
        assert officer.search("Patient", _count="1").status == 200
        assert scene.city.officer(who).post("Patient", {"resourceType": "Patient"}).status == 201


@then("こども総合相談所の担当者を入れた支援会議は「R29」により招集できず、入れなければ招集できる")
def _(scene: Scene) -> None:
    assert casework.close_meeting(scene.city).status == 200
    for without, status in ((), 422), (("child-guidance",), 201):
        seats = casework.full_roster(scene.city, *without)
        answer = casework.convene(scene.city, participant=seats)
        assert answer.status == status, answer.text
        assert status == 201 or answer.says("R29")


def _provision(scene: Scene, period: str, kind: str) -> dict[str, Any]:
    made = casework.provision(scene.city, period=written(period))
    return made if kind == "提供する" else {"type": TYPES[kind], "period": written(period)}


def _changed(scene: Scene, **elements: Any) -> Answer:
    return casework.change(scene.city, "convener", "conference", CONFERENCE, **elements)
