"""Puts the tables of R4 and the city's own artefacts together into one Spec, or says which file is at fault and where.

https://hl7.org/fhir/R4/conformance-module.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from profiles import artefacts, expand, schema, served, tables
from profiles.expand import Codes
from profiles.spec import Harmless, SearchParameter, Spec, SpecFault

HERE = Path(__file__).parent


@cache
def load(folder: Path | None = None, r4: Path | None = None) -> Spec:
    """The specification: our artefacts from `folder` (profiles/tsunagu), R4's tables from `r4` (profiles/r4).

    A process reads them once. Raises SpecFault.
    """
    folder, r4 = folder or HERE / "tsunagu", r4 or HERE / "r4"
    types = served.types()
    ours, files = artefacts.read(folder)
    search = tables.search(r4 / "search.json", types)
    for url, artefact in ours.items():
        if artefact["resourceType"] == "SearchParameter":
            _add_parameter(search, artefact, files[url])
    expansions = {
        **tables.value_sets(r4 / "value-sets.json"),
        **tables.value_sets(HERE / "registered.json"),
        **_expansions(ours, files),
    }
    spec = Spec(
        types=types,
        search=search,
        elements=tables.elements(r4 / "elements.json"),
        contained=tables.elements(r4 / "contained.json"),
        value_sets={url: frozenset(c for codes in found.values() for c in codes) for url, found in expansions.items()},
        codings={
            url: frozenset((system, code) for system, codes in found.items() for code in codes)
            for url, found in expansions.items()
        },
        invariants=tables.invariants(r4 / "invariants.json"),
        summary=tables.summary(r4 / "summary.json"),
        compartments=tables.compartments(r4 / "compartments.json"),
        artefacts=ours,
        extensions=tables.extensions(r4 / "extensions.json", expansions),
        harmless=_harmless(folder / artefacts.HARMLESS),
        earlier=artefacts.earlier(folder, ours),
    )
    _check_harmless(spec, folder / artefacts.HARMLESS)
    return spec


def _add_parameter(search: dict[str, dict[str, SearchParameter]], artefact: Mapping[str, Any], file: Path) -> None:
    parameter = SearchParameter(
        artefact["code"],
        artefact["type"],
        artefact["expression"],
        tuple(artefact.get("target", ())),
        artefact["url"],
        tuple((part["definition"], part["expression"]) for part in artefact.get("component", ())),
    )
    for index, base in enumerate(artefact["base"]):
        if base not in search:
            raise SpecFault(file, f"$.base[{index}]", f"`{base}` is not a served type")
        if parameter.code in search[base]:
            raise SpecFault(file, "$.code", f"`{parameter.code}` is already a search parameter of {base}")
        search[base][parameter.code] = parameter


def _expansions(ours: Mapping[str, Mapping[str, Any]], files: Mapping[str, Path]) -> dict[str, Codes]:
    """Our own value sets written out; one that draws on systems we do not hold is left open, so absent."""
    kinds: dict[str, dict[str, Mapping[str, Any]]] = {"CodeSystem": {}, "ValueSet": {}}
    for url, artefact in ours.items():
        kinds.get(artefact["resourceType"], {})[url] = artefact
    found = {}
    for url in kinds["ValueSet"]:
        try:
            codes = expand.codes(url, kinds["ValueSet"], kinds["CodeSystem"])
        except (TypeError, KeyError, AttributeError) as fault:
            raise SpecFault(files[url], "$.compose", "is not a compose of R4") from fault
        if codes is not None:
            found[url] = codes
    return found


def _harmless(file: Path) -> Harmless:
    if not file.exists():
        return Harmless()
    rows = artefacts.rows(file)
    schema.check(file, rows, "harmless")
    return Harmless(
        areas=frozenset(rows["areas"]),
        identifiers=frozenset(rows["identifiers"]),
        extensions=frozenset(rows["extensions"]),
        names=frozenset(rows["answers"]["names"]),
        places=frozenset(rows["answers"]["places"]),
        parties={type: frozenset(paths) for type, paths in rows["parties"].items()},
        performers={type: frozenset(paths) for type, paths in rows["performers"].items()},
        types={type: frozenset(paths) for type, paths in rows["types"].items()},
    )


def _check_harmless(spec: Spec, file: Path) -> None:
    """Every path leads to an element of its type, and whoever is a party or performs is listed."""
    harmless = spec.harmless
    for name, listed in (("types", harmless.types), ("parties", harmless.parties), ("performers", harmless.performers)):
        for type, paths in listed.items():
            for path in sorted(paths):
                if spec.element(type, path) is None:
                    raise SpecFault(file, f"$.{name}.{type}", f"`{path}` is not an element of {type}")
                if path not in spec.harmless.types.get(type, ()):
                    raise SpecFault(file, f"$.{name}.{type}", f"`{path}` is not listed among the types")
