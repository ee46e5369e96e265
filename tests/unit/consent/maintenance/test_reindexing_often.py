"""Whoever writes while a store is brought along waits no longer for a record that was written often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, cast

import orjson
import pytest

from consent.gate import Gate
from consent.maintenance import reindexing
from consent.writing.prepared import Change
from resources.search.predicate import EVERYTHING
from resources.store.port import Store, Transaction, Unavailable
from tests.unit.consent.maintenance.test_reindexing import FORGET, begun, differences, finished, said, spoil
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, concern, household, patient

P = actor("p")
MANY = 2 * reindexing.STEP + 6
FEW = 4


@pytest.fixture
def often(town: Town) -> Town:
    """A household, concerns written a few times each, and one written more often than there are versions in a step."""
    town.write(P, patient("1"), patient("2"))
    town.write(P, household("1", "2"), *(concern(f"few{n}", "1") for n in range(30)))
    for number in range(1, FEW):
        town.write(P, *(concern(f"few{n}", "1") | again(number) for n in range(30)))
    notes = [[{"text": f"山陽町の家 {number}"}] for number in range(MANY)]
    town.write(P, concern("often", "1", note=notes[0]))
    town.write(P, *(concern("often", "1", note=notes[number]) | again(number) for number in range(1, MANY)))
    town.write(P, concern("late", "1"))
    return town


class Held:
    """A store that counts of how many versions each transaction changes what is derived; before it others `come`."""

    def __init__(self, store: Store, come: Callable[[], Awaitable[None]] | None = None) -> None:
        self._store, self._come, self.most = store, come, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
        async def counted(tx: Transaction) -> Any:
            changing: Any = Changing(tx)
            try:
                return await work(changing)
            finally:
                self.most = max(self.most, changing.many)

        if self._come:
            await self._come()
        return await self._store.transact(counted, **named)


class Changing:
    def __init__(self, tx: Transaction) -> None:
        self._tx, self.many = tx, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    async def derive(self, reference: str, terms: Any) -> None:
        current = await self._tx.get(*reference.split("/"), within=EVERYTHING)
        self.many += current.number if current else 0
        await self._tx.derive(reference, terms)

    async def amend(self, reference: str, terms: Mapping[int, Any], rows: Any) -> None:
        self.many += len(terms)
        await self._tx.amend(reference, terms, rows)


def held(town: Town, come: Callable[[], Awaitable[None]] | None = None) -> tuple[Town, Held]:
    store = Held(town.store, come)
    return replace(town, gate=Gate(replace(town.gate.engine, store=cast(Store, store)))), store


def test_no_transaction_changes_more_than_a_step_of_versions(often: Town) -> None:
    before = said(often)
    town, store = held(often)
    finished(town, begun(town, again=True))
    assert 0 < store.most <= reindexing.STEP
    assert said(often) == before
    assert differences(often) == []


def test_it_goes_on_in_the_middle_of_a_record_that_was_written_often(often: Town) -> None:
    before, works = said(often), count(1)

    async def break_off() -> None:
        if next(works) % 3 == 0:
            raise Unavailable("the process was ended")

    spoil(often, *FORGET)
    town, _ = held(often, break_off)
    begun_anew = 0
    while True:
        try:
            finished(town, begun(town))
            break
        except Unavailable:
            begun_anew += 1
    assert begun_anew > MANY // reindexing.STEP
    assert said(often) == before
    assert differences(often) == []


@pytest.mark.parametrize("name", ["late", "often"])
def test_what_is_written_meanwhile_is_brought_along_with_it(often: Town, name: str) -> None:
    """Before each transaction, so that what was derived beforehand is never of what stands, for as long as it tries."""
    left = count(10 * reindexing.TRIES, -1)

    async def write() -> None:
        if next(left) > 0:
            await often.gate.commit(P, [Change("update", "Condition", name, orjson.dumps(concern(name, "1")))])

    spoil(often, "DELETE FROM term WHERE term LIKE 'subject %'", FORGET[1])
    assert differences(often)
    town, _ = held(often, write)
    finished(town, begun(town, again=True))
    assert differences(often) == []
