"""R4's value sets beyond those it requires, written out to be asked for, and the words of the codes in all of them.

https://hl7.org/fhir/R4/valueset.html#expansion

R4's own are written out, and those that its elements name, where all their codes are of code systems that stand whole
in the package, or of a public register. Those of SNOMED CT, LOINC and the like are others' to publish.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from profiles import expand
from profiles.expand import Codes, Definitions

_OWN = "http://hl7.org/fhir/ValueSet/"
_V3 = "http://terminology.hl7.org/CodeSystem/v3-"
REGISTERS = ("urn:ietf:bcp:47", "urn:ietf:bcp:13")
"""Languages and media types: of these R4 enumerates some codes, and nobody has them whole."""


def bound(structures: Iterable[Mapping[str, Any]]) -> set[str]:
    """The value sets that elements of these name, however strongly."""
    elements = (each for structure in structures for each in structure["snapshot"]["element"])
    return {expand.canonical(each["binding"]["valueSet"]) for each in elements if "valueSet" in each.get("binding", {})}


def rows(
    value_sets: Definitions, systems: Definitions, named: Iterable[str], beside: Container[str]
) -> dict[str, Codes]:
    """Value set -> its codes, of those that are not among the ones `beside` them."""
    asked = sorted({url for url in value_sets if url.startswith(_OWN)} | set(named))
    found = ((url, expand.codes(url, value_sets, systems)) for url in asked if url not in beside)
    return {url: codes for url, codes in found if codes and all(_may_be_told(each, systems) for each in codes)}


def concepts(
    value_sets: Definitions, systems: Definitions, drawn: Iterable[Mapping[str, Iterable[str]]]
) -> dict[str, Any]:
    """Code system -> code -> [display, the codes right above it]: of the systems that these tables draw on.

    Of those of HL7 version 3, which are large, only the codes that the tables have; of all others every one. Of a
    register the codes that value sets enumerate, by the words that stand there.
    """
    named: dict[str, set[str]] = {}
    for table in drawn:
        for system, codes in table.items():
            named.setdefault(system, set()).update(codes)
    found = {
        system: {
            code: [concept.get("display", ""), parents]
            for code, (concept, parents) in _placed(systems[system]).items()
            if code in named[system] or not system.startswith(_V3)
        }
        for system in named.keys() & systems.keys()
    }
    for system in named.keys() & {*REGISTERS}:
        words = dict(_enumerated(value_sets, system))
        found[system] = {code: [words.get(code, ""), []] for code in sorted(named[system])}
    return dict(sorted(found.items()))


def _may_be_told(system: str, systems: Definitions) -> bool:
    return system in REGISTERS or systems.get(system, {}).get("content") == "complete"


def _enumerated(value_sets: Definitions, system: str) -> Iterator[tuple[str, str]]:
    for url in sorted(value_sets):
        for part in value_sets[url].get("compose", {}).get("include", ()):
            if part.get("system") == system:
                yield from ((each["code"], each["display"]) for each in part.get("concept", ()) if "display" in each)


def _placed(system: Mapping[str, Any]) -> dict[str, tuple[Mapping[str, Any], list[str]]]:
    """Code -> its concept, and the codes right above it."""
    found: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    waiting = [(concept, list[str]()) for concept in reversed(system.get("concept", ()))]
    while waiting:
        concept, parents = waiting.pop()
        said = [each["valueCode"] for each in concept.get("property", ()) if each["code"] == "subsumedBy"]
        found[concept["code"]] = (concept, list(dict.fromkeys([*parents, *said])))
        waiting += [(each, [concept["code"]]) for each in reversed(concept.get("concept", ()))]
    return found
