"""A person at a browser, and what the pages and redirections say to it."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

CALLBACK = "http://127.0.0.1:9/callback"
PASSWORD = "青い鳥と三つの鍵"


@dataclass
class Browser:
    """A person at a browser with the desk's web client open: no scripts, only links, forms and cookies."""

    at: Any
    http: httpx2.Client
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def request(self, **other: str | None) -> dict[str, str]:
        """The parameters of a good authorization request, some of them replaced; with None, left out."""
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "tsunagu-desk",
            "redirect_uri": CALLBACK,
            "scope": "openid fhirUser offline_access user/*.rs",
            "state": "状態 & 1".encode().hex(),
            "aud": self.at.fhir,
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (fields | other).items() if value is not None}

    def ask(self, **other: str | None) -> httpx2.Response:
        return self.http.get("/oauth/authorize", params=self.request(**other))

    def sign_in(self, page: httpx2.Response, name: str = "yorisoi", password: str = PASSWORD) -> httpx2.Response:
        return self.http.post("/sign-in", data=hidden(page) | {"name": name, "password": password})

    def answer(self, page: httpx2.Response, answer: str = "allow") -> dict[str, str]:
        """What the client hears at its redirect_uri."""
        response = self.http.post("/oauth/decision", data=hidden(page) | {"answer": answer})
        assert response.status_code == 303, response.text
        return heard(response)

    def code(self, **other: str | None) -> str:
        page = self.ask(**other)
        if "password" in page.text:
            page = self.http.get(self.sign_in(page).headers["location"])
        return self.answer(page)["code"]

    def exchange(self, obtained: str, **other: str | None) -> httpx2.Response:
        fields: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": obtained,
            "redirect_uri": CALLBACK,
            "client_id": "tsunagu-desk",
            "code_verifier": self.verifier,
        }
        data = {name: value for name, value in (fields | other).items() if value is not None}
        return self.http.post("/oauth/token", data=data)

    def refresh(self, token: str, **other: str) -> httpx2.Response:
        fields = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "tsunagu-desk"}
        return self.http.post("/oauth/token", data=fields | other)


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def hidden(page: httpx2.Response) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: html.unescape(value) for name, value in found}


def heard(response: httpx2.Response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))
