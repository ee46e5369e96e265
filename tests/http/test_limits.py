"""Every request has bounds before it has work, and who asks is known before a body is read.

docs/operations.md, "limits"
"""

from __future__ import annotations

import select
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from demo.people import People
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import PATIENCE, Running
from tests.world import sheets

LARGE = 4_900_000
FORM = b"Content-Type: application/x-www-form-urlencoded"


@pytest.fixture
def running(installed: Path, tmp_path: Path) -> Iterator[Running]:
    with launch.serving(launch.copied(installed, tmp_path / "city")) as running:
        yield running


@pytest.fixture
def officer(running: Running) -> Iterator[Asking]:
    people = People(running.base, running.credentials)
    with Asking(running.base, people.officer("yorisoi").token()) as asking:
        yield asking
    people.close()


def half(address: str, line: bytes, *headers: bytes, length: int, sent: bytes = b"{") -> socket.socket:
    """A request of which the rest never comes."""
    place = urlsplit(address)
    wire = socket.create_connection((place.hostname, place.port), timeout=PATIENCE)
    said = b"Content-Length: %d" % length
    wire.sendall(b"\r\n".join((line, b"Host: x", *headers, said, b"", sent)))
    return wire


def answered(wire: socket.socket) -> bytes:
    """The status of the answer that comes; empty where there is none."""
    with closing(wire):
        return b"".join(iter(lambda: wire.recv(65536), b"")).partition(b" ")[2][:3]


def bearer(officer: Asking) -> bytes:
    return b"Authorization: Bearer " + officer.token.encode()


def test_a_stranger_sends_no_more_than_a_short_form(server: Running) -> None:
    line = b"POST /fhir/HealthcareService/_search HTTP/1.1"
    assert answered(half(server.address, line, FORM, length=LARGE)) == b"413"


def test_a_stranger_sends_no_body_at_all_where_one_must_sign_in(server: Running) -> None:
    kind = b"Content-Type: application/fhir+json"
    assert answered(half(server.address, b"POST /fhir/Patient HTTP/1.1", kind, length=LARGE)) == b"401"


def test_one_who_holds_many_bodies_is_told_to_wait(server: Running, asking: Asking) -> None:
    kind = b"Content-Type: application/fhir+json"
    line = b"POST /fhir/Patient HTTP/1.1"
    with ExitStack() as held:
        wires = [
            held.enter_context(closing(half(server.address, line, bearer(asking), kind, length=LARGE)))
            for _ in range(7)
        ]
        first, _, _ = select.select(wires, [], [], PATIENCE)
        said = first[0].recv(65536)
        assert asking.ask("GET", "Patient?_count=0").status == 200
    assert said.startswith(b"HTTP/1.1 429 ")
    assert b"\r\nretry-after: 2\r\n" in said


def test_a_body_that_does_not_come_is_answered_408(installed: Path, tmp_path: Path) -> None:
    with launch.serving(launch.copied(installed, tmp_path / "city"), body_seconds="0.2") as running:
        assert answered(half(running.address, b"POST /oauth/token HTTP/1.1", FORM, length=100)) == b"408"
        people = People(running.base, running.credentials)
        with Asking(running.base, people.officer("yorisoi").token()) as officer:
            kind = b"Content-Type: application/fhir+json"
            wire = half(running.address, b"POST /fhir/Patient HTTP/1.1", bearer(officer), kind, length=100)
            assert answered(wire) == b"408"
        people.close()
    assert "Traceback" not in "".join(running.said)


def test_half_a_body_does_not_hold_the_end(running: Running, officer: Asking) -> None:
    kind = b"Content-Type: application/fhir+json"
    wire = half(running.address, b"POST /fhir/Patient HTTP/1.1", bearer(officer), kind, length=100)
    assert officer.ask("GET", "Patient?_count=0").status == 200
    assert running.process.poll() is None
    running.process.send_signal(signal.SIGTERM)
    assert answered(wire) == b"408"
    assert running.process.wait(PATIENCE) == 0


def test_who_goes_away_is_no_fault_of_the_server(running: Running, officer: Asking) -> None:
    kind = b"Content-Type: application/fhir+json"
    half(running.address, b"POST /fhir/Patient HTTP/1.1", bearer(officer), kind, length=100).close()
    half(running.address, b"POST /oauth/token HTTP/1.1", FORM, length=100).close()
    half(running.address, b"POST /sign-in HTTP/1.1", FORM, length=100).close()
    assert officer.ask("GET", "Patient?_count=0").status == 200
    assert running.end(signal.SIGINT) == 0
    said = "".join(running.said)
    assert "Traceback" not in said
    assert '"status":500' not in said


