"""The areas of a city as a tree: from a school district up to the city, and what lies in each.

R6 of the domain (slide 6): 行政区, 福祉区, 中学校区, 小学校区; https://hl7.org/fhir/R4/location-definitions.html#Location.partOf
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from resources.record import coding, reference, repeated

Resource = Mapping[str, Any]

DEEPEST = 16
"""No area lies in more areas than this: a tree that says otherwise goes round in a circle."""


@dataclass(frozen=True, slots=True)
class Areas:
    """Areas by `Location/id`, and what each of them is directly part of."""

    known: Mapping[str, Resource]
    above: Mapping[str, str]

    @classmethod
    def of(cls, locations: Iterable[Resource]) -> Areas:
        known = {f"Location/{each['id']}": each for each in locations}
        return cls(known, {name: up for name, each in known.items() if (up := reference.one(each, "partOf"))})

    @property
    def roots(self) -> list[str]:
        """The areas that are part of no other: one, of a city."""
        return sorted(
            name for name, each in self.known.items() if is_area(each) and self.above.get(name) not in self.known
        )

    def chain(self, name: str) -> list[str]:
        """The area and those that it lies in, the smallest first; an area of one single part is that part."""
        parts = self._parts(name)
        down: list[str] = []
        while len(parts) == 1 and len(down) < DEEPEST:
            down.append(parts[0])
            parts = self._parts(parts[0])
        return [*reversed(down), *self.up(name)]

    def up(self, name: str) -> list[str]:
        """The place and what it lies in, the smallest first."""
        found: list[str] = []
        while name in self.known and name not in found and len(found) < DEEPEST:
            found.append(name)
            name = self.above.get(name, "")
        return found

    def lies_in(self, inner: str, outer: str) -> bool:
        """Whether an area lies in another, or is it."""
        return outer in self.up(inner)

    def named(self, text: str) -> str:
        """The area of a reference, an id, an official code or a name; empty where there is none or more than one.

        The place of an office stands for the area that it lies in.
        """
        bare = text.removeprefix("Location/")
        if f"Location/{bare}" in self.known:
            return next((one for one in self.up(f"Location/{bare}") if is_area(self.known[one])), "")
        found = [name for name, each in self.known.items() if is_area(each) and bare in _words(each)]
        return found[0] if len(found) == 1 else ""

    def _parts(self, name: str) -> list[str]:
        return sorted(
            inner for inner, outer in self.above.items() if outer == name and is_area(self.known.get(inner, {}))
        )


def is_area(location: Resource) -> bool:
    """Whether a Location is an area and not the place of an office."""
    return bool(coding.codes(location.get("type"), "area-kind"))


def _words(area: Resource) -> frozenset[str]:
    codes = (str(each.get("value", "")) for each in area.get("identifier") or ())
    return frozenset({str(area.get("name", "")), *repeated.told(area, "alias"), *codes}) - {""}
