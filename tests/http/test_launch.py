"""An app is opened for one person: chosen on our page or by another application, and only among those who may be seen.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import orjson
import pytest

from demo.journey.city import City
from demo.people import People
from tests import trusting
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.http.refused import concern
from tests.world import household

VERIFIER = "a-verifier-of-forty-three-letters-and-more-0123456789"
SCOPE = "launch/patient openid fhirUser offline_access patient/*.cruds"
FAMILY = household.PERSONS["mother"][0]


class Screen:
    """An officer at a browser, in front of an app that asks to be opened."""

    def __init__(self, server: Running, name: str) -> None:
        self.server, self.name = server, name
        self.web = trusting.client(base_url=server.address, timeout=30)
        page = self.web.get("/sign-in")
        self.web.post("/sign-in", data=hidden(page) | {"name": name, "password": server.credentials.passwords[name]})

    def ask(self, **other: str) -> httpx2.Response:
        digest = hashlib.sha256(VERIFIER.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.server.credentials.client,
            "redirect_uri": self.server.credentials.redirect,
            "scope": SCOPE,
            "state": "s",
            "aud": self.server.base,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return self.web.get("/oauth/authorize", params=asked | other)

    def look_for(self, page: httpx2.Response, name: str) -> httpx2.Response:
        return self.web.post("/oauth/choose", data=hidden(page) | {"name": name})

    def take(self, page: httpx2.Response, patient: str) -> httpx2.Response:
        chosen = self.web.post("/oauth/choose", data=hidden(page) | {"patient": patient})
        return self.web.get(chosen.headers["location"]) if chosen.is_redirect else chosen

    def allow(self, page: httpx2.Response) -> dict[str, Any]:
        back = self.web.post("/oauth/decision", data=hidden(page) | {"answer": "allow"})
        code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.server.credentials.redirect,
            "client_id": self.server.credentials.client,
            "code_verifier": VERIFIER,
        }
        body: dict[str, Any] = self.web.post("/oauth/token", data=form).json()
        return body

    def refresh(self, token: str) -> dict[str, Any]:
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.server.credentials.client}
        body: dict[str, Any] = self.web.post("/oauth/token", data=form).json()
        return body


def hidden(page: httpx2.Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: html.unescape(value) for name, value in found}


@pytest.fixture
def screen(server: Running) -> Iterator[Screen]:
    shown = Screen(server, "yorisoi")
    yield shown
    shown.web.close()


def test_an_app_is_opened_for_the_person_that_was_chosen_and_reads_of_nobody_else(
    city: City, screen: Screen, server: Running
) -> None:
    mother, son = city.known["mother"], city.known["son"]
    found = screen.look_for(screen.ask(), FAMILY)
    assert mother in found.text
    confirm = screen.take(found, mother)
    assert "対象者" in confirm.text
    body = screen.allow(confirm)
    assert body["patient"] == mother.partition("/")[2]
    assert {"reference": city.known["household"]} in body["fhirContext"]
    assert "patient/*.cruds" in body["scope"].split()
    again = screen.refresh(body["refresh_token"])
    context = ("patient", "fhirContext", "need_patient_banner")
    assert [again[name] for name in context] == [body[name] for name in context]
    with Asking(server.base, body["access_token"]) as app:
        assert app.ask("GET", mother).status == 200
        assert app.ask("GET", city.known["mother-mental-health"]).status == 200
        assert app.ask("GET", city.known["household"]).status == 200, "which she is a member of"
        assert app.ask("GET", "Organization/lead-section").status == 200, "the public directory"
        for unseen in (son, city.known["son-child-rearing"], city.known["sister-income-work"]):
            assert app.ask("GET", unseen).status == 404
            assert app.ask("GET", f"{unseen}/_history").status == 404
        conditions = app.ask("GET", "Condition?_count=200").resources
        assert {one["subject"]["reference"] for one in conditions} == {mother}
        theirs = concern(city) | {"subject": {"reference": son}}
        assert app.ask("POST", "Condition", orjson.dumps(theirs)).status == 422, "whom it cannot see"
        hers = concern(city) | {"subject": {"reference": mother}}
        assert app.ask("POST", "Condition", orjson.dumps(hers)).status == 201
        assert app.ask("GET", "AuditEvent").status == 403, "the trail is of no one person"


def test_nobody_can_be_chosen_whom_the_officer_may_not_see(city: City, server: Running) -> None:
    other = Screen(server, "child-guidance")
    page = other.ask()
    found = other.look_for(page, FAMILY)
    assert city.known["mother"] not in found.text
    again = other.take(page, city.known["mother"])
    assert "許可する" not in again.text
    for forged in ("Patient/none", "Practitioner/practitioner-yorisoi", "Group/x", "x", "Patient/../metadata"):
        assert "許可する" not in other.take(page, forged).text
    other.web.close()


def test_a_choice_of_one_session_counts_in_no_other(city: City, screen: Screen, server: Running) -> None:
    page = screen.ask()
    chosen = screen.web.post("/oauth/choose", data=hidden(page) | {"patient": city.known["mother"]})
    stranger = Screen(server, "convener")
    refused = stranger.web.get(chosen.headers["location"])
    assert "error=invalid_request" in refused.headers["location"]
    stranger.web.close()


def test_without_a_launch_no_scope_of_a_person_is_granted(screen: Screen) -> None:
    assert "error=invalid_scope" in screen.ask(scope="patient/*.rs").headers["location"]


def test_an_application_opens_another_for_its_person(
    city: City, people: People, server: Running, screen: Screen
) -> None:
    bearer = {"authorization": f"Bearer {people.officer('yorisoi').token()}"}
    opened = trusting.post(
        f"{server.address}/oauth/launch", data={"patient": city.known["mother"]}, headers=bearer
    ).json()
    confirm = screen.ask(scope="launch patient/Condition.rs", launch=opened["launch"])
    body = screen.allow(confirm)
    assert body["patient"] == city.known["mother"].partition("/")[2]
    other = Screen(server, "convener")
    refused = other.ask(scope="launch patient/Condition.rs", launch=opened["launch"])
    assert "error=invalid_request" in refused.headers["location"], "it was opened for another person"
    other.web.close()
    for launch in ({"launch": "made-up"}, {}):
        assert "error=invalid_request" in screen.ask(scope="launch patient/Condition.rs", **launch).headers["location"]


def test_nothing_is_opened_for_whom_the_person_may_not_see(city: City, people: People, server: Running) -> None:
    address = f"{server.address}/oauth/launch"
    token = people.officer("child-guidance").token()
    system = people.system("yorisoi-system").token()
    form = {"patient": city.known["mother"]}
    for bearer, error in ((token, "invalid_request"), (system, "insufficient_scope"), ("x", "invalid_token")):
        headers = {"authorization": f"Bearer {bearer}"}
        said = trusting.post(address, data=form, headers=headers)
        assert said.json()["error"] == error
    assert trusting.post(address, data=form).json()["error"] == "insufficient_scope"
