from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.features.steps import acted
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.town import actor, case, concern, conference, coordination, household, patient, roster
from tests.world import sheets
from tests.world.acting import Acting

scenarios("acting_together.feature")
acted.steps()

Json = dict[str, Any]
WHO = {"センター": "p", "別の機関": "q", "推進員": "co"}
AGENCIES = {"センター": "Organization/center", "別の機関": "Organization/other"}
RELATION = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
SECRET = "夜眠れず、薬をためている"


def refer(town: Acting, **said: Any) -> None:
    request: Json = {"resourceType": "ServiceRequest", "status": "active", "intent": "order"}
    request |= {"subject": ref("Patient/1"), "authoredOn": "2026-11-23", "requester": ref("Organization/center")}
    town.create("p", "紹介", request | {"performer": [ref("Organization/other")]} | said)


def troubled(id: str, subject: str, field: str) -> Json:
    found = concern(id, "1", code=concept("concern-field", field), subject=ref(subject))
    return found | {"category": [concept("record-category", "concern")], "note": [{"text": SECRET}]}


@given("センターが、母と子の世帯を受け持ち、母のこころの問題と、子の子育ての困りごとを記録している")
def _(town: Acting) -> None:
    write = town.calling.town.write
    write(actor("p"), patient("1"), patient("2"), household("1", "2"))
    write(actor("p"), troubled("c1", "Patient/1", "mental-health"), troubled("c2", "Patient/2", "child-rearing"))
    write(actor("p"), troubled("c3", "Group/g", "housing"))


@given("母の暴力の困りごとが、特に慎重な記録になっている")
def _(town: Acting) -> None:
    very = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
    town.calling.town.write(actor("p"), troubled("c4", "Patient/1", "violence") | {"meta": {"security": [very]}})


@given("センターが、子の健康の困りごとを、困りごとの区分を付けずに記録している")
def _(town: Acting) -> None:
    said = {name: part for name, part in troubled("c5", "Patient/2", "health").items() if name != "category"}
    town.calling.town.write(actor("p"), said)


def sheet(*fields: str) -> Json:
    """A sheet of the center with one row, in which these boxes are ticked."""
    row = [sheets.item("member.name", {"valueString": "水無瀬 かおり"})]
    row.append(sheets.item("member.relation", {"valueCoding": {"system": RELATION, "code": "ONESELF"}}))
    row.append(sheets.item("member.concern", *({"valueCoding": own("concern-field", each)} for each in fields)))
    found = sheets.sheet({"linkId": "member", "item": row}, on="2026-11-23", author=ref("PractitionerRole/p"))
    said = {"agency": ref("Organization/center"), "officer": ref("PractitionerRole/p")}
    for each in found["item"]:
        if each["linkId"] in said:
            each["answer"] = [{"valueReference": said[each["linkId"]]}]
    return found


@when(parsers.parse("センターが、母の「{field}」に印を付けたシートを、提出せずに登録する"))
def _(town: Acting, field: str) -> None:
    town.create("p", "シート", sheet(field))


@when("センターが、登録したシートの「consultation」だけを書き直す")
def _(town: Acting) -> None:
    found = town.read("p", "シート")["item"]
    said = sheets.item("consultation", {"valueString": "家賃のこと"})
    town.put("p", "シート", item=[*found[:-1], said, found[-1]])


@when(parsers.parse("センターが、登録したシートに「{field}」の印を書き足す"))
def _(town: Acting, field: str) -> None:
    found = town.read("p", "シート")["item"]
    [row] = [each for each in found if each["linkId"] == "member"]
    [boxes] = [each for each in row["item"] if each["linkId"] == "member.concern"]
    boxes["answer"].append({"valueCoding": own("concern-field", field)})
    town.put("p", "シート", item=found)


@when(parsers.parse("センターが、子の「{field}」に印を付けたシートを提出する"))
def _(town: Acting, field: str) -> None:
    given = [{"name": "questionnaire-response", "resource": sheet(field)}]
    town.ask("p", "POST", "QuestionnaireResponse/$submit", {"resourceType": "Parameters", "parameter": given})


@then("シートの印について、何も知らされない")
def _(town: Acting) -> None:
    assert "印を付けた分野" not in town.said


@given("この世帯の事例を、推進員が受け付けている")
@given(parsers.re("この世帯の事例を、推進員が受け付け、(?P<meeting>会議が開かれている)"))
def _(town: Acting, meeting: str = "") -> None:
    write = town.calling.town.write
    write(actor("p"), case(), coordination("requested"))
    write(actor("co"), coordination() | {"meta": {"versionId": "1"}})
    if meeting:
        write(actor("conv"), roster("p", "q", "co", "lead"))
        write(actor("conv"), meeting_of("planned"))
        write(actor("conv"), meeting_of("in-progress") | {"meta": {"versionId": "1"}})


def meeting_of(status: str) -> Json:
    found = conference(status, "p", "q", "co", "lead")
    fields = ("mental-health", "child-rearing", "housing")
    gap = [
        extension(
            "roster-gap",
            extension=[
                {"url": "field", "valueCoding": own("concern-field", each)},
                {"url": "reason", "valueString": "次回に招く"},
            ],
        )
        for each in fields
    ]
    return found | {"extension": [*found["extension"], *gap]}


@when(parsers.re("センターが、母を(?P<how>内容を書かずに)?別の機関へ紹介する"))
def _(town: Acting, how: str | None) -> None:
    refer(town, **({} if how else {"note": [{"text": "通院の同行"}]}))


