"""An OpenID provider of others, such as a city's Keycloak, in a test's hands.

https://openid.net/specs/openid-connect-core-1_0.html
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from joserfc import jwk, jwt

SUBJECT = "f:1:鈴".encode().hex()


@dataclass
class Elsewhere:
    """`claims`, `head`, `key`, `status` and `said` may be other than is right. With `refresh` it gives such a token,
    and tells of those it was `refreshed` with; once it `forgets`, it knows nobody any more."""

    key: jwk.Key = field(default_factory=lambda: jwk.ECKey.generate_key("P-256", {"kid": "k"}))
    url: str = ""

    def __post_init__(self) -> None:
        self.right()

    def right(self) -> None:
        self.claims: dict[str, Any] = {}
        self.head: dict[str, Any] = {"alg": "ES256", "kid": "k"}
        self.signing: jwk.Key | None = self.key
        self.token = self.fixed = ""
        self.status = {"/.well-known/openid-configuration": 200, "/jwks": 200, "/token": 200}
        self.said: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.authorization = ""
        self.refresh = ""
        self.forgets = False
        self.refreshed: list[str] = []
        self.nonce = ""

    def id_token(self, now: int) -> str:
        claims = {"iss": self.url, "sub": SUBJECT, "aud": "tsunagu", "iat": now, "exp": now + 60, "nonce": self.nonce}
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        return jwt.encode(self.head, claims, self.signing or self.key, algorithms=[self.head["alg"]])

    def logout_token(self, now: int, **other: Any) -> str:
        claims = {"iss": self.url, "sub": SUBJECT, "aud": "tsunagu", "iat": now, "exp": now + 60, "jti": str(uuid4())}
        claims["events"] = {"http://schemas.openid.net/event/backchannel-logout": {}}
        claims = {name: value for name, value in (claims | other).items() if value is not None}
        head = {"typ": "logout+jwt"} | self.head
        return jwt.encode(head, claims, self.signing or self.key, algorithms=[head["alg"]], default_type=None)

    def answer(self, path: str) -> Any:
        if path == "/jwks":
            return {"keys": [{"kty": "new"}, {"kty": "RSA", "n": "x"}, self.key.as_dict(private=False)]}
        if path == "/token" and self.forgets:
            return {"error": "invalid_grant"}
        if path == "/token":
            return {"id_token": self.token} | ({"refresh_token": self.refresh} if self.refresh else {})
        named = {"authorization": "authorize", "token": "token"}
        found = {f"{name}_endpoint": f"{self.url}/{place}" for name, place in named.items()}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"} | found | self.said


@contextmanager
def serving_elsewhere() -> Iterator[Elsewhere]:
    there = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = 400 if there.forgets and self.path == "/token" else there.status[self.path]
            body = json.dumps(there.answer(self.path)).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("location", f"{there.url}/jwks")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            there.asked = dict(parse_qsl(self.rfile.read(length).decode()))
            there.authorization = self.headers.get("authorization", "")
            if there.asked.get("grant_type") == "refresh_token":
                there.refreshed.append(there.asked["refresh_token"])
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        there.url = f"http://127.0.0.1:{serving.server_port}"
        threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield there
        serving.shutdown()
