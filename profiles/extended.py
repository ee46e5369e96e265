"""The extensions that R4 defines itself: rows of a table, made of its StructureDefinitions and read as such again.

https://hl7.org/fhir/R4/extensibility-registry.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from profiles import expand

DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"
EVERYWHERE = frozenset({"Element", "BackboneElement", "Resource", "DomainResource"})

ANYWHERE = frozenset(
    {"regex", "structuredefinition-fhir-type", "structuredefinition-normative-version", "valueset-concept-comments"}
)
"""Extensions that R4's own definitions have elsewhere than these say: their contexts were written down wrongly."""

Row = list[Any]


def rows(structures: Iterable[Mapping[str, Any]], served: Collection[str]) -> dict[str, dict[str, Row]]:
    """Url -> id of an element -> [min, max, types, targets, required value set, fixed url]; under "" where it stands.

    Of the extensions that can stand in these types, or in elements of whatever type.
    """
    found: dict[str, dict[str, Row]] = {}
    for structure in structures:
        if structure.get("type") != "Extension" or structure.get("derivation") != "constraint":
            continue
        contexts = [each["expression"] for each in structure.get("context", ()) if each["type"] == "element"]
        begin = {each.partition(".")[0] for each in contexts}
        if any(name in EVERYWHERE or name in served or name[:1].islower() for name in begin):
            elements = structure["differential"]["element"]
            named = structure["url"].removeprefix(DEFINITIONS)
            found[structure["url"]] = {
                "": [] if named in ANYWHERE else contexts,
                **{each["id"]: _row(each) for each in elements},
            }
    return dict(sorted(found.items()))


def bound(table: Mapping[str, Mapping[str, Row]]) -> set[str]:
    """The value sets that the rows require."""
    return {row[4] for each in table.values() for id, row in each.items() if id and row[4]}


def structure(url: str, table: Mapping[str, Row], known: Collection[str]) -> dict[str, Any]:
    """The StructureDefinition of a block of rows; a value set that is not `known` is any."""
    contexts = [{"type": "element", "expression": each} for each in table[""]]
    elements = [_element(id, row, known) for id, row in table.items() if id]
    made = {"resourceType": "StructureDefinition", "url": url, "type": "Extension", "derivation": "constraint"}
    return made | {"context": contexts, "differential": {"element": elements}}


def _row(element: Mapping[str, Any]) -> Row:
    types = element.get("type", ())
    targets = dict.fromkeys(target for each in types for target in each.get("targetProfile", ()))
    return [
        element.get("min", 0),
        element.get("max", "*"),
        [each["code"] for each in types],
        [each.removeprefix(DEFINITIONS) for each in targets if each.startswith(DEFINITIONS)],
        expand.required(element.get("binding", {})),
        element.get("fixedUri", ""),
    ]


def _element(id: str, row: Row, known: Collection[str]) -> dict[str, Any]:
    least, most, types, targets, value_set, fixed = row
    path = ".".join(step.partition(":")[0] for step in id.split("."))
    made: dict[str, Any] = {"id": id, "path": path, "min": least, "max": most}
    if types:
        made["type"] = [{"code": code, "targetProfile": [f"{DEFINITIONS}{each}" for each in targets]} for code in types]
    if value_set in known:
        made["binding"] = {"strength": "required", "valueSet": value_set}
    return made | ({"fixedUri": fixed} if fixed else {})
