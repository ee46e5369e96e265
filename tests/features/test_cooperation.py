from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, when

from demo.answer import Answer
from demo.people import CONFERENCE
from tests.world import casework, household, referral
from tests.world.scene import Scene
from tests.world.words import AGENCIES, WHO

scenarios("cooperation.feature")


def ask(scene: Scene, officer: str) -> Answer:
    """Somebody asks the health center to cooperate with the conference."""
    code = {"coding": [{"system": f"{referral.BASE}/CodeSystem/task-code", "code": "cooperate"}]}
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": code,
        "focus": {"reference": scene.place("支援会議")},
        "description": "母の受診の状況について、意見を求めます",
        "requester": {"reference": f"PractitionerRole/role-{officer}"},
        "owner": {"reference": AGENCIES["保健センター"]},
    }
    return household.write(scene.city, officer, "cooperation", task, CONFERENCE)


@given("所管課長が、保健センターに会議への協力を求めている")
def _(scene: Scene) -> None:
    asked = ask(scene, "convener")
    assert asked.status == 201, asked.text


@when(parsers.re(r"(?P<who>[^、]+)が、保健センターに会議への協力を求める"))
def _(scene: Scene, who: str) -> None:
    scene.answer = ask(scene, WHO[who])


@when(
    parsers.re(
        r"保健センターの担当者が、(?P<how>何も書かずに|理由だけを書いて|理由とどうやったら出来るのかを書いて)協力できないと答える"
    )
)
def _(scene: Scene, how: str) -> None:
    said: dict[str, Any] = {} if how.startswith("何も") else {"statusReason": {"text": "担当者が足りない"}}
    if "どうやったら" in how:
        said["output"] = [referral.outcome("how-it-could-be-done", valueString="二週間後なら書面で答えられる")]
    scene.answer = casework.change(scene.city, "health-center", "cooperation", status="rejected", **said)


@when("保健センターの担当者が、求めを取りやめにする")
def _(scene: Scene) -> None:
    reason = {"statusReason": {"text": "担当者が足りない"}}
    scene.answer = casework.change(scene.city, "health-center", "cooperation", status="cancelled", **reason)


@when(parsers.re("保健センターの担当者が、答えから(?P<what>理由|どうやったら出来るのか)を消す"))
def _(scene: Scene, what: str) -> None:
    officer, name = scene.city.officer("health-center"), scene.city.known["cooperation"]
    element = {"理由": "statusReason", "どうやったら出来るのか": "output"}[what]
    scene.answer = officer.put({key: value for key, value in officer.get(name).json.items() if key != element})


@when("保健センターの担当者が、協力して結果を答える")
def _(scene: Scene) -> None:
    scene.answer = referral.complete(scene.city, "health-center", "cooperation", "answered", valueString="受診は月一回")


@when("寄り添いサポートセンターの担当者が、保健センターへの別の依頼を、会議への協力の求めに変える")
def _(scene: Scene) -> None:
    owner = {"reference": AGENCIES["保健センター"]}
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task["description"] = "問い合わせ"
    task |= {"requester": {"reference": "PractitionerRole/role-yorisoi"}, "owner": owner}
    assert household.write(scene.city, "yorisoi", "other-request", task).status == 201
    code = {"coding": [{"system": f"{referral.BASE}/CodeSystem/task-code", "code": "cooperate"}]}
    focus = {"reference": scene.place("支援会議")}
    scene.answer = casework.change(scene.city, "yorisoi", "other-request", CONFERENCE, code=code, focus=focus)
