from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import referral
from tests.world.scene import Scene
from tests.world.words import AGENCIES

scenarios("paper.feature")

Json = dict[str, Any]
BASE = "https://tsunagu.example/fhir"
CENTER = AGENCIES["地域ケア総合推進センター"]
NAME = "信楽 冬"


def hospital(scene: Scene) -> str:
    """A hospital in the directory, of which nobody has an account."""
    keeper = scene.person("一覧の管理担当")
    made = keeper.post("Organization", {"resourceType": "Organization", "name": "つなぎ病院", "active": True})
    assert made.status == 201, made.text
    return made.created[0]


def write(scene: Scene, asker: str, owner: str, **said: Any) -> None:
    """The person is registered, and the request about them written down."""
    center = scene.person("地域ケア総合推進センターの担当者")
    person = center.post("Patient", {"resourceType": "Patient", "name": [{"text": NAME}]}).created[0]
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": {"reference": person}}
    task |= {"requester": {"reference": asker}, "owner": {"reference": owner}}
    task |= {"description": "身寄りがなく、保険料も未納で、在宅に移れない"}
    scene.answer = center.post("Task", task | said)
    scene.remembered |= {"person": person, "task": scene.answer.created[0] if scene.answer.done else ""}


def change(scene: Scene, who: str, **elements: Any) -> None:
    client = scene.person(who)
    task = client.get(scene.remembered["task"]).json
    scene.answer = client.put(task | elements)


@given(parsers.re(r"地域ケア総合推進センターが、(?P<whom>[^へ]+)へ(?P<how>紙で)?依頼している"))
def _(scene: Scene, whom: str, how: str | None) -> None:
    owner = AGENCIES.get(whom) or hospital(scene)
    carried = {"url": f"{BASE}/StructureDefinition/carried-on-paper", "valueBoolean": True}
    write(scene, CENTER, owner, **({"extension": [carried]} if how else {}))
    assert scene.answer.status == 201, scene.answer.text


@given("保健センターが、その依頼を自分で受け付けている")
def _(scene: Scene) -> None:
    change(scene, "保健センターの担当者", status="accepted")
    assert scene.answer.status == 200, scene.answer.text


@when("サインインしていない人が、医療の窓口を探す")
def _(scene: Scene) -> None:
    scene.answer = scene.city.anyone().get("HealthcareService/$route", field="medical")


@when("地域ケア総合推進センターの担当者が、病院から紙で届いた退院相談を書きとめる")
def _(scene: Scene) -> None:
    scene.remembered["hospital"] = hospital(scene)
    write(scene, scene.remembered["hospital"], CENTER)


@when(parsers.parse("地域ケア総合推進センターの担当者が、その依頼を「{status}」にする"))
def _(scene: Scene, status: str) -> None:
    change(scene, "地域ケア総合推進センターの担当者", status=status)


@when("地域ケア総合推進センターの担当者が、何をしたかを書かずにその依頼を終える")
def _(scene: Scene) -> None:
    change(scene, "地域ケア総合推進センターの担当者", status="completed")


@when(parsers.parse("地域ケア総合推進センターの担当者が、「{done}」としてその依頼を終える"))
def _(scene: Scene, done: str) -> None:
    output = [referral.outcome("supported", valueString=done)]
    change(scene, "地域ケア総合推進センターの担当者", status="completed", output=output)


@then("最初の窓口は地域ケア総合推進センター")
def _(scene: Scene) -> None:
    assert scene.answer.resources[0]["providedBy"]["reference"] == CENTER


@then("その依頼の依頼元は病院")
def _(scene: Scene) -> None:
    task = scene.person("地域ケア総合推進センターの担当者").get(scene.remembered["task"]).json
    assert task["requester"]["reference"] == scene.remembered["hospital"]


@then("ほかの機関には、その依頼は見えない")
@then("保健センターの担当者には、その依頼は見えない")
def _(scene: Scene) -> None:
    assert scene.person("保健センターの担当者").get(scene.remembered["task"]).status == 404


@then("保健センターの担当者には、本人は見えない")
def _(scene: Scene) -> None:
    assert scene.person("保健センターの担当者").get(scene.remembered["person"]).status == 404


@then("許されない、または R5により断られる")
def _(scene: Scene) -> None:
    assert scene.answer.status in (403, 422), scene.answer.text
    assert scene.answer.says("R5") or scene.answer.says("P2"), scene.answer.text


@given("保健センターが、寄り添いサポートセンターから受けた紹介を、病院へ紙で引き継いでいる")
def _(scene: Scene) -> None:
    first, next = scene.person("寄り添いサポートセンターの担当者"), scene.person("保健センターの担当者")
    person = first.post("Patient", {"resourceType": "Patient", "name": [{"text": NAME}]}).created[0]
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": {"reference": person}}
    center = {"reference": AGENCIES["保健センター"]}
    asked = task | {"requester": {"reference": AGENCIES["寄り添いサポートセンター"]}, "owner": center}
    scene.remembered["first"] = first.post("Task", asked).created[0]
    assert next.put(next.get(scene.remembered["first"]).json | {"status": "accepted"}).status == 200
    carried = {"url": f"{BASE}/StructureDefinition/carried-on-paper", "valueBoolean": True}
    on = task | {"requester": center, "owner": {"reference": hospital(scene)}, "extension": [carried]}
    made = next.post("Task", on | {"partOf": [{"reference": scene.remembered["first"]}]})
    assert made.status == 201, made.text
    scene.remembered["task"] = made.created[0]


@when(parsers.parse("保健センターの担当者が、病院の返事を「{status}」と書く"))
def _(scene: Scene, status: str) -> None:
    change(scene, "保健センターの担当者", status=status)


@then("寄り添いサポートセンターの担当者に、その引き継ぎは見える")
def _(scene: Scene) -> None:
    assert scene.person("寄り添いサポートセンターの担当者").get(scene.remembered["task"]).status == 200
