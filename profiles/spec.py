"""The specification as one frozen value: R4's tables and the city's own artefacts.

https://hl7.org/fhir/R4/conformance-module.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from profiles import expand


class SpecFault(Exception):
    """A file of the specification cannot be used: `file` names it, `at` is the JSON path in it."""

    def __init__(self, file: Path, at: str, text: str) -> None:
        super().__init__(f"{file}: {at}: {text}")
        self.file = file
        self.at = at
        self.text = text


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """`components` of a composite are (url of the part's definition, FHIRPath expression).

    `expression` holds only the branches that begin at the type it is filed under; it is empty where R4 gives none
    (`_content`, `_text`, `_filter`, `_query`).
    """

    code: str
    type: str
    expression: str
    targets: tuple[str, ...]
    url: str
    components: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type; `path` begins with the type's name and keeps `[x]`: `Observation.value[x]`.

    `types` are datatype names, or one content reference such as `#Questionnaire.item`. `targets` are the types a
    Reference or canonical may lead to, `Resource` for any. `binding` is the canonical of a required value set, else "".
    """

    path: str
    min: int
    max: str
    types: tuple[str, ...]
    targets: tuple[str, ...]
    binding: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """A FHIRPath rule on the element at `path` (empty: the type itself); `severity` is error or warning."""

    path: str
    key: str
    severity: str
    expression: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of one of our own code systems: `display` in Japanese, `en` in English, `""` where there is none."""

    code: str
    display: str
    en: str


@dataclass(frozen=True, slots=True)
class Harmless:
    """What may be shown of a record about a person whose place is protected (D1), and how it is known for harmless.

    `types` gives by type the elements, `parties` those of them that name who asks and who is asked, `performers` those
    that name who does something, and are shown where an officer on the list has released them. `areas` are code systems
    of ours that say where; `identifiers` the systems whose numbers may be shown, `extensions` our own whose
    values are treated as elements are. Of a sheet `names` are the questions whose answer is a name, `places` those
    whose answer is an address or a number.
    """

    areas: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    parties: Mapping[str, frozenset[str]] = field(default_factory=dict)
    performers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    types: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """Everything the product knows of FHIR; made by `profiles.load`, compared and hashed by identity.

    `elements` files an element under its type and its path below it (`contact.name`); an element of a datatype is
    filed under the datatype. `value_sets` gives the codes, `codings` the same as (system, code); a value set that
    cannot be enumerated is absent. `summary` files, as `elements` does, what a summary has (`S`) and what changes the
    meaning of other elements (`M`). `contained` has the elements of types that are not served and that a record may
    contain. `compartments` is compartment -> type -> search parameter codes. `artefacts` are our own by canonical url,
    `earlier` versions of them by `url|version`, `extensions` those that R4 defines itself.
    """

    types: frozenset[str]
    search: Mapping[str, Mapping[str, SearchParameter]]
    elements: Mapping[str, Mapping[str, Element]]
    value_sets: Mapping[str, frozenset[str]]
    codings: Mapping[str, frozenset[tuple[str, str]]]
    invariants: Mapping[str, tuple[Invariant, ...]]
    summary: Mapping[str, Mapping[str, str]]
    compartments: Mapping[str, Mapping[str, tuple[str, ...]]]
    artefacts: Mapping[str, Mapping[str, Any]]
    harmless: Harmless
    contained: Mapping[str, Mapping[str, Element]] = field(default_factory=dict)
    extensions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    earlier: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def artefact(self, canonical: str) -> Mapping[str, Any] | None:
        """The artefact of ours that a canonical names: of the version behind its bar, else the one in force."""
        url, _, version = canonical.partition("#")[0].partition("|")
        found = self.artefacts.get(url)
        if not version or (found is not None and found.get("version") == version):
            return found
        return self.earlier.get(f"{url}|{version}")

    def concepts(self, url: str) -> tuple[Concept, ...]:
        """The concepts of one of our own code systems, in its order; KeyError for any other url."""
        artefact = self.artefacts[url]
        if artefact["resourceType"] != "CodeSystem":
            raise KeyError(url)
        return tuple(
            Concept(concept["code"], concept.get("display", ""), _english(concept))
            for concept in expand.concepts(artefact)
        )

    def element(self, type: str, path: str) -> Element | None:
        """The element a path leads to (`name.given`), through datatypes and content references, or None.

        A choice is found under its own name (`value[x]`, FHIRPath `value`) and under that of one type
        (`valueQuantity`), then with that type only.
        """
        found: Element | None = None
        at, below = type, ""
        for name in path.split("."):
            if found is not None:
                at, below = _inside(found, at, below)
            below = f"{below}.{name}" if below else name
            rows = self.elements.get(at) or self.contained.get(at, {})
            found = rows.get(below) or rows.get(f"{below}[x]") or _choice(rows, below)
            if found is None:
                return None
        return found


def concrete(choice: str, type: str) -> str:
    """The name of a choice in JSON: `value[x]` and `dateTime` give `valueDateTime`."""
    return f"{choice[:-3]}{type[0].upper()}{type[1:]}"


def _inside(element: Element, type: str, path: str) -> tuple[str, str]:
    """Where the children of an element are filed: type and path below it."""
    if len(element.types) == 1 and element.types[0].startswith("#"):
        owner, _, below = element.types[0][1:].partition(".")
        return owner, below
    if element.types in (("BackboneElement",), ("Element",)):
        return type, path
    return (element.types[0] if len(element.types) == 1 else ""), ""


def _choice(rows: Mapping[str, Element], path: str) -> Element | None:
    for choice, element in rows.items():
        if choice.endswith("[x]") and path.startswith(choice[:-3]):
            for type in element.types:
                if path == concrete(choice, type):
                    return replace(element, types=(type,))
    return None


def _english(concept: Mapping[str, Any]) -> str:
    for designation in concept.get("designation", []):
        if designation.get("language") == "en":
            return str(designation["value"])
    return ""
