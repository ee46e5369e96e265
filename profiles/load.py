"""Reads the tables of R4 and the city's own artefacts into one Spec, or says which file is at fault and where in it.

https://hl7.org/fhir/R4/resourcelist.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from profiles import artefacts, expand
from profiles.spec import Element, Invariant, SearchParameter, Spec, SpecFault

HERE = Path(__file__).parent


def load(folder: Path | None = None, tables: Path | None = None) -> Spec:
    """The specification: our artefacts from `folder` (profiles/tsunagu), R4's from `tables` (profiles/r4).

    Raises SpecFault.
    """
    folder, tables = folder or HERE / "tsunagu", tables or HERE / "r4"
    types = frozenset(artefacts.rows(HERE / "served.json")["types"])
    elements = _elements(tables / "elements.json")
    ours, files = artefacts.read(folder)
    search = _search(tables / "search.json", types)
    for url, artefact in ours.items():
        if artefact["resourceType"] == "SearchParameter":
            _add_parameter(search, artefact, files[url])
    expansions = _expansions(tables / "value-sets.json", ours)
    spec = Spec(
        types=types,
        search=search,
        elements=elements,
        value_sets={url: frozenset(c for codes in found.values() for c in codes) for url, found in expansions.items()},
        codings={
            url: frozenset((system, code) for system, codes in found.items() for code in codes)
            for url, found in expansions.items()
        },
        invariants={
            type: tuple(Invariant(*row) for row in rows.values())
            for type, rows in artefacts.rows(tables / "invariants.json").items()
        },
        compartments={
            name: {type: tuple(codes) for type, codes in rows.items()}
            for name, rows in artefacts.rows(tables / "compartments.json").items()
        },
        artefacts=ours,
        revealing=_revealing(folder / artefacts.REVEALING),
    )
    _check_revealing(spec, folder / artefacts.REVEALING)
    return spec


def _elements(file: Path) -> dict[str, dict[str, Element]]:
    try:
        return {
            type: {
                path: Element(f"{type}.{path}", least, most, tuple(types), tuple(targets), binding)
                for path, (least, most, types, targets, binding) in rows.items()
            }
            for type, rows in artefacts.rows(file).items()
        }
    except (TypeError, ValueError, AttributeError) as fault:
        raise SpecFault(file, "$", "is not a table made by profiles.generate") from fault


def _search(file: Path, types: frozenset[str]) -> dict[str, dict[str, SearchParameter]]:
    rows = {
        base: {
            code: SearchParameter(code, type, expression, tuple(targets), url, tuple((d, e) for d, e in parts))
            for code, (type, expression, targets, url, parts) in parameters.items()
        }
        for base, parameters in artefacts.rows(file).items()
    }
    # Bundle and Binary are not DomainResources.
    general = {type: {} if type in ("Bundle", "Binary") else rows["DomainResource"] for type in types}
    return {type: {**rows["Resource"], **general[type], **rows[type]} for type in sorted(types)}


def _add_parameter(search: dict[str, dict[str, SearchParameter]], artefact: Mapping[str, Any], file: Path) -> None:
    code, type = artefacts.string(file, artefact, "code"), artefacts.string(file, artefact, "type")
    expression, bases = artefacts.string(file, artefact, "expression"), artefacts.strings(file, artefact, "base")
    for index, base in enumerate(bases):
        if base not in search:
            raise SpecFault(file, f"$.base[{index}]", f"`{base}` is not a served type")
        if code in search[base]:
            raise SpecFault(file, "$.code", f"`{code}` is already a search parameter of {base}")
        search[base][code] = SearchParameter(
            code,
            type,
            expression,
            artefacts.strings(file, artefact, "target"),
            artefact["url"],
            tuple((part["definition"], part["expression"]) for part in artefact.get("component", [])),
        )


def _expansions(file: Path, ours: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Sequence[str]]]:
    """R4's required value sets as generated, and ours expanded now."""
    kinds: dict[str, dict[str, Mapping[str, Any]]] = {"CodeSystem": {}, "ValueSet": {}}
    for url, artefact in ours.items():
        kinds.get(artefact["resourceType"], {})[url] = artefact
    found: dict[str, Mapping[str, Sequence[str]]] = dict(artefacts.rows(file))
    for url in kinds["ValueSet"]:
        codes = expand.codes(url, kinds["ValueSet"], kinds["CodeSystem"])
        if codes is not None:
            found[url] = codes
    return found


def _revealing(file: Path) -> dict[str, tuple[str, ...]]:
    rows = artefacts.rows(file) if file.exists() else {}
    return {type: artefacts.strings(file, rows, type) for type in rows}


def _check_revealing(spec: Spec, file: Path) -> None:
    """Every path leads to an element; `item[linkId=consultation]` narrows a repeating one to some of its entries."""
    for type, paths in spec.revealing.items():
        for index, path in enumerate(paths):
            if spec.element(type, re.sub(r"\[\w+=[^\]]*\]", "", path)) is None:
                raise SpecFault(file, f"$.{type}[{index}]", f"`{path}` is not an element of {type}")
