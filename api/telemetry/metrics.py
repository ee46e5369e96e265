"""How much, how often, how long: numbers for Prometheus, of all processes together, and nothing of a person.

https://prometheus.io/docs/instrumenting/exposition_formats/; docs/operations.md, "metrics"
"""

from __future__ import annotations

import contextlib
import hmac
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from api.http.intake import Intake
from api.http.request_line import RequestLine
from api.settings import Settings

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes leave their numbers; read by prometheus-client when it is loaded."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_BEARER = "Bearer "


@contextlib.contextmanager
def shared(settings: Settings) -> Iterator[None]:
    """While the processes last, a folder for the numbers of all of them. Raises OSError."""
    if not settings.metrics_token:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="tsunagu-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER] = folder
        yield


class Metrics:
    """Counts the lines of requests, under the names that the log gives them: rows of a table, and never a caller's."""

    def __init__(self, settings: Settings, intake: Intake, free: Callable[[], int]) -> None:
        # It decides when it is loaded whether processes share their numbers, and nobody needs it who asks for none.
        import prometheus_client as prometheus
        from prometheus_client import multiprocess

        self._token, self._latest = settings.metrics_token, prometheus.generate_latest
        own = prometheus.CollectorRegistry()
        self._requests = prometheus.Counter(
            "tsunagu_requests", "answers by action and status", ("action", "status"), registry=own
        )
        self._seconds = prometheus.Histogram(
            "tsunagu_request_seconds", "time to an answer", ("action",), buckets=_SECONDS, registry=own
        )
        self._held = prometheus.Gauge(
            "tsunagu_bodies_bytes", "bytes of bodies in flight", multiprocess_mode="livesum", registry=own
        )
        self._disk = prometheus.Gauge(
            "tsunagu_disk_free_bytes", "bytes left on the disk", multiprocess_mode="livemin", registry=own
        )
        self._intake, self._free, self._all = intake, free, own
        if FOLDER in os.environ:
            self._all = prometheus.CollectorRegistry()
            multiprocess.MultiProcessCollector(self._all)  # type: ignore[no-untyped-call]  # it has no types yet

    def count(self, line: RequestLine) -> None:
        """One request is answered."""
        self._requests.labels(line.action, line.status).inc()
        self._seconds.labels(line.action).observe(line.seconds)
        self._held.set(self._intake.held)

    async def show(self, request: Request) -> Response:
        """GET /metrics, for who knows the token."""
        said = request.headers.get("authorization", "")
        if not hmac.compare_digest(said.encode(), f"{_BEARER}{self._token}".encode()):
            return Response(status_code=401, headers={"www-authenticate": 'Bearer realm="metrics"'})
        self._disk.set(self._free())
        told = self._latest(self._all)
        return Response(told, media_type="text/plain; version=0.0.4; charset=utf-8")


def free(folder: Path) -> int:
    """Bytes that are left on the disk of a folder."""
    left = os.statvfs(folder)
    return left.f_bavail * left.f_frsize
