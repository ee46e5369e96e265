"""What attackers send, and what clients send that looked like an attack: each was seen once.

https://www.rfc-editor.org/rfc/rfc9700; docs/clients.md
"""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwk, jwt

from api import outward
from api.oauth import client_keys, clients, source
from api.oauth.client_keys import ClientKeys
from api.oauth.clients import Client
from resources.record.problem import Problem
from tests import trusting


def raw(head: str, payload: str) -> str:
    parts = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (head, payload))
    return ".".join((*parts, "AAAA"))


def nested(depth: int) -> str:
    return '{"sub":"health-center-system","x":' + "[" * depth + "]" * depth + "}"


@pytest.mark.parametrize("depth", [65, 1_020, 5_000])
@pytest.mark.parametrize("in_head", [True, False])
def test_an_assertion_nested_deep_is_an_invalid_client(at: Any, depth: int, in_head: bool) -> None:
    head = '{"alg":"RS384","kid":"rsa"}'
    forged = raw(nested(depth), nested(1)) if in_head else raw(head, nested(depth))
    response = at.system_token(assertion=forged)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("depth", [65, 1_020])
def test_an_access_token_nested_deep_is_no_token(at: Any, depth: int) -> None:
    for forged in (raw(nested(depth), "{}"), raw('{"alg":"RS384","typ":"at+jwt"}', nested(depth))):
        with pytest.raises(Problem) as refused:
            at.actor(forged)
        assert refused.value.kind == "login"
        assert at.as_client("/oauth/introspect", token=forged).json() == {"active": False}


@pytest.mark.parametrize("kid", ["../../../../etc/passwd", "/dev/null", "rsa\x00", "' OR '1'='1", ["rsa"], {"a": 1}, 7])
def test_a_kid_is_a_name_and_no_path(at: Any, kid: object) -> None:
    forged = raw(json.dumps({"alg": "RS384", "kid": kid}), json.dumps(at.claims()))
    assert at.system_token(assertion=forged).json()["error"] == "invalid_client"


@pytest.mark.parametrize("header", [{"x-tenant": "okayama"}, {"nonce": "1"}, {"x5t#S256": "abc"}])
def test_a_header_that_nobody_knows_is_ignored(at: Any, header: dict[str, str]) -> None:
    assert at.system_token(assertion=at.assertion_as_sent(header)).status_code == 200


def test_a_header_that_must_be_understood_is_not_ignored(at: Any) -> None:
    forged = at.assertion_as_sent({"crit": ["x-tenant"], "x-tenant": "okayama"})
    assert at.system_token(assertion=forged).json()["error"] == "invalid_client"


def test_a_key_brought_along_in_the_header_signs_nothing(at: Any) -> None:
    own = jwk.RSAKey.generate_key(2048, {"kid": "rsa"})
    head = {"alg": "RS384", "kid": "rsa", "jwk": own.as_dict(private=False)}
    forged = jwt.encode(head, at.claims(), own, algorithms=["RS384"])
    assert at.system_token(assertion=forged).json()["error"] == "invalid_client"


@pytest.mark.parametrize("audience", ["url", "list"])
def test_an_assertion_may_be_for_the_issuer(at: Any, audience: str) -> None:
    said = at.url if audience == "url" else [at.url]
    assert at.system_token(assertion=at.assertion(aud=said)).status_code == 200
    for other in ([at.url, f"{at.url}/oauth/token"], f"{at.url}/", f"{at.url}/oauth/token/", [at.url, at.url]):
        assert at.system_token(assertion=at.assertion(aud=other)).json()["error"] == "invalid_client"


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "jti"])
def test_what_is_missing_is_named(at: Any, claim: str) -> None:
    said = at.system_token(assertion=at.assertion(**{claim: None})).json()
    assert said["error"] == "invalid_client"
    assert claim in said.get("error_description", "") or claim == "sub"
    assert "kid" in at.system_token(assertion=at.assertion(header={"kid": None})).json()["error_description"]


def test_of_fifty_uses_of_a_jti_at_once_one_wins(at: Any) -> None:
    assertion = at.assertion()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda one: at.system_token(assertion=one).status_code, [assertion] * 50))
    assert sorted(answers) == [200, *[400] * 49]


def test_of_fifty_uses_of_a_code_at_once_one_wins_and_nothing_of_it_is_left(at: Any, desk: Any) -> None:
    code = desk.code()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda one: desk.exchange(one), [code] * 50))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    with pytest.raises(Problem):
        at.actor(won[0]["access_token"])
    alerts = [event for event in at.said() if event.kind == "security-alert" and event.client == "tsunagu-desk"]
    assert alerts
    assert "second use of a code" in alerts[0].asked


