from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from demo.rest import Client
from tests.world.scene import Scene
from tests.world.words import AGENCIES, COLLEAGUES, WHO

scenarios("directory.feature")

Json = dict[str, Any]

KEEPER = "一覧の管理担当"
BASE = "https://tsunagu.example/fhir"
HOURS = {"daysOfWeek": ["mon"], "availableStartTime": "09:00:00", "availableEndTime": "12:00:00"}


def concept(system: str, code: str) -> Json:
    return {"coding": [{"system": f"{BASE}/CodeSystem/{system}", "code": code}]}


def since(day: str) -> list[Json]:
    return [{"url": f"{BASE}/StructureDefinition/in-force", "valuePeriod": {"start": day}}]


def practitioner(who: str) -> Json:
    return {"reference": f"Practitioner/practitioner-{(WHO | COLLEAGUES)[who]}"}


@pytest.fixture
def keeper(scene: Scene) -> Iterator[Client]:
    """Who keeps the list; a post that was given ends with its scenario, since everybody lives in one city."""
    person = scene.person(KEEPER)
    yield person
    if post := scene.remembered.get("post"):
        ended = person.get(post)
        assert person.put(ended.json | {"active": False}).status == 200


@given("一覧の管理担当が加えた病院の窓口がある")
@when(parsers.parse("{who}が、病院とその窓口を一覧に加える"))
def _(scene: Scene, who: str = KEEPER) -> None:
    hospital: Json = {
        "resourceType": "Organization",
        "active": True,
        "name": "みなと病院",
        "type": [{"text": "医療機関"}],
    }
    scene.answer = scene.person(who).post("Organization", hospital)
    if scene.answer.status != 201:
        return
    scene.remembered["hospital"] = scene.answer.created[0]
    desk: Json = {"resourceType": "HealthcareService", "active": True, "name": "みなと病院 医療相談室"}
    desk |= {"providedBy": {"reference": scene.remembered["hospital"]}, "category": [concept("concern-field", "other")]}
    desk |= {"telecom": [{"system": "phone", "value": "086-000-9001"}]}
    scene.answer = scene.person(who).post("HealthcareService", desk)
    scene.remembered["desk"] = scene.answer.created[0]


@when("一覧の管理担当が、まだない番号で機関を書こうとする")
def _(scene: Scene, keeper: Client) -> None:
    scene.answer = keeper.put({"resourceType": "Organization", "id": "of-my-own", "active": True, "name": "自分の番号"})


@when("一覧の管理担当がその窓口を消そうとする")
def _(scene: Scene, keeper: Client) -> None:
    scene.answer = keeper.send("DELETE", scene.remembered["desk"])


@when("一覧の管理担当がその窓口を別の機関のものに書き換える")
def _(scene: Scene, keeper: Client) -> None:
    desk = keeper.get(scene.remembered["desk"]).json
    scene.answer = keeper.put(desk | {"providedBy": {"reference": "Organization/yorisoi-center"}})


@when("一覧の管理担当が、その窓口の電話番号を来年の4月1日から変える")
def _(scene: Scene, keeper: Client) -> None:
    desk = keeper.get(scene.remembered["desk"]).json
    number = [{"system": "phone", "value": "086-000-9002"}]
    scene.answer = keeper.put(desk | {"telecom": number, "extension": since(f"{date.today().year + 1}-04-01")})


@when("一覧の管理担当が、いつからか書かれていない期間でその窓口を書き換える")
def _(scene: Scene, keeper: Client) -> None:
    desk = keeper.get(scene.remembered["desk"]).json
    unknown = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    held = {"_start": {"extension": [unknown]}, "end": "2027-03-31"}
    named = {"url": f"{BASE}/StructureDefinition/in-force", "valuePeriod": held}
    scene.answer = keeper.put(desk | {"extension": [named]})


@when("一覧の管理担当が、保健センターの窓口の受付時間を書き換える")
def _(scene: Scene, keeper: Client) -> None:
    desk = copy.deepcopy(keeper.get("HealthcareService/directory-15-health-center-kita-chuo").json)
    desk["availableTime"] = [*desk["availableTime"][:1], HOURS]
    scene.answer = keeper.put(desk)
    scene.remembered["desk"] = "HealthcareService/directory-15-health-center-kita-chuo"


@when("寄り添いサポートセンターの担当者が、一覧の変更の知らせを装った連絡を書く")
def _(scene: Scene) -> None:
    letter: Json = {"resourceType": "Communication", "status": "completed"}
    letter |= {"category": [concept("communication-category", "directory-notice")]}
    letter |= {"recipient": [{"reference": "Organization/health-center-kita-chuo"}]}
    scene.answer = scene.person("寄り添いサポートセンターの担当者").post("Communication", letter)


@given("寄り添いサポートセンターに、その機関だけの記録がある")
def _(scene: Scene) -> None:
    person = {"resourceType": "Patient", "name": [{"text": "東雲 一"}]}
    written = scene.person("寄り添いサポートセンターの担当者").post("Patient", person)
    scene.remembered["record"] = written.created[0]


