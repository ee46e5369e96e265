"""How likely two descriptions are of one person, by the weight of what agrees and what does not.

Fellegi and Sunter, A Theory for Record Linkage (1969): each weight is the logarithm to base 2 of how much more often
such an agreement is found with one person than with two. https://hl7.org/fhir/R4/patient-operation-match.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from rapidfuzz.distance import OSA, JaroWinkler

from resources.record import repeated
from resources.search.fold import folded

Json = Mapping[str, Any]
Grade = Literal["certain", "probable", "possible", "certainly-not"]

PRIOR = -17.0
"""Of about a hundred thousand people, one."""

UNNAMED = 3.0
"""More than this all else together does not weigh where no given name can be compared: possible, and no more."""

CERTAIN, PROBABLE, POSSIBLE = 0.99, 0.9, 0.5
ALIKE, NEARLY = 0.95, 0.85
_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"


@dataclass(frozen=True)
class Described:
    """What is said of a person, folded for comparing; nothing that is not said counts for or against."""

    patient: Json

    @cached_property
    def written(self) -> list[tuple[str, str]]:
        """(family, given) in 漢字 and what is not said to be カナ; one name without a space is all given."""
        return [*self._names(kana=False)]

    @cached_property
    def read(self) -> list[tuple[str, str]]:
        """The same in カナ."""
        return [*self._names(kana=True)]

    @cached_property
    def phones(self) -> frozenset[str]:
        said = (each.get("value", "") for each in self.patient.get("telecom") or () if each.get("system") == "phone")
        numbers = ("".join(letter for letter in folded(str(each)) if letter.isdecimal()) for each in said)
        return frozenset(each for each in numbers if len(each) >= len("0860000"))

    @cached_property
    def addresses(self) -> list[str]:
        """As they are written in one, without what parts numbers."""
        found = []
        for each in self.patient.get("address") or ():
            parts = (each.get("state", ""), each.get("city", ""), *repeated.told(each, "line"))
            found.append(_street(str(each.get("text") or "".join(map(str, parts)))))
        return [each for each in found if each]

    @cached_property
    def born(self) -> str:
        said = self.patient.get("birthDate")
        return said.replace("-", "") if isinstance(said, str) and len(said) == len("2026-11-26") else ""

    @cached_property
    def identifiers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for each in self.patient.get("identifier") or ():
            if each.get("system") and each.get("value"):
                found.setdefault(str(each["system"]), set()).add(str(each["value"]))
        return found

    def _names(self, *, kana: bool) -> Iterator[tuple[str, str]]:
        for name in self.patient.get("name") or ():
            said = [each.get("valueCode") for each in name.get("extension") or () if each.get("url") == _REPRESENTATION]
            family, given = str(name.get("family", "")), "".join(map(str, repeated.told(name, "given")))
            if not family and not given:
                first, _, rest = " ".join(str(name.get("text", "")).split()).partition(" ")
                family, given = (first, rest) if rest else ("", first)
            if (family or given) and (("SYL" in said) if said else _is_kana(family + given)) == kana:
                yield folded(family), folded(given)


def likelihood(one: Described, other: Described) -> float:
    """From 0 to 1, how likely both are one person."""
    given, numbered = _given(one, other), _identifier(one.identifiers, other.identifiers)
    weight = sum(
        (
            PRIOR,
            given,
            numbered,
            _family(one, other),
            _born(one.born, other.born),
            _phone(one.phones, other.phones),
            _address(one.addresses, other.addresses),
            _gender(one.patient.get("gender"), other.patient.get("gender")),
        )
    )
    if given == 0 and numbered <= 0:
        # All else is the household's, or a twin's.
        weight = min(weight, UNNAMED)
    return float(1 / (1 + 2 ** -max(min(weight, 60), -60)))


def grade(likely: float) -> Grade:
    """https://hl7.org/fhir/R4/valueset-match-grade.html"""
    if likely >= CERTAIN:
        return "certain"
    if likely >= PROBABLE:
        return "probable"
    return "possible" if likely >= POSSIBLE else "certainly-not"


def _family(one: Described, other: Described) -> float:
    """A family name may have changed by marriage, so that another one speaks against it a little."""
    return _best(one, other, place=0, same=6, near=3, other_than=-4)


def _given(one: Described, other: Described) -> float:
    """The one thing that parts twins, and the members of a household who share all else."""
    return _best(one, other, place=1, same=8, near=1, other_than=-20)


def _best(one: Described, other: Described, *, place: int, same: float, near: float, other_than: float) -> float:
    """The names compared as they are written and as they are read: a slip is in one of them, seldom in both."""
    written = _likeness([each[place] for each in one.written], [each[place] for each in other.written])
    read = _likeness([each[place] for each in one.read], [each[place] for each in other.read])
    known = [each for each in (written, read) if each is not None]
    if not known:
        return 0
    if max(known) == 1:
        # The same sound in other letters, or the same letters in another reading.
        return same if min(known) >= NEARLY else same - 2
    return near if min(known) >= NEARLY else other_than


def _likeness(some: list[str], others: list[str]) -> float | None:
    pairs = [(one, other) for one in some for other in others if one and other]
    return max((_like(one, other) for one, other in pairs), default=None)


def _like(one: str, other: str) -> float:
    if one == other:
        return 1
    if OSA.distance(one, other, score_cutoff=1) == 1 and min(len(one), len(other)) >= len("みさき"):
        return NEARLY
    return min(float(JaroWinkler.similarity(one, other)), NEARLY - 0.01)


def _born(one: str, other: str) -> float:
    if not one or not other:
        return 0
    if one == other:
        return 12
    swapped = one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]
    return 5 if swapped or OSA.distance(one, other, score_cutoff=1) == 1 else -10


def _phone(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0
    return 8 if one & other else -1


def _address(some: list[str], others: list[str]) -> float:
    alike = max((float(JaroWinkler.similarity(one, other)) for one in some for other in others), default=None)
    if alike is None:
        return 0
    return 6 if alike >= ALIKE and _numbers(some) & _numbers(others) else 2 if alike >= NEARLY else -1


def _gender(one: Any, other: Any) -> float:
    told = ("female", "male", "other")
    if one not in told or other not in told:
        return 0
    return 1 if one == other else -4


def _identifier(one: Mapping[str, set[str]], other: Mapping[str, set[str]]) -> float:
    shared = one.keys() & other.keys()
    if not shared:
        return 0
    return 30 if any(one[system] & other[system] for system in shared) else -30


def _street(text: str) -> str:
    """An address without what parts its numbers: 一丁目２番３号 is 1-2-3."""
    plain = folded(text).translate(_KANJI_NUMBERS)
    for word in ("丁目", "番地", "番", "号", "の"):
        plain = plain.replace(word, "-")
    for dash in _DASHES:
        plain = plain.replace(dash, "-")
    while "--" in plain:
        plain = plain.replace("--", "-")
    return plain.strip("-")


def _numbers(addresses: list[str]) -> set[tuple[str, ...]]:
    """The numbers in each, in their order."""
    return {tuple("".join(letter if letter.isdecimal() else " " for letter in each).split()) for each in addresses}


def _is_kana(name: str) -> bool:
    return all("ぁ" <= letter <= "ゖ" or letter in "ー " for letter in folded(name))


_KANJI_NUMBERS = str.maketrans("一二三四五六七八九〇", "1234567890")
_DASHES = "‐‑‒–—―−ー－ｰ"