def test_a_public_client_that_refreshes_without_its_name_is_known_by_its_token(desk: Any) -> None:
    token = desk.exchange(desk.code()).json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    assert desk.http.post("/oauth/token", data=form).status_code == 200
    again = desk.http.post("/oauth/token", data=form)
    assert again.json()["error"] == "invalid_grant"
    assert desk.http.post("/oauth/token", data=form | {"refresh_token": "x"}).json()["error"] == "invalid_client"


def test_a_confidential_client_never_refreshes_without_proof(at: Any, desk: Any) -> None:
    registered: Client = at.do(clients.find(at.vault, "tsunagu-desk"))
    public = {"keys": [at.keys["rsa"].as_dict(private=False)]}
    proven = replace(registered, client_id="proven", token_endpoint_auth_method="private_key_jwt", jwks=public)
    at.do(clients.register(at.vault, proven))
    proof = {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": at.assertion(iss="proven", sub="proven"),
    }
    body = desk.exchange(desk.code(client_id="proven"), client_id="proven", **proof).json()
    form = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"]}
    assert desk.http.post("/oauth/token", data=form).json()["error"] == "invalid_client"
    assert desk.http.post("/oauth/token", data=form | {"client_id": "proven"}).json()["error"] == "invalid_client"


def test_an_app_on_this_machine_listens_at_any_port(desk: Any) -> None:
    page = desk.ask(redirect_uri="http://127.0.0.1:51234/callback")
    assert page.status_code == 200
    code = desk.code(redirect_uri="http://127.0.0.1:51234/callback")
    assert desk.exchange(code).json()["error"] == "invalid_grant", "the code is for the address it was sent to"


@pytest.mark.parametrize(
    "address",
    [
        "http://[::1",
        "http://[::1]:9/callback",
        "http://127.0.0.1:9/callback?",
        "http://127.0.0.1:9/callback/../callback",
        "http://127.0.0.1:9/callback%2f",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:+9/callback",
        "http://127.0.0.1:\uff19/callback",
        "http://127.1:9/callback",
        "http://localhost:9/callback",
        "http://127.0.0.1.evil.example:9/callback",
        "http://127.0.0.1@evil.example:9/callback",
        "http://evil.example\\@127.0.0.1:9/callback",
        "http:\\\\127.0.0.1:9\\callback",
        "HTTP://127.0.0.1:9/callback",
        "https://127.0.0.1:9/callback",
        " http://127.0.0.1:9/callback",
        "http://127.0.0.1:9/callback\n",
    ],
)
def test_an_address_that_only_looks_like_the_registered_one_is_another(at: Any, desk: Any, address: str) -> None:
    assert desk.ask(redirect_uri=address).status_code == 400
    pushed = trusting.post(f"{at.url}/oauth/par", data=desk.request(redirect_uri=address))
    assert (pushed.status_code, pushed.json()["error"]) == (400, "invalid_request")


def test_pkce_cannot_be_talked_down(desk: Any) -> None:
    code = desk.code()
    for other in ({"code_verifier": None}, {"code_verifier": ""}, {"code_verifier": desk.request()["code_challenge"]}):
        assert desk.exchange(code, **other).status_code == 400
    assert desk.exchange(code).status_code == 200, "nothing was spent by guessing"


def test_a_code_of_one_client_is_worth_nothing_to_another(desk: Any) -> None:
    assert desk.exchange(desk.code(), client_id="reader").json()["error"] == "invalid_grant"


def test_the_answer_says_which_server_it_is_of(at: Any, desk: Any) -> None:
    """Against mix-up: RFC 9207."""
    page = desk.ask()
    assert desk.answer(page)["iss"] == at.url
    assert f"iss={at.url.replace(':', '%3A').replace('/', '%2F')}" in desk.ask(scope="x").headers["location"]


def test_a_client_with_a_token_of_its_own_may_ask_about_it(at: Any, desk: Any) -> None:
    token = at.system_token().json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    said = trusting.post(f"{at.url}/oauth/introspect", data={"token": token}, headers=bearer).json()
    assert said["active"] is True
    theirs = desk.exchange(desk.code()).json()["access_token"]
    assert trusting.post(f"{at.url}/oauth/introspect", data={"token": theirs}, headers=bearer).json() == {
        "active": False
    }
    for bad in ("Bearer x", f"Bearer {theirs}", "Basic eDp5", f"Basic {token}"):
        refused = trusting.post(f"{at.url}/oauth/introspect", data={"token": token}, headers={"authorization": bad})
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        assert refused.headers["www-authenticate"].split()[0] == bad.split()[0]


