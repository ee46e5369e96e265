"""The directory as it is published: one row a desk, from which every open form is made; no member of staff is in it.

docs/directory.md, "publishing"; R6 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from resources import directory
from resources.listing import entry
from resources.record import coding, reference

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk with its agency, its place and the areas that it serves, each as the directory has it."""

    body: Resource
    agency: Resource
    place: Resource
    areas: tuple[Resource, ...]

    @property
    def name(self) -> str:
        return str(self.body.get("name") or self.agency.get("name") or "")

    @property
    def number(self) -> str:
        named = self.body.get("identifier") or ()
        return next((str(each.get("value", "")) for each in named if each.get("system") == entry.NUMBER), "")

    @property
    def starred(self) -> bool:
        """Whether it is the ★ desk of its field."""
        return "fallback-desk" in coding.codes(self.body.get("characteristic"), "desk")

    @property
    def fields(self) -> list[str]:
        return sorted(directory.fields(self.body))

    @property
    def address(self) -> str:
        return str((self.place.get("address") or {}).get("text", ""))

    @property
    def phones(self) -> list[str]:
        """Each number once, in its order."""
        return list(dict.fromkeys(str(each["value"]) for each in _phones(self.body)))

    @property
    def extensions(self) -> list[str]:
        said = [one for each in _phones(self.body) for one in each.get("extension") or ()]
        return list(dict.fromkeys(str(one.get("valueString", "")) for one in said if one.get("url", "").endswith(_URL)))

    @property
    def besides(self) -> str:
        """What is said of its hours besides times."""
        return str(self.body.get("availabilityExceptions", ""))

    @property
    def area_names(self) -> list[str]:
        return [str(each.get("name", "")) for each in self.areas]

    @property
    def ages(self) -> tuple[int | None, int | None]:
        """The ages that it serves in every field of its own; both None where it names none."""
        found = [directory.ages(self.body, field) for field in self.fields]
        if not found or any(len(each) != 1 for each in found) or len({each[0] for each in found}) > 1:
            return None, None
        return found[0][0]


def desks(resources: Iterable[Resource]) -> list[Desk]:
    """The desks among these records of the directory, by № and then by name."""
    every = {f"{each['resourceType']}/{each['id']}": each for each in resources}
    found = []
    for each in every.values():
        if each["resourceType"] == "HealthcareService":
            place = next((every[one] for one in reference.many(each, "location") if one in every), {})
            areas = tuple(every[one] for one in reference.many(each, "coverageArea") if one in every)
            found.append(Desk(each, every.get(reference.one(each, "providedBy"), {}), place, areas))
    return sorted(found, key=lambda desk: (int(desk.number) if desk.number.isdigit() else 10_000, desk.name))


def municipality(resources: Iterable[Resource]) -> tuple[str, str]:
    """The official code and the name of the city."""
    for each in resources:
        if "city" in coding.codes(each.get("type"), "area-kind"):
            codes = [str(one.get("value", "")) for one in each.get("identifier") or () if one.get("system") == _CODE]
            return (codes or [""])[0], str(each.get("name", ""))
    return "", ""


def _phones(body: Resource) -> list[Resource]:
    return [each for each in body.get("telecom") or () if each.get("system") == "phone" and each.get("value")]


_CODE = entry.GOVERNMENT
_URL = "contactpoint-extension"
