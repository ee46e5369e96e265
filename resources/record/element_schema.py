"""The element tables turned into something a record can be walked along quickly.

https://hl7.org/fhir/R4/elementdefinition.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from profiles import spec as specification
from profiles.spec import Element, Spec


@dataclass(slots=True)
class Slot:
    """What may stand under one JSON name: `kind` is a datatype, `Resource`, or `BackboneElement`.

    `codes` and `codings` are those of a required value set, None where any code will do; `targets` are the types a
    reference may lead to, empty for any. `inner` are the names below, empty for a primitive.
    """

    kind: str
    binding: str
    codes: frozenset[str] | None
    codings: frozenset[tuple[str, str]] | None
    targets: frozenset[str]
    inner: Shape


Shape = dict[str, Slot]
"""JSON name -> what may stand there; choices under each of their names."""


@lru_cache(maxsize=4)
def shapes(spec: Spec) -> dict[str, Shape]:
    """Type or datatype -> its shape; they are linked to each other, circles included."""
    made: dict[tuple[str, str], Shape] = {}
    for type, rows in spec.elements.items():
        made.setdefault((type, ""), {})
        for path in rows:
            made.setdefault((type, path.rpartition(".")[0]), {})
    for type, rows in spec.elements.items():
        for path, element in rows.items():
            parent, _, name = path.rpartition(".")
            for datatype in element.types:
                json_name = specification.concrete(name, datatype) if name.endswith("[x]") else name
                made[type, parent][json_name] = _slot(spec, made, type, path, element, datatype)
    return {type: element_schema for (type, path), element_schema in made.items() if not path}


@lru_cache(maxsize=4)
def own_codes(spec: Spec) -> dict[str, frozenset[str]]:
    """The codes of each of our own code systems, by its url: they are closed."""
    systems = (url for url, artefact in spec.artefacts.items() if artefact["resourceType"] == "CodeSystem")
    return {url: frozenset(concept.code for concept in spec.concepts(url)) for url in systems}


def _slot(
    spec: Spec, made: dict[tuple[str, str], Shape], type: str, path: str, element: Element, datatype: str
) -> Slot:
    if datatype.startswith("#"):
        owner, _, below = datatype[1:].partition(".")
        inner = made[owner, below]
    elif (type, path) in made:
        inner = made[type, path]
    else:
        inner = made.get((datatype, ""), {})
    return Slot(
        kind="BackboneElement" if datatype.startswith("#") else datatype,
        binding=element.binding,
        codes=spec.value_sets.get(element.binding) if datatype == "code" else None,
        codings=spec.codings.get(element.binding) if datatype in ("Coding", "CodeableConcept") else None,
        targets=frozenset() if "Resource" in element.targets else frozenset(element.targets),
        inner=inner,
    )