class Published(BaseHTTPRequestHandler):
    """A client's own server, which says its keys, or something else."""

    body = b""
    asked = 0
    said: Mapping[str, str] = {}
    status = 200

    def do_GET(self) -> None:
        type(self).asked += 1
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("location", "/keys")
            self.end_headers()
            return
        self.send_response(self.status)
        for name, value in self.said.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b" " * 70_000 if self.path == "/large" else self.body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def published(at: Any) -> Iterator[str]:
    Published.body = json.dumps({"keys": [at.keys["rsa"].as_dict(private=False)]}).encode()
    Published.asked, Published.said, Published.status = 0, {}, 200
    with ThreadingHTTPServer(("127.0.0.1", 0), Published) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def by_uri(at: Any, uri: str) -> Client:
    system: Client = at.do(clients.find(at.vault, "health-center-system"))
    found = replace(system, client_id="by-uri", jwks={}, jwks_uri=uri)
    at.do(clients.register(at.vault, found))
    return found


def test_the_keys_of_a_client_are_fetched_from_where_it_says(at: Any, published: str) -> None:
    by_uri(at, f"{published}/keys")
    for _ in range(2):
        assert at.system_token(assertion=at.assertion(iss="by-uri", sub="by-uri")).status_code == 200
    assert Published.asked == 1, "and kept"
    Published.body = json.dumps({"keys": [at.keys["ec"].as_dict(private=False)]}).encode()
    turned = {"iss": "by-uri", "sub": "by-uri"}
    for _ in range(3):
        refused = at.system_token(assertion=at.assertion(key="ec", **turned)).json()
        assert refused["error"] == "invalid_client", "asked for anew no sooner than in half a minute, whoever asks"
    assert Published.asked == 1
    at.clock.pass_by(seconds=31)
    assert at.system_token(assertion=at.assertion(key="ec", **turned)).status_code == 200
    assert Published.asked == 2


def test_a_key_that_a_client_takes_down_proves_nothing_longer_than_it_allowed(at: Any, published: str) -> None:
    by_uri(at, f"{published}/keys")
    own, others = {"iss": "by-uri", "sub": "by-uri"}, {"keys": [at.keys["ec"].as_dict(private=False)]}

    def status() -> int:
        return int(at.system_token(assertion=at.assertion(**own)).status_code)

    Published.said = {"cache-control": "no-store"}
    assert (status(), status(), Published.asked) == (200, 200, 2), "asked each time, as it says"
    Published.body = json.dumps(others).encode()
    assert status() == 400
    Published.body, Published.said = json.dumps({"keys": [at.keys["rsa"].as_dict(private=False)]}).encode(), {}
    at.clock.pass_by(seconds=31)
    assert status() == 200
    at.clock.pass_by(seconds=301)
    Published.status = 404
    assert [status() for _ in range(3)] == [400] * 3, "what could not be asked for anew is not believed further"


def test_a_client_of_which_everything_is_ended_is_asked_for_its_keys_anew(at: Any, published: str) -> None:
    by_uri(at, f"{published}/keys")
    own = {"iss": "by-uri", "sub": "by-uri"}
    assert at.system_token(assertion=at.assertion(**own)).status_code == 200
    Published.body = json.dumps({"keys": [at.keys["ec"].as_dict(private=False)]}).encode()
    assert at.do(clients.end_everything(at.vault, "by-uri"))
    assert at.system_token(assertion=at.assertion(**own)).status_code == 400, "the key that was stolen, perhaps"
    assert at.system_token(assertion=at.assertion(key="ec", **own)).status_code == 200


def test_of_many_first_requests_at_once_none_is_refused_and_the_client_is_asked_once(at: Any, published: str) -> None:
    by_uri(at, f"{published}/keys")
    sent = [at.assertion(iss="by-uri", sub="by-uri") for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda each: at.system_token(assertion=each).status_code, sent))
    assert (found, Published.asked) == ([200] * 8, 1)


def test_what_is_packed_is_not_unpacked(at: Any, published: str) -> None:
    Published.said, Published.body = {"content-encoding": "gzip"}, gzip.compress(b" " * 60_000 + Published.body)
    by_uri(at, f"{published}/keys")
    said = at.system_token(assertion=at.assertion(iss="by-uri", sub="by-uri")).json()
    assert "jwks_uri" in said["error_description"]


