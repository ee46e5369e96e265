from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.template import TOKYO
from tests.features.test_secrecy import no_place
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import COLLEAGUES, WHO

scenarios("protection_list.feature")

BASE = "https://tsunagu.example/fhir"
then("居場所はどこにも出ていない")(no_place)


@given(parsers.re(r"妹の居所が「(?P<told>[^」]+)」だけに示される"))
def _(scene: Scene, told: str) -> None:
    done = household.protect_sister(scene.city, _post(told))
    assert done.status == 200, done.text


@given(parsers.re(r"主管課が妹の居所を「(?P<told>[^」]+)」だけに示すとも定めている"))
def _(scene: Scene, told: str) -> None:
    """The lead section does not see the household, so it says nothing of the others."""
    to = [{"name": "to", "valueReference": {"reference": _post(told)}}]
    done = _asked(scene, "主管課", "$protect", to)
    assert done.status == 200, done.text
    scene.city.known["later"] = next(each["valueId"] for each in done.json["parameter"] if each["name"] == "protection")


@when(parsers.re(r"(?P<who>[^が]+)が、(?P<whom>[^を]+)を(?P<days>\d+)日後まで名簿に載せる"))
def _(scene: Scene, who: str, whom: str, days: str) -> None:
    until = (datetime.now(TOKYO) + timedelta(days=int(days))).date().isoformat()
    to = {"name": "to", "valueReference": {"reference": _post(whom)}}
    scene.answer = _asked(scene, who, "$extend-protection", [to, {"name": "until", "valueDate": until}, *_said("不在")])


@when(parsers.re(r"(?P<who>[^が]+)が妹の後からの秘匿を(?P<done>確認|解除)する"))
def _(scene: Scene, who: str, done: str) -> None:
    operation = "$confirm-protection" if done == "確認" else "$lift-protection"
    which = {"name": "protection", "valueId": scene.city.known["later"]}
    scene.answer = _asked(scene, who, operation, [which, *_said("調整した")])


@when(parsers.re(r"主管課が、名簿にある人の意見「(?P<heard>[^」]+)」を聴いて、妹の後からの秘匿を解除する"))
def _(scene: Scene, heard: str) -> None:
    which = {"name": "protection", "valueId": scene.city.known["later"]}
    said = [which, {"name": "heard", "valueString": heard}, *_said("支援している機関に見えない")]
    scene.answer = _asked(scene, "主管課", "$lift-protection", said)


@given("妹の計画で、保健センターが訪問することになっている")
def _(scene: Scene) -> None:
    detail = {"status": "scheduled", "performer": [{"reference": "Organization/health-center-kita-chuo"}]}
    plan: dict[str, Any] = {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "activity": [{"detail": detail}],
    }
    plan |= {"subject": {"reference": scene.place("妹")}}
    written = household.write(scene.city, "yorisoi", "visits", plan)
    assert written.done, written.text


@when(parsers.re(r"(?P<who>[^が]+)が妹の計画を読む"))
def _(scene: Scene, who: str) -> None:
    scene.answer = scene.person(who).get(scene.city.known["visits"])


@when(parsers.re(r"(?P<who>[^が]+)が、保健センターを実施者として示してよいと認める"))
def _(scene: Scene, who: str) -> None:
    to = {"name": "to", "valueReference": {"reference": "Organization/health-center-kita-chuo"}}
    scene.answer = _asked(scene, who, "$release-performers", [to, *_said("訪問の日を伝えるため")])


@then(parsers.re(r"答えに「(?P<words>[^」]+)」はない"))
def _(scene: Scene, words: str) -> None:
    assert words not in scene.answer.text


@when(parsers.re(r"(?P<who>[^が]+)が妹の秘匿の名簿を見る"))
def _(scene: Scene, who: str) -> None:
    scene.answer = scene.person(who).get(f"{scene.place('妹')}/$protections")


@then(parsers.parse("名簿は{number:d}つ示される"))
def _(scene: Scene, number: int) -> None:
    assert scene.answer.status == 200, scene.answer.text
    assert len(scene.answer.json.get("parameter", ())) == number


@then(parsers.re(r"(?P<who>.+)には、名簿に載せる人についての問い合わせが(?P<number>\d+)件ある"))
def _(scene: Scene, who: str, number: str) -> None:
    assert len(_questions(scene, who)) == int(number)


@when(parsers.parse("{who}が、名簿に載せる人についての問い合わせに答える"))
def _(scene: Scene, who: str) -> None:
    (task,) = _questions(scene, who)
    coding = {"system": f"{BASE}/CodeSystem/task-outcome", "code": "answered"}
    done = {"type": {"coding": [coding]}, "valueString": "名簿に載せました"}
    answered = scene.person(who).put(task | {"status": "completed", "output": [done]})
    assert answered.status == 200, answered.text


@when("所管課長が回答を待たずに会議を開く")
def _(scene: Scene) -> None:
    opened = casework.open_meeting(scene.city)
    assert opened.status == 200, opened.text


@then(parsers.re(r"所管課長には、名簿の回答がないという知らせが(?P<number>\d+)件ある"))
def _(scene: Scene, number: str) -> None:
    assert len(_letters(scene)) == int(number)


@then("その知らせには、誰の回答がないかは書かれていない")
def _(scene: Scene) -> None:
    (letter,) = _letters(scene)
    assert set(letter) == {"resourceType", "id", "meta", "status", "category", "about", "recipient", "sent"}


@when(parsers.parse("{who}が、名簿に載せる人についての問い合わせを自分で作る"))
def _(scene: Scene, who: str) -> None:
    task = {"resourceType": "Task", "status": "requested", "intent": "order", "for": {"reference": scene.place("母")}}
    coding = {"system": f"{BASE}/CodeSystem/task-code", "code": "ask-list"}
    task |= {"code": {"coding": [coding]}, "owner": {"reference": "PractitionerRole/role-health-center"}}
    scene.answer = scene.person(who).post("Task", task)


def _questions(scene: Scene, who: str) -> list[dict[str, Any]]:
    return list(scene.person(who).get("Task", code="ask-list", focus=scene.place("支援会議")).resources)


def _letters(scene: Scene) -> list[dict[str, Any]]:
    found = scene.person("所管課長").get("Communication", category="list-unanswered", _count="500").resources
    return [each for each in found if {"reference": scene.place("支援会議")} in each["about"]]


def _post(who: str) -> str:
    return f"PractitionerRole/role-{(WHO | COLLEAGUES)[who]}"


def _said(reason: str) -> list[dict[str, Any]]:
    return [{"name": "reason", "valueString": reason}]


def _asked(scene: Scene, who: str, operation: str, given: list[dict[str, Any]]) -> Answer:
    body = {"resourceType": "Parameters", "parameter": given}
    return scene.person(who).post(f"{scene.place('妹')}/{operation}", body)
