from __future__ import annotations

from pytest_bdd import parsers, scenarios, when

from demo.people import CONFERENCE
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import WHAT

scenarios("notice.feature")


@when(parsers.re(r"所管課長が、守秘義務と罰則を書かずに(?P<letter>招集通知|冒頭の説明)を出そうとする"))
def _(scene: Scene, letter: str) -> None:
    recipients = [{"reference": "PractitionerRole/role-child-guidance"}]
    written = scene.city.payload(WHAT[letter], recipients=recipients)
    del written["topic"]
    scene.answer = household.write(scene.city, "convener", "silent", written, CONFERENCE)


@when("所管課長が、守秘義務と罰則を書いて招集通知を出す")
def _(scene: Scene) -> None:
    scene.answer = casework.invite(scene.city)
