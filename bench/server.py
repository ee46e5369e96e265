"""A server of its own for a measurement, its demo city laid down before anything is timed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import load

COMMAND = [sys.executable, "-m", "bench.serve"]


@contextmanager
def serving(folder: Path, workers: int = 1) -> Iterator[tuple[str, float]]:
    """The address, and the seconds from the start of the process to its first answer."""
    environment = os.environ | {"TSUNAGU_DATA": str(folder), "TSUNAGU_PORT": "0", "TSUNAGU_WORKERS": str(workers)}
    environment |= {"TSUNAGU_RATE": "1000000000", "TSUNAGU_AT_ONCE": "1000000"}  # one client asks for a whole city
    subprocess.run([*COMMAND, "--install"], env=environment, check=True)  # our own module
    begun = time.perf_counter()
    process = subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, text=True)  # as above
    try:
        assert process.stdout is not None
        address = next((line.split()[-1] for line in process.stdout if "listening on" in line), "")
        if not address:
            raise RuntimeError("the server did not start")
        load.rate(f"{address}/fhir/metadata", "", connections=1, seconds=0)
        yield address, time.perf_counter() - begun
    finally:
        process.terminate()
        process.communicate()
