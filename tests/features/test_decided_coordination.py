from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from resources.record import coding
from tests.world import casework, household, referral
from tests.world.scene import Scene
from tests.world.words import AGENCIES

scenarios("decided_coordination.feature")

_RESOLVED = {
    "url": f"{coding.BASE}/StructureDefinition/case-outcome",
    "extension": [
        {
            "url": "outcome",
            "valueCodeableConcept": {
                "coding": [{"system": f"{coding.BASE}/CodeSystem/case-outcome", "code": "resolved"}]
            },
        }
    ],
}
COORDINATOR = "PractitionerRole/role-coordinator"


@given("保健センターの担当者が、母の紹介について推進員に連絡している")
def _(scene: Scene) -> None:
    called = referral.escalate(scene.city, "health-center", AGENCIES["保健センター"], COORDINATOR)
    assert called.status == 201, called.text


@given("寄り添いサポートセンターが、世帯の事例を開いている")
def _(scene: Scene) -> None:
    case = household.tagged_bundle(scene.city, scene.city.payload("coordination"))["entry"][0]["resource"]
    assert household.write(scene.city, "yorisoi", "case", case).status == 201


@given("寄り添いサポートセンターが、事例を終えている")
def _(scene: Scene) -> None:
    ended = casework.change(scene.city, "yorisoi", "case", status="completed", extension=[_RESOLVED])
    assert ended.status == 200, ended.text


@given("推進員が、連携先が確定しないとして、連絡を主管課に諮っている")
def _(scene: Scene) -> None:
    assert _put(scene, "推進員", "no-partner").status == 200


@when(parsers.re(r"(?P<who>[^、]+)が、(?P<ground>連携先が確定しないとして|理由を示さずに)、連絡を主管課に諮る"))
def _(scene: Scene, who: str, ground: str) -> None:
    scene.answer = _put(scene, who, "no-partner" if ground.startswith("連携先") else "")


@when(parsers.re(r"(?P<who>推進員|主管課)が「(?P<reason>[^」]*)」と理由を書いて、調整と(?P<word>する|しない)"))
def _(scene: Scene, who: str, reason: str, word: str) -> None:
    said = [{"name": "accept", "valueBoolean": word == "する"}]
    said += [{"name": "reason", "valueString": reason}] if reason else []
    scene.answer = _asked(scene, who, scene.place("諮る仕事"), *said)


@when("保健センターの担当者が、連絡を取り下げる")
def _(scene: Scene) -> None:
    scene.answer = casework.change(scene.city, "health-center", "escalation", status="cancelled")


@when("推進員が、主管課から持ち込まれた事例を引き受ける")
def _(scene: Scene) -> None:
    officer = scene.person("推進員")
    [name] = officer.get("Task", code="coordinate", **{"part-of": scene.place("連絡の仕事")}).references
    scene.answer = officer.put(officer.get(name).json | {"status": "accepted"})


@then(parsers.parse("寄り添いサポートセンターの担当者に、諮った結果の理由「{reason}」が見える"))
def _(scene: Scene, reason: str) -> None:
    task = scene.city.officer("yorisoi").get(scene.place("諮る仕事")).json
    assert (task["status"], task["statusReason"]["text"]) == ("cancelled", reason)


def _put(scene: Scene, who: str, ground: str) -> Answer:
    said = ({"name": "ground", "valueCode": ground or "because"}, {"name": "reason", "valueString": "担当が決まらない"})
    done = _asked(scene, who, scene.place("連絡の仕事"), *said)
    if done.status == 200:
        scene.city.known["put-before"] = f"Task/{done.json['id']}"
    return done


def _asked(scene: Scene, who: str, task: str, *said: dict[str, Any]) -> Answer:
    given = {"resourceType": "Parameters", "parameter": list(said)}
    return scene.person(who).post(f"{task}/$decide-coordination", given)
