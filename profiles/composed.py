"""A value set that somebody composes: its codes, as far as its code systems and value sets are known here.

https://hl7.org/fhir/R4/valueset.html#compositions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from profiles import expand
from profiles.terminology import Terminology

Codes = Sequence[tuple[str, str]]
"""(system, code)"""


class Unknown(Exception):  # what is unknown, and no error of the program
    """A part that cannot be written out: a code system or value set that is not known here, or another filter."""


def codes(known: Terminology, value_set: Mapping[str, Any]) -> Codes:
    """Its codes, in order, each once. Raises Unknown with the address at fault."""
    compose = value_set.get("compose", {})
    found = dict.fromkeys(pair for part in compose.get("include", ()) for pair in _part(known, part))
    out = {pair for part in compose.get("exclude", ()) for pair in _part(known, part)}
    return [pair for pair in found if pair not in out]


def _part(known: Terminology, part: Mapping[str, Any]) -> Codes:
    """One include or exclude: its system and each of its value sets are intersected."""
    parts = [_value_set(known, expand.canonical(url)) for url in part.get("valueSet", ())]
    if "system" in part:
        parts.insert(0, _of_system(known, part))
    first, *others = [dict.fromkeys(each) for each in parts]
    return [pair for pair in first if all(pair in other for other in others)]


def _value_set(known: Terminology, url: str) -> Codes:
    if url not in known.value_sets:
        raise Unknown(url)
    return known.value_sets[url]


def _of_system(known: Terminology, part: Mapping[str, Any]) -> Codes:
    url = part["system"]
    system = known.systems.get(url)
    if "concept" in part:
        return [(url, each["code"]) for each in part["concept"]]
    if system is None or not system.whole:
        raise Unknown(url)
    chosen = list(system.terms)
    for condition in part.get("filter", ()):
        op, value = condition["op"], condition["value"]
        if condition["property"] != "concept" or op not in ("is-a", "descendent-of"):
            raise Unknown(f"{url} {condition['property']} {op}")
        chosen = [code for code in chosen if value in system.above(code) or (op == "is-a" and code == value)]
    return [(url, code) for code in chosen]
