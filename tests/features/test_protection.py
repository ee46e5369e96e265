from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from consent import vocabulary
from tests.features.test_secrecy import nowhere, protected_for_one
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import AGENCIES, WHO

scenarios("protection.feature")

_LABEL = {"system": "https://tsunagu.example/fhir/CodeSystem/secrecy-label", "code": "address-secret"}

given("妹の住所が秘匿され、地域ケア総合推進センターの担当者にだけ示される")(protected_for_one)
then("妹の住所と電話はどこにも出ていない")(nowhere)


@when("寄り添いサポートセンターの担当者が妹の記録に秘匿の表示を書き込む")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    sister = officer.get(scene.place("妹")).json
    scene.answer = officer.put(sister | {"meta": sister["meta"] | {"security": [_LABEL]}})


@when(parsers.re(r"(?P<who>[^が]+)が、妹の居所を「(?P<told>[^」]*)」だけに示すと定める"))
def _(scene: Scene, who: str, told: str) -> None:
    named = (f"PractitionerRole/role-{WHO[told]}",) if told else ()
    scene.answer = household.protect(scene.city, WHO[who], "sister", named, sees=WHO[who] == "yorisoi")


@when(parsers.re(r"(?P<who>[^が]+)が、秘匿を確かめる依頼を済ませようとする"))
def _(scene: Scene, who: str) -> None:
    tasks = scene.city.officer("lead-section").get("Task", code="review-restriction", _count="500").resources
    (task,) = [each for each in tasks if each["for"]["reference"] == scene.place("妹")]
    scene.answer = scene.person(who).put(task | {"status": "completed"})


@when("寄り添いサポートセンターの担当者が、長男も同じ所に住むとして、妹の居所を秘匿する")
def _(scene: Scene) -> None:
    scene.answer = household.protect_sister(scene.city, shares=("son",))


@when("寄り添いサポートセンターの担当者が妹の記録を meta なしで書き直す")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    sister = officer.get(scene.place("妹")).json
    scene.answer = officer.put({key: value for key, value in sister.items() if key != "meta"})


@when(parsers.re(r"(?P<who>[^が]+)が妹の秘匿を解除する"))
def _(scene: Scene, who: str) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "reason", "valueString": "転居した"}]}
    scene.answer = scene.person(who).post(f"{scene.place('妹')}/$lift-protection", body)


@then(parsers.re(r"答えに「(?P<words>[^」]+)」はない"))
def _(scene: Scene, words: str) -> None:
    assert words not in scene.answer.text


@when("保健センターの担当者が、居所を秘匿した別の人と同じ世帯に妹を加える")
def _(scene: Scene) -> None:
    city = scene.city
    assert casework.hidden_person(city, "health-center").done
    members = [{"entity": {"reference": each}} for each in (city.known["hidden"], city.known["sister"])]
    group = {"resourceType": "Group", "type": "person", "actual": True, "member": members}
    scene.answer = household.write(city, "health-center", "theirs", group)


@when("寄り添いサポートセンターの担当者が、妹の秘匿を確かめる依頼をこども総合相談所に書く")
def _(scene: Scene) -> None:
    system, _, code = vocabulary.RESTRICTION_REVIEW.rpartition("|")
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": system, "code": code}]},
        "for": {"reference": scene.place("妹")},
        "requester": {"reference": AGENCIES["寄り添いサポートセンター"]},
        "owner": {"reference": AGENCIES["こども総合相談所"]},
    }
    scene.answer = household.write(scene.city, "yorisoi", "review", task)
