"""Where a condition stands in SQL, and the pieces of SQL that are put together.

https://www.sqlite.org/lang_with.html#materialization_hints
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace

import orjson

from resources.search.relation import FOREVER
from resources.store.sqlite_known import Known


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and the values of its question marks."""

    text: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The index of terms of the one type that many candidates are of: what few of the type have is listed once.

    `few` are the ranges of terms that few have; of one term, it and nothing.
    """

    type: str
    few: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Here:
    """Where a condition stands: in the view of which instant, on the row of which version, at which value at hand, and
    at the row of which record.

    What a row's values and the records around it have to satisfy is written `apart`, as a table of the versions for
    which it is so: SQLite's parser goes no deeper than a hundred symbols, and a rule within a chain would. `counted`
    is how broad ways into the index were found in this view, up to which number: questions of one view share it;
    `known`, how broad they were a moment ago: views of now share it.
    """

    at: str = FOREVER
    now: str = ""
    version: str = "v"
    value: str = "''"
    source: str = "''"
    depth: int = 0
    table: str = "n"
    hurried: bool = False
    listing: Listing | None = None
    counted: dict[Hashable, tuple[int, int]] = field(default_factory=dict, compare=False)
    known: Known | None = field(default=None, compare=False)
    apart: list[tuple[str, Sql]] = field(default_factory=list)

    def at_value(self, version: str, value: str) -> Here:
        """A row, and a value of it."""
        return replace(self, version=version, value=value)

    def on_row(self, version: str) -> Here:
        """A row, of which no value is at hand."""
        return replace(self, version=version, value="''", source="''", listing=None)

    def stands_in(self, select: Sql) -> str:
        """A condition on the version here: that it is among the `seq` of this SELECT."""
        table = f"{self.table}{len(self.apart)}"
        self.apart.append((table, select))
        return f"EXISTS (SELECT 1 FROM {table} WHERE {table}.seq = {self.version}.seq)"

    def whole(self, statement: Sql) -> Sql:
        """A statement with the tables that its conditions name; they are read through, as views are."""
        if not self.apart:
            return statement
        tables = ", ".join(f"{name}(seq) AS NOT MATERIALIZED ({each.text})" for name, each in self.apart)
        values = tuple(value for _, each in self.apart for value in each.values)
        return Sql(f"WITH {tables} {statement.text}", values + statement.values)


def open_rows(row: str, at: str) -> Sql:
    """A condition on a row of `relation`: that the store holds to it in the view of this instant."""
    if at == FOREVER:
        return Sql(f"{row}.ended = '{FOREVER}'")
    return Sql(f"{row}.since <= ? AND {row}.ended > ?", (at, at))


def current(version: str, at: str) -> Sql:
    """A condition on a row of `version`: that it is current in the view, deleted or not."""
    if at == FOREVER:
        return Sql(f"{version}.until IS NULL")
    return Sql(f"{version}.since <= ? AND ({version}.until IS NULL OR {version}.until > ?)", (at, at))


def during(version: str, period: tuple[str, str] | None) -> Sql:
    """A condition on a row of `version`: that it was current at some instant of a period, or deleted in it."""
    if period is None:
        return Sql("1")
    start, end = period
    lasted = f"CASE WHEN {version}.deleted THEN {version}.since >= ? ELSE {version}.until > ? END"
    stood = f"({version}.deleted = 0 AND {version}.until IS NULL)"
    return Sql(f"{version}.since < ? AND ({stood} OR {lasted})", (end, start, start))


def conjunction(conditions: Sequence[Sql]) -> Sql:
    """Every one of these conditions."""
    return Sql(
        " AND ".join(f"({condition.text})" for condition in conditions) or "1",
        tuple(value for condition in conditions for value in condition.values),
    )


def json(terms: Sequence[object]) -> str:
    """A list as one bound value, for json_each."""
    return orjson.dumps(terms).decode()
