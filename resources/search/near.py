"""`near` of Location: `latitude|longitude|distance|unit`, within a circle on the ground.

https://hl7.org/fhir/R4/location.html#positional

The circle is cut into bands of latitude, each as wide as the circle is widest in it: a place beyond it by less than a
fiftieth of the distance may be found as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from resources.search import decimals, grammar, layout, refusal
from resources.search.layout import Gathered
from resources.search.predicate import Predicate, all_of, any_of

NAME, TYPE = "near", "Location"
USUAL = 5.0
"""Kilometres, where no distance is given."""
FURTHEST = 2_000.0

_BANDS = 40
_EARTH = 6371.0
_UNITS = {"km": 1.0, "m": 0.001, "[mi_us]": 1.609344, "[mi_i]": 1.609344}


def predicate(text: str) -> Predicate:
    """One value of a request."""
    latitude, longitude, distance = _read(text)
    return any_of(
        all_of((_between("<", low, high), any_of(_between(">", *reach) for reach in _around(longitude, width))))
        for low, high, width in _bands(math.radians(latitude), distance / _EARTH)
    )


def write(into: Gathered, resource: Mapping[str, Any]) -> None:
    """Adds the terms of a Location that says where it is."""
    position = resource.get("position")
    if isinstance(position, dict):
        latitude, longitude = (decimals.of_json(position.get(name)) for name in ("latitude", "longitude"))
        if latitude is not None and longitude is not None:
            into.terms |= {f"{NAME} <{decimals.ordered(latitude)}", f"{NAME} >{decimals.ordered(longitude)}"}


def _read(text: str) -> tuple[float, float, float]:
    pieces = grammar.pieces(text, "|")
    try:
        latitude, longitude = float(pieces[0]), float(pieces[1])
        distance = (float(pieces[2]) if pieces[2:] and pieces[2] else USUAL) * _UNITS[(pieces[3:] or ["km"])[0] or "km"]
    except (ValueError, IndexError, KeyError):
        latitude = longitude = distance = math.nan
    if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 0 < distance <= FURTHEST and len(pieces) <= 4):
        expected = f"`latitude|longitude|distance|unit`, at most {FURTHEST:.0f} km (units: km, m, [mi_us])"
        raise refusal.unreadable(NAME, text, expected, "「緯度|経度|距離|単位」")
    return latitude, longitude, distance


def _bands(middle: float, angle: float) -> Iterator[tuple[float, float, float]]:
    """In degrees: from which latitude to which, and how far to either side."""
    least = max(middle - angle, -math.pi / 2)
    step = (min(middle + angle, math.pi / 2) - least) / _BANDS
    widest = math.asin(max(-1.0, min(1.0, math.sin(middle) / math.cos(angle)))) if angle < math.pi / 2 else middle
    for place in range(_BANDS):
        low, high = least + place * step, least + (place + 1) * step
        at = (low, high, min(max(widest, low), high))
        yield math.degrees(low), math.degrees(high), math.degrees(max(_width(middle, angle, each) for each in at))


def _width(middle: float, angle: float, at: float) -> float:
    across = math.cos(middle) * math.cos(at)
    if across < 1e-9:
        return math.pi
    return math.acos(max(-1.0, min(1.0, (math.cos(angle) - math.sin(middle) * math.sin(at)) / across)))


def _around(longitude: float, width: float) -> list[tuple[float, float]]:
    """From which longitude to which, in two parts where it goes over the date line."""
    low, high = longitude - width, longitude + width
    if width >= 180:
        return [(-180.0, 180.0)]
    if low < -180:
        return [(low + 360, 180.0), (-180.0, high)]
    if high > 180:
        return [(low, 180.0), (-180.0, high - 360)]
    return [(low, high)]


def _between(mark: str, low: float, high: float) -> Predicate:
    first, last = (decimals.ordered(Decimal(repr(each))) for each in (low - 1e-9, high + 1e-9))
    return layout.span(f"{NAME} ", mark, first, layout.above(last))
