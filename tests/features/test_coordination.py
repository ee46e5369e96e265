from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, when

from demo.answer import Answer
from demo.journey.city import City
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("coordination.feature", "coordinated_case.feature")

_COORDINATOR = {"reference": "PractitionerRole/role-coordinator"}
_GROUNDS = "https://tsunagu.example/fhir/CodeSystem/coordination-ground"


@when(parsers.re(r"寄り添いサポートセンターの担当者が「(?P<ground>[a-z-]+)」という理由で調整を求める"))
def _(scene: Scene, ground: str) -> None:
    reason = {"coding": [{"system": _GROUNDS, "code": ground}]}
    scene.answer = casework.bring(scene.city, reasonCode=reason)


@when("寄り添いサポートセンターの担当者が理由を示さずに調整を求める")
def _(scene: Scene) -> None:
    scene.answer = casework.bring(scene.city, reasonCode=None)


@when("寄り添いサポートセンターの担当者が、母本人からの求めとして調整を求める")
def _(scene: Scene) -> None:
    scene.answer = casework.bring(scene.city, requester={"reference": scene.place("母")})


@when("寄り添いサポートセンターの担当者が推進員に支援の実施を頼む")
def _(scene: Scene) -> None:
    city = scene.city
    casework.prepare_referral(city)
    bundle = household.tagged_bundle(city, city.payload("referral"))
    bundle["entry"][1]["resource"]["owner"] = _COORDINATOR
    scene.answer = city.officer("yorisoi").post("", bundle)


@when(parsers.re("寄り添いサポートセンターの担当者が推進員本人に支援の(?P<how>担当|実施)を頼む"))
def _(scene: Scene, how: str) -> None:
    city = scene.city
    casework.prepare_referral(city)
    bundle = household.tagged_bundle(city, city.payload("referral"))
    person = {"reference": "Practitioner/practitioner-coordinator"}
    if how == "担当":
        bundle["entry"][1]["resource"]["owner"] = person
    else:
        bundle["entry"][0]["resource"]["performer"] = [person]
    scene.answer = city.officer("yorisoi").post("", bundle)


@when("推進員が、自分を実施者とする計画を作ろうとする")
def _(scene: Scene) -> None:
    plan = {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": {"reference": scene.place("世帯")},
        "activity": [{"detail": {"status": "scheduled", "performer": [_COORDINATOR]}}],
    }
    scene.answer = household.write(scene.city, "coordinator", "plan", plan)


@when("寄り添いサポートセンターの担当者が、事例の代わりに母の困りごとを示して調整を求める")
def _(scene: Scene) -> None:
    scene.answer = casework.bring(scene.city, focus={"reference": scene.place("母の困りごと")})


@when("推進員が、相談機関に代わって調整を求める")
def _(scene: Scene) -> None:
    found = scene.city.officer("coordinator").get(scene.place("調整の仕事")).json
    asked = {name: part for name, part in found.items() if name not in ("id", "meta")} | {"status": "requested"}
    scene.answer = household.write(scene.city, "coordinator", "second-call", asked)


@when("推進員が、計画の一つを理由を書いて取りやめ、ほかをすべて始める")
def _(scene: Scene) -> None:
    activity = scene.city.officer("coordinator").get(scene.place("トータルケアプラン")).json["activity"]
    for each in activity:
        each["detail"]["status"] = "in-progress"
    activity[0]["detail"] |= {"status": "cancelled", "statusReason": {"text": "本人が通所を望まなくなった"}}
    changed = casework.change(scene.city, "coordinator", "plan", activity=activity)
    assert changed.status == 200, changed.text


@when(parsers.re("寄り添いサポートセンターの担当者が、推進員を(?P<how>.+)記録を書こうとする"))
def _(scene: Scene, how: str) -> None:
    mother = {"reference": scene.place("母")}
    asked: dict[str, Any] = {"status": "active", "intent": "order", "subject": mother}
    inside: dict[str, dict[str, Any]] = {
        "中に含む依頼の実施者とする": {"resourceType": "ServiceRequest", "performer": [_COORDINATOR]} | asked,
        "中に含む仕事の担当とする": {
            "resourceType": "Task",
            "owner": _COORDINATOR,
            "status": "draft",
            "intent": "order",
        },
    }
    if how in inside:
        record: dict[str, Any] = {"resourceType": "CarePlan", "intent": "plan"}
        record |= {
            "contained": [inside[how] | {"id": "in"}],
            "status": "active",
            "subject": mother,
            "activity": [{"reference": {"reference": "#in"}}],
        }
    else:
        record = {"resourceType": "EpisodeOfCare", "patient": mother, "careManager": _COORDINATOR, "status": "active"}
    scene.answer = household.write(scene.city, "yorisoi", "performed", record)


@when("寄り添いサポートセンターの担当者が、推進員に問い合わせる")
def _(scene: Scene) -> None:
    code = {"coding": [{"system": "https://tsunagu.example/fhir/CodeSystem/task-code", "code": "inquiry"}]}
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order", "code": code}
    task |= {"requester": {"reference": "PractitionerRole/role-yorisoi"}, "owner": _COORDINATOR}
    scene.answer = household.write(
        scene.city, "yorisoi", "inquiry", task | {"description": "連携先についての問い合わせ"}
    )


