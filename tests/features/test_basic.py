from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework, household, provision
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("basic.feature")

_WORD = "かくれみの町の集会所"
_NOTE = {
    "resourceType": "Basic",
    "code": {"text": _WORD},
    "created": "2026-11-20",
    "extension": [{"url": "https://example.org/note", "valueString": _WORD}],
}


def _write(scene: Scene, who: str, **subject: Any) -> None:
    scene.answer = household.write(scene.city, WHO[who], "basic", _NOTE | subject)


@when(parsers.re(r"(?P<who>[^が、]+)が、だれについてとも書かずに覚え書きを書く"))
def _(scene: Scene, who: str) -> None:
    _write(scene, who)


@when(parsers.re(r"(?P<who>[^が、]+)が、機関についての覚え書きを書く"))
def _(scene: Scene, who: str) -> None:
    _write(scene, who, subject={"reference": "Organization/yorisoi-center"})


@when(parsers.re(r"(?P<who>[^が、]+)が、(?P<whom>母|妹|世帯)についての覚え書きを書く"))
def _(scene: Scene, who: str, whom: str) -> None:
    _write(scene, who, subject={"reference": scene.place(whom)})
    assert scene.answer.status == 201, scene.answer.text


@when(parsers.re(r"(?P<who>[^が、]+)が、覚え書きを妹についてと書き直す"))
def _(scene: Scene, who: str) -> None:
    found = scene.person(who).get(scene.place("覚え書き")).json
    scene.answer = scene.person(who).put(found | {"subject": {"reference": scene.place("妹")}})


@given("妹も同じように、すべての記録の提供に同意している")
def _(scene: Scene) -> None:
    sister = {"reference": scene.place("妹")}
    every = provision.worded(scene.city, "記録の種類", "すべて")
    signed = casework.sign(scene.city, "consent-sister", patient=sister, performer=[sister], provision=every)
    assert signed.status == 201, signed.text


@then("覚え書きは妹を指し、言葉は出ていない")
def _(scene: Scene) -> None:
    shown = scene.answer.json
    assert (shown["subject"], shown["created"]) == ({"reference": scene.place("妹")}, "2026-11-20")
    assert "かくれみの" not in scene.answer.text
    assert "集会所" not in scene.answer.text
