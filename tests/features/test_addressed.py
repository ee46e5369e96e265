from __future__ import annotations

from pytest_bdd import parsers, scenarios, when

from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import AGENCIES, WHO

scenarios("addressed.feature")


@when(parsers.re(r"(?P<who>[^、]+)が、((?P<named>[^、]+)の名で、)?母についてこども総合相談所に依頼する"))
def _(scene: Scene, who: str, named: str | None) -> None:
    asker = AGENCIES[named or who.removesuffix("の担当者")]
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "for": {"reference": scene.place("母")},
        "requester": {"reference": asker},
        "owner": {"reference": AGENCIES["こども総合相談所"]},
    }
    scene.answer = household.write(scene.city, WHO[who], "asked-on", task)


@when("寄り添いサポートセンターの担当者が、紹介の仕事を妹についての仕事に替える")
def _(scene: Scene) -> None:
    sister = {"reference": scene.place("妹")}
    scene.answer = casework.change(scene.city, "yorisoi", "task", **{"for": sister})
