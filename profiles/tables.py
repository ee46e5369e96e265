"""Reads the tables of R4 that profiles.generate made, or says which is at fault.

https://hl7.org/fhir/R4/resourcelist.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from profiles import artefacts, extended
from profiles.expand import Codes
from profiles.spec import Element, Invariant, SearchParameter, SpecFault

T = TypeVar("T")


def elements(file: Path) -> dict[str, dict[str, Element]]:
    def row(path: str, least: int, most: str, types: list[str], targets: list[str], binding: str) -> Element:
        return Element(path, least, most, tuple(types), tuple(targets), binding)

    return _table(file, lambda type, rows: {path: row(f"{type}.{path}", *values) for path, values in rows.items()})


def search(file: Path, types: frozenset[str]) -> dict[str, dict[str, SearchParameter]]:
    """Type -> code -> parameter, with the parameters of every resource under each type."""

    def row(code: str, type: str, expression: str, targets: list[str], url: str, parts: list[Any]) -> SearchParameter:
        components = tuple((definition, expression) for definition, expression in parts)
        return SearchParameter(code, type, expression, tuple(targets), url, components)

    rows = _table(file, lambda _, parameters: {code: row(code, *values) for code, values in parameters.items()})
    missing = sorted({"Resource", "DomainResource", *types} - rows.keys())
    if missing:
        raise SpecFault(file, f"$.{missing[0]}", "is missing")
    # Bundle and Binary are not DomainResources.
    general = {type: {} if type in ("Bundle", "Binary") else rows["DomainResource"] for type in types}
    return {type: {**rows["Resource"], **general[type], **rows[type]} for type in sorted(types)}


def value_sets(file: Path) -> dict[str, Codes]:
    return _table(file, lambda _, rows: {system: tuple(codes) for system, codes in rows.items()})


def invariants(file: Path) -> dict[str, tuple[Invariant, ...]]:
    return _table(file, lambda _, rows: tuple(Invariant(*values) for values in rows.values()))


def extensions(file: Path, value_sets: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Url -> StructureDefinition of what R4 extends itself; of these value sets alone codes are required."""
    return {
        url: extended.structure(url, rows, value_sets) for url, rows in _table(file, lambda _, rows: dict(rows)).items()
    }


def summary(file: Path) -> dict[str, dict[str, str]]:
    return _table(file, lambda _, rows: {path: str(mark) for path, mark in rows.items()})


def compartments(file: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    return _table(file, lambda _, rows: {type: tuple(codes) for type, codes in rows.items()})


def _table(file: Path, block: Callable[[str, Mapping[str, Any]], T]) -> dict[str, T]:
    made: dict[str, T] = {}
    for name, rows in artefacts.rows(file).items():
        try:
            made[name] = block(name, rows)
        except (TypeError, ValueError, AttributeError) as fault:
            raise SpecFault(file, f"$.{name}", "is not what profiles.generate makes") from fault
    return made
