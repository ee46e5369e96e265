"""What both stores promise of the trail: what is appended is there, in a chain, and found by its keys."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.store import trail_chain
from resources.store.open import opened
from resources.store.port import Conflict, Query, Store, Transaction
from resources.store.trail import Entry, Event, Root, Trail, TrailQuery, matches
from tests.unit.resources.store.telling import NOON, event


async def walked(trail: Trail) -> list[Entry]:
    return [entry for head in await trail.heads() for entry in [each async for each in trail.walk(head.chain)]]


async def told(store: Store) -> list[Event]:
    return [entry.event for entry in await walked(store.trail)]


async def append(store: Store, events: Sequence[Event]) -> None:
    await asyncio.gather(*(store.trail.append(each) for each in events))


def version(id: str) -> Version:
    return Version("Task", id, 1, "2026-04-01T00:00:00.000Z", False, b"{}", (".type Task",))


def chained(entries: Sequence[Entry]) -> bool:
    """Whether each entry's hash covers it and the one before."""
    before = trail_chain.genesis(entries[0].chain)
    for number, entry in enumerate(entries, 1):
        if entry.number != number or entry.hash != trail_chain.link(before, entry.chain, number, entry.event):
            return False
        before = entry.hash
    return True


ODD = [
    event(1, records=(), patients=(), evidence=(), agencies=(), person="", client="", rules=(), purpose=""),
    event(2, request="not a uuid", records=("Patient/x", "Patient/y/_history/16777215", "AuditEvent/a-1/_history/1")),
    event(3, outcome="4", records=("Patient/0A0A0A0A-0000-4000-8000-000000000000",), asked="母の記録"),
    event(
        4, at=-5, records=tuple(f"Condition/c{n}/_history/{n}" for n in range(1, 700)), agencies=("Organization/a", "b")
    ),
]


def test_what_is_appended_is_read_as_it_was(store: Store, run) -> None:
    run(append(store, ODD))
    entries = run(walked(store.trail))
    assert sorted(entry.event for entry in entries) == sorted(ODD)
    assert chained(entries)
    for entry in entries:
        chain, _, number = entry.id.rpartition("-")
        assert run(store.trail.get(chain, int(number))) == entry
    assert run(store.trail.get(entries[0].chain, 99)) is None
    assert run(store.trail.get("none", 1)) is None


def test_the_head_names_the_last_event(store: Store, run) -> None:
    for n in range(3):
        run(store.trail.append(event(n)))
    [head] = run(store.trail.heads())
    last = run(walked(store.trail))[-1]
    assert (head.chain, head.number, head.hash) == (last.chain, 3, last.hash)


def test_an_event_is_stored_with_the_records_it_tells_of_or_not_at_all(store: Store, run) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.put(version("a"))
        transaction.note(event(1))

    async def failing(transaction: Transaction) -> None:
        await transaction.put(version("b"))
        transaction.note(event(2))
        raise LookupError

    async def second(transaction: Transaction) -> None:
        transaction.note(event(3))
        await transaction.put(version("a"))

    async def story() -> list[str]:
        await store.transact(work)
        with pytest.raises(LookupError):
            await store.transact(failing)
        with pytest.raises(Conflict):
            await store.transact(second)
        await store.trail.append(event(4))
        await store.transact(work_after)
        async with store.snapshot() as view:
            return [row.id for row in (await view.find(Query(EVERYTHING), within=EVERYTHING)).versions]

    async def work_after(transaction: Transaction) -> None:
        await transaction.put(version("c"))
        transaction.note(event(5))

    assert run(story()) == ["a", "c"]
    assert sorted(each.at for each in run(told(store))) == [event(n).at for n in (1, 4, 5)]
    assert chained(run(walked(store.trail)))


