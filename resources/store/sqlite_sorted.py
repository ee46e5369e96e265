"""A page in the order of a stored sort key: along the terms of one type, and then the rows that have no such term.

https://hl7.org/fhir/R4/search.html#sort
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from dataclasses import replace
from typing import Any

from resources.search.order import Key
from resources.search.predicate import Has, Is, Not, Predicate, all_of
from resources.search.relation import FOREVER
from resources.store import sqlite_order, sqlite_plan
from resources.store.sqlite_file import ask
from resources.store.sqlite_here import Sql, conjunction
from resources.store.sqlite_order import Column, Order
from resources.store.sqlite_plan import Plan
from resources.store.sqlite_version import WIDTH


def rows(plan: Plan, limit: int | None) -> list[Any]:
    """Up to so many rows of the plan; along the terms only where there are too many candidates to bring into order."""
    query = plan.query
    walkable = (
        len(plan.kinds) == 1 and plan.as_of == FOREVER and not query.history and limit is not None and not query.back
    )
    if not (query.order and sqlite_order.is_stored(query.order[0]) and walkable):
        return plan.rows(limit)
    way, breadth = plan.narrowest(sqlite_plan.MANY)
    if way is not None and breadth < sqlite_plan.MANY:
        return plan.rows(limit)
    assert limit is not None
    return _Walk(plan).page(limit)


class _Walk:
    """The index of terms from the page's place on, some entries at a time, so that no more are read than are needed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.key = plan.query.order[0]
        self.low, self.high = sqlite_order.stored(self.key)
        self.reached = plan.order.reached(plan.query.after) if plan.query.after else None

    def page(self, limit: int) -> list[Any]:
        if self.reached and self.reached[0] is None:
            return self._beside(None, limit)
        found: list[Any] = []
        steps = sqlite_plan.STEPS
        place = self.reached[0] if self.reached else self._term()
        while place is not None:
            following = self._term(place, steps)
            if following == place:
                # A term that so many have: the rest of the order leads among them.
                found += self._beside(place, limit - len(found))
                following = self._term(place, beyond=True)
            else:
                found += self._between(place, following, limit - len(found))
            if len(found) == limit:
                return found
            if steps == sqlite_plan.STEPS and (way := self.plan.cheaper(limit - len(found), len(found))):
                return self.plan.led(way, limit)
            place, steps = following, 2 * steps
        return found + self._beside(None, limit - len(found))

    def _term(self, place: str = "", steps: int = 0, *, beyond: bool = False) -> str | None:
        """The term so many entries on from this one, in the direction of the key; or the next other one."""
        low, high, sign, direction = self.low, self.high, ">=", ""
        if self.key.descending:
            sign, direction = "<=", " DESC"
        sign = sign[:1] if beyond else sign
        sql = (
            "SELECT term FROM term INDEXED BY term_live WHERE type = (SELECT number FROM type WHERE name = ?)"
            f" AND live = 1 AND term >= ? AND term < ? AND term {sign} ? ORDER BY term{direction} LIMIT 1 OFFSET ?"
        )
        place = place or (high if self.key.descending else low)
        found = ask(self.plan.connection, sql, (*self.plan.kinds, low, high, place, steps))
        return found[0][0] if found else None

    def _between(self, place: str, end: str | None, limit: int) -> list[Any]:
        """Each record at its first term of the key; SQLite sorts only among those that are alike in it."""
        plan, descending, here = self.plan, self.key.descending, self.plan.asked()
        own = plan.order.columns[0].value
        order = Order((Column(Sql("s.term"), descending), *plan.order.columns[1:]))
        conditions = [
            Sql("s.type = (SELECT number FROM type WHERE name = ?) AND s.live = 1", plan.kinds),
            Sql("s.term >= ? AND s.term < ?", (self.low, self.high)),
            Sql(f"s.term {'<=' if descending else '>='} ?", (place,)),
            *([Sql(f"s.term {'>' if descending else '<'} ?", (end,))] if end else []),
            Sql(f"s.term = {own.text}", own.values),
            order.after(plan.query.after),
            plan.tried(here),
        ]
        whole, selected, by = conjunction(conditions), order.selected, order.by_value
        text = (
            f"SELECT v.seq AS seq{selected.text} FROM term s INDEXED BY term_live CROSS JOIN version v ON v.seq = s.seq"
            f" WHERE {whole.text} ORDER BY {by.text}"
        )
        return plan.page(Sql(text, (*selected.values, *whole.values, *by.values)), limit, here)

    def _beside(self, term: str | None, limit: int) -> list[Any]:
        """The rows whose first term of the key is this one, or that have none, in the order of the rest."""
        plan, query = self.plan, self.plan.query
        rest = query.order[1:] or (Key("id", self.key.descending),)
        resumed = self.reached is not None and self.reached[0] == term
        after = sqlite_order.page_key(self.reached[1:]) if resumed and self.reached else ""
        only = replace(query, what=self._only(term), order=rest, after=after)
        inner = Plan(plan.connection, plan.here, only, plan.within)
        return [(*row[:WIDTH], term, *row[WIDTH:]) for row in rows(inner, limit)]

    def _only(self, term: str | None) -> Predicate:
        if term is None:
            return all_of((self.plan.query.what, Not(Has(self.low, self.high))))
        sooner = Has(f"{term}\0", self.high) if self.key.descending else Has(self.low, term)
        return all_of((self.plan.query.what, Is(term), Not(sooner)))
