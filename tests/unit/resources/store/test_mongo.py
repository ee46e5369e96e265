"""What the MongoDB store does where the server, the network or another process is in the way: docs/store.md."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError, ExecutionTimeout, OperationFailure

from resources.record.version import Version
from resources.search.order import Key
from resources.search.predicate import EVERYTHING, NOTHING, AllOf, HasOther, Not, has
from resources.store.mongo import MongoStore
from resources.store.mongo_fault import speaking
from resources.store.open import opened, standing
from resources.store.port import Query, TooCostly, TooLarge, Unavailable
from resources.store.trail import TrailQuery
from tests.unit.resources.store.stalling import way_to
from tests.unit.resources.store.telling import event

AT = "2026-04-01T00:00:00.000Z"


def version(id, number=1, *terms, since=AT, body=b"{}"):
    return Version("Task", id, number, since, False, body, tuple(sorted({".type Task", f".id Task/{id}", *terms})))


@pytest.fixture
def name():
    return f"t{uuid4().hex}"


@pytest.fixture
def store(server, name, run):
    store = MongoStore(server, name)
    run(store.open())
    yield store
    run(store.close())


async def put(store, *versions):
    async def work(transaction):
        for one in versions:
            await transaction.put(one)

    await store.transact(work)


async def found(store, what=EVERYTHING):
    async with store.snapshot() as view:
        return [row.id for row in (await view.find(Query(what), within=EVERYTHING)).versions]


def test_what_the_server_says_of_a_fault_is_told_by_its_kind_and_never_by_a_document():
    words = 'E11000 duplicate key error dup key: { term: "name 水無瀬" }'
    with pytest.raises(Unavailable) as told, speaking():
        raise DuplicateKeyError(words, 11000, {"codeName": "DuplicateKey"})
    assert "DuplicateKeyError 11000 DuplicateKey" in str(told.value)
    assert "水無瀬" not in "".join([str(told.value), *told.value.__notes__])


def test_a_database_that_is_dropped_under_a_server_takes_nothing_more_and_is_no_store(server, name, run):
    address = f"{server}/{name}"
    with pytest.raises(Unavailable, match="tsunagu init"):
        standing(address)
    store = opened(address, generation="g")
    run(store.open())
    run(put(store, version("a")))
    standing(address)
    with MongoClient[Any](server) as client:
        client.drop_database(name)
    with pytest.raises(Unavailable, match="lost its clock"):
        run(put(store, version("b")))
    run(store.vault.replace("kind", "key", b""))
    run(store.close())
    with pytest.raises(Unavailable, match="tsunagu init"):
        standing(address)


# A server that does not answer


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("limit", ["socketTimeoutMS=300&timeoutMS=600", "timeoutMS=400"])
def test_reads_and_writes_end_when_the_primary_stops_answering(server, name, run, limit):
    async def story():
        async with way_to(server) as (address, way):
            store = MongoStore(f"{address}/?directConnection=true&serverSelectionTimeoutMS=300&{limit}", name)
            await store.open()
            await put(store, version("a"))
            way.stalled = True
            async with asyncio.timeout(30):
                with pytest.raises(Unavailable):
                    await found(store)
                with pytest.raises(Unavailable):
                    await put(store, version("b"))
                with pytest.raises(Unavailable):
                    await store.vault.look("code", "k")
            await store.close()

    run(story())


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_what_nothing_satisfies_is_answered_without_asking(server, name, run):
    async def story():
        async with way_to(server) as (address, way):
            store = MongoStore(f"{address}/?directConnection=true&timeoutMS=10000", name)
            await store.open()
            way.stalled = True
            async with asyncio.timeout(5), store.snapshot() as view:
                assert (await view.find(Query(has("a", "b")), within=NOTHING)).versions == []
                assert await view.count(Query(NOTHING), within=EVERYTHING) == 0
                assert await view.get("Task", "a", within=NOTHING) is None
            way.stalled = False
            await store.close()

    run(story())


# What a commit says


def failing(monkeypatch, *faults):
    """Let the next commits fail like this."""
    rest, commit = list(faults), AsyncClientSession.commit_transaction

    async def failed(self):
        if rest:
            raise rest.pop(0)
        await commit(self)

    monkeypatch.setattr(AsyncClientSession, "commit_transaction", failed)
    return rest


def test_what_the_server_cannot_confirm_is_not_answered(store, run, monkeypatch):
    run(put(store, version("a")))
    failing(monkeypatch, OperationFailure("rolled back", 251))
    with pytest.raises(Unavailable, match="cannot confirm what was read"):
        run(found(store))
    assert run(found(store)) == ["a"]


def test_nor_is_a_refusal(store, run, monkeypatch):
    failing(monkeypatch, OperationFailure("rolled back", 251))

    async def refuse():
        async with store.snapshot() as view:
            if await view.get("Task", "a", within=EVERYTHING) is None:
                raise LookupError

    with pytest.raises(Unavailable):
        run(refuse())
    with pytest.raises(LookupError):
        run(refuse())


@pytest.mark.parametrize("code", [24, 112, 117])
def test_a_conflict_without_a_label_is_tried_again(store, run, monkeypatch, code):
    rest = failing(monkeypatch, OperationFailure("in the way", code), OperationFailure("in the way", code))
    run(put(store, version("a")))
    assert rest == []
    assert run(found(store)) == ["a"]


def test_a_commit_that_may_have_been_stored_is_asked_for_again(store, run, monkeypatch):
    unsure = OperationFailure("no answer", 64, {"errorLabels": ["UnknownTransactionCommitResult"]})
    failing(monkeypatch, unsure, unsure)
    run(put(store, version("a")))
    assert run(found(store)) == ["a"]


def test_any_other_fault_of_a_commit_is_not_tried_again(store, run, monkeypatch):
    failing(monkeypatch, OperationFailure("the disk is full", 14031))
    with pytest.raises(Unavailable, match="OperationFailure 14031"):
        run(put(store, version("a")))
    assert run(found(store)) == []


# What is too large


def test_a_version_larger_than_a_document_is_said(store, run):
    with pytest.raises(TooLarge, match="Task/a"):
        run(put(store, version("a", body=b"x" * 17_000_000)))
    run(put(store, version("a")))
    assert run(found(store)) == ["a"]


def test_a_question_larger_than_a_document_is_too_costly(store, run):
    run(put(store, version("a", 1, "owner x")))
    allowed = frozenset(f"Patient/{'x' * 90}{number}" for number in range(180_000))
    with pytest.raises(TooCostly):
        run(found(store, HasOther("owner", allowed)))
    deep = has("owner", "x")
    for _ in range(2000):
        deep = Not(AllOf((deep, has("a", "b"))))
    with pytest.raises(TooCostly):
        run(found(store, deep))
    assert run(found(store)) == ["a"]


def test_a_question_that_takes_longer_than_its_budget_is_too_costly(server, name, run):
    store = MongoStore(server, name, seconds=0.0)
    run(store.open())
    run(put(store, version("a")))
    for _ in range(2):
        with pytest.raises(TooCostly):
            run(found(store))

    run(store.close())


def test_a_question_that_the_server_gives_up_ends_its_view(store, run, monkeypatch):
    async def given_up(self, *asked, **options):
        raise ExecutionTimeout("operation exceeded time limit", 50)

    async def swallow():
        async with store.snapshot() as view:
            monkeypatch.setattr(AsyncCollection, "count_documents", given_up)
            with pytest.raises(TooCostly):
                await view.count(Query(EVERYTHING), within=EVERYTHING)

    # The server has ended its transaction, so nothing of this view is confirmed.
    with pytest.raises(TooCostly, match="and with it the view"):
        run(swallow())


@pytest.mark.parametrize("page", ["[]", "[1]", '["a", "b"]', '{"a": 1}', "null", "["])
def test_a_page_key_of_no_answer_is_refused(store, run, page):
    async def asked(order):
        async with store.snapshot() as view:
            await view.find(Query(EVERYTHING, order, page), within=EVERYTHING)

    for order in ((Key("id"),), (Key("date "),)):
        with pytest.raises(ValueError, match=r"page key|JSON|unexpected|EOF"):
            run(asked(order))


# One after another


def test_a_work_cannot_wait_for_another(store, run):
    async def work(transaction):
        await put(store, version("a"))

    with pytest.raises(RuntimeError, match="one at a time"):
        run(store.transact(work))
    run(put(store, version("a")))


def test_a_work_that_waits_too_long_for_its_turn_is_said(server, name, run):
    async def story():
        store = MongoStore(f"{server}/?timeoutMS=300", name)
        await store.open()
        turn = asyncio.Event()

        async def work(transaction):
            await turn.wait()

        first = asyncio.create_task(store.transact(work))
        with pytest.raises(Unavailable, match="too busy"):
            await asyncio.gather(put(store, version("a")), put(store, version("b")))
        turn.set()
        await asyncio.gather(first, return_exceptions=True)
        await store.close()

    run(story())


def test_instants_are_commit_order_whatever_the_clocks_of_the_processes_say(server, name, run):
    async def instant(store):
        async def work(transaction):
            await transaction.put(version(uuid4().hex, since=transaction.instant))
            return transaction.instant

        return await store.transact(work)

    async def story():
        fast = MongoStore(server, name, clock=lambda: datetime(2026, 4, 2, 9, 0, 0, 999_999, UTC))
        slow = MongoStore(server, name, clock=lambda: datetime(2026, 4, 1, tzinfo=UTC))
        await fast.open()
        await slow.open()
        instants = [await instant(store) for store in (slow, slow, fast, slow, fast)]
        together = await asyncio.gather(*(instant(store) for store in (slow, fast) * 8))
        await fast.close()
        await slow.close()
        return instants, together

    instants, together = run(story())
    assert instants == [
        "2026-04-01T00:00:00.000Z",
        "2026-04-01T00:00:00.001Z",
        "2026-04-02T09:00:00.999Z",
        "2026-04-02T09:00:01.000Z",
        "2026-04-02T09:00:01.001Z",
    ]
    assert len({*instants, *together}) == 21
    assert min(together) > max(instants)


def test_a_clock_that_is_lost_is_later_than_all_that_is_stored(server, name, run):
    run(one_put(MongoStore(server, name), version("a", since="2030-01-01T00:00:00.000Z")))
    with MongoClient[dict[str, Any]](server) as client:
        client[name].clock.delete_many({})

    async def instant():
        store = MongoStore(server, name)
        await store.open()
        try:
            return await store.transact(told)
        finally:
            await store.close()

    async def told(transaction):
        return transaction.instant

    assert run(instant()) == "2030-01-01T00:00:00.001Z"


async def one_put(store, *versions):
    await store.open()
    await put(store, *versions)
    await store.close()


# Indexes


def test_a_database_that_lacks_an_index_is_not_served_before_it_is_upgraded(server, name, run):
    run(one_put(MongoStore(server, name), version("a", 1, "owner x")))
    with MongoClient[dict[str, Any]](server) as client:
        client[name].version.drop_index("live-by-term-3")
        client[name].version.create_index("number", name="number-1")
    store = MongoStore(server, name)
    with pytest.raises(Unavailable, match=r"lacks the indexes `live-by-term-3`: .*`tsunagu upgrade`") as raised:
        run(store.open())
    assert "`live-by-term-3`" in raised.value.__notes__[0]
    run(store.upgrade())
    run(store.open())
    assert run(found(store, has("owner", "x"))) == ["a"]
    run(store.close())
    with MongoClient[dict[str, Any]](server) as client:
        names = set(client[name].version.index_information())
    assert "live-by-term-3" in names
    assert "number-1" not in names


def test_a_database_of_the_first_version_is_upgraded(server, name, run):
    documents = [
        {"_id": f"Task a {number:010}", "moment": f"{since} Task a {number:010}", "type": "Task", "id": "a"}
        | {"number": number, "since": since, "until": until, "live": number == 2, "deleted": False}
        | {"terms": [".type Task", f"number {number}"], "body": b"{}", **({"current": True} if number == 2 else {})}
        for number, since, until in [(1, AT, "2026-04-02T00:00:00.000Z"), (2, "2026-04-02T00:00:00.000Z", "9999-12")]
    ]
    with MongoClient[dict[str, Any]](server) as client:
        client[name].version.insert_many(documents)
        client[name].version.create_index(
            [("type", 1), ("id", 1)], unique=True, partialFilterExpression={"current": True}
        )
        client[name].schema.insert_one({"_id": "schema", "number": 1})
    store = MongoStore(server, name)
    with pytest.raises(Unavailable, match="was made by an older version of tsunagu: run `tsunagu upgrade`"):
        run(store.open())
    run(store.upgrade())
    run(store.open())

    async def read():
        async with store.snapshot() as view:
            return await view.get("Task", "a", within=has("number", "2"))

    assert run(read()).first == AT

    async def fed():
        async with store.snapshot() as view:
            return [one.number for one in (await view.feed("", 9, within=EVERYTHING)).versions]

    assert run(fed()) == [1, 2]
    run(put(store, version("a", 3, since="2026-04-03T00:00:00.000Z")))
    assert run(fed()) == [1, 2, 3]
    run(store.close())


def test_what_were_records_become_events_of_the_trail(store, run, monkeypatch):
    monkeypatch.setattr("resources.store.mongo.RETIRED", 2)
    records = [Version("AuditEvent", str(n), 1, AT, False, b"%d" % n, (".type AuditEvent",)) for n in range(3)]
    run(put(store, version("a"), *records))

    async def story():
        counts = [await store.retire("AuditEvent", lambda body: event(int(body))) for _ in range(3)]
        page = await store.trail.find(TrailQuery(newest_first=False, limit=9))
        return counts, [entry.event for entry in page.entries]

    assert run(story()) == ([2, 1, 0], [event(n) for n in range(3)])
    assert run(found(store)) == ["a"]


def test_a_database_of_a_later_version_is_refused(server, name, run):
    with MongoClient[dict[str, Any]](server) as client:
        client[name].schema.insert_one({"_id": "schema", "number": 99})
    with pytest.raises(Unavailable, match="newer version"):
        run(MongoStore(server, name).open())


def test_a_server_without_transactions_is_refused(server, name, run, monkeypatch):
    # What a mongod that is no member of a replica set says of itself.
    async def hello(self, command, *args, **options):
        return {"isWritablePrimary": True, "ok": 1.0}

    monkeypatch.setattr("pymongo.asynchronous.database.AsyncDatabase.command", hello)
    with pytest.raises(Unavailable, match="without transactions"):
        run(MongoStore(server, name).open())
