"""The words in which the tests of a store write and ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from resources.record.version import Version
from resources.search.order import Key
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Relation
from resources.store.port import Query, Store, Transaction

ORDERS = [Key("id"), Key("id", True), Key("since"), Key("since", True), Key("date <"), Key("date <", True)]


def draft(id: str, number: int = 1, *terms: str, type: str = "Task", deleted: bool = False) -> Version:
    """A version without an instant: `put` gives it that of its transaction."""
    body = b"" if deleted else f'{{"resourceType":"{type}","id":"{id}","number":{number}}}'.encode()
    return Version(type, id, number, "", deleted, body, tuple(sorted({f".type {type}", f".id {type}/{id}", *terms})))


async def put(store: Store, *drafts: Version, relations: Iterable[Relation] = ()) -> str:
    """Write these in one transaction, the rows by the first of them; the instant."""

    async def work(transaction: Transaction) -> str:
        for place, one in enumerate(drafts):
            await transaction.put(replace(one, since=transaction.instant), () if place else relations)
        return transaction.instant

    return await store.transact(work)


async def get(
    store: Store,
    id: str,
    number: int | None = None,
    *,
    within: Predicate = EVERYTHING,
    instant: str | None = None,
    type: str = "Task",
) -> Version | None:
    async with store.snapshot(instant) as view:
        return await view.get(type, id, within=within, number=number)


async def ids(
    store: Store,
    what: Predicate = EVERYTHING,
    *keys: Key,
    instant: str | None = None,
    within: Predicate = EVERYTHING,
    history: bool = False,
    limit: int | None = None,
    now: str = "",
) -> list[str]:
    """The ids found, having seen that the count agrees."""
    query = Query(what, keys or (Key("id"),), "", limit, history)
    async with store.snapshot(instant, now=now) as view:
        found = await view.find(query, within=within)
        if limit is None:
            assert await view.count(query, within=within) == len(found.versions)
            assert not found.next
    return [row.id for row in found.versions]


async def pages(
    store: Store, what: Predicate, *keys: Key, limit: int, history: bool = False, instant: str | None = None
) -> list[Version]:
    """All pages joined, each asked in a view of its own."""
    rows: list[Version] = []
    after = ""
    while True:
        async with store.snapshot(instant) as view:
            found = await view.find(Query(what, keys, after, limit, history), within=EVERYTHING)
        rows += found.versions
        after = found.next
        if not after:
            return rows
