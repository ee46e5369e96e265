from __future__ import annotations

from typing import Any

from pytest_bdd import parsers, scenarios, then, when

from demo.people import CARE, CONFERENCE
from tests.features.steps.phrases import RECORD
from tests.world import household
from tests.world.scene import Scene
from tests.world.words import COLLEAGUES, WHO

scenarios("provenance.feature")

_AGENCY = "Organization/yorisoi-center"
_NOW = "2026-11-20T10:00:00+09:00"
_WHO = r"(?P<who>[^が、]+)が(?P<purpose>会議のために)?、"


def _of(*targets: str, **elements: Any) -> dict[str, Any]:
    agent = [{"who": {"reference": _AGENCY}}]
    named = [{"reference": each} for each in targets]
    return {"resourceType": "Provenance", "target": named, "recorded": _NOW, "agent": agent} | elements


def _write(scene: Scene, who: str, provenance: dict[str, Any], purpose: str = CARE) -> None:
    scene.answer = household.write(scene.city, (WHO | COLLEAGUES)[who], "provenance", provenance, purpose)


@when(parsers.re(_WHO + RECORD + r"(と(?P<other>妹の困りごと))?の来歴を書く"))
def _(scene: Scene, who: str, purpose: str | None, what: str, other: str | None) -> None:
    targets = [scene.place(each) for each in (what, other) if each]
    _write(scene, who, _of(*targets), CONFERENCE if purpose else CARE)


@when(parsers.re(_WHO + r"ほかのサーバーの記録の来歴を書く"))
def _(scene: Scene, who: str, purpose: str | None) -> None:
    _write(scene, who, _of("https://elsewhere.example/fhir/Observation/1"))


@when(parsers.re(_WHO + r"妹の困りごとの来歴を、(?P<said>.+)から聞いたと書く"))
def _(scene: Scene, who: str, purpose: str | None, said: str) -> None:
    agents = [{"who": {"reference": "Organization/health-center-kita-chuo", "display": said}}]
    reason = [{"text": f"{said}から聞いた"}]
    _write(scene, who, _of(scene.place("妹の困りごと"), agent=agents, reason=reason))
    assert scene.answer.status == 201, scene.answer.text


@when(parsers.re(_WHO + r"来歴の対象を妹の困りごとに変える"))
def _(scene: Scene, who: str, purpose: str | None) -> None:
    found = scene.person(who).get(scene.place("来歴")).json
    scene.answer = scene.person(who).put(found | {"target": [{"reference": scene.place("妹の困りごと")}]})


@then(parsers.re(r"(?P<who>[^が]+)が困りごとを来歴と一緒に探(?P<out>すと、来歴も出る|しても、来歴は出ない)"))
def _(scene: Scene, who: str, out: str) -> None:
    asked = {"_tag": scene.city.known["tag"], "_revinclude": "Provenance:target"}
    found = scene.person(who).get("Condition", **asked).json["entry"]
    modes = {f"{each['resource']['resourceType']}/{each['resource']['id']}": each["search"]["mode"] for each in found}
    assert modes[scene.place("母の困りごと")] == "match"
    assert modes.get(scene.place("来歴")) == ("include" if out.startswith("すと") else None)


@then("保健センターの担当者が困りごとを来歴と一緒に探すと、何も出ない")
def _(scene: Scene) -> None:
    asked = {"_tag": scene.city.known["tag"], "_revinclude": "Provenance:target"}
    assert scene.person("保健センターの担当者").get("Condition", **asked).json["total"] == 0


@then("来歴は妹の困りごとを指し、相談所も町も出ていない")
def _(scene: Scene) -> None:
    shown = scene.answer.json
    assert shown["target"] == [{"reference": scene.place("妹の困りごと")}]
    assert shown["recorded"] == _NOW
    assert not any(word in scene.answer.text for word in ("かくれみの", "health-center", "聞いた"))


@then(parsers.parse("来歴の機密度は「{code}」"))
def _(scene: Scene, code: str) -> None:
    labels = scene.city.officer("yorisoi").get(scene.place("来歴")).json["meta"]["security"]
    assert [label["code"] for label in labels] == [code]
