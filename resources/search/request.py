"""Reads the parameters of a search into one predicate and what is asked of the answer's shape.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from resources.search import composite, grammar, kinds, refusal, result_parameters
from resources.search.index import Index
from resources.search.parameter import Closed, Composite, Parameter
from resources.search.predicate import Predicate, all_of, any_of, has, has_any, none_of
from resources.search.result_parameters import Order, Total

MOST_PARAMETERS = 100
MOST_VALUES = 200
LONGEST_NAME = 200
LONGEST_VALUE = 2_000

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search as understood.

    `what` always asks for the type as well. `count` is rows a page, 0 where `summary_count` asks for the total alone.
    `total` is what was asked for, `cursor` is as given and not yet verified. `names` are the term names it asks
    about, without the envelope's. `canonical` is what was understood, in the order given, for the self link; the
    cursor is not in it.
    """

    type: str
    what: Predicate
    order: Order
    count: int
    summary_count: bool
    total: Total | None
    cursor: str
    names: frozenset[str]
    canonical: tuple[tuple[str, str], ...]


def parse(index: Index, type: str, parameters: Sequence[tuple[str, str]]) -> SearchRequest:
    """A search of one type by its decoded parameters. Raises Problem naming the parameter at fault."""
    if type not in index.spec.search:
        raise refusal.unsupported(type)
    if len(parameters) > MOST_PARAMETERS:
        raise refusal.broken(
            "", f"more than {MOST_PARAMETERS} search parameters", f"検索パラメータは{MOST_PARAMETERS}個までです"
        )
    asked: list[Predicate] = [has(".type", type)]
    names: set[str] = set()
    canonical: list[tuple[str, str]] = []
    shaping: list[tuple[str, str]] = []
    values = 0
    for name, value in parameters:
        _bounded(name, value)
        if name in result_parameters.IGNORED:
            continue
        if name in result_parameters.NAMES:
            shaping.append((name, value))
        else:
            alternatives = grammar.split(value, ",")
            values += len(alternatives)
            if values > MOST_VALUES:
                raise refusal.broken(
                    name, f"more than {MOST_VALUES} values in one search", f"値は1回の検索で{MOST_VALUES}個までです"
                )
            asked.append(_condition(index, type, name, alternatives))
            names.add(name.partition(":")[0])
        if name != result_parameters.CURSOR:
            canonical.append((name, value))
    wanted = result_parameters.read(shaping)
    return SearchRequest(
        type,
        all_of(asked),
        wanted.order,
        wanted.count,
        wanted.summary_count,
        wanted.total,
        wanted.cursor,
        frozenset(names),
        tuple(canonical),
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


def _condition(index: Index, type: str, name: str, alternatives: Sequence[str]) -> Predicate:
    code, colon, modifier = name.partition(":")
    if name.startswith("_has:") or "." in name:
        raise refusal.unsupported(name)
    parameter = index.parameters(type).get(code)
    if parameter is None:
        raise refusal.unsupported(name) if code in result_parameters.LATER else refusal.unknown(code, type)
    if isinstance(parameter, Closed):
        raise refusal.unsupported(code)
    if colon and not modifier:
        raise refusal.broken(name, f"`{name}` has an empty modifier", f"`{name}` の修飾子が空です")
    if not all(alternatives):
        raise refusal.broken(name, f"`{name}` has an empty value", f"`{name}` に空の値があります")
    if modifier == "missing":
        return _missing(code, alternatives)
    if not _allowed(parameter, modifier):
        raise refusal.modifier(code, modifier, parameter.kind)
    found = any_of(_value(parameter, code, modifier, one) for one in alternatives)
    return none_of(found) if modifier == "not" else found


def _allowed(parameter: Parameter, modifier: str) -> bool:
    if not modifier or modifier in kinds.MODIFIERS[parameter.kind]:
        return True
    return parameter.kind == "reference" and modifier[:1].isupper()


def _missing(code: str, alternatives: Sequence[str]) -> Predicate:
    if list(alternatives) == ["true"]:
        return none_of(has_any(code))
    if list(alternatives) == ["false"]:
        return has_any(code)
    raise refusal.unreadable(code, ",".join(alternatives), "`true` or `false`", " true か false")


def _value(parameter: Parameter, code: str, modifier: str, text: str) -> Predicate:
    if isinstance(parameter, Composite):
        return composite.predicate(parameter, f"{code} ", text)
    if isinstance(parameter, Closed):
        raise refusal.unsupported(code)
    return kinds.READERS[parameter.kind](parameter, f"{code} ", modifier, text)
