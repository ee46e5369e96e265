"""The reading of a predicate in SQL: whether a version satisfies it.

https://www.sqlite.org/lang_expr.html#the_exists_operator
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from resources.search.predicate import (
    EVERYTHING,
    AllOf,
    Among,
    AnyOf,
    Contains,
    Each,
    Has,
    HasOther,
    Is,
    Leads,
    Linked,
    LinkedFrom,
    Not,
    Predicate,
    Related,
)
from resources.search.relation import FOREVER, WORDED
from resources.store import sqlite_term
from resources.store.sqlite_here import Here, Sql, conjunction, current, json
from resources.store.sqlite_row import in_team, row_fits, speaks_of, standing
from resources.store.sqlite_term import named
from resources.store.text import bound, sought, storable


def holds(predicate: Predicate, here: Here) -> Sql:
    """A condition on the version that `here` names, by its `seq`."""
    match predicate:
        case Is(term):
            return sqlite_term.one_of([term], here)
        case Has(low, high):
            return sqlite_term.between(bound(low), bound(high), here)
        case Contains(lead, text, end):
            return sqlite_term.containing(lead, text, here, end=end)
        case HasOther(name, allowed):
            return sqlite_term.between(*named(name), here, but=[f"{name} {value}" for value in allowed])
        case AllOf(parts):
            return _joined("AND", [holds(part, here) for part in parts], empty="1")
        case AnyOf(parts):
            terms = [part.term for part in parts if isinstance(part, Is)]
            rest = [holds(part, here) for part in parts if not isinstance(part, Is)]
            return _joined("OR", [*([sqlite_term.one_of(terms, here)] if terms else []), *rest], empty="0")
        case Not(part):
            inner = holds(part, here)
            return Sql(f"NOT {inner.text}", inner.values)
        case Each():
            return _joined("AND", list(_each(predicate, here)), empty="1")
        case Related():
            return _row(predicate, here)
        case Among(allowed):
            return Sql(f"{here.value} IN (SELECT value FROM json_each(?))", (json(sorted(filter(storable, allowed))),))
        case Leads():
            return _led(predicate, here)
        case Linked():
            return _linked(predicate, here)
        case LinkedFrom():
            return _linked_from(predicate, here)


def _each(each: Each, here: Here) -> Iterator[Sql]:
    """No value of the record's own fails the condition, and none that its rows lead to."""
    name, through = each.values.name, each.values.through
    failing = holds(Not(each.of), here.at_value("t", f"substr(t.term, {len(name) + 2})"))
    own = f"SELECT t.seq FROM term t WHERE t.term >= ? AND t.term < ? AND {failing.text}"
    yield _none(name, Sql(own, (*named(name), *failing.values)), here)
    if not through:
        return
    failing = holds(Not(each.of), here.at_value("v", 'r."to"'))
    recorded = [Sql("r.ended > v.first")]
    if here.at != FOREVER:
        recorded.append(Sql("r.since <= ?", (here.at,)))
    if each.values.written:
        said = _worded("v", "v.since")
        recorded.append(Sql(f"r.since <= {said.text}", said.values))
    counting = conjunction([*recorded, failing])
    text = (
        f'SELECT t.seq FROM term t CROSS JOIN relation r ON r.name = ? AND r."of" = substr(t.term, {len(through) + 2})'
        f" CROSS JOIN version v ON v.seq = t.seq WHERE t.term >= ? AND t.term < ? AND {counting.text}"
    )
    led = Sql(text, (sought(each.values.relation), *named(through), *counting.values))
    yield _none(through, led, here)


def _none(name: str, failing: Sql, here: Here) -> Sql:
    """That the version is not among those that fail by a value of this name."""
    stands = here.stands_in(failing)
    has = sqlite_term.if_few(name, here)
    return Sql(f"NOT ({has.text} AND {stands})", has.values) if has else Sql(f"NOT {stands}")


