from __future__ import annotations

import html
import itertools
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest
from joserfc import jwk
from pytest_bdd import given, parsers, scenarios, then, when

from demo.browser import Browser
from demo.client import Officer
from demo.people import People
from demo.rest import Refused
from tests import trusting, warm
from tests.unit.api.oauth.browser import hidden
from tests.world.elsewhere import SUBJECT, Elsewhere, serving_elsewhere
from tests.world.server import Server, start_server

scenarios("provider.feature")

PERSON = "Practitioner/practitioner-yorisoi"
_numbers = itertools.count(1)


class AtTheProvider(Browser):
    """A browser in which somebody chooses the city's provider, and is known there already."""

    def __init__(self, name: str, there: Elsewhere) -> None:
        super().__init__(name, "")
        self._there = there

    def _fill_in(self, page: httpx2.Response) -> httpx2.Response:
        if page.status_code >= 400:
            raise Refused(f"{page.status_code}")
        if 'action="/sign-in/provider"' not in page.text:
            return super()._fill_in(page)
        going = self._web.post(urljoin(str(page.url), "/sign-in/provider"), data=hidden(page))
        leads = re.search(r'<a href="([^"]*)" rel', going.text)
        if leads is None:
            return going
        asked = {name: values[0] for name, values in parse_qs(urlsplit(html.unescape(leads[1])).query).items()}
        self._there.nonce = asked["nonce"]
        self._there.token = self._there.id_token(int(time.time()))
        return self._web.get(asked["redirect_uri"], params={"state": asked["state"], "code": "c"})


@dataclass
class Desk:
    """An officer who is known by the city's provider alone, and the app that they have opened."""

    server: Server
    there: Elsewhere
    name: str
    apps: list[Officer] = field(default_factory=list)

    def account(self, *words: str) -> None:
        environment = os.environ | {"TSUNAGU_DATA": str(self.server.folder), "TSUNAGU_PROVIDER": self.there.url}
        environment |= {"TSUNAGU_PROVIDER_CLIENT": "tsunagu"}
        warm.ran(("account", *words), environment).check_returncode()

    def app(self) -> Officer:
        """The app, with nobody signed in yet."""
        kept, browser = self.server.credentials, AtTheProvider(self.name, self.there)
        self.apps.append(
            Officer(
                self.server.base,
                browser,
                client=kept.client,
                redirect=kept.redirect,
                purpose="CAREMGT",
                scope="user/*.rs",
            )
        )
        return self.apps[-1]

    def enters(self) -> bool:
        try:
            return self.app().get("Patient").status == 200
        except Refused:
            return False


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with serving_elsewhere() as there:
        yield there


@pytest.fixture(scope="module")
def beside(installed: Path, tmp_path_factory: pytest.TempPathFactory, elsewhere: Elsewhere) -> Iterator[Server]:
    """A city whose people may sign in at its provider."""
    more = {"": elsewhere.url, "_CLIENT": "tsunagu", "_NETWORKS": "127.0.0.1", "_NAME": "市の共通サインイン"}
    settings = {f"TSUNAGU_PROVIDER{name}": value for name, value in more.items()}
    with start_server(installed, tmp_path_factory.mktemp("beside"), settings=settings) as running:
        yield running


@pytest.fixture(scope="module")
def colleagues(beside: Server) -> Iterator[People]:
    found = People(beside.base, beside.credentials)
    yield found
    found.close()


@given("市の共通サインインの利用者と結ばれた、寄り添いサポートセンターの相談員がいる", target_fixture="desk")
def _(beside: Server, elsewhere: Elsewhere) -> Iterator[Desk]:
    elsewhere.right()
    desk = Desk(beside, elsewhere, f"outside-{next(_numbers)}")
    desk.account("add", desk.name, "--person", PERSON, "--subject", SUBJECT)
    yield desk
    desk.account("remove", desk.name)
    for each in desk.apps:
        each.close()


@when("相談員が共通サインインで入る", target_fixture="app")
def _(desk: Desk) -> Officer:
    app = desk.app()
    assert app.get("Patient").status == 200
    return app


@when("相談員の名前とメールアドレスを名のる別の人が共通サインインで来る")
def _(desk: Desk) -> None:
    desk.there.claims = {"sub": desk.name, "preferred_username": desk.name, "email": f"{desk.name}@city.example"}


@when(parsers.parse("共通サインインの知らせが、{wrong}"))
def _(desk: Desk, wrong: str) -> None:
    there = desk.there
    faults: dict[str, Callable[[], None]] = {
        "ほかの者の署名である": lambda: setattr(there, "signing", jwk.ECKey.generate_key("P-256", {"kid": "k"})),
        "ほかのサービス宛てである": lambda: there.claims.update(aud="another"),
        "ほかのサインインへの答えである": lambda: there.claims.update(nonce="another"),
        "期限を過ぎている": lambda: there.claims.update(exp=int(time.time()) - 3600),
    }
    faults[wrong]()


@when("管理者がその相談員の登録をロックする")
def _(desk: Desk) -> None:
    desk.account("lock", desk.name)


@when("管理者が共通サインインとの結びつきを解く")
def _(desk: Desk) -> None:
    desk.account("unlink", desk.name)


def _told(desk: Desk) -> int:
    address = f"{desk.server.base.removesuffix('/fhir')}/sign-in/provider/ended"
    return trusting.post(address, data={"logout_token": desk.there.logout_token(int(time.time()))}).status_code


@when("共通サインインが、その利用者のサインアウトを知らせる")
def _(desk: Desk) -> None:
    assert _told(desk) == 200


@when("共通サインインを名のる別の者が、その利用者のサインアウトを知らせる")
def _(desk: Desk) -> None:
    desk.there.signing = jwk.ECKey.generate_key("P-256", {"kid": "k"})
    assert _told(desk) == 400


@when("共通サインインが止まっている")
def _(desk: Desk) -> None:
    desk.there.status["/token"] = 503


@then("相談員は、自分の機関が登録した人を読める")
def _(app: Officer, colleagues: People) -> None:
    own = colleagues.officer("yorisoi").post("Patient", {"resourceType": "Patient"}).created[0]
    assert app.get(own).status == 200


@then("ほかの機関が登録した人は、相談員には見つからない")
def _(app: Officer, colleagues: People) -> None:
    other = colleagues.officer("health-center").post("Patient", {"resourceType": "Patient"}).created[0]
    assert app.get(other).status == 404


@then("だれとしても入れない")
@then("共通サインインで来ても入れない")
def _(desk: Desk) -> None:
    assert not desk.enters()


@then("それまでのトークンでは何も読めない")
def _(app: Officer) -> None:
    assert app.get("Patient").status == 401


@then("ほかの相談員は、パスワードでサインインできる")
def _(beside: Server) -> None:
    people = People(beside.base, beside.credentials)
    assert people.officer("yorisoi").get("Patient").status == 200
    people.close()
