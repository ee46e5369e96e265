"""How much one body may hold, looked at before anybody looks at what it says.

https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from resources.record.problem import Issue, Problem

MOST_CHARACTERS = 1024 * 1024
"""Of a string: https://hl7.org/fhir/R4/datatypes.html#string"""

_NO_STRINGS = frozenset({"data", "div", "valueBase64Binary"})
"""Elements of other kinds, which FHIR R4 does not bound."""


@dataclass(frozen=True, slots=True)
class Extent:
    """At most so many `keys` in one object, so many `items` in one array, so many `values` in all."""

    keys: int = 256
    items: int = 10_000
    values: int = 50_000

    def demand(self, skeleton: bytes) -> None:
        """Raises Problem `too-costly` where a body without its strings has too many values: none of it was read yet."""
        if skeleton.count(b",") + skeleton.count(b"{") + skeleton.count(b"[") > self.values:
            raise _too_many(f"{self.values} values", f"値が {self.values} 個を超えています")

    def demand_of(self, objects: Sequence[dict[str, Any]], length: int) -> None:
        """Raises Problem `too-costly` where one of the objects of a body of this length is too wide, or an array in it.

        And `invalid` where a string in it is longer than FHIR R4 allows.
        """
        if length > MOST_CHARACTERS:
            _demand_short(objects)
        for each in objects:
            if len(each) > self.keys:
                raise _too_many(
                    f"{self.keys} keys in one object", f"1 つのオブジェクトのキーが {self.keys} 個を超えています"
                )
            for value in each.values():
                if isinstance(value, list):
                    self._demand_of_array(value)

    def _demand_of_array(self, array: list[Any]) -> None:
        if len(array) > self.items:
            raise _too_many(f"{self.items} items in one array", f"1 つの配列の要素が {self.items} 個を超えています")
        for inner in array:
            if isinstance(inner, list):
                self._demand_of_array(inner)


USUAL = Extent()
"""Where nothing else is set."""


def _demand_short(objects: Iterable[dict[str, Any]]) -> None:
    for each in objects:
        for name, value in each.items():
            strings = value if isinstance(value, list) else [value]
            if name not in _NO_STRINGS and any(isinstance(s, str) and len(s) > MOST_CHARACTERS for s in strings):
                text = f"a string has at most {MOST_CHARACTERS} characters"
                ja = f"文字列は {MOST_CHARACTERS} 文字までです"
                raise Problem("invalid", Issue(text, ja, code="too-long"))


def _too_many(text: str, ja: str) -> Problem:
    return Problem.of("too-costly", f"the body has more than {text}", f"本文の{ja}")
