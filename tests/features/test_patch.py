from __future__ import annotations

import orjson
from pytest_bdd import given, scenarios, then, when

from demo.answer import Answer
from tests.world import household
from tests.world.scene import Scene

scenarios("patch.feature")


@given("妹の住所が秘匿され、地域ケア総合推進センターの担当者にだけ示される")
def _(scene: Scene) -> None:
    labelled = household.protect_sister(scene.city, "PractitionerRole/role-community-care")
    assert labelled.status == 200, labelled.text


@when("寄り添いサポートセンターの担当者が、妹の住所を言い当てようとする", target_fixture="guesses")
def _(scene: Scene) -> list[Answer]:
    """By a patch that tests it, once rightly and once wrongly."""
    texts = (household.ADDRESS["text"], "どこでもないところ")
    return [_patched(scene, {"op": "test", "path": "/address/0/text", "value": text}) for text in texts]


@then("当たっていても、いなくても、同じに断られる")
def _(guesses: list[Answer]) -> None:
    right, wrong = guesses
    assert (right.status, right.json) == (wrong.status, wrong.json)
    assert right.status == 422, right.text


@when("寄り添いサポートセンターの担当者が、妹の性別だけを書き直す")
def _(scene: Scene) -> None:
    scene.answer = _patched(scene, {"op": "add", "path": "/gender", "value": "unknown"})


@then("地域ケア総合推進センターの担当者には、書き直した性別と、もとの住所が見える")
def _(scene: Scene) -> None:
    found = scene.city.officer("community-care").get(scene.place("妹")).json
    assert (found["gender"], found["address"][0]["text"]) == ("unknown", household.ADDRESS["text"])


def _patched(scene: Scene, operation: dict[str, object]) -> Answer:
    kind = {"Content-Type": "application/json-patch+json"}
    return scene.city.officer("yorisoi").send("PATCH", scene.place("妹"), body=orjson.dumps([operation]), headers=kind)
