"""What the policy remembers does not grow without end, and is asked under no other predicate."""

from __future__ import annotations

import asyncio
from pathlib import Path

from consent import evidence_cache, facts
from consent.evidence_cache import EvidenceCache
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, has
from resources.store.open import opened
from resources.store.port import Query, Transaction

SINCE = "2026-04-01T09:00:00.000Z"
CONSENTS = Query(has(".type", "Consent"))


def consents(*numbers: int) -> list[Version]:
    return [Version("Consent", f"c{n}", 1, SINCE, False, b"{}", (".type Consent",)) for n in numbers]


def told(folder: Path, story) -> None:
    async def tell() -> None:
        store = opened(str(folder))
        await store.open()
        try:
            await story(store)
        finally:
            await store.close()

    asyncio.run(tell())


async def write(store, versions: list[Version]) -> None:
    """Without a new epoch, so that what is remembered can be told from what is asked anew."""

    async def work(transaction: Transaction) -> None:
        for version in versions:
            await transaction.put(version)

    await store.transact(work)


def test_a_long_answer_is_not_remembered(tmp_path: Path) -> None:
    async def story(store) -> None:
        known = EvidenceCache(facts.EVIDENCE)
        await write(store, consents(*range(evidence_cache.LONGEST_ANSWER + 1)))
        for expected in (evidence_cache.LONGEST_ANSWER + 1, evidence_cache.LONGEST_ANSWER + 2):
            async with store.snapshot() as view:
                found = await (await known.over(view)).find(CONSENTS, within=facts.EVIDENCE)
                assert len(found) == expected
                assert await (await known.over(view)).count(CONSENTS, within=facts.EVIDENCE) == expected
            await write(
                store,
                consents(evidence_cache.LONGEST_ANSWER + 1) if expected == evidence_cache.LONGEST_ANSWER + 1 else [],
            )

    told(tmp_path, story)


def test_the_oldest_answer_is_forgotten_when_there_are_too_many(tmp_path: Path) -> None:
    async def story(store) -> None:
        known = EvidenceCache(facts.EVIDENCE)
        async with store.snapshot() as view:
            over = await known.over(view)
            for number in range(evidence_cache.MOST_ANSWERS):
                assert await over.get("Consent", f"c{number}", within=facts.EVIDENCE) is None
        await write(store, consents(0, 1))
        async with store.snapshot() as view:
            over = await known.over(view)
            assert await over.epoch() == await view.epoch()
            assert await over.get("Consent", "c0", within=facts.EVIDENCE) is None
            assert await over.get("Consent", "c0", within=EVERYTHING) is not None
            assert await over.get("Consent", "more", within=facts.EVIDENCE) is None
            assert await over.get("Consent", "c0", within=facts.EVIDENCE) is not None

    told(tmp_path, story)
