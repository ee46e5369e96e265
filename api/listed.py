"""The directory as it holds on a day: of each record the version that counted then.

docs/directory.md, "dates"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import orjson

from api.http.call import Call
from consent.reading.reading import Reading
from consent.views import directory_versions
from resources import in_force
from resources.record import moment
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request

_PAGE = "500"


@dataclass(frozen=True, slots=True)
class Listed:
    """One record of the directory: its version, and what it says."""

    version: Version
    body: Mapping[str, Any]


def today(call: Call) -> date:
    return moment.local_day(moment.of(call.now))


def day(given: Mapping[str, str]) -> date | None:
    """The day of the list among the parameters of an address, None where it is not given. Raises Problem."""
    if "date" not in given:
        return None
    found = moment.read(given["date"])
    if found is None or moment.LEVELS[found.level] != "day":
        text, ja = f"`{given['date']}` is no day such as 2018-11-01", f"`{given['date']}` は 2018-11-01 のような日では"
        raise Problem.of("structure", text, f"{ja}ありません", "date")
    return moment.local_day(found.start)


async def on(call: Call, reading: Reading, type: str, day: date | None = None) -> list[Listed]:
    """Everything of a type that stands on a day, today where none is given, as far as the asker may see it."""
    if day is None:
        return [each async for each in _now(call, reading, type)]
    versions = [_read(each) for each in await directory_versions.every(reading, type) if not each.deleted]
    return [found for _, each in groupby(versions, lambda one: one.version.id) if (found := _on(each, day))]


async def _now(call: Call, reading: Reading, type: str) -> AsyncIterator[Listed]:
    """The current versions, but of one that is still to come the version before it."""
    asked, after = today(call), ""
    while True:
        page = await reading.search(request.parse(call.on.index, type, [("_count", _PAGE), ("_total", "none")]), after)
        for each in map(_read, page.versions):
            if not in_force.is_to_come(each.body, asked):
                if in_force.holds(each.body, asked):
                    yield each
            elif found := _on(await _past(reading, each.version), asked):
                yield found
        after = page.next
        if not after:
            return


async def _past(reading: Reading, current: Version) -> list[Listed]:
    page = await reading.history(current.type, current.id, count=100)
    return [_read(each) for each in reversed(page.versions) if not each.deleted]


def _on(versions: Iterable[Listed], day: date) -> Listed | None:
    found = list(versions)
    counting = in_force.on([each.body for each in found], day)
    return next((each for each in found if each.body is counting), None)


def _read(version: Version) -> Listed:
    return Listed(version, orjson.loads(version.body))
