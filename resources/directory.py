"""The 相談機関一覧: which desk answers for a field of concern in an area, the fitting ones first, never none.

R6 and R7 of the domain (slides 10 and 14), and its decision 15.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from resources.area import Areas
from resources.record import coding, reference
from resources.search import fold

Resource = Mapping[str, Any]

FALLBACK = coding.own("desk", "fallback-desk")
COMPLEX = coding.own("desk", "complex-cases")
OTHER = "other"
SERVED_AGE = "served-age"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is sought: a field of concern, an area as `Location/id`, the ages of whom it is for, words of the list.

    Without a field words are looked for in every field, and whatever else it is goes to the desks for everything else.
    """

    field: str = ""
    area: str = ""
    ages: frozenset[int] = frozenset()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`desks` are those that answer, the first one first. `choices` are the areas between which it must be asked: the
    desks of the field are kept for each of these, and none for the area that was named. `lacking` says that a field
    was asked for, and has no ★ desk here of its own."""

    desks: list[Resource] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    lacking: bool = False


def answer(desks: Sequence[Resource], areas: Areas, asked: Asked) -> Answer:
    """The desks for what is asked, among all those of the list.

    First the ★ desk that covers the area, from the smallest area upwards; where the ★ desks of the field are each for
    a part of it, the city-wide ★ desk for everything else, then these; then the other desks that reach there. One for
    complex or difficult cases is never first, nor one that serves another age.
    """
    place, field = _Place(areas, asked), asked.field or OTHER
    of_field = [desk for desk in desks if field in fields(desk)]
    found = place.covering(of_field, starred=True)
    inside = place.inside([desk for desk in of_field if is_fallback(desk)])
    answered, lacking = bool(found), bool(asked.field) and not found and not inside
    if not found:
        plain = [desk for desk in place.covering(of_field, starred=False) if not is_for_complex(desk)]
        others = [desk for desk in desks if OTHER in fields(desk)]
        found = [*(() if inside else plain), *place.covering(others, starred=True)]
    if asked.text:
        among = of_field if asked.field else desks
        said = [each for each in among if place.reaches(each) and not is_for_complex(each) and _says(each, asked.text)]
        found, answered = [*sorted(said, key=place.rank), *found], answered or bool(said)
    choices = [] if answered else sorted({one for desk in inside for one in place.parts(desk)})
    rest = sorted((desk for desk in of_field if place.reaches(desk)), key=place.rank)
    return Answer(_once([*found, *inside, *rest]), choices if len(choices) > 1 else [], lacking)


def is_fallback(desk: Resource) -> bool:
    """Whether this is the ★ desk of its field."""
    return FALLBACK in coding.of(desk.get("characteristic"))


def is_for_complex(desk: Resource) -> bool:
    """Whether it takes complex or difficult cases, and nobody first."""
    return COMPLEX in coding.of(desk.get("characteristic"))


def fields(desk: Resource) -> frozenset[str]:
    """The concern fields a desk answers for."""
    return coding.codes(desk.get("category"), "concern-field") | coding.codes(desk.get("type"), "concern-field")


def ages(desk: Resource, field: str) -> list[tuple[int | None, int | None]]:
    """The ranges of age that a desk says it serves in a field, both ends included."""
    return [
        (None if low <= 0 else int(low), None if high >= _NO_END else int(high)) for low, high in _ages(desk, field)
    ]


class _Place:
    """The area that was asked for, and how desks lie to it."""

    def __init__(self, areas: Areas, asked: Asked) -> None:
        self.areas, self.asked = areas, asked
        roots = areas.roots
        self.area = asked.area or (roots[0] if len(roots) == 1 else "")
        self.chain = areas.chain(self.area) if self.area else []

    def covering(self, desks: Iterable[Resource], *, starred: bool) -> list[Resource]:
        """The desks that serve the whole of the area, the closest first, and none that is for other ages."""
        fit = (desk for desk in desks if self._closeness(desk) is not None and self._age(desk) != _UNFIT)
        return sorted((desk for desk in fit if is_fallback(desk) == starred), key=self.rank)

    def inside(self, desks: Iterable[Resource]) -> list[Resource]:
        """The desks that serve a part of the area, and of these no branch of a part that another serves whole."""
        fit = [desk for desk in desks if self._closeness(desk) is None and self._age(desk) != _UNFIT]
        parts = {one for desk in fit for one in self.parts(desk)}
        widest = {one for one in parts if not any(up in parts for up in self.areas.up(one)[1:])}
        return sorted((desk for desk in fit if widest & set(self.parts(desk))), key=self.rank)

    def parts(self, desk: Resource) -> list[str]:
        """The areas that a desk serves and that lie in the one that was asked for; all where none was."""
        served = reference.many(desk, "coverageArea")
        return [one for one in served if not self.area or (one in self.areas.known and self._lies(one))]

    def reaches(self, desk: Resource) -> bool:
        """Whether it serves the area or a part of it."""
        return self._closeness(desk) is not None or bool(self.parts(desk))

    def rank(self, desk: Resource) -> tuple[bool, int, bool, int, str]:
        closeness = self._closeness(desk)
        near = len(self.chain) + 1 if closeness is None else closeness
        return is_for_complex(desk), self._age(desk), not is_fallback(desk), near, str(desk.get("id", ""))

    def _closeness(self, desk: Resource) -> int | None:
        """How many areas lie between; None where it does not serve the whole. A desk that names no area serves all."""
        served = reference.many(desk, "coverageArea")
        if not served:
            return len(self.chain)
        return min((self.chain.index(one) for one in served if one in self.chain), default=None)

    def _lies(self, inner: str) -> bool:
        return self.areas.lies_in(inner, self.area)

    def _age(self, desk: Resource) -> int:
        """How well it fits: 0 it serves that age, 1 every age, 2 some ages where none was told, 3 other ages."""
        ranges = list(_ages(desk, self.asked.field or OTHER))
        if not ranges:
            return 1
        if not self.asked.ages:
            return 2
        return 0 if any(low <= age <= high for age in self.asked.ages for low, high in ranges) else _UNFIT


_UNFIT = 3
_NO_END = 999


def _ages(desk: Resource, field: str) -> Iterable[tuple[float, float]]:
    """The ages that a desk serves in a field, each range with both ends."""
    for each in desk.get("eligibility") or ():
        named = coding.codes(each.get("code"), "concern-field")
        for said in coding.extension(each, SERVED_AGE):
            if not named or field in named:
                bounds = said.get("valueRange") or {}
                low, high = ((bounds.get(end) or {}).get("value") for end in ("low", "high"))
                yield float(low if low is not None else 0), float(high if high is not None else _NO_END)


def _says(desk: Resource, text: str) -> bool:
    """Whether a desk's entry holds all these words, however they are written."""
    texts = [str(desk.get(each, "")) for each in ("name", "comment", "extraDetails")]
    texts += (str(each.get("text", "")) for each in desk.get("program") or ())
    said = fold.folded(" ".join(texts))
    return all(fold.folded(word) in said for word in text.split())


def _once(desks: Iterable[Resource]) -> list[Resource]:
    return list({str(desk["id"]): desk for desk in desks}.values())
