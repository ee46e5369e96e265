from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import several

scenarios("secrecy.feature", "secrecy_told.feature")

_FOR = "https://tsunagu.example/fhir/StructureDefinition/activity-subject"
_LABEL = "https://tsunagu.example/fhir/CodeSystem/secrecy-label|address-secret"
_CONDITIONS = {
    "住所": {"address": household.ADDRESS["text"]},
    "住所の市区町村": {"address-city": household.ADDRESS["city"]},
    "住所の郵便番号": {"address-postalcode": household.ADDRESS["postalCode"]},
    "住所の都道府県": {"address-state": household.ADDRESS["state"]},
    "住所の国": {"address-country": household.ADDRESS["country"]},
    "住所の用途が一時的": {"address-use": household.ADDRESS["use"]},
    "住所の用途が一時的でない": {"address-use:not": household.ADDRESS["use"]},
    "住所の記載がある": {"address:missing": "false"},
    "住所の記載がない": {"address:missing": "true"},
    "電話": {"phone": household.PHONE},
    "メール": {"email": household.EMAIL},
    "連絡先": {"telecom": household.PHONE},
    "連絡先の記載がない": {"telecom:missing": "true"},
    "秘匿のしるし": {"_security": _LABEL},
    "秘匿のしるしでない": {"_security:not": _LABEL},
    "しるしの記載がない": {"_security:missing": "true"},
}


@given("妹の住所が秘匿され、地域ケア総合推進センターの担当者にだけ示される")
def protected_for_one(scene: Scene) -> None:
    labelled = household.protect_sister(scene.city, "PractitionerRole/role-community-care")
    assert labelled.status == 200, labelled.text


@given("妹の困りごとに、妹の住所を含む文を、寄り添いサポートセンターの担当者が書いている")
def _(scene: Scene) -> None:
    concern = scene.city.officer("yorisoi").get(scene.place("妹の困りごと")).json
    concern["code"]["text"] = f"いまは{household.ADDRESS['text']}に身を寄せている"
    assert scene.city.officer("yorisoi").put(concern).status == 200


@given("妹の通う場所の入ったトータルケアプランがある")
def _(scene: Scene) -> None:
    """Where it is stands in the place, in who performs it, and in words."""
    going = {
        "extension": [{"url": _FOR, "valueReference": {"reference": scene.place("妹")}}],
        "status": "scheduled",
        "code": {"text": "通所"},
        "scheduledTiming": {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": ["10:00:00"]}},
        "location": {"display": household.ADDRESS["text"]},
        "performer": [{"display": household.ADDRESS["text"]}],
        "description": f"送迎は{household.ADDRESS['text']}まで",
    }
    drafted = casework.draft_plan(scene.city, activity=[{"detail": going}])
    assert drafted.status == 201, drafted.text


@when(parsers.re(r"(?P<who>[^が]+)が妹の困りごとに「(?P<text>[^」]+)」と書き足す"))
def _(scene: Scene, who: str, text: str) -> None:
    concern = scene.person(who).get(scene.place("妹の困りごと")).json
    notes = [*concern.get("note", ()), {"text": text}]
    scene.answer = scene.person(who).put(concern | {"note": notes})


@when(parsers.re(r"(?P<who>[^が]+)が妹の困りごとを「(?P<day>[^」]+)」に記録したと書き直す"))
def _(scene: Scene, who: str, day: str) -> None:
    concern = scene.person(who).get(scene.place("妹の困りごと")).json
    scene.answer = scene.person(who).put(concern | {"recordedDate": day})


@when("寄り添いサポートセンターの担当者が妹の最初の版を読む")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("yorisoi").get(f"{scene.place('妹')}/_history/1")


@when("寄り添いサポートセンターの担当者が妹の生年月日を書き直す")
def _(scene: Scene) -> None:
    scene.answer = casework.change(scene.city, "yorisoi", "sister", birthDate="1980-11-03")


@when("寄り添いサポートセンターの担当者が氏名で世帯員を探す")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("yorisoi").get("Patient", _id=scene.persons, family="水無瀬")


@when("寄り添いサポートセンターの担当者が妹の履歴を読む")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("yorisoi").get(f"{scene.place('妹')}/_history")


@then("妹の住所と電話はどこにも出ていない")
def nowhere(scene: Scene) -> None:
    assert "水無瀬　みどり" in scene.answer.text
    assert not [word for word in household.SECRET if word in scene.answer.text]
    found = scene.answer.resources or (scene.answer.json,)
    mine = [resource for resource in found if f"Patient/{resource.get('id')}" == scene.place("妹")]
    assert mine
    assert not [resource for resource in mine if "address" in resource or "telecom" in resource]


@then("D1 により許されない")
def refused_by_secrecy(scene: Scene) -> None:
    assert scene.answer.status == 403, scene.answer.text
    assert scene.answer.says("D1"), scene.answer.text
    assert not [word for word in household.SECRET if word in scene.answer.text]


@then("隠したというしるしもない")
def _(scene: Scene) -> None:
    codes = [label.get("code") for label in scene.answer.json.get("meta", {}).get("security", ())]
    assert "REDACTED" not in codes
    assert "MASKED" not in codes


@then("居場所はどこにも出ていない")
def no_place(scene: Scene) -> None:
    assert scene.answer.status == 200, scene.answer.text
    assert not [word for word in household.SECRET if word in scene.answer.text.replace("\r\n ", "")]


@then(parsers.re(r"(?P<who>[^が]+)が「(?P<condition>[^」]+)」で世帯員を探すと「(?P<names>[^」]*)」が出る"))
def _(scene: Scene, who: str, condition: str, names: str) -> None:
    found = scene.person(who).get("Patient", _id=scene.persons, **_CONDITIONS[condition])
    assert found.status == 200, found.text
    assert scene.called(found) == sorted(several(names))
    assert found.total == len(several(names))


@then(parsers.re(r"(?P<who>[^が]+)が(?P<purpose>会議のために)?妹の(?P<what>住所|電話)で探しても、何も出ない"))
def _(scene: Scene, who: str, purpose: str | None, what: str) -> None:
    asked = {"address": household.ADDRESS["text"]} if what == "住所" else {"phone": household.PHONE}
    found = scene.person(who, purpose or "").get("Patient", _id=scene.persons, **asked)
    assert found.status == 200, found.text
    assert found.total == 0
    assert found.references == ()