@when(parsers.re("(?P<who>推進員|寄り添いサポートセンターの担当者)が、その問い合わせ(?P<how>.+)"))
def _(scene: Scene, who: str, how: str) -> None:
    said = [{"type": {"text": "助言"}, "valueString": "担当の窓口を伝えた"}]
    answer = {} if how.startswith("に答えを書かずに") else {"output": said}
    scene.answer = casework.change(scene.city, WHO[who], "inquiry", status="completed", **answer)


@given("寄り添いサポートセンターが別の世帯の事例も管理している")
def _(scene: Scene) -> None:
    other = City(scene.city.people)
    household.record(other)
    assert casework.bring(other).status == 200
    scene.remembered |= {"別の世帯": other.known["household"], "別の世帯の事例": other.known["case"]}


@given("寄り添いサポートセンターの担当者がトータルケアプランの案を作っている")
def _(scene: Scene) -> None:
    assert casework.draft_plan(scene.city, status="draft").status == 201


@when(
    parsers.re(
        "寄り添いサポートセンターの担当者が、(?P<what>トータルケアプラン|事例)を別の世帯の(?P<how>ものに書き直す|事例に基づくものとする)"
    )
)
def _(scene: Scene, what: str, how: str) -> None:
    subject = {"subject": {"reference": scene.remembered["別の世帯"]}}
    based = {"basedOn": [{"reference": scene.remembered["別の世帯の事例"]}]}
    officer = scene.city.officer("yorisoi")
    scene.answer = officer.put(officer.get(scene.place(what)).json | (subject if "書き直す" in how else based))


@when("寄り添いサポートセンターの担当者が、トータルケアプランを誤りとして、別の世帯の計画を新しく書く")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    wrong = officer.get(scene.place("トータルケアプラン")).json
    assert officer.put(wrong | {"status": "entered-in-error"}).status == 200
    right = {name: part for name, part in wrong.items() if name not in ("id", "meta", "basedOn")}
    scene.answer = officer.post("CarePlan", right | {"subject": {"reference": scene.remembered["別の世帯"]}})


@given("保健センターの依頼により、寄り添いサポートセンターが母を訪問している")
def _(scene: Scene) -> None:
    city = scene.city
    casework.entrust(city, "mother")
    asked: dict[str, Any] = {"resourceType": "ServiceRequest", "status": "active", "intent": "order"}
    asked |= {"subject": {"reference": city.known["mother"]}, "code": {"text": "訪問"}}
    asked |= {"requester": {"reference": "Organization/health-center-kita-chuo"}}
    asked |= {"performer": [{"reference": "Organization/yorisoi-center"}]}
    assert household.write(city, "health-center", "their-request", asked).status == 201
    visit: dict[str, Any] = {"resourceType": "Encounter", "status": "finished", "subject": asked["subject"]}
    visit |= {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"}}
    visit |= {"basedOn": [{"reference": city.known["their-request"]}]}
    assert household.write(city, "yorisoi", "visit", visit).status == 201


@when(
    parsers.re(
        "寄り添いサポートセンターの担当者が、その訪問(?P<how>につながる|を参考として示した)トータルケアプランを作る"
    )
)
def _(scene: Scene, how: str) -> None:
    visit = {"reference": scene.city.known["visit"]}
    named: dict[str, Any] = {"encounter": visit} if how == "につながる" else {"supportingInfo": [visit]}
    scene.answer = casework.draft_plan(scene.city, **named)


@when("保健センターの担当者が、その依頼を別の世帯のものに書き直す")
def _(scene: Scene) -> None:
    city, officer = scene.city, scene.city.officer("health-center")
    assert household.write(city, "health-center", "stranger", {"resourceType": "Patient"}).status == 201
    group: dict[str, Any] = {"resourceType": "Group", "type": "person", "actual": True}
    group |= {"member": [{"entity": {"reference": city.known["stranger"]}}]}
    assert household.write(city, "health-center", "strangers", group).status == 201
    turned = officer.get(city.known["their-request"]).json | {"subject": {"reference": city.known["strangers"]}}
    scene.answer = officer.put(turned)


@when("寄り添いサポートセンターの担当者が、別の世帯の事例に基づく計画を作って、もう一度調整を求める")
def _(scene: Scene) -> None:
    based = [{"reference": scene.remembered["別の世帯の事例"]}]
    assert casework.draft_plan(scene.city, basedOn=based).status == 201
    scene.answer = _brought_again(scene)


@when("寄り添いサポートセンターの担当者が、その計画を誤りとして新しく書き、もう一度調整を求める")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "yorisoi", "plan", status="entered-in-error").status == 200
    assert casework.draft_plan(scene.city).status == 201
    scene.answer = _brought_again(scene)


def _brought_again(scene: Scene) -> Answer:
    """The case that was coordinated before is brought anew."""
    city = scene.city
    task = household.tagged_bundle(city, city.payload("coordination"))["entry"][1]["resource"]
    return household.write(city, "yorisoi", "coordination", task | {"focus": {"reference": city.known["case"]}})
