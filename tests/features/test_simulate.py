from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import household
from tests.world.scene import Scene
from tests.world.words import AGENCIES, CALLED, WHO, several

scenarios("simulate.feature")

_WHO = r"(?P<who>[^が]+)が、"
_SECOND = "母だけの世帯"


@given("母だけの世帯がもう一つある")
def _(scene: Scene) -> None:
    group = {"resourceType": "Group", "type": "person", "actual": True, "member": [_member(scene, "母")]}
    written = household.write(scene.city, "yorisoi", _SECOND, group)
    assert written.status == 201, written.text


@when(parsers.re(_WHO + "母の同意書の登録を試す"))
def _(scene: Scene, who: str) -> None:
    _simulate(scene, who, scene.city.payload("consent-mother"))


@when(parsers.re(_WHO + "署名のない同意書の登録を試す"))
def _(scene: Scene, who: str) -> None:
    unsigned = {key: value for key, value in scene.city.payload("consent-mother").items() if key != "performer"}
    _simulate(scene, who, unsigned)


@when(parsers.re(_WHO + "母の同意の取消しを試す"))
def _(scene: Scene, who: str) -> None:
    consent = scene.city.officer("yorisoi").get(scene.place("同意書")).json
    _simulate(scene, who, consent | {"status": "inactive"})


@when(parsers.re(_WHO + "会議を閉じることを試す"))
def _(scene: Scene, who: str) -> None:
    meeting = scene.person(who, "会議のために").get(scene.place("支援会議")).json
    _simulate(scene, who, meeting | {"status": "finished"}, "会議のために")


@when(parsers.re(_WHO + "その世帯に妹を加えることを試す"))
def _(scene: Scene, who: str) -> None:
    group = scene.person(who).get(scene.city.known[_SECOND]).json
    _simulate(scene, who, group | {"member": [*group["member"], _member(scene, "妹")]})


@then(parsers.re("「(?P<who>[^」]+)」は「(?P<names>[^」]+)」を見られ(?P<change>るように|なく)なる"))
def _(scene: Scene, who: str, names: str, change: str) -> None:
    assert _records(scene, who, change) == sorted(several(names)), scene.answer.text


@then(parsers.re("「(?P<who>[^」]+)」は(?P<what>世帯|その世帯)を見られなくなる"))
def _(scene: Scene, who: str, what: str) -> None:
    assert (what if what == "世帯" else _SECOND) in _records(scene, who, "なく")


@then("答えに「母の困りごと」の記録はない")
def _(scene: Scene) -> None:
    assert not scene.answer.says(scene.place("母の困りごと"))


def _simulate(scene: Scene, who: str, record: dict[str, Any], purpose: str = "") -> None:
    asked = {"resourceType": "Parameters", "parameter": [{"name": "change", "resource": record}]}
    scene.answer = scene.person(who, purpose).post("$simulate", asked)


def _records(scene: Scene, who: str, change: str) -> list[str]:
    assert scene.answer.status == 200, scene.answer.text
    reference = AGENCIES.get(who) or f"Practitioner/practitioner-{WHO[who]}"
    names = {place: CALLED.get(name, name) for name, place in scene.city.known.items()}
    wanted = "gained" if change == "るように" else "lost"
    found: list[str] = []
    for parts in (each["part"] for each in scene.answer.json["parameter"] if each["name"] == "actor"):
        if parts[0]["valueReference"].get("reference") == reference:
            listed = [part["part"] for part in parts if part["name"] == wanted]
            found += [
                names.get(part["valueReference"]["reference"], part["valueReference"]["reference"])
                for each in listed
                for part in each
                if part["name"] == "record"
            ]
    return sorted(found)


def _member(scene: Scene, person: str) -> dict[str, Any]:
    return {"entity": {"reference": scene.place(person)}}
