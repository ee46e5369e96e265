"""Quantity parameters: `number`, `number|system|code`, `number||unit`; units are matched as written, not converted.

https://hl7.org/fhir/R4/search.html#quantity

The same number is indexed under up to four measures: none, `||unit`, `||code` and `|system|code`.
"""

from __future__ import annotations

from typing import Any

from resources.search import decimals, grammar, layout, number, refusal
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Part
from resources.search.predicate import Predicate

MODIFIERS: frozenset[str] = frozenset()

_CURRENCY = "urn:iso:std:iso:4217"


def predicate(part: Part, lead: str, modifier: str, text: str) -> Predicate:
    """One value of a request: a prefixed number, and the unit if one is asked for."""
    pieces = grammar.pieces(text, "|")
    if len(pieces) == 1:
        return number.compared(part, lead, pieces[0])
    if len(pieces) != 3 or not pieces[2]:
        raise refusal.unreadable(
            part.name, text, "a quantity such as `5.4` or `5.4|system|code`", "数量(5.4、5.4|システム|コード)"
        )
    return number.compared(part, lead + _measure(pieces[1], pieces[2]), pieces[0])


def _measure(system: str, code: str) -> str:
    """Ends with a character no number begins with, and no range of numbers reaches."""
    return f"|{layout.capped(system)}|{layout.capped(code)}\x1f"


def _write_quantity(into: Gathered, lead: str, value: Any) -> None:
    """A comparator says the number is only a bound."""
    if not isinstance(value, dict) or (amount := decimals.of_json(value.get("value"))) is None:
        return
    comparator = value.get("comparator", "")
    for measure in _measures(value):
        if not comparator:
            number.add(into, lead + measure, amount)
        elif comparator.startswith("<"):
            number.add_range(into, lead + measure, None, amount)
        else:
            number.add_range(into, lead + measure, amount, None)


def _write_range(into: Gathered, lead: str, value: Any) -> None:
    if not isinstance(value, dict):
        return
    low, high = value.get("low") or {}, value.get("high") or {}
    least, greatest = decimals.of_json(low.get("value")), decimals.of_json(high.get("value"))
    if least is not None or greatest is not None:
        for measure in _measures(low if least is not None else high):
            number.add_range(into, lead + measure, least, greatest)


def _write_money(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, dict):
        _write_quantity(into, lead, {**value, "system": _CURRENCY, "code": value.get("currency", "")})


def _write_sampled(into: Gathered, lead: str, value: Any) -> None:
    """Samples have no one number; the element counts as present and answers no comparison."""


def _measures(quantity: dict[str, Any]) -> set[str]:
    code, unit = quantity.get("code"), quantity.get("unit")
    measures = {""}
    if unit:
        measures.add(_measure("", unit))
    if code:
        measures |= {_measure("", code), _measure(quantity.get("system") or "", code)}
    return measures


WRITERS: dict[str, Writer] = {
    **dict.fromkeys(("Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity"), _write_quantity),
    "Range": _write_range,
    "Money": _write_money,
    "SampledData": _write_sampled,
}
