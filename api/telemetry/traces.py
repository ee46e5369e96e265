"""What a request is made of and how long each part took, told to a collector by OpenTelemetry; nothing of a person.

https://opentelemetry.io/docs/specs/otlp/; https://www.w3.org/TR/trace-context/; docs/operations.md, "traces"
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING

from starlette.types import Scope

from api.http.request_line import RequestLine
from api.oauth import source
from api.settings import Settings, SettingsFault
from consent.rule import Decision
from resources.record.problem import Problem

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, SpanKind

MOST = 256
"""Spans of one request or job: what is done beyond is counted."""

PATIENCE = 3.0
"""Seconds that a collector has at the end for what it was not told yet."""

_PACKAGES = ("opentelemetry.sdk.trace.export", "opentelemetry.exporter.otlp.proto.http.trace_exporter", "requests")
_PARENT = "traceparent"
_LEFT = "tsunagu-spans-left"
_NAMELESS = "HTTP"


def demand(settings: Settings) -> None:
    """Load what tells of traces, for all processes. Raises SettingsFault where it is wanted and not installed."""
    try:
        for package in _PACKAGES if settings.traces else ():
            import_module(package)
    except ImportError:
        raise SettingsFault(
            "TSUNAGU_TRACES cannot be `true`: the packages of requirements/traces.txt are not installed"
        ) from None


class Traces:
    """Made only where traces are on; where to, and how many, the environment of OpenTelemetry says (`OTEL_…`).

    No name of a span and no attribute is what a caller wrote: actions are rows of our tables, rules are ids of ours,
    and of a fault its class is told and never its text.
    """

    def __init__(self, settings: Settings, version: str) -> None:
        # They take a while to load, and nobody needs them who traces nothing.
        from opentelemetry import context, trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        named = {} if "OTEL_SERVICE_NAME" in os.environ else {SERVICE_NAME: "tsunagu"}
        # Ours alone, and not the process's: no library puts what it thinks worth telling into it.
        self._provider = TracerProvider(
            resource=Resource.create({SERVICE_VERSION: version, **named}), shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("tsunagu", version)
        self._context, self._trace = context, trace
        self._reads = TraceContextTextMapPropagator().extract
        self._sources = source.Sources(source.networks(settings.trusted_proxies))

    def __call__(self, name: str) -> AbstractContextManager[None]:
        """A part of what is being traced; nothing where that is nothing, or has very many parts already."""
        if not self._trace.get_current_span().is_recording():
            return nullcontext()
        left = self._context.get_value(_LEFT)
        assert isinstance(left, list)
        left[0] -= 1
        return self._part(name) if left[0] >= 0 else nullcontext()

    def here(self) -> Callable[[], AbstractContextManager[None]]:
        """For what is done elsewhere: within what this gives it belongs to what is being done here."""
        now = self._context.get_current()

        @contextmanager
        def again() -> Iterator[None]:
            token = self._context.attach(now)
            try:
                yield
            finally:
                self._context.detach(token)

        return again

    def request(self, scope: Scope) -> AbstractContextManager[None]:
        """The whole of a request: of a trace that a trusted proxy began, else of its own."""
        return self._whole(_NAMELESS, self._begun_before(scope), self._trace.SpanKind.SERVER)

    def job(self, name: str) -> AbstractContextManager[None]:
        """A piece of work beside the requests."""
        return self._whole(name, self._context.Context(), self._trace.SpanKind.INTERNAL)

    def name(self, line: RequestLine) -> None:
        """What the request turned out to be, as its line in the log has it."""
        span = self._trace.get_current_span()
        span.update_name(line.action or _NAMELESS)
        span.set_attribute("tsunagu.request", line.request)
        span.set_attribute("http.response.status_code", line.status)
        if line.rules:
            span.set_attribute("tsunagu.rules", line.rules)
        if line.status >= 500:
            span.set_status(self._trace.StatusCode.ERROR)

    def decided(self, decision: Decision) -> None:
        """What the policy said, by the ids of its rules."""
        rules = [rule.id for rule in decision.rules]
        self._trace.get_current_span().add_event(
            "decision", {"tsunagu.allowed": decision.allowed, "tsunagu.rules": rules}
        )

    def close(self) -> None:
        """Tell what is left, and wait for a collector no longer than it may take."""
        ending = threading.Thread(target=self._provider.shutdown, name="traces-end", daemon=True)
        ending.start()
        ending.join(PATIENCE)

    def _begun_before(self, scope: Scope) -> Context:
        said = [value.decode("latin-1") for name, value in scope["headers"] if name == _PARENT.encode()]
        client = scope.get("client")
        if len(said) != 1 or not client or not self._sources.trusts(client[0]):
            return self._context.Context()
        return self._reads({_PARENT: said[0]}, self._context.Context())

    @contextmanager
    def _whole(self, name: str, before: Context, kind: SpanKind) -> Iterator[None]:
        left = [MOST]
        counting = self._context.set_value(_LEFT, left, before)
        with self._span(name, counting, kind) as span:
            token = self._context.attach(self._trace.set_span_in_context(span, counting))
            try:
                yield
            finally:
                self._context.detach(token)
                if left[0] < 0:
                    span.set_attribute("tsunagu.spans_left_out", -left[0])

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        with (
            self._span(name, None, self._trace.SpanKind.INTERNAL) as span,
            self._trace.use_span(span, record_exception=False, set_status_on_exception=False),
        ):
            yield

    @contextmanager
    def _span(self, name: str, before: Context | None, kind: SpanKind) -> Iterator[Span]:
        """Of what goes wrong within its kind is told, and the rules: the text quotes what somebody wrote."""
        span = self._tracer.start_span(name, before, kind, record_exception=False, set_status_on_exception=False)
        try:
            yield span
        except BaseException as fault:
            span.set_attribute("error.type", type(fault).__qualname__)
            if isinstance(fault, Problem):
                span.set_attribute("tsunagu.problem", fault.kind)
                span.set_attribute("tsunagu.rules", fault.rules)
            raise
        finally:
            span.end()
