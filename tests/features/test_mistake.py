from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from resources.record import coding
from tests.features.steps.phrases import RECORD
from tests.world import household
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("mistake.feature")

Json = dict[str, Any]

_CLINICAL, _VERIFIED = (
    f"http://terminology.hl7.org/CodeSystem/{name}" for name in ("condition-clinical", "condition-ver-status")
)
_WRONG: Json = {"verificationStatus": {"coding": [{"system": _VERIFIED, "code": "entered-in-error"}]}}
_MARK: Json = {"url": f"{coding.BASE}/StructureDefinition/entered-in-error", "valueBoolean": True}
_RIGHT: Json = {"clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]}}


@when(parsers.re(r"(?P<who>[^が]+)が、" + RECORD + r"を誤り(?P<done>とする|でないとする)"))
def _(scene: Scene, who: str, what: str, done: str) -> None:
    officer, found = scene.person(who), scene.city.officer("yorisoi").get(scene.place(what)).json
    if found["resourceType"] == "Group":
        scene.answer = officer.put(found | {"modifierExtension": [_MARK]})
        return
    if found["resourceType"] != "Condition":
        scene.answer = officer.put(found | {"status": "entered-in-error"})
        return
    kept = {name: part for name, part in found.items() if name not in (*_WRONG, *_RIGHT)}
    scene.answer = officer.put(kept | (_WRONG if done == "とする" else _RIGHT))


@when("寄り添いサポートセンターの担当者が、母の記録に誤りの印を付ける")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    scene.answer = officer.put(officer.get(scene.place("母")).json | {"modifierExtension": [_MARK]})


@given("寄り添いサポートセンターの担当者が、母の困りごとに来歴を付けている")
def _(scene: Scene) -> None:
    agent = [{"who": {"reference": "Organization/yorisoi-center"}}]
    history: Json = {"resourceType": "Provenance", "recorded": "2026-11-20T10:00:00+09:00", "agent": agent}
    history |= {"target": [{"reference": scene.place("母の困りごと")}]}
    assert household.write(scene.city, "yorisoi", "provenance", history).status == 201


@given("保健センターが紹介の仕事を受け付けている")
def _(scene: Scene) -> None:
    officer = scene.city.officer("health-center")
    task = officer.get(scene.place("紹介の仕事")).json
    assert officer.put(task | {"status": "accepted"}).status == 200


@then(parsers.re(RECORD + r"の最初の版を、(?P<who>[^が]+)が読むと(?P<outcome>読める|見つからない)"))
def _(scene: Scene, what: str, who: str, outcome: str) -> None:
    answer = scene.city.officer(WHO[who]).get(f"{scene.place(what)}/_history/1")
    assert answer.status == (200 if outcome == "読める" else 404), answer.text


@then("保健センターの担当者に、紹介の仕事が誤りだったという、内容のない知らせが一通届いている")
def _(scene: Scene) -> None:
    category = f"{coding.BASE}/CodeSystem/communication-category|mistake-notice"
    letters = scene.city.officer("health-center").get("Communication", category=category, _count="500").resources
    about = {"reference": scene.place("紹介の仕事")}
    [letter] = [each for each in letters if about in each["about"]]
    assert letter["subject"] == {"reference": scene.place("母")}
    assert "水無瀬" not in str(letter)
