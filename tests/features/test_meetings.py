from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.features.steps import acted
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.town import INSTALLER, actor, case, concern, conference, household, patient, roster
from tests.world.acting import Acting

scenarios("meetings.feature")
acted.steps()

Json = dict[str, Any]
WHO = {
    "推進員": "co",
    "もう一人の推進員": "co2",
    "所管課長": "conv",
    "主管課": "lead",
    "別の機関": "q",
    "別の機関の担当者": "q",
    "センターの担当者": "p",
    "緊急対応の担当者": "em",
}
MEETING = "support-conference"
SEATED = ("p", "q", "co", "lead")
FORM = "https://tsunagu.example/fhir/Questionnaire/conference-material"
HEADINGS = ("problems", "surroundings", "wish", "supporters", "resources")


def meeting(day: str, *, basis: bool = True) -> Json:
    found = conference("planned", *SEATED)
    del found["id"]
    said = [each for each in found["extension"] if basis or not each["url"].endswith("/legal-basis")]
    gap, window = _gap("debts"), {"start": day, "end": day}
    seats = [seat | {"period": window} for seat in found["participant"]]
    return found | {"period": window, "extension": [*said, gap], "participant": seats}


def _gap(field: str) -> Json:
    parts: list[Json] = [
        {"url": "field", "valueCoding": own("concern-field", field)},
        {"url": "reason", "valueString": "次回に招く"},
    ]
    return extension("roster-gap", extension=parts)


def iso(day: str) -> str:
    year, month, rest = day.replace("年", "-").replace("月", "-").rstrip("日").split("-")
    return f"{year}-{int(month):02}-{int(rest):02}"


@given("センターが、母の世帯を、だれの同意も依頼もないまま事例として記録している")
def _(town: Acting) -> None:
    town.calling.town.write(actor("p"), patient("1"), household("1"), case(), concern("c", "1"))
    town.calling.town.write(INSTALLER, {"resourceType": "Practitioner", "id": "adv"})
    post: Json = {"resourceType": "PractitionerRole", "id": "adv", "practitioner": ref("Practitioner/adv")}
    town.calling.town.write(INSTALLER, post | {"organization": ref("Organization/other")})
    town.calling.town.write(INSTALLER, {"resourceType": "Practitioner", "id": "co2"})
    second = {**post, "id": "co2", "practitioner": ref("Practitioner/co2"), "code": [concept("role", "coordinator")]}
    town.calling.town.write(INSTALLER, second | {"organization": ref("Organization/council")})
    town.calling.town.write(actor("conv"), roster("p", "q", "co", "lead", "adv"))


@given("母の居所が秘匿されている")
def _(town: Acting) -> None:
    town.calling.town.protect(actor("p"), "Patient/1", "Organization/center")


@given(parsers.parse("所管課長が、{day}のケース検討会を招集している"))
@when(parsers.parse("所管課長が、{day}のケース検討会を招集する"))
def _(town: Acting, day: str) -> None:
    _coordinated(town)
    town.made("conv", "会議", meeting(iso(day)), MEETING)
    town.known["日"] = iso(day)


def _coordinated(town: Acting) -> None:
    """Who convenes reads the case by its coordination, which needs neither a consent nor a request of the persons."""
    if "調整" not in town.known:
        task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref("Group/g")}
        task |= {"code": concept("task-code", "coordinate"), "reasonCode": concept("coordination-ground", "no-roles")}
        task |= {"focus": ref("CarePlan/k"), "requester": ref("Organization/center")}
        town.made("p", "調整", task | {"owner": ref("PractitionerRole/co")})
        assert town.put("co", "調整", status="accepted").status == 200, town.said


@given("会議が開かれ、全員が守秘義務を二度確認している")
def _(town: Acting) -> None:
    town.on(town.known["日"])
    letters(town, "会議")
    answers(town)
    assert town.put("conv", "会議", MEETING, status="in-progress").status == 200, town.said
    letters(town, "会議")
    answers(town)


