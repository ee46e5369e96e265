from __future__ import annotations

from pytest_bdd import parsers, scenarios, then, when

from tests.world import casework, referral
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


@when(
    parsers.re(
        r"保健センターの担当者が、(?P<how>[^「」]+?書(いて|かずに)|「。」とだけ書いて)紹介の仕事を(?P<what>保留にする|終える)"
    )
)
def _(scene: Scene, how: str, what: str) -> None:
    city, health = scene.city, "health-center"
    reason, day = "主治医の診断書を待っている", casework.day(14)
    held = {
        "理由も日も書かずに": ("", ""),
        "日を書かずに": (reason, ""),
        "過ぎた日を書いて": (reason, casework.day(-1)),
        "理由と次に見直す日を書いて": (reason, day),
    }
    if what == "保留にする":
        scene.answer = referral.hold(city, health, "task", *held[how])
    elif how == "結果を書かずに":
        scene.answer = casework.change(city, health, "task", status="completed")
    else:
        said = "。" if how.startswith("「") else "面談し、受診に付き添った"
        scene.answer = referral.complete(city, health, "task", valueString=said)
