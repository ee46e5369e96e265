"""What no client can have written is laid into a town's store, and what a check says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson

from consent import verdict
from consent.verdict import Verdict
from resources.record import stamp
from resources.search.predicate import EVERYTHING
from resources.store.port import Transaction
from tests.laws import worlds
from tests.laws.worlds import Record
from tests.unit.consent.maintenance.test_replaying import differences, tamper
from tests.unit.consent.town import Town

BEGAN = "2026-11-23T04:00:00.000Z"


def found(town: Town) -> list[str]:
    """All that a check finds, and of what."""
    return [f"{at} {text}" for at, text in differences(str(town.folder))]


def forged(town: Town, name: str, number: int, *more: str, less: Iterable[str] = ()) -> list[str]:
    """What it says where these terms are laid beside a version, and others are not; then all is as it was."""
    tamper(town, name, number, set(more), set(less))
    said = found(town)
    tamper(town, name, number, set(less), set(more))
    return said


def lay(town: Town, *records: Record) -> list[str]:
    """What it says of their verdicts, where they lie there as if they had been written now, at once."""

    async def written(tx: Transaction) -> None:
        for record, made in zip(records, worlds.versions(records), strict=True):
            body = stamp.stamped(record.body, made.id, 1, tx.instant)
            await worlds.stand(tx, [replace(made, since=tx.instant, first=tx.instant, body=body)])

    town.run(town.store.transact(written))
    return [each for each in found(town) if "verdict" in each]


def lay_next(town: Town, name: str, judged: Verdict, writer: str, *, served: bool = True, **said: Any) -> list[str]:
    """What it says of the verdicts, where the next version of a record lies there as if this one had written it now;
    `served` is that the server put it together, from what was not all shown to them."""

    async def written(tx: Transaction) -> None:
        type, _, id = name.partition("/")
        had = await tx.get(type, id, within=EVERYTHING)
        assert had is not None
        made = orjson.loads(had.body) | said
        own = {f".writer {writer}"} | ({".masked yes"} if served else set())
        others = {each for each in had.terms if not each.startswith((".writer ", ".masked "))}
        terms = tuple(sorted((others - verdict.read(had.terms).terms()) | own | judged.terms()))
        body = stamp.stamped(made, id, had.number + 1, tx.instant)
        await worlds.stand(tx, [replace(had, number=had.number + 1, since=tx.instant, body=body, terms=terms)])

    town.run(town.store.transact(written))
    return [each for each in found(town) if "verdict" in each]
