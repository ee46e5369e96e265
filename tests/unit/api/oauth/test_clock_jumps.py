"""A clock that was set wrong and right again revives nothing, spends nothing twice, and makes nothing live longer.

docs/operations.md, "time"
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.unit.api.oauth.test_ending import APP, Thief

DAY = timedelta(days=1)


@pytest.fixture
def http(at: Any) -> Any:
    with httpx2.Client(base_url=at.url) as http:
        yield http


def test_what_a_clock_made_that_ran_ahead_is_worth_nothing_once_it_is_right(at: Any, http: httpx2.Client) -> None:
    at.clock.ahead = DAY
    thief = Thief.of(at, http)
    at.clock.ahead = timedelta()
    assert thief.holds() == set()


def test_what_was_revoked_while_the_clock_was_behind_stays_so_when_it_is_right(at: Any, http: httpx2.Client) -> None:
    thief = Thief.of(at, http)
    at.clock.ahead = -DAY + timedelta(minutes=5)
    told = http.post("/oauth/revoke", data={"token": thief.access, "client_id": APP})
    assert told.status_code == 200
    at.clock.ahead = timedelta()
    assert "access token" not in thief.holds()


def test_a_code_is_spent_once_wherever_the_clock_goes(at: Any, http: httpx2.Client) -> None:
    thief = Thief.of(at, http)
    for away in (-DAY, DAY, timedelta(seconds=-30), timedelta()):
        at.clock.ahead = away
        thief.browser.exchange(thief.code, client_id=APP)
    at.clock.ahead = timedelta()
    assert thief.browser.exchange(thief.code, client_id=APP).status_code == 400


def test_a_small_correction_of_the_clock_ends_nothing(at: Any, http: httpx2.Client) -> None:
    thief = Thief.of(at, http)
    at.clock.ahead = timedelta(seconds=-20)
    assert thief.holds() == {"access token", "session", "code", "refresh token"}
