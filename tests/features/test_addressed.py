from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from consent import vocabulary
from demo.answer import Answer
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import AGENCIES, WHO

scenarios("addressed.feature")


@when(parsers.re(r"(?P<who>[^、]+)が、((?P<named>[^、]+)の名で、)?母についてこども総合相談所に依頼する"))
def _(scene: Scene, who: str, named: str | None) -> None:
    asker = AGENCIES[named or who.removesuffix("の担当者")]
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "for": {"reference": scene.place("母")},
        "requester": {"reference": asker},
        "owner": {"reference": AGENCIES["こども総合相談所"]},
    }
    scene.answer = household.write(scene.city, WHO[who], "asked-on", task)


@when(parsers.parse("保健センターの担当者が、自分で登録した人についての依頼の{place}に、母の名を挙げる"))
def _(scene: Scene, place: str) -> None:
    mother = {"reference": scene.place("母")}
    own = {"resourceType": "Patient", "name": [{"text": "久我　しずか"}], "birthDate": "1970-01-01"}
    assert household.write(scene.city, "health-center", "own", own).status == 201
    observed = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"text": "様子"},
        "subject": mother,
    }
    elsewhere: dict[str, dict[str, Any]] = {
        "添えるもの": {"input": [{"type": {"text": "関係する人"}, "valueReference": mother}]},
        "対象": {"focus": mother},
        "拡張": {"extension": [{"url": "https://tsunagu.example/fhir/tests", "valueReference": mother}]},
        "含めた記録": {"contained": [observed], "reasonReference": {"reference": "#o"}},
    }
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "for": {"reference": scene.city.known["own"]},
        "requester": {"reference": AGENCIES["保健センター"]},
        "owner": {"reference": AGENCIES["こども総合相談所"]},
    }
    scene.answer = household.write(scene.city, "health-center", "asked-on", task | elsewhere[place])


@when("寄り添いサポートセンターの担当者が、紹介の仕事を妹についての仕事に替える")
def _(scene: Scene) -> None:
    sister = {"reference": scene.place("妹")}
    scene.answer = casework.change(scene.city, "yorisoi", "task", **{"for": sister})


@when(parsers.parse("保健センターの担当者が、{sender}の名で、こども総合相談所に連絡を送る"))
def _(scene: Scene, sender: str) -> None:
    word = {"sender": {"reference": AGENCIES[sender]}, "recipient": [{"reference": AGENCIES["こども総合相談所"]}]}
    scene.answer = _sent(scene, word)


@when("保健センターの担当者が、同意が終わったという知らせを、こども総合相談所に送る")
def _(scene: Scene) -> None:
    system, _, code = vocabulary.CONSENT_ENDED.rpartition("|")
    told = {"category": [{"coding": [{"system": system, "code": code}]}]}
    scene.answer = _sent(scene, told | {"recipient": [{"reference": AGENCIES["こども総合相談所"]}]})


def _sent(scene: Scene, word: dict[str, Any]) -> Answer:
    written = {"resourceType": "Communication", "status": "completed", "payload": [{"contentString": "連絡します"}]}
    return household.write(scene.city, "health-center", "letter", written | word)


@then("保健センターの担当者は、母を名前で探せるが、住所では探せない")
def _(scene: Scene) -> None:
    officer, mother = scene.city.officer("health-center"), scene.place("母")
    id = mother.partition("/")[2]
    assert officer.get("Patient", _id=id, family="水無瀬").references == (mother,)
    assert officer.get("Patient", _id=id, birthdate="1976-05-14").references == (mother,)
    hidden = ({"active": "true"}, {"address": "岡山"}, {"_tag": scene.city.known["tag"]}, {"link:missing": "true"})
    for asked in hidden:
        found = officer.get("Patient", _id=id, **asked)
        assert not found.done or found.total == 0, (asked, found.text)


@then("保健センターの担当者が、母の記録を書き直そうとすると許されない")
def _(scene: Scene) -> None:
    changed = casework.change(scene.city, "health-center", "mother", birthDate="1990-01-01")
    assert changed.status == 403, changed.text


@given("保健センターの担当者が、居所を秘匿した別の人を登録している")
def _(scene: Scene) -> None:
    assert casework.hidden_person(scene.city, "health-center").done


@when(parsers.re("保健センターの担当者が、紹介の仕事の結果に(?P<what>別の人|別の人についての記録)を挙げる"))
def _(scene: Scene, what: str) -> None:
    city = scene.city
    told = city.known["hidden"]
    if what != "別の人":
        paper = casework.file_paper(city, "health-center", "hidden", "of-hidden")
        assert paper.status == 201, paper.text
        told = city.known["of-hidden"]
    concept = {"coding": [{"system": "https://tsunagu.example/fhir/CodeSystem/task-outcome", "code": "supported"}]}
    output = [{"type": concept, "valueReference": {"reference": told}}]
    scene.answer = casework.change(city, "health-center", "task", status="in-progress", output=output)
