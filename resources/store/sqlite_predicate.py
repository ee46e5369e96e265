"""The reading of a predicate in SQL: whether a version satisfies it.

https://www.sqlite.org/lang_expr.html#the_exists_operator
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import orjson

from resources.search.predicate import (
    AllOf,
    Among,
    AnyOf,
    Each,
    Has,
    HasOther,
    Is,
    Linked,
    LinkedFrom,
    Not,
    Predicate,
    Related,
)
from resources.search.relation import FOREVER
from resources.store.text import bound, sought, storable

FEW = 8  # terms up to here are sought one by one; more are looked up in a set while the version's own terms pass by


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and the values of its question marks."""

    text: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Here:
    """Where a condition stands: in the view of which instant, on the row of which version, at which value at hand.

    What a row's values and the records around it have to satisfy is written `apart`, as a table of the versions for
    which it is so: SQLite's parser goes no deeper than a hundred symbols, and a rule within a chain would.
    """

    at: str = FOREVER
    now: str = ""
    version: str = "v"
    value: str = "''"
    table: str = "n"
    hurried: bool = False
    apart: list[tuple[str, Sql]] = field(default_factory=list)

    def at_value(self, version: str, value: str) -> Here:
        """A row, and a value of it."""
        return replace(self, version=version, value=value)

    def on_row(self, version: str) -> Here:
        """A row, of which no value is at hand."""
        return replace(self, version=version, value="''")

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


def holds(predicate: Predicate, here: Here) -> Sql:
    """A condition on the version that `here` names, by its `seq`."""
    match predicate:
        case Is(term):
            return _one_of([term], here)
        case Has(low, high):
            return _own(here, "o.term >= ? AND o.term < ?", bound(low), bound(high))
        case HasOther(name, allowed):
            others = [f"{name} {value}" for value in sorted(allowed) if storable(value)]
            values = (*_range(name), json(others))
            return _own(here, "o.term >= ? AND o.term < ? AND o.term NOT IN (SELECT value FROM json_each(?))", *values)
        case AllOf(parts):
            return _joined("AND", [holds(part, here) for part in parts], empty="1")
        case AnyOf(parts):
            terms = [part.term for part in parts if isinstance(part, Is)]
            rest = [holds(part, here) for part in parts if not isinstance(part, Is)]
            return _joined("OR", [*([_one_of(terms, here)] if terms else []), *rest], empty="0")
        case Not(part):
            inner = holds(part, here)
            return Sql(f"NOT {inner.text}", inner.values)
        case Each():
            return _joined("AND", list(_each(predicate, here)), empty="1")
        case Related():
            return _row(predicate, here)
        case Among(allowed):
            return Sql(f"{here.value} IN (SELECT value FROM json_each(?))", (json(sorted(filter(storable, allowed))),))
        case Linked():
            return _linked(predicate, here)
        case LinkedFrom():
            return _linked_from(predicate, here)


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


def conjunction(conditions: Sequence[Sql]) -> Sql:
    """Every one of these conditions."""
    return Sql(
        " AND ".join(f"({condition.text})" for condition in conditions) or "1",
        tuple(value for condition in conditions for value in condition.values),
    )


def json(terms: Sequence[object]) -> str:
    """A list as one bound value, for json_each."""
    return orjson.dumps(terms).decode()


def _each(each: Each, here: Here) -> Iterator[Sql]:
    """No value of the record's own fails the condition, and none that its rows lead to."""
    name, through = each.values.name, each.values.through
    failing = holds(Not(each.of), here.at_value("t", f"substr(t.term, {len(name) + 2})"))
    own = f"SELECT t.seq FROM term t WHERE t.term >= ? AND t.term < ? AND {failing.text}"
    yield Sql(f"NOT {here.stands_in(Sql(own, (*_range(name), *failing.values)))}")
    if not through:
        return
    failing = holds(Not(each.of), here.at_value("v", 'r."to"'))
    recorded = [Sql("r.ended > v.first")]
    if here.at != FOREVER:
        recorded.append(Sql("r.since <= ?", (here.at,)))
    if each.values.written:
        recorded.append(Sql("r.since <= v.since"))
    counting = conjunction([*recorded, failing])
    text = (
        f'SELECT t.seq FROM term t CROSS JOIN relation r ON r.name = ? AND r."of" = substr(t.term, {len(through) + 2})'
        f" CROSS JOIN version v ON v.seq = t.seq WHERE t.term >= ? AND t.term < ? AND {counting.text}"
    )
    led = Sql(text, (sought(each.values.relation), *_range(through), *counting.values))
    yield Sql(f"NOT {here.stands_in(led)}")


