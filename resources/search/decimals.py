"""Writes decimals as text whose order is the order of the numbers, and reads a search value's range.

https://hl7.org/fhir/R4/search.html#number
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation

import orjson

LEAST = "/"
GREATEST = "3"
_BIAS = 5000
_DIGITS = 100
_NINES = str.maketrans("0123456789", "9876543210")
_EXACT = Context(prec=200, Emax=999999, Emin=-999999)
_NUMBER = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A number as asked for: the number itself, its range by significance `low <= x < high`, and about it, ±10 %."""

    exact: str
    low: str
    high: str
    about_low: str
    about_high: str


def ordered(number: Decimal) -> str:
    """Text in the order of the numbers, the same for equal ones: sign, exponent, digits, mirrored if negative."""
    if not number:
        return "1"
    digits = "".join(map(str, number.as_tuple().digits[:_DIGITS])).rstrip("0")
    exponent = number.adjusted()
    if abs(exponent) >= _BIAS:
        return "1" if exponent < 0 else GREATEST if number > 0 else LEAST
    if number < 0:
        return f"0{_BIAS - exponent:04}{digits.translate(_NINES)}~"
    return f"2{_BIAS + exponent:04}{digits}"


def of_json(value: object) -> Decimal | None:
    """The number of a JSON value, with all its digits where it still has them; None where it is none."""
    if isinstance(value, orjson.Fragment):
        value = _EXACT.create_decimal(orjson.dumps(value).decode())
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    return number if number.is_finite() else None


def asked(text: str) -> Asked | None:
    """A search value read with its precision: 100 is 99.5 to 100.5, 1e2 is 95 to 105; None where it is no number."""
    if _NUMBER.fullmatch(text) is None:
        return None
    try:
        number = _EXACT.create_decimal(text)
    except InvalidOperation:
        return None
    exponent = int(number.as_tuple().exponent)
    # The specification's own example: 1e2 means 95 to 105, one digit finer than its exponent says.
    half = Decimal((0, (5,), exponent - (2 if exponent > 0 else 1)))
    tenth = _EXACT.multiply(abs(number), Decimal("0.1"))
    about = max(half, tenth)
    return Asked(
        ordered(number),
        ordered(_EXACT.subtract(number, half)),
        ordered(_EXACT.add(number, half)),
        ordered(_EXACT.subtract(number, about)),
        ordered(_EXACT.add(number, about)),
    )