@when(parsers.parse("センターが、一言は要らない理由を「{why}」と書いて母を紹介する"))
def _(town: Acting, why: str) -> None:
    refer(town, note=[{"text": "手帳"}], extension=[extension("notice-waived", valueString=why)])


@when(parsers.re("センターが、別の機関に(「(?P<words>.+)」と一言伝える|(?P<lacking>言葉|あて先)のない一言を伝える)"))
def _(town: Acting, words: str | None, lacking: str | None) -> None:
    word: Json = {"resourceType": "Communication", "status": "completed", "sender": ref("Organization/center")}
    word |= {"category": [concept("communication-category", "introduction")], "subject": ref("Patient/1")}
    word |= {"about": [ref(town.known["紹介"])]} if "紹介" in town.known else {}
    word |= {} if lacking == "言葉" else {"payload": [{"contentString": words or "明日行かれます"}]}
    word |= {} if lacking == "あて先" else {"recipient": [ref("Organization/other")]}
    town.create("p", "一言", word)


@given("主管課が、別の機関だけの名を挙げて役割を決めている")
@when("主管課が、別の機関だけの名を挙げて役割を決める")
def _(town: Acting) -> None:
    role = {"name": "agency", "valueReference": ref("Organization/other")}
    parts = [{"name": "role", "part": [role, {"name": "role", "valueString": "訪問して見守る"}]}]
    body = {"resourceType": "Parameters", "parameter": parts}
    town.ask("lead", "POST", "CarePlan/k/$decide-roles", body, "support-conference")
    if town.answer.status < 300:
        town.known["支援チーム"] = f"CareTeam/{town.json['id']}"


@when(parsers.re("センターが、(?P<said>シート.+)、事例を推進員に持ち込む"))
def _(town: Acting, said: str) -> None:
    town.calling.town.write(actor("p"), case())
    call = {name: part for name, part in coordination("requested").items() if name != "id"}
    used = {"シートを活用したと書いて": True, "シートを活用していないと書いて": False}.get(said)
    told = {} if used is None else {"extension": [extension("sheet-used", valueBoolean=used)]}
    town.create("p", "調整", call | told)


@then(parsers.parse("答えに、シートの記入を促す言葉は{told}"))
def _(town: Acting, told: str) -> None:
    assert ("R1" in town.rules) == (told == "ある"), town.said


@when("主管課が、別の機関だけの支援チームを直に書く")
def _(town: Acting) -> None:
    team: Json = {"resourceType": "CareTeam", "status": "active", "subject": ref("Group/g")}
    team |= {"category": [concept("record-category", "case-team")]}
    members = [{"member": ref("Organization/other"), "role": [{"text": "訪問して見守る"}]}]
    town.create("lead", "支援チーム", team | {"participant": members}, "support-conference")


@when("主管課が、センターを支援チームから外す")
def _(town: Acting) -> None:
    [team] = town.found("lead", "CareTeam?category=case-team")
    kept = [each for each in team["participant"] if each["member"] != ref("Organization/center")]
    town.ask("lead", "PUT", town.known["支援チーム"], team | {"participant": kept})


@when(parsers.parse("{who}が、世帯全体の課題を見る"))
def _(town: Acting, who: str) -> None:
    town.ask(WHO[who], "GET", "Group/g/$household-summary")


@then(parsers.parse("{who}の「することの一覧」に、その紹介が「{kind}」として出る"))
def _(town: Acting, who: str, kind: str) -> None:
    assert [each["record"] for each in town.items(WHO[who], kind)] == [ref(town.known["紹介"])]


@then(parsers.re("(?P<who>.+)の「することの一覧」に、「(?P<kind>[a-z-]+)」は出ない"))
def _(town: Acting, who: str, kind: str) -> None:
    assert town.items(WHO[who], kind) == []


@then(parsers.parse("支援チームにいるのは「{names}」"))
def _(town: Acting, names: str) -> None:
    [team] = town.found("lead", "CareTeam?category=case-team")
    assert [each["member"] for each in team["participant"]] == [ref(AGENCIES[name]) for name in names.split("、")]


@then("母には「mental-health」、子には「child-rearing」、世帯には「housing」がある")
def _(town: Acting) -> None:
    seen = {"Patient/1": ["mental-health"], "Patient/2": ["child-rearing"], "Group/g": ["housing"]}
    assert fields(town) == seen


@then(parsers.parse("子には「{named}」がある"))
def _(town: Acting, named: str) -> None:
    assert sorted(fields(town)["Patient/2"]) == named.split("、")


def fields(town: Acting) -> dict[str, list[str]]:
    """What troubles whom, as it was answered."""
    assert town.answer.status == 200, town.said
    told: dict[str, list[str]] = {"Group/g": []}
    for each in town.json["parameter"]:
        if each["name"] == "concern":
            told["Group/g"].append(each["valueCoding"]["code"])
        if each["name"] == "member":
            [person] = [part["valueReference"]["reference"] for part in each["part"] if part["name"] == "person"]
            told[person] = [part["valueCoding"]["code"] for part in each["part"] if part["name"] == "concern"]
    return told


@then("困りごとの文章はどこにも出ない")
def _(town: Acting) -> None:
    assert SECRET not in town.said


@then("推進員が母の困りごとの記録を読むと見つからない")
def _(town: Acting) -> None:
    assert town.ask("co", "GET", "Condition/c1").status == 404


@then("見たことが、推進員の名で記録に残る")
def _(town: Acting) -> None:
    events = [each for each in town.calling.town.trail() if "$household-summary" in str(each)]
    assert events
    assert "Practitioner/co" in str(events[-1])
    assert "Condition/c1/_history/1" in str(events[-1])
    assert "policy/R18" in str(events[-1])
