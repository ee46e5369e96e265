from __future__ import annotations

import copy
import json
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import AGENCIES, COLLEAGUES, WHO

scenarios("carrying_out.feature")

BASE = "https://tsunagu.example/fhir/CodeSystem"
OUTCOME = "https://tsunagu.example/fhir/StructureDefinition/case-outcome"
CARRY_OUT = {"coding": [{"system": f"{BASE}/task-code", "code": "carry-out"}]}
NOTICE = {"coding": [{"system": f"{BASE}/secrecy-notice", "code": "art9-from-2025-06"}]}


@given("主管課が会議のために役割を決めている")
def _(scene: Scene) -> None:
    _decide(scene, "主管課")


@given("主管課が、こども総合相談所の役割はすでに終わったと支援チームを書き直している")
def _(scene: Scene) -> None:
    lead = scene.person("主管課", "会議のために")
    team = lead.get(scene.place("支援チーム")).json
    [theirs] = [each for each in team["participant"] if each["member"]["reference"] == AGENCIES["こども総合相談所"]]
    theirs["period"] = {"start": "2026-01-01", "end": "2026-01-31"}
    answer = lead.put(team)
    assert answer.status == 200, answer.text


@when("主管課が会議のために役割を決める")
def _(scene: Scene) -> None:
    _decide(scene, "主管課")


@when(parsers.re(r"寄り添いサポートセンターの担当者が、計画(に支援を書き足す|の支援を始まったことにする)"))
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    plan = officer.get(scene.place("トータルケアプラン")).json
    changed = copy.deepcopy(plan["activity"])
    if "adds" in scene.remembered:
        changed[0]["detail"]["status"] = "in-progress"
    else:
        added = copy.deepcopy(changed[0])
        added["detail"]["description"] = "就労の相談"
        changed.append(added)
        scene.remembered |= {"adds": "yes", "decided": plan["meta"]["versionId"]}
    answer = officer.put(plan | {"activity": changed})
    assert answer.status == 200, answer.text


@when("寄り添いサポートセンターの担当者が、いまの計画の版の確認を主管課に求める")
def _(scene: Scene) -> None:
    said = [{"name": "reason", "valueString": "就労の相談を書き足した"}]
    given = {"resourceType": "Parameters", "parameter": said}
    scene.answer = scene.city.officer("yorisoi").post(f"{scene.place('トータルケアプラン')}/$confirm-plan", given)
    assert scene.answer.status == 200, scene.answer.text
    scene.remembered["confirming"] = scene.answer.json["id"]


@when(parsers.re(r"(?P<who>主管課|所管課長)が、その版を理由を書いて確認する"))
def _(scene: Scene, who: str) -> None:
    said = [{"name": "accept", "valueBoolean": True}, {"name": "reason", "valueString": "会議で決めたとおり"}]
    task = f"Task/{scene.remembered['confirming']}"
    given = {"resourceType": "Parameters", "parameter": said}
    scene.answer = scene.person(who).post(f"{task}/$confirm-plan", given)


@then("こども総合相談所の担当者は、決まった版の計画を読める")
def _(scene: Scene) -> None:
    version = f"{scene.place('トータルケアプラン')}/_history/{scene.remembered['decided']}"
    answer = scene.city.officer("child-guidance").get(version)
    assert answer.status == 200, answer.text


@then("母の住所はどこにも出ていない")
def _(scene: Scene) -> None:
    assert "address" not in scene.answer.json
    assert "つなぎ町" not in scene.answer.text


@when(parsers.re(r"(?P<who>.+?)が、(?P<whom>.+)を役割の担当者に決める"))
def _(scene: Scene, who: str, whom: str) -> None:
    part_of = {"partOf": [{"reference": _told(scene, who)}]} if whom != "届いた仕事なしに自分" else {}
    named = _post(who if whom.startswith("届いた") else whom)
    task = {"resourceType": "Task", "status": "requested", "intent": "order", "code": CARRY_OUT} | part_of
    scene.answer = scene.person(who).post("Task", task | {"requester": _post(who), "owner": named})
    if scene.answer.done:
        scene.city.known["naming"] = scene.answer.created[0]


