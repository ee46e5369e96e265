from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.features.steps.phrases import RECORD
from tests.world import household
from tests.world.scene import Scene

scenarios("labels.feature")

_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_WHO = r"(?P<who>[^が]+)が、"
_SECRET = {"system": "https://tsunagu.example/fhir/CodeSystem/secrecy-label", "code": "address-secret"}


@given("妹の住所が秘匿され、寄り添いサポートセンターには示される")
def _(scene: Scene) -> None:
    labelled = household.protect_sister(scene.city, "Organization/yorisoi-center")
    assert labelled.status == 200, labelled.text


@when(parsers.re(_WHO + "表示に触れずに" + RECORD + "を書き直す"))
def _(scene: Scene, who: str, what: str) -> None:
    found = scene.person(who).get(scene.place(what)).json
    scene.answer = scene.person(who).put(found | {"meta": {"versionId": found["meta"]["versionId"]}})


@when(parsers.re(_WHO + RECORD + "の機密度を「(?P<code>[A-Z])」に書き直す"))
def _(scene: Scene, who: str, what: str, code: str) -> None:
    scene.answer = scene.person(who).put(_labelled(scene, who, what, code))


@when(parsers.re(_WHO + RECORD + "の機密度を「(?P<code>[A-Z])」にする書き直しを transaction で送る"))
def _(scene: Scene, who: str, what: str, code: str) -> None:
    entry = {"request": {"method": "PUT", "url": scene.place(what)}, "resource": _labelled(scene, who, what, code)}
    scene.answer = scene.person(who).post("", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]})


@given(parsers.re(_WHO + RECORD + "に機密度「(?P<code>[A-Z])」を付けている"))
def _(scene: Scene, who: str, what: str, code: str) -> None:
    assert household.relabel(scene.person(who), scene.place(what), household.level(code)).status == 200


@when(parsers.re(_WHO + RECORD + "(に|から)居所の秘匿を(?P<done>付ける|外す)"))
def _(scene: Scene, who: str, what: str, done: str) -> None:
    scene.answer = household.relabel(scene.person(who), scene.place(what), _SECRET, done)


@when(parsers.re(_WHO + RECORD + "の表示を調べる"))
def _(scene: Scene, who: str, what: str) -> None:
    scene.answer = scene.person(who).get(f"{scene.place(what)}/$meta")


@when(parsers.re(_WHO + "「(?P<system>[^」]+)」の「(?P<code>[^」]+)」という表示のある母の記録を書く"))
def _(scene: Scene, who: str, system: str, code: str) -> None:
    systems = {"居所の秘匿": _SECRET["system"], "ほかの体系": "urn:elsewhere", "機密度": _CONFIDENTIALITY}
    label = {"code": code} | ({"system": systems[system]} if system in systems else {})
    record = scene.person(who).get(scene.place("母の困りごと")).json
    new = {name: value for name, value in record.items() if name not in ("id", "meta")}
    scene.answer = scene.person(who).post("Condition", new | {"meta": {"security": [label]}})


@then(parsers.re(RECORD + "の機密度は「(?P<code>[A-Z]|なし)」"))
def _(scene: Scene, what: str, code: str) -> None:
    answer = scene.city.officer("yorisoi").get(f"{scene.place(what)}/$meta")
    labels = answer.json["parameter"][0].get("valueMeta", {}).get("security", [])
    levels = [label["code"] for label in labels if label["system"] == _CONFIDENTIALITY]
    assert levels == ([] if code == "なし" else [code]), answer.text


@then(parsers.re(r"(?P<who>[^が]+)が妹を読んでも、住所は出ない"))
def _(scene: Scene, who: str) -> None:
    answer = scene.person(who).get(scene.place("妹"))
    assert answer.status == 200, answer.text
    assert not answer.says(household.ADDRESS["text"])


def _labelled(scene: Scene, who: str, what: str, code: str) -> dict[str, Any]:
    found: dict[str, Any] = scene.person(who).get(scene.place(what)).json
    return found | {"meta": {"versionId": found["meta"]["versionId"], "security": [household.level(code)]}}
