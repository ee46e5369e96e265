"""A page in commit order along one term: the index of terms has its entries in that order, so that nothing is sorted.

https://www.sqlite.org/queryplanner.html#_sorting_by_index
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resources.search.order import SINCE, SINCE_DOWN
from resources.store import sqlite_breadth
from resources.store.sqlite_file import ask
from resources.store.sqlite_here import Sql, conjunction
from resources.store.sqlite_range import IndexRange

if TYPE_CHECKING:
    from resources.store.sqlite_plan import Plan

STEPS = 256  # entries of a term that are tried before the breadth of any is asked
TERMS = 2  # terms that are tried so


def rows(plan: Plan, limit: int) -> list[Any] | None:
    """Up to so many rows, where a list of terms has few, or a few steps along a term find them all; else None."""
    if terms := _terms(plan):
        listed = [way for way in plan.ways if way.is_terms and len(way.terms) > 1 and not way.breadth[0]][:TERMS]
        few, breadth = sqlite_breadth.narrowest(plan.connection, plan.here, listed, plan.live, plan.kinds, STEPS)
        if few is not None and breadth < STEPS:
            return plan.led(few, limit)
    for way in terms:
        end = _end(plan, way)
        found = between(plan, way, limit, end)
        if end is None or len(found) == limit:
            return found
    return None


def leads(plan: Plan, way: IndexRange) -> bool:
    """Whether the entries of this way lie in the order of the plan's query."""
    in_order = plan.query.order in ((SINCE,), (SINCE_DOWN,))
    return in_order and len(plan.kinds) == 1 and way.is_terms and len(way.terms) == 1


def between(plan: Plan, way: IndexRange, limit: int, end: int | None = None) -> list[Any]:
    """Up to so many rows of a term from the page's place on, up to this entry where one is given."""
    here = plan.asked()
    conditions = [*_entries(plan, way), plan.tried(here, way)]
    if plan.live != "1":
        conditions.append(plan.view)
    if end is not None:
        conditions.append(Sql(f"s.seq {'>=' if _down(plan) else '<='} ?", (end,)))
    whole, selected = conjunction(conditions), plan.order.selected
    text = (
        f"SELECT v.seq AS seq{selected.text} FROM term s INDEXED BY term_live CROSS JOIN version v ON v.seq = s.seq"
        f" WHERE {whole.text} ORDER BY s.seq{_direction(plan)}"
    )
    return plan.page(Sql(text, (*selected.values, *whole.values)), limit, here)


def _terms(plan: Plan) -> list[IndexRange]:
    """The terms that each row has to have, but for the type: it has an index of its own."""
    return [way for way in plan.ways if leads(plan, way) and not way.breadth[0]][:TERMS]


def _end(plan: Plan, way: IndexRange) -> int | None:
    """The entry that STEPS lead to; None where they lead beyond the last."""
    whole = conjunction(_entries(plan, way))
    sql = f"SELECT s.seq FROM term s INDEXED BY term_live WHERE {whole.text} ORDER BY s.seq{_direction(plan)} LIMIT 1"
    found = ask(plan.connection, f"{sql} OFFSET ?", (*whole.values, STEPS))
    return found[0][0] if found else None


def _entries(plan: Plan, way: IndexRange) -> list[Sql]:
    """Conditions on the entries `s` of the index: those of the term, beyond the page's place."""
    standing = "= 1" if plan.live == "1" else f"IN ({plan.live})"
    among = Sql(f"s.type = (SELECT number FROM type WHERE name = ?) AND s.live {standing}", plan.kinds)
    found = [among, Sql("s.term = ?", way.terms)]
    if plan.query.after:
        reached = plan.order.reached(plan.query.after)[-1]
        found.append(Sql(f"s.seq {'<' if _down(plan) else '>'} ?", (reached,)))
    return found


def _down(plan: Plan) -> bool:
    return plan.order.columns[-1].descending


def _direction(plan: Plan) -> str:
    return " DESC" if _down(plan) else ""
