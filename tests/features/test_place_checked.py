from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from tests.features.test_secrecy import protected_for_one, refused_by_secrecy
from tests.world.scene import Scene

scenarios("place_checked.feature")

_MARK = "https://tsunagu.example/fhir/StructureDefinition/place-checked"

given("妹の住所が秘匿され、地域ケア総合推進センターの担当者にだけ示される")(protected_for_one)
then("D1 により許されない")(refused_by_secrecy)


@given(parsers.re(r"妹の困りごとに「(?P<text>[^」]+)」という文を、寄り添いサポートセンターの担当者が書いている"))
def _(scene: Scene, text: str) -> None:
    assert _rewritten(scene, note=[{"text": text}]).status == 200


@given("妹の困りごとから、寄り添いサポートセンターの担当者が文を消している")
def _(scene: Scene) -> None:
    assert _rewritten(scene).status == 200


@given(parsers.re(r"(?P<who>[^が]+)が、妹の困りごとの文から居所は分からないと確かめている"))
def _(scene: Scene, who: str) -> None:
    assert _checked(scene, who).status == 200


@when(parsers.re(r"(?P<who>[^が]+)が、妹の困りごとの文から居所は分からないと確かめる"))
def _(scene: Scene, who: str) -> None:
    scene.answer = _checked(scene, who)


@when(parsers.re(r"寄り添いサポートセンターの担当者が妹の困りごとの文を「(?P<text>[^」]+)」に書き換える"))
def _(scene: Scene, text: str) -> None:
    scene.answer = _rewritten(scene, note=[{"text": text}])


@when(
    parsers.re(
        r"寄り添いサポートセンターの担当者が、居所は分からないと示して、妹の困りごとの文を「(?P<text>[^」]+)」に書き換える"
    )
)
def _(scene: Scene, text: str) -> None:
    mark = {"extension": [{"url": _MARK, "valueString": "Condition.note[0]"}]}
    scene.answer = _rewritten(scene, note=[{"text": text}], meta=mark)


@then(parsers.re(r"答えに「(?P<words>[^」]+)」はない"))
def _(scene: Scene, words: str) -> None:
    assert words not in scene.answer.text


def _rewritten(scene: Scene, **elements: Any) -> Answer:
    officer = scene.city.officer("yorisoi")
    concern = officer.get(scene.place("妹の困りごと")).json
    return officer.put({key: value for key, value in concern.items() if key != "note"} | elements)


def _checked(scene: Scene, who: str) -> Answer:
    parameter = {"name": "element", "valueString": "Condition.note[0]"}
    body = {"resourceType": "Parameters", "parameter": [parameter]}
    return scene.person(who).post(f"{scene.place('妹の困りごと')}/$place-check", body)
