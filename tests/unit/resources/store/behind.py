"""The rows of a trail, copied and put back behind the store's back, as whoever can write the database could."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from typing import Any

from pymongo import MongoClient

Copied = dict[str, list[Any]]


def copied(address: str) -> Copied:
    """Every event with what it is found by."""
    if address.startswith("sqlite"):
        with _file(address) as database:
            tables = ("trail_event", "trail_key")
            return {table: list(database.execute(f"SELECT * FROM {table}")) for table in tables}  # fixed words
    server, _, name = address.rpartition("/")
    with MongoClient[dict[str, Any]](server) as client:
        return {"trail_event": list(client[name]["trail_event"].find())}


def put_back(address: str, copy: Copied, numbers: Collection[int], swapped: tuple[int, int] = (0, 0)) -> None:
    """The events of one chain with these numbers; two of them with each other's content and instant."""
    exchanged = dict([swapped, swapped[::-1]])
    if address.startswith("sqlite"):
        rows = [(place, chain, exchanged.get(n, n), *rest) for place, chain, n, *rest in copy["trail_event"]]
        rows = [row for row in rows if row[2] in numbers]
        with _file(address) as database:
            database.executemany("INSERT INTO trail_event VALUES (?, ?, ?, ?, ?, ?)", rows)
            places = {row[0] for row in rows}
            keys = [key for key in copy["trail_key"] if key[1] in places]
            database.executemany("INSERT OR IGNORE INTO trail_key VALUES (?, ?)", keys)
        return
    server, _, name = address.rpartition("/")
    documents = []
    for each in copy["trail_event"]:
        chain, _, digits = each["_id"].rpartition(" ")
        number = exchanged.get(int(digits), int(digits))
        if number in numbers:
            documents.append(each | {"_id": f"{chain} {number:012}"})
    with MongoClient[dict[str, Any]](server) as client:
        client[name]["trail_event"].insert_many(documents)


def _file(address: str) -> closing[sqlite3.Connection]:
    folder = address.removeprefix("sqlite://")
    return closing(sqlite3.connect(f"{folder}/tsunagu.sqlite", isolation_level=None))
