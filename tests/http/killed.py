"""A journey that ends with SIGKILL, and what must then be true of the store it leaves.

Issue 2, point 9; docs/store.md
"""

from __future__ import annotations

import os
import random
import select
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import orjson

from consent import vocabulary
from demo.answer import Answer
from demo.credentials import Credentials
from demo.journey import play
from demo.journey.city import City
from demo.people import CARE, People
from demo.rest import Client, Refused
from resources.record import coding, reference
from tests import trusting
from tests.http import launch
from tests.http.launch import Running
from tests.http.stored import Stored

_MOMENTS = 110
"""Requests of the journey within which the end comes; it makes about as many."""


@dataclass(slots=True)
class Noted:
    """What the server acknowledged before it was killed."""

    written: dict[tuple[str, int], Callable[[People], Client]] = field(default_factory=dict)
    disclosed: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)


class Noting:
    """A client whose every answer is noted, by those whom it is one of."""

    def __init__(self, client: Client, again: Callable[[People], Client], of: NotingPeople):
        self._client, self._again, self._of = client, again, of

    @property
    def _noted(self) -> Noted:
        return self._of.noted

    def _before(self) -> None:
        self._of.before()

    def get(self, path: str, /, **more: str) -> Answer:
        self._before()
        answer = self._client.get(path, **more)
        if "$" not in path and answer.status == 200:
            found = answer.resources if answer.total is not None else (answer.json,)
            self._noted.disclosed |= {_version(each) for each in found if each["resourceType"] not in _PUBLIC}
        if "$" not in path and answer.status == 404:
            self._noted.denied.add(path)
        return answer

    def search(self, type: str, /, **parameters: str) -> Answer:
        return self.get(type, **parameters)

    def post(self, path: str, body: dict[str, object]) -> Answer:
        self._before()
        return self._write(self._client.post(path, body), path)

    def put(self, resource: dict[str, object]) -> Answer:
        self._before()
        return self._write(self._client.put(resource), "")

    def _write(self, answer: Answer, path: str) -> Answer:
        if not answer.done or answer.json["resourceType"] == "Parameters" or path.endswith("$extract"):
            return answer  # an operation's answer names no version
        if answer.json["resourceType"] == "Bundle":
            tags = [entry["response"]["etag"] for entry in answer.json["entry"]]
            self._noted.written |= {
                (name, int(tag[3:-1])): self._again for name, tag in zip(answer.created, tags, strict=True)
            }
        else:
            name, _, number = _version(answer.json).partition("/_history/")
            self._noted.written[name, int(number)] = self._again
        return answer


class NotingPeople(People):
    """Everybody, with everything they are told `noted`; `before` is called before every request."""

    def __init__(self, base: str, credentials: Credentials) -> None:
        super().__init__(base, credentials)
        self.noted = Noted()
        self.before: Callable[[], None] = _nothing

    def officer(self, name: str, purpose: str = CARE, scope: str = "user/*.cruds") -> Client:
        again = lambda people: people.officer(name, purpose, scope)  # noqa: E731
        return Noting(super().officer(name, purpose, scope), again, self)  # type: ignore[return-value]  # it stands in

    def system(self, name: str, purpose: str = CARE, scope: str = "system/*.cruds") -> Client:
        again = lambda people: people.system(name, purpose, scope)  # noqa: E731
        return Noting(super().system(name, purpose, scope), again, self)  # type: ignore[return-value]  # it stands in


def play_until_killed(running: Running, chance: random.Random) -> Noted:
    """Play the journey, and kill the server's whole group at some moment of it, or at its end."""
    people = NotingPeople(running.base, running.credentials)
    try:
        return play_until(people, chance, running.kill)
    finally:
        people.close()


def play_until(people: NotingPeople, chance: random.Random, kill: Callable[[], None]) -> Noted:
    """Play the journey, and kill at some moment of it, or at its end; what was acknowledged until then."""
    moment, delay = chance.randrange(1, _MOMENTS), chance.uniform(0, 0.03)
    passed = iter(range(1, 1_000_000))
    killer = threading.Timer(delay, kill)

    def before() -> None:
        if next(passed) == moment:
            killer.start()

    people.noted, people.before = Noted(), before
    city = City(people)
    try:
        for step in play.STEPS:
            assert all(told.held for told in step(city))
    except (httpx2.HTTPError, Refused):
        pass
    finally:
        people.before = _nothing
        if killer.ident is not None:
            killer.join()
        else:
            kill()  # the journey was quicker, and its end is the moment
    return people.noted


