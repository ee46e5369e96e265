"""Conditions on a row of a relation: that it stands, where it leads, through which team, of which records it speaks.

docs/store.md, "SQLite"
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from collections.abc import Iterator

from resources.search.predicate import Related
from resources.search.relation import BEGINS, ENDS, FOREVER, TEAM
from resources.store.sqlite_here import Here, Sql, conjunction, json, open_rows
from resources.store.sqlite_term import FEW
from resources.store.text import storable


def standing(q: str, here: Here) -> Iterator[Sql]:
    """That the store holds to a row, and that it is valid at the time of the question."""
    yield open_rows(f"+{q}", here.at)
    yield Sql(f"{q}.start <= ? AND {q}.until > ?", (here.now, here.now))


def row_fits(row: Related, r: str, *, sought: bool) -> Iterator[Sql]:
    """Conditions on a row of `relation`: where it leads, and in which manner.

    Rows are `sought` by where they lead only on the way into the index. Elsewhere, and for tags, a set is looked up
    while the rows pass by: the unary plus keeps SQLite from seeking each.
    """
    if row.to is not None:
        yield _among(f'{"" if sought else "+"}{r}."to"', row.to)
    if row.tags is not None:
        yield _among(f"+{r}.tag", row.tags)


def in_team(q: str, here: Here) -> Sql:
    """That the row leads through no team, or that whom it leads to is in that team."""
    seated = conjunction(list(standing("seat", here)))
    text = f"""EXISTS (SELECT 1 FROM relation seat WHERE seat.name = '{TEAM}' AND seat."of" = {q}.via
        AND seat."to" = {q}."to" AND {seated.text})"""
    return Sql(f"{q}.via = '' OR {text}", seated.values)


def speaks_of(q: str, here: Here, *, certainly: bool) -> Iterator[Sql]:
    """That the row is about the version here: its term, and its date as far as that can be told."""
    own = f"EXISTS (SELECT 1 FROM term o WHERE o.seq = {here.version}.seq AND o.term"
    yield Sql(f"{q}.term = '' OR {own} = {q}.term)")
    dated = f"{own} >= '{BEGINS} ' AND o.term < '{BEGINS}!') AND {own} >= '{ENDS} ' AND o.term < '{ENDS}!')"

    def begun(low: str) -> str:
        return f"{own} >= '{BEGINS} ' || {q}.{low} AND o.term < '{BEGINS}!')"

    def over(high: str) -> str:
        return f"{own} >= '{ENDS} ' AND o.term <= '{ENDS} ' || {q}.{high})"

    if certainly:
        yield Sql(f"{q}.low = '' AND {q}.high = '{FOREVER}' OR {begun('low')} AND {over('high')}")
    else:
        apart = f"{dated} AND ({over('low')} OR {begun('high')})"
        yield Sql(f"{q}.low = '' AND {q}.high = '{FOREVER}' OR NOT ({apart})")


def _among(column: str, allowed: frozenset[str]) -> Sql:
    known = sorted(filter(storable, allowed))
    if len(known) <= FEW:
        return Sql(f"{column} IN ({', '.join('?' * len(known))})", tuple(known))
    return Sql(f"{column} IN (SELECT value FROM json_each(?))", (json(known),))
