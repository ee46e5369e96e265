from __future__ import annotations

from pytest_bdd import parsers, scenarios, then, when

from tests.world import casework
from tests.world.scene import Scene
from tests.world.words import AGENCIES

scenarios("referral.feature")


@then(parsers.re(r"紹介の仕事の状態は「(?P<status>[a-z-]+)」のまま"))
def _(scene: Scene, status: str) -> None:
    task = scene.city.officer("yorisoi").get(scene.place("紹介の仕事"))
    assert task.json["status"] == status


@when("保健センターの担当者が、紹介の仕事の担当をこども総合相談所に移そうとする")
def _(scene: Scene) -> None:
    owner = {"reference": AGENCIES["こども総合相談所"]}
    scene.answer = casework.change(scene.city, "health-center", "task", owner=owner)


@when("保健センターの担当者が、紹介の仕事の内容を書き換えようとする")
def _(scene: Scene) -> None:
    scene.answer = casework.change(scene.city, "health-center", "task", description="書き換えた内容")