def test_many_at_once_are_one_chain_each(store: Store, run) -> None:
    async def work(n: int, transaction: Transaction) -> None:
        await transaction.put(version(f"t{n}"))
        transaction.note(event(n))

    async def story() -> None:
        writes = (store.transact(partial(work, n)) for n in range(20))
        await asyncio.gather(append(store, [event(n) for n in range(100, 160)]), *writes)

    run(story())
    entries = run(walked(store.trail))
    assert len(entries) == 80
    for head in run(store.trail.heads()):
        assert chained([entry for entry in entries if entry.chain == head.chain])


def test_a_process_that_opens_the_store_again_begins_a_chain_of_its_own(address: str, run) -> None:
    async def story() -> list[Entry]:
        for n in range(2):
            store = opened(address)
            await store.open()
            await store.trail.append(event(n))
            entries = await walked(store.trail)
            await store.close()
        return entries

    first, second = run(story())
    assert first.chain != second.chain
    assert (first.number, second.number) == (1, 1)


POSSIBLE: dict[str, list[str]] = {
    "agent": ["Practitioner/p", "Practitioner/q", "Organization/center", "Organization/none"],
    "agency": ["Organization/center", "Organization/other"],
    "patient": ["Patient/1", "Patient/2", "Patient/none"],
    "entity": ["Patient/1", "Condition/c", "Consent/k", "Task/none"],
    "policy": ["P1", "P3", "art9"],
    "action": ["R", "E", "C"],
    "outcome": ["0", "4"],
}


def any_event(n: int, chance: random.Random) -> Event:
    person = chance.choice(["Practitioner/p", "Practitioner/q", ""])
    return event(
        n,
        at=NOON + chance.randrange(40),
        action=chance.choice("REC"),
        outcome=chance.choice("04"),
        person=person,
        agencies=tuple(chance.sample(["Organization/center", "Organization/other"], chance.randrange(3))),
        rules=tuple(chance.sample(["P1", "P3", "art9"], chance.randrange(3))),
        records=tuple(
            chance.sample(["Patient/1/_history/2", "Patient/2", "Condition/c/_history/1"], chance.randrange(4))
        ),
        patients=tuple(chance.sample(["Patient/1", "Patient/2"], chance.randrange(3))),
        evidence=tuple(chance.sample(["Consent/k/_history/1", "Consent/l/_history/1"], chance.randrange(3))),
    )


def any_query(chance: random.Random) -> TrailQuery:
    fields = chance.sample(sorted(POSSIBLE), chance.randrange(4))
    having = [(field, frozenset(chance.sample(POSSIBLE[field], chance.randint(1, 2)))) for field in fields]
    start = NOON + chance.randrange(-5, 40)
    when = chance.choice([None, None, ((start, start + 10),), ((start, start + 3), (start + 6, start + 20)), ()])
    return TrailQuery(having, when, chance.random() < 0.5)  # type: ignore[arg-type]  # words of a table


def test_a_question_is_answered_as_its_meaning_says_page_by_page(store: Store, run, address: str) -> None:
    chance = random.Random(20261123)
    events = [any_event(n, chance) for n in range(120)]
    run(append(store, events))
    for _ in range(15 if address.startswith("mongodb") else 60):
        query = any_query(chance)
        expected = [each for each in events if matches(query, each)]
        found: list[Event] = []
        place, limit = "", chance.choice([1, 7, 50])
        while True:
            page = run(store.trail.find(replace(query, after=place, limit=limit)))
            assert len(page.entries) <= limit
            assert page.total in (len(expected), None)
            found += [entry.event for entry in page.entries]
            place = page.next
            if not place:
                break
        assert sorted(found) == sorted(expected), query
        times = [each.at for each in found]
        assert times == sorted(times, reverse=query.newest_first)


def test_one_goes_back_by_the_place_of_a_page(store: Store, run) -> None:
    run(append(store, [event(n) for n in range(12)]))
    for newest_first in (True, False):
        query = TrailQuery(newest_first=newest_first, limit=5)
        first = run(store.trail.find(query))
        second = run(store.trail.find(replace(query, after=first.next)))
        assert (first.first, bool(second.first)) == ("", True)
        back = run(store.trail.find(replace(query, after=second.first).turned)).turned
        assert [entry.id for entry in back.entries] == [entry.id for entry in first.entries]
        assert run(store.trail.find(replace(query, after=back.next))).entries == second.entries


