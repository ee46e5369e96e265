from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework
from tests.world.scene import Scene

scenarios("whom.feature")

NUMBER = {"system": "https://tsunagu.example/fhir/sid/resident", "value": "0919-1"}
NUMBERS = {"その番号": NUMBER, "だれにもない番号": NUMBER | {"value": "0919-2"}}
OFFICES = {"寄り添いサポートセンター": "yorisoi", "保健センター": "health-center"}
CASE = {"system": "https://tsunagu.example/fhir/CodeSystem/record-category", "code": "case"}
FIELD = {"system": "https://tsunagu.example/fhir/CodeSystem/concern-field", "code": "debts"}


@given("母に市の番号が付いている")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    mother = officer.get(scene.place("母")).json
    assert officer.put(mother | {"identifier": [NUMBER]}).status == 200


@when(parsers.re(r"(?P<office>.+)の担当者が、(?P<number>その番号|だれにもない番号)で指して困りごとを書く"))
def _(scene: Scene, office: str, number: str) -> None:
    concern = {"resourceType": "Condition", "code": {"coding": [FIELD]}, "subject": {"identifier": NUMBERS[number]}}
    scene.answer = scene.city.officer(OFFICES[office]).post("Condition", concern)


@when(
    parsers.re(
        r"寄り添いサポートセンターの担当者が、(?P<address>ほかのサーバーの.+|母の番号だけの.+)で指して困りごとを書く"
    )
)
def _(scene: Scene, address: str) -> None:
    mother = scene.place("母")
    elsewhere = f"https://other.example/fhir/{mother}" if address.startswith("ほか") else f"urn:uuid:{mother[8:]}"
    concern = {"resourceType": "Condition", "code": {"coding": [FIELD]}, "subject": {"reference": elsewhere}}
    scene.answer = scene.city.officer("yorisoi").post("Condition", concern)


@then("その困りごとは、母を指すものとして残っている")
def _(scene: Scene) -> None:
    assert scene.answer.json["subject"] == {"reference": scene.place("母"), "identifier": NUMBER}


@then(parsers.parse("断られたのは「{element}」で、相手がいるかどうかは分からない"))
def _(scene: Scene, element: str) -> None:
    (issue,) = scene.answer.json["issue"]
    assert issue["expression"] == [element]
    assert "0919" not in scene.answer.text
    assert scene.place("母") not in scene.answer.text


@given("母だけの世帯の事例があり、母が保健センターへの提供に同意している", target_fixture="alone")
def _(scene: Scene) -> dict[str, str]:
    officer, mother = scene.city.officer("yorisoi"), scene.place("母")
    group = {"resourceType": "Group", "type": "person", "actual": True, "member": [{"entity": {"reference": mother}}]}
    household = officer.post("Group", group)
    assert household.status == 201, household.text
    named = f"Group/{household.json['id']}"
    plan = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "category": [{"coding": [CASE]}]}
    case = officer.post("CarePlan", plan | {"subject": {"reference": named}})
    assert case.status == 201, case.text
    assert casework.sign(scene.city).status == 201
    return {"household": named, "case": f"CarePlan/{case.json['id']}"}


@when("保健センターの担当者がその事例を読む")
def _(scene: Scene, alone: dict[str, str]) -> None:
    scene.answer = scene.city.officer("health-center").get(alone["case"])


@when("長男がその世帯に加わる")
def _(scene: Scene, alone: dict[str, str]) -> None:
    _with_members(scene, alone, "母", "長男")


@when("長男がその世帯に加わり、また外れる")
def _(scene: Scene, alone: dict[str, str]) -> None:
    _with_members(scene, alone, "母", "長男")
    _with_members(scene, alone, "母")


@when("その世帯の一員として、別の世帯を書き込む")
def _(scene: Scene, alone: dict[str, str]) -> None:
    officer = scene.city.officer("yorisoi")
    son = {"resourceType": "Group", "type": "person", "actual": True}
    other = officer.post("Group", son | {"member": [{"entity": {"reference": scene.place("長男")}}]})
    assert other.status == 201, other.text
    group = officer.get(alone["household"]).json
    within = {"entity": {"reference": f"Group/{other.json['id']}"}}
    scene.answer = officer.put(group | {"member": [*group["member"], within]})


def _with_members(scene: Scene, alone: dict[str, str], *members: str) -> None:
    officer = scene.city.officer("yorisoi")
    group: dict[str, Any] = officer.get(alone["household"]).json
    listed = [{"entity": {"reference": scene.place(member)}} for member in members]
    assert officer.put(group | {"member": listed}).status == 200


@when("保健センターの担当者が、母を自分の管理する世帯に加えようとする")
def _(scene: Scene) -> None:
    members = [{"entity": {"reference": scene.place("母")}}]
    group = {"resourceType": "Group", "type": "person", "actual": True, "member": members}
    scene.answer = scene.city.officer("health-center").post("Group", group)
