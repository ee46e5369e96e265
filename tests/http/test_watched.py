"""Who watches over a server learns whether it lives, whether it can work, how much it does, and nothing of a person.

docs/operations.md, "health" and "metrics"
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests import trusting
from tests.http import launch, planted
from tests.http.asking import Asking
from tests.http.launch import Running

TOKEN = "seen-by-prometheus"


@pytest.fixture
def running(installed: Path, tmp_path: Path) -> Iterator[Running]:
    folder = launch.copied(installed, tmp_path / "city")
    with launch.serving(
        folder,
        metrics_token=TOKEN,
        workers="2",
        log=str(tmp_path / "lines"),
        provider="https://127.0.0.1:9",
        provider_client="tsunagu",
        provider_networks="127.0.0.0/8",
    ) as running:
        yield running


def asked(running: Running, path: str, token: str = "") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return trusting.get(f"{running.address}{path}", headers=headers)


def test_a_server_that_can_work_says_so(running: Running) -> None:
    assert (asked(running, "/healthz").status_code, asked(running, "/healthz").text) == (200, "ok\n")
    ready = asked(running, "/readyz")
    assert (ready.status_code, ready.json()) == (200, {"store": "ok", "disk": "ok"})


def test_a_server_without_its_store_is_alive_and_not_ready_and_says_503(running: Running, tmp_path: Path) -> None:
    (running.folder / "tsunagu.sqlite").rename(tmp_path / "away")
    while asked(running, "/readyz").status_code == 200:
        pass
    assert asked(running, "/readyz").json()["store"] == "failed"
    assert asked(running, "/healthz").status_code == 200
    form = {"grant_type": "authorization_code", "client_id": "tsunagu-desk", "code": "x"}
    refused = trusting.post(f"{running.address}/oauth/token", data=form)
    assert (refused.status_code, refused.json()) == (503, {"error": "temporarily_unavailable"})
    assert refused.headers["retry-after"] == "2"
    entered = {"name": "a", "password": "b"}
    assert trusting.post(f"{running.address}/sign-in", data=entered).status_code == 503
    with Asking(running.base) as nobody:
        assert nobody.ask("POST", "Patient", b"{}").status == 503, "a refusal goes on the trail, which is not there"
    assert running.end(signal.SIGINT) == 0
    assert "Traceback" not in "".join(running.said) + (tmp_path / "lines").read_text()


def test_a_disk_that_gets_full_is_told_before_it_is(installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    with launch.serving(folder, disk_limit=str(1 << 60)) as running:
        ready = asked(running, "/readyz")
        assert (ready.status_code, ready.json()) == (503, {"store": "ok", "disk": "failed"})
        assert asked(running, "/metrics").status_code == 404
        assert running.end(signal.SIGINT) == 0
    assert "the disk gets full" in "".join(running.said)


def test_the_numbers_of_all_processes_are_told_to_who_has_the_token(running: Running) -> None:
    for _ in range(40):
        assert asked(running, "/fhir/metadata").status_code == 200
    for wrong in ("", "x"):
        assert asked(running, "/metrics", wrong).status_code == 401
    told = asked(running, "/metrics", TOKEN).text.splitlines()
    assert 'tsunagu_requests_total{action="GET metadata",status="200"} 40.0' in told
    assert any(line.startswith('tsunagu_request_seconds_bucket{action="GET metadata",le="0.25"}') for line in told)
    assert any(line.startswith("tsunagu_disk_free_bytes") for line in told)
    assert "tsunagu_bodies_bytes 0.0" in told


def test_nothing_of_a_person_is_in_a_number_a_line_or_where_an_answer_leads(running: Running, tmp_path: Path) -> None:
    assert planted.found(planted.plant(running)) == []
    numbers = asked(running, "/metrics", TOKEN).text
    health = asked(running, "/readyz").text + asked(running, "/healthz").text
    assert running.end(signal.SIGINT) == 0
    lines = (tmp_path / "lines").read_text()
    assert "POST create" in numbers
    assert "POST create" in lines
    assert planted.found(numbers + health + lines + "".join(running.said)) == []


def test_lines_go_on_in_a_new_file_where_the_old_one_was_moved(running: Running, tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    assert asked(running, "/fhir/metadata").status_code == 200
    while not lines.stat().st_size:
        pass
    lines.rename(tmp_path / "lines.1")
    assert asked(running, "/fhir/metadata").status_code == 200
    while not lines.exists() or not lines.stat().st_size:
        pass
    assert running.end(signal.SIGINT) == 0
    assert "GET metadata" in lines.read_text()
