from __future__ import annotations

from pytest_bdd import parsers, scenarios, then, when

from tests.world.scene import Scene
from tests.world.words import SYSTEMS

scenarios("scope.feature")


@when(parsers.re(r"(?P<who>[^が]+)が、範囲「(?P<scope>[^」]+)」で母の記録を読む"))
def _(scene: Scene, who: str, scope: str) -> None:
    scene.answer = scene.city.people.system(SYSTEMS[who], scope=scope).get(scene.place("母"))


@then("見せてもらえない")
def _(scene: Scene) -> None:
    assert scene.answer.status in (403, 404), scene.answer.text
    assert scene.answer.json["resourceType"] == "OperationOutcome"