@pytest.mark.parametrize(
    "address", ["64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::", "::10.0.0.1", "::ffff:0:10.0.0.1", "fec0::1"]
)
def test_no_address_leads_into_the_local_network_by_a_translator_or_a_tunnel(at: Any, address: str) -> None:
    with pytest.raises(ValueError, match="local network"):
        at.do(outward.judged(address, 443, ()))


def test_a_jku_is_the_registered_address_or_nothing(at: Any, published: str) -> None:
    by_uri(at, f"{published}/keys")
    named = {"iss": "by-uri", "sub": "by-uri"}
    assert at.system_token(assertion=at.assertion(header={"jku": f"{published}/keys"}, **named)).status_code == 200
    asked = Published.asked
    for other in (f"{published}/keys/", f"{published}/KEYS", "https://elsewhere.example/jwks"):
        said = at.system_token(assertion=at.assertion(header={"jku": other}, **named)).json()
        assert said["error"] == "invalid_client", other
    assert Published.asked == asked


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", 300),
        ("public, max-age=120", 120),
        ('max-age="600"', 600),
        ("max-age=1", 1),
        ("max-age=0", 0),
        ("max-age=99999999999999999999", 3600),
        ("max-age=soon", 300),
        ("no-store, max-age=600", 0),
        ("No-Cache", 0),
    ],
)
def test_keys_of_a_client_are_kept_as_long_as_it_says_within_limits(said: str, seconds: float) -> None:
    assert client_keys.kept_for(said) == seconds


def test_keys_for_others_beside_its_own_are_nothing_to_us(at: Any, published: str) -> None:
    own = at.keys["rsa"].as_dict(private=False)
    others = [
        jwk.ECKey.generate_key("P-256", {"kid": "for-access"}).as_dict(private=False),
        jwk.OKPKey.generate_key("X25519", {"kid": "sealing"}).as_dict(private=False),
        own | {"kid": "sealing-too", "use": "enc"},
        {"kty": "of tomorrow", "kid": "rsa"},
    ]
    Published.body = json.dumps({"keys": [*others, own]}).encode()
    by_uri(at, f"{published}/keys")
    assert at.system_token(assertion=at.assertion(iss="by-uri", sub="by-uri")).status_code == 200


@pytest.mark.parametrize("secret", ["of another key", "of its own"])
def test_a_set_with_a_private_key_proves_nothing(at: Any, published: str, secret: str) -> None:
    own = at.keys["rsa"].as_dict(private=secret == "of its own")
    beside = [jwk.ECKey.generate_key("P-256", {"kid": "x"}).as_dict(private=True)] if "another" in secret else []
    Published.body = json.dumps({"keys": [own, *beside]}).encode()
    by_uri(at, f"{published}/keys")
    said = at.system_token(assertion=at.assertion(iss="by-uri", sub="by-uri")).json()
    assert said["error"] == "invalid_client"


@pytest.mark.parametrize("path", ["large", "elsewhere", "keys"])
def test_what_is_no_set_of_keys_within_the_limits_is_refused(at: Any, published: str, path: str) -> None:
    if path == "keys":
        Published.body = b'{"keys":[{"kty":"oct","k":"AAAA","kid":"rsa"}]}'
    by_uri(at, f"{published}/{path}")
    said = at.system_token(assertion=at.assertion(iss="by-uri", sub="by-uri")).json()
    assert said["error"] == "invalid_client"
    assert "jwks_uri" in said["error_description"]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "127.1", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_nothing_is_fetched_from_inside_the_local_network(at: Any, published: str, host: str) -> None:
    uri = f"http://{host}:{published.rpartition(':')[2]}/keys"
    outside = ClientKeys(at.clock, source.networks("10.9.0.0/16"))
    client = replace(at.do(clients.find(at.vault, "health-center-system")), jwks={}, jwks_uri=uri)
    with pytest.raises(Exception, match="cannot be fetched within the limits"):
        at.do(outside.of(client, lambda jwks: False))
    assert Published.asked == 0


@pytest.mark.parametrize("uri", ["http://city.example/keys", "ftp://127.0.0.1/keys", "file:///etc/passwd"])
def test_keys_come_by_https_only(at: Any, uri: str) -> None:
    with pytest.raises(ValueError, match="https"):
        by_uri(at, uri)
