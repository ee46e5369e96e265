"""How one condition is looked for: led by an index range, or along an ordered index; whichever is cheaper.

https://www.sqlite.org/optoverview.html (CROSS JOIN and INDEXED BY fix the plan)
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

import sqlite3
from typing import Any

from resources.search.predicate import EVERYTHING, AllOf, AnyOf, Is, Predicate, all_of
from resources.search.relation import FOREVER
from resources.store import sqlite_along, sqlite_breadth, sqlite_order
from resources.store.port import Query, TooCostly
from resources.store.sqlite_compiled import asked_ways, condition, ways
from resources.store.sqlite_file import ask, ask_for_page
from resources.store.sqlite_here import Here, Listing, Sql, conjunction, current, during
from resources.store.sqlite_order import Order
from resources.store.sqlite_predicate import holds
from resources.store.sqlite_range import IndexRange, seqs_once, types
from resources.store.sqlite_version import BODY, COLUMNS

MANY = 2000  # from as many versions on, the ordered index is tried first
STEPS = 1000  # versions of the ordered index that are tried
MOST = 100_000  # counting an index entry costs a fiftieth of trying a version
ASKED = 4  # ways into the index whose breadth is measured
TOGETHER = 200  # conditions on rows that one way in follows, by two SELECTs each; SQLite joins no more than 500
SORTING = 3  # what bringing a candidate into order costs, beside
COMPARED = 5_000  # of two ways that are both broader than this, the likelier one will do for a capped number
LISTING = 500  # candidates from which on the index of their type's terms is asked
HURRIED = 1_000  # candidates that can be tried while everybody waits
TRYING = 8  # what trying one costs

LIVE = "1"


class Plan:
    """How one condition is looked for in one view."""

    def __init__(self, connection: sqlite3.Connection, here: Here, query: Query, within: Predicate) -> None:
        self.connection, self.here, self.query, self.within = connection, here, query, within
        self.at, self.as_of = here.at, query.as_of or here.at
        self.live = LIVE if self.as_of == FOREVER and not query.history else "0, 1"
        self.kinds = types(query.what) or types(within)
        self.order: Order = sqlite_order.of(query)

    def rows(self, limit: int | None) -> list[Any]:
        """Up to so many rows: COLUMNS, and the values that they are sorted by."""
        if limit is not None and (found := sqlite_along.rows(self, limit)) is not None:
            return found
        way, breadth = self.narrowest(MANY)
        self._spare(breadth)
        if way is None:
            return self._walk(limit)
        if limit is None or breadth < MANY:
            return self.led(way, limit)
        if not self._index:
            way, _ = self.narrowest(MOST)
            assert way is not None
            return self.led(way, limit)
        # Most likely the page lies at the start of the ordered index; if it does not, the cheaper way is taken.
        end = self._end()
        found = self._walk(limit, end or Sql("1"))
        if end is None or len(found) == limit:
            return found
        cheaper = self.cheaper(limit - len(found), len(found))
        return self.led(cheaper, limit) if cheaper else self._walk(limit)

    def cheaper(self, wanted: int, found: int) -> IndexRange | None:
        """The way in, if to bring all it holds into order costs less than to walk on, found so many in STEPS."""
        walking = wanted * STEPS / max(found, 0.5) * TRYING
        way, breadth = self.narrowest(min(MOST, int(walking / SORTING) + 1))
        return None if len(self.kinds) == 1 and walking < breadth * SORTING else way

    def count(self, most: int | None) -> int:
        way, breadth = self.narrowest(MOST if most is None else COMPARED)
        self._spare(breadth)
        here = self.asked(listing=self._listing(breadth))
        conditions = [self.tried(here, way)]
        if way is None:
            source = Sql("version v")
            conditions += [self.view, *([self._type] if self.kinds else [])]
        else:
            start = seqs_once(way, self.live, self.kinds, self.at)
            source = Sql(f"({start.text}) v", start.values)
            # What is live is in view; for the rest, the version's times say so.
            if self.live != LIVE:
                source = Sql(f"({start.text}) s CROSS JOIN version v ON v.seq = s.seq", start.values)
                conditions.append(self.view)
        whole = conjunction(conditions)
        limit = Sql("") if most is None else Sql(" LIMIT ?", (most + 1,))
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {source.text} WHERE {whole.text}{limit.text})"
        statement = here.whole(Sql(sql, source.values + whole.values + limit.values))
        [(number,)] = ask(self.connection, statement.text, statement.values)
        return int(number)

    def _spare(self, breadth: int) -> None:
        """Raises TooCostly where so many candidates take longer than a moment, and others wait for the answer."""
        if self.here.hurried and breadth > HURRIED:
            raise TooCostly("more candidates than can be tried in a moment")

    def asked(self, version: str = "v", listing: Listing | None = None) -> Here:
        """The place of the conditions of one statement."""
        return Here(self.here.at, self.here.now, version, listing=listing)

    def _listing(self, breadth: int) -> Listing | None:
        """Where many of one type are tried: the index of its terms."""
        if breadth < LISTING or len(self.kinds) != 1 or self.live != LIVE:
            return None
        asked = (self.query.what, self.within)
        return sqlite_breadth.listing(self.connection, self.here, self.kinds[0], asked)

    def tried(self, here: Here, way: IndexRange | None = None) -> Sql:
        """A condition on a version row that this way leads to: that the query asks for it, and that it is within."""
        asked = holds(self._beyond(way), here)
        return asked if self.within == EVERYTHING else conjunction([asked, condition(self.within, here)])

    def _beyond(self, way: IndexRange | None) -> Predicate:
        """What the query asks besides what all have that are found: their type, and the terms that led to them."""
        what = self.query.what
        parts = what.parts if isinstance(what, AllOf) else (what,)
        known = {tuple(f".type {kind}" for kind in self.kinds)}
        if way is not None and way.is_terms:
            known.add(way.terms)
        return all_of(part for part in parts if not (terms := _terms(part)) or terms not in known)

    @property
    def ways(self) -> list[IndexRange]:
        """What is asked before what is seen: a question is mostly narrower. No term is broader than its type."""
        asked = dict.fromkeys((*asked_ways(self.query.what), *ways(self.within)))
        found = [way for way in asked if len(way.related) <= TOGETHER]
        if self.kinds and any(way.is_terms and not way.breadth[0] for way in found):
            found = [way for way in found if not way.breadth[0]]
        return sorted(found, key=lambda way: way.breadth[:2])

    def narrowest(self, most: int) -> tuple[IndexRange | None, int]:
        """The narrowest way in, and how many entries it has, counted up to `most`; None where only a scan answers."""
        ways = self.ways[:ASKED]
        return sqlite_breadth.narrowest(self.connection, self.here, ways, self.live, self.kinds, most)

    def led(self, way: IndexRange, limit: int | None) -> list[Any]:
        """Candidates first, brought into order, and tried one after the other until the page is full."""
        if limit is not None and sqlite_along.leads(self, way):
            return sqlite_along.between(self, way, limit)
        start = seqs_once(way, self.live, self.kinds, self.at)
        conditions = conjunction([self.view, self.order.after(self.query.after)])
        selected = self.order.selected
        text = (
            f"SELECT v.seq AS seq{selected.text} FROM ({start.text}) s"
            f" CROSS JOIN version v ON v.seq = s.seq WHERE {conditions.text} ORDER BY {self.order.by()} LIMIT -1"
        )
        here = self.asked("c")
        tried = self.tried(here, way)
        page = Sql(
            f"SELECT * FROM ({text}) c WHERE {tried.text}",
            (*selected.values, *start.values, *conditions.values, *tried.values),
        )
        return self.page(page, limit, here)

    def _walk(self, limit: int | None, *more: Sql) -> list[Any]:
        """The ordered index from the page's place on, each version tried as it comes."""
        here = self.asked()
        conditions = [self.view, self.order.after(self.query.after), *more, self.tried(here)]
        if self.kinds:
            conditions.append(self._type)
        whole, selected, order = conjunction(conditions), self.order.selected, self.order.by_value
        text = (
            f"SELECT v.seq AS seq{selected.text} FROM version v{self._index} WHERE {whole.text} ORDER BY {order.text}"
        )
        return self.page(Sql(text, (*selected.values, *whole.values, *order.values)), limit, here)

    def page(self, page: Sql, limit: int | None, here: Here) -> list[Any]:
        """The page is cut before bodies are read: a sort carries keys, not rows."""
        keys = "".join(f", p.k{place}" for place in range(len(self.order.columns)))
        sql = (
            f"SELECT {COLUMNS}{keys} FROM ({page.text} LIMIT ?) p CROSS JOIN version v ON v.seq = p.seq"
            f" ORDER BY {self.order.by('p.')}"
        )
        statement = here.whole(Sql(sql, (*page.values, -1 if limit is None else limit)))
        if limit is None:
            return ask(self.connection, statement.text, statement.values)
        return ask_for_page(self.connection, statement.text, statement.values, BODY)

    def _end(self) -> Sql | None:
        """Up to where STEPS of the ordered index lead; None where they lead to its end."""
        present = current("v", self.as_of) if not self.query.history else recorded(self.at)
        # What was deleted is a step too: whether it is, no index says.
        conditions = [present, self.order.after(self.query.after), *([self._type] if self.kinds else [])]
        whole, selected, order = conjunction(conditions), self.order.selected, self.order.by_value
        columns = selected.text.removeprefix(", ")
        sql = f"SELECT {columns} FROM version v{self._index} WHERE {whole.text} ORDER BY {order.text} LIMIT 1 OFFSET ?"
        rows = ask(self.connection, sql, (*selected.values, *whole.values, *order.values, STEPS))
        if not rows:
            return None
        beyond = self.order.after(sqlite_order.page_key(rows[0]))
        return Sql(f"NOT {beyond.text}", beyond.values)

    @property
    def _index(self) -> str:
        """The index that has this order; none where it is of several keys, or of a term."""
        by = self.query.order[0].by if len(self.query.order) == 1 else ""
        present = self.as_of == FOREVER and not self.query.history
        match by, present, len(self.kinds):
            case "id", True, _:
                return " INDEXED BY version_current"
            case "id", False, _:
                return " INDEXED BY version_number"
            case "since", True, 1:
                return " INDEXED BY version_current_of"
            case "since", False, 1:
                return " INDEXED BY version_of"
            case "since", _, _:
                return " NOT INDEXED"
        return ""

    @property
    def _type(self) -> Sql:
        if len(self.kinds) == 1:
            return Sql("v.type = ?", self.kinds)
        return Sql(f"v.type IN ({', '.join('?' * len(self.kinds))})", self.kinds)

    @property
    def view(self) -> Sql:
        """A condition on `v`: that the query's view has this version."""
        if self.query.history:
            return conjunction([recorded(self.at), during("v", self.query.during)])
        return conjunction([current("v", self.as_of), Sql("v.deleted = 0")])


def _terms(part: Predicate) -> tuple[str, ...]:
    """The terms of which a record has to have one; none for a condition of another kind."""
    parts = part.parts if isinstance(part, AnyOf) else (part,)
    return tuple(each.term for each in parts if isinstance(each, Is)) if all(isinstance(p, Is) for p in parts) else ()


def recorded(at: str) -> Sql:
    """A condition on `v`: that the version was there at this instant."""
    return Sql("1") if at == FOREVER else Sql("v.since <= ?", (at,))
