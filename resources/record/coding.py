"""Codes inside a record: a Coding or a CodeableConcept read as `system|code`.

https://hl7.org/fhir/R4/datatypes.html#CodeableConcept
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BASE = "https://tsunagu.example/fhir"
"""The root of every canonical address of this product."""


def own(system: str, code: str) -> str:
    """`system|code` of one of our own code systems, by its name."""
    return f"{BASE}/CodeSystem/{system}|{code}"


def of(value: Any) -> frozenset[str]:
    """Every `system|code` in a Coding, a CodeableConcept, or a list of either."""
    return frozenset(_codings(value))


def codes(value: Any, system: str) -> frozenset[str]:
    """The bare codes that a value holds of one of our own code systems."""
    start = own(system, "")
    return frozenset(found[len(start) :] for found in _codings(value) if found.startswith(start))


def extension(node: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The extensions of ours with this name on a node."""
    url = f"{BASE}/StructureDefinition/{name}"
    found = node.get("extension")
    if not isinstance(found, list):
        return []
    return [entry for entry in found if isinstance(entry, dict) and entry.get("url") == url]


def _codings(value: Any) -> list[str]:
    found, waiting = list[str](), [value] if value else []
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            if "coding" in each:
                waiting.append(each["coding"])
            if isinstance(each.get("code"), str):
                found.append(f"{each.get('system', '')}|{each['code']}")
    return found
