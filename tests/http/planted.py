"""Names that are nobody's, put into every part of requests: whatever is told of requests must hold none of them."""

from __future__ import annotations

import orjson

from demo.people import People
from tests import trusting
from tests.http.asking import Asking
from tests.http.launch import Running

MARKERS = ("hanako-marker", "花子の目印", "marker-0861234567")

_ASKED = (
    *("/oauth/authorize", "/oauth/introspect", "/oauth/revoke", "/oauth/token", "/oauth/decision", "/oauth/choose"),
    *("/oauth/launch", "/oauth/par", "/oauth/register", "/sign-in", "/sign-in/second", "/second-factor", "/sign-out"),
    *("/sign-in/passkey", "/sign-in/passkey/signed", "/passkeys", "/passkeys/made", "/passkeys/remove"),
    *("/sign-in/provider", "/sign-in/provider/back"),
)
"""What people and apps sign in with, here, by a device of their own, and elsewhere."""

_FIELDS = (
    *("name", "password", "code", "csrf", "query", "client_id", "state", "login_hint", "redirect_uri", "scope"),
    *("token", "error", "error_description", "iss", "id", "signed", "refresh_token", "client_assertion", "nonce"),
)


def plant(running: Running) -> str:
    """In bodies, addresses, questions, headers and forms, of what is taken and of what is refused.

    What the addresses say that answers led to; of those of an app that asked, what is not its own.
    """
    led = []
    people = People(running.base, running.credentials)
    with Asking(running.base, people.officer("yorisoi").token()) as officer:
        for marker in MARKERS:
            body = f'{{"resourceType":"Patient","id":"{marker}","name":[{{"text":"{marker}"}}],"x":"{marker}"}}'
            led.append(officer.ask("POST", "Patient", body.encode()).headers.get("location", ""))
            led.append(officer.ask("POST", "Patient", _person(marker)).headers.get("location", ""))
            officer.ask("POST", "Patient", body.replace(f',"x":"{marker}"', "").encode())
            officer.ask("PUT", f"Patient/{marker}", body.encode())
            for path in (f"Patient?name={marker}", f"Patient/{marker}", f"{marker}/x", f"Patient?{marker}=1"):
                officer.ask("GET", path)
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            officer.ask("POST", "Patient/_search", f"name={marker}".encode(), form)
        for name in ("User-Agent", "X-Request-Id", "traceparent", "tracestate", "baggage", "If-Match"):
            officer.ask("GET", "Patient", headers={name: MARKERS[0]})
    token = trusting.post(f"{running.address}/oauth/token", data={"client_id": MARKERS[0]})
    assert token.status_code in (400, 401)
    entered = {"name": MARKERS[0], "password": MARKERS[1]}
    trusting.post(f"{running.address}/sign-in", data=entered)
    trusting.get(f"{running.address}/{MARKERS[0]}?{MARKERS[0]}")
    trusting.request(MARKERS[0].upper(), f"{running.address}/healthz")
    fields = dict.fromkeys(_FIELDS, " ".join(MARKERS))
    with trusting.client(base_url=running.address) as web:
        for path in _ASKED:
            for told in (web.get(path, params=fields), web.post(path, data=fields)):
                assert told.status_code < 500, path
                led.append(told.headers.get("location", ""))
    people.close()
    return "".join(led)


def _person(marker: str) -> bytes:
    """Somebody of whom every part that may be known is planted."""
    said = {
        "resourceType": "Patient",
        "identifier": [{"system": "https://tsunagu.example/fhir/tests", "value": marker}],
        "name": [{"text": marker, "family": marker, "given": [marker]}],
        "telecom": [{"system": "phone", "value": marker}, {"system": "email", "value": f"{marker}@example.jp"}],
        "address": [{"text": marker, "line": [marker], "city": marker, "postalCode": marker}],
        "contact": [{"name": {"text": marker}, "telecom": [{"system": "phone", "value": marker}]}],
    }
    return orjson.dumps(said)


def found(told: str) -> list[str]:
    """Which of them are in what was told."""
    return [marker for marker in MARKERS if marker in told or marker.upper() in told]
