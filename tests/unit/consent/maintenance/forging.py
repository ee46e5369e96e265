"""What no client can have written is laid into a town's store, and what a check says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from consent import verdict
from consent.verdict import Verdict
from resources.record import stamp
from resources.record.version import Version
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


@dataclass(frozen=True, slots=True)
class Next:
    """The next version of a record, as if this one had written it; `served` is that the server put it together, from
    what was not all shown to them. Its keeper is another one where one is named."""

    name: str
    judged: Verdict
    writer: str
    served: bool = True
    said: Mapping[str, Any] = field(default_factory=dict)
    keeper: str = ""


def lay_next(town: Town, name: str, judged: Verdict, writer: str, *, served: bool = True, **said: Any) -> list[str]:
    """What it says of the verdicts, where this lies there as if it had been written now."""
    return lay_together(town, Next(name, judged, writer, served, said))


def lay_together(town: Town, *nexts: Next) -> list[str]:
    """The same of several, in one transaction."""

    async def written(tx: Transaction) -> None:
        for each in nexts:
            await worlds.stand(tx, [await _next(tx, each)])

    town.run(town.store.transact(written))
    return [each for each in found(town) if "verdict" in each]


async def _next(tx: Transaction, one: Next) -> Version:
    type, _, id = one.name.partition("/")
    had = await tx.get(type, id, within=EVERYTHING)
    assert had is not None
    other = (".writer ", ".masked ", *([".custodian "] if one.keeper else []))
    own = {f".writer {one.writer}"} | ({".masked yes"} if one.served else set())
    own |= {f".custodian {one.keeper}"} if one.keeper else set()
    rest = {each for each in had.terms if not each.startswith(other)} - verdict.read(had.terms).terms()
    body = stamp.stamped(orjson.loads(had.body) | one.said, id, had.number + 1, tx.instant)
    terms = tuple(sorted(rest | own | one.judged.terms()))
    return replace(had, number=had.number + 1, since=tx.instant, body=body, terms=terms)
