"""The ways into the index: ranges that hold every record that satisfies a predicate, and how broad they are.

https://www.sqlite.org/optoverview.html (CROSS JOIN and INDEXED BY fix the plan)
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from resources.search.layout import LAST
from resources.search.predicate import (
    NOTHING,
    AllOf,
    AnyOf,
    Contains,
    Each,
    Has,
    HasOther,
    Is,
    Not,
    Predicate,
    Related,
)
from resources.search.relation import Values
from resources.store.sqlite_here import Sql, conjunction, json, open_rows
from resources.store.sqlite_row import row_fits
from resources.store.text import bound, sought, storable


@dataclass(frozen=True, slots=True)
class IndexRange:
    """Terms, ranges of terms, and rows of relations: every record that satisfies the predicate has one of them."""

    terms: tuple[str, ...] = ()
    ranges: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[Values, Related], ...] = ()

    @property
    def is_terms(self) -> bool:
        """Whether only terms lead this way."""
        return not (self.ranges or self.related)

    @property
    def breadth(self) -> tuple[bool, bool, int]:
        """Narrow before broad, as far as one can tell without asking: types and ranges hold most records."""
        broad = any(term.startswith(".type ") for term in self.terms)
        return (broad, bool(self.ranges), len(self.terms) + len(self.related))


def types(predicate: Predicate) -> tuple[str, ...]:
    """The record types that the predicate is confined to; empty where it is not."""
    for part in predicate.parts if isinstance(predicate, AllOf) else (predicate,):
        kinds = part.parts if isinstance(part, AnyOf) and part.parts else (part,)
        if all(isinstance(kind, Is) and kind.term.startswith(".type ") and storable(kind.term) for kind in kinds):
            return tuple(kind.term.removeprefix(".type ") for kind in kinds if isinstance(kind, Is))
    return ()


def ranges(predicate: Predicate) -> list[IndexRange]:
    """The ways to find every record that satisfies the predicate, narrow ones first; none where only a scan does."""
    match predicate:
        case Is(term):
            return [IndexRange(terms=(term,) if storable(term) else ())]
        case Has(low, high):
            return [IndexRange(ranges=((bound(low), bound(high)),))]
        case Contains(lead, _):
            return [IndexRange(ranges=((bound(lead), bound(lead + LAST)),))]
        case HasOther(name, _):
            return [IndexRange(ranges=((bound(f"{name} "), bound(f"{name}!")),))]
        case AllOf(parts):
            found = [way for part in parts for way in ranges(part)]
            return sorted([*found, *_only(parts), *_covered(parts)], key=lambda way: way.breadth)
        case AnyOf(parts):
            ways = [ranges(part) for part in parts]
            return [_together(way[0] for way in ways)] if all(ways) else []
        case Not(Each(values, Not(of))) if rows := _asks(of):
            return [IndexRange(related=_untagged((values, row) for row in rows))]
    return []


def seqs(way: IndexRange, live: str, kinds: Sequence[str], at: str) -> Sql:
    """A SELECT of the `seq` of each version in the range, once for each time it is there.

    `live` is SQL: the values of the column `live` that count. `kinds` are the types to look among, empty for all.
    """
    # One type is sought by itself: an IN is tried anew for every row that leads here.
    among = Sql("IN (SELECT number FROM type)")
    if len(kinds) == 1:
        among = Sql("= (SELECT number FROM type WHERE name = ?)", tuple(kinds))
    elif kinds:
        among = Sql("IN (SELECT number FROM type WHERE name IN (SELECT value FROM json_each(?)))", (json(kinds),))
    standing = "t.live = 1" if live == "1" else f"t.live IN ({live})"
    index = f"term t INDEXED BY term_live ON t.type {among.text} AND {standing} AND"
    begun = index.replace(" ON ", " WHERE ", 1)
    selects = []
    if len(way.ranges) == 1:
        selects.append(Sql(f"SELECT t.seq FROM {begun} t.term >= ? AND t.term < ?", (*among.values, *way.ranges[0])))
    elif way.ranges:
        between = "t.term >= json_extract(g.value, '$[0]') AND t.term < json_extract(g.value, '$[1]')"
        text = f"SELECT t.seq FROM json_each(?) g CROSS JOIN {index} {between}"
        selects.append(Sql(text, (json(way.ranges), *among.values)))
    if len(way.terms) == 1:
        selects.append(Sql(f"SELECT t.seq FROM {begun} t.term = ?", (*among.values, *way.terms)))
    elif way.terms or not (selects or way.related):
        text = f"SELECT t.seq FROM {begun} t.term IN (SELECT value FROM json_each(?))"
        selects.append(Sql(text, (*among.values, json(way.terms))))
    for values, row in way.related:
        selects += _related(values, row, index, among, at)
    return _united(selects)


def seqs_once(way: IndexRange, live: str, kinds: Sequence[str], at: str) -> Sql:
    """As `seqs`, each `seq` once."""
    select = seqs(way, live, kinds, at)
    if len(way.terms) <= 1 and not way.ranges and not way.related:
        return select
    return Sql(f"SELECT DISTINCT seq FROM ({select.text})", select.values)


def rows(way: IndexRange, at: str) -> Sql:
    """A SELECT of the rows of relations that lead this way."""
    selects = []
    for _, row in way.related:
        fits = conjunction([open_rows("r", at), *row_fits(row, "r", sought=True)])
        text = f"SELECT 1 FROM relation r INDEXED BY relation_to WHERE r.name = ? AND {fits.text}"
        selects.append(Sql(text, (sought(row.relation), *fits.values)))
    return _united(selects)


def _related(values: Values, row: Related, index: str, among: Sql, at: str) -> Iterator[Sql]:
    """From the rows to the records that have their `of`: among their own terms, or through rows that lead to it."""
    fits = conjunction([open_rows("r", at), *row_fits(row, "r", sought=True)])
    rows = "relation r INDEXED BY relation_to"
    own = f'SELECT t.seq FROM {rows} CROSS JOIN {index} t.term = ? || r."of" WHERE r.name = ? AND {fits.text}'
    yield Sql(own, (*among.values, sought(f"{values.name} "), sought(row.relation), *fits.values))
    if values.through:
        leading = 'relation m INDEXED BY relation_to ON m.name = ? AND m."to" = r."of"'
        text = f'SELECT t.seq FROM {rows} CROSS JOIN {leading} CROSS JOIN {index} t.term = ? || m."of" WHERE r.name = ?'
        given = (
            sought(values.relation),
            *among.values,
            sought(f"{values.through} "),
            sought(row.relation),
            *fits.values,
        )
        yield Sql(f"{text} AND {fits.text}", given)


def _united(selects: Sequence[Sql]) -> Sql:
    return Sql(
        " UNION ALL ".join(select.text for select in selects),
        tuple(value for select in selects for value in select.values),
    )


def _asks(of: Predicate, but: Predicate = NOTHING) -> list[Related]:
    """The rows one of which the value at hand must stand in, where `but` is not so of it, nor any part of that; none
    where it need not."""
    match of:
        case Related(to=to) if to is not None:
            return [of]
        case AllOf(parts):
            return next((rows for part in parts if (rows := _asks(part, but))), [])
        case AnyOf(parts):
            excepted = but.parts if isinstance(but, AnyOf) else (but,)
            asked = [_asks(part, but) for part in parts if part not in excepted and part != but]
            return [row for rows in asked for row in rows] if all(asked) else []
    return []


def _covered(parts: Sequence[Predicate]) -> Iterable[IndexRange]:
    """Some value there is of which something is not so, and every value stands in a row or that is so of it: then one
    stands in a row."""
    some = [part.part for part in parts if isinstance(part, Not) and isinstance(part.part, Each)]
    for every in (part for part in parts if isinstance(part, Each)):
        for one in some:
            if every.values == one.values and (rows := _asks(every.of, one.of)):
                yield IndexRange(related=_untagged((every.values, row) for row in rows))


def _only(parts: Sequence[Predicate]) -> Iterable[IndexRange]:
    """Some value, and none but those allowed: then one of those allowed."""
    some = {part.low for part in parts if isinstance(part, Has) and part.low[:-1] + "!" == part.high}
    for part in parts:
        if isinstance(part, Not) and isinstance(part.part, HasOther) and f"{part.part.name} " in some:
            name, allowed = part.part.name, part.part.allowed
            yield IndexRange(terms=tuple(f"{name} {value}" for value in sorted(allowed) if storable(value)))


def _together(ways: Iterable[IndexRange]) -> IndexRange:
    terms: dict[str, None] = {}
    spans: dict[tuple[str, str], None] = {}
    related: list[tuple[Values, Related]] = []
    for way in ways:
        terms.update(dict.fromkeys(way.terms))
        spans.update(dict.fromkeys(way.ranges))
        related += way.related
    return IndexRange(tuple(terms), tuple(spans), _untagged(related))


def _untagged(related: Iterable[tuple[Values, Related]]) -> tuple[tuple[Values, Related], ...]:
    """Rows that differ in their tags alone are gone through once, whatever their tags."""
    alike: dict[tuple[Values, Related], tuple[Values, Related]] = {}
    for values, row in related:
        bare = (values, Related(row.relation, row.to))
        alike[bare] = (values, row) if bare not in alike else bare
    return tuple(alike.values())
