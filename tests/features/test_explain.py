from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.people import AUDIT, CARE, CONFERENCE
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("explain.feature")


@given("いまの時刻を覚えておく")
def _(scene: Scene) -> None:
    consent = scene.city.officer("yorisoi").get(scene.place("同意書"))
    scene.remembered["時刻"] = consent.json["meta"]["lastUpdated"]


@when(parsers.re(r"(?P<who>[^が]+)が、自分が母の記録を読める理由を問う"))
def _(scene: Scene, who: str) -> None:
    scene.answer = scene.city.officer(WHO[who]).get(f"{scene.place('母')}/$explain-access")


@when(parsers.re(r"(?P<who>[^が]+)が、(?P<whom>[^が]+)が(?P<purpose>会議のために)?母の記録を読める理由を問う"))
def _(scene: Scene, who: str, whom: str, purpose: str | None) -> None:
    scene.answer = _explained(scene, who, whom, CONFERENCE if purpose else CARE)


@when("監査担当が、覚えた時刻に保健センターの担当者が母の記録を読めた理由を問う")
def _(scene: Scene) -> None:
    scene.answer = _explained(scene, "監査担当", "保健センターの担当者", CARE, at=scene.remembered["時刻"])


@then(parsers.re(r"説明は「(?P<decision>permit|deny)」(で、(?P<rule>[PD]\d+) を挙げる)?"))
def _(scene: Scene, decision: str, rule: str | None) -> None:
    assert scene.answer.status == 200, scene.answer.text
    assert _values(scene.answer, "decision") == [decision]
    if rule:
        assert rule in scene.answer.rules


@then("ない記録について問うても、番号のほかは同じ説明になる")
def _(scene: Scene) -> None:
    identity = scene.place("母").partition("/")[2]
    other = identity[:-1] + ("0" if identity[-1] != "0" else "1")
    absent = scene.city.officer("child-guidance").get(f"Patient/{other}/$explain-access")
    assert absent.status == scene.answer.status
    assert _timeless(absent, other) == _timeless(scene.answer, identity)


@then("説明の根拠に同意書の版がある")
def _(scene: Scene) -> None:
    assert scene.answer.says(f"{scene.place('同意書')}/_history/1")


def _explained(scene: Scene, who: str, whom: str, purpose: str, **more: str) -> Answer:
    asking = scene.city.officer(WHO[who], AUDIT if who == "監査担当" else CARE)
    actor = f"Practitioner/practitioner-{WHO[whom]}"
    return asking.get(f"{scene.place('母')}/$explain-access", actor=actor, purpose=purpose, **more)


def _timeless(answer: Answer, identity: str) -> str:
    instants = [part["valueInstant"] for part in answer.json["parameter"] if "valueInstant" in part]
    text = answer.text.replace(identity, "*")
    for instant in instants:
        text = text.replace(instant, "*")
    return text


def _values(answer: Answer, name: str) -> list[str]:
    return [part["valueCode"] for part in answer.json["parameter"] if part["name"] == name]
