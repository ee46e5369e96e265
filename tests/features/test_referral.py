from __future__ import annotations

from pytest_bdd import parsers, scenarios, then, when

from tests.world import casework
from tests.world.scene import Scene
from tests.world.words import AGENCIES, WHAT

scenarios("referral.feature")


@then(parsers.re(r"紹介の仕事の状態は「(?P<status>[a-z-]+)」のまま"))
def _(scene: Scene, status: str) -> None:
    task = scene.city.officer("yorisoi").get(scene.place("紹介の仕事"))
    assert task.json["status"] == status


@when("保健センターの担当者が、紹介の仕事の担当をこども総合相談所に移そうとする")
def _(scene: Scene) -> None:
    owner = {"reference": AGENCIES["こども総合相談所"]}
    scene.answer = casework.change(scene.city, "health-center", "task", owner=owner)


@when(parsers.re("保健センターの担当者が、(?P<what>紹介の仕事|紹介)の内容を書き換えようとする"))
def _(scene: Scene, what: str) -> None:
    rewritten = [{"text": "書き換えた内容"}]
    changes = {"description": "書き換えた内容"} if what == "紹介の仕事" else {"note": rewritten}
    scene.answer = casework.change(scene.city, "health-center", WHAT[what], **changes)


@when("保健センターの担当者が、紹介の仕事を自分に割り当てる")
def _(scene: Scene) -> None:
    owner = {"reference": "PractitionerRole/role-health-center"}
    scene.answer = casework.change(scene.city, "health-center", "task", owner=owner)
