"""Number parameters, and the comparisons that quantities share.

https://hl7.org/fhir/R4/search.html#number

A number is one term `=n`. A range (a Range, a Quantity with a comparator) is `<low` and `>high`, and for what needs
both ends of the same range `[place low` and `]place high`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from resources.search import decimals, grammar, layout, refusal
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Part
from resources.search.predicate import Predicate, all_of, any_of

MODIFIERS: frozenset[str] = frozenset()
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")


def predicate(part: Part, lead: str, modifier: str, text: str) -> Predicate:
    """One value of a request: a prefix and a number."""
    return compared(part, lead, grammar.plain(text))


def compared(part: Part, lead: str, text: str) -> Predicate:
    """A prefixed number against what is indexed under a lead; precision counts for `eq` and `ne` alone."""
    prefix, written = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
    number = decimals.asked(written) if prefix in PREFIXES else None
    if number is None:
        raise refusal.unreadable(part.name, text, "a number such as `5.4` or `gt5.4`", "数値(5.4、gt5.4 など)")
    exact, after = number.exact, layout.above(number.exact)
    if prefix == "eq":
        inside = layout.span(lead, "=", number.low, number.high)
        return any_of((inside, *_ranges(lead, number.low, layout.above(number.high), held=True)))
    if prefix == "ne":
        below = (layout.span(lead, mark, high=number.low) for mark in "=<")
        return any_of((*below, layout.span(lead, "=", number.high), layout.span(lead, ">", layout.above(number.high))))
    if prefix == "ap":
        low, high = number.about_low, layout.above(number.about_high)
        return any_of((layout.span(lead, "=", low, high), *_ranges(lead, low, high, held=False)))
    if prefix in ("gt", "ge", "sa"):
        low = exact if prefix == "ge" else after
        return any_of((layout.span(lead, "=", low), layout.span(lead, "<" if prefix == "sa" else ">", low)))
    high = after if prefix == "le" else exact
    return any_of((layout.span(lead, "=", high=high), layout.span(lead, ">" if prefix == "eb" else "<", high=high)))


def _ranges(lead: str, low: str, high: str, *, held: bool) -> list[Predicate]:
    """Ranges that lie within `low <= x < high`, or that overlap it; both ends asked of the same place."""
    first, second = ("[", "]") if held else ("]", "[")
    return [
        all_of((layout.span(lead, f"{first}{place}", low), layout.span(lead, f"{second}{place}", high=high)))
        for place in range(layout.REPETITIONS)
    ]


def add(into: Gathered, lead: str, number: Decimal) -> None:
    """Indexes one number."""
    into.terms.add(f"{lead}={decimals.ordered(number)}")


def add_range(into: Gathered, lead: str, low: Decimal | None, high: Decimal | None) -> None:
    """Indexes a range, both ends included; None is without bound."""
    least = decimals.LEAST if low is None else decimals.ordered(low)
    greatest = decimals.GREATEST if high is None else decimals.ordered(high)
    place = into.place(lead)
    into.terms.update((f"{lead}<{least}", f"{lead}>{greatest}", f"{lead}[{place}{least}", f"{lead}]{place}{greatest}"))


def _write(into: Gathered, lead: str, value: Any) -> None:
    if (number := decimals.of_json(value)) is not None:
        add(into, lead, number)


WRITERS: dict[str, Writer] = dict.fromkeys(("decimal", "integer", "positiveInt", "unsignedInt"), _write)
