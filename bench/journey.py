"""How long household H's journey takes over HTTP, sign-ins included."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench import server
from demo.credentials import Credentials
from demo.journey.play import play


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, server.serving(Path(folder)) as (address, _):
        credentials = Credentials.read(Path(folder) / "demo-credentials.json")
        begun = time.perf_counter()
        told = list(play(f"{address}/fhir", credentials))
        seconds = time.perf_counter() - begun
    assert all(each.held for each in told)
    print(f"the journey: {len(told)} acts in {seconds:.2f} s")


if __name__ == "__main__":
    main()
