"""A profile of ours as a JSON Schema that stands by itself: R4's type, and what the profile adds to it.

https://json-schema.org/draft/2020-12/json-schema-core; docs/definitions.md, "JSON Schemas"

What JSON Schema cannot say, FHIRPath invariants and what references lead to beyond their type, is told in `$comment`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profiles import differential, expand, json_types
from profiles import spec as specification
from profiles.differential import Said
from profiles.json_types import Types
from profiles.spec import Element, Spec

Json = dict[str, Any]

BASE = "https://tsunagu.example/schemas/"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HL7 = "http://hl7.org/fhir/StructureDefinition/"
_BY_URL = (("value", "url"),)


class Unsayable(Exception):  # as SpecFault
    """A profile says something that is not turned into JSON Schema."""


def schemas(spec: Spec) -> dict[str, Json]:
    """Id of a profile or extension of ours -> its JSON Schema. Raises Unsayable."""
    return {
        str(each["id"]): _schema(spec, each)
        for each in spec.artefacts.values()
        if each["resourceType"] == "StructureDefinition" and each.get("derivation") == "constraint"
    }


def _schema(spec: Spec, profile: Mapping[str, Any]) -> Json:
    type, elements, root = str(profile["type"]), differential.elements(profile), differential.tree(profile)
    value = root.children.get("value[x]")
    kinds = [each["code"] for each in value.element.get("type", ())] if value else []
    if type == "Extension" and value is not None and value.element.get("max") == "0":
        choices: frozenset[str] | None = frozenset()
    else:
        choices = frozenset(specification.concrete("value[x]", kind) for kind in kinds) if kinds else None
    types = Types(spec)
    itself = types.resource(type, choices if type == "Extension" else None)
    told = [f"{rule['key']}: {rule['expression']}" for each in elements for rule in each.get("constraint", ())]
    return {
        "$schema": _DIALECT,
        "$id": f"{BASE}{profile['id']}.schema.json",
        "title": profile["title"],
        "description": profile.get("description", profile["title"]),
        "$comment": f"{profile['url']}|{profile['version']}"
        + (f"; not said here, but held by the server: {'; '.join(told)}" if told else ""),
        "allOf": [itself, _Said(spec, type, types).of(root)],
        "$defs": types.defs,
    }


@dataclass(frozen=True, slots=True)
class _Said:
    spec: Spec
    type: str
    types: Types

    def of(self, node: Said) -> Json:
        """What one value must keep."""
        said: Json = {}
        for name, value in node.element.items():
            if name.startswith("fixed"):
                said["const"] = value
            elif name.startswith("pattern"):
                said |= _pattern(value)
        if "maxLength" in node.element:
            said["maxLength"] = node.element["maxLength"]
        parts = [said, *self._types(node), *self._binding(node), *(self._child(each) for each in node.children.items())]
        return _all(parts)

    def _child(self, named: tuple[str, Said]) -> Json:
        name, node = named
        element = self.spec.element(self.type, node.path.removesuffix("[x]"))
        if element is None:
            raise Unsayable(f"{self.type}.{node.path} is no element")
        least, most = node.element.get("min", 0), node.element.get("max", element.max)
        names, others = _names(name, element, node.element)
        parts: list[Json] = [{"properties": dict.fromkeys(others, False)}] if others else []
        if most == "0":
            return {"properties": dict.fromkeys(names, False)}
        one = self.of(node)
        if self.type == "Extension" and name == "value[x]" and node.path != name:
            parts.append({"properties": self._valued(node)})
        if element.max in ("0", "1"):
            if node.slices:
                raise Unsayable(f"{self.type}.{node.path}: slices of what does not repeat")
            parts.append({"properties": {each: one for each in names if each[0] != "_"}} if one else {})
        else:
            row: Json = {"items": one} if one else {}
            row |= {"minItems": least} if least > 1 else {}
            row |= {"maxItems": int(most)} if most != "*" else {}
            parts.append({"properties": {name: _all([row, *self._slices(name, node)])}})
            least = max(least, *(each.element.get("min", 0) for each in node.slices.values()), 0)
        if least:
            parts.append({"anyOf": [{"required": [each]} for each in names]})
        return _all(parts)

    def _valued(self, node: Said) -> Json:
        """The value of a part of an extension, of which R4 says nothing but its types."""
        kinds = [each["code"] for each in node.element.get("type", ())]
        return {specification.concrete("value[x]", kind): self.types.of(kind) for kind in kinds}

    def _slices(self, name: str, node: Said) -> Iterator[Json]:
        if not node.slices:
            return
        slicing = node.element.get("slicing", {})
        by = [(each["type"], each["path"]) for each in slicing.get("discriminator", ())]
        by = by or list(_BY_URL if name in ("extension", "modifierExtension") else ())
        told = {each: _all([self._told(slice, kind, path) for kind, path in by]) for each, slice in node.slices.items()}
        for each, slice in node.slices.items():
            least, most = slice.element.get("min", 0), slice.element.get("max", "*")
            counted: Json = {"contains": told[each], "minContains": least}
            yield counted | ({"maxContains": int(most)} if most != "*" else {})
            yield {"items": {"if": told[each], "then": self.of(slice)}}
        if slicing.get("rules") == "closed":
            yield {"items": {"anyOf": list(told.values())}}

    def _told(self, slice: Said, kind: str, path: str) -> Json:
        """How a slice is known by one discriminator."""
        if kind not in ("value", "pattern"):
            raise Unsayable(f"{self.type}.{slice.path}: a discriminator by {kind}")
        steps = [] if path == "$this" else path.split(".")
        found: Said | None = slice
        many = []
        for step in steps:
            found = found.children.get(step) if found else None
            element = self.spec.element(self.type, found.path) if found else None
            many.append(element is not None and element.max not in ("0", "1"))
        if found is None or not (made := self.of(found)):
            raise Unsayable(f"{self.type}.{slice.path}: nothing tells its slices")
        for step, repeats in zip(reversed(steps), reversed(many), strict=True):
            made = {"required": [step], "properties": {step: {"contains": made} if repeats else made}}
        return made

    def _types(self, node: Said) -> Iterator[Json]:
        given = node.element.get("type", ())
        targets = [target for each in given for target in each.get("targetProfile", ())]
        leads = sorted(target.removeprefix(_HL7) for target in targets if target.startswith(_HL7))
        if leads and "Resource" not in leads and not node.path.endswith("[x]"):
            other = rf"^([A-Za-z][A-Za-z0-9+.-]*://.+/)?(?!({'|'.join(leads)})[/?])[A-Z][A-Za-z]+(/[A-Za-z0-9.-]+|\?.+)"
            yield {"properties": {"reference": {"not": {"pattern": other}}}}
        for each in given:
            if each["code"] == "Extension" and each.get("profile"):
                yield {"properties": {"url": {"const": each["profile"][0]}}}

    def _binding(self, node: Said) -> Iterator[Json]:
        binding = node.element.get("binding", {})
        if binding.get("strength") != "required":
            return
        named = expand.canonical(binding["valueSet"])
        codes, codings = self.spec.value_sets.get(named), self.spec.codings.get(named)
        if codes is None or codings is None:
            raise Unsayable(f"{self.type}.{node.path}: {named} cannot be enumerated")
        element = self.spec.element(self.type, node.path.removesuffix("[x]"))
        kinds = [each["code"] for each in node.element.get("type", ())] or list(element.types if element else ())
        coding = {"anyOf": [_of_system(system, codings) for system in sorted({system for system, _ in codings})]}
        said: dict[str, Json] = {
            "Coding": coding,
            "CodeableConcept": {"required": ["coding"], "properties": {"coding": {"contains": coding}}},
        }
        yield _any([said.get(kind, {"enum": sorted(codes)}) for kind in kinds])


def _of_system(system: str, codings: frozenset[tuple[str, str]]) -> Json:
    codes = sorted(code for each, code in codings if each == system)
    return {"required": ["system", "code"], "properties": {"system": {"const": system}, "code": {"enum": codes}}}


def _names(name: str, element: Element, said: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The JSON names an element may have, and those of its other types, which it may not."""
    if not name.endswith("[x]"):
        return _spelt(name, element.types), []
    allowed = [each["code"] for each in said.get("type", ())] or list(element.types)
    every = {kind: _spelt(specification.concrete(name, kind), (kind,)) for kind in element.types}
    return (
        [each for kind in allowed for each in every[kind]],
        [each for kind, names in every.items() if kind not in allowed for each in names],
    )


def _spelt(name: str, types: Sequence[str]) -> list[str]:
    return [name, f"_{name}"] if types and types[0] in json_types.PRIMITIVES else [name]


def _pattern(value: Any) -> Json:
    """https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_"""
    if isinstance(value, Mapping):
        return {"required": list(value), "properties": {name: _pattern(each) for name, each in value.items()}}
    if isinstance(value, list):
        return {"allOf": [{"contains": _pattern(each)} for each in value]}
    return {"const": value}


def _any(parts: Sequence[Json]) -> Json:
    return parts[0] if len(parts) == 1 else {"anyOf": list(parts)}


def _all(parts: Sequence[Json]) -> Json:
    found = [each for each in parts if each]
    return found[0] if len(found) == 1 else {"allOf": found} if found else {}