def _row(row: Related, here: Here) -> Sql:
    # The unary plus keeps SQLite from going through all rows that lead `to` one, rather than the few `of` this value.
    q = f"q{here.depth}"
    conditions = [*standing(q, here), *row_fits(row, q, sought=False)]
    if row.same:
        conditions.append(Sql(f"{q}.source = {here.source}"))
    inside = replace(here, depth=here.depth + 1, source=f"{q}.source")
    conditions.append(in_team(q, inside))
    if row.bound:
        conditions += speaks_of(q, inside, certainly=row.bound == "certainly")
    if row.written:
        conditions.append(_before_its_words(q, here))
    if row.keeper:
        conditions.append(sqlite_term.kept_by(q, row.keeper, here))
    if row.beside != EVERYTHING:
        conditions.append(holds(row.beside, inside))
    whole = conjunction(conditions)
    text = f'EXISTS (SELECT 1 FROM relation {q} WHERE {q}.name = ? AND {q}."of" = {here.value} AND {whole.text})'
    return Sql(text, (sought(row.relation), *whole.values))


def _before_its_words(row: str, here: Here) -> Sql:
    said = _worded(here.version, f"SELECT dated.since FROM version dated WHERE dated.seq = {here.version}.seq")
    return Sql(f"{row}.since < {said.text}", said.values)


def _worded(version: str, since: str) -> Sql:
    """Since when the words of a version stand: as the server has said it, or as the version is."""
    said = f"SELECT substr(w.term, {len(WORDED) + 2}) FROM term w WHERE w.seq = {version}.seq"
    return Sql(f"coalesce(({said} AND w.term >= ? AND w.term < ?), ({since}))", named(WORDED))


def _led(leads: Leads, here: Here) -> Sql:
    m = f"m{here.depth}"
    inside = replace(here, depth=here.depth + 1, value=f'{m}."to"')
    whole = conjunction([*standing(m, here), in_team(m, inside), holds(leads.of, inside)])
    text = f'EXISTS (SELECT 1 FROM relation {m} WHERE {m}.name = ? AND {m}."of" = {here.value} AND {whole.text})'
    return Sql(text, (sought(leads.relation), *whole.values))


def _linked(linked: Linked, here: Here) -> Sql:
    """By the key of `version`: a reference is `Type/id`."""
    name = f"substr(t.term, {len(linked.name) + 2})"
    there = conjunction([current("w", here.at), Sql("w.deleted = 0"), holds(linked.of, here.on_row("w"))])
    text = (
        f"SELECT t.seq FROM term t CROSS JOIN version w ON w.type = substr({name}, 1, instr({name}, '/') - 1)"
        f" AND w.id = substr({name}, instr({name}, '/') + 1) WHERE t.term >= ? AND t.term < ? AND {there.text}"
    )
    return Sql(here.stands_in(Sql(text, (*named(linked.name), *there.values))))


def _linked_from(linked: LinkedFrom, here: Here) -> Sql:
    """By the index of terms: who has the term `name` and this record's reference."""
    live = "1" if here.at == FOREVER else "0, 1"
    there = conjunction([current("w", here.at), Sql("w.deleted = 0"), holds(linked.of, here.on_row("w"))])
    text = (
        "SELECT t.seq FROM term t CROSS JOIN term s ON s.type = (SELECT number FROM type WHERE name = ?)"
        f" AND s.live IN ({live}) AND s.term = ? || substr(t.term, 5) CROSS JOIN version w ON w.seq = s.seq"
        f" WHERE t.term >= ? AND t.term < ? AND {there.text}"
    )
    values = (sought(linked.type), sought(f"{linked.name} "), *named(".id"), *there.values)
    return Sql(here.stands_in(Sql(text, values)))


def _joined(word: str, parts: Sequence[Sql], *, empty: str) -> Sql:
    """A tree of few levels: SQLite refuses expressions deeper than 1,000, and its parser a hundred brackets and words
    that wait."""
    if not parts:
        return Sql(empty)
    if len(parts) == 1:
        return parts[0]
    if len(parts) > _BESIDE:
        each = -(-len(parts) // _BESIDE)
        parts = [_joined(word, parts[at : at + each], empty=empty) for at in range(0, len(parts), each)]
    text = f" {word} ".join(part.text for part in parts)
    return Sql(f"({text})", tuple(value for part in parts for value in part.values))


_BESIDE = 16