def letters(town: Acting, name: str, text: str = "") -> None:
    body: Json = {"resourceType": "Parameters", "parameter": [{"name": "text", "valueString": text or "10時から"}]}
    town.ask("conv", "POST", f"{town.known[name]}/$invite", body, MEETING)


def answers(town: Acting) -> None:
    for who in ("conv", *SEATED):
        answer(town, who)
        assert town.answer.status == 201, town.said


def answer(town: Acting, who: str) -> None:
    town.ask(who, "POST", f"{town.known['会議']}/$acknowledge", {"resourceType": "Parameters"}, MEETING)


@when("所管課長が、その会議を取りやめる")
def _(town: Acting) -> None:
    assert town.put("conv", "会議", MEETING, status="cancelled").status == 200, town.said


@when("所管課長が、根拠の条項のない会議を招集する")
def _(town: Acting) -> None:
    _coordinated(town)
    town.create("conv", "会議", meeting("2026-12-10", basis=False), MEETING)


@when(parsers.re(r"(?P<day>\d+年\d+月\d+日)になる"))
def _(town: Acting, day: str) -> None:
    town.on(day)


@when(parsers.parse("所管課長が、「{direction}」と決めて会議を閉じる"))
def _(town: Acting, direction: str) -> None:
    parts: list[Json] = [
        {"url": "outcome", "valueCoding": own("conference-outcome", "decided")},
        {"url": "direction", "valueString": direction},
        {"url": "priority", "valueString": "まず民生委員と訪問する"},
    ]
    said = town.read("conv", "会議", MEETING)["extension"]
    decision = extension("conference-decision", extension=parts)
    town.put("conv", "会議", MEETING, status="finished", extension=[*said, decision])


@when(parsers.parse("所管課長が、「{text}」と添えて全員を一度に招集する"))
@when("所管課長が、もう一度全員を招集する")
def _(town: Acting, text: str = "") -> None:
    letters(town, "会議", text)


@when("別の機関の担当者が、全員を招集しようとする")
def _(town: Acting) -> None:
    letters(town, "会議")
    seats = town.read("conv", "会議", MEETING)["participant"]
    seat = {"type": [concept("role", "member")], "individual": ref("PractitionerRole/adv")}
    assert town.put("conv", "会議", MEETING, participant=[*seats, seat]).status == 200, town.said
    town.ask("q", "POST", f"{town.known['会議']}/$invite", {"resourceType": "Parameters"}, MEETING)


@when("所管課長が会議を開き、全員に冒頭の説明をする")
def _(town: Acting) -> None:
    town.on(town.known["日"])
    assert town.put("conv", "会議", MEETING, status="in-progress").status == 200, town.said
    letters(town, "会議")
    assert town.answer.status == 201, town.said


@then("アドバイザーは、守秘義務を二度確認できる")
def _(town: Acting) -> None:
    for status in (201, 201, 422):
        answer(town, "adv")
        assert town.answer.status == status, town.said


@when("所管課長が会議を開こうとする")
def _(town: Acting) -> None:
    town.on(town.known["日"])
    town.put("conv", "会議", MEETING, status="in-progress")


@when(parsers.re("(?P<who>別の機関の担当者|緊急対応の担当者)が、守秘義務を確認する"))
def _(town: Acting, who: str) -> None:
    answer(town, WHO[who])


@when(parsers.re("センターの担当者が、(五つの項目を埋めた|(?P<lacking>.+)のない)資料を会議に出す"))
def _(town: Acting, lacking: str | None) -> None:
    said = [each for each in HEADINGS if each != lacking]
    paper: Json = {"resourceType": "QuestionnaireResponse", "questionnaire": FORM, "status": "completed"}
    paper |= {"subject": ref("Group/g")} | ({} if lacking == "会議" else {"encounter": ref(town.known["会議"])})
    items = [{"linkId": each, "answer": [{"valueString": "特になし"}]} for each in said]
    town.create("p", "資料", paper | {"item": items}, MEETING)


