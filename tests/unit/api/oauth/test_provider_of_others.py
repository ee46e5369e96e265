"""People sign in at a second installation of ours, and at the npm package oidc-provider, which knows nothing of us.

https://github.com/panva/node-oidc-provider; docs/oauth.md, "a city's own provider"
"""

from __future__ import annotations

import html
import json
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
import pytest

from api.oauth import accounts, clients, linked, source, still_there
from api.oauth.clients import Client
from api.oauth.options import Outside
from api.oauth.purpose import CARE_MANAGEMENT
from resources.record.problem import Problem
from tests import node_packages, trusting
from tests.unit.api.oauth.browser import PASSWORD, Browser, heard, hidden
from tests.unit.api.oauth.conftest import Installation

SCRIPT = Path(__file__).parent / "oidc_provider.mjs"
NETWORKS = source.networks("127.0.0.1")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The second installation, which stands for the city's provider."""
    installation = Installation(tmp_path_factory.mktemp("provider"))
    installation.start()
    yield installation
    installation.stop()


def beside(folder: Path, issuer: str, *factors: str, secret: str = "") -> Installation:
    outside = Outside(issuer, "tsunagu", secret, factors, NETWORKS, "市の共通サインイン")
    installation = Installation(folder, outside=outside)
    installation.start()
    installation.do(accounts.enrol(installation.vault, "clerk", "unused", "Practitioner/practitioner-clerk"))
    return installation


def gone_on(page: httpx2.Response) -> str:
    found = re.search(r'<a href="([^"]*)" rel', page.text)
    assert found, page.text
    return html.unescape(found[1])


def left(web: httpx2.Client, query: httpx2.Response) -> str:
    return gone_on(web.post("/sign-in/provider", data=hidden(query)))


def test_a_second_installation_of_ours_is_a_provider(
    city: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = beside(tmp_path_factory.mktemp("desk"), city.url)
    registered = Client(
        client_id="tsunagu",
        name="つなぐ",
        organization="Organization/okayama-city",
        scope="openid",
        purposes=(CARE_MANAGEMENT,),
        grant_types=("authorization_code",),
        token_endpoint_auth_method="private_key_jwt",
        redirect_uris=(f"{own.url}/sign-in/provider/back",),
        jwks_uri=f"{own.url}/oauth/jwks",
    )
    city.do(clients.register(city.vault, registered))
    own.do(linked.link(own.vault, "clerk", city.url, "account:yorisoi"))
    with trusting.client(base_url=own.url) as here, trusting.client(base_url=city.url) as there:
        desk, provider = Browser(own, here), Browser(city, there)
        asked = there.get(left(here, desk.ask()))
        shown = there.get(provider.sign_in(asked, "yorisoi", PASSWORD).headers["location"])
        back = heard(there.post("/oauth/decision", data=hidden(shown) | {"answer": "allow"}))
        assert back["iss"] == city.url
        done = here.get("/sign-in/provider/back", params=back)
        assert done.status_code == 303, done.text
        code = desk.answer(here.get(done.headers["location"]))["code"]
        assert desk.exchange(code).status_code == 200
    own.stop()


@pytest.fixture
def of_others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Ours, and beside it the provider of others, which is its `outside`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = beside(tmp_path_factory.mktemp("beside"), f"http://127.0.0.1:{port}", "mfa", secret="a secret of two")
    places = {name: f"{own.url}/sign-in/provider/{name}" for name in ("back", "ended")}
    told = json.dumps({"port": port, "secret": "a secret of two"} | places)
    process = subprocess.Popen(
        [node_packages.NODE, "--input-type=module", "-", told],
        cwd=node_packages.FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(SCRIPT.read_bytes())
    process.stdin.close()
    try:
        assert process.stdout.readline().strip() == b"listening"
        assert own.outside
        own.do(linked.link(own.vault, "clerk", own.outside.issuer, "city-42"))
        yield own
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
        own.stop()


@contextmanager
def browsers(own: Installation) -> Iterator[tuple[Browser, httpx2.Client]]:
    """One browser as ours and the provider see it: they share no cookie."""
    assert own.outside
    with trusting.client(base_url=own.url) as here, trusting.client(base_url=own.outside.issuer) as there:
        yield Browser(own, here), there


@node_packages.needed
def test_a_provider_of_others_signs_in_once_it_says_the_factors_asked_for(of_others: Installation) -> None:
    for acr, status in (("pwd", 403), ("mfa", 303)):
        with browsers(of_others) as (desk, there):
            done = desk.http.get(came_back(there, left(desk.http, desk.ask()), acr))
            assert done.status_code == status, done.text


def opened(desk: Browser, there: httpx2.Client) -> dict[str, str]:
    """The tokens of an app that somebody has opened who signed in there."""
    done = desk.http.get(came_back(there, left(desk.http, desk.ask()), "mfa"))
    body: dict[str, str] = desk.exchange(desk.answer(desk.http.get(done.headers["location"]))["code"]).json()
    return body


@node_packages.needed
def test_a_sign_out_at_a_provider_of_others_is_told_and_ends_what_rests_on_it(of_others: Installation) -> None:
    with browsers(of_others) as (desk, there), browsers(of_others) as (second, elsewhere):
        left_behind, kept = opened(desk, there), opened(second, elsewhere)
        asked = there.get("/session/end")
        xsrf = re.search(r'name="xsrf" value="([^"]*)"', asked.text)
        assert xsrf, asked.text
        done = there.post("/session/end/confirm", data={"xsrf": xsrf[1], "logout": "yes"})
        assert done.status_code in (302, 303), done.text
        with pytest.raises(Problem):
            of_others.actor(left_behind["access_token"])
        assert desk.refresh(left_behind["refresh_token"]).status_code == 400
        assert of_others.actor(kept["access_token"])
        assert second.refresh(kept["refresh_token"]).status_code == 200


@node_packages.needed
def test_who_is_locked_at_a_provider_of_others_has_nothing_left_at_the_next_refresh(of_others: Installation) -> None:
    with browsers(of_others) as (desk, there):
        body = opened(desk, there)
        of_others.clock.pass_by(seconds=still_there.ANEW + 1)
        body = desk.refresh(body["refresh_token"]).json()
        assert of_others.actor(body["access_token"])
        there.get("/lock")
        of_others.clock.pass_by(seconds=still_there.ANEW + 1)
        assert desk.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"
        with pytest.raises(Problem):
            of_others.actor(body["access_token"])
        assert "としてサインインしています" not in desk.http.get("/sign-in").text


def came_back(there: httpx2.Client, address: str, acr: str) -> str:
    """Where the provider sends the browser in the end, after its own pages: signing in and agreeing."""
    for _ in range(12):
        page = there.get(address)
        while page.status_code in (302, 303):
            address = urljoin(str(page.url), page.headers["location"])
            if "/sign-in/provider/back" in address:
                parts = urlsplit(address)
                return f"{parts.path}?{parts.query}"
            page = there.get(address)
        found: dict[str, Any] = dict(parse_qsl(page.text))
        answered = there.post(found["post"], data={"subject": "city-42", "acr": acr})
        address = urljoin(str(page.url), answered.headers["location"])
        if "/sign-in/provider/back" in address:
            break
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
