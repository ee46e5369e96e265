"""Somebody who records persons in bursts while the ground shakes, and what of it must be there afterwards.

docs/testing.md
"""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import orjson

from demo.people import People
from tests.http.asking import Asking
from tests.http.launch import Running

_SYSTEM = "https://tsunagu.example/fhir/tests"
BOUND = 40
"""Seconds within which an answer comes, whatever the database does; one that was stopped took 27 at most."""
MANY = 6
"""Writes at once."""

DONE, LATER = (201, None), (503, "2")
"""Status and Retry-After."""


@dataclass(slots=True)
class Writing:
    """Records a person under each number; `answered` is what each of them was told."""

    base: str
    token: str
    answered: dict[int, tuple[int, str | None]] = field(default_factory=dict)
    _number: int = 0

    def begin(self, pool: ThreadPoolExecutor) -> list[Future[tuple[int, str | None]]]:
        self._number += MANY
        return [pool.submit(self._write, number) for number in range(self._number - MANY, self._number)]

    def burst(self, pool: ThreadPoolExecutor) -> set[tuple[int, str | None]]:
        """What many at once are answered."""
        return {each.result() for each in self.begin(pool)}

    def _write(self, number: int) -> tuple[int, str | None]:
        body = {"resourceType": "Patient", "identifier": [{"system": _SYSTEM, "value": str(number)}]}
        began = time.monotonic()
        with Asking(self.base, self.token) as asking:
            answer = asking.ask("POST", "Patient", orjson.dumps(body))
        assert time.monotonic() - began < BOUND
        self.answered[number] = answer.status, answer.headers.get("retry-after")
        return self.answered[number]

    def found(self) -> Counter[int]:
        """How many there are of each number."""
        found: Counter[int] = Counter()
        with Asking(self.base, self.token) as asking:
            for number in range(self._number):
                answer = asking.ask("GET", f"Patient?identifier={_SYSTEM}|{number}&_summary=count")
                assert answer.status == 200, answer.text
                found[number] = answer.total or 0
        return found

    def nothing_is_lost(self) -> None:
        """What was acknowledged is there once, and nothing twice."""
        found = self.found()
        assert {number for number, said in self.answered.items() if said == DONE and found[number] != 1} == set()
        assert max(found.values()) == 1


def token(running: Running) -> str:
    people = People(running.base, running.credentials)
    try:
        return people.officer("yorisoi").token()
    finally:
        people.close()
