"""A clock that was set wrong and right again revives nothing, spends nothing twice, and makes nothing live longer.

docs/operations.md, "time"
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from api.oauth import attempts
from api.oauth.attempts import Attempts
from tests import trusting
from tests.unit.api.oauth.test_ending import APP, Thief

DAY = timedelta(days=1)


@pytest.fixture
def http(at: Any) -> Any:
    with trusting.client(base_url=at.url) as http:
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


def test_a_wait_that_a_clock_gave_that_ran_ahead_lasts_as_long_as_it_was_to_and_no_longer(at: Any) -> None:
    counted, one = Attempts(at.vault, at.clock), attempts.who("ran-ahead", "203.0.113.40", "")
    at.clock.ahead = 400 * DAY
    assert [at.do(counted.wait(one)) > 0 for _ in range(6)] == [False] * 5 + [True]
    at.clock.ahead = timedelta()
    assert 0 < at.do(counted.wait(one)) <= attempts.FIRST_WAIT + 1
    at.clock.pass_by(seconds=attempts.FIRST_WAIT / 2)
    assert 0 < at.do(counted.wait(one)) <= attempts.FIRST_WAIT / 2 + 1, "it began when it was first asked for"
    at.clock.pass_by(seconds=attempts.FIRST_WAIT / 2 + 1)
    assert at.do(counted.wait(one)) == 0


def test_what_failed_by_a_clock_that_ran_ahead_is_not_counted_for_years(at: Any) -> None:
    counted, one = Attempts(at.vault, at.clock), attempts.who("years", "203.0.113.41", "")
    at.clock.ahead = 400 * DAY
    for _ in range(19):
        assert at.do(counted.failed(one)) == ()
    at.clock.ahead = timedelta()
    assert at.do(counted.failed(one)) == ()
    at.clock.ahead = 400 * DAY
    assert {line.name for line in at.do(counted.failed(one))} == {"account years"}, "nor is it forgotten"
