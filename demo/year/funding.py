"""The fund 生活再建・自立支援ファンド: paid in, and asked for the entrance to a service that no system pays for.

F1 to F10 of the domain; okayama-2019.txt s26, s28
"""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.year import coded
from demo.year.coded import Json, ref
from demo.year.coordinating import coordinator
from demo.year.household import Household
from demo.year.referring import Course
from demo.year.town import Town

BEGINS = date(2019, 10, 1)
"""From this day it pays (F10)."""

PORTION = 3_000_000
"""So much is paid in at once, in yen."""
_HOLDER = "PractitionerRole/role-fund-holder"


def pay_in(town: Town) -> None:
    """What the fund has for the year, and once more where that was paid out: so many may ask in a large city."""
    task: Json = {"resourceType": "Task", "status": "completed", "intent": "order", "description": "寄付による基金"}
    task |= {"code": coded.concept("task-code", "fund-deposit"), "requester": ref("Organization/council")}
    task |= {"owner": ref("Organization/council"), "input": [_said("amount", **_yen(PORTION))]}
    town.post("paid-in", "fund-holder", "Task", task)
    town.fund += PORTION


def asked(town: Town, home: Household) -> Course:
    """The case was received by the coordinator and raised in a conference: the fund pays the agency (F4, F5)."""
    amount = home.chance.randrange(3_000, 30_000, 500)
    request = town.post("fund-asked", home.officer, "Task", _request(home, amount)).created[0]
    yield 3
    _pay(town, request, amount)


def asked_in_emergency(town: Town, home: Household) -> Course:
    """It cannot wait for a meeting: the coordinator consults the lead section and the adviser concerned (F6)."""
    request = _request(home, 8_000, "就職の面接に行く服と交通費") | {"priority": "urgent"}
    name = town.post("fund-urgent", home.officer, "Task", request).created[0]
    for who in ("lead-section", town.advisers["mental-health"]):
        consulted: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "focus": ref(name)}
        consulted |= {"code": coded.concept("task-code", "fund-consultation"), "description": "急いで支払ってよいか"}
        consulted |= {"requester": ref("Organization/council"), "owner": ref(f"PractitionerRole/role-{who}")}
        asked = town.post("fund-consulted", coordinator(home), "Task", consulted).created[0]
        town.change("fund-heard", who, asked, status="accepted")
        answer = [{"type": {"text": "答え"}, "valueString": "差し支えない。ほかに使える制度はない"}]
        town.change("fund-advised", who, asked, status="completed", output=answer)
    yield 1
    _pay(town, name, 8_000)


def _pay(town: Town, request: str, amount: int) -> None:
    """No more is paid than there is (F10)."""
    if town.fund < amount:
        pay_in(town)
    town.change("fund-taken", "fund-holder", request, status="accepted")
    paid = [_said("paid", **_yen(amount))]
    town.change("fund-paid", "fund-holder", request, status="completed", output=paid)
    town.fund -= amount


def _request(home: Household, amount: int, service: str = "障害者手帳の更新") -> Json:
    why = coded.extension("why-not", valueString="返済の見込みがなく対象にならない")
    inputs = [
        _said("amount", **_yen(amount)),
        _said("payee", valueReference=ref(home.keeper)),
        _said("expense", valueCodeableConcept=coded.concept("expense-kind", "certificate")),
        _said("service", valueString=service),
        _said("first-introduction", valueBoolean=True),
        _said("need", valueString="手帳が切れたまま、どの制度にもつながっていない"),
        _said("independence", valueString="手帳により就労の支援につながる"),
        _said("field", valueCodeableConcept=coded.concept("adviser-field", "mental-health")),
        _said("checked-service", valueString="生活福祉資金貸付", extension=[why]),
    ]
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref(home.group)}
    task |= {"code": coded.concept("task-code", "fund-request"), "requester": ref(home.keeper)}
    return task | {"owner": ref(_HOLDER), "input": inputs}


def _said(kind: str, **value: Any) -> Json:
    return {"type": coded.concept("fund-input", kind), **value}


def _yen(amount: int) -> Json:
    return {"valueMoney": {"value": amount, "currency": "JPY"}}