@when(parsers.re(r"(?P<who>.+)が、守秘義務を確認(?P<how>せずに|して)担当を引き受ける"))
def _(scene: Scene, who: str, how: str) -> None:
    said = {"output": [_noted()]} if how == "して" else {}
    scene.answer = casework.change(scene.city, COLLEAGUES[who], "naming", status="accepted", **said)


@given("寄り添いサポートセンターの担当者が、前に解決して終わった事例も記録している")
def _(scene: Scene) -> None:
    standing = scene.city.officer("yorisoi").get(scene.place("事例")).json
    resolved = {"coding": [{"system": f"{BASE}/case-outcome", "code": "resolved"}]}
    said = [{"url": "outcome", "valueCodeableConcept": resolved}]
    ended = {name: standing[name] for name in ("resourceType", "intent", "category", "subject")}
    ended |= {"status": "completed", "extension": [{"url": OUTCOME, "extension": said}]}
    assert household.write(scene.city, "yorisoi", "former", ended).status == 201


@when(parsers.re("寄り添いサポートセンターの担当者が、(?P<which>前の)?事例の管理を保健センターに移すと申し出る"))
def _(scene: Scene, which: str | None) -> None:
    to = {"name": "to", "valueReference": {"reference": AGENCIES["保健センター"]}}
    what = scene.city.known["former"] if which else scene.place("事例")
    scene.remembered["transfer"] = _transferred(scene, "寄り添いサポートセンターの担当者", what, to)


@when("保健センターの担当者が、それまでの版を読む必要を書いて引き継ぎを引き受ける")
def _(scene: Scene) -> None:
    _transferred(
        scene, "保健センターの担当者", scene.remembered["transfer"], *_accepted("経過を知らないと支援できない")
    )


@when(parsers.re("主管課が、(?P<which>その|前の事例についての)求めに「開く」と理由を書いて答える"))
def _(scene: Scene, which: str) -> None:
    about = scene.place("事例") if which == "その" else scene.city.known["former"]
    asked = scene.person("主管課").get("Task", code="open-transferred", status="requested", focus=about).references
    _transferred(scene, "主管課", asked[0], *_accepted("引き継ぎに要る"))


@then("保健センターの担当者が前の事例を読むと読める")
def _(scene: Scene) -> None:
    assert scene.person("保健センターの担当者").get(scene.city.known["former"]).status == 200


@when("寄り添いサポートセンターの担当者が、届いた役割を、守秘義務を確認して自分で引き受ける")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    about = scene.place("支援チーム")
    (task,) = officer.get("Task", code="carry-out", status="requested", focus=about).resources
    own = {"owner": {"reference": "PractitionerRole/role-yorisoi"}, "output": [_noted()]}
    scene.answer = officer.put(task | {"status": "accepted"} | own)


@when(parsers.parse("{who}が、担当を取り消す"))
def _(scene: Scene, who: str) -> None:
    cancelled = casework.change(scene.city, WHO[who], "naming", status="cancelled")
    assert cancelled.status == 200, cancelled.text


@when("主管課が、こども総合相談所を外して役割を決め直す")
def _(scene: Scene) -> None:
    _decide(scene, "主管課", without=AGENCIES["こども総合相談所"])


@when(parsers.parse("{who}が、母のことを保健センターに相談する"))
def _(scene: Scene, who: str) -> None:
    task = {"resourceType": "Task", "status": "requested", "intent": "order", "for": {"reference": scene.place("母")}}
    task |= {"requester": _post(who), "owner": {"reference": AGENCIES["保健センター"]}, "description": "相談"}
    scene.answer = scene.person(who).post("Task", task)


@when("こども総合相談所の担当者が、役割を始めたことにする")
def _(scene: Scene) -> None:
    scene.city.known["role-task"] = _told(scene, "こども総合相談所の担当者")
    scene.answer = casework.change(scene.city, "child-guidance", "role-task", status="in-progress")


@then(parsers.re("(?P<who>.+)に、その役割が始まったことが(?P<seen>見える|見えない)"))
def _(scene: Scene, who: str, seen: str) -> None:
    name = scene.city.known["role-task"]
    for each in who.split("と"):
        found = scene.person(each).get(name)
        assert (found.status, found.done and found.json["status"]) == (
            (200, "in-progress") if seen == "見える" else (404, False)
        )
        assert (name in scene.person(each).get("Task", code="carry-out").references) == (seen == "見える")


