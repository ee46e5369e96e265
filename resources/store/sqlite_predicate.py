"""The reading of a predicate in SQL: whether a version satisfies it, and which index ranges lead to those that do.

https://www.sqlite.org/lang_expr.html#the_exists_operator
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from resources.search.predicate import AllOf, AnyOf, Has, HasOther, Is, Not, Predicate
from resources.store.text import bound, storable

FEW = 8  # terms up to here are sought one by one; more are looked up in a set while the version's own terms pass by


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and the values of its question marks."""

    text: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexRange:
    """Terms and ranges of terms: every record that satisfies the predicate has at least one of them."""

    terms: tuple[str, ...] = ()
    ranges: tuple[tuple[str, str], ...] = ()

    @property
    def breadth(self) -> tuple[bool, bool, int]:
        """Narrow before broad, as far as one can tell without asking: types and ranges hold most records."""
        return (any(term.startswith(".type ") for term in self.terms), bool(self.ranges), len(self.terms))


def holds(predicate: Predicate) -> Sql:
    """A condition on `v.seq`."""
    match predicate:
        case Is(term):
            return _one_of([term])
        case Has(low, high):
            return _own("t.term >= ? AND t.term < ?", bound(low), bound(high))
        case HasOther(name, allowed):
            others = [f"{name} {value}" for value in sorted(allowed) if storable(value)]
            values = (bound(f"{name} "), bound(f"{name}!"), _json(others))
            return _own("t.term >= ? AND t.term < ? AND t.term NOT IN (SELECT value FROM json_each(?))", *values)
        case AllOf(parts):
            return _joined("AND", [holds(part) for part in parts], empty="1")
        case AnyOf(parts):
            terms = [part.term for part in parts if isinstance(part, Is)]
            rest = [holds(part) for part in parts if not isinstance(part, Is)]
            return _joined("OR", [*([_one_of(terms)] if terms else []), *rest], empty="0")
        case Not(part):
            inner = holds(part)
            return Sql(f"NOT {inner.text}", inner.values)


def leads(predicate: Predicate) -> list[IndexRange]:
    """The ways to find every record that satisfies the predicate, narrow ones first; none where only a scan does."""
    match predicate:
        case Is(term):
            return [IndexRange(terms=(term,) if storable(term) else ())]
        case Has(low, high):
            return [IndexRange(ranges=((bound(low), bound(high)),))]
        case HasOther(name, _):
            return [IndexRange(ranges=((bound(f"{name} "), bound(f"{name}!")),))]
        case AllOf(parts):
            found = [lead for part in parts for lead in leads(part)]
            return sorted([*found, *_only(parts)], key=lambda lead: lead.breadth)
        case AnyOf(parts):
            ways = [leads(part) for part in parts]
            return [_together(way[0] for way in ways)] if all(ways) else []
        case Not(_):
            return []


def led(lead: IndexRange, live: str) -> Sql:
    """A SELECT of the `seq` of each version with a term of the lead, once for each such term.

    `live` is SQL: the values of the column `live` that count.
    """
    index = f"term INDEXED BY term_live WHERE live IN ({live}) AND"
    selects = []
    if len(lead.ranges) == 1:
        selects.append(Sql(f"SELECT seq FROM {index} term >= ? AND term < ?", lead.ranges[0]))
    elif lead.ranges:
        between = "term >= json_extract(r.value, '$[0]') AND term < json_extract(r.value, '$[1]')"
        selects.append(Sql(f"SELECT seq FROM json_each(?) r CROSS JOIN {index} {between}", (_json(lead.ranges),)))
    if len(lead.terms) == 1:
        selects.append(Sql(f"SELECT seq FROM {index} term = ?", lead.terms))
    elif lead.terms or not selects:
        selects.append(Sql(f"SELECT seq FROM {index} term IN (SELECT value FROM json_each(?))", (_json(lead.terms),)))
    return Sql(
        " UNION ALL ".join(select.text for select in selects),
        tuple(value for select in selects for value in select.values),
    )


def led_once(lead: IndexRange, live: str) -> Sql:
    """As `led`, each `seq` once."""
    select = led(lead, live)
    if len(lead.terms) <= 1 and not lead.ranges:
        return select
    return Sql(f"SELECT DISTINCT seq FROM ({select.text})", select.values)


def _only(parts: Sequence[Predicate]) -> Iterable[IndexRange]:
    """Some value, and none but those allowed: then one of those allowed."""
    some = {part.low for part in parts if isinstance(part, Has) and part.low[:-1] + "!" == part.high}
    for part in parts:
        if isinstance(part, Not) and isinstance(part.part, HasOther) and f"{part.part.name} " in some:
            name, allowed = part.part.name, part.part.allowed
            yield IndexRange(terms=tuple(f"{name} {value}" for value in sorted(allowed) if storable(value)))


def _together(leads: Iterable[IndexRange]) -> IndexRange:
    terms: dict[str, None] = {}
    ranges: dict[tuple[str, str], None] = {}
    for lead in leads:
        terms.update(dict.fromkeys(lead.terms))
        ranges.update(dict.fromkeys(lead.ranges))
    return IndexRange(tuple(terms), tuple(ranges))


def _one_of(terms: list[str]) -> Sql:
    known = sorted({term for term in terms if storable(term)})
    if not known:
        return Sql("0")
    if len(known) <= FEW:
        return _own(f"t.term IN ({', '.join('?' * len(known))})", *known)
    # The unary plus keeps SQLite from seeking a thousand terms for each version.
    text = "t.term BETWEEN ? AND ? AND +t.term IN (SELECT value FROM json_each(?))"
    return _own(text, known[0], known[-1], _json(known))


def _own(condition: str, *values: object) -> Sql:
    return Sql(f"EXISTS (SELECT 1 FROM term t WHERE t.seq = v.seq AND {condition})", values)


def _joined(word: str, parts: Sequence[Sql], *, empty: str) -> Sql:
    """A balanced tree: SQLite refuses expressions deeper than 1,000."""
    if not parts:
        return Sql(empty)
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = _joined(word, parts[:middle], empty=empty), _joined(word, parts[middle:], empty=empty)
    return Sql(f"({left.text} {word} {right.text})", left.values + right.values)


def _json(terms: Sequence[object]) -> str:
    return orjson.dumps(terms).decode()
