"""What lies in a store after a kill, looked through as far as it is new: bodies, index, chains, whole transactions.

docs/testing.md; docs/store.md, "what both promise"
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from resources.store import trail_chain, trail_verify
from resources.store.body import digest
from resources.store.open import opened
from tests.http.stored import NAME
from tests.prove.killed_bursts import SYSTEM, TOGETHER, Told

_LISTED = "SELECT seq, value FROM version, json_each(CAST(terms AS TEXT)) WHERE seq > ?"
_INDEXED = "SELECT seq, term FROM term WHERE seq > ?"
_NEW = "SELECT seq, type, id, number, body, digest FROM version WHERE seq > ? ORDER BY seq"
_TORN = """SELECT count(*) FROM version v WHERE v.seq > ? AND v.number > 1 AND NOT EXISTS (
    SELECT 1 FROM version b WHERE b.type = v.type AND b.id = v.id AND b.number = v.number - 1 AND b.until = v.since)"""


@dataclass(slots=True)
class Looking:
    """At one folder, again and again; how far it was looked at already."""

    folder: Path
    versions: int = 0
    events: int = 0
    _seq: int = 0
    _ends: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.all_is_there(())

    def all_is_there(self, told: Iterable[Told]) -> None:
        """Everything acknowledged since the last look is there as it was said, on the trail too; nothing is half."""
        written: dict[str, Any] = {}
        read: set[str] = set()
        for each in told:
            assert each.other == set()
            written |= each.written
            read |= each.read
        bodies = self._bodies()
        assert set(written) - set(bodies) == set()
        for name, said in written.items():
            assert said is None or said == orjson.loads(bodies[name]), name
        numbers: Counter[str] = Counter()
        for body in bodies.values():
            marks = (orjson.loads(body).get("identifier") or ()) if body else ()
            numbers.update({each["value"] for each in marks if each.get("system") == SYSTEM})
        assert set(numbers.values()) <= {TOGETHER}
        named = asyncio.run(self._named())
        assert (set(written) | read) - named == set()

    def _bodies(self) -> dict[str, bytes]:
        """The new versions, of which each is what its digest says, and lies in the index and after the one before."""
        since, found = self._seq, dict[str, bytes]()
        with closing(sqlite3.connect(f"file:{self.folder / NAME}?mode=ro", uri=True, timeout=10)) as database:
            assert database.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
            for seq, type, id, number, body, kept in database.execute(_NEW, (since,)):
                assert digest(body) == kept
                found[f"{type}/{id}/_history/{number}"] = body
                self._seq = seq
            for one, other in ((_LISTED, _INDEXED), (_INDEXED, _LISTED)):
                [(unlike,)] = database.execute(f"SELECT count(*) FROM ({one} EXCEPT {other})", (since, since))
                assert unlike == 0
            assert database.execute(_TORN, (since,)).fetchone() == (0,)
        self.versions += len(found)
        return found

    async def _named(self) -> set[str]:
        """The versions that new events name, each of which follows the one before it in its chain."""
        named: set[str] = set()
        store = opened(str(self.folder))
        await store.open()
        try:
            for head in await store.trail.heads():
                number, hash = self._ends.get(head.chain, (0, trail_chain.genesis(head.chain)))
                if number == head.number:
                    continue
                async for entry in store.trail.walk(head.chain, number):
                    assert trail_verify.event_faults(entry, number, hash, {}) == []
                    number, hash = entry.number, entry.hash
                    named.update(entry.event.records)
                    self.events += 1
                assert (number, hash) == (head.number, head.hash)
                self._ends[head.chain] = number, hash
        finally:
            await store.close()
        return named
