"""The tags of a relation's rows: from tag to next tag, or of the records that a question may find.

https://www.sqlite.org/lang_with.html#recursive_query_examples
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import FOREVER, Values
from resources.store.port import Query
from resources.store.sqlite_file import ask
from resources.store.sqlite_here import Here, json
from resources.store.sqlite_plan import Plan
from resources.store.sqlite_range import IndexRange, seqs_once
from resources.store.text import bound, sought, storable

MANY = 2_000  # rows up to here are read; of more, only each tag is sought
FEW = 256  # as many records are asked for their own tags; for more, all tags are told


def tags(
    connection: sqlite3.Connection,
    here: Here,
    name: str,
    to: Iterable[str],
    values: Values | None,
    of: Predicate,
    led: str = "",
) -> Mapping[str, str]:
    """The tags of open rows that lead to one of these, each with a record that says so."""
    known = json(sorted({one for one in to if storable(one)}))
    if here.at != FOREVER:
        sql = """SELECT tag, min(source) FROM relation WHERE name = ? AND "to" IN (SELECT value FROM json_each(?))
            AND since <= ? AND ended > ? GROUP BY tag"""
        return dict(ask(connection, sql, (sought(name), known, here.at, here.at)))
    if values:
        plan = Plan(connection, here, Query(of), EVERYTHING)
        way, breadth = plan.narrowest(FEW)
        if way is not None and breadth < FEW:
            return _near(plan, way, values, sought(name), known, led)
    whole = """SELECT tag, source FROM relation r INDEXED BY relation_to
        WHERE r.name = ? AND r."to" IN (SELECT value FROM json_each(?)) AND r.ended = '~' LIMIT ?"""
    rows = ask(connection, whole, (sought(name), known, MANY))
    if len(rows) < MANY:
        return dict(rows)
    least = """SELECT min(r.tag) FROM relation r INDEXED BY relation_to
        WHERE r.name = ? AND r."to" = {to} AND r.ended = '~'"""
    sql = f"""WITH RECURSIVE step("to", tag) AS (
            SELECT value, ({least.format(to="value")}) FROM json_each(?)
            UNION ALL SELECT "to", ({least.format(to='step."to"')} AND r.tag > step.tag) FROM step
            WHERE tag IS NOT NULL)
        SELECT tag, (SELECT r.source FROM relation r INDEXED BY relation_to
            WHERE r.name = ? AND r."to" = step."to" AND r.ended = '~' AND r.tag = step.tag LIMIT 1)
        FROM step WHERE tag IS NOT NULL"""
    return dict(ask(connection, sql, (sought(name), known, sought(name), sought(name))))


def _near(plan: Plan, way: IndexRange, values: Values, name: str | None, to: str, led: str) -> Mapping[str, str]:
    """The tags of the rows at these values of the records in a narrow range, and at those `led` to from them."""
    start = seqs_once(way, plan.live, plan.kinds, plan.at)
    rows = """relation r ON r.name = ? AND r."of" = {value} AND r.ended = '~'
        AND +r."to" IN (SELECT value FROM json_each(?))"""
    terms = f"SELECT r.tag, r.source FROM ({start.text}) s CROSS JOIN term t ON t.seq = s.seq"
    terms = f"{terms} AND t.term >= ? AND t.term < ?"
    own = f"substr(t.term, {len(values.name) + 2})"
    ways = [("", own, (*start.values, *_range(values.name)))]
    if values.through:
        leading = f' CROSS JOIN relation m ON m.name = ? AND m."of" = substr(t.term, {len(values.through) + 2})'
        ways.append((leading, 'm."to"', (*start.values, *_range(values.through), values.relation)))
    selects, asked = list[str](), tuple[object, ...]()
    for joined, value, given in ways:
        selects.append(f"{terms}{joined} CROSS JOIN {rows.format(value=value)}")
        asked = (*asked, *given, name, to)
        if led:
            further = f"CROSS JOIN relation n ON n.name = ? AND n.\"of\" = {value} AND n.ended = '~'"
            beyond = rows.format(value='n."to"')
            selects.append(f"{terms}{joined} {further} CROSS JOIN {beyond}")
            asked = (*asked, *given, led, name, to)
    united = " UNION ALL ".join(selects)
    return dict(ask(plan.connection, f"SELECT tag, min(source) FROM ({united}) GROUP BY tag", asked))


def _range(name: str) -> tuple[str, str]:
    return bound(f"{name} "), bound(f"{name}!")
