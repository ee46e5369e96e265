from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from demo.journey.city import City
from demo.people import CONFERENCE
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("roles.feature")

_CATEGORIES = "https://tsunagu.example/fhir/CodeSystem/record-category"


@when(parsers.re(r"(?P<who>[^が]+)が会議のために役割を決める"))
def _(scene: Scene, who: str) -> None:
    officer = scene.city.officer(WHO[who], CONFERENCE)
    scene.answer = officer.post(f"{scene.place('事例')}/$decide-roles", scene.city.payload("decide-roles"))
    if scene.answer.status == 201:
        scene.city.known["team"] = scene.answer.created[0]


@given("同じ事例の会議がもう一度招集されている")
def _(scene: Scene) -> None:
    convened = casework.convene(scene.city, participant=casework.full_roster(scene.city))
    assert convened.status == 201, convened.text


@when("主管課が、推進員の引き受けた別の世帯の事例の役割を決める")
def _(scene: Scene) -> None:
    other = City(scene.city.people)
    household.record(other)
    assert casework.bring(other).status == 200
    assert casework.take_on(other).status == 200
    officer = other.officer("lead-section", CONFERENCE)
    scene.answer = officer.post(f"{other.known['case']}/$decide-roles", other.payload("decide-roles"))


@when("寄り添いサポートセンターの担当者が支援チームを書こうとする")
def _(scene: Scene) -> None:
    category = [{"coding": [{"system": _CATEGORIES, "code": "case-team"}]}]
    subject = {"reference": scene.place("世帯")}
    team = {"resourceType": "CareTeam", "status": "active", "category": category, "subject": subject}
    scene.answer = household.write(scene.city, "yorisoi", "usurped", team, CONFERENCE)


@then("所管課長が支援チームを書き直そうとすると、許されない")
def _(scene: Scene) -> None:
    changed = casework.change(scene.city, "convener", "team", CONFERENCE, name="書き換えた名")
    assert changed.status == 403, changed.text
