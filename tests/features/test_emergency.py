from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer, strings
from demo.people import AUDIT, CARE, EMERGENCY
from resources.record import coding
from tests.features.test_secrecy import nowhere
from tests.world import household
from tests.world.scene import PURPOSES, Scene
from tests.world.words import WHO

scenarios("emergency.feature")
then("妹の住所と電話はどこにも出ていない")(nowhere)

_SYSTEM = "urn:oid:1.2.392.200119.6.102"
_OUTCOMES = f"{coding.BASE}/CodeSystem/emergency-outcome"
_TASKS = f"{coding.BASE}/CodeSystem/task-code"
_MINUTES = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def _reviewed(scene: Scene) -> None:
    """What an earlier scenario left is reviewed before this one begins."""
    lead = scene.city.officer("lead-section")
    found = lead.get("Task", code="emergency-review", status="requested")
    for task in found.resources:
        assert _review(scene, task["id"], "justified").status == 200


@given("母の識別子が記録されている")
def _(scene: Scene) -> None:
    mother = scene.city.officer("yorisoi").get(scene.place("母")).json
    mother["identifier"] = [{"system": _SYSTEM, "value": mother["id"]}]
    assert scene.city.officer("yorisoi").put(mother).status == 200


@when(parsers.re(r"緊急対応担当が、(?P<what>母の記録|妹の記録|母の慎重な記録)を示して緊急閲覧を求める"))
def _(scene: Scene, what: str) -> None:
    scene.answer = _break(
        scene, {"name": "record", "valueReference": {"reference": scene.place(what.removesuffix("の記録"))}}
    )


@when(
    parsers.re(
        r"緊急対応担当が、(?P<clue>母の識別子|知らない識別子|母の氏名だけ|母の生年月日だけ)を示して緊急閲覧を求める"
    )
)
def _(scene: Scene, clue: str) -> None:
    id = scene.place("母").partition("/")[2]
    mother = scene.city.officer("yorisoi").get(scene.place("母")).json
    told: dict[str, dict[str, Any]] = {
        "母の識別子": {"identifier": [{"system": _SYSTEM, "value": id}]},
        "知らない識別子": {"identifier": [{"system": _SYSTEM, "value": f"{id}0"}]},
        "母の氏名だけ": {"name": mother["name"]},
        "母の生年月日だけ": {"birthDate": mother["birthDate"]},
    }
    scene.answer = _break(scene, {"name": "person", "resource": {"resourceType": "Patient"} | told[clue]})


@when(
    parsers.re(
        r"(?P<who>[^が]+)が(?P<purpose>\S+)、母の記録を示し、理由を(?P<reason>示して|示さずに|点だけ示して)、緊急閲覧を求める"
    )
)
def _(scene: Scene, who: str, purpose: str, reason: str) -> None:
    named = {"name": "record", "valueReference": {"reference": scene.place("母")}}
    said = {"示して": "通報があり、倒れている", "点だけ示して": "。"}.get(reason, "")
    scene.answer = _break(scene, named, WHO[who], PURPOSES[purpose], said)


@when(parsers.re(r"主管課が緊急閲覧を「(?P<outcome>[a-z]+)」と審査する"))
def _(scene: Scene, outcome: str) -> None:
    scene.answer = _review(scene, _task(scene), outcome)


@when("主管課が緊急閲覧を結果なしに審査する")
def _(scene: Scene) -> None:
    scene.answer = _review(scene, _task(scene), "")


@when("緊急対応担当が、自分の緊急閲覧を審査しようとする")
def _(scene: Scene) -> None:
    scene.answer = _review(scene, _task(scene), "justified", "emergency")


@when("寄り添いサポートセンターの担当者が、緊急対応担当のための審査の依頼を作ろうとする")
def _(scene: Scene) -> None:
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": {"coding": [{"system": _TASKS, "code": "emergency-review"}]}}
    task |= {"for": {"reference": scene.place("母")}, "requester": {"reference": "Practitioner/practitioner-emergency"}}
    scene.answer = household.write(scene.city, "yorisoi", "forged", task)


@then("緊急閲覧は15分で終わる")
def _(scene: Scene) -> None:
    until = datetime.fromisoformat(_said(scene, "until"))
    left = until - datetime.now(until.tzinfo)
    assert _MINUTES - timedelta(minutes=1) < left <= _MINUTES


@then("主管課が審査の依頼を読むと、だれが・だれを・いつまで・なぜ開いたかが書かれている")
def _(scene: Scene) -> None:
    task = scene.city.officer("lead-section").get(f"Task/{_task(scene)}").json
    assert task["requester"] == {"reference": "Practitioner/practitioner-emergency"}
    assert task["for"] == {"reference": scene.place("世帯")}
    assert task["reasonCode"]["text"] == "通報があり、倒れている"
    assert task["executionPeriod"]["end"] == _said(scene, "until")
    opened = {each["valueReference"]["reference"] for each in task["input"]}
    assert opened == {scene.place(who) for who in ("母", "妹", "長男")}


@then("寄り添いサポートセンターの担当者には審査の依頼が見えない")
def _(scene: Scene) -> None:
    assert scene.city.officer("yorisoi").get(f"Task/{_task(scene)}").status == 404


@then("断られて、審査は済んでいない")
def _(scene: Scene) -> None:
    assert scene.answer.status in (403, 404), scene.answer.text
    assert scene.city.officer("lead-section").get(f"Task/{_task(scene)}").json["status"] == "requested"


@then("監査記録に、緊急対応担当が P8 により母について開いたことと読んだことがある")
def _(scene: Scene) -> None:
    asked = {"patient": scene.place("母"), "policy": f"{coding.BASE}/policy/P8", "_count": "50"}
    found = scene.city.officer("auditor", AUDIT).get("AuditEvent", **asked)
    events = [each for each in found.resources if "Practitioner/practitioner-emergency" in strings(each["agent"])]
    kinds = {each["action"] for each in events}
    assert {"C", "R"} <= kinds, found.text
    assert any("$break-glass" in strings(each) for each in events)


def _break(
    scene: Scene,
    named: dict[str, Any],
    who: str = "emergency",
    purpose: str = EMERGENCY,
    reason: str = "通報があり、倒れている",
) -> Answer:
    said = [{"name": "reason", "valueString": reason}] if reason else []
    asked = {"resourceType": "Parameters", "parameter": [*said, named]}
    answer = scene.city.officer(who, purpose).post("$break-glass", asked)
    if answer.status == 200:
        scene.remembered["review"] = next(
            each["valueReference"]["reference"] for each in answer.json["parameter"] if each["name"] == "review"
        )
        scene.remembered["until"] = next(
            each["valueInstant"] for each in answer.json["parameter"] if each["name"] == "until"
        )
    return answer


def _said(scene: Scene, name: str) -> str:
    return scene.remembered[name]


def _task(scene: Scene) -> str:
    return scene.remembered["review"].removeprefix("Task/")


def _review(scene: Scene, id: str, outcome: str, who: str = "lead-section") -> Answer:
    task = scene.city.officer("lead-section", CARE).get(f"Task/{id}").json
    found = {"coding": [{"system": _OUTCOMES, "code": outcome}]}
    done = {"output": [{"type": {"text": "審査の結果"}, "valueCodeableConcept": found}]} if outcome else {}
    return scene.city.officer(who, CARE).put(task | {"status": "completed"} | done)
