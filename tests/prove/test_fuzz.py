"""Whatever is sent, the server answers: no 500, no hang, nothing that does not say what is wrong, and it goes on.

docs/testing.md, "fuzzing". The seed is TSUNAGU_FUZZ_SEED, or of the day; what it found is a test elsewhere by now.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx2
import pytest

from demo.answer import Answer
from demo.journey.city import City
from demo.people import People
from profiles.spec import Spec
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.proofs import Proof
from tests.prove.fuzz import Fuzz, Request
from tests.world import casework, household

pytestmark = pytest.mark.prove

SEED = int(os.environ.get("TSUNAGU_FUZZ_SEED", date.today().toordinal()))
A_ROUND = 200
_THROTTLED = 429
_OF_THE_CITY = ("Organization/yorisoi-center", "PractitionerRole/role-yorisoi", "Practitioner/practitioner-yorisoi")


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One that turns nobody away for asking too often."""
    folder = launch.copied(installed, tmp_path_factory.mktemp("fuzzed") / "city")
    with launch.serving(folder, "--demo", rate="10000000") as running:
        yield running


@pytest.fixture(scope="module")
def people(server: Running) -> Iterator[People]:
    everybody = People(server.base, server.credentials)
    yield everybody
    everybody.close()


@pytest.mark.proof("fuzz", 50_000)
def test_nothing_that_is_sent_fails_the_server(
    proof: Proof,
    people: People,
    server: Running,
    spec: Spec,
) -> None:
    city = City(people)
    household.record(city)
    casework.refer(city)
    known = [each for each in city.known.values() if "/" in each and not each.startswith("http")]
    fuzz = Fuzz(SEED, [*known, *_OF_THE_CITY], _names(spec), spec)
    wrong, statuses, slowest = [], Counter[int](), (0.0, "")
    with Asking(people.base, people.officer("yorisoi").token()) as asking:
        while proof.goes_on:
            for _ in range(A_ROUND):
                request, begun = fuzz.draw(), time.monotonic()
                if said := _fault(asking, request, statuses):
                    wrong.append(f"{said}\n    {request}")
                slowest = max(slowest, (time.monotonic() - begun, str(request)))
                proof.count()
            asking.token = people.officer("yorisoi").token()
            assert len(wrong) < 50, "\n".join(wrong)  # enough to look at
    print(f"the slowest took {slowest[0]:.2f} s: {slowest[1]}\n{statuses}")
    assert wrong == [], f"seed {SEED}:\n" + "\n".join(wrong)
    assert server.process.poll() is None
    assert statuses[_THROTTLED] * 20 < statuses.total(), "what is turned away at the door tries nothing"
    assert sum(statuses[status] for status in (200, 201, 204)) * 30 > statuses.total(), f"nothing is done: {statuses}"
    assert people.officer("yorisoi").get(city.known["mother"]).status == 200


def _fault(asking: Asking, request: Request, statuses: Counter[int]) -> str:
    """What is wrong with the answer; empty where nothing is."""
    try:
        answer = asking.ask(request.method, request.path, request.body, request.headers)
    except (httpx2.InvalidURL, httpx2.LocalProtocolError, UnicodeEncodeError):
        return ""  # it cannot even be sent
    except httpx2.HTTPError as fault:
        return f"no answer: {fault!r}"
    statuses[answer.status] += 1
    if answer.status >= 500:  # HTTP
        return f"{answer.status}: {answer.text[:500]}"
    return _silent(answer, request)


def _silent(answer: Answer, request: Request) -> str:
    """A refusal says what is wrong."""
    spoken = "json" in answer.headers.get("content-type", "") and request.method != "HEAD"
    if answer.status < 400 or answer.status == _THROTTLED or not spoken:  # HTTP
        return ""
    if not isinstance(answer.json, dict) or answer.json.get("resourceType") != "OperationOutcome":
        return f"{answer.status} without an OperationOutcome: {answer.text[:300]}"
    return "" if all(issue.get("diagnostics") for issue in answer.json["issue"]) else f"{answer.status} says nothing"


def _names(spec: Spec) -> dict[str, tuple[str, ...]]:
    return {type: tuple(sorted(spec.search[type])) for type in sorted(spec.search) if type in spec.types}
