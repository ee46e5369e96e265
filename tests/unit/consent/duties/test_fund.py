"""F1 to F4 and F6 to F10: what a request to the fund says, and what is paid into it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.duties import fund
from consent.ordinance import FundTerms
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.duties.asked_of_the_fund import BEARING, HOLDER, TERMS, around, request, said, yen
from tests.unit.consent.people import CENTER, change, wrongs

Json = dict[str, Any]


def asked(task: Json, before: Json | None = None, **known: Any) -> list[str]:
    return wrongs(fund.asked, change(before, task, duty_context=around(**known)))


def test_a_request_that_says_everything_is_taken() -> None:
    assert asked(request()) == []


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ("amount", "F9 at Task.input"),
        ("service", "F1 at Task.input"),
        ("first-introduction", "F1 at Task.input"),
        ("need", "F2 at Task.for"),
        ("independence", "F7 at Task.input"),
        ("expense", "F3 at Task.input"),
        ("payee", "F4 at Task.input"),
        ("checked", "F8 at Task.input"),
    ],
)
def test_what_a_request_leaves_out_is_named(left_out: str, expected: str) -> None:
    assert asked(request(without=left_out)) == [expected]


def test_a_checked_service_is_named_with_why_it_does_not_apply() -> None:
    bare = said("checked-service", valueString="生活福祉資金")
    nameless = said("checked-service", extension=[extension("why-not", valueString="返済の見込みがない")])
    assert asked(request(bare)) == ["F8 at Task.input"]
    assert asked(request(nameless)) == ["F8 at Task.input"]


def test_it_is_for_a_household_asked_of_who_holds_the_fund_and_paid_to_an_agency() -> None:
    assert asked(request() | {"for": ref("Patient/1")}) == ["F2 at Task.for"]
    assert asked(request(owner=ref("PractitionerRole/lead"))) == ["F10 at Task.owner"]
    assert asked(request(requester=ref("Practitioner/unknown"))) == ["F4 at Task.input"]
    assert asked(request(requester=ref(CENTER))) == []
    for nobody in ("PractitionerRole/role", "Patient/1", "Organization/fund"):
        paid_to = said("payee", valueReference=ref(nobody))
        assert asked(request(paid_to, without="payee")) == ["F4 at Task.input"], nobody


def test_it_pays_for_the_first_introduction_of_a_service_once() -> None:
    before = replace(BEARING, introduced=frozenset({"配食サービス"}))
    assert asked(request(), bearing=before) == ["F1 at Task.input"]
    assert asked(request(), bearing=replace(BEARING, introduced=frozenset({"訪問"}))) == []


def test_in_an_emergency_the_field_of_the_adviser_is_named() -> None:
    field = said("field", valueCodeableConcept=concept("adviser-field", "law"))
    assert asked(request(priority="urgent")) == ["F6 at Task.input"]
    assert asked(request(field, priority="urgent")) == []


def test_above_the_usual_amount_a_reason_is_asked_for_and_the_holder_is_warned() -> None:
    much, reason = yen("amount", 50_001), said("reason", valueString="家財の処分も要る")
    assert asked(request(yen("amount", 50_000), without="amount")) == []
    assert asked(request(much, without="amount")) == ["F9 at Task.input"]
    (found,) = fund.asked(change(None, request(much, reason, without="amount"), duty_context=around()))
    assert (found.rule, found.at, found.severity) == ("F9", "Task.input", "warning")


def test_the_fund_pays_from_its_day_on() -> None:
    assert asked(request(), terms=replace(TERMS, valid_from="2026-11-23")) == []
    assert asked(request(), terms=replace(TERMS, valid_from="2026-11-24")) == ["F10 at Task.authoredOn"]
    assert asked(request(), terms=FundTerms("", 50_000)) == []


def test_only_words_that_are_changed_are_looked_at_again_and_none_that_was_consulted_on() -> None:
    short, consulted_on = request(without="need"), replace(BEARING, consulted_on=True)
    assert asked(short | {"status": "accepted"}, short) == []
    assert asked(short | {"for": ref("Group/h")}, short) == ["F2 at Task.for"]
    assert asked(request(status="accepted"), request(), bearing=consulted_on) == []
    for changed in ({"for": ref("Group/h")}, {"input": request(without="expense")["input"]}, {"priority": "routine"}):
        assert asked(request() | changed, request(), bearing=consulted_on)[0] == "F6 at Task.input"
    assert wrongs(fund.asked, change(short, None, duty_context=around())) == []
    assert asked(short | {"code": concept("task-code", "coordinate")}) == []


DEPOSIT: Json = {"resourceType": "Task", "status": "requested", "code": concept("task-code", "fund-deposit")}
DEPOSIT |= {"input": [yen("amount", 100_000)], "description": "寄付"}


def paid_in(before: Json | None, after: Json | None, who: Any = HOLDER) -> list[str]:
    return wrongs(fund.paid_in, change(before, after, who, duty_context=around()))


def test_who_holds_the_fund_writes_what_is_paid_in_and_where_it_came_from() -> None:
    assert paid_in(None, DEPOSIT) == []
    assert paid_in(None, DEPOSIT, None) == ["F10! at Task.code"]
    assert paid_in(DEPOSIT, DEPOSIT | {"code": concept("task-code", "coordinate")}, None) == ["F10! at Task.code"]
    assert paid_in(None, DEPOSIT | {"description": " "}) == ["F10 at Task.input"]
    assert paid_in(None, {name: DEPOSIT[name] for name in DEPOSIT if name != "description"}) == ["F10 at Task.input"]
    assert paid_in(None, DEPOSIT | {"input": [yen("amount", 1.5)]}) == ["F10 at Task.input"]
    assert paid_in(None, {"resourceType": "Task"}, None) == []


def test_a_deposit_stands_once_it_is_made_and_is_never_deleted() -> None:
    done = DEPOSIT | {"status": "completed"}
    assert paid_in(DEPOSIT, done) == []
    assert paid_in(done, done | {"input": [yen("amount", 1)]}) == ["F10 at Task.status"]
    assert paid_in(DEPOSIT, None) == ["F10 at Task.status"]
