from __future__ import annotations

import copy

from pytest_bdd import given, parsers, scenarios, then, when

from demo.people import CONFERENCE
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("carrying_out.feature")


@given("主管課が会議のために役割を決めている")
def _(scene: Scene) -> None:
    _decide(scene, "主管課")


@when("主管課が会議のために役割を決める")
def _(scene: Scene) -> None:
    _decide(scene, "主管課")


@when(parsers.re(r"寄り添いサポートセンターの担当者が、計画(に支援を書き足す|の支援を始まったことにする)"))
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    plan = officer.get(scene.place("トータルケアプラン")).json
    changed = copy.deepcopy(plan["activity"])
    if "adds" in scene.remembered:
        changed[0]["detail"]["status"] = "in-progress"
    else:
        added = copy.deepcopy(changed[0])
        added["detail"]["description"] = "就労の相談"
        changed.append(added)
        scene.remembered |= {"adds": "yes", "decided": plan["meta"]["versionId"]}
    answer = officer.put(plan | {"activity": changed})
    assert answer.status == 200, answer.text


@then("こども総合相談所の担当者は、決まった版の計画を読める")
def _(scene: Scene) -> None:
    version = f"{scene.place('トータルケアプラン')}/_history/{scene.remembered['decided']}"
    answer = scene.city.officer("child-guidance").get(version)
    assert answer.status == 200, answer.text


@then("母の住所はどこにも出ていない")
def _(scene: Scene) -> None:
    assert "address" not in scene.answer.json
    assert "つなぎ町" not in scene.answer.text


def _decide(scene: Scene, who: str) -> None:
    officer = scene.city.officer(WHO[who], CONFERENCE)
    answer = officer.post(f"{scene.place('事例')}/$decide-roles", scene.city.payload("decide-roles"))
    assert answer.status == 201, answer.text
    scene.city.known["team"] = answer.created[0]