@when(parsers.re("センターの担当者が、(?P<said>できないこと.*)を書いた資料を会議に出す"))
def _(town: Acting, said: str) -> None:
    items = [{"linkId": each, "answer": [{"valueString": "特になし"}]} for each in HEADINGS]
    items += [{"linkId": link, "answer": [{"valueString": text}]} for link, text in opinion(said)]
    paper: Json = {"resourceType": "QuestionnaireResponse", "questionnaire": FORM, "status": "completed"}
    paper |= {"subject": ref("Group/g"), "encounter": ref(town.known["会議"]), "item": items}
    town.create("p", "資料", paper, MEETING)


@when("センターの担当者が、前の版の資料を会議に出す")
def _(town: Acting) -> None:
    items = [{"linkId": each, "answer": [{"valueString": "特になし"}]} for each in HEADINGS]
    paper: Json = {"resourceType": "QuestionnaireResponse", "questionnaire": f"{FORM}|0.1.0", "status": "completed"}
    paper |= {"subject": ref("Group/g"), "encounter": ref(town.known["会議"]), "item": items}
    town.create("p", "資料", paper, MEETING)


def opinion(said: str) -> list[tuple[str, str]]:
    """What is said, by the part of the form or of the opinion that holds it."""
    parts = [("cannot", "毎週の訪問はできない")]
    if "どうやったら" in said:
        empty = {"点だけ": "。", "なし": "なし", "同じ文": "毎週の訪問は、できない。"}
        how = next((text for word, text in empty.items() if word in said), "月に一度なら、保健師と一緒に訪問できる")
        parts.append(("how", how))
    return parts


def constructive(said: str) -> list[Json]:
    parts: list[Json] = [{"url": part, "valueString": text} for part, text in opinion(said)]
    return [extension("constructive-opinion", extension=parts)]


@when(parsers.re("別の機関の担当者が、会議で(?P<said>できないこと.*)の意見を述べる"))
def _(town: Acting, said: str) -> None:
    word: Json = {"resourceType": "Communication", "status": "completed", "encounter": ref(town.known["会議"])}
    word |= {"subject": ref("Group/g"), "sender": ref("PractitionerRole/q"), "extension": constructive(said)}
    town.create("q", "意見", word | {"payload": [{"contentString": "訪問について"}]}, MEETING)


@when(parsers.re("所管課長が、議事録の(?P<deep>奥の)?項目に(?P<said>できないこと.*)を書く"))
def _(town: Acting, deep: str | None, said: str) -> None:
    text = {"status": "additional", "div": '<div xmlns="http://www.w3.org/1999/xhtml">訪問について</div>'}
    section: Json = {"title": "別の機関の意見", "text": text, "extension": constructive(said)}
    if deep:
        section = {"title": "意見", "section": [section]}
    minutes: Json = {"resourceType": "Composition", "status": "final", "date": "2026-12-10", "title": "議事録"}
    minutes |= {"type": {"text": "議事録"}, "encounter": ref(town.known["会議"]), "subject": ref("Group/g")}
    minutes |= {"author": [ref("PractitionerRole/conv")], "section": [section]}
    town.create("conv", "議事録", minutes, MEETING)


@then("所管課長と推進員は、会議のために意見を読める")
def _(town: Acting) -> None:
    for who in ("conv", "co"):
        found = town.found(who, f"Communication?encounter={town.known['会議']}&sender=PractitionerRole/q", MEETING)
        opinions = [each["extension"] for each in found if "extension" in each]
        assert opinions == [constructive("できないこととどうやったら出来るのか")]


@when("センターの担当者が、母のこころの問題の困りごとを加える")
def _(town: Acting) -> None:
    town.calling.town.write(actor("p"), concern("d", "1", code=concept("concern-field", "mental-health")))


@when("センターの担当者が、世帯全体の住まいの困りごとを加える")
def _(town: Acting) -> None:
    housing = concern("h", "1", code=concept("concern-field", "housing"), subject=ref("Group/g"))
    town.calling.town.write(actor("p"), housing)


