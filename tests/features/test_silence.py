from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from api.beside.overdue import Overdue
from tests.features.steps import acted
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.town import INSTALLER, actor, concern, patient
from tests.world.acting import Acting
from tests.world.ruled import unruled

scenarios("silence.feature")
acted.steps()

Json = dict[str, Any]
WHO = {"頼まれた機関": "q", "依頼を受けた機関": "q", "頼んだ機関": "p", "推進員": "co", "主管課": "lead"}
NAME = "水無瀬 かおり"


def ask(town: Acting, **said: Any) -> None:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    task |= {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    town.made("p", "依頼", task | said)


def look(town: Acting) -> None:
    """What is overdue is looked for, as the server does it beside the requests."""

    async def looked() -> None:
        work = Overdue(town.calling.town.gate, town.clock, 5)
        while await work.waiting():
            await work.step()

    town.calling.town.run(looked())


def calls(town: Acting, who: str = "co") -> list[Json]:
    return town.found(who, "Task?code=escalate-to-coordinator")


@given(parsers.parse("センターが {day}に、母のことで別の機関へ依頼をしている"))
def _(town: Acting, day: str) -> None:
    town.on(day)
    town.calling.town.write(actor("p"), patient("1") | {"name": [{"text": NAME}]}, concern("c", "1"))
    ask(town)


@given(parsers.parse("センターが、{day}に、2019年4月1日付けの依頼を書いている"))
def _(town: Acting, day: str) -> None:
    town.on(day)
    town.put("p", "依頼", status="cancelled")
    ask(town, authoredOn="2019-04-01")


@given("推進員の職が終わっている")
def _(town: Acting) -> None:
    _post(town, active=False)


@when(parsers.parse("推進員の職が置かれ、{day}に、期限が確かめられる"))
def _(town: Acting, day: str) -> None:
    _post(town, active=True)
    town.on(day)
    look(town)


@when(parsers.parse("{day}に、期限が確かめられる"))
def _(town: Acting, day: str) -> None:
    town.on(day)
    look(town)


@when(parsers.parse("依頼を受けた機関が、{day}に「{why}」として {until}まで保留にする"))
def _(town: Acting, day: str, why: str, until: str) -> None:
    town.on(day)
    reason = {"text": why, "extension": [extension("look-again", valueDate="2027-01-08")]}
    assert town.put("q", "依頼", status="on-hold", statusReason=reason).status == 200, town.said


@when(parsers.re("頼まれた機関が、(?P<how>推進員への連絡を、自分の機関の職にあてて書く|依頼について推進員に連絡する)"))
def _(town: Acting, how: str) -> None:
    call_coordinator(town, "PractitionerRole/q" if "自分" in how else "PractitionerRole/co")


@when(parsers.parse("{day}に、頼まれた機関が推進員に連絡し、すぐに取り下げる"))
def _(town: Acting, day: str) -> None:
    town.on(day)
    call_coordinator(town, "PractitionerRole/co")
    assert town.put("q", "自分の連絡", status="cancelled").status == 200, town.said


def call_coordinator(town: Acting, owner: str) -> None:
    """Who was asked calls about the request."""
    call: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "owner": ref(owner)}
    call |= {"code": concept("task-code", "escalate-to-coordinator"), "requester": ref("Organization/other")}
    town.create("q", "自分の連絡", call | {"partOf": [ref(town.known["依頼"])], "for": ref("Patient/1")})


@when(parsers.parse("推進員が替わり、{day}に、期限が確かめられる"))
def _(town: Acting, day: str) -> None:
    post: Json = {"resourceType": "PractitionerRole", "id": "co2", "practitioner": ref("Practitioner/co2")}
    post |= {"organization": ref("Organization/council"), "code": [concept("role", "coordinator")]}
    town.calling.town.write(INSTALLER, {"resourceType": "Practitioner", "id": "co2"}, post)
    _post(town, active=False)
    town.on(day)
    look(town)


@then("新しい推進員に届いた連絡は1件")
def _(town: Acting) -> None:
    mine = [each for each in calls(town, "co2") if each["owner"] == ref("PractitionerRole/co2")]
    assert [each["partOf"] for each in mine] == [[ref(town.known["依頼"])]]


@when("推進員が、担当の決め直しを助言して連絡に答える")
def _(town: Acting) -> None:
    [call] = calls(town)
    town.known["連絡"] = f"Task/{call['id']}"
    assert town.put("co", "連絡", status="accepted").status == 200, town.said
    output = [{"type": concept("task-outcome", "supported"), "valueString": "担当の決め直しを助言した"}]
    assert town.put("co", "連絡", status="completed", output=output).status == 200, town.said


@when(parsers.parse("{who}が、依頼を「{status}」にする"))
def _(town: Acting, who: str, status: str) -> None:
    assert town.put(WHO[who], "依頼", status=status).status == 200, town.said


@when("頼まれた機関が、返事のない依頼の知らせを自分で書く")
def _(town: Acting) -> None:
    letter: Json = {"resourceType": "Communication", "status": "completed"}
    town.create("q", "知らせ", letter | {"category": [concept("communication-category", "overdue-notice")]})


@then("推進員に届いた連絡はない")
def _(town: Acting) -> None:
    assert calls(town) == []


@then(parsers.parse("推進員に届いた連絡は{count:d}件"))
def _(town: Acting, count: int) -> None:
    found = calls(town)
    assert len(found) == count
    for call in found:
        assert call["partOf"] == [ref(town.known["依頼"])]
        assert call["owner"] == ref("PractitionerRole/co")


@then(parsers.re(r"推進員が依頼を読むと(?P<outcome>読める|見つからない)"))
def _(town: Acting, outcome: str) -> None:
    assert town.ask("co", "GET", town.known["依頼"]).status == (200 if outcome == "読める" else 404)


@then("推進員に母の氏名は見え、困りごとは見えない")
def _(town: Acting) -> None:
    assert town.ask("co", "GET", "Patient/1").status == 200
    assert NAME in town.said
    assert town.ask("co", "GET", "Condition/c").status == 404


@then("推進員の「することの一覧」に、その連絡が「answer-request」として出る")
def _(town: Acting) -> None:
    [call] = calls(town)
    assert ref(f"Task/{call['id']}") in [each["record"] for each in town.items("co", "answer-request")]


@then(parsers.re(r"(?P<who>頼んだ機関|頼まれた機関)に、返事のない依頼の知らせが1通届いている"))
def _(town: Acting, who: str) -> None:
    [letter] = town.found(WHO[who], "Communication?category=overdue-notice")
    assert letter["about"][0] == ref(town.known["依頼"])
    assert NAME not in str(letter)
    [call] = calls(town)
    assert town.ask(WHO[who], "GET", f"Task/{call['id']}").status == 200


@then("主管課に、返事のない依頼の知らせは届いていない")
def _(town: Acting) -> None:
    assert town.found("lead", "Communication?category=overdue-notice") == []


@then("頼まれた機関は、今からでも依頼を受け付けられる")
def _(town: Acting) -> None:
    assert town.put("q", "依頼", status="accepted").status == 200, town.said


@then("許されない")
def _(town: Acting) -> None:
    assert town.answer.status == 403, town.said
    assert unruled(town.answer.body) == []


def _post(town: Acting, *, active: bool) -> None:
    [post] = [each for each in town.found("p", "PractitionerRole") if each["id"] == "co"]
    town.calling.town.write(INSTALLER, post | {"active": active})
