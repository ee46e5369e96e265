"""The account of the fund is told to who holds it and to the lead section, for their work with people (F10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.actor import Scope
from consent.fund_account import Entry
from consent.reading.reading import Reading
from consent.views import funding
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor
from tests.unit.consent.views.reading import by, refused, said

Json = dict[str, Any]

LEAD, HOLDER = actor("lead"), actor("q")
FUND = "Organization/other"
OFFICERS = ("p", "co", "conv", "aud")


@pytest.fixture
def held(town: Town) -> Town:
    """The other agency holds the fund, into which somebody gave 30,000 yen."""
    post: Json = {"resourceType": "PractitionerRole", "id": "holder", "practitioner": ref("Practitioner/q")}
    town.write(INSTALLER, post | {"organization": ref(FUND), "code": [concept("role", "fund-holder")]})
    amount = {"type": concept("fund-input", "amount"), "valueMoney": {"value": 30000, "currency": "JPY"}}
    gift: Json = {"resourceType": "Task", "id": "gift", "status": "completed", "intent": "order", "description": "寄付"}
    gift |= {"code": concept("task-code", "fund-deposit"), "requester": ref(FUND), "owner": ref(FUND)}
    town.write(HOLDER, gift | {"input": [amount], "executionPeriod": {"end": "2026-10-31T20:00:00Z"}})
    return town


ACCOUNT = [Entry("2026-11-01", 30_000, FUND, "Task/gift", 30_000)]


def test_who_holds_the_fund_and_the_lead_section_are_told_the_account(held: Town) -> None:
    for who in (HOLDER, LEAD):
        assert said(held, who, funding.told) == ACCOUNT
        assert by(held) == {"F10"}


@pytest.mark.parametrize("person", OFFICERS)
def test_nobody_else_is_and_they_for_no_other_purpose(held: Town, person: str) -> None:
    assert refused(held, actor(person), funding.told) == ("forbidden", "F10")
    for who in ("q", "lead"):
        assert refused(held, actor(who, "statistics"), funding.told) == ("forbidden", "F10")


def test_a_token_that_does_not_reach_tasks_is_refused(held: Town) -> None:
    for words in ((), (Scope("user", "Patient", frozenset("rs")),)):
        assert refused(held, replace(LEAD, scopes=words), funding.told)[0] == "forbidden"
    tasks = (Scope("user", "Task", frozenset("rs")),)
    assert said(held, replace(LEAD, scopes=tasks), funding.told) == ACCOUNT


def test_the_requests_to_it_are_read_by_who_holds_it_and_not_by_who_leads(held: Town) -> None:
    async def holds(reading: Reading) -> bool:
        return funding.holds(reading.facts)

    found: dict[str, bool] = {}
    for who in (HOLDER, LEAD, actor("p")):
        found[who.person] = said(held, who, holds)
    assert found == {"Practitioner/q": True, "Practitioner/lead": False, "Practitioner/p": False}


def test_a_system_holds_no_post_and_is_told_nothing(held: Town) -> None:
    assert refused(held, replace(SYSTEM, organization="Organization/lead"), funding.told) == ("forbidden", "F10")
