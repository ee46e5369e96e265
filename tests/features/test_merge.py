from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from tests.features.test_secrecy import nowhere
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import WHO, several

scenarios("merge.feature")
then("妹の住所と電話はどこにも出ていない")(nowhere)

Json = dict[str, Any]
_TWIN = {"name": [{"text": "水無瀬　かおり"}], "gender": "female", "birthDate": "1976-05-14"}


@given("保健センターが、同じ母を別に登録し、寄り添いサポートセンターに相談している")
def _(scene: Scene) -> None:
    city = scene.city
    assert household.write(city, "health-center", "twin", {"resourceType": "Patient", **_TWIN}).status == 201
    person = {"reference": city.known["twin"]}
    concern = {"resourceType": "Condition", "subject": person, "code": {"text": "眠れない"}}
    assert household.write(city, "health-center", "twin-concern", concern).status == 201
    task = {"resourceType": "Task", "status": "requested", "intent": "order", "for": person}
    task |= {"requester": {"reference": "Organization/health-center-kita-chuo"}}
    task |= {"owner": {"reference": "Organization/yorisoi-center"}, "description": "同じ人でしょうか"}
    asked = household.write(city, "health-center", "asked", task)
    assert asked.status == 201, asked.text


@given("母の2つの記録が統合されている")
def _(scene: Scene) -> None:
    assert _asked(scene, "寄り添いサポートセンターの担当者").status == 200
    assert _answered(scene, "保健センターの担当者").status == 200


@given("保健センターの記録で、母がどこにも提供しないと断っている")
def _(scene: Scene) -> None:
    city = scene.city
    assert casework.file_paper(city, "health-center", "twin", "twin-paper").status == 201
    person, paper = {"reference": city.known["twin"]}, {"reference": city.known["twin-paper"]}
    said = {"patient": person, "performer": [person], "sourceReference": paper, "provision": {"type": "deny"}}
    signed = casework.sign(city, "twin-refusal", "health-center", **said)
    assert signed.status == 201, signed.text


@given("寄り添いサポートセンターの担当者が、母の居所を秘匿し、名簿には公衆衛生の窓口だけがある")
def _(scene: Scene) -> None:
    done = household.protect(scene.city, "yorisoi", "mother", (household.NOBODY_HERE,))
    assert done.status == 200, done.text


@given("こども総合相談所だけが、ある人を登録している")
def _(scene: Scene) -> None:
    somebody = {"resourceType": "Patient", "name": [{"text": "久我　しずか"}]}
    assert household.write(scene.city, "child-guidance", "somebody", somebody).status == 201


@when(parsers.re(r"(?P<who>[^が]+)が、母の2つの記録の統合を(?P<lead>、理由を書いて主管課に)?求める"))
def _(scene: Scene, who: str, lead: str | None) -> None:
    said = [{"name": "decided-by", "valueCode": "lead-section"}, {"name": "reason", "valueString": "連絡がつかない"}]
    scene.answer = _asked(scene, who, *(said if lead else ()))


@when(parsers.re(r"(?P<who>[^が]+)が、その(統合|取り消し)を(?P<said>理由を書いて)?確かめる"))
def _(scene: Scene, who: str, said: str | None) -> None:
    scene.answer = _answered(scene, who, "同じ人と確かめた" if said else "")


@when(parsers.re(r"(?P<who>[^が]+)が、その統合の取り消しを理由を書いて求める"))
def _(scene: Scene, who: str) -> None:
    said: list[Json] = [{"name": "undo", "valueBoolean": True}, {"name": "reason", "valueString": "別人だった"}]
    scene.answer = _called(scene, who, f"{scene.city.known['merge']}/$merge", said)


@when("母があらためて、保健センターと地域ケア総合推進センターへの提供に同意する")
def _(scene: Scene) -> None:
    assert casework.sign_again(scene.city).status == 201


@when("保健センターの担当者が、自分の記録の母から、同意をすべて取りやめると聞いて記録する")
def _(scene: Scene) -> None:
    person = {"name": "patient", "valueReference": {"reference": scene.city.known["twin"]}}
    asked = {"resourceType": "Parameters", "parameter": [person]}
    scene.answer = scene.city.officer("health-center").post("Consent/$revokeConsent", asked)


