"""A city so large that most of its households are those of one stretch again: other persons, other records, same words.

docs/figures.md
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson

from bench.city import A_HOUSEHOLD, MOST, PERSONS, WORDINGS, City, Json

FIRST = 19_200
"""Households before the stretch, among them all that the reading agencies hold consents of."""
STRETCH = 3_200
"""Households after which agencies, wide households and codes come round again."""
LEAST = (FIRST + STRETCH) * A_HOUSEHOLD
"""Records of a city in which nothing is repeated yet."""

_NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![0-9a-f])[0-9]{9}(?![0-9a-f])")
"""Ids of records, and case numbers of persons."""


@dataclass(frozen=True, slots=True)
class Repeated(City):
    """A City whose households beyond the stretch are told, and derived, by putting their names for those of another."""

    def like(self, n: int) -> int:
        return n if n < FIRST + STRETCH else FIRST + (n - FIRST) % STRETCH

    def household(self, n: int) -> list[Json]:
        if self.like(n) == n:
            return City.household(self, n)
        model = orjson.dumps(City.household(self, self.like(n))).decode()
        found: list[Json] = orjson.loads(renamed(model, self.names(n)))
        return found

    def names(self, n: int) -> dict[str, str]:
        return dict(zip(self._names(self.like(n)), self._names(n), strict=True))

    def _names(self, n: int) -> list[str]:
        persons = range(n * PERSONS, (n + 1) * PERSONS)
        concerns = (each * MOST + c for each in persons for c in range(MOST))
        consents = (each * len(WORDINGS) + w for each in persons for w in range(len(WORDINGS)))
        return [
            *(f"{each:09}" for each in persons),
            *(self.id("Patient", each) for each in persons),
            *(self.id("Condition", each) for each in concerns),
            *(self.id("Consent", each) for each in consents),
            *(self.id(type, n) for type in ("Group", "QuestionnaireResponse", "Task", "Observation")),
        ]


def renamed(text: str, names: dict[str, str]) -> str:
    return _NAMES.sub(lambda found: names.get(found[0], found[0]), text)
