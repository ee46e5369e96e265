"""One agency with 10 to 50,000 consents in 1 and 1,000 wordings: what the same acts cost it, at the gate.

docs/figures.md
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bench import city, inside, rounds
from bench.city import City
from bench.inside import Inside

BARS = {"read_unlogged": 1.2, "household": 2.0, "inbox": 2.0, "write": 1.5}
PAGES = {"first_page": 25.0, "first_page_and_total": 150.0}


async def main(whole: City, folder: Path) -> None:
    town = await Inside.open(whole, folder)
    for wordings in city.WORDINGS:
        officers = inside.officers(town, wordings)
        for act, bar in BARS.items():
            found = await rounds.milliseconds({each.agency: getattr(each, act) for each in officers})
            least = found[officers[0].agency]
            told = ", ".join(f"{name}: {took:.2f} ms ({took / least:.2f}x)" for name, took in found.items())
            print(f"{act}, {wordings} wordings, bar {bar}x: {told}", flush=True)
        for act, bar in PAGES.items():
            found = await rounds.milliseconds({each.agency: getattr(each, act) for each in officers}, 5)
            told = ", ".join(f"{name}: {took:.1f} ms" for name, took in found.items())
            print(f"{act}, {wordings} wordings, bar {bar} ms: {told}", flush=True)
    await town.close()


if __name__ == "__main__":
    asyncio.run(main(City(int(sys.argv[1])), Path(sys.argv[2])))
