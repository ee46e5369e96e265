"""A server is asked to end while an export is being made and a subscriber does not answer: the next one goes on.

docs/operations.md, "work beside the requests"; docs/export.md; docs/subscriptions.md
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from demo.journey.city import City
from demo.people import People
from tests import ports
from tests.http import launch
from tests.http.asking import Asking
from tests.http.test_export import ASYNC, finished
from tests.world import casework, household, subscriber

pytestmark = pytest.mark.prove

_TASKS = "https://tsunagu.example/fhir/SubscriptionTopic/task"
_SYSTEM = "health-center-system"


class Slow:
    """A subscriber who takes what comes and answers only while `answers` is set."""

    def __init__(self) -> None:
        self.answers, self.held, self.port = threading.Event(), threading.Event(), 0
        self.told: list[Any] = []
        self.answers.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/"

    def has_answered(self, kind: str) -> bool:
        return any(subscriber.value(each, "type") == kind for each in self.told)


@contextmanager
def listening() -> Iterator[Slow]:
    slow = Slow()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if not slow.answers.is_set():
                slow.held.set()
                slow.answers.wait()
                return  # who asked has gone
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
            slow.told.append(orjson.loads(body))

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        slow.port = server.server_port
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield slow
        finally:
            slow.answers.set()
            server.shutdown()
            serving.join()


@pytest.mark.parametrize("workers", ["2", "4"])
def test_who_ends_among_an_export_and_a_slow_subscriber_leaves_both_to_the_next(
    installed: Path, tmp_path: Path, workers: str
) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    with listening() as slow, ports.port() as port:
        serving = partial(
            launch.serving, folder, "--demo", port=str(port), workers=workers, rate="10000000",
            subscribers=slow.url, client_networks="127.0.0.1",
        )  # fmt: skip
        with serving() as running:
            people = People(running.base, running.credentials)
            city = City(people)
            household.record(city)
            channel = {"type": "rest-hook", "endpoint": f"{slow.url}tasks", "payload": "application/fhir+json"}
            wanted = {"resourceType": "Subscription", "status": "requested", "reason": "x", "criteria": _TASKS}
            made = people.system(_SYSTEM).post("Subscription", {**wanted, "channel": channel})
            assert made.status == 201, made.text
            while not slow.has_answered("handshake"):
                assert running.process.poll() is None
            slow.answers.clear()
            casework.refer(city)
            assert slow.held.wait(launch.PATIENCE)
            with Asking(people.base, people.system("yorisoi-system").token()) as asking:
                begun = asking.ask("GET", "Patient/$export?_type=Patient,Condition", headers=ASYNC)
            assert begun.status == 202, begun.text
            status = begun.headers["content-location"].partition("/fhir/")[2]
            people.close()
            assert running.end(signal.SIGTERM) == 0
            assert "Traceback" not in "".join(running.said)
        slow.answers.set()
        with serving() as running:
            people = People(running.base, running.credentials)
            with Asking(people.base, people.system("yorisoi-system").token()) as asking:
                assert {each["type"] for each in finished(asking, status)["output"]} == {"Patient", "Condition"}
            while not slow.has_answered("event-notification"):
                assert running.process.poll() is None
            people.close()
            assert running.end(signal.SIGTERM) == 0
    told = [each for each in slow.told if subscriber.value(each, "type") == "event-notification"]
    assert [subscriber.value(each, "events-since-subscription-start") for each in told] == ["1"]