@then(parsers.re("(?P<who>.+)の「することの一覧」に、まだ始めていない役割(?P<outcome>が出る|は出ない)"))
def _(scene: Scene, who: str, outcome: str) -> None:
    found = scene.person(who).get("$worklist")
    items = [{part["name"]: part for part in each["part"]} for each in found.json.get("parameter", ())]
    roles = [
        each["record"]["valueReference"]["reference"] for each in items if each["kind"]["valueCode"] == "carry-out"
    ]
    assert (_told(scene, who) in roles) == (outcome == "が出る"), found.text


@when("こども総合相談所の担当者が、計画の支援を自分で始まったことに書き換える")
def _(scene: Scene) -> None:
    officer = scene.city.officer("child-guidance")
    plan = officer.get(scene.place("トータルケアプラン")).json
    plan["activity"][0]["detail"]["status"] = "in-progress"
    scene.answer = officer.put(plan)


@when("寄り添いサポートセンターの担当者が、世帯の外の人をトータルケアプランに挙げる")
def _(scene: Scene) -> None:
    named = {"supportingInfo": [{"reference": _registered(scene)}]}
    scene.answer = casework.change(scene.city, "yorisoi", "plan", **named)


@when("寄り添いサポートセンターの担当者が、世帯に人を加える")
def _(scene: Scene) -> None:
    group = scene.city.officer("yorisoi").get(scene.place("世帯")).json
    scene.answer = _told_of(scene, "世帯", member=[*group["member"], {"entity": {"reference": _registered(scene)}}])


@when("寄り添いサポートセンターの担当者が、計画の期間を書き直す")
def _(scene: Scene) -> None:
    scene.answer = _told_of(scene, "トータルケアプラン", period={"start": casework.day(0)})


@then("受け付けられ、役割を担う機関には読めないと知らされる")
def _(scene: Scene) -> None:
    assert scene.answer.status == 200, scene.answer.text
    said = [each for each in scene.answer.json["issue"] if each["severity"] == "warning"]
    assert [each["details"]["text"].startswith("R16") for each in said] == [True], scene.answer.text


def _told_of(scene: Scene, what: str, **changes: object) -> Answer:
    """A record is changed, and it is asked what is to be said about it."""
    officer, name = scene.city.officer("yorisoi"), scene.place(what)
    headers = {"Prefer": "return=OperationOutcome", "Content-Type": "application/fhir+json"}
    body = json.dumps(officer.get(name).json | changes).encode()
    return officer.send("PUT", name, body=body, headers=headers)


def _registered(scene: Scene) -> str:
    """Somebody whom the agency has registered, and who is in no household."""
    written = household.write(scene.city, "yorisoi", "outsider", {"resourceType": "Patient"})
    assert written.status == 201, written.text
    return scene.city.known["outsider"]


def _post(who: str) -> dict[str, str]:
    return {"reference": f"PractitionerRole/role-{(WHO | COLLEAGUES)[who]}"}


def _told(scene: Scene, who: str) -> str:
    """The Task by which the lead section put the role to the agency."""
    found = scene.person(who).get("Task", focus=scene.place("支援チーム"))
    assert found.total == 1, found.text
    return found.references[0]


def _decide(scene: Scene, who: str, without: str = "") -> None:
    answer = casework.decide_roles(scene.city, WHO[who], without)
    assert answer.status in (200, 201), answer.text


def _noted() -> dict[str, Any]:
    return {"type": {"text": "守秘義務の確認"}, "valueCodeableConcept": NOTICE}


def _accepted(reason: str) -> list[dict[str, Any]]:
    return [{"name": "accept", "valueBoolean": True}, {"name": "reason", "valueString": reason}]


def _transferred(scene: Scene, who: str, name: str, *said: dict[str, Any]) -> str:
    """The Task by which it is handed over."""
    given = {"resourceType": "Parameters", "parameter": list(said)}
    answer = scene.person(who).post(f"{name}/$transfer", given)
    assert answer.status == 200, answer.text
    return f"Task/{answer.json['id']}"