@when(parsers.re(r"一覧の管理担当が、(?P<who>\S+)に(?P<agency>寄り添いサポートセンター|その病院)の担当者の職を与える"))
def _(scene: Scene, keeper: Client, who: str, agency: str) -> None:
    named = "Organization/yorisoi-center" if agency != "その病院" else scene.remembered["hospital"]
    give(scene, keeper, who, "officer", named)


@when(parsers.re(r"一覧の管理担当が、(?P<who>\S+)に「(?P<function>\S+)」の職を与える"))
def _(scene: Scene, keeper: Client, who: str, function: str) -> None:
    give(scene, keeper, who, function, "Organization/lead-section")


def give(scene: Scene, keeper: Client, who: str, function: str, agency: str) -> None:
    post: Json = {"resourceType": "PractitionerRole", "active": True, "practitioner": practitioner(who)}
    post |= {"organization": {"reference": agency}, "code": [concept("role", function)]}
    scene.answer = keeper.post("PractitionerRole", post)
    if scene.answer.status == 201:
        scene.remembered["post"] = scene.answer.created[0]


@when(parsers.re(r"(?P<who>\S+)がその職を確認する"))
def _(scene: Scene, who: str) -> None:
    named = {"name": "post", "valueReference": {"reference": scene.remembered["post"]}}
    body = {"resourceType": "Parameters", "parameter": [named]}
    purpose = "監査のために" if who == "監査担当" else ""
    scene.answer = scene.person(who, purpose).post("PractitionerRole/$confirm-posts", body)


@when(parsers.re(r"一覧の管理担当が、その病院を(?P<agency>\S+)の下に置く"))
def _(scene: Scene, keeper: Client, agency: str) -> None:
    hospital = keeper.get(scene.remembered["hospital"]).json
    scene.answer = keeper.put(hospital | {"partOf": {"reference": AGENCIES[agency]}})


@when(parsers.re(r"(?P<who>\S+)がその病院の所属を確認する"))
def _(scene: Scene, who: str) -> None:
    named = {"name": "place", "valueReference": {"reference": scene.remembered["hospital"]}}
    body = {"resourceType": "Parameters", "parameter": [named]}
    scene.answer = scene.person(who).post("PractitionerRole/$confirm-posts", body)


@when("一覧の管理担当がその職を終わらせる")
def _(scene: Scene, keeper: Client) -> None:
    scene.answer = keeper.put(keeper.get(scene.remembered["post"]).json | {"active": False})


@when(parsers.re(r"(?P<who>\S+)が、一覧を「(?P<form>\S+)」の形で書き出す"))
def _(scene: Scene, who: str, form: str) -> None:
    asker = scene.city.anyone() if who == "サインインしていない人" else scene.person(who)
    scene.answer = asker.get("HealthcareService/$directory-export", form=form)


def surnames(scene: Scene) -> set[str]:
    found = scene.person(KEEPER).get("Practitioner", _count="500").resources
    return {each["name"][0]["text"] for each in found if each.get("name")}


@then("書き出した一覧に、窓口の電話番号はあるが担当者名はない")
def _(scene: Scene) -> None:
    assert "086-803-1254" in scene.answer.text
    assert not [name for name in surnames(scene) if name in scene.answer.text]


@then("書き出した一覧に、担当者名がある")
def _(scene: Scene) -> None:
    assert len([name for name in surnames(scene) if name in scene.answer.text]) > 20


@then("サインインしていない人にも、その窓口と電話番号が読める")
def _(scene: Scene) -> None:
    assert scene.city.anyone().get(scene.remembered["desk"]).json["telecom"][0]["value"] == "086-000-9001"


@then("今日の一覧では前の電話番号、来年の4月1日の一覧では新しい電話番号が出る")
def _(scene: Scene) -> None:
    for day, number in (({}, "086-000-9001"), ({"date": f"{date.today().year + 1}-04-01"}, "086-000-9002")):
        found = scene.city.anyone().get("HealthcareService/$route", text="みなと病院", **day)
        desks = {f"HealthcareService/{each['id']}": each for each in found.resources if "providedBy" in each}
        assert desks[scene.remembered["desk"]]["telecom"][0]["value"] == number


@then("保健センターの担当者に、その窓口が変わったという知らせが届いている")
def _(scene: Scene) -> None:
    assert scene.remembered["desk"] in noticed(scene, "保健センターの担当者")


@then("こども総合相談所の担当者には、その知らせは見えない")
def _(scene: Scene) -> None:
    assert scene.remembered["desk"] not in noticed(scene, "こども総合相談所の担当者")


def noticed(scene: Scene, who: str) -> set[str]:
    found = scene.person(who).search("Communication", category="directory-notice", _sort="-_lastUpdated")
    assert found.status == 200, found.text
    return {each["reference"] for letter in found.resources for each in letter["about"]}


@then(parsers.re(r"監査担当には、その記録は(?:まだ|もう)見えない"))
def _(scene: Scene) -> None:
    assert scene.person("監査担当").get(scene.remembered["record"]).status == 404


@then("監査担当に、その記録が見える")
def _(scene: Scene) -> None:
    assert scene.person("監査担当").get(scene.remembered["record"]).status == 200
