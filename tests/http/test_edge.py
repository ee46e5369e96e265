"""What every answer has, who may read it from another site, and what never comes to its end.

https://fetch.spec.whatwg.org/#http-cors-protocol; docs/clients.md
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest

from demo.people import People
from tests import ports
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running

APP = "https://app.example"
REGISTERED = "http://127.0.0.1:8888"
STRANGER = "https://elsewhere.example"


@pytest.fixture
def web(server: Running) -> Iterator[Asking]:
    with Asking(server.address) as anybody:
        yield anybody


def preflight(web: Asking, path: str, origin: str, method: str = "PUT") -> dict[str, str]:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,if-match,prefer",
        "Authorization": "",
    }
    answer = web.ask("OPTIONS", path, headers=asked)
    assert answer.status == 204
    return {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.parametrize(
    "path", ["fhir/Patient/1", "fhir", "oauth/launch", "fhir/Patient/_search", "oauth/token", "oauth/revoke"]
)
def test_a_page_of_a_registered_application_may_ask_first_and_then_send(web: Asking, path: str) -> None:
    said = preflight(web, path, REGISTERED)
    assert said["access-control-allow-origin"] == REGISTERED
    assert "PUT" in said["access-control-allow-methods"]
    for header in ("Authorization", "Content-Type", "If-Match", "Prefer"):
        assert header in said["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in said
    assert said["vary"] == "Origin"


@pytest.mark.parametrize("origin", [STRANGER, "null", "http://localhost:8888", "https://127.0.0.1:8888"])
def test_a_page_of_any_other_site_may_not(web: Asking, origin: str) -> None:
    assert "access-control-allow-origin" not in preflight(web, "fhir/Patient/1", origin)
    answer = web.ask("GET", "fhir/Organization?_count=1", headers={"Origin": origin})
    assert answer.status == 200
    assert "access-control-allow-origin" not in answer.headers
    assert "Origin" in answer.headers["vary"]


def test_a_registered_page_reads_fhir_and_the_headers_it_needs(web: Asking, people: People) -> None:
    token = people.officer("yorisoi").token()
    for bearer, status in ((f"Bearer {token}", 200), ("Bearer x", 401)):
        headers = {"Origin": REGISTERED, "Authorization": bearer}
        answer = web.ask("GET", "fhir/Organization/lead-section", headers=headers)
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == REGISTERED
        for name in ("ETag", "Location", "WWW-Authenticate"):
            assert name in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "path", ["fhir/metadata", "fhir/.well-known/smart-configuration", ".well-known/openid-configuration", "oauth/jwks"]
)
def test_what_a_client_finds_out_first_is_for_every_page(web: Asking, path: str) -> None:
    assert web.ask("GET", path, headers={"Origin": STRANGER}).headers["access-control-allow-origin"] == "*"
    assert preflight(web, path, STRANGER, "GET")["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["sign-in", "sign-out", "oauth/authorize", "oauth/decision"])
def test_no_page_of_another_site_reads_where_a_person_signs_in(web: Asking, path: str) -> None:
    assert "access-control-allow-origin" not in web.ask("GET", path, headers={"Origin": REGISTERED}).headers


def test_every_answer_is_taken_for_what_it_says_it_is(web: Asking) -> None:
    for path in (
        "fhir/metadata",
        "fhir/Patient",
        "fhir/nothing/at/all",
        "oauth/token",
        "sign-in",
        "static/tsunagu.css",
        "x",
    ):
        answer = web.ask("GET", path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in answer.headers, "this address is not https"


def test_the_origins_of_a_setting_take_the_place_of_the_registered_ones(installed: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        ports.port() as port,
        launch.serving(
            launch.copied(installed, tmp_path / "city"),
            origins=APP,
            base_url="https://city.example",
            port=str(port),
            body_seconds="1",
            log=str(log),
        ) as running,
    ):
        address = f"http://127.0.0.1:{port}"
        with Asking(address) as web:
            assert preflight(web, "fhir/Patient/1", APP)["access-control-allow-origin"] == APP
            assert "access-control-allow-origin" not in preflight(web, "fhir/Patient/1", REGISTERED)
            assert web.ask("GET", "sign-in").headers["strict-transport-security"] == "max-age=31536000"
            assert "__Host-tsunagu-browser" in web.ask("GET", "sign-in").headers["set-cookie"]
            deep = web.ask("POST", "oauth/token", _deep(), {"Content-Type": "application/x-www-form-urlencoded"})
            assert (deep.status, deep.json["error"]) == (400, "invalid_client")
        for path in ("oauth/token", "sign-in", "fhir/Bundle"):
            _never_ends(address, path)
        assert running.end(signal.SIGTERM) == 0
    lines = [orjson.loads(line) for line in log.read_bytes().splitlines() if line.startswith(b"{")]
    assert {"OPTIONS preflight", "POST /oauth/token", "POST /sign-in"} <= {line["action"] for line in lines}
    assert all(line["status"] for line in lines)


def _deep() -> bytes:
    head, payload = "eyJhbGciOiJSUzM4NCIsImtpZCI6ImEifQ", "W1tb" * 400
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    return f"grant_type=client_credentials&client_assertion_type={kind}&client_assertion={head}.{payload}.AAAA".encode()


def _never_ends(address: str, path: str) -> None:
    """A body that stops in the middle is answered, and the connection closed."""
    host = urlsplit(address)
    kind = "application/fhir+json" if path.startswith("fhir") else "application/x-www-form-urlencoded"
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=20) as line:
        head = f"POST /{path} HTTP/1.1\r\nHost: city.example\r\nContent-Type: {kind}\r\nContent-Length: 500\r\n"
        line.sendall(f"{head}\r\na".encode())
        said = b""
        while part := line.recv(4096):
            said += part
        assert said.startswith(b"HTTP/1.1 4"), said
