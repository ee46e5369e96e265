"""What the policy remembers of its own questions holds for one epoch, in whichever process that ends."""

from __future__ import annotations

import asyncio

from consent import evidence_cache, facts
from consent.evidence_cache import EvidenceCache
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, has
from resources.store.open import opened
from resources.store.port import Query

CONSENTS = Query(has(".type", "Consent"))


def consent(number: int, *terms: str) -> Version:
    since = f"2026-04-01T09:00:0{number}.000Z"
    return Version("Consent", "c", number, since, False, b"{}", tuple(sorted({".type Consent", *terms})))


async def write(store, version, *, evidence=True):
    async def work(transaction):
        await transaction.put(version)
        if evidence:
            await transaction.advance()

    await store.transact(work)


async def asked(known, store, within=facts.EVIDENCE):
    async with store.snapshot() as view:
        return [row.number for row in await (await known.over(view)).find(CONSENTS, within=within)]


def over_two_stores(folder, story):
    """Run a story over two stores on one folder, as two processes would have them."""

    async def told():
        here, there = opened(str(folder)), opened(str(folder))
        await here.open()
        await there.open()
        try:
            await story(here, there)
        finally:
            await here.close()
            await there.close()

    asyncio.run(told())


def test_a_revocation_in_another_process_is_known_at_the_next_question(tmp_path):
    async def story(here, there):
        known = EvidenceCache(facts.EVIDENCE)
        await write(here, consent(1))
        assert await asked(known, here) == [1]
        await write(there, consent(2))
        assert await asked(known, here) == [2]

    over_two_stores(tmp_path, story)


def test_an_answer_is_remembered_while_the_epoch_stands(tmp_path):
    async def story(here, there):
        known = EvidenceCache(facts.EVIDENCE)
        await write(here, consent(1))
        assert await asked(known, here) == [1]
        await write(there, consent(2), evidence=False)
        assert await asked(known, here) == [1]

    over_two_stores(tmp_path, story)


def test_a_question_under_another_predicate_is_never_remembered(tmp_path):
    async def story(here, there):
        known = EvidenceCache(facts.EVIDENCE)
        await write(here, consent(1))
        assert await asked(known, here, EVERYTHING) == [1]
        await write(there, consent(2), evidence=False)
        assert await asked(known, here, EVERYTHING) == [2]

    over_two_stores(tmp_path, story)


def test_a_view_older_than_the_memory_answers_for_itself(tmp_path):
    async def story(here, there):
        known = EvidenceCache(facts.EVIDENCE)
        await write(here, consent(1))
        async with here.snapshot() as older:
            assert await older.epoch() == 1
            await write(there, consent(2))
            assert await asked(known, here) == [2]
            seen = await (await known.over(older)).find(CONSENTS, within=facts.EVIDENCE)
            assert [row.number for row in seen] == [1]

    over_two_stores(tmp_path, story)


def test_the_memory_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence_cache, "MOST_ANSWERS", 2)

    async def story(here, there):
        known = EvidenceCache(facts.EVIDENCE)
        async with here.snapshot() as view:
            remembering = await known.over(view)
            for id in "abcde":
                assert await remembering.get("Consent", id, within=facts.EVIDENCE) is None
            assert len(remembering.answers) == 2

    over_two_stores(tmp_path, story)
