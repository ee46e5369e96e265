"""Records that lie in a town's store, whoever might have written them so: of an older release, or forged."""

from __future__ import annotations

from dataclasses import replace

from consent import derivation
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.store.port import Transaction
from tests.laws import worlds
from tests.laws.worlds import Record
from tests.unit.consent.town import Town


def laid(town: Town, *records: Record) -> None:
    """Their first versions, with what is derived of them, and with no verdict but the one they are said to have."""
    town.run(town.store.transact(lambda tx: worlds.stand(tx, worlds.versions(records))))


def gone(town: Town, *names: str) -> None:
    """These were deleted, though nobody could."""

    async def work(tx: Transaction) -> None:
        for name in names:
            (before,) = await _current(tx, name)
            terms = derivation.of_deleted(before.terms, "")
            after = replace(before, number=before.number + 1, since=tx.instant, deleted=True, body=b"", terms=terms)
            await tx.put(after, frozenset())

    town.run(town.store.transact(work))


async def _current(tx: Transaction, name: str) -> list[Version]:
    found = await tx.get(*name.split("/"), within=EVERYTHING)
    return [found] if found else []
