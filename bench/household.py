"""A search in one household at the gate beside the same question as SQL by hand: twenty rows and their exact total.

docs/figures.md
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import orjson

from bench import figure, folders, inside, rounds
from bench.city import City
from bench.figure import Figure
from bench.inside import Inside, Officer

# What P1 and P3 say of these rows, written by somebody who knows that they are Conditions and name one Patient.
SEEN = """s.type = (SELECT number FROM type WHERE name = 'Condition') AND s.live = 1
    AND s.term IN (SELECT 'patient ' || value FROM json_each(?)) AND (
        EXISTS (SELECT 1 FROM term k WHERE k.seq = s.seq AND k.term = ?)
        OR EXISTS (SELECT 1 FROM relation r WHERE r.name = 'consent' AND r."of" = substr(s.term, 9) AND r."to" = ?
            AND r.ended = '~' AND r.start <= ? AND r.until > ?))"""
PAGE = f"SELECT v.body FROM term s JOIN version v ON v.seq = s.seq WHERE {SEEN} ORDER BY v.type, v.id LIMIT 51"  # noqa: S608  # of this file's own words
TOTAL = f"SELECT count(*) FROM term s WHERE {SEEN}"  # noqa: S608  # of this file's own words


def measured(full: bool = False) -> Iterator[Figure]:
    whole = City(35_000)
    with folders.of(whole) as folder:
        yield from asyncio.run(_beside(whole, folder))


async def _beside(whole: City, folder: Path) -> list[Figure]:
    town = await Inside.open(whole, folder)
    officer = inside.officers(town, 1)[0]
    hand = sqlite3.connect(folder / "tsunagu.sqlite")
    found = await rounds.milliseconds({"gate": officer.household, "SQL": lambda: _by_hand(hand, town, officer)}, 9)
    hand.close()
    await town.close()
    what = f"household search at the gate ({found['gate']:.2f} ms) beside SQL by hand ({found['SQL']:.2f} ms)"
    return [figure.at_least(what, found["SQL"] / found["gate"], 0.3, "×")]


async def _by_hand(connection: sqlite3.Connection, town: Inside, officer: Officer) -> None:
    agency = f"Organization/{officer.agency}"
    now = officer.actor.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    values = (orjson.dumps(town.family().split(",")).decode(), f".custodian {agency}", agency, now, now)
    rows = [orjson.loads(body) for (body,) in connection.execute(PAGE, values)]
    [(total,)] = connection.execute(TOTAL, values)
    assert len(rows) == total == 20
