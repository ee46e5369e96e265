from __future__ import annotations

from functools import partial
from typing import Any

import orjson
from pytest_bdd import given, parsers, scenarios, then, when

from consent.acts import declaring_conflict
from consent.acts.declaring_conflict import Conflict
from resources.record import envelope
from tests.features.steps import acted
from tests.laws.worlds import concept, ref
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent
from tests.world.acting import Acting
from tests.world.words import several

scenarios("succession.feature")
acted.steps()

Json = dict[str, Any]
OFFICERS = {"センター": "p", "別の機関": "q", "協議会": "em", "主管課": "lead", "所管課長": "conv", "推進員": "co"}
AGENCIES = {"センター": "center", "別の機関": "other", "協議会": "council", "主管課": "lead"}
STAFF = {"センター": ("p",), "別の機関": ("q",)}
RECORDS = {
    "母の困りごと": "Condition/c",
    "世帯": "Group/g",
    "父の依頼": "Task/r",
    "父の困りごと": "Condition/x",
    "母の新しい困りごと": "new",
    "指定の知らせ": "named",
}
ADDRESS = [{"text": "水無瀬町1-1"}]


def organization(agency: str) -> str:
    return f"Organization/{AGENCIES[agency]}"


def place(town: Acting, what: str) -> str:
    return town.known.get(RECORDS[what], RECORDS[what])


def stored(town: Town, name: str) -> Json:
    type, _, id = name.partition("/")
    found: Json = next(orjson.loads(each.body) for each in town.stored(type) if each.id == id)
    return found


def set_active(town: Town, name: str, active: bool) -> None:
    """As the directory keeper writes it."""
    body = stored(town, name)
    town.write(INSTALLER, body | {"active": active})


def close(town: Acting, agency: str, *, staffed: bool = False) -> None:
    inner = town.calling.town
    for id in () if staffed else STAFF[agency]:
        set_active(inner, f"PractitionerRole/{id}", False)
    set_active(inner, organization(agency), False)


def name(
    town: Acting, who: str, former: str, to: str, reason: str = "事業の終了に伴い、引き継ぐ", part: str = ""
) -> None:
    said: list[Json] = [{"name": "to", "valueReference": ref(organization(to))}] if to else []
    said += [] if to else [{"name": "undo", "valueBoolean": True}]
    said += [{"name": "reason", "valueString": reason}] if reason else []
    said += [{"name": "part", "valueReference": ref(part)}] if part else []
    body = {"resourceType": "Parameters", "parameter": said}
    town.ask(OFFICERS[who], "POST", f"{organization(former)}/$name-successor", body)
    if town.answer.status == 200:
        town.known["named"] = f"Task/{town.json['id']}"


@given("センターが、母と子の世帯と、母の困りごとを記録している")
def _(town: Acting) -> None:
    write = town.calling.town.write
    write(actor("p"), patient("1", address=ADDRESS), patient("2"), household("1", "2"), concern("c", "1"))


@given("協議会が登録した父について、協議会がセンターに依頼している")
def _(town: Acting) -> None:
    asked: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
    asked |= {"for": ref("Patient/7"), "requester": ref("Organization/council"), "owner": ref("Organization/center")}
    asked |= {"restriction": {"period": {"end": "2026-11-30"}}}
    town.calling.town.write(actor("em"), patient("7"), concern("x", "7"), asked)


@given("協議会が、父について、センターの窓口に依頼している")
def _(town: Acting) -> None:
    asked = stored(town.calling.town, "Task/r") | {"id": "desk", "owner": ref("HealthcareService/desk")}
    town.calling.town.write(actor("em"), {each: value for each, value in asked.items() if each != "meta"})


@given(parsers.re(r"センターが、?(?P<staffed>担当者の職を残して)?終わっている"))
def _(town: Acting, staffed: str | None) -> None:
    close(town, "センター", staffed=bool(staffed))


