"""What lies in a store's file, looked at from outside while the server runs: read-only, past the policy."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from consent.auditing import audit_event
from resources.store.open import opened

NAME = "tsunagu.sqlite"


class Stored:
    """The SQLite file of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._address = f"file:{folder / NAME}?mode=ro"

    def count(self) -> int:
        """How many versions of records there are."""
        return int(self._ask("SELECT count(*) FROM version")[0][0])

    def has(self, reference: str, number: int) -> bool:
        """Whether this version is there, in the very form the server acknowledged it."""
        type, _, id = reference.partition("/")
        return bool(self._ask("SELECT 1 FROM version WHERE type = ? AND id = ? AND number = ?", (type, id, number)))

    def body(self, reference: str) -> bytes:
        """The current version's JSON as it lies on the disk."""
        type, _, id = reference.partition("/")
        [(body,)] = self._ask("SELECT body FROM version WHERE type = ? AND id = ? AND until IS NULL", (type, id))
        return bytes(body)

    def resource(self, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body(reference))
        return found

    def versions(self, *types: str) -> Iterator[tuple[str, int, bytes, list[str]]]:
        """Every version (of these types, or of all): reference, number, body, terms."""
        rows = self._ask("SELECT type, id, number, body, terms FROM version ORDER BY seq")
        for type, id, number, body, terms in rows:
            if type in types or not types:
                yield f"{type}/{id}", number, bytes(body), orjson.loads(terms)

    def trail(self) -> list[dict[str, Any]]:
        """Every event, the oldest of each process first."""

        async def walked() -> list[dict[str, Any]]:
            store = opened(str(self._folder))
            await store.open()
            heads = await store.trail.heads()
            found = [audit_event.of(entry) for head in heads async for entry in store.trail.walk(head.chain)]
            await store.close()
            return found

        return asyncio.run(walked())

    def told(self) -> set[str]:
        """Every reference that some event of the trail names."""
        whats = (entity.get("what", {}) for event in self.trail() for entity in event.get("entity", ()))
        return {what["reference"] for what in whats if "reference" in what}

    def unindexed(self) -> int:
        """How many terms a version has that its index has not, or the other way round."""
        listed = "SELECT seq, value FROM version, json_each(CAST(terms AS TEXT))"
        indexed = "SELECT seq, term FROM term"
        sql = "SELECT count(*) FROM ({} EXCEPT {})"
        return sum(
            int(self._ask(sql.format(one, other))[0][0]) for one, other in ((listed, indexed), (indexed, listed))
        )

    def sound(self) -> bool:
        return self._ask("PRAGMA integrity_check") == [("ok",)]

    def _ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with closing(sqlite3.connect(self._address, uri=True, timeout=10)) as connection:
            return connection.execute(sql, values).fetchall()
