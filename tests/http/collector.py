"""A collector of traces as others write them: OTLP over HTTP, protobuf in, every span kept.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(slots=True)
class Collector:
    """`told` is the text of all that came, `spans` what it said; `held` keeps every answer back until it is set."""

    address: str = ""
    told: str = ""
    spans: list[Span] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    services: set[str] = field(default_factory=set)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def below(self, root: Span) -> dict[str, Span]:
        """The spans of a trace by their names."""
        return {span.name: span for span in self.spans if span.trace_id == root.trace_id}

    def take(self, path: str, body: bytes) -> None:
        said = ExportTraceServiceRequest.FromString(body)
        self.paths.append(path)
        self.told += str(said) + body.decode("utf-8", "replace")
        for resource in said.resource_spans:
            self.services |= {each.value.string_value for each in resource.resource.attributes}
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]


@contextmanager
def collecting(answers: threading.Event | None = None) -> Iterator[Collector]:
    """Until this is left; it answers nothing before `answers` is set, where that is given."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.path, self.rfile.read(int(self.headers["content-length"])))
            if answers is not None:
                answers.wait()
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector.address = f"http://127.0.0.1:{server.server_address[1]}"
    going = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    going.start()
    try:
        yield collector
    finally:
        if answers is not None:
            answers.set()
        server.shutdown()
        server.server_close()
        going.join()