def _row(row: Related, here: Here) -> Sql:
    # The unary plus keeps SQLite from going through all rows that lead `to` one, rather than the few `of` this value.
    conditions = [open_rows("+q", here.at), *row_fits(row, "q", sought=False)]
    conditions.append(Sql("q.start <= ? AND q.until > ?", (here.now, here.now)))
    if row.keeper:
        kept = _own(here, "o.term = ? || q.keeper", bound(f"{row.keeper} "))
        conditions.append(Sql(f"q.keeper = '' OR {kept.text}", kept.values))
    whole = conjunction(conditions)
    text = f'EXISTS (SELECT 1 FROM relation q WHERE q.name = ? AND q."of" = {here.value} AND {whole.text})'
    return Sql(text, (sought(row.relation), *whole.values))


def row_fits(row: Related, r: str, *, sought: bool) -> Iterator[Sql]:
    """Conditions on a row of `relation`: where it leads, and in which manner.

    Rows are `sought` by where they lead only on the way into the index. Elsewhere, and for tags, a set is looked up
    while the rows pass by: the unary plus keeps SQLite from seeking each.
    """
    if row.to is not None:
        yield _among(f'{"" if sought else "+"}{r}."to"', row.to)
    if row.tags is not None:
        yield _among(f"+{r}.tag", row.tags)


def _among(column: str, allowed: frozenset[str]) -> Sql:
    known = sorted(filter(storable, allowed))
    if len(known) <= FEW:
        return Sql(f"{column} IN ({', '.join('?' * len(known))})", tuple(known))
    return Sql(f"{column} IN (SELECT value FROM json_each(?))", (json(known),))


def _linked(linked: Linked, here: Here) -> Sql:
    """By the key of `version`: a reference is `Type/id`."""
    name = f"substr(t.term, {len(linked.name) + 2})"
    there = conjunction([current("w", here.at), Sql("w.deleted = 0"), holds(linked.of, here.on_row("w"))])
    text = (
        f"SELECT t.seq FROM term t CROSS JOIN version w ON w.type = substr({name}, 1, instr({name}, '/') - 1)"
        f" AND w.id = substr({name}, instr({name}, '/') + 1) WHERE t.term >= ? AND t.term < ? AND {there.text}"
    )
    return Sql(here.stands_in(Sql(text, (*_range(linked.name), *there.values))))


def _linked_from(linked: LinkedFrom, here: Here) -> Sql:
    """By the index of terms: who has the term `name` and this record's reference."""
    live = "1" if here.at == FOREVER else "0, 1"
    there = conjunction([current("w", here.at), Sql("w.deleted = 0"), holds(linked.of, here.on_row("w"))])
    text = (
        "SELECT t.seq FROM term t CROSS JOIN term s ON s.type = (SELECT number FROM type WHERE name = ?)"
        f" AND s.live IN ({live}) AND s.term = ? || substr(t.term, 5) CROSS JOIN version w ON w.seq = s.seq"
        f" WHERE t.term >= ? AND t.term < ? AND {there.text}"
    )
    values = (sought(linked.type), sought(f"{linked.name} "), *_range(".id"), *there.values)
    return Sql(here.stands_in(Sql(text, values)))


def _range(name: str) -> tuple[str, str]:
    return bound(f"{name} "), bound(f"{name}!")


def _one_of(terms: list[str], here: Here) -> Sql:
    known = sorted({term for term in terms if storable(term)})
    if not known:
        return Sql("0")
    if len(known) <= FEW:
        return _own(here, f"o.term IN ({', '.join('?' * len(known))})", *known)
    # The unary plus keeps SQLite from seeking a thousand terms for each version.
    text = "o.term BETWEEN ? AND ? AND +o.term IN (SELECT value FROM json_each(?))"
    return _own(here, text, known[0], known[-1], json(known))


def _own(here: Here, condition: str, *values: object) -> Sql:
    return Sql(f"EXISTS (SELECT 1 FROM term o WHERE o.seq = {here.version}.seq AND {condition})", values)


def _joined(word: str, parts: Sequence[Sql], *, empty: str) -> Sql:
    """A balanced tree: SQLite refuses expressions deeper than 1,000."""
    if not parts:
        return Sql(empty)
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = _joined(word, parts[:middle], empty=empty), _joined(word, parts[middle:], empty=empty)
    return Sql(f"({left.text} {word} {right.text})", left.values + right.values)
