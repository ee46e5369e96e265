"""A page in the order of a stored sort key: along the terms of one type, and then the rows that have no such term.

https://hl7.org/fhir/R4/search.html#sort
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from resources.search.order import Key
from resources.search.predicate import Has, Not, all_of
from resources.search.relation import FOREVER
from resources.store import sqlite_order, sqlite_plan
from resources.store.sqlite_order import Column, Order
from resources.store.sqlite_plan import COLUMNS, Plan
from resources.store.sqlite_predicate import Sql, conjunction


def rows(plan: Plan, limit: int | None) -> list[Any]:
    """Up to so many rows of the plan; along the terms only where there are too many candidates to bring into order."""
    query = plan.query
    walkable = len(plan.kinds) == 1 and plan.at == FOREVER and not query.history and limit is not None
    if not (query.order and sqlite_order.is_stored(query.order[0]) and walkable):
        return plan.rows(limit)
    way, breadth = plan.narrowest(sqlite_plan.MANY)
    if way is not None and breadth < sqlite_plan.MANY:
        return plan.rows(limit)
    assert limit is not None
    lacking = query.after != "" and orjson.loads(query.after)[0] is None
    found = [] if lacking else _along(plan, limit)
    return found if len(found) == limit else found + _lacking(plan, limit - len(found), resumed=lacking)


def _along(plan: Plan, limit: int) -> list[Any]:
    """Each record at its first term of the key; SQLite sorts only among those that are alike in it."""
    key, low, high = plan.query.order[0], *sqlite_order.stored(plan.query.order[0])
    own = plan.order.columns[0].value
    order = Order((Column(Sql("s.term"), key.descending), *plan.order.columns[1:]))
    conditions = [
        Sql("s.type = (SELECT number FROM type WHERE name = ?) AND s.live = 1", plan.kinds),
        Sql("s.term >= ? AND s.term < ?", (low, high)),
        Sql(f"s.term = {own.text}", own.values),
        order.after(plan.query.after),
        plan.tried(plan.here),
    ]
    if plan.query.after:
        reached = orjson.loads(plan.query.after)[0]
        conditions.insert(1, Sql(f"s.term {'<=' if key.descending else '>='} ?", (reached,)))
    whole, selected, by = conjunction(conditions), order.selected, order.by_value
    text = (
        f"SELECT v.seq AS seq{selected.text} FROM term s INDEXED BY term_live CROSS JOIN version v ON v.seq = s.seq"
        f" WHERE {whole.text} ORDER BY {by.text}"
    )
    return plan.page(Sql(text, (*selected.values, *whole.values, *by.values)), limit)


def _lacking(plan: Plan, limit: int, *, resumed: bool) -> list[Any]:
    """The rows without a term of the first key, in the order of the rest."""
    query = plan.query
    low, high = sqlite_order.stored(query.order[0])
    rest = query.order[1:] or (Key("id", query.order[0].descending),)
    after = sqlite_order.page_key(orjson.loads(query.after)[1:]) if resumed else ""
    bare = replace(query, what=all_of((query.what, Not(Has(low, high)))), order=rest, after=after)
    at = COLUMNS.count(",") + 1
    return [(*row[:at], None, *row[at:]) for row in rows(Plan(plan.connection, plan.here, bare, plan.within), limit)]
