"""A partner's system that listens for what it is told, keeps it, and answers as it is asked to.

docs/subscriptions.md
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import orjson

PATIENCE = 30
"""Seconds after which somebody who should have been told is taken for one who never will."""


@dataclass
class Subscriber:
    """`got` is all it was told, headers and body; `arriving` what nobody has looked at yet."""

    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arriving: queue.Queue[Any] = field(default_factory=queue.Queue)
    status: int = 200
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/"

    @property
    def kinds(self) -> list[str]:
        return [value(each, "type") for each in self.told]

    @property
    def told(self) -> list[Any]:
        return [orjson.loads(body) for _, body in self.got]

    @property
    def focuses(self) -> list[str]:
        return [name for each in self.told for name in focuses(each)]

    def next(self) -> Any:
        """The next that it is told; raises queue.Empty where nothing comes."""
        return self.arriving.get(timeout=PATIENCE)


def value(bundle: Any, name: str) -> str:
    [found] = [each for each in bundle["entry"][0]["resource"]["parameter"] if each["name"] == name]
    return str(next(each for key, each in found.items() if key.startswith("value")))


def focuses(bundle: Any) -> list[str]:
    events = [each for each in bundle["entry"][0]["resource"]["parameter"] if each["name"] == "notification-event"]
    named = [part for each in events for part in each["part"] if part["name"] == "focus"]
    return [each["valueReference"]["reference"].partition("/fhir/")[2] for each in named]


@contextmanager
def listening() -> Iterator[Subscriber]:
    made = Subscriber()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.got.append(({key.lower(): each for key, each in self.headers.items()}, body))
            self.send_response(made.status)
            self.send_header("location", f"http://127.0.0.1:{made.port}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()
            made.arriving.put(orjson.loads(body))

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_port
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield made
        finally:
            server.shutdown()
            serving.join()
