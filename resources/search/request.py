"""Reads the parameters of a search into one predicate and what is asked of the answer's shape.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from resources.search import filter_expression, grammar, include, refusal, result_parameters, sorting, subset
from resources.search.condition import Reader
from resources.search.include import Include
from resources.search.index import Index
from resources.search.predicate import Predicate, all_of, has
from resources.search.result_parameters import Order, Total
from resources.search.subset import SUMMARIES, WHOLE, Subset

MOST_PARAMETERS = 100
MOST_VALUES = 200
LONGEST_NAME = 200
LONGEST_VALUE = 2_000

_ONCE = frozenset({"_sort", "_elements"})
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search as understood.

    `asked` always asks for the type as well; where chains lead through records of the types `seen`, it finds nothing
    until they are given a condition of their own (chain.py). `count` is rows a page, 0 where `summary_count` asks for
    the total alone. `total` is what was asked for, `cursor` is as given and not yet verified. `names` are the term
    names it asks about and sorts by, without the envelope's, and `beyond` those it asks of other records, as (type,
    name). `subset` is as much of each record as is wanted. `canonical` is what was understood, in the order given, for
    the self link; the cursor is not in it.
    """

    type: str
    asked: Predicate
    order: Order
    count: int
    summary_count: bool
    total: Total | None
    cursor: str
    names: frozenset[str]
    canonical: tuple[tuple[str, str], ...]
    seen: frozenset[str] = frozenset()
    beyond: frozenset[tuple[str, str]] = frozenset()
    includes: tuple[Include, ...] = ()
    subset: Subset = WHOLE

    @property
    def what(self) -> Predicate:
        """The condition of a search without chains. Raises Problem where it has some, which only a reading can ask."""
        if self.seen:
            text, ja = "a chain cannot be asked here", "ここでは連鎖検索を使えません"
            raise refusal.cannot("", text, ja)
        return self.asked


def is_shaping(name: str) -> bool:
    """Whether a parameter is of the answer, and says nothing of which records match."""
    known = result_parameters.NAMES | result_parameters.IGNORED | _ONCE
    return name in known or name.partition(":")[0] in include.NAMES


def parse(index: Index, type: str, parameters: Sequence[tuple[str, str]]) -> SearchRequest:
    """A search of one type by its decoded parameters. Raises Problem naming the parameter at fault."""
    if type not in index.spec.search:
        raise refusal.unsupported(type)
    if len(parameters) > MOST_PARAMETERS:
        raise refusal.broken(
            "", f"more than {MOST_PARAMETERS} search parameters", f"検索パラメータは{MOST_PARAMETERS}個までです"
        )
    asked: list[Predicate] = [has(".type", type)]
    conditions = Reader(index)
    canonical: list[tuple[str, str]] = []
    shaping: list[tuple[str, str]] = []
    includes: list[Include] = []
    once: dict[str, str] = {}
    values = 0
    for name, value in parameters:
        _bounded(name, value)
        if name in result_parameters.IGNORED or (name, value) == result_parameters.UNCONTAINED:
            continue
        if name in result_parameters.NAMES:
            shaping.append((name, value))
        elif name in _ONCE:
            if name in once:
                raise refusal.broken(name, f"`{name}` is given twice", f"`{name}` が2回指定されています")
            once[name] = value
        elif name.partition(":")[0] in include.NAMES:
            includes.append(include.read(index, type, name, value))
        elif name == filter_expression.NAME:
            asked.append(filter_expression.read(conditions, type, value))
        else:
            alternatives = grammar.split(value, ",")
            values += len(alternatives)
            if values > MOST_VALUES:
                raise refusal.broken(
                    name, f"more than {MOST_VALUES} values in one search", f"値は1回の検索で{MOST_VALUES}個までです"
                )
            asked.append(conditions.read(type, name, alternatives))
        if name != result_parameters.CURSOR:
            canonical.append((name, value))
    if len(includes) > include.MOST:
        text, ja = f"more than {include.MOST} includes in one search", f"_include は{include.MOST}個までです"
        raise refusal.broken(include.NAMES[0], text, ja)
    wanted = result_parameters.read(shaping, SUMMARIES)
    if includes and wanted.summary == "text":
        text, ja = "nothing comes along with `_summary=text`", "`_summary=text` では _include を使えません"
        raise refusal.cannot("_summary", text, ja)
    sort = once.get("_sort", "")
    conditions.names |= {(type, name) for name in sorting.names(sort)}
    elements = subset.elements(index.spec, type, once["_elements"]) if "_elements" in once else ()
    return SearchRequest(
        type,
        all_of(asked),
        sorting.read(index, type, sort),
        wanted.count,
        wanted.summary_count,
        wanted.total,
        wanted.cursor,
        frozenset(name for of, name in conditions.names if of == type),
        tuple(canonical),
        frozenset(conditions.seen),
        frozenset((of, name) for of, name in conditions.names if of != type),
        tuple(dict.fromkeys(includes)),
        Subset(wanted.summary, elements),
    )


def _bounded(name: str, value: str) -> None:
    if len(name) > LONGEST_NAME:
        shown = f"{name[:60]}…"
        raise refusal.broken(shown, f"the parameter name `{shown}` is too long", f"パラメータ名 `{shown}` が長すぎます")
    if not value:
        raise refusal.broken(name, f"`{name}` has no value", f"`{name}` に値がありません")
    if any(len(one) > LONGEST_VALUE for one in value.split(",")):
        raise refusal.broken(
            name,
            f"a value of `{name}` is longer than {LONGEST_VALUE} letters",
            f"`{name}` の値が{LONGEST_VALUE}文字を超えています",
        )
    if _SURROGATE.search(value):
        raise refusal.broken(name, f"a value of `{name}` is not unicode text", f"`{name}` の値が文字として読めません")
