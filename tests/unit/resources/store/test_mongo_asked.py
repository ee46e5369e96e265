"""What the MongoDB store asks of its server, and how often: docs/store.md, "MongoDB", the table of what was seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient, MongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from resources.record.version import Version
from resources.search.order import Key
from resources.search.predicate import EVERYTHING, all_of, has
from resources.search.relation import Relation
from resources.store import mongo_client
from resources.store.mongo import MongoStore
from resources.store.port import Query
from tests.unit.resources.store.telling import event

AT = "2026-04-01T00:00:00.000Z"
LATER = "2026-04-02T00:00:00.000Z"
MEMBER = frozenset({Relation("member", "Task/a", "Patient/1")})


class Asked(CommandListener):
    """The commands that reached the server, in their order."""

    def __init__(self) -> None:
        self.commands: list[Any] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name not in ("hello", "endSessions", "ping"):
            self.commands.append(event.command)

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    @property
    def names(self) -> list[str]:
        return [next(iter(command)) for command in self.commands]

    @property
    def finds(self) -> list[Any]:
        """The questions about versions."""
        return [command for command in self.commands if command.get("find") == "version"]


@pytest.fixture
def name() -> str:
    return f"t{uuid4().hex}"


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def store(
    server: str, name: str, run: Callable[[Any], Any], asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MongoStore]:
    monkeypatch.setattr(mongo_client, "AsyncMongoClient", partial(AsyncMongoClient, event_listeners=[asked]))
    store = MongoStore(server, name)
    run(store.open())
    run(put(store, version("other")))
    asked.commands.clear()
    yield store
    run(store.close())


def version(id: str, number: int = 1, *terms: str) -> Version:
    since = AT if number == 1 else LATER
    return Version("Task", id, number, since, False, b"{}", tuple(sorted({".type Task", f".id Task/{id}", *terms})))


async def put(store: MongoStore, one: Version, rows: frozenset[Relation] = frozenset()) -> None:
    async def work(transaction: Any) -> None:
        await transaction.put(one, rows)

    await store.transact(work)


async def found(store: MongoStore, what: Any, *keys: Key) -> list[str]:
    async with store.snapshot() as view:
        return [row.id for row in (await view.find(Query(what, keys, limit=10), within=EVERYTHING)).versions]


def indexes(server: str, name: str, collection: str) -> dict[str, Any]:
    with MongoClient[Any](server) as client:
        return dict(client[name][collection].index_information())


# M7


def test_a_type_alone_is_a_range_of_ids_and_no_term(store: MongoStore, run: Any, asked: Asked) -> None:
    assert run(found(store, has(".type", "Task"))) == ["other"]
    [question] = asked.finds
    assert question["filter"]["_id"] == {"$gt": "Task ", "$lt": "Task!"}
    assert "terms" not in question["filter"]


def test_an_exact_term_leads_and_the_type_follows(store: MongoStore, run: Any, asked: Asked) -> None:
    run(put(store, version("a", 1, "owner x")))
    asked.commands.clear()
    assert run(found(store, all_of((has(".type", "Task"), has("owner", "x"))))) == ["a"]
    [question] = asked.finds
    assert question["filter"]["terms"] == "owner x"


# M8, M9, M11


def test_the_index_of_terms_holds_live_versions_alone(
    store: MongoStore, run: Any, asked: Asked, server: str, name: str
) -> None:
    by_term = indexes(server, name, "version")["live-by-term-3"]
    assert by_term["partialFilterExpression"] == {"live": True}
    run(put(store, version("a", 1, "owner x")))
    run(put(store, version("a", 2, "owner y")))
    with MongoClient[Any](server) as client:
        those = client[name]["version"].find({"id": "a"}).sort("number", 1)
        assert [(one["number"], one["live"]) for one in those] == [(1, False), (2, True)]
    asked.commands.clear()
    assert run(found(store, has("owner", "x"))) == []
    [question] = asked.finds
    assert question["filter"]["live"] is True


def test_newest_first_is_asked_in_the_order_of_an_index(
    store: MongoStore, run: Any, asked: Asked, server: str, name: str
) -> None:
    assert run(found(store, has(".type", "Task"), Key("since", descending=True))) == ["other"]
    [question] = asked.finds
    assert question["filter"]["type"] == "Task"
    assert dict(question["sort"]) == {"place": -1}
    assert indexes(server, name, "version")["type-by-place-3"]["key"] == [("type", 1), ("place", 1)]


def test_no_index_of_records_is_unique_but_that_of_ids(store: MongoStore, server: str, name: str) -> None:
    for collection in ("version", "relation", "trail_event"):
        assert not [each for each, of in indexes(server, name, collection).items() if of.get("unique")]


# M10


def test_a_new_record_takes_an_insertion_and_no_question(store: MongoStore, run: Any, asked: Asked) -> None:
    run(put(store, version("a")))
    assert asked.names == ["findAndModify", "insert", "commitTransaction"]


def test_a_later_version_takes_one_guarded_update_more(store: MongoStore, run: Any, asked: Asked) -> None:
    run(put(store, version("a")))
    asked.commands.clear()
    run(put(store, version("a", 2)))
    assert asked.names == ["findAndModify", "findAndModify", "insert", "commitTransaction"]
    assert asked.commands[1]["query"]["current"] is True


def test_rows_are_looked_for_where_there_are_or_were_some(store: MongoStore, run: Any, asked: Asked) -> None:
    run(put(store, version("a"), MEMBER))
    asked.commands.clear()
    run(put(store, version("a", 2)))
    assert asked.names == ["findAndModify", "findAndModify", "insert", "find", "update", "commitTransaction"]


def test_events_that_wait_together_are_one_insertion_without_a_transaction(
    store: MongoStore, run: Any, asked: Asked
) -> None:
    async def together() -> None:
        await asyncio.gather(*(store.trail.append(event(number)) for number in range(1, 5)))

    run(store.trail.append(event(0)))
    asked.commands.clear()
    run(together())
    # The insertion, and where the chain ends now.
    assert asked.names == ["insert", "update"]
    assert len(asked.commands[0]["documents"]) == 4
    assert not [command for command in asked.commands if "autocommit" in command]
