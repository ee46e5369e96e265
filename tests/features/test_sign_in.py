from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from pytest_bdd import given, scenarios, then, when

from demo import form
from demo.browser import Browser
from demo.client import Officer
from tests import trusting, warm
from tests.world.server import Server

scenarios("sign_in.feature")

PERSON = "Practitioner/practitioner-yorisoi"
_numbers = itertools.count(1)


@dataclass
class Desk:
    """A new officer: what they typed, the device they use, and the app that they have opened."""

    server: Server
    name: str
    password: str
    device: httpx2.Client
    app: Officer

    def account(self, *words: str) -> str:
        done = warm.ran(("account", *words), os.environ | {"TSUNAGU_DATA": str(self.server.folder)})
        done.check_returncode()
        return done.stdout

    def sign_in(self, password: str, device: httpx2.Client | None = None) -> bool:
        """Whether this password signs in, from the officer's own device where no other is given."""
        web = device or self.device
        shown = form.first_form(web.get("/sign-in").text)
        assert shown is not None
        done = web.post("/sign-in", data=shown.filled(self.name, password)).status_code == 303
        if done:
            leaving = form.first_form(web.get("/sign-out").text)
            assert leaving is not None
            web.post("/sign-out", data=leaving.values)
        return done


@pytest.fixture
def elsewhere(server: Server) -> Iterator[httpx2.Client]:
    with trusting.client(base_url=server.base.removesuffix("/fhir"), timeout=30) as web:
        yield web


@given("新しい相談員が登録され、自分の端末でサインインしてアプリを使っている", target_fixture="desk")
def _(server: Server, request: pytest.FixtureRequest) -> Desk:
    name = f"officer-{next(_numbers)}"
    device = trusting.client(base_url=server.base.removesuffix("/fhir"), timeout=30)
    kept = server.credentials
    desk = Desk(server, name, "", device, None)  # type: ignore[arg-type]  # there is no app before the account
    desk.password = desk.account("add", name, "--person", PERSON).split()[1]
    browser = Browser(name, desk.password)
    desk.app = Officer(
        server.base, browser, client=kept.client, redirect=kept.redirect, purpose="CAREMGT", scope="user/*.rs"
    )
    for each in (device, browser, desk.app):
        request.addfinalizer(each.close)
    assert desk.sign_in(desk.password)
    assert desk.app.get("Patient").status == 200
    return desk


@when("管理者がその相談員のパスワードを再発行する", target_fixture="renewed")
def _(desk: Desk) -> str:
    return desk.account("reset", desk.name).split()[1]


@when("管理者がその相談員をロックする")
def _(desk: Desk) -> None:
    desk.account("lock", desk.name)


@when("管理者がロックを解除する")
def _(desk: Desk) -> None:
    desk.account("unlock", desk.name)


@when("よその端末で違うパスワードが5回試される")
def _(desk: Desk, elsewhere: httpx2.Client) -> None:
    assert not any(desk.sign_in("wrong", elsewhere) for _ in range(5))


@then("それまでのトークンでは何も読めない")
def _(desk: Desk) -> None:
    assert desk.app.get("Patient").status == 401


@then("前のパスワードではサインインできない")
def _(desk: Desk) -> None:
    assert not desk.sign_in(desk.password)


@then("前のパスワードでサインインできる")
@then("自分の端末からはサインインできる")
def _(desk: Desk) -> None:
    assert desk.sign_in(desk.password)


@then("新しいパスワードではサインインできる")
def _(desk: Desk, renewed: str) -> None:
    assert desk.sign_in(renewed)


@then("よその端末は、正しいパスワードでも待たされる")
def _(desk: Desk, elsewhere: httpx2.Client) -> None:
    assert not desk.sign_in(desk.password, elsewhere)
