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
from pathlib import Path

import orjson

from bench.city import City

COMMAND = [sys.executable, "-m", "api.cli", "import", "--report"]


def main(records: int = 20_000) -> None:
    whole = City(records)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        directory, households = folder / "directory.ndjson", folder / "households.ndjson"
        with directory.open("wb") as file:
            file.writelines(orjson.dumps(each) + b"\n" for each in whole.directory())
        with households.open("wb") as file:
            for n in range(whole.households):
                file.writelines(orjson.dumps(each) + b"\n" for each in whole.household(n))
        environment = os.environ | {"TSUNAGU_DATA": str(folder / "data")}
        _run(environment, folder, "Organization/agency-0", directory)
        took, used, memory = _run(environment, folder, "Organization/agency-0", households)
        lines = sum(1 for _ in households.open("rb"))
        rate, ideal = lines / took, lines * (os.cpu_count() or 1) / used
        print(f"import of {lines:,} records: {rate:,.0f}/s (bar 1,500), {used / lines * 1000:.2f} ms of CPU each,")
        print(f"  which is {ideal:,.0f}/s on {os.cpu_count()} idle cores; largest process {memory / 1024:.0f} MB")


def _run(environment: dict[str, str], folder: Path, custodian: str, file: Path) -> tuple[float, float, int]:
    """Seconds by the clock, seconds of CPU, kilobytes of the largest process."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [*COMMAND, str(folder / "report"), "--custodian", custodian, str(file)]
    subprocess.run(command, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, used, after.ru_maxrss


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
