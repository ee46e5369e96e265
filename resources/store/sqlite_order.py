"""Order and page keys in SQL: by type and id, by commit, or by a stored term; rows without the term come last.

https://www.sqlite.org/rowvalue.html#scrolling_window_queries
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from resources.search.layout import LAST
from resources.search.order import Key
from resources.store.port import NoPlaceError, Query
from resources.store.sqlite_here import Sql
from resources.store.text import bound


@dataclass(frozen=True, slots=True)
class Column:
    """One expression that rows are sorted by, and whether its greatest values come first."""

    value: Sql
    descending: bool
    nullable: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """The columns of a query's order, the last of which tell every row from every other."""

    columns: tuple[Column, ...]

    @property
    def selected(self) -> Sql:
        """The columns as `k0`, `k1`, …."""
        text = "".join(f", {column.value.text} AS k{place}" for place, column in enumerate(self.columns))
        return Sql(text, tuple(value for column in self.columns for value in column.value.values))

    def by(self, table: str = "") -> str:
        """ORDER BY over the selected columns."""
        named = (f"{table}k{place}" for place in range(len(self.columns)))
        return ", ".join(_directed(name, column) for name, column in zip(named, self.columns, strict=True))

    @property
    def by_value(self) -> Sql:
        """ORDER BY over the columns themselves, so that an index can serve it."""
        text = ", ".join(_directed(column.value.text, column) for column in self.columns)
        return Sql(text, tuple(value for column in self.columns for value in column.value.values))

    def reached(self, page: str) -> list[Any]:
        """The column values that a page key was made of. Raises ValueError where no row of this order has such."""
        values = orjson.loads(page)
        if not isinstance(values, list) or len(values) != len(self.columns):
            raise NoPlaceError("not a page key of this query")
        for column, value in zip(self.columns, values, strict=True):
            kind = int if column.value.text in _NUMBERS else str
            if not (isinstance(value, kind) or (column.nullable and value is None)):
                raise NoPlaceError("not a page key of this query")
        return values

    def after(self, page: str) -> Sql:
        """A condition on the columns: that a row comes strictly after the one this page key was made from."""
        if not page:
            return Sql("1")
        reached = self.reached(page)
        if not any(column.nullable for column in self.columns) and len({c.descending for c in self.columns}) == 1:
            sign = "<" if self.columns[0].descending else ">"
            names = ", ".join(column.value.text for column in self.columns)
            return Sql(f"({names}) {sign} ({', '.join('?' * len(reached))})", tuple(reached))
        return _beyond(self.columns, reached)


_NUMBERS = ("v.number", "v.seq")


def page_key(row: Sequence[object]) -> str:
    """The page key of a row's column values."""
    return orjson.dumps(list(row)).decode()


def of(query: Query) -> Order:
    """The order of a query on rows of `version v`."""
    return _made(query.order, query.history, query.back)


@lru_cache(maxsize=256)
def _made(keys: tuple[Key, ...], history: bool, back: bool) -> Order:
    """The keys, and then type, id and number in the last key's direction; after the time of commit its order.

    Outside history a record has one row: written anew between two pages, it does not come again by its number.
    """
    last = keys[-1] if keys else Key("id")
    in_commit_order = last.by == "since"
    columns: list[Column] = []
    for key in keys[:-1] if in_commit_order else keys:
        columns += _columns(key)
    have = {column.value.text for column in columns}
    ends = ("v.seq",) if in_commit_order else ("v.type", "v.id", "v.number") if history else ("v.type", "v.id")
    columns += [Column(Sql(name), last.descending) for name in ends if name not in have]
    return Order(tuple(_turned(column) for column in columns) if back else tuple(columns))


def _turned(column: Column) -> Column:
    """The column for the same rows from the last to the first."""
    return Column(column.value, not column.descending, column.nullable, column.nullable)


def stored(key: Key) -> tuple[str, str]:
    """The range of terms that a stored sort key is found in."""
    return bound(key.by), bound(key.by + LAST)


def is_stored(key: Key) -> bool:
    """Whether a key is a term, and not `id` or `since`."""
    return " " in key.by


def _columns(key: Key) -> list[Column]:
    if key.by == "id":
        return [Column(Sql("v.type"), key.descending), Column(Sql("v.id"), key.descending)]
    if key.by == "since":
        return [Column(Sql("v.since"), key.descending)]
    least = "max" if key.descending else "min"
    text = f"(SELECT {least}(o.term) FROM term o WHERE o.seq = v.seq AND o.term >= ? AND o.term < ?)"
    return [Column(Sql(text, stored(key)), key.descending, nullable=True)]


def _directed(name: str, column: Column) -> str:
    direction = " DESC" if column.descending else ""
    if not column.nullable:
        return f"{name}{direction}"
    return f"{name}{direction} NULLS {'FIRST' if column.nulls_first else 'LAST'}"


def _beyond(columns: Sequence[Column], reached: Sequence[object]) -> Sql:
    """Greater in the first column, or alike in it and beyond in the rest."""
    column, value = columns[0], reached[0]
    text, bind = column.value.text, column.value.values
    rest = _beyond(columns[1:], reached[1:]) if len(columns) > 1 else Sql("0")
    if value is None and column.nulls_first:
        return Sql(f"({text} IS NOT NULL OR {rest.text})", (*bind, *rest.values))
    if value is None:
        return Sql(f"({text} IS NULL AND {rest.text})", (*bind, *rest.values))
    sign = "<" if column.descending else ">"
    beyond = Sql(f"{text} {sign} ?", (*bind, value))
    if column.nullable and not column.nulls_first:
        beyond = Sql(f"({beyond.text} OR {text} IS NULL)", (*beyond.values, *bind))
    return Sql(f"({beyond.text} OR ({text} = ? AND {rest.text}))", (*beyond.values, *bind, value, *rest.values))