@given(parsers.re(r"(?P<to>別の機関|協議会)が、終わった(?P<former>センター|別の機関)の後を継いでいる"))
def _(town: Acting, to: str, former: str) -> None:
    if stored(town.calling.town, organization(former)).get("active") is not False:
        close(town, former)
    name(town, "主管課", former, to)
    assert town.answer.status == 200, town.said


@given("父が、センターへの提供に同意している")
def _(town: Acting) -> None:
    paper = consent("a", patient=ref("Patient/7"), performer=[ref("Patient/7")])
    paper["provision"]["actor"][0] |= {"reference": ref("Organization/center")}
    town.calling.town.sign(actor("em"), paper)


@given("母の居所が秘匿され、名簿にセンターの担当者だけがある")
def _(town: Acting) -> None:
    town.calling.town.protect(actor("p"), "Patient/1", "PractitionerRole/p")


@given("別の機関の担当者と母の利害の衝突が届け出られている")
def _(town: Acting) -> None:
    said = Conflict("Practitioner/q", ("Patient/1", "Patient/2"))
    do = partial(declaring_conflict.declared, asked=said)
    inner = town.calling.town
    inner.run(inner.gate.operate(actor("lead"), ("$declare-conflict",), do))


@given("センターが、世帯の事例を開いている")
def _(town: Acting) -> None:
    town.calling.town.write(actor("p"), case())


@when(
    parsers.re(
        r"(?P<who>[^が]+)が、(?P<former>センター|別の機関)の後を継ぐ機関を(?P<without>理由なしに)?(?P<to>[^「」]+)とする"
    )
)
def _(town: Acting, who: str, former: str, without: str | None, to: str) -> None:
    name(town, who, former, to, **({"reason": ""} if without else {}))


@when("主管課が、センターの窓口だけの後を継ぐ機関を別の機関とする")
def _(town: Acting) -> None:
    name(town, "主管課", "センター", "別の機関", part="HealthcareService/desk")


@when(parsers.re(r"主管課が、センターの後を継ぐ機関の指定を「(?P<reason>[^」]*)」と取り消す"))
def _(town: Acting, reason: str) -> None:
    name(town, "主管課", "センター", "", reason)


@when("別の機関が、母の困りごとに追記する")
def _(town: Acting) -> None:
    body = town.calling.town.read(actor("q"), "Condition/c")
    town.ask("q", "PUT", "Condition/c", body | {"note": [{"text": "続き"}]})


@when("別の機関が、母の新しい困りごとを記録する")
def _(town: Acting) -> None:
    town.create("q", "new", {key: value for key, value in concern("n", "1").items() if key != "id"})


@when(parsers.re(r"別の機関が、父の依頼を(?P<word>受け付ける|断る)"))
def _(town: Acting, word: str) -> None:
    body = town.calling.town.read(actor("q"), "Task/r")
    town.ask("q", "PUT", "Task/r", body | {"status": "accepted" if word == "受け付ける" else "rejected"})


@when(parsers.re(r"(?P<who>別の機関|主管課)が、指定の知らせを(?P<word>確認する|自分で取り消す)"))
def _(town: Acting, who: str, word: str) -> None:
    status = "completed" if word == "確認する" else "cancelled"
    town.put(OFFICERS[who], "named", status=status)


@when("主管課が、自分で指定の Task を書く")
def _(town: Acting) -> None:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": concept("task-code", "name-successor"), "focus": ref("Organization/center")}
    town.create("lead", "forged", task | {"requester": ref("Organization/lead"), "owner": ref("Organization/other")})


@when(parsers.re(r"主管課が、秘匿の名簿に別の機関の担当者を加える"))
def _(town: Acting) -> None:
    said = [{"name": "to", "valueReference": ref("PractitionerRole/q")}, {"name": "reason", "valueString": "引き継ぎ"}]
    body = {"resourceType": "Parameters", "parameter": said}
    town.ask("lead", "POST", "Patient/1/$extend-protection", body)


