"""`_sort`: by any simple parameter of the type, several of them, each up or down.

https://hl7.org/fhir/R4/search.html#sort

A record is sorted by the least of its values, downwards by the greatest; without one it comes last either way. Where
no order is asked for, what was written last comes first.
"""

from __future__ import annotations

from resources.search import refusal
from resources.search.index import Index
from resources.search.order import SINCE_DOWN, Key
from resources.search.parameter import Part
from resources.search.result_parameters import Order

MOST = 4

_BUILT_IN = {"_id": "id", "_lastUpdated": "since"}
_MARKS = {"string": "~", "token": "=", "number": "=", "quantity": "=", "uri": "=", "reference": ""}


def read(index: Index, type: str, text: str) -> Order:
    """The keys of a `_sort`. Raises Problem naming what cannot be sorted by."""
    if not text:
        return (SINCE_DOWN,)
    asked = text.split(",")
    if len(asked) > MOST:
        raise refusal.broken("_sort", f"more than {MOST} keys in `_sort`", f"`_sort` は{MOST}個までです")
    keys = [_key(index, type, one) for one in asked]
    if len({key.by for key in keys}) < len(keys):
        raise refusal.broken("_sort", "`_sort` names a parameter twice", "`_sort` に同じパラメータが2回あります")
    return tuple(keys)


def names(text: str) -> list[str]:
    """The parameters that a `_sort` asks about."""
    found = (one.removeprefix("-") for one in text.split(",") if one)
    return [name for name in found if name not in _BUILT_IN]


def _key(index: Index, type: str, one: str) -> Key:
    code, descending = one.removeprefix("-"), one.startswith("-")
    if code in _BUILT_IN:
        return Key(_BUILT_IN[code], descending)
    parameter = index.parameters(type).get(code)
    if parameter is None:
        raise refusal.unknown_of("_sort", code, type)
    if not isinstance(parameter, Part):
        text = f"`{code}` cannot be sorted by: it has no one value"
        raise refusal.cannot("_sort", text, f"`{code}` は値がひとつに決まらないため、並べ替えに使えません")
    mark = _MARKS.get(parameter.kind, ">" if descending else "<")
    return Key(f"{code} {mark}", descending)
