"""Another agency's read while one agency asks its widest search: what the others wait.

docs/figures.md
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median

from bench import figure, folders, served, timed
from bench.city import City
from bench.figure import Figure
from bench.served import Served

ROUNDS = 5
WIDE = ("Condition?_count=500&_total=accurate", "Task?_total=accurate", "Patient?_total=accurate&_sort=-_lastUpdated")
READER = "reader-1000-1000"


def measured(full: bool = False) -> Iterator[Figure]:
    whole = City(350_000 if full else 35_000)
    reader = "reader-50000-1000" if full else READER
    with folders.of(whole) as folder, served.serving(whole, folder) as found:
        for wide in WIDE:
            rounds = [asyncio.run(_round(found, wide, reader)) for _ in range(ROUNDS)]
            alone, beside = (median(each) for each in zip(*rounds, strict=True))
            what = f"p95 of another's read beside `{wide}` ({alone:.1f} ms alone)"
            yield figure.at_most(what, beside, max(2 * alone, 20), "ms")


async def _round(found: Served, wide: str, reader: str) -> tuple[float, float]:
    """p95 in milliseconds, alone and beside the search."""
    url = found.url(f"Condition/{found.city.id('Condition', 0)}")
    read = [timed.request(url, found.token("agency-0"))]
    alone = await timed.asked(read, url, seconds=1)
    search = timed.asked([timed.request(found.url(wide), found.token(reader))], url, seconds=2)
    beside, _ = await asyncio.gather(timed.asked(read, url, seconds=1.5, late=0.3), search)
    return timed.percentile(alone, 0.95), timed.percentile(beside, 0.95)
