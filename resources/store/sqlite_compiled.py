"""The SQL of conditions that are asked again and again: the same object is read once.

https://www.sqlite.org/lang_expr.html#varparam
"""

from __future__ import annotations

from collections import OrderedDict

from resources.search.predicate import Predicate
from resources.search.relation import FOREVER
from resources.store.sqlite_predicate import holds
from resources.store.sqlite_range import IndexRange, ranges
from resources.store.sqlite_sql import Here, Sql

MOST = 1_024
NOW = "\0now"
"""Stands for the time of the question, which differs each time; no term holds U+0000."""

_read: OrderedDict[tuple[int, str], tuple[Predicate, Sql, Here]] = OrderedDict()
_ways: OrderedDict[int, tuple[Predicate, list[IndexRange]]] = OrderedDict()


def condition(predicate: Predicate, here: Here) -> Sql:
    """As `holds`, for a condition that whoever asks keeps and asks by again."""
    if here.at != FOREVER:
        return holds(predicate, here)
    key = (id(predicate), here.version)
    kept = _read.get(key)
    if kept is None or kept[0] is not predicate:
        beside = Here(now=NOW, version=here.version, table="w")
        kept = _read[key] = (predicate, holds(predicate, beside), beside)
        if len(_read) > MOST:
            _read.popitem(last=False)
    here.apart.extend((name, _timed(each, here.now)) for name, each in kept[2].apart)
    return _timed(kept[1], here.now)


def ways(predicate: Predicate) -> list[IndexRange]:
    """As `ranges`, for a condition that whoever asks keeps and asks by again."""
    kept = _ways.get(id(predicate))
    if kept is None or kept[0] is not predicate:
        kept = _ways[id(predicate)] = (predicate, ranges(predicate))
        if len(_ways) > MOST:
            _ways.popitem(last=False)
    return kept[1]


def _timed(sql: Sql, now: str) -> Sql:
    return Sql(sql.text, tuple(now if value is NOW else value for value in sql.values))
