"""A city as NDJSON for `tsunagu import`, a file an agency: `python -m bench.city_files 35000 folder`.

docs/operations.md, "import"
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import orjson

from bench.city import AGENCIES, READERS, City, Json


def write(city: City, folder: Path) -> list[Path]:
    """The city as files, the directory first: `agency-3.ndjson` is what that agency keeps."""
    with ExitStack() as files:
        names = ["directory", *(f"agency-{n}" for n in range(AGENCIES)), *(reader.name for reader in READERS)]
        paths = {name: folder / f"{name}.ndjson" for name in names}
        into = {name: files.enter_context(path.open("wb")) for name, path in paths.items()}

        def add(name: str, resources: list[Json]) -> None:
            into[name].writelines(orjson.dumps(each) + b"\n" for each in resources)

        add("directory", city.directory())
        for n in range(city.households):
            add(city.keeper(n), city.household(n))
        for reader in READERS:
            add(reader.name, city.own(reader))
            add("agency-0", city.addressed(reader))
    return list(paths.values())


if __name__ == "__main__":
    destination = Path(sys.argv[2])
    destination.mkdir(parents=True, exist_ok=True)
    write(City(int(sys.argv[1])), destination)