def test_a_body_of_very_many_keys_is_refused(server: Running, asking: Asking) -> None:
    wide = b'{"resourceType":"Patient",' + b",".join(b'"k%d":1' % n for n in range(32_000)) + b"}"
    answer = asking.ask("POST", "Patient", wide)
    assert (answer.status, answer.json["issue"][0]["code"]) == (422, "too-costly")


def test_a_transaction_of_very_many_entries_is_refused(server: Running, asking: Asking) -> None:
    patient = {"resourceType": "Patient", "name": [{"text": "a"}]}
    entry = {"resource": patient, "request": {"method": "POST", "url": "Patient"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry] * 51}
    answer = asking.ask("POST", "", orjson.dumps(bundle))
    assert (answer.status, answer.json["issue"][0]["code"]) == (422, "too-costly")
    assert answer.json["issue"][0]["expression"] == ["Bundle.entry"]
    said = answer.json["issue"][0]["details"]["text"]
    assert all(word in said for word in ("50", "TSUNAGU_TRANSACTION_LIMIT", "batch", "tsunagu import")), said


def test_a_sheet_of_very_many_records_is_filed_in_parts(server: Running, asking: Asking) -> None:
    rows = [sheets.mother("水無瀬 多数"), *[sheets.referral(sheets.DESK)] * 49]
    given: list[dict[str, Any]] = [{"name": "questionnaire-response", "resource": sheets.sheet(*rows)}]
    answer = asking.ask("POST", "QuestionnaireResponse/$submit", orjson.dumps(_parameters(given)))
    assert (answer.status, answer.json["issue"][0]["code"]) == (422, "too-costly")
    assert "`partial`" in answer.json["issue"][0]["details"]["text"]
    given.append({"name": "partial", "valueBoolean": True})
    assert asking.ask("POST", "QuestionnaireResponse/$submit", orjson.dumps(_parameters(given))).status == 201


def _parameters(given: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": given}


def test_a_record_that_is_found_by_very_many_words_is_refused(server: Running, asking: Asking) -> None:
    names = [{"family": f"f{n}", "given": [f"g{n}"]} for n in range(7_000)]
    answer = asking.ask("POST", "Patient", orjson.dumps({"resourceType": "Patient", "name": names}))
    assert (answer.status, answer.json["issue"][0]["code"]) == (422, "too-costly")


def test_only_a_hundred_faults_of_a_body_are_told(server: Running, asking: Asking) -> None:
    body = {"resourceType": "Patient", "name": [{f"k{n}": 1 for n in range(150)}]}
    issues = asking.ask("POST", "Patient", orjson.dumps(body)).json["issue"]
    assert len(issues) == 101
    assert issues[-1]["details"]["text"] == "ほか 50 件"


def test_a_refused_body_that_is_sent_all_the_same_reads_its_answer(server: Running, asking: Asking) -> None:
    assert asking.ask("POST", "Patient", b"x" * 6_000_000).status == 413
    assert asking.ask("GET", "Patient?_count=0").status == 200


@pytest.mark.parametrize("header", [b"Authorization: Bearer x", b'If-Match: W/"1"', b"Content-Type: text/plain"])
def test_a_header_that_two_readers_could_read_differently_is_refused(asking: Asking, header: bytes) -> None:
    twice = (header,) if header.startswith(b"Auth") else (header, header)
    said = asking.raw(asking.authorized(b"GET /fhir/Patient HTTP/1.1", *twice))
    assert said.startswith(b"HTTP/1.1 400 ")


def test_who_asks_too_often_is_told_when_to_ask_again_and_others_are_answered(installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    with launch.serving(folder, rate="20", workers="2") as running:
        people = People(running.base, running.credentials)
        with Asking(running.base, people.officer("yorisoi").token()) as much:
            answers = [much.ask("GET", "Patient?_count=0") for _ in range(60)]
        refused = [answer for answer in answers if answer.status == 429]
        assert len(refused) >= 20
        assert refused[0].json["issue"][0]["code"] == "throttled"
        assert 1 <= int(refused[0].headers["retry-after"]) <= 60
        with Asking(running.base, people.system("health-center-system").token()) as other:
            assert other.ask("GET", "Patient?_count=0").status == 200
        people.close()
