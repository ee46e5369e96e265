"""The RESTful interactions of FHIR as a client makes them, with whatever token it can get.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx2
import orjson

from demo.answer import Answer

JSON = "application/fhir+json"


RESTING = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=3.0)
"""A connection rests for fewer seconds than the server lets it (`TSUNAGU_HEADER_SECONDS`): nothing is sent into one
that is being closed."""


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """Whom a client trusts, read once: it takes longer than a request."""
    return httpx2.create_ssl_context(trust_env=False)


class Refused(Exception):
    """The authorization server gave no token; the text says which step, which status and what it answered."""


class Client:
    """Someone who asks the API: without a token, unless a kind of client below gets one."""

    def __init__(self, base: str, *, language: str = "ja", transport: httpx2.BaseTransport | None = None) -> None:
        """`base` is the FHIR base, such as `http://127.0.0.1:8000/fhir`; `transport` a way there without a socket."""
        self.base = base.rstrip("/")
        headers = {"Accept-Language": language}
        self._web = httpx2.Client(
            headers=headers, verify=trusted(), timeout=30, trust_env=False, transport=transport, limits=RESTING
        )
        self._token = ""
        self._until = 0.0

    def get(self, path: str, /, *, accept: str = JSON, **parameters: str) -> Answer:
        return self._ask("GET", path, parameters=parameters, headers={"Accept": accept})

    def search(self, type: str, /, **parameters: str) -> Answer:
        return self._ask("GET", type, parameters=parameters)

    def post(self, path: str, body: Mapping[str, Any] | bytes) -> Answer:
        return self._ask("POST", path, body=body, headers={"Prefer": "return=representation"})

    def put(self, resource: Mapping[str, Any]) -> Answer:
        """Update with If-Match on the version that the resource itself carries."""
        place = f"{resource['resourceType']}/{resource['id']}"
        version = resource.get("meta", {}).get("versionId")
        matching = {"If-Match": f'W/"{version}"'} if version else {}
        return self._ask("PUT", place, body=resource, headers={"Prefer": "return=representation", **matching})

    def send(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A request exactly as given, for what the verbs above cannot say."""
        return self._ask(method, path, body=body, headers=headers)

    def token(self) -> str:
        """A living access token, fetched where there is none; empty for somebody who needs none. Raises Refused."""
        if time.monotonic() >= self._until:
            granted = self._grant()
            self._token = str(granted.get("access_token", ""))
            self._until = time.monotonic() + float(granted.get("expires_in", 0)) - 30
        return self._token

    def close(self) -> None:
        self._web.close()

    def _ask(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        token = self.token()
        sent = {"Accept": JSON} | ({"Authorization": f"Bearer {token}"} if token else {})
        if body is not None:
            sent["Content-Type"] = JSON
        content = orjson.dumps(dict(body)) if isinstance(body, Mapping) else body
        url = f"{self.base}/{path}" if path else self.base
        answer = self._web.request(
            method, url, params=parameters or None, content=content, headers=sent | dict(headers or {})
        )
        return read(answer)

    def _grant(self) -> Mapping[str, Any]:
        return {"expires_in": 1 << 30}

    def _discover(self) -> Mapping[str, Any]:
        answer = read(self._web.get(f"{self.base}/.well-known/smart-configuration"))
        if not answer.done or not isinstance(answer.json, dict):
            raise Refused(f"discovery answered {answer.status}: {answer.text[:200]}")
        return answer.json


def read(answer: httpx2.Response) -> Answer:
    """The answer with its JSON read, where it says that it is JSON."""
    kind = answer.headers.get("content-type", "")
    json = orjson.loads(answer.content) if "json" in kind and answer.content else None
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status_code, headers, json, answer.text)
