"""What a search asks of its answer: order, how many a page, whether only the number, from which cursor on.

https://hl7.org/fhir/R4/search.html#return
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from resources.search import refusal
from resources.search.order import Key
from resources.search.subset import SUMMARIES, Summary

Order = tuple[Key, ...]
Total = Literal["none", "estimate", "accurate"]

DEFAULT_COUNT = 50
MOST_COUNT = 500
CURSOR = "_cursor"
COUNTED: tuple[Summary, ...] = ("false", "count")
"""Where records are told whole or not at all."""

NAMES = frozenset({"_count", "_summary", "_total", CURSOR})
IGNORED = frozenset({"_format", "_pretty"})
"""Not of the search: the edge has read them."""

UNCONTAINED = ("_contained", "false")
"""What is so where nothing is said."""

LATER = frozenset({"_elements", "_contained", "_containedType", "_type", "_score", "_has"})
"""FHIR R4 knows them; this version does not."""

_TOTALS: dict[str, Total] = {"none": "none", "estimate": "estimate", "accurate": "accurate"}


@dataclass(frozen=True, slots=True)
class ResultParameters:
    """`count` is rows a page, 1 to 500, or 0 where `summary_count` asks for the total alone.

    `total` is what was asked for; what is told is exact all the same. `cursor` is as given and not yet verified.
    """

    count: int = DEFAULT_COUNT
    summary_count: bool = False
    total: Total | None = None
    cursor: str = ""
    summary: Summary = "false"


def read(
    parameters: Iterable[tuple[str, str]], summaries: tuple[Summary, ...] = ("false", "count")
) -> ResultParameters:
    """The shape that these parameters ask for, each at most once. Raises Problem naming the parameter."""
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in given:
            raise refusal.broken(name, f"`{name}` is given twice", f"`{name}` が2回指定されています")
        given[name] = value
    count = _count(given.get("_count", str(DEFAULT_COUNT)))
    summary = _summary(given.get("_summary", "false"), summaries)
    alone = summary == "count" or count == 0
    return ResultParameters(
        count=0 if alone else count,
        summary_count=alone,
        total=_total(given["_total"]) if "_total" in given else None,
        cursor=given.get(CURSOR, ""),
        summary=summary,
    )


def _summary(text: str, offered: tuple[Summary, ...]) -> Summary:
    found = next((each for each in SUMMARIES if each == text), None)
    if found is None or found not in offered:
        raise refusal.unsupported_value("_summary", text, offered)
    return found


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise refusal.unreadable("_count", text, "a number of rows", "件数")
    return min(int(text), MOST_COUNT)


def _total(text: str) -> Total:
    if text not in _TOTALS:
        raise refusal.unreadable(
            "_total", text, "`none`, `estimate` or `accurate`", " none, estimate, accurate のどれか"
        )
    return _TOTALS[text]
