from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from api.http.answer import Answer
from tests.laws.worlds import concept, extension, ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.people import NOW
from tests.unit.consent.town import INSTALLER, actor, case, conference, coordination, household, patient, roster
from tests.world.ruled import unruled

scenarios("fund.feature")

Json = dict[str, Any]
WHO = {"担当者": "p", "推進員": "co", "主管課": "lead", "管理者": "holder", "ファンドの管理者": "holder"}
ADVISERS = {"関係する分野のアドバイザー": "near", "別の分野のアドバイザー": "far"}


class Fund:
    """A town with a fund, asked by calls of plain values, and what was answered last."""

    def __init__(self, calling: Calling) -> None:
        self.calling, self.town = calling, calling.town
        self.answer = Answer()
        self.request = self.former = self.consulted = ""
        self.now = NOW

    def ask(self, who: str, method: str, url: str, body: Json | None = None) -> None:
        asking = replace(actor(who), now=self.now)
        self.answer = self.calling.ask(asking, method, url, body, {"prefer": "return=OperationOutcome"})

    def put(self, who: str, name: str, **elements: Any) -> None:
        self.ask(who, "PUT", name, self.town.read(actor("p" if who == "p" else "holder"), name) | elements)

    def create(self, who: str, body: Json) -> str:
        self.ask(who, "POST", body["resourceType"], body)
        made = self.answer.headers.get("location", "")
        return "/".join(made.split("/")[-4:-2]) if made else ""


@pytest.fixture
def fund(calling: Calling) -> Fund:
    holder = [{"resourceType": "Practitioner", "id": "holder"}, _post("holder", "council", "fund-holder")]
    near = [{"resourceType": "Practitioner", "id": "near"}, _post("near", "other", "adviser", "mental-health")]
    far = [{"resourceType": "Practitioner", "id": "far"}, _post("far", "other", "adviser", "medical")]
    calling.town.write(INSTALLER, *holder, *near, *far)
    return Fund(calling)


def _post(id: str, agency: str, role: str, field: str = "") -> Json:
    post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{id}")}
    post |= {"organization": ref(f"Organization/{agency}"), "code": [concept("role", role)]}
    return post | ({"specialty": [concept("adviser-field", field)]} if field else {})


def _said(kind: str, **value: Any) -> Json:
    return {"type": concept("fund-input", kind), **value}


def _yen(amount: int) -> Json:
    return {"valueMoney": {"value": amount, "currency": "JPY"}}


def _inputs(amount: int) -> dict[str, Json]:
    return {
        "amount": _said("amount", **_yen(amount)),
        "payee": _said("payee", valueReference=ref("Organization/center")),
        "expense": _said("expense", valueCodeableConcept=concept("expense-kind", "certificate")),
        "service": _said("service", valueString="精神障害者保健福祉手帳の更新"),
        "first": _said("first-introduction", valueBoolean=True),
        "need": _said("need", valueString="手帳が切れたまま、どの制度にもつながっていない"),
        "independence": _said("independence", valueString="手帳により就労の支援につながる"),
        "field": _said("field", valueCodeableConcept=concept("adviser-field", "mental-health")),
        "checked": _said(
            "checked-service",
            valueString="生活福祉資金貸付",
            extension=[extension("why-not", valueString="返済の見込みがなく対象にならない")],
        ),
    }


def _request(yen: int, **changes: Json | None) -> Json:
    inputs = [each for each in (_inputs(yen) | changes).values() if each]
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref("Group/g")}
    task |= {"code": concept("task-code", "fund-request"), "requester": ref("Organization/center")}
    return task | {"owner": ref("PractitionerRole/holder"), "input": inputs}


@given(parsers.parse("ファンドに {amount:d} 円が入金されている"))
def _(fund: Fund, amount: int) -> None:
    fund.create("holder", _deposit(amount))
    assert fund.answer.status == 201, fund.answer.body


