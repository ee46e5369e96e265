"""A record changed past the gate, as an import or an older release would have left it.

docs/policy.md, "three answers"
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from consent.relations import contributions
from consent.verdict import NONE, Verdict
from resources.record import codes_said, period, stamp
from resources.record.envelope import LABEL
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, term
from resources.store.open import opened
from resources.store.port import Store, Transaction


async def slip(store: Store, name: str, changes: Mapping[str, Any], judged: Verdict = NONE) -> None:
    """Put the next version of a record, with some elements changed, and the rows that it contributes."""
    type, _, id = name.partition("/")

    async def put(tx: Transaction) -> None:
        before = await tx.get(type, id, within=EVERYTHING)
        assert before is not None
        number, since = stamp.following(before, tx.instant)
        body = stamp.stamped(orjson.loads(before.body) | changes, id, number, since)
        security = orjson.loads(body)["meta"].get("security")
        labelled = {term(LABEL, each) for each in codes_said.labels(security)}
        others = {entry for entry in before.terms if not entry.startswith(f"{LABEL} ")}
        terms = tuple(sorted(judged.terms() | others | labelled))
        version = Version(type, id, number, since, False, body, terms, before.first)
        await tx.put(version, contributions.of(orjson.loads(body), terms))

    await store.transact(put)


def slip_beside(folder: Path, name: str, changes: Mapping[str, Any]) -> None:
    """The same in the store of a server that runs on this folder."""

    async def beside() -> None:
        store = opened(str(folder))
        await store.open()
        try:
            await slip(store, name, changes)
        finally:
            await store.close()

    asyncio.run(beside())


def copied_to_yesterday(folder: Path, name: str) -> str:
    """A record like this one under another id, recorded a day before it, in the store of a running server; its name."""
    type, _, id = name.partition("/")
    other = f"{id[:30]}-y"

    async def copy(tx: Transaction) -> None:
        found = await tx.get(type, id, within=EVERYTHING)
        assert found is not None
        since = period.instant(datetime.fromisoformat(tx.instant) - timedelta(days=1))
        body = stamp.stamped(orjson.loads(found.body), other, 1, since)
        terms = tuple(sorted(each.replace(name, f"{type}/{other}") for each in found.terms))
        version = Version(type, other, 1, since, False, body, terms, since)
        await tx.put(version, contributions.of(orjson.loads(body), terms))

    async def beside() -> None:
        store = opened(str(folder))
        await store.open()
        try:
            await store.transact(copy)
        finally:
            await store.close()

    asyncio.run(beside())
    return f"{type}/{other}"
