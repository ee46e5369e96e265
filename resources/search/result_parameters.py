"""What a search asks of its answer: order, how many a page, whether only the number, from which cursor on.

https://hl7.org/fhir/R4/search.html#return
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from resources.search import refusal
from resources.search.order import ID, SINCE, Key

Order = tuple[Key, ...]
Total = Literal["none", "estimate", "accurate"]

DEFAULT_COUNT = 50
MOST_COUNT = 500
CURSOR = "_cursor"

NAMES = frozenset({"_sort", "_count", "_summary", "_total", CURSOR})
IGNORED = frozenset({"_format", "_pretty"})
"""Not of the search: the edge has read them."""

LATER = frozenset({"_elements", "_contained", "_containedType", "_type", "_score", "_has"})
"""R4 knows them; this version does not."""

_ORDERS: dict[str, Order] = {
    "_id": (ID,),
    "-_id": (Key("id", descending=True),),
    "_lastUpdated": (SINCE,),
    "-_lastUpdated": (Key("since", descending=True),),
}
_TOTALS: dict[str, Total] = {"none": "none", "estimate": "estimate", "accurate": "accurate"}


@dataclass(frozen=True, slots=True)
class ResultParameters:
    """`count` is rows a page, 1 to 500, or 0 where `summary_count` asks for the total alone.

    `total` is what was asked for; what is told is exact all the same. `cursor` is as given and not yet verified.
    """

    order: Order = (ID,)
    count: int = DEFAULT_COUNT
    summary_count: bool = False
    total: Total | None = None
    cursor: str = ""


def read(parameters: Iterable[tuple[str, str]]) -> ResultParameters:
    """The shape that these parameters ask for, each at most once. Raises Problem naming the parameter."""
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in given:
            raise refusal.broken(name, f"`{name}` is given twice", f"`{name}` が2回指定されています")
        given[name] = value
    count = _count(given.get("_count", str(DEFAULT_COUNT)))
    summary = given.get("_summary", "false")
    if summary not in ("false", "count"):
        raise refusal.unsupported_value("_summary", summary, ("false", "count"))
    alone = summary == "count" or count == 0
    return ResultParameters(
        order=_order(given.get("_sort", "_id")),
        count=0 if alone else count,
        summary_count=alone,
        total=_total(given["_total"]) if "_total" in given else None,
        cursor=given.get(CURSOR, ""),
    )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise refusal.unreadable("_count", text, "a number of rows", "件数")
    return min(int(text), MOST_COUNT)


def _order(text: str) -> Order:
    if text not in _ORDERS:
        raise refusal.unsupported_value("_sort", text, tuple(_ORDERS))
    return _ORDERS[text]


def _total(text: str) -> Total:
    if text not in _TOTALS:
        raise refusal.unreadable(
            "_total", text, "`none`, `estimate` or `accurate`", " none, estimate, accurate のどれか"
        )
    return _TOTALS[text]