def _deposit(amount: int) -> Json:
    task: Json = {"resourceType": "Task", "status": "completed", "intent": "order", "description": "寄付による基金"}
    task |= {"code": concept("task-code", "fund-deposit"), "requester": ref("Organization/council")}
    task |= {"executionPeriod": {"end": "2019-10-31T20:00:00Z"}}
    return task | {"owner": ref("Organization/council"), "input": [_said("amount", **_yen(amount))]}


@given("世帯が記録されている")
def _(fund: Fund) -> None:
    fund.town.write(actor("p"), patient("1"), household("1"), case())


@given("推進員が世帯の事例を受け付け、ケース検討会が開かれている")
def _(fund: Fund) -> None:
    town = fund.town
    town.write(actor("p"), coordination("requested"))
    town.write(actor("co"), coordination() | {"meta": {"versionId": "1"}})
    town.write(actor("conv"), roster("p", "co", "lead"))
    town.write(actor("conv"), conference("planned", "p", "co", "lead"))
    town.write(actor("conv"), conference("in-progress", "p", "co", "lead") | {"meta": {"versionId": "1"}})


@when(parsers.re(r"((?P<day>[\d-]+) に)?担当者が(?P<how>緊急に|理由を書いて)? ?(?P<amount>\d+) 円を申請する"))
def _(fund: Fund, day: str | None, how: str | None, amount: str) -> None:
    if day:
        fund.now = datetime.fromisoformat(f"{day}T10:00:00+09:00")
    reason = _said("reason", valueString="診断書が二通要るため") if how == "理由を書いて" else None
    request = _request(int(amount), reason=reason) | ({"priority": "urgent"} if how == "緊急に" else {})
    fund.request = fund.create("p", request)


@when(parsers.re(r"担当者が「(?P<lacking>[^」]+)」申請をする"))
def _(fund: Fund, lacking: str) -> None:
    payees = {"支援者": "PractitionerRole/p", "本人": "Patient/1", "ファンドの管理者": "Organization/council"}
    without: dict[str, dict[str, Json | None]] = {
        "最初の導入と書いていない": {"first": None},
        "導入するサービスがない": {"service": None},
        "届いていない事情がない": {"need": None},
        "費用の種類がない": {"expense": None},
        "自立を妨げない理由がない": {"independence": None},
        "確かめたサービスがない": {"checked": None},
        "使えない理由がない": {"checked": _said("checked-service", valueString="生活福祉資金貸付")},
        "費用の種類がその他で、何の費用か分からない": {
            "expense": _said("expense", valueCodeableConcept=concept("expense-kind", "other"))
        },
        "事情が点だけの": {"need": _said("need", valueString="。")},
        "自立を妨げない理由が点だけの": {"independence": _said("independence", valueString="。")},
        "使えない理由が点だけの": {
            "checked": _said(
                "checked-service",
                valueString="生活福祉資金貸付",
                extension=[extension("why-not", valueString="・")],
            )
        },
        "三万円を超えた理由が点だけの": {
            "amount": _said("amount", **_yen(30_001)),
            "reason": _said("reason", valueString="。"),
        },
        "金額がない": {"amount": None},
        "三万円を超えて理由がない": {"amount": _said("amount", **_yen(30_001))},
        **{f"{who}に支払う": {"payee": _said("payee", valueReference=ref(to))} for who, to in payees.items()},
    }
    request = _request(12_000, **without.get(lacking, {}))
    if lacking == "緊急なのに関係する分野がない":
        request = _request(12_000, field=None) | {"priority": "urgent"}
    if lacking == "世帯がない":
        request["for"] = ref("Patient/1")
    if lacking == "管理者でない人にあてる":
        request["owner"] = ref("PractitionerRole/q")
    fund.create("p", request)


@when(parsers.re(r"(?P<who>ファンドの管理者|推進員)が申請を受け付けようとする"))
def _(fund: Fund, who: str) -> None:
    if not fund.request:
        fund.request = fund.create("p", _request(12_000))
    fund.put(WHO[who], fund.request, status="accepted")


@when(parsers.parse("ファンドの管理者が申請を受け付けて {amount:d} 円を支払う"))
def _(fund: Fund, amount: int) -> None:
    fund.put("holder", fund.request, status="accepted")
    assert fund.answer.status == 200, fund.answer.body
    fund.put("holder", fund.request, status="completed", output=[_said("paid", **_yen(amount))])


