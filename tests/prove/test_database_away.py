"""MongoDB stopped, back, killed among writes and begun again: 503 in bounded time, nothing lost, nothing twice.

docs/store.md, "MongoDB"
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from demo.people import People
from tests import secantus
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running

pytestmark = pytest.mark.prove

_SYSTEM = "https://tsunagu.example/fhir/tests"
_PATIENCE = 500
_BOUND = 40
"""Seconds within which an answer comes, whatever the database does; one that was stopped took 27 at most."""


class Writing:
    """Somebody who records a person under each number, and what they were answered."""

    def __init__(self, base: str, token: str) -> None:
        self._base, self._token, self._number = base, token, 0
        self.acknowledged: set[int] = set()

    def burst(self, pool: ThreadPoolExecutor) -> list[Future[tuple[int, str | None]]]:
        self._number += 6
        return [pool.submit(self._write, number) for number in range(self._number - 6, self._number)]

    def _write(self, number: int) -> tuple[int, str | None]:
        body = {"resourceType": "Patient", "identifier": [{"system": _SYSTEM, "value": str(number)}]}
        began = time.monotonic()
        with Asking(self._base, self._token) as asking:
            answer = asking.ask("POST", "Patient", orjson.dumps(body))
        assert time.monotonic() - began < _BOUND
        if answer.status == 201:
            self.acknowledged.add(number)
        return answer.status, answer.headers.get("retry-after")

    def found(self) -> Counter[int]:
        found: Counter[int] = Counter()
        with Asking(self._base, self._token) as asking:
            for number in range(self._number):
                answer = asking.ask("GET", f"Patient?identifier={_SYSTEM}|{number}&_summary=count")
                assert answer.status == 200, answer.text
                found[number] = answer.total or 0
        return found


def test_a_database_that_is_stopped_or_killed_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    with secantus.begun(tmp_path / "mongodb") as (process, address):
        port = int(address.rpartition(":")[2])
        with launch.serving(
            tmp_path / "city", "--demo", patience=_PATIENCE, store=f"{address}/city", token_seconds="3600"
        ) as running:
            writing = Writing(running.base, _token(running))
            with ThreadPoolExecutor(6) as pool:
                assert 201 in {each.result()[0] for each in writing.burst(pool)}
                os.kill(process.pid, signal.SIGSTOP)
                assert {each.result() for each in writing.burst(pool)} == {(503, "2")}
                under_way = writing.burst(pool)
                os.kill(process.pid, signal.SIGCONT)
                assert {each.result()[0] for each in under_way} <= {201, 503}
                under_way = writing.burst(pool)
                under_way[0].result()
                process.kill()
                process.wait()
                assert {each.result()[0] for each in under_way} <= {201, 503}
                assert {each.result() for each in writing.burst(pool)} == {(503, "2")}
                with secantus.begun(tmp_path / "mongodb", port):
                    assert 201 in {each.result()[0] for each in writing.burst(pool)}
                    found = writing.found()
                    assert running.end(signal.SIGINT) == 0
    assert {number for number in writing.acknowledged if found[number] != 1} == set()
    assert max(found.values()) == 1


def _token(running: Running) -> str:
    people = People(running.base, running.credentials)
    try:
        return people.officer("yorisoi").token()
    finally:
        people.close()
