"""What ends evidence holds for the next request, in every process: what relies on it is asked all the while.

docs/policy.md, "the shape of a decision". 10,000 requests in `make prove`; a tenth of them on MongoDB's protocol.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from demo.answer import Answer
from demo.journey.city import City
from demo.people import CARE, CONFERENCE, People
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.proofs import Proof
from tests.world import casework, household

pytestmark = pytest.mark.prove

ASKING = 4
"""Who ask at once, each on a connection of their own, so that both processes are asked."""
AFTER = 5
"""How often each asks once more after what ended the evidence was acknowledged."""
_PATIENCE = 600
_TERMS = "http://terminology.hl7.org/CodeSystem"
_CONCERN = {
    "resourceType": "Condition",
    "clinicalStatus": {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
    },
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """How it is made, and what of it is asked by whom; how it is ended, and by whom that is acknowledged."""

    made: Callable[[City], Answer]
    officer: str
    purpose: str
    asked: Callable[[City], tuple[tuple[str, str, bytes | None], ...]]
    ended: Callable[[City], Answer]


def consented(city: City) -> tuple[tuple[str, str, bytes | None], ...]:
    """To read, to find, and to write about the mother, which only who sees her may."""
    mother = city.known["mother"]
    written = orjson.dumps(_CONCERN | {"subject": {"reference": mother}})
    return (
        ("GET", mother, None),
        ("GET", f"Patient?_id={mother.partition('/')[2]}", None),
        ("POST", "Condition", written),
    )


def seated(city: City) -> tuple[tuple[str, str, bytes | None], ...]:
    """To read what is on the table, and to find it."""
    tabled = city.known["mother-mental-health"]
    return ("GET", tabled, None), ("GET", f"Condition?_id={tabled.partition('/')[2]}", None)


def requested(city: City) -> tuple[tuple[str, str, bytes | None], ...]:
    request = city.known["request"]
    return ("GET", request, None), ("GET", f"ServiceRequest?_id={request.partition('/')[2]}", None)


def withdrawn(city: City) -> Answer:
    """The request, and then the Task that carries it: as long as that is open it opens what it carries."""
    revoked = casework.change(city, "yorisoi", "request", status="revoked")
    assert revoked.done, revoked.text
    return casework.change(city, "yorisoi", "task", status="cancelled")


def meeting(city: City) -> Answer:
    """A conference is open, the child guidance center is seated at it under secrecy, and a concern is on the table."""
    casework.hold_meeting(city)
    for notice in ("invitation", "opening-notice"):
        assert casework.acknowledge(city, "child-guidance", notice).status == 201
    return casework.table(city, "mother-mental-health")


def unseated(city: City) -> Answer:
    """The convener takes the child guidance center's seat away: it ends with yesterday."""
    seats = city.officer("convener", CONFERENCE).get(city.known["conference"]).json["participant"]
    lost = "PractitionerRole/role-child-guidance"
    left = [
        seat | ({"period": {"end": casework.day(-1)}} if seat["individual"]["reference"] == lost else {})
        for seat in seats
    ]
    return casework.change(city, "convener", "conference", CONFERENCE, participant=left)


def tabled(city: City) -> tuple[tuple[str, str, bytes | None], ...]:
    """To read a concern of the mother's that the health center reads by her consent, and to find it."""
    concern = city.known["mother-mental-health"]
    return ("GET", concern, None), ("GET", f"Condition?_id={concern.partition('/')[2]}", None)


def in_error(city: City) -> Answer:
    officer = city.officer("yorisoi")
    concern = officer.get(city.known["mother-mental-health"]).json
    del concern["clinicalStatus"]  # con-5
    wrong = {"coding": [{"system": f"{_TERMS}/condition-ver-status", "code": "entered-in-error"}]}
    return officer.put(concern | {"verificationStatus": wrong})


def asked_to_merge(city: City) -> Answer:
    """The mother signed, and it was asked to merge her with somebody who has refused."""
    signed = casework.sign(city)
    twin = {"resourceType": "Patient", "name": [{"text": "水無瀬　かほり"}], "birthDate": "1976-05-14"}
    assert household.write(city, "yorisoi", "twin", twin).status == 201
    mine = {"reference": city.known["twin"]}
    assert casework.file_paper(city, "yorisoi", "twin", "refused").status == 201
    paper = {"reference": city.known["refused"]}
    said = {"patient": mine, "performer": [mine], "sourceReference": paper, "provision": {"type": "deny"}}
    refused = casework.sign(city, "refusal", **said, dateTime=casework.day(0))
    assert refused.status == 201, refused.text
    return signed


