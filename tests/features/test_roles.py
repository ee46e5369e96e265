from __future__ import annotations

from pytest_bdd import parsers, scenarios, when

from demo.people import CONFERENCE
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("roles.feature")


@when(parsers.re(r"(?P<who>[^が]+)が会議のために役割を決める"))
def _(scene: Scene, who: str) -> None:
    officer = scene.city.officer(WHO[who], CONFERENCE)
    scene.answer = officer.post(f"{scene.place('事例')}/$decide-roles", scene.city.payload("decide-roles"))