def test_the_total_is_exact_where_something_narrow_is_asked(store: Store, run) -> None:
    run(append(store, [event(n) for n in range(30)]))
    found = run(store.trail.find(TrailQuery([("agent", frozenset({"Practitioner/p"}))], limit=5)))
    assert (len(found.entries), found.total, bool(found.next)) == (5, 30, True)
    alone = run(store.trail.find(TrailQuery([("entity", frozenset({"Condition/c7"}))], limit=0)))
    assert (list(alone.entries), alone.total, alone.next) == ([], 1, "")


def test_the_number_of_a_root_is_given_once(store: Store, run) -> None:
    assert run(store.trail.last_root()) is None
    assert run(store.trail.add_root(Root(1, "one")))
    assert not run(store.trail.add_root(Root(1, "another")))
    assert run(store.trail.add_root(Root(2, "two")))
    assert run(store.trail.roots()) == [Root(1, "one"), Root(2, "two")]
    assert run(store.trail.last_root()) == Root(2, "two")


def test_what_is_forgotten_is_gone_and_the_rest_is_found(store: Store, run) -> None:
    run(append(store, [event(n) for n in range(10)]))
    [head] = run(store.trail.heads())
    first = run(walked(store.trail))[0]
    while run(store.trail.forget(head.chain, 4)):
        pass
    assert [entry.number for entry in run(walked(store.trail))] == [5, 6, 7, 8, 9, 10]
    assert run(store.trail.get(head.chain, 1)) is None
    [(entity, *_)] = [[each.partition("/_history/")[0] for each in first.event.records]]
    assert run(store.trail.find(TrailQuery([("entity", frozenset({entity}))]))).total == 0
    assert run(store.trail.find(TrailQuery([("agent", frozenset({"Practitioner/p"}))]))).total == 6


def test_it_is_said_when_so_many_events_have_been_appended(store: Store, run) -> None:
    async def story() -> int:
        waiting = asyncio.create_task(store.trail.filled(3))
        for n in range(3):
            assert not waiting.done()
            await store.trail.append(event(n))
        await waiting
        assert store.trail.emptied() == 3
        return store.trail.emptied()

    assert run(story()) == 0


def test_a_cancelled_caller_leaves_the_chain_whole(store: Store, run) -> None:
    async def story() -> None:
        tasks = [asyncio.create_task(store.trail.append(event(n))) for n in range(40)]
        await asyncio.sleep(0)
        for task in tasks[::3]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await store.trail.append(event(99))

    run(story())
    entries = run(walked(store.trail))
    assert chained(entries)
    assert {entry.event.at for entry in entries} >= {event(n).at for n in range(40) if n % 3} | {event(99).at}


def test_the_frames_of_the_events_that_name_a_record_are_told_within_a_transaction_each_once(store: Store, run) -> None:
    shown = [event(n, evidence=("Consent/a/_history/1",), person=f"Practitioner/{n % 2}") for n in range(6)]
    run(append(store, [*shown, event(9, evidence=("Consent/b/_history/1",), person="Practitioner/9")]))

    async def frames(name: str) -> list[Event]:
        async def work(transaction: Transaction) -> list[Event]:
            return list(await transaction.frames(name))

        return await store.transact(work)

    found = run(frames("Consent/a"))
    assert sorted(each.person for each in found) == ["Practitioner/0", "Practitioner/1"]
    assert {(each.at, each.request, each.records, each.patients, each.evidence) for each in found} == {
        (0, "", (), (), ())
    }
    assert run(frames("Consent/none")) == []
    run(store.trail.append(event(10, evidence=("Consent/a/_history/2",), person="Practitioner/2")))
    assert len(run(frames("Consent/a"))) == 3
