from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pytest_bdd import given, scenarios, then, when

from tests import trusting
from tests.authenticator import PRESENT, Authenticator, options
from tests.http import launch
from tests.http.launch import Running
from tests.unit.api.oauth.browser import hidden

scenarios("passkeys.feature")

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def named(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that is reached by a name, as passkeys want it."""
    folder = launch.copied(installed, tmp_path_factory.mktemp("named") / "city")
    with launch.serving(folder, host="localhost") as running:
        yield running


@dataclass
class Desk:
    """A new officer at a browser of their own, with a passkey in their device."""

    server: Running
    name: str
    password: str
    web: httpx2.Client
    device: Authenticator

    def account(self, *words: str) -> str:
        done = launch.ran(self.server.folder, "account", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def with_password(self, password: str) -> bool:
        self.web.cookies.clear()
        fields = hidden(self.web.get("/sign-in")) | {"name": self.name, "password": password}
        return self.web.post("/sign-in", data=fields).status_code == 303

    def with_passkey(self, **other: Any) -> bool:
        self.web.cookies.clear()
        page = self.web.post("/sign-in/passkey", data=hidden(self.web.get("/sign-in")))
        said = self.device.signs(options(page), **other)
        return self.web.post("/sign-in/passkey/signed", data=hidden(page) | {"said": said}).status_code == 303


@given("自分の端末にパスキーを登録した相談員がいる", target_fixture="desk")
def _(named: Running, request: pytest.FixtureRequest) -> Desk:
    web = trusting.client(base_url=named.address, timeout=30)
    request.addfinalizer(web.close)
    desk = Desk(named, f"carrier-{next(_numbers)}", "", web, Authenticator(named.address))
    desk.password = desk.account("add", desk.name, "--person", "Practitioner/practitioner-yorisoi").split()[1]
    assert desk.with_password(desk.password)
    fields = {"csrf": hidden(web.get("/passkeys"))["csrf"], "name": "自分の端末", "password": desk.password}
    page = web.post("/passkeys", data=fields)
    said = desk.device.makes(options(page))
    assert web.post("/passkeys/made", data=hidden(page) | {"said": said}).status_code == 200
    return desk


@when("管理者がその相談員のパスワードを再発行する", target_fixture="renewed")
def _(desk: Desk) -> str:
    return desk.account("reset", desk.name).split()[1]


@then("パスキーでサインインできる")
def _(desk: Desk) -> None:
    assert desk.with_passkey()


@then("パスキーでサインインできない")
def _(desk: Desk) -> None:
    assert not desk.with_passkey()


@then("パスワードだけではサインインできない")
def _(desk: Desk) -> None:
    assert not desk.with_password(desk.password)


@then("指紋も顔も暗証番号も示さずにはサインインできない")
def _(desk: Desk) -> None:
    assert not desk.with_passkey(flags=PRESENT)


@then("新しいパスワードではサインインできる")
def _(desk: Desk, renewed: str) -> None:
    assert desk.with_password(renewed)
