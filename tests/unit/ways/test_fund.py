"""What may be done instead where the fund or a consultation on it is refused, each way walked.

F1, F6, F8, F9 and F10 of the domain (slides 26 and 28), and R5
"""

from __future__ import annotations

from typing import Any

from tests.laws.worlds import concept, extension, ref
from tests.unit.ways.conftest import Ways, outcome, task

Json = dict[str, Any]
ADVISER, LEAD = "PractitionerRole/adv", "PractitionerRole/lead"


def said(kind: str, **value: Any) -> Json:
    return {"type": concept("fund-input", kind), **value}


def yen(amount: int) -> Json:
    return {"valueMoney": {"value": amount, "currency": "JPY"}}


def request(amount: int, *more: Json, why_not: str = "返済の見込みがない") -> Json:
    checked = said("checked-service", valueString="生活福祉資金貸付")
    checked |= {"extension": [extension("why-not", valueString=why_not)]} if why_not else {}
    inputs = [
        said("amount", **yen(amount)),
        said("payee", valueReference=ref("Organization/center")),
        said("expense", valueCodeableConcept=concept("expense-kind", "certificate")),
        said("service", valueString="手帳の更新"),
        said("first-introduction", valueBoolean=True),
        said("need", valueString="手帳が切れ、どの制度にもつながっていない"),
        said("independence", valueString="手帳により就労の支援につながる"),
        said("field", valueCodeableConcept=concept("adviser-field", "hardship")),
        *(checked, *more),
    ]
    made = task("Organization/center", "PractitionerRole/holder", "fund-request", **{"for": ref("Group/g")})
    return made | {"priority": "urgent", "input": inputs}


def deposited(ways: Ways, amount: int) -> None:
    made = task("Organization/council", "Organization/council", "fund-deposit", input=[said("amount", **yen(amount))])
    ways.write(
        "holder",
        "deposit",
        made | {"description": "寄付", "status": "completed", "executionPeriod": {"end": "2026-10-31T20:00:00Z"}},
    )
    ways.taken()


def consult(ways: Ways, owner: str, name: str) -> None:
    ways.write("co", name, task("PractitionerRole/co", owner, "fund-consultation", focus=ref(ways.id("request"))))
    ways.taken()


def test_a_request_that_lacks_its_reasons_says_them(ways: Ways) -> None:
    ways.write("p", "request", request(12_000, why_not=""))
    ways.refused("F8", "each with why it does not apply (extension `why-not`)")
    ways.write("p", "request", request(40_000))
    ways.refused("F9", "there is no cap", "say the `reason`")
    ways.write("p", "request", request(40_000, said("reason", valueString="診断書が二通要る")))
    ways.taken()


def test_in_an_emergency_it_is_paid_after_both_have_answered_and_a_no_is_an_answer(ways: Ways) -> None:
    deposited(ways, 20_000)
    ways.write("p", "request", request(12_000))
    ways.taken()
    ways.put("holder", "request", status="accepted")
    ways.refused("F6", "Tasks `fund-consultation` whose focus is this request, both completed")
    ways.put("holder", "request", status="rejected")
    ways.refused("R5", "hold it (`on-hold`) with a reason and the day on which it is looked at again (`look-again`)")
    reason = {"text": "協議を待つ", "extension": [extension("look-again", valueDate="2026-11-30")]}
    ways.put("holder", "request", status="on-hold", statusReason=reason)
    ways.taken()
    consult(ways, ADVISER, "first")
    asked = ref(ways.id("request"))
    ways.write("co", "wrong", task("PractitionerRole/co", "PractitionerRole/p", "fund-consultation", focus=asked))
    ways.refused("F6", "name the post as owner")
    ways.put("adv", "first", status="rejected")
    ways.refused("R5", "answer it in words (an `output`): a no is an answer too")
    ways.put("adv", "first", status="completed")
    ways.refused("F6", "in an `output`")
    ways.put("adv", "first", status="completed", output=[outcome("answered", "ほかの制度を先に確かめてほしい")])
    ways.taken()
    consult(ways, LEAD, "second")
    ways.put("lead", "second", status="completed", output=[outcome("answered", "差し支えない")])
    ways.taken()
    ways.put("holder", "request", status="accepted")
    ways.taken()
    ways.put("holder", "request", status="completed")
    ways.refused("F4", "say what was paid to the agency (an `output` `paid`, in yen)")
    paid = {"type": concept("fund-input", "paid"), **yen(12_000)}
    ways.put("holder", "request", status="completed", output=[paid])
    ways.taken()


def test_what_is_the_holders_and_the_coordinators_is_left_to_them(ways: Ways) -> None:
    ways.write("p", "request", request(12_000))
    ways.put("p", "request", status="accepted")
    ways.refused("F10", "leave it `requested` until they do")
    asked = ref(ways.id("request"))
    ways.write("p", "consultation", task("PractitionerRole/p", ADVISER, "fund-consultation", focus=asked))
    ways.refused("F6", "on their worklist (`consult-on-fund`)")
    assert [each["record"] for each in ways.town.items("co", "consult-on-fund")] == [asked]
    made = task("Organization/center", "Organization/center", "fund-deposit", input=[said("amount", **yen(5_000))])
    ways.write("p", "deposit", made | {"status": "completed", "description": "寄付"})
    ways.refused("F10", "tell them of it (Communication)")
    letter: Json = {"resourceType": "Communication", "status": "completed", "sender": ref("PractitionerRole/p")}
    letter |= {"recipient": [ref("PractitionerRole/holder")], "payload": [{"contentString": "寄付の申し出がある"}]}
    ways.write("p", "letter", letter)
    ways.taken()


def test_where_the_fund_has_too_little_it_waits_or_pays_what_there_is(ways: Ways) -> None:
    deposited(ways, 5_000)
    ways.write("p", "request", request(12_000))
    for owner, name, who in ((ADVISER, "first", "adv"), (LEAD, "second", "lead")):
        consult(ways, owner, name)
        ways.put(who, name, status="completed", output=[outcome("answered", "差し支えない")])
        ways.taken()
    ways.put("holder", "request", status="accepted")
    ways.taken()
    for amount, taken in ((12_000, False), (5_000, True)):
        paid = {"type": concept("fund-input", "paid"), **yen(amount)}
        if taken:
            reason = {"text": "入金を待つ", "extension": [extension("look-again", valueDate="2026-12-30")]}
            ways.put("holder", "request", status="on-hold", statusReason=reason)
            ways.taken()
        ways.put("holder", "request", status="completed", output=[paid])
        if not taken:
            ways.refused("F10", "put it `on-hold`, or pay what there is")
    ways.taken()
