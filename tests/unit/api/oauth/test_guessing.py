"""Who guesses waits, longer each time; whom he guesses at goes on working, from where he has worked before."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from starlette.requests import Request

from api.oauth import accounts, attempts, source
from api.oauth.attempts import Attempts
from api.oauth.source import Sources
from api.oauth.throttle import Throttle
from tests import trusting
from tests.unit.api.oauth.browser import Browser


@pytest.fixture
def officer(at: Any, request: pytest.FixtureRequest) -> str:
    name = f"officer-{abs(hash(request.node.name))}"
    at.do(accounts.enrol(at.vault, name, "right", f"Practitioner/{name}"))
    return name


@pytest.fixture
def away(at: Any) -> Iterator[Any]:
    """Browsers at addresses of their own, which have never been here; the proxy before us says where."""
    opened: list[httpx2.Client] = []

    def browser(address: str) -> Browser:
        http = trusting.client(base_url=at.url, headers={"x-forwarded-for": address})
        opened.append(http)
        return Browser(at, http)

    yield browser
    for http in opened:
        http.close()


def tried(browser: Browser, name: str, password: str) -> int:
    return browser.sign_in(browser.http.get("/sign-in"), name, password).status_code


def test_five_failures_make_wait_a_minute_and_each_further_one_twice_as_long(at: Any, away: Any, officer: str) -> None:
    at.clock.pass_by(hours=(36 - at.clock().hour) % 24)  # all of it on one day
    guesser = away("203.0.113.1")
    assert [tried(guesser, officer, "wrong") for _ in range(6)] == [401] * 5 + [429]
    assert tried(guesser, officer, "right") == 429, "nothing is verified meanwhile"
    waits = []
    for minutes in (1, 2, 4, 8):
        at.clock.pass_by(minutes=minutes, seconds=1)
        assert tried(guesser, officer, "wrong") == 401
        refused = guesser.sign_in(guesser.http.get("/sign-in"), officer, "right")
        waits.append(-(-int(refused.headers["retry-after"]) // 60))
    assert waits == [2, 4, 8, 16] or waits == [3, 5, 9, 17]
    at.clock.pass_by(minutes=17)
    assert tried(guesser, officer, "right") == 303


def test_a_name_that_does_not_exist_waits_alike(away: Any) -> None:
    guesser = away("203.0.113.2")
    assert [tried(guesser, "nobody-of-this-name", "wrong") for _ in range(6)] == [401] * 5 + [429]


def test_an_outsider_locks_nobody_out(at: Any, away: Any, officer: str) -> None:
    at_work = away("198.51.100.1")
    assert tried(at_work, officer, "right") == 303
    counted = Attempts(at.vault, at.clock)
    for host in range(20):  # from many addresses, until the account itself makes strangers wait
        at.do(counted.failed(attempts.who(officer, f"203.0.113.{100 + host}", "")))
    assert tried(away("203.0.113.200"), officer, "right") == 429, "from where it was never used, it has to wait"
    assert tried(at_work, officer, "right") == 303, "from where it was used, it goes on"
    at.do(Attempts(at.vault, at.clock).release(officer))
    assert tried(away("203.0.113.201"), officer, "right") == 303, "an operator lets it in again"


def test_who_tries_many_names_from_one_address_waits(at: Any, away: Any) -> None:
    counted = Attempts(at.vault, at.clock)
    for number in range(49):
        at.do(counted.failed(attempts.who(f"name-{number}", "203.0.113.3", "")))
    stuffing = away("203.0.113.3")
    assert [tried(stuffing, f"name-{number}", "Password1!") for number in (50, 51)] == [401, 429]
    assert tried(away("203.0.113.4"), "name-60", "Password1!") == 401


def test_guesses_made_at_once_count_too(away: Any, officer: str) -> None:
    guesser = away("203.0.113.5")
    page = guesser.http.get("/sign-in")
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: guesser.sign_in(page, officer, "wrong").status_code, range(8))
    assert sorted(answers) == [401] * 5 + [429] * 3


def test_the_page_says_how_long_and_that_a_known_device_may_go_on(away: Any, officer: str) -> None:
    guesser = away("203.0.113.6")
    for _ in range(5):
        tried(guesser, officer, "wrong")
    page = guesser.sign_in(guesser.http.get("/sign-in"), officer, "wrong")
    assert "この端末からは2分後に" in page.text or "この端末からは1分後に" in page.text
    assert "以前に使った端末" in page.text


def test_failures_and_alarms_are_on_the_trail_without_what_was_typed(at: Any, away: Any, officer: str) -> None:
    guesser = away("203.0.113.7")
    for name in (officer, "a-password-typed-as-a-name"):
        for _ in range(5):
            tried(guesser, name, "wrong")
    said = at.said()
    about = [event for event in said if event.records == (f"Practitioner/{officer}",)]
    assert [event.kind for event in about] == ["sign-in"] * 5 + ["security-alert"]
    assert {event.outcome for event in about} == {"4"}
    assert {event.person for event in about} == {""}, "who tried in vain is not the person"
    assert "a-password-typed-as-a-name" not in repr(said)
    assert "203.0.113.7" not in repr(said)


def test_a_name_typed_in_full_width_letters_is_the_same(at: Any, away: Any) -> None:
    at.do(accounts.enrol(at.vault, "abe3", "right", "Practitioner/abe"))
    assert tried(away("203.0.113.8"), " ａｂｅ３ ", "right") == 303


def heard(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.7", ("203.0.113.1",), "192.0.2.7"),  # not trusted, so its word does not count
        ("10.0.0.1", ("203.0.113.1",), "203.0.113.1"),
        ("10.0.0.1", ("198.51.100.66, 203.0.113.1",), "203.0.113.1"),  # what the client sent itself stands before
        ("10.0.0.1", ("198.51.100.66", "203.0.113.1, 10.2.0.1"), "203.0.113.1"),
        ("10.0.0.1", ("nonsense",), "10.0.0.1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.1:4711",), "203.0.113.1"),
        ("10.0.0.1", ("[2001:db8::1]:4711",), "2001:db8::/64"),
        ("2001:db8::1:2:3:4", (), "2001:db8::/64"),
        ("::ffff:192.0.2.7", (), "192.0.2.7"),
        ("", (), ""),
    ],
)
def test_an_address_is_believed_from_a_trusted_proxy_only(peer: str, forwarded: tuple[str, ...], found: str) -> None:
    assert Sources(source.networks("10.0.0.0/8, 192.0.2.250")).of(heard(peer, *forwarded)) == found


def test_no_header_about_host_or_scheme_changes_what_is_said(at: Any) -> None:
    poison = {
        "host": "elsewhere.example",
        "x-forwarded-host": "elsewhere.example",
        "x-forwarded-proto": "gopher",
        "forwarded": "host=elsewhere.example;proto=https",
        "x-original-url": "/elsewhere",
    }
    for path in ("/.well-known/oauth-authorization-server", "/sign-in", "/oauth/authorize"):
        plain, poisoned = (trusting.get(f"{at.url}{path}", headers=headers) for headers in ({}, poison))
        assert "elsewhere.example" not in poisoned.text
        assert "elsewhere.example" not in repr(poisoned.headers)
        assert poisoned.status_code == plain.status_code


def test_an_address_that_asks_too_often_waits(at: Any) -> None:
    begun = datetime(2030, 4, 1, tzinfo=UTC)
    throttles = [Throttle("asks", 3, at.vault, lambda: begun, Sources()) for _ in range(2)]
    one, other = heard("192.0.2.1"), heard("192.0.2.2")
    waits = [at.do(throttle.wait(one)) for throttle in throttles * 3]
    assert waits == [0, 0, 0, 60, 60, 60]
    assert at.do(throttles[0].wait(other)) == 0
    assert at.do(Throttle("signs in", 3, at.vault, lambda: begun, Sources()).wait(one)) == 0
    begun += timedelta(minutes=1)
    assert [at.do(throttle.wait(one)) for throttle in throttles * 2] == [0, 0, 0, 60]


def test_a_flood_is_refused_without_writing(at: Any) -> None:
    now = datetime(2030, 4, 1, 9, tzinfo=UTC)
    throttle = Throttle("floods", 2, at.vault, lambda: now, Sources())
    one = heard("192.0.2.1")
    assert [at.do(throttle.wait(one)) for _ in range(50)] == [0, 0, *[60] * 48]
    another = Throttle("floods", 3, at.vault, lambda: now, Sources())
    assert at.do(another.wait(one)) == 60, "three were counted, and the fourth is this"


def test_another_process_counts_the_same_failures(at: Any) -> None:
    processes = [Attempts(at.vault, at.clock) for _ in range(2)]
    one = attempts.who("counted-by-two", "203.0.113.9", "")
    assert [at.do(processes[number % 2].wait(one)) for number in range(5)] == [0] * 5
    assert at.do(processes[1].wait(one)) > 0
