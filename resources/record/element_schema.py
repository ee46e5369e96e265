"""The element tables turned into something a record can be walked along quickly.

https://hl7.org/fhir/R4/elementdefinition.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from profiles import spec as specification
from profiles.spec import Element, Spec
from resources.record import invariants
from resources.record.invariants import Ruleset


@dataclass(slots=True)
class Slot:
    """What may stand under one JSON name: `kind` is a datatype, `Resource`, or `BackboneElement`.

    `codes` and `codings` are those of a required value set, None where any code will do; `targets` are the types a
    reference may lead to, empty for any. `inner` are the names below, empty for a primitive. `rules` are the invariants
    of the element and of its datatype, None where there are none. `absolute` says that a uri is one of its own,
    `many` that the element repeats.
    """

    kind: str
    binding: str
    codes: frozenset[str] | None
    codings: frozenset[tuple[str, str]] | None
    targets: frozenset[str]
    inner: Shape
    rules: Ruleset | None = None
    absolute: bool = False
    many: bool = False


Shape = dict[str, Slot]
"""JSON name -> what may stand there; choices under each of their names."""


@lru_cache(maxsize=4)
def shapes(spec: Spec) -> dict[str, Shape]:
    """Type or datatype -> its shape; they are linked to each other, circles included."""
    made: dict[tuple[str, str], Shape] = {}
    every = {**spec.contained, **spec.elements}
    for type, rows in every.items():
        made.setdefault((type, ""), {})
        for path in rows:
            made.setdefault((type, path.rpartition(".")[0]), {})
    for type, rows in every.items():
        for path, element in rows.items():
            parent, _, name = path.rpartition(".")
            for datatype in element.types:
                json_name = specification.concrete(name, datatype) if name.endswith("[x]") else name
                made[type, parent][json_name] = _slot(spec, made, type, path, element, datatype)
    return {type: element_schema for (type, path), element_schema in made.items() if not path}


@lru_cache(maxsize=4)
def rules(spec: Spec) -> dict[str, Ruleset]:
    """Type -> the invariants of a resource of this type itself, where it has some."""
    made = ((type, _ruleset(spec, type, (type, ""))) for type in (*spec.elements, *spec.contained))
    return {type: found for type, found in made if found is not None}


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
        home, base = (owner, below), datatype[1:]
    elif (type, path) in made:
        home, base = (type, path), f"{type}.{path}"
    else:
        home, base = (datatype, ""), datatype
    return Slot(
        kind="BackboneElement" if datatype.startswith("#") else datatype,
        binding=element.binding,
        codes=spec.value_sets.get(element.binding) if datatype == "code" else None,
        codings=spec.codings.get(element.binding) if datatype in ("Coding", "CodeableConcept") else None,
        targets=frozenset() if "Resource" in element.targets else frozenset(element.targets),
        inner=made.get(home, {}),
        rules=_ruleset(spec, base, home, (type, path)),
        absolute=path == "system" and type in _SYSTEMS,
        many=element.max not in ("0", "1"),
    )


def _ruleset(spec: Spec, base: str, *places: tuple[str, str]) -> Ruleset | None:
    """The invariants stated at these places, each a type and a path below it, of an element found at the first."""
    found = {
        rule.key: rule
        for type, path in places
        for rule in spec.invariants.get(type, ())
        if rule.path == path and rule.key not in invariants.ELSEWHERE
    }
    return Ruleset(base, tuple(found.values()), choices(spec, *places[0])) if found else None


def choices(spec: Spec, type: str, path: str) -> dict[str, tuple[str, ...]]:
    """FHIRPath name -> its JSON names, of each element right below a path of a type: `value` has many."""
    start = f"{path}." if path else ""
    made: dict[str, tuple[str, ...]] = {}
    for below, element in (spec.elements.get(type) or spec.contained.get(type, {})).items():
        name = below.removeprefix(start)
        if below.startswith(start) and "." not in name:
            given = [specification.concrete(name, kind) for kind in element.types] if name.endswith("[x]") else [name]
            made[name.removesuffix("[x]")] = tuple(each for one in given for each in (one, f"_{one}"))
    return made


_SYSTEMS = frozenset({"Coding", "Identifier", "Quantity", "Age", "Count", "Distance", "Duration", "Money"})
"""Datatypes whose `system` names a system of codes or numbers, which is an absolute uri."""
