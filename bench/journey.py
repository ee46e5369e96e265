"""How long household H's journey takes over HTTP, sign-ins included."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import server
from bench.figure import Figure
from demo.credentials import Credentials
from demo.journey.play import play


def measured(full: bool = False) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, server.serving(Path(folder)) as (address, _):
        credentials = Credentials.read(Path(folder) / "demo-credentials.json")
        begun = time.perf_counter()
        told = list(play(f"{address}/fhir", credentials))
        seconds = time.perf_counter() - begun
    assert all(each.held for each in told)
    yield Figure(f"household H's journey: {len(told)} acts, signing in included", f"{seconds:.2f} s")