def merged(city: City) -> Answer:
    """Who keeps both merges them: what the other name refused is refused from then on."""
    given = [("source-patient", "twin"), ("target-patient", "mother")]
    named = [{"name": name, "valueReference": {"reference": city.known[who]}} for name, who in given]
    return city.officer("yorisoi").post("Patient/$merge", {"resourceType": "Parameters", "parameter": named})


EVIDENCE = {
    "a consent taken back": Evidence(
        casework.sign,
        "health-center",
        CARE,
        consented,
        lambda city: casework.change(city, "yorisoi", "consent", status="inactive"),
    ),
    "a request withdrawn": Evidence(
        casework.refer,
        "health-center",
        CARE,
        requested,
        withdrawn,
    ),
    "a conference closed": Evidence(meeting, "child-guidance", CONFERENCE, seated, casework.close_meeting),
    "a seat taken away": Evidence(meeting, "child-guidance", CONFERENCE, seated, unseated),
    "a record marked as a mistake": Evidence(casework.sign, "health-center", CARE, tabled, in_error),
    "somebody merged with who has refused": Evidence(asked_to_merge, "health-center", CARE, consented, merged),
}


@dataclass(slots=True)
class Watch:
    """Requests that go on while something ends: of each when it began and whether it was still opened."""

    told: list[tuple[float, bool, str]] = field(default_factory=list)
    over: float = float("inf")
    stop: threading.Event = field(default_factory=threading.Event)

    def watch(self, asking: Asking, questions: tuple[tuple[str, str, bytes | None], ...]) -> None:
        after = 0
        while after < AFTER:
            after += self.stop.is_set()
            for method, path, body in questions:
                begun = time.monotonic()
                answer = asking.ask(method, path, body)
                assert answer.status < 500, answer.text
                self.told.append((begun, _opened(answer), f"{method} {path}"))

    @property
    def later(self) -> list[tuple[bool, str]]:
        return [(opened, what) for begun, opened, what in self.told if begun > self.over]


def _opened(answer: Answer) -> bool:
    return answer.done and (answer.json.get("resourceType") != "Bundle" or bool(answer.total))


@contextmanager
def _city(running: Running) -> Iterator[City]:
    people = People(running.base, running.credentials)
    try:
        yield City(people)
    finally:
        people.close()


def ending(running: Running, of: Evidence) -> int:
    """Evidence is made and ended in a household of its own, while it is relied on; how many requests came after."""
    with _city(running) as city, ExitStack() as stack:
        city.known["tag"] = f"{household.TAGS}|{uuid4()}"
        household.record(city)
        done = of.made(city)
        assert done.done, done.text
        token = city.officer(of.officer, of.purpose).token()
        asking = [stack.enter_context(Asking(running.base, token)) for _ in range(ASKING)]
        watch, questions = Watch(), of.asked(city)
        with ThreadPoolExecutor(ASKING) as pool:
            watching = [pool.submit(watch.watch, each, questions) for each in asking]
            ended = of.ended(city)
            watch.over = time.monotonic()
            watch.stop.set()
            for each in watching:
                each.result()
        assert ended.done, ended.text
        assert any(opened for _, opened, _ in watch.told), "nothing was ever open"
        stale = [what for opened, what in watch.later if opened]
        assert not stale, stale
        casework.wind_up(city)
        return len(watch.later)


def until_the_bar(running: Running, proof: Proof) -> None:
    with _city(running) as city:
        listed = city.officer("convener", CONFERENCE).post("CareTeam", city.payload("standing-roster"))
        assert listed.status == 201, listed.text
    while proof.goes_on:
        for of in EVIDENCE.values():
            proof.count(ending(running, of))


@pytest.mark.proof("stale", 10_000)
def test_what_has_ended_opens_nothing_more_in_any_process(tmp_path: Path, proof: Proof) -> None:
    with launch.serving(tmp_path / "city", "--demo", workers="2", token_rate="6000", sign_in_rate="6000") as running:
        until_the_bar(running, proof)
        assert running.end(signal.SIGINT) == 0


@pytest.mark.proof("stale-mongodb", 1_000)
def test_what_has_ended_opens_nothing_more_on_mongodb(mongodb: str, tmp_path: Path, proof: Proof) -> None:
    store = f"{mongodb}/stale{uuid4().hex}"
    settings = {"workers": "2", "token_rate": "6000", "sign_in_rate": "6000", "question_seconds": "60", "store": store}
    with launch.serving(tmp_path / "city", "--demo", patience=_PATIENCE, **settings) as running:
        until_the_bar(running, proof)
        assert running.end(signal.SIGINT) == 0
