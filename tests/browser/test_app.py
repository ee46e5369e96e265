"""An application of another site, in a real browser: its page signs a person in, reads FHIR, and refreshes.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html; docs/clients.md, "a page in the browser"
"""

from __future__ import annotations

import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.world.server import start_server

pytestmark = pytest.mark.browser

SITE = "http://elsewhere.example/"
START = """async ([authorize, client, aud, scope]) => {
  const verifier = 'a-verifier-of-forty-three-letters-and-more-0123456789';
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const challenge = btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const asked = new URLSearchParams({response_type: 'code', client_id: client, scope, state: 's', aud,
    redirect_uri: location.origin + '/callback', code_challenge: challenge, code_challenge_method: 'S256'});
  location.href = authorize + '?' + asked;
}"""
EXCHANGE = """async ([token, client]) => {
  const code = new URLSearchParams(location.search).get('code');
  const form = new URLSearchParams({grant_type: 'authorization_code', code, client_id: client,
    redirect_uri: location.origin + '/callback',
    code_verifier: 'a-verifier-of-forty-three-letters-and-more-0123456789'});
  return await (await fetch(token, {method: 'POST', body: form})).json();
}"""
REFRESH = """async ([token, refresh]) => {
  const form = new URLSearchParams({grant_type: 'refresh_token', refresh_token: refresh});
  return await (await fetch(token, {method: 'POST', body: form})).json();
}"""
READ = """async ([url, token, method]) => {
  const headers = {Authorization: 'Bearer ' + token, Accept: 'application/fhir+json', 'If-Match': 'W/"999"',
    'Content-Type': 'application/fhir+json'};
  const answer = await fetch(url, method === 'GET' ? {headers} : {method, headers, body: '{}'});
  return [answer.status, answer.headers.get('x-request-id') !== null, await answer.json()];
}"""


@pytest.fixture(scope="module")
def server(installed, tmp_path_factory):
    with start_server(installed, tmp_path_factory.mktemp("app")) as served:
        yield served


class Page(BaseHTTPRequestHandler):
    """What an application serves: one empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>app</title>")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def app():
    """The origin of an application on this machine, at a port of its own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as serving:
        threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.fixture
def page():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=arguments)
        context = browser.new_context(locale="ja-JP")
        yield context.new_page()
        browser.close()


def started(page: Any, server: Any, app: str) -> None:
    origin = server.base.removesuffix("/fhir")
    page.goto(f"{app}/callback")
    scope = "openid fhirUser offline_access user/*.rs"
    asked = [f"{origin}/oauth/authorize", server.credentials.client, server.base, scope]
    with page.expect_navigation():
        page.evaluate(START, asked)


def test_a_page_of_another_site_signs_in_reads_and_refreshes(server, page, app):
    origin = server.base.removesuffix("/fhir")
    started(page, server, app)
    page.get_by_label("お名前（ID）").fill("yorisoi")
    page.get_by_label("パスワード").fill(server.credentials.passwords["yorisoi"])
    page.get_by_role("button", name="サインイン").click()
    page.get_by_role("button", name="許可する").click()
    page.wait_for_url(f"{app}/callback?**")
    body = page.evaluate(EXCHANGE, [f"{origin}/oauth/token", server.credentials.client])
    status, seen, read = page.evaluate(READ, [f"{server.base}/Organization?_count=1", body["access_token"], "GET"])
    assert (status, seen, read["resourceType"]) == (200, True, "Bundle")
    status, _, refused = page.evaluate(READ, [f"{server.base}/Patient/none", body["access_token"], "PUT"])
    assert (status, refused["resourceType"]) == (400, "OperationOutcome"), "read by the page, and not hidden from it"
    again = page.evaluate(REFRESH, [f"{origin}/oauth/token", body["refresh_token"]])
    status, _, _ = page.evaluate(READ, [f"{server.base}/Organization?_count=1", again["access_token"], "GET"])
    assert status == 200


def test_who_is_signed_in_is_not_asked_again_nor_signed_out_by_another_site(server, page, app):
    origin = server.base.removesuffix("/fhir")
    started(page, server, app)
    page.get_by_label("お名前（ID）").fill("yorisoi")
    page.get_by_label("パスワード").fill(server.credentials.passwords["yorisoi"])
    page.get_by_role("button", name="サインイン").click()
    assert page.get_by_role("button", name="許可する").is_visible()
    embedding = f'<img src="{origin}/sign-in"><img src="{origin}/sign-out"><a href="{origin}/sign-in">go</a>'
    form = f'<form method="post" action="{origin}/sign-out"><button>end</button></form>'
    page.context.route(f"{SITE}**", lambda route: route.fulfill(body=embedding + form, content_type="text/html"))
    page.goto(SITE)
    page.get_by_role("button", name="end").click()
    page.wait_for_url(f"{origin}/sign-out")
    page.goto(SITE)
    page.get_by_role("link", name="go").click()
    page.wait_for_url(f"{origin}/sign-in")
    assert "yorisoi" in page.inner_text("main")
    started(page, server, app)
    assert page.get_by_role("button", name="許可する").is_visible(), "one sign-on"