@when("センターの担当者が、世帯に一人を加える")
def _(town: Acting) -> None:
    town.calling.town.write(actor("p"), patient("9"))
    town.known["世帯"] = "Group/g"
    members = [{"entity": ref(f"Patient/{each}")} for each in ("1", "9")]
    assert town.put("p", "世帯", member=members).status == 200, town.said


@when("所管課長が、アドバイザーを席に加える")
def _(town: Acting) -> None:
    seats = town.read("conv", "会議", MEETING)["participant"]
    seat = {"type": [concept("role", "member")], "individual": ref("PractitionerRole/adv")}
    town.put("conv", "会議", MEETING, participant=[*seats, seat])


@when(parsers.re("所管課長が、(?P<who>別の機関|主管課)の席を外す"))
def _(town: Acting, who: str) -> None:
    seats = town.read("conv", "会議", MEETING)["participant"]
    gone = ref(f"PractitionerRole/{ {'別の機関': 'q', '主管課': 'lead'}[who] }")
    town.put("conv", "会議", MEETING, participant=[each for each in seats if each["individual"] != gone])


@when("所管課長が、主管課を招集に加える")
def _(town: Acting) -> None:
    seats = town.read("conv", "会議", MEETING)["participant"]
    seat = {"type": [concept("role", "member")], "individual": ref("PractitionerRole/lead")}
    assert town.put("conv", "会議", MEETING, participant=[*seats, seat]).status == 200, town.said


@when(parsers.parse("所管課長が、「{field}」の分野の機関がいない理由を書く"))
def _(town: Acting, field: str) -> None:
    said = town.read("conv", "会議", MEETING)["extension"]
    assert town.put("conv", "会議", MEETING, extension=[*said, _gap(field)]).status == 200, town.said


@then(
    parsers.re(
        "推進員、所管課長、主管課の「することの一覧」に(、期限 (?P<day>.+) の)?「(?P<kind>.+)」(が|は)出(る|ない)"
    )
)
def _(town: Acting, day: str | None, kind: str) -> None:
    for who in ("co", "conv", "lead"):
        assert [each["due"] for each in town.items(who, kind)] == ([day] if day else []), (who, town.said)


@then(parsers.re("(?P<who>[^、]+)の「することの一覧」に「(?P<kind>[a-z-]+)」(?P<outcome>が出る|は出ない)"))
def _(town: Acting, who: str, kind: str, outcome: str) -> None:
    found = town.parts(WHO[who], "$worklist", "item", MEETING)
    assert bool([each for each in found if each["kind"] == kind]) == (outcome == "が出る"), town.said


@then("別の機関の担当者が会議のために事例を読むと読める")
def _(town: Acting) -> None:
    assert town.ask("q", "GET", "CarePlan/k", purpose=MEETING).status == 200, town.said


@then(
    parsers.re("(?P<who>.+の担当者)が「(?P<purpose>.+)」のために母の困りごとを読むと(?P<outcome>読める|見つからない)")
)
def _(town: Acting, who: str, purpose: str, outcome: str) -> None:
    found = town.ask(WHO[who], "GET", "Condition/c", purpose=purpose)
    assert found.status == (200 if outcome == "読める" else 404), town.said


@then("招集通知は全員にあてられ、いま用いられる罰則の説明が入っている")
def _(town: Acting) -> None:
    [letter] = town.found("conv", "Communication?category=invitation", MEETING)
    assert {each["reference"] for each in letter["recipient"]} == {
        f"PractitionerRole/{who}" for who in ("conv", *SEATED)
    }
    assert [each["code"] for each in letter["topic"]["coding"]] == ["art9-from-2025-06"]
    assert "市役所本庁舎で" in letter["payload"][0]["contentString"]
    assert "拘禁刑" in letter["payload"][1]["contentString"]


@then("招集通知は1通のまま")
def _(town: Acting) -> None:
    assert town.answer.status == 200, town.said
    assert len(town.found("conv", "Communication?category=invitation", MEETING)) == 1