@when("保健センターの担当者が、自分の記録の母の居所を秘匿する")
def _(scene: Scene) -> None:
    to = {"name": "to", "valueReference": {"reference": "Organization/health-center-kita-chuo"}}
    body = {"resourceType": "Parameters", "parameter": [to]}
    done = scene.city.officer("health-center").post(f"{scene.city.known['twin']}/$protect", body)
    assert done.status == 200, done.text


@when("寄り添いサポートセンターの担当者が、統合の Task を書き込む")
def _(scene: Scene) -> None:
    code = {"system": "https://tsunagu.example/fhir/CodeSystem/task-code", "code": "merge"}
    task = {"resourceType": "Task", "status": "completed", "intent": "order", "code": {"coding": [code]}}
    pair = {"for": {"reference": scene.place("母")}, "focus": {"reference": scene.city.known["twin"]}}
    scene.answer = household.write(scene.city, "yorisoi", "forged", task | pair)


@when(parsers.re(r"(?P<who>[^が]+)が、統合の Task を「(?P<status>[a-z]+)」にする"))
def _(scene: Scene, who: str, status: str) -> None:
    scene.answer = casework.change(scene.city, WHO[who], "merge", status=status)


@then(parsers.parse("統合の求めが見えるのは「{names}」だけ"))
def _(scene: Scene, names: str) -> None:
    """By reading, and by searching for the Tasks of this kind."""
    name = scene.city.known["merge"]
    readers = {who for who in WHO if scene.person(who).get(name).status == 200}
    finders = {who for who in WHO if name in scene.person(who).get("Task", code="merge", _count="500").references}
    assert readers == finders == set(several(names))


@then(
    "統合の結び付きが、寄り添いサポートセンターの担当者には見え、一方だけを読める地域ケア総合推進センターの担当者には見えない"
)
def _(scene: Scene) -> None:
    twin = scene.city.known["twin"]
    own = scene.city.officer("yorisoi").get(twin).json["link"]
    assert own == [{"other": {"reference": scene.place("母")}, "type": "replaced-by"}]
    other = scene.city.officer("community-care").get(scene.place("母"))
    assert other.status == 200
    assert "link" not in other.json


@then("寄り添いサポートセンターの担当者に、母の住所は見えない")
def _(scene: Scene) -> None:
    assert "address" not in scene.city.officer("yorisoi").get(scene.place("母")).json


@then("寄り添いサポートセンターの担当者が母とその人の統合を求めても、無い記録のときと答えは変わらない")
def _(scene: Scene) -> None:
    unseen, nobody = scene.city.known["somebody"], "Patient/nobody-at-all"
    said = []
    for name in (unseen, nobody):
        answer = _called(scene, "寄り添いサポートセンターの担当者", "Patient/$merge", _pair(name, scene.place("母")))
        said.append((answer.status, answer.text.replace(unseen, nobody)))
    assert said[0] == said[1]
    assert said[0][0] == 404


def _asked(scene: Scene, who: str, *said: Json) -> Answer:
    return _called(scene, who, "Patient/$merge", [*_pair(scene.city.known["twin"], scene.place("母")), *said])


def _answered(scene: Scene, who: str, reason: str = "") -> Answer:
    said: list[Json] = [{"name": "accept", "valueBoolean": True}]
    said += [{"name": "reason", "valueString": reason}] if reason else []
    return _called(scene, who, f"{scene.city.known['merge']}/$merge", said)


def _pair(source: str, target: str) -> list[Json]:
    named = (("source-patient", source), ("target-patient", target))
    return [{"name": name, "valueReference": {"reference": each}} for name, each in named]


def _called(scene: Scene, who: str, url: str, said: list[Json]) -> Answer:
    done = scene.person(who).post(url, {"resourceType": "Parameters", "parameter": said})
    if done.status == 200:
        (task,) = [each["resource"] for each in done.json["parameter"] if each["name"] == "task"]
        scene.city.known["merge"] = f"Task/{task['id']}"
    return done
