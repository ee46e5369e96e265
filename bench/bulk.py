"""How fast `tsunagu import` takes a city's households in: the command itself, on a store of its own.

docs/figures.md
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from bench import figure
from bench.city import City
from bench.figure import Figure

COMMAND = [sys.executable, "-m", "api.cli", "import", "--report"]


def measured(full: bool = False) -> Iterator[Figure]:
    whole = City(350_000 if full else 30_000, agencies=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        directory, households = folder / "directory.ndjson", folder / "households.ndjson"
        with directory.open("wb") as file:
            file.writelines(orjson.dumps(each) + b"\n" for each in whole.directory())
        with households.open("wb") as file:
            for n in range(whole.households):
                file.writelines(orjson.dumps(each) + b"\n" for each in whole.household(n))
        environment = os.environ | {"TSUNAGU_DATA": str(folder / "data")}
        _run(environment, folder, directory, "--directory")
        took, used, memory = _run(environment, folder, households)
        with households.open("rb") as file:
            lines = sum(1 for _ in file)
    yield figure.at_least(f"import of {lines:,} records", lines / took, 1_500, "/s")
    yield Figure("the same by the CPU it took, were both cores idle", f"{lines * (os.cpu_count() or 1) / used:,.0f} /s")
    yield Figure(f"largest process of an import of {lines:,} records", f"{memory / 1024:.0f} MB")


def _run(environment: dict[str, str], folder: Path, file: Path, *flags: str) -> tuple[float, float, int]:
    """Seconds by the clock, seconds of CPU, kilobytes of the largest process."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [*COMMAND, str(folder / "report"), "--custodian", "Organization/agency-0", *flags, str(file)]
    subprocess.run(command, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, used, after.ru_maxrss