def _consultation(fund: Fund, owner: str, requester: str) -> Json:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "focus": ref(fund.request)}
    task |= {"code": concept("task-code", "fund-consultation"), "description": "手帳の更新の費用を急いで出してよいか"}
    return task | {"requester": ref(requester), "owner": ref(f"PractitionerRole/{owner}")}


@when(parsers.re(r"推進員が「(?P<whom>[^」]+)」に諮り、答えを得る"))
def _(fund: Fund, whom: str) -> None:
    who = (WHO | ADVISERS)[whom]
    asked = _consultation(fund, who, "Organization/council")
    fund.consulted = name = fund.create("co", asked)
    assert fund.answer.status == 201, fund.answer.body
    answer = [{"type": {"text": "答え"}, "valueString": "差し支えない"}]
    for status, said in (("accepted", {}), ("completed", {"output": answer})):
        fund.ask(who, "PUT", name, asked | {"id": name.partition("/")[2], "status": status} | said)
        assert fund.answer.status == 200, fund.answer.body


@when(
    parsers.re(r"推進員が主管課に諮り、主管課が(?P<how>答えを書かずに|「はい」か「いいえ」だけを答えて)終えようとする")
)
def _(fund: Fund, how: str) -> None:
    output = {} if how == "答えを書かずに" else {"output": [{"type": {"text": "答え"}, "valueBoolean": True}]}
    asked = _consultation(fund, "lead", "Organization/council")
    name = fund.create("co", asked)
    fund.ask("lead", "PUT", name, asked | {"id": name.partition("/")[2], "status": "completed"} | output)


_ANSWERED: Json = {"status": "completed", "output": [{"type": {"text": "答え"}, "valueString": "差し支えない"}]}


@when(
    parsers.re(
        r"推進員が「(?P<whom>[^」]+)」に(?P<paper>紙で)?諮り、(主管課の代わりに自分で答えようとする|その答えを書きとめる)"
    )
)
def _(fund: Fund, whom: str, paper: str | None) -> None:
    asked = _consultation(fund, (WHO | ADVISERS)[whom], "Organization/council")
    if paper:
        asked["extension"] = [extension("carried-on-paper", valueBoolean=True)]
    name = fund.create("co", asked)
    assert fund.answer.status == 201, fund.answer.body
    fund.ask("co", "PUT", name, asked | {"id": name.partition("/")[2]} | _ANSWERED)


@when("推進員が、答えのある諮りを初めから書こうとする")
def _(fund: Fund) -> None:
    fund.create("co", _consultation(fund, "lead", "Organization/council") | _ANSWERED)


@when("担当者が主管課にほかのことを尋ね、答えを得て、それを諮りに変えようとする")
def _(fund: Fund) -> None:
    asked = _consultation(fund, "lead", "Organization/center")
    code = asked.pop("code")
    name = fund.create("p", asked)
    said = [{"type": concept("task-outcome", "supported"), "valueString": "ほかのことへの答え"}]
    done = asked | {"id": name.partition("/")[2], "status": "completed", "output": said}
    for each in (done | {"status": "accepted", "output": []}, done):
        fund.ask("lead", "PUT", name, {key: value for key, value in each.items() if value != []})
        assert fund.answer.status == 200, fund.answer.body
    fund.ask("p", "PUT", name, done | {"code": code})


@when(parsers.parse("担当者が、申請の金額を {amount:d} 円に変えようとする"))
def _(fund: Fund, amount: int) -> None:
    fund.put("p", fund.request, input=_request(amount, reason=_said("reason", valueString="診断書が要る"))["input"])


@when(parsers.re("推進員が、得た答えを(?P<how>別の申請への答えに変え|消そ)(よ)?うとする"))
def _(fund: Fund, how: str) -> None:
    if how == "消そ":
        fund.ask("co", "DELETE", fund.consulted)
        return
    other = fund.create("p", _request(12_000) | {"priority": "urgent"})
    said = fund.town.read(actor("co"), fund.consulted) | {"focus": ref(other)}
    fund.ask("co", "PUT", fund.consulted, said)


