"""F1, F4 to F6 and F10: what stands between a request to the fund and its payment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.duties import fund_payment
from consent.fund_account import Bearing
from tests.laws.worlds import concept, ref
from tests.unit.consent.duties.asked_of_the_fund import BEARING, HOLDER, around, paid, request, said, yen
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]


def decided(before: Json | None, after: Json | None, bearing: Bearing = BEARING, who: Any = HOLDER) -> list[str]:
    return wrongs(fund_payment.decided, change(before, after, who, duty_context=around(bearing)))


TAKEN = ("accepted", "in-progress")


@pytest.mark.parametrize("status", TAKEN)
def test_a_case_that_was_received_and_raised_is_accepted_by_who_holds_the_fund(status: str) -> None:
    assert decided(request(), request(status=status)) == []
    assert decided(request(), request(status=status), who=None) == ["F10! at Task.status"]
    assert decided(request(), request(status=status), replace(BEARING, received=False)) == ["F5 at Task.status"]
    assert decided(request(), request(status=status), replace(BEARING, raised=False)) == ["F5 at Task.status"]
    assert decided(None, request(status=status)) == ["F5 at Task.status"]
    assert decided(None, request(status=status), Bearing()) == ["F5 at Task.status"]
    assert decided(request(), request(status=status), Bearing(), None) == ["F10! at Task.status"]


def test_what_is_missing_is_said_and_nothing_else() -> None:
    def told(received: bool, raised: bool) -> str:
        bearing = replace(BEARING, received=received, raised=raised)
        written = change(request(), request(status="accepted"), HOLDER, duty_context=around(bearing))
        (found,) = fund_payment.decided(written)
        return found.ja.partition("足りないもの：")[2].partition("。")[0]

    assert told(True, False) == "複合課題ケース検討会での検討"
    assert told(False, True) == "推進員の受付"
    assert told(False, False) == "推進員の受付、複合課題ケース検討会での検討"


@pytest.mark.parametrize("status", ["requested", "on-hold", "rejected", "cancelled"])
def test_whatever_pays_nothing_waits_for_nothing(status: str) -> None:
    assert decided(request(), request(status=status), Bearing(), None) == []
    assert decided(None, request(status=status), Bearing(), None) == []


def test_in_an_emergency_the_lead_section_and_the_adviser_of_the_field_have_answered() -> None:
    field = said("field", valueCodeableConcept=concept("adviser-field", "law"))
    urgent = request(field, priority="urgent")
    answered = Bearing(consulted=True, advised=frozenset({"law", "medicine"}), balance=90_000)
    assert decided(urgent, urgent | {"status": "accepted"}, answered) == []
    for short in (
        replace(answered, consulted=False),
        replace(answered, advised=frozenset({"medicine"})),
        replace(answered, advised=frozenset()),
    ):
        assert decided(urgent, urgent | {"status": "accepted"}, short) == ["F6 at Task.status"]
    unsaid = request(priority="urgent")
    nowhere = replace(answered, advised=frozenset({""}))
    assert decided(unsaid, unsaid | {"status": "accepted"}, nowhere) == ["F6 at Task.status"]


def test_a_service_that_was_introduced_meanwhile_is_not_paid_for_again() -> None:
    introduced = replace(BEARING, introduced=frozenset({"配食サービス"}))
    assert decided(request(), request(status="accepted"), introduced) == ["F1 at Task.status"]


def test_what_is_paid_is_said_and_is_no_more_than_was_asked_nor_than_there_is() -> None:
    taken = request(status="accepted")
    assert decided(taken, taken | paid(30_000)) == []
    assert decided(taken, taken | {"status": "completed"}) == ["F4 at Task.output"]
    assert decided(taken, taken | paid(30_001)) == ["F4 at Task.output"]
    assert decided(taken, taken | paid(30_000), replace(BEARING, balance=30_000)) == []
    assert decided(taken, taken | paid(30_000), replace(BEARING, balance=29_999)) == ["F10 at Task.output"]
    unsaid = request(status="accepted", without="amount")
    assert decided(unsaid, unsaid | paid(1)) == ["F4 at Task.output"]


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("status", "cancelled"),
        ("code", concept("task-code", "fund-request") | {"text": "入口支援"}),
        ("output", [yen("paid", 1)]),
        ("input", []),
        ("for", ref("Group/h")),
        ("requester", ref("PractitionerRole/lead")),
        ("owner", ref("PractitionerRole/lead")),
    ],
)
def test_what_was_paid_stands(element: str, value: Any) -> None:
    done = request(**paid(30_000))
    assert decided(done, done | {element: value}) == [f"F10 at Task.{element}"]
    assert decided(done, done | {"note": [{"text": "領収書あり"}]}) == []


def test_what_was_paid_is_not_deleted_nor_made_something_else() -> None:
    done, other = request(**paid(30_000)), {"code": concept("task-code", "coordinate")}
    assert decided(done, None) == ["F10 at Task.status"]
    assert decided(done, done | other) == ["F10 at Task.status"]
    assert decided(request(), None) == []
    assert decided(done | other, None) == []
