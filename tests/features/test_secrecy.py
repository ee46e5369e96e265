from __future__ import annotations

from pytest_bdd import parsers, scenarios, then, when

from tests.world import household
from tests.world.scene import Scene

scenarios("secrecy.feature")


@when("寄り添いサポートセンターの担当者が妹の履歴を読む")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("yorisoi").get(f"{scene.place('妹')}/_history")


@then("妹の住所と電話はどこにも出ていない")
def _(scene: Scene) -> None:
    assert "水無瀬　みどり" in scene.answer.text
    assert not [word for word in household.SECRET if word in scene.answer.text]
    found = scene.answer.resources or (scene.answer.json,)
    mine = [resource for resource in found if f"Patient/{resource.get('id')}" == scene.place("妹")]
    assert mine
    assert not [resource for resource in mine if "address" in resource or "telecom" in resource]


@then("隠したというしるしもない")
def _(scene: Scene) -> None:
    codes = [label.get("code") for label in scene.answer.json.get("meta", {}).get("security", ())]
    assert "REDACTED" not in codes
    assert "MASKED" not in codes


@then(parsers.re(r"(?P<who>[^が]+)が(?P<purpose>会議のために)?妹の(?P<what>住所|電話)で探しても、何も出ない"))
def _(scene: Scene, who: str, purpose: str | None, what: str) -> None:
    asked = {"address": household.ADDRESS["text"]} if what == "住所" else {"phone": household.PHONE}
    found = scene.person(who, purpose or "").get("Patient", _tag=scene.city.known["tag"], **asked)
    assert found.status == 200, found.text
    assert found.total == 0
    assert found.references == ()