@when(parsers.re("ファンドの管理者が、(?P<how>申請を断|理由を書かずに申請を保留にし)(ろ|よ)うとする"))
def _(fund: Fund, how: str) -> None:
    fund.put("holder", fund.request, status="rejected" if how == "申請を断" else "on-hold")


@when(parsers.parse("担当者が {amount:d} 円を続けて申請する"))
def _(fund: Fund, amount: int) -> None:
    fund.former, fund.request = fund.request, fund.create("p", _request(amount))


@when(parsers.parse("ファンドの管理者が先の申請を受け付けて {amount:d} 円を支払う"))
def _(fund: Fund, amount: int) -> None:
    fund.put("holder", fund.former, status="accepted")
    assert fund.answer.status == 200, fund.answer.body
    fund.put("holder", fund.former, status="completed", output=[_said("paid", **_yen(amount))])


@when("担当者が自分で主管課に諮ろうとする")
def _(fund: Fund) -> None:
    fund.create("p", _consultation(fund, "lead", "Organization/center"))


@when("担当者が申請を消そうとする")
def _(fund: Fund) -> None:
    fund.ask("p", "DELETE", fund.request)


@when("担当者が支払い済みの申請の金額を変えようとする")
def _(fund: Fund) -> None:
    fund.put("p", fund.request, output=[_said("paid", **_yen(1))])


@when(parsers.re(r"(?P<who>管理者|主管課|担当者|推進員)が残高を見る"))
def _(fund: Fund, who: str) -> None:
    fund.ask(WHO[who], "GET", "$fund-balance")


@when("担当者がファンドに入金しようとする")
def _(fund: Fund) -> None:
    fund.create("p", _deposit(5_000) | {"requester": ref("Organization/center"), "owner": ref("Organization/center")})


@then(parsers.parse("残高は {amount:d} 円である"))
def _(fund: Fund, amount: int) -> None:
    fund.ask("holder", "GET", "$fund-balance")
    told = orjson.loads(fund.answer.body)["parameter"]
    assert told[0]["valueMoney"] == {"value": amount, "currency": "JPY"}
    entries = [{part["name"]: part for part in each["part"]} for each in told if each["name"] == "entry"]
    assert sum(each["amount"]["valueMoney"]["value"] for each in entries) == amount
    assert entries[-1]["balance"]["valueMoney"]["value"] == amount
    assert entries[0]["date"]["valueDate"] == "2019-11-01", "by the city's calendar"


@then("受け付けられる")
def _(fund: Fund) -> None:
    assert fund.answer.status in (200, 201), fund.answer.body


@then("許されない")
def _(fund: Fund) -> None:
    assert fund.answer.status == 403, fund.answer.body
    assert unruled(fund.answer.body) == []


@then(parsers.re(r"(?P<who>推進員|担当者)の一覧に、諮る申請(?P<there>が出る|は出ない)"))
def _(fund: Fund, who: str, there: str) -> None:
    fund.ask(WHO[who], "GET", "$worklist")
    items = [{part["name"]: part for part in each["part"]} for each in orjson.loads(fund.answer.body)["parameter"]]
    kind = (each for each in items if each["kind"]["valueCode"] == "consult-on-fund")
    expected = [fund.request] if there == "が出る" else []
    assert [each["record"]["valueReference"]["reference"] for each in kind] == expected


@then(parsers.re(r"(?P<rules>[RPDF]\d+a?(または[RPDF]\d+a?)?)により断られる"))
def _(fund: Fund, rules: str) -> None:
    assert fund.answer.status == 422, fund.answer.body
    issues = orjson.loads(fund.answer.body)["issue"]
    named = {each["details"]["coding"][0]["code"] for each in issues if "coding" in each["details"]}
    assert named & set(rules.split("または")), named


@then(parsers.re(r"答えには「(?P<words>.+)」とある"))
def _(fund: Fund, words: str) -> None:
    assert words in fund.answer.body.decode(), fund.answer.body.decode()
