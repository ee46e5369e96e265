from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.people import CONFERENCE
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import AGENCIES

scenarios("after_conference.feature")

BASE = "https://tsunagu.example/fhir"
NOTICE = {"coding": [{"system": f"{BASE}/CodeSystem/secrecy-notice", "code": "art9-from-2025-06"}]}


@given("主管課が会議で役割を決めている")
def _(scene: Scene) -> None:
    decided = casework.decide_roles(scene.city)
    assert decided.status == 201, decided.text
    system, _, code = scene.city.known["tag"].partition("|")
    tag = {"name": "meta", "valueMeta": {"tag": [{"system": system, "code": code}]}}
    officer = scene.city.officer("lead-section", CONFERENCE)
    tagged = officer.post(f"{decided.created[0]}/$meta-add", {"resourceType": "Parameters", "parameter": [tag]})
    assert tagged.status == 200, tagged.text


@given("推進員が会議でトータルケアプランを作っている")
def _(scene: Scene) -> None:
    drafted = casework.draft_plan(scene.city, "coordinator", CONFERENCE)
    assert drafted.status == 201, drafted.text


@given("推進員が会議の議事録を書いている")
def _(scene: Scene) -> None:
    written = household.write(scene.city, "coordinator", "minutes", _minutes(scene, "coordinator"), CONFERENCE)
    assert written.status == 201, written.text


@when("こども総合相談所の担当者が、会議の議事録を書こうとする")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("child-guidance", CONFERENCE).post(
        "Composition", _minutes(scene, "child-guidance")
    )


@when("推進員が、役割を決め直そうとする")
def _(scene: Scene) -> None:
    scene.answer = casework.decide_roles(scene.city, "coordinator")


def _minutes(scene: Scene, author: str) -> dict[str, Any]:
    return {
        "resourceType": "Composition",
        "status": "preliminary",
        "type": {"text": "議事録"},
        "encounter": {"reference": scene.place("支援会議")},
        "subject": {"reference": scene.place("世帯")},
        "date": casework.day(0),
        "author": [{"reference": f"PractitionerRole/role-{author}"}],
        "title": "議事録",
    }


@then("保健センターに、役割を担う仕事が届いている")
def _(scene: Scene) -> None:
    found = scene.city.officer("health-center").get("Task", focus=scene.place("支援チーム"))
    assert found.total == 1, found.text
    scene.city.known["role-task"] = found.references[0]


@when(parsers.re(r"保健センターの担当者が、守秘義務を確認(?P<how>せずに|して)役割を引き受ける"))
def _(scene: Scene, how: str) -> None:
    said: dict[str, Any] = {"owner": {"reference": "PractitionerRole/role-health-center"}}
    if how == "して":
        said["output"] = [{"type": {"text": "守秘義務の確認"}, "valueCodeableConcept": NOTICE}]
    scene.answer = casework.change(scene.city, "health-center", "role-task", status="accepted", **said)


@when("寄り添いサポートセンターの担当者が、この世帯の事例をもう一つ開く")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    case = officer.get(scene.place("事例")).json
    scene.answer = officer.post("CarePlan", {name: part for name, part in case.items() if name not in ("id", "meta")})


@when(parsers.parse("寄り添いサポートセンターの担当者が、{what}の区分を外す"))
def _(scene: Scene, what: str) -> None:
    officer = scene.city.officer("yorisoi")
    found = officer.get(scene.place(what)).json
    scene.answer = officer.put({name: part for name, part in found.items() if name != "category"})


@when("推進員が会議のためにもう一つトータルケアプランを作る")
def _(scene: Scene) -> None:
    scene.answer = casework.draft_plan(scene.city, "coordinator", CONFERENCE)


@when(parsers.parse("主管課が、{agency}を外して役割を決め直す"))
def _(scene: Scene, agency: str) -> None:
    scene.answer = casework.decide_roles(scene.city, without=AGENCIES[agency])


@then("世帯の支援チームは一つで、前の決定は履歴に残る")
def _(scene: Scene) -> None:
    officer, id = scene.city.officer("lead-section"), scene.place("世帯")
    found = officer.get("CareTeam", subject=id)
    assert found.references == (scene.place("支援チーム"),), found.text
    history = officer.get(f"{scene.place('支援チーム')}/_history")
    assert history.total == 3, history.text


@when("推進員が議事録を仕上げる")
def _(scene: Scene) -> None:
    scene.answer = casework.change(scene.city, "coordinator", "minutes", status="final")


@then("寄り添いサポートセンターの担当者は、トータルケアプランを書き直せる")
def _(scene: Scene) -> None:
    changed = casework.change(scene.city, "yorisoi", "plan", title="書き直した題")
    assert changed.status == 200, changed.text
