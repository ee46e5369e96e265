"""Order and page keys: along `_id` or `place`, or by terms that the server finds in each candidate.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/sort/
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from resources.search.layout import LAST as GREATEST
from resources.search.order import Key
from resources.store import page_key
from resources.store.mongo_document import LAST, Document, key
from resources.store.mongo_predicate import Filter
from resources.store.port import Query
from resources.store.text import bound

NONE = {False: GREATEST * 2, True: ""}
"""What a record without the term sorts by: after every other one, ascending or descending."""


SHAPE = re.compile(r".*", re.DOTALL)
SHAPES = {
    "_id": re.compile(r"[A-Za-z]+ [A-Za-z0-9.\-]+ [0-9]{10}"),
    "place": re.compile(r"[0-9TZ:.\-]+ [0-9]{10}"),
}
"""What the whole text of a field looks like that is all of a page key; of others, anything."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field that rows are sorted by; `worked_out` where it is no field of the document."""

    field: str
    descending: bool
    worked_out: Filter | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The columns of a query's order, which tell every row from every other."""

    columns: tuple[Column, ...]
    history: bool
    names_a_row: bool = False

    @property
    def sort(self) -> list[tuple[str, int]]:
        return [(column.field, -1 if column.descending else 1) for column in self.columns]

    @property
    def worked_out(self) -> Filter:
        """The fields that the server works out."""
        return {column.field: column.worked_out for column in self.columns if column.worked_out}

    @property
    def only(self) -> str:
        """The one field that an index has in this order; empty where the rows must be sorted."""
        return self.columns[0].field if len(self.columns) == 1 else ""

    def page_key(self, document: Document) -> str:
        values = [document[column.field] for column in self.columns]
        if self.names_a_row:
            return page_key.written(values[:-1], (document["type"], document["id"], document["number"]))
        return orjson.dumps(values).decode()

    async def merged(self, some: AsyncIterable[Document], others: Sequence[Document]) -> AsyncIterator[Document]:
        """The documents, which come in the order of the one field, with others between them."""
        [column] = self.columns
        waiting = sorted(others, key=lambda each: each[column.field], reverse=not column.descending)
        async for one in some:
            while waiting and (waiting[-1][column.field] > one[column.field]) == column.descending:
                yield waiting.pop()
            yield one
        for one in reversed(waiting):
            yield one

    def after(self, page: str) -> Filter:
        """Rows strictly after the one this page key was made from; in commit order, one that says its place."""
        if not page:
            return {}
        reached = orjson.loads(page)
        if not self._fits(reached):
            raise page_key.unknown()
        if self.only == "_id" and not self.history:
            # A record has one row here: written anew between two pages, it does not come again.
            type, _, id = reached[0].rpartition(" ")[0].partition(" ")
            reached = [key(type, id, 0 if self.columns[0].descending else LAST)]
        return _beyond(self.columns, reached)

    def _fits(self, reached: Any) -> bool:
        if not isinstance(reached, list) or len(reached) != len(self.columns):
            return False
        return all(_fits(column.field, value) for column, value in zip(self.columns, reached, strict=True))


FEED = Order((Column("place", False),), history=True)
"""Commit order."""


def of(query: Query) -> Order:
    """The order of a query: its keys, and then type, id and number in the last key's direction; after the time of
    commit its order."""
    made = _made(query)
    if query.back:
        return replace(made, columns=tuple(replace(each, descending=not each.descending) for each in made.columns))
    return made


def _made(query: Query) -> Order:
    last = query.order[-1].descending if query.order else False
    if [one.by for one in query.order] in ([], ["id"]):
        return Order((Column("_id", last),), query.history)
    if [one.by for one in query.order] == ["since"]:
        return Order((Column("place", last),), query.history, names_a_row=True)
    columns: dict[str, Column] = {}
    for place, one in enumerate(query.order):
        for column in _columns(one, f"k{place}"):
            columns.setdefault(column.field, column)
    ends = (
        ("place",) if query.order[-1].by == "since" else ("type", "id", "number") if query.history else ("type", "id")
    )
    for field in ends:
        columns.setdefault(field, Column(field, last))
    return Order(tuple(columns.values()), query.history, page_key.names_a_row(query))


def _fits(field: str, value: Any) -> bool:
    """Whether this field may have this value."""
    if field == "number":
        return type(value) is int
    return isinstance(value, str) and SHAPES.get(field, SHAPE).fullmatch(value) is not None


def _columns(one: Key, name: str) -> list[Column]:
    if one.by == "id":
        return [Column("type", one.descending), Column("id", one.descending)]
    if one.by == "since":
        return [Column("since", one.descending)]
    between = {"$and": [{"$gte": ["$$this", bound(one.by)]}, {"$lt": ["$$this", bound(one.by + GREATEST)]}]}
    least = {"$max" if one.descending else "$min": {"$filter": {"input": "$terms", "as": "this", "cond": between}}}
    return [Column(name, one.descending, {"$ifNull": [least, NONE[one.descending]]})]


def _beyond(columns: Sequence[Column], reached: Sequence[Any]) -> Filter:
    """Greater in the first column, or alike in it and beyond in the rest."""
    column, value = columns[0], reached[0]
    beyond = {column.field: {"$lt" if column.descending else "$gt": value}}
    if len(columns) == 1:
        return beyond
    return {"$or": [beyond, {"$and": [{column.field: value}, _beyond(columns[1:], reached[1:])]}]}
