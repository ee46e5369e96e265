"""fhirclient (JavaScript), unchanged, in a page of another site: it signs in, reads FHIR, follows pages and refreshes.

https://github.com/smart-on-fhir/client-js
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests import node_packages
from tests.browser import shown
from tests.world.server import Server, start_server

pytestmark = [pytest.mark.browser, node_packages.needed]

AUTHORIZE = """([clientId, iss]) => { FHIR.oauth2.authorize({
  clientId, iss, scope: 'openid fhirUser offline_access user/*.rs', redirectUri: location.origin + '/callback'}) }"""
READ = """async () => {
  const client = await FHIR.oauth2.ready();
  const first = client.state.tokenResponse.access_token;
  const found = await client.request('Organization?_count=2');
  const all = await client.request('Organization?_count=2', {pageLimit: 2, flat: true});
  await client.refresh();
  const again = await client.request('Organization?_count=1');
  return {
    user: client.user.fhirUser, type: found.resourceType, flat: all.length, refreshed: again.resourceType,
    another: client.state.tokenResponse.access_token !== first,
  };
}"""


class App(BaseHTTPRequestHandler):
    """What an application serves: one page, and the library as it was published."""

    def do_GET(self) -> None:
        library = self.path == "/fhir-client.js"
        page = '<!doctype html><title>app</title><script src="/fhir-client.js"></script>'
        body = node_packages.text("fhirclient/build/fhir-client.js") if library else page
        self.send_response(200)
        self.send_header("content-type", "text/javascript" if library else "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with start_server(installed, tmp_path_factory.mktemp("app")) as served:
        yield served


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), App) as serving:
        threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def test_it_does_the_whole_launch_reads_and_refreshes(server: Server, app: str) -> None:
    with shown.chromium() as browser:
        page = browser.new_context(locale="ja-JP").new_page()
        page.goto(app)
        page.evaluate(AUTHORIZE, [server.credentials.client, server.base])
        page.get_by_label("お名前（ID）").fill("yorisoi")
        page.get_by_label("パスワード").fill(server.credentials.passwords["yorisoi"])
        page.get_by_role("button", name="サインイン", exact=False).first.click()
        page.get_by_role("button", name="許可する").click()
        page.wait_for_url(f"{app}/callback*")
        found = page.evaluate(READ)
    assert found == {
        "user": "Practitioner/practitioner-yorisoi",
        "type": "Bundle",
        "flat": 4,
        "refreshed": "Bundle",
        "another": True,
    }
