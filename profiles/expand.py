"""A value set written out as its codes, where its code systems can be enumerated.

https://hl7.org/fhir/R4/valueset.html#expansion
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Codes = dict[str, tuple[str, ...]]
"""Code system -> its codes in the value set, in the order of the code system."""

Definitions = Mapping[str, Mapping[str, Any]]
"""Canonical url -> CodeSystem or ValueSet."""

_WIDEST = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"


class _TooOpen(Exception):
    pass


def codes(url: str, value_sets: Definitions, code_systems: Definitions) -> Codes | None:
    """The codes of a value set, or None where one of its parts is unknown, filtered by meaning, or not enumerable."""
    try:
        pairs = dict.fromkeys(_value_set(url, value_sets, code_systems, ()))
    except _TooOpen:
        return None
    expansion: dict[str, list[str]] = {}
    for system, code in pairs:
        expansion.setdefault(system, []).append(code)
    return {system: tuple(found) for system, found in expansion.items()}


def canonical(reference: str) -> str:
    """A canonical url without the version behind the bar."""
    return reference.partition("|")[0]


def required(binding: Mapping[str, Any]) -> str:
    """The value set whose codes alone a binding allows, "" where any will do: a weaker one may have a widest."""
    widest = [part["valueCanonical"] for part in binding.get("extension", ()) if part["url"] == _WIDEST]
    if binding.get("strength") == "required":
        return canonical(binding["valueSet"])
    return canonical(widest[0]) if widest else ""


def concepts(code_system: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every concept of a code system, children after their parent."""
    waiting = list(reversed(code_system.get("concept", [])))
    while waiting:
        concept = waiting.pop()
        yield concept
        waiting += reversed(concept.get("concept", []))


def _value_set(url: str, value_sets: Definitions, systems: Definitions, path: tuple[str, ...]) -> list[tuple[str, str]]:
    if url in path or url not in value_sets:
        raise _TooOpen
    compose = value_sets[url].get("compose", {})
    found: list[tuple[str, str]] = []
    for part in compose.get("include", []):
        found += _part(part, value_sets, systems, (*path, url))
    out = {pair for part in compose.get("exclude", []) for pair in _part(part, value_sets, systems, (*path, url))}
    if not found:
        raise _TooOpen
    return [pair for pair in found if pair not in out]


def _part(
    part: Mapping[str, Any], value_sets: Definitions, systems: Definitions, path: tuple[str, ...]
) -> list[tuple[str, str]]:
    """One include or exclude: its system and each of its value sets are intersected."""
    sets = [_value_set(canonical(url), value_sets, systems, path) for url in part.get("valueSet", [])]
    if "system" in part:
        sets.insert(0, _of_system(part, systems))
    if not sets:
        raise _TooOpen
    first, *others = sets
    return [pair for pair in first if all(pair in other for other in others)]


def _of_system(part: Mapping[str, Any], systems: Definitions) -> list[tuple[str, str]]:
    system = part["system"]
    if "concept" in part:
        return [(system, concept["code"]) for concept in part["concept"]]
    if system not in systems or not _complete(systems[system]):
        raise _TooOpen
    chosen = [concept["code"] for concept in concepts(systems[system])]
    for condition in part.get("filter", []):
        allowed = _filtered(condition, systems[system])
        chosen = [code for code in chosen if code in allowed]
    return [(system, code) for code in chosen]


def _complete(code_system: Mapping[str, Any]) -> bool:
    return code_system.get("content") == "complete" and bool(code_system.get("concept"))


def _filtered(condition: Mapping[str, str], code_system: Mapping[str, Any]) -> set[str]:
    """The codes below one concept; any other kind of filter would need a terminology server."""
    if condition["property"] != "concept" or condition["op"] not in ("is-a", "descendent-of"):
        raise _TooOpen
    for concept in concepts(code_system):
        if concept["code"] == condition["value"]:
            below = {child["code"] for child in concepts(concept)}
            return below | ({concept["code"]} if condition["op"] == "is-a" else set())
    raise _TooOpen
