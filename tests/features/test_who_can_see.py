from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pytest_bdd import parsers, scenarios, then, when

from demo.answer import Answer
from tests.features.steps.phrases import RECORD
from tests.world import casework
from tests.world.scene import Scene
from tests.world.words import AGENCIES, WHO, several

scenarios("who_can_see.feature")

_NAMES = {reference: name for name, reference in AGENCIES.items()} | {
    f"Practitioner/practitioner-{who}": name for name, who in WHO.items()
}


@when(
    parsers.re(
        r"(?P<who>[^がは]+)が(?P<audit>監査のために)?、(?P<then>覚えた時刻に)?"
        + RECORD
        + r"(の記録)?をだれが(見られる|見られた|見た)かを問う"
    )
)
def _(scene: Scene, who: str, audit: str | None, then: str | None, what: str) -> None:
    asked = {"at": scene.remembered["時刻"]} if then else {}
    scene.answer = scene.person(who, audit or "").get(f"{scene.place(what)}/$who-can-see", **asked)


@when("同意した時刻を覚えておく")
def _(scene: Scene) -> None:
    scene.remembered["時刻"] = datetime.now(UTC).isoformat()


@when("母が同意を取り消す")
def _(scene: Scene) -> None:
    revoked = casework.change(scene.city, "yorisoi", "consent", status="inactive")
    assert revoked.status == 200, revoked.text


@then(parsers.re("見られるのは、(?P<rule>P[0-9]+) で「(?P<names>[^」]*)」"))
def _(scene: Scene, rule: str, names: str) -> None:
    assert _seers(scene.answer, rule) == sorted(several(names)), scene.answer.text


@then(parsers.re("(?P<rule>P[0-9]+) で見られる者はいない"))
def _(scene: Scene, rule: str) -> None:
    assert _seers(scene.answer, rule) == []


@then(parsers.re("(?P<rule>P[0-9]+) で見られる者に「(?P<name>[^」]*)」がいる"))
def _(scene: Scene, rule: str, name: str) -> None:
    assert name in _seers(scene.answer, rule), scene.answer.text


@then("説明の根拠に同意書の版がある")
def _(scene: Scene) -> None:
    assert scene.answer.says(f"{scene.place('同意書')}/_history/1")


@then(parsers.re(r"答えに「(?P<word>[^」]+)」という語はない"))
def _(scene: Scene, word: str) -> None:
    assert not scene.answer.says(word)


def _seers(answer: Answer, rule: str) -> list[str]:
    assert answer.status == 200, answer.text
    grounds = [each["part"] for each in answer.json["parameter"] if each["name"] == "ground"]
    mine = [parts for parts in grounds if parts[0]["valueString"] == rule]
    return sorted(_name(part["part"]) for parts in mine for part in parts if part["name"] == "who")


def _name(parts: list[dict[str, Any]]) -> str:
    reference: str = next(part["valueReference"]["reference"] for part in parts if part["name"] == "actor")
    return _NAMES.get(reference, reference)