def kill_process(running: Running) -> None:
    """SIGKILL to the one process that serves; the first of them, which watches it, is left alone."""
    first = running.process.pid
    [serving] = map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())
    end = os.pidfd_open(serving)
    os.kill(serving, signal.SIGKILL)
    select.select([end], [], [])
    os.close(end)


def answers(running: Running) -> bool:
    try:
        return trusting.get(f"{running.base}/Organization/okayama-city").status_code == 200
    except httpx2.TransportError:
        return False


def nothing_is_lost(folder: Path, noted: Noted) -> None:
    """Every acknowledged write is there with its index, its event and its version; every acknowledged read was told."""
    stored = Stored(folder)
    assert stored.sound()
    assert stored.unindexed() == 0
    lost = [name for name in noted.written if not stored.has(*name)]
    assert lost == [], lost
    told = stored.told()
    written = {f"{name}/_history/{number}" for name, number in noted.written}
    assert written - told == set(), written - told
    assert noted.disclosed - told == set(), noted.disclosed - told
    assert noted.denied - told == set(), noted.denied - told


def nothing_is_half_there(folder: Path) -> None:
    """Whatever a transaction of the journey writes together is there together."""
    records = {name: orjson.loads(body) for name, _, body, _ in Stored(folder).versions()}
    for name, record in records.items():
        assert reference.locals_of(record) - set(records) == set(), name
    households = {name for name in records if name.startswith("Group/")}
    assert {reference.one(each, "subject") for each in _of(records, "QuestionnaireResponse")} == households
    members = {person for name in households for person in reference.locals_of(records[name]["member"])}
    assert members == {name for name in records if name.startswith("Patient/")}
    requests = {name for name in records if name.startswith("ServiceRequest/")}
    tasks = [(coding.of(task["code"]), reference.one(task, "focus")) for task in _of(records, "Task")]
    assert {focus for _, focus in tasks if focus in requests} == requests
    introductions = {reference.many(letter, "about") for letter in _of(records, "Communication")}
    assert {(request,) for request in requests} <= introductions
    cases = {name for name, each in records.items() if vocabulary.CASE in coding.of(each.get("category"))}
    assert {focus for code, focus in tasks if vocabulary.COORDINATE in code} == cases


def life_goes_on(folder: Path, noted: Noted) -> None:
    """After a restart each writer reads what was acknowledged to them, and the journey can be played anew."""
    with launch.serving(folder, "--demo") as running:
        people = People(running.base, running.credentials)
        try:
            is_read(folder, noted, people)
        finally:
            people.close()
        told = list(play.play(running.base, running.credentials))
        assert [act for act in told if not act.held] == []
        assert {act.step for act in told} == set("abcdefghi")


def is_read(folder: Path, noted: Noted, people: People) -> None:
    """Each writer reads what was acknowledged to them; the papers of a conference that was closed before the end are
    closed to those who wrote them too (D3)."""
    closed = _papers_of_closed_meetings(folder)
    for (name, number), again in noted.written.items():
        found = again(people).get(f"{name}/_history/{number}")
        assert found.status == 200 or (found.status == 404 and name in closed), (name, number, found.text)
        assert found.status == 404 or found.json["meta"]["versionId"] == str(number)


def _nothing() -> None:
    """Nothing is to be done before a request."""


def _papers_of_closed_meetings(folder: Path) -> set[str]:
    records = {name: orjson.loads(body) for name, _, body, _ in Stored(folder).versions("Encounter", "Communication")}
    over = {name for name, record in records.items() if record.get("status") == "finished"}
    return {name for name, record in records.items() if reference.one(record, "encounter") in over}


def _version(resource: dict[str, dict[str, str]]) -> str:
    return f"{resource['resourceType']}/{resource['id']}/_history/{resource['meta']['versionId']}"


def _of(records: dict[str, dict[str, object]], type: str) -> list[dict[str, object]]:
    return [record for name, record in records.items() if name.startswith(f"{type}/")]


_PUBLIC = vocabulary.DIRECTORY
