"""A reset, a lock or a removal ends everything that rested on an account or a client, at once and in every process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest

from api.oauth import accounts, clients
from api.oauth.bearer import Bearer
from api.oauth.clients import Client
from resources.record.problem import Problem
from tests import trusting
from tests.unit.api.oauth.browser import CALLBACK, Browser, hidden

NAME, APP = "stolen", "an-app"


@dataclass
class Thief:
    """Everything that a thief may hold: a session, an unspent code, an access token, a refresh token."""

    at: Any
    browser: Browser
    code: str
    access: str
    refresh: str

    @classmethod
    def of(cls, at: Any, http: httpx2.Client) -> Thief:
        at.do(accounts.enrol(at.vault, NAME, "old", "Practitioner/practitioner-stolen"))
        desk = at.do(clients.find(at.vault, "tsunagu-desk"))
        at.do(clients.remove(at.vault, APP))
        at.do(clients.register(at.vault, replace(desk, client_id=APP, redirect_uris=(CALLBACK,))))
        browser = Browser(at, http)
        browser.sign_in(browser.http.get("/sign-in"), NAME, "old")
        body = browser.exchange(browser.code(client_id=APP), client_id=APP).json()
        return cls(at, browser, browser.code(client_id=APP), body["access_token"], body["refresh_token"])

    def holds(self) -> set[str]:
        """What of it still opens anything; asked of this process and of another one."""
        found = set()
        for process in (self.at.server.bearer, self.other):
            try:
                self.at.do(process.actor(f"Bearer {self.access}", "request", self.at.clock()))
            except Problem:
                continue
            found.add("access token")
        if NAME in self.browser.http.get("/sign-in").text:
            found.add("session")
        if self.browser.exchange(self.code, client_id=APP).status_code == 200:
            found.add("code")
        if self.browser.refresh(self.refresh, client_id=APP).status_code == 200:
            found.add("refresh token")
        return found

    def __post_init__(self) -> None:
        self.other = Bearer(self.at.server.issuer)
        for process in (self.at.server.bearer, self.other):  # both know the token already
            self.at.do(process.actor(f"Bearer {self.access}", "request", self.at.clock()))


@pytest.fixture
def thief(at: Any) -> Iterator[Thief]:
    with trusting.client(base_url=at.url) as http:
        yield Thief.of(at, http)


def test_a_thief_holds_all_of_it_until_something_ends_it(thief: Thief) -> None:
    assert thief.holds() == {"access token", "session", "code", "refresh token"}


ENDS: dict[str, Callable[[Any], Any]] = {
    "a reset of the password": lambda vault: accounts.enrol(vault, NAME, "new", "Practitioner/practitioner-stolen"),
    "a lock": lambda vault: accounts.lock(vault, NAME),
    "a removal": lambda vault: accounts.remove(vault, NAME),
    "a sign-out everywhere": lambda vault: accounts.end_everything(vault, NAME),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_nothing_of_an_account_is_left_after(thief: Thief, end: Callable[[Any], Any]) -> None:
    thief.at.do(end(thief.at.vault))
    assert thief.holds() == set()


@pytest.mark.parametrize("end", [clients.end_everything, clients.remove])
def test_nothing_of_a_client_is_left_after(thief: Thief, end: Callable[..., Any]) -> None:
    thief.at.do(end(thief.at.vault, APP))
    assert thief.holds() == {"session"}, "which is the person's, and not the client's"


def test_a_client_registered_anew_under_an_old_name_has_nothing_of_the_old_one(thief: Thief) -> None:
    registered: Client = thief.at.do(clients.find(thief.at.vault, APP))
    thief.at.do(clients.remove(thief.at.vault, APP))
    thief.at.do(clients.register(thief.at.vault, registered))
    assert thief.holds() == {"session"}


def test_an_account_enrolled_anew_under_an_old_name_has_nothing_of_the_old_one(thief: Thief) -> None:
    thief.at.do(accounts.remove(thief.at.vault, NAME))
    thief.at.do(accounts.enrol(thief.at.vault, NAME, "old", "Practitioner/practitioner-stolen"))
    assert thief.holds() == set()


def test_a_locked_account_signs_in_again_when_it_is_unlocked(at: Any, thief: Thief) -> None:
    at.do(accounts.lock(at.vault, NAME))
    assert thief.browser.sign_in(thief.browser.http.get("/sign-in"), NAME, "old").status_code == 401
    at.do(accounts.unlock(at.vault, NAME))
    assert thief.browser.sign_in(thief.browser.http.get("/sign-in"), NAME, "old").status_code == 303
    assert not at.do(accounts.lock(at.vault, "nobody"))


def test_a_sign_out_ends_what_was_granted_in_its_session_and_says_so(at: Any, thief: Thief) -> None:
    with trusting.client(base_url=at.url) as http:
        elsewhere = Browser(at, http)
        elsewhere.sign_in(elsewhere.http.get("/sign-in"), NAME, "old")
        body = elsewhere.exchange(elsewhere.code(client_id=APP), client_id=APP).json()
        page = thief.browser.http.get("/sign-out")
        assert "このサインインで許可したアプリの利用" in page.text
        done = thief.browser.http.post("/sign-out", data=hidden(page))
        assert "ほかの端末はそのままです" in done.text
        assert thief.holds() == set()
        assert at.actor(body["access_token"]).client == APP, "of another session"


def test_a_sign_out_may_end_every_session_and_says_so(at: Any, thief: Thief) -> None:
    with trusting.client(base_url=at.url) as http:
        elsewhere = Browser(at, http)
        elsewhere.sign_in(elsewhere.http.get("/sign-in"), NAME, "old")
        page = elsewhere.http.get("/sign-out")
        done = elsewhere.http.post("/sign-out", data=hidden(page) | {"everywhere": "yes"})
        assert "すべての端末のサインイン" in done.text
    assert thief.holds() == set()


def test_a_session_ended_while_the_page_was_read_grants_nothing(at: Any, thief: Thief) -> None:
    page = thief.browser.ask(client_id=APP)
    at.do(accounts.end_everything(at.vault, NAME))
    again = thief.browser.http.post("/oauth/decision", data=hidden(page) | {"answer": "allow"})
    assert again.headers["location"].startswith("/oauth/authorize?")
    assert 'name="password"' in thief.browser.http.get(again.headers["location"]).text


def test_what_ends_is_on_the_trail(at: Any, thief: Thief) -> None:
    page = thief.browser.http.get("/sign-out")
    thief.browser.http.post("/sign-out", data=hidden(page))
    kinds = [(event.kind, event.client or event.person) for event in at.said()]
    assert kinds[-1] == ("sign-out", "Practitioner/practitioner-stolen")
    assert ("sign-in", "Practitioner/practitioner-stolen") in kinds
    assert ("token", APP) in kinds
