"""A city with as many concerns as persons and little else: the shape that HAPI FHIR was measured with.

docs/figures.md
"""

from __future__ import annotations

from dataclasses import dataclass

from bench import city
from bench.city import City, Json

FIELDS = (*city.FIELDS, "violence", "disability")
"""Eight: each is that of 2,500 of 20,000 concerns."""
_A_HOUSEHOLD = 2 * city.PERSONS + 1


@dataclass(frozen=True, slots=True)
class Even(City):
    """Of each household three persons with a concern each, and one observation."""

    @property
    def households(self) -> int:
        return self.records // _A_HOUSEHOLD

    def household(self, n: int) -> list[Json]:
        members = range(n * city.PERSONS, (n + 1) * city.PERSONS)
        found = [self.person(each, city.FAMILIES[n % len(city.FAMILIES)]) for each in members]
        found += [self.concern(each, self.id("Patient", each)) | {"code": _field(each)} for each in members]
        return [*found, self._observation(n, self.id("Patient", members[0]))]


def _field(n: int) -> Json:
    return city.concept(f"{city.OWN}concern-field", FIELDS[n % len(FIELDS)])
