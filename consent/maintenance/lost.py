"""The versions that the trail names and the store has no more: what was once written or shown does not vanish unseen.

docs/maintenance.md, "check"; docs/trail.md
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, suppress
from pathlib import Path

from consent.maintenance.difference import Difference
from resources.store import trail_archive
from resources.store.ledger import Ledger
from resources.store.trail import Entry, Head, Trail, Unreadable

BATCH = 500
"""Versions that are looked for together."""

KNOWN = 50_000
"""How many versions that are there are not looked for again."""

VIEW = "AuditEvent/"
"""Events are no records: who was shown some is named with their ids."""


async def lost(
    trail: Trail, heads: list[Head], ledger: Ledger, archives: Sequence[Path] = ()
) -> AsyncIterator[Difference]:
    """What events up to these `heads` name and the ledger, which was opened after them, does not have.

    `archives` are files that hold earlier events, as they were signed. An event of the trail that cannot be read is for
    `tsunagu audit verify`, and so is what comes after it.
    """
    there, wanted = set[str](), dict[str, None]()
    async for entry in _every(trail, heads, archives):
        wanted |= dict.fromkeys(each for each in _named(entry) if each not in there)
        if len(wanted) >= BATCH:
            for one in _absent(ledger, wanted):
                yield one
            if len(there) > KNOWN:
                there.clear()
            there |= wanted.keys()
            wanted.clear()
    for one in _absent(ledger, wanted):
        yield one


async def _every(trail: Trail, heads: list[Head], archives: Sequence[Path]) -> AsyncIterator[Entry]:
    for file in archives:
        for entry in trail_archive.entries(file):
            yield entry
    for head in sorted(heads):
        with suppress(Unreadable):
            async with aclosing(trail.walk(head.chain)) as walk:
                async for entry in walk:
                    if entry.number > head.number:
                        break
                    yield entry


def _named(entry: Entry) -> Iterator[str]:
    for name in (*entry.event.records, *entry.event.evidence):
        if "/_history/" in name and not name.startswith(VIEW):
            yield name


def _absent(ledger: Ledger, wanted: dict[str, None]) -> Iterator[Difference]:
    text, ja = "the trail names this version, and it is missing", "監査記録にあるこの版がありません"
    for name in ledger.absent(list(wanted)):
        yield Difference(name, text, ja)