@when("一覧の管理で、センターを続いている機関に戻す")
def _(town: Acting) -> None:
    body = stored(town.calling.town, "Organization/center") | {"active": True}
    town.answer = town.calling.ask(INSTALLER, "PUT", "Organization/center", body)


@when("一覧の管理で、センターに新しい職を置く")
def _(town: Acting) -> None:
    post: Json = {"resourceType": "PractitionerRole", "practitioner": ref("Practitioner/q")}
    post |= {"organization": ref("Organization/center"), "code": [concept("role", "officer")]}
    town.answer = town.calling.ask(INSTALLER, "POST", "PractitionerRole", post)


@when("別の機関が、同じ世帯の事例を新しく開く")
def _(town: Acting) -> None:
    town.create("q", "second", {key: value for key, value in case().items() if key != "id"})


@then(parsers.re(r"(?P<what>[^をに]+)を読めるのは「(?P<names>[^」]*)」だけ"))
def _(town: Acting, what: str, names: str) -> None:
    """Everybody is asked, by reading and by searching, and both must agree."""
    inner, reference, allowed = town.calling.town, place(town, what), set(several(names)) - {""}
    kind = reference.partition("/")[0]
    assert {who for who, id in OFFICERS.items() if inner.reads(actor(id), reference)} == allowed
    assert {who for who, id in OFFICERS.items() if reference in inner.search(actor(id), kind)} == allowed


@then(parsers.re(r"(?P<who>別の機関|協議会)が困りごとを検索すると「(?P<names>[^」]*)」だけが出る"))
def _(town: Acting, who: str, names: str) -> None:
    found = town.calling.town.search(actor(OFFICERS[who]), "Condition")
    own = {"Condition/x"} if who == "協議会" else set()
    assert set(found) - own == {place(town, each) for each in several(names) if each}


@then("母の困りごとを管理するのは「センター」、母の新しい困りごとを管理するのは「別の機関」と残っている")
def _(town: Acting) -> None:
    kept = {each.reference: envelope.value(each.terms, ".custodian") for each in town.calling.town.stored("Condition")}
    assert kept["Condition/c"] == "Organization/center"
    assert kept[town.known["new"]] == "Organization/other"


@then("別の機関の「することの一覧」に、センターへの依頼が出る")
def _(town: Acting) -> None:
    assert "Task/r" in str(town.parts("q", "$worklist", "item"))


@then("別の機関の「することの一覧」に、センターの窓口への依頼が出る")
def _(town: Acting) -> None:
    assert "Task/desk" in str(town.parts("q", "$worklist", "item"))


@then(parsers.re(r"別の機関に、母の名前(?P<place>は見え、住所は見えない|と住所が見える)"))
def _(town: Acting, place: str) -> None:
    found = town.calling.town.read(actor("q"), "Patient/1")
    assert found["name"] == [{"family": "水無瀬"}]
    assert found.get("address") == (ADDRESS if place == "と住所が見える" else None)


@then(parsers.re(r"(?P<rule>P\d+)により断られる"))
def _(town: Acting, rule: str) -> None:
    acted.refused_by(town, rule)


def notices(town: Town, who: str) -> list[Json]:
    found = town.search(actor(OFFICERS[who]), "Communication", ("category", "directory-notice"))
    letters = [town.read(actor(OFFICERS[who]), each) for each in found]
    agencies = [ref(organization("センター")), ref(organization("別の機関"))]
    return [each for each in letters if each["about"] == agencies]


@then(parsers.re(r"センターの後を別の機関が継ぐと知らされたのは「(?P<names>[^」]*)」だけ"))
def _(town: Acting, names: str) -> None:
    inner = town.calling.town
    assert {who for who in OFFICERS if notices(inner, who)} == set(several(names))


@then("その知らせは、人も依頼も挙げていない")
def _(town: Acting) -> None:
    [letter] = notices(town.calling.town, "協議会")
    assert not [each for each in ("Patient/", "Task/", "Group/") if each in str(letter)]
