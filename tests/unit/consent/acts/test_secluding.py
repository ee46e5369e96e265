"""Of whom many records tell: what they are found by is settled in slices, and no write waits for all of them (D1)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson
import pytest

from api.beside.secluded import Secluded
from consent import derivation
from consent.acts import secluding, slices
from consent.acts.protecting import Protect
from consent.acts.protection_list import OfList
from consent.gate import Gate
from consent.relations import hidden_place
from consent.writing import apart, concealing
from consent.writing.prepared import Change
from consent.writing.written import Written
from resources.record import parse
from resources.record.problem import Problem
from resources.search.predicate import has
from resources.search.relation import FOREVER
from resources.store.port import Query, Snapshot, Transaction
from tests.laws.worlds import index, own
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Json, Town, actor, case, concern, household, patient

P, Q = actor("p"), actor("q")
PERSON, MANY = "Patient/1", 3 * apart.STEP
PLACE = ("_content", "山陽町")
ASKED = Protect(
    PERSON, {"system": own("secrecy-label", "")["system"], "code": "address-secret"}, ("Organization/center",)
)
LIFTED = OfList(PERSON, "転居した", heard="異議はない")


BOTH_STORES = pytest.mark.parametrize("told", ["town", "town_on_mongodb"], indirect=True)


def much_told(town: Town) -> None:
    """A town that has recorded much of one person, and some of it twice."""
    town.write(P, patient("1"), household("1"), case())
    notes = [concern(f"c{n}", "1", note=[{"text": f"山陽町の家 {n}"}]) for n in range(MANY)]
    town.write(P, *notes)
    town.write(P, *(each | {"recordedDate": "2026-01-01", "meta": {"versionId": "1"}} for each in notes[:3]))


@pytest.fixture
def told(request: pytest.FixtureRequest, town_with: Callable[..., Town]) -> Town:
    return town_with(much_told, getattr(request, "param", "town"))


async def protected(view: Snapshot) -> bool:
    return any(row.ended == FOREVER for row in await view.rows([("protected", PERSON)]))


async def found_in_spite_of_it(town: Town) -> int:
    """Of the records about the person, in one view, those that tell more than the protection of that moment allows."""
    async with town.store.snapshot() as view:
        if not await protected(view):
            return 0
        open_ones = Query(concealing.unsettled([PERSON], hidden=True), history=True)
        return sum(each.type == "Condition" for each in (await view.find(open_ones, within=slices.FOUND)).versions)


def as_derived(town: Town) -> bool:
    """Whether each version is found by what `reindex` would make of it."""

    async def looked() -> bool:
        async with town.store.snapshot() as view:
            secret = await protected(view)
            page = await view.feed("", 10_000, within=slices.FOUND)
        assert len(page.versions) > MANY
        for each in page.versions:
            found = derivation.search(index(), parse.editable(each.body), secret=secret)
            if each.type == "Condition" and each.terms != derivation.found_by(each.terms, found, secret=secret):
                return False
        return True

    return town.run(looked())


async def nothing(tx: Transaction) -> None:
    """The turn of somebody else."""


async def begun(town: Town, going: asyncio.Future[Any]) -> None:
    """Returns when its first slice is to be done."""
    while await town.store.vault.look("secluding", "") is None:
        assert not going.done()
        await town.store.transact(nothing)


def under_way(town: Town) -> bool:
    return town.run(secluding.is_left(town.gate.engine, datetime.max.replace(tzinfo=NOW.tzinfo)))


async def lift(town: Town) -> list[Written]:
    return await town.gate.of_list(P, "$lift-protection", LIFTED)


@BOTH_STORES
def test_all_is_hidden_when_a_protection_is_acknowledged_and_found_again_when_its_end_is(told: Town) -> None:
    assert len(told.search(P, "Condition", PLACE, ("_count", "200"))) == MANY
    told.run(told.gate.protect(P, ASKED))
    assert told.search(P, "Condition", PLACE) == []
    assert as_derived(told)
    told.run(lift(told))
    assert len(told.search(P, "Condition", PLACE, ("_count", "200"))) == MANY
    assert as_derived(told)
    assert not under_way(told)


def test_others_write_meanwhile_and_at_no_moment_more_is_found_than_the_protection_allows(told: Town) -> None:
    async def writing(going: asyncio.Future[Any]) -> int:
        turns = 0
        while not going.done():
            await told.store.transact(nothing)
            turns += 1
            assert await found_in_spite_of_it(told) == 0
        await going
        return turns

    acts: list[Coroutine[Any, Any, Any]] = [told.gate.protect(P, ASKED), lift(told)]
    for what in acts:

        async def beside(what: Coroutine[Any, Any, Any] = what) -> int:
            return await writing(asyncio.ensure_future(what))

        assert told.run(beside()) > MANY // apart.STEP


def test_what_is_written_meanwhile_is_hidden_with_all_the_rest(told: Town) -> None:
    async def both() -> None:
        going = asyncio.ensure_future(told.gate.protect(P, ASKED))
        await begun(told, going)
        again = concern("c0", "1", note=[{"text": "山陽町のまま"}])
        new = concern("new", "1", note=[{"text": "山陽町"}])
        await told.gate.commit(P, [_changed("update", again), _changed("create", new)])
        await going

    told.run(both())
    assert told.search(P, "Condition", PLACE) == []
    assert as_derived(told)


def _changed(method: Literal["create", "update"], resource: Json) -> Change:
    return Change(method, resource["resourceType"], resource["id"], orjson.dumps(resource))


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("later", [timedelta(days=1), -timedelta(days=1)])
def test_one_that_was_broken_off_is_settled_as_the_records_say(told: Town, later: timedelta, *, ends: bool) -> None:
    if ends:
        told.run(told.gate.protect(P, ASKED))

    async def cut() -> None:
        going = asyncio.ensure_future(lift(told)) if ends else asyncio.ensure_future(told.gate.protect(P, ASKED))
        await begun(told, going)
        going.cancel()
        await asyncio.wait([going])

    told.run(cut())
    assert under_way(told)
    now = NOW
    work = Secluded(told.gate, lambda: now)
    assert not told.run(work.waiting()), "who began may still be there"
    now = NOW + later  # earlier where the clock ran ahead when it began
    assert told.run(work.waiting())
    assert told.run(work.step()) is False
    assert as_derived(told)
    assert not under_way(told)


def standing(until: datetime) -> bytes:
    """The mark of somebody else, who is taken to be gone after this."""
    return orjson.dumps({"persons": [], "until": until.timestamp()})


def test_while_one_is_under_way_another_waits_until_it_is_over(told: Town) -> None:
    async def both() -> None:
        await told.store.vault.keep("secluding", "", standing(NOW + timedelta(seconds=60)))
        going = asyncio.ensure_future(told.gate.protect(P, ASKED))
        for _ in range(20):
            await told.store.transact(nothing)
            async with told.store.snapshot() as view:
                assert not await protected(view)
        await told.store.vault.take("secluding", "")
        await going

    told.run(both())
    assert as_derived(told)
    assert not under_way(told)


def test_what_somebody_has_left_is_seen_to_by_who_comes_next(told: Town) -> None:
    told.run(told.store.vault.keep("secluding", "", standing(NOW - timedelta(seconds=1))))
    told.run(told.gate.protect(P, ASKED))
    assert as_derived(told)
    assert not under_way(told)


def test_nobody_waits_for_ever(told: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secluding, "PATIENCE", 0.0)
    told.run(told.store.vault.keep("secluding", "", standing(NOW + timedelta(seconds=60))))
    with pytest.raises(Problem) as caught:
        told.run(told.gate.protect(P, ASKED))
    assert caught.value.kind == "unavailable"
    told.run(told.store.vault.take("secluding", ""))
    assert as_derived(told)


def test_who_was_taken_to_be_gone_does_not_go_on(told: Town) -> None:
    """Another has the records as they stand by then: what was hidden for this one is found again."""

    async def stopped() -> None:
        going = asyncio.ensure_future(told.gate.protect(P, ASKED))
        await begun(told, going)
        await secluding.resumed(told.gate.engine, NOW + timedelta(days=1))
        await going

    with pytest.raises(Problem) as caught:
        told.run(stopped())
    assert caught.value.kind == "unavailable"
    assert as_derived(told)
    assert not under_way(told)


def test_nothing_is_made_ready_for_who_may_not_protect(told: Town) -> None:
    with pytest.raises(Problem) as caught:
        told.run(told.gate.protect(Q, ASKED))
    assert caught.value.kind == "not-found"
    refused = [each for each in told.trail() if each["outcome"] != "0"]
    assert len(refused) == 1
    assert as_derived(told)
    assert not under_way(told)


class Between:
    """A store that lets something happen after a transaction, as if somebody else had come just then."""

    def __init__(self, town: Town, acts: Sequence[Act]) -> None:
        self.town, self.acts, self.busy, self.looked = town, list(acts), False, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.town.store, name)

    async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
        done = await self.town.store.transact(work, **named)
        if not self.busy:
            self.busy = True
            assert await found_in_spite_of_it(self.town) == 0
            for act in [self.acts.pop() for _ in range(2) if self.acts]:
                try:
                    await act(self.town)
                except Problem as refused:
                    raise AssertionError(act.__name__) from refused
                assert await found_in_spite_of_it(self.town) == 0
            self.busy, self.looked = False, self.looked + 1
        return done


Act = Callable[[Town], Awaitable[Any]]


async def write_again(town: Town) -> None:
    for id in ("c1", f"c{MANY - 1}"):
        await town.gate.commit(P, [_changed("update", concern(id, "1", note=[{"text": "山陽町に変わりない"}]))])


async def write_new(town: Town) -> None:
    await town.gate.commit(P, [_changed("create", concern("new", "1", note=[{"text": "山陽町"}]))])


async def move_away(town: Town) -> None:
    for id in ("c5", f"c{MANY - 6}"):
        await town.gate.commit(P, [_changed("update", concern(id, "2", note=[{"text": "山陽町"}]))])


async def move_here(town: Town) -> None:
    await town.gate.commit(P, [_changed("update", concern("other", "1", note=[{"text": "山陽町"}]))])


async def delete(town: Town) -> None:
    for id in ("c8", f"c{MANY - 9}"):
        await town.gate.commit(P, [Change("delete", "Condition", id)])


async def protect_too(town: Town) -> None:
    await town.gate.protect(P, ASKED)


async def lift_whatever_stands(town: Town) -> None:
    with suppress(Problem):
        await town.gate.of_list(P, "$lift-protection", LIFTED)


async def lead_long_after(town: Town) -> None:
    await secluding.resumed(town.gate.engine, NOW + timedelta(days=1))


ACTS = (write_again, write_new, move_away, move_here, delete, lift_whatever_stands)


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_comes_between_two_slices_no_more_is_found_and_in_the_end_what_the_records_say(
    told: Town, ends: bool, seed: int
) -> None:
    told.write(P, patient("2"), concern("other", "2", note=[{"text": "山陽町"}]))
    if ends:
        told.run(told.gate.protect(P, ASKED))
    acts = [lead_long_after, *random.Random(seed).sample(ACTS, len(ACTS))]  # the last is done first
    between = Between(told, acts)
    gate = Gate(replace(told.gate.engine, store=between))

    async def done() -> None:
        beside = asyncio.ensure_future(protect_too(told))
        with suppress(Problem):
            await (gate.of_list(P, "$lift-protection", LIFTED) if ends else gate.protect(P, ASKED))
        with suppress(Problem):
            await beside
        await secluding.resumed(told.gate.engine, NOW + timedelta(days=1))

    told.run(done())
    assert between.acts == []
    assert told.run(found_in_spite_of_it(told)) == 0
    assert told.run(each_as_derived(told))
    assert not under_way(told)


async def each_as_derived(town: Town) -> bool:
    """Whether each record is found by what the protections of those whom it is about leave to be found."""
    async with town.store.snapshot() as view:
        page = await view.find(Query(has(".type", "Condition")), within=slices.FOUND)
        for each in page.versions:
            secret = await hidden_place.is_secret(view, each.stored)
            found = derivation.search(index(), parse.editable(each.body), secret=secret)
            if each.terms != derivation.found_by(each.terms, found, secret=secret):
                return False
    return len(page.versions) > MANY - 3
