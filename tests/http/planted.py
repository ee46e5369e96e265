"""Names that are nobody's, put into every part of requests: whatever is told of requests must hold none of them."""

from __future__ import annotations

import httpx2

from demo.people import People
from tests.http.asking import Asking
from tests.http.launch import Running

MARKERS = ("hanako-marker", "花子の目印", "marker-0861234567")


def plant(running: Running) -> None:
    """In bodies, addresses, questions, headers and forms, of what is taken and of what is refused."""
    people = People(running.base, running.credentials)
    with Asking(running.base, people.officer("yorisoi").token()) as officer:
        for marker in MARKERS:
            body = f'{{"resourceType":"Patient","id":"{marker}","name":[{{"text":"{marker}"}}],"x":"{marker}"}}'
            officer.ask("POST", "Patient", body.encode())
            officer.ask("POST", "Patient", body.replace(f',"x":"{marker}"', "").encode())
            officer.ask("PUT", f"Patient/{marker}", body.encode())
            for path in (f"Patient?name={marker}", f"Patient/{marker}", f"{marker}/x", f"Patient?{marker}=1"):
                officer.ask("GET", path)
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            officer.ask("POST", "Patient/_search", f"name={marker}".encode(), form)
        for name in ("User-Agent", "X-Request-Id", "traceparent", "tracestate", "baggage", "If-Match"):
            officer.ask("GET", "Patient", headers={name: MARKERS[0]})
    token = httpx2.post(f"{running.address}/oauth/token", data={"client_id": MARKERS[0]}, trust_env=False)
    assert token.status_code in (400, 401)
    entered = {"name": MARKERS[0], "password": MARKERS[1]}
    httpx2.post(f"{running.address}/sign-in", data=entered, trust_env=False)
    httpx2.get(f"{running.address}/{MARKERS[0]}?{MARKERS[0]}", trust_env=False)
    httpx2.request(MARKERS[0].upper(), f"{running.address}/healthz", trust_env=False)
    people.close()


def found(told: str) -> list[str]:
    """Which of them are in what was told."""
    return [marker for marker in MARKERS if marker in told or marker.upper() in told]
