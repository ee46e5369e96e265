"""References that name no record by its id: by an identifier alone, by a search, or by an address that is not here.

https://hl7.org/fhir/R4/references.html#logical; https://hl7.org/fhir/R4/http.html#trules (conditional references)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from profiles.spec import Spec
from resources.record import element_schema, reference

Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """One such reference: where it stands, itself, and the types its element may lead to, empty for any."""

    keys: Keys
    node: Mapping[str, Any]
    targets: frozenset[str]

    @property
    def address(self) -> str:
        """Where it leads that is not here: `https://…`, `urn:…`, or what is no reference at all; empty for others."""
        literal = self.node.get("reference")
        return literal if isinstance(literal, str) and not _is_search(literal) else ""

    @property
    def at(self) -> str:
        """Where it stands below its resource, as `performer[0].actor`."""
        return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.keys).removeprefix(".")


def pointers(spec: Spec, resource: Mapping[str, Any]) -> Iterator[Pointer]:
    """Every one of them in a valid resource, in those it contains and in extensions, in the order of its elements."""
    for keys, node in sorted(_indirect(resource), key=lambda found: [str(key) for key in found[0]]):
        targets = _targets(spec, resource, keys)
        if targets is not None:
            yield Pointer(keys, node, targets)


def pointed(node: Any, keys: Keys, literal: str) -> Any:
    """The same with the reference at these keys made to lead to a record, beside what it said."""
    if not keys:
        return {"reference": literal, **{name: value for name, value in node.items() if name != "reference"}}
    changed: Any = list(node) if isinstance(node, list) else dict(node)
    changed[keys[0]] = pointed(node[keys[0]], keys[1:], literal)
    return changed


def _indirect(resource: Mapping[str, Any]) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    if not any(map(_names_none, reference.objects(resource))):
        return  # as nearly all: where they stand is asked of the others alone
    stack: list[tuple[Keys, Any]] = [((), resource)]
    while stack:
        keys, node = stack.pop()
        if isinstance(node, dict):
            if _names_none(node):
                yield keys, node
            for name, inner in node.items():
                if isinstance(inner, (dict, list)):
                    stack.append(((*keys, name), inner))
        elif isinstance(node, list):
            for place, inner in enumerate(node):
                if isinstance(inner, (dict, list)):
                    stack.append(((*keys, place), inner))


def _is_search(literal: str) -> bool:
    return "?" in literal and "/" not in literal.partition("?")[0]


def _names_none(node: Mapping[str, Any]) -> bool:
    literal = node.get("reference")
    if isinstance(literal, str):
        return not literal.startswith("#") and not reference.local(literal)
    return isinstance(node.get("identifier"), dict)


def _targets(spec: Spec, resource: Mapping[str, Any], keys: Keys) -> frozenset[str] | None:
    """What the element at these keys may lead to; None where it is no Reference but has an identifier of its own."""
    shapes = element_schema.shapes(spec)
    shape, kind, targets, node = shapes[resource["resourceType"]], "", frozenset[str](), resource
    for key in keys:
        node = node[key]  # type: ignore[index]  # a list by its place, an object by its name
        if isinstance(key, str):
            slot = shape[key]
            shape, kind, targets = slot.inner, slot.kind, slot.targets
        if isinstance(node, dict) and kind == "Resource":
            shape = shapes[node["resourceType"]]
    return targets if kind == "Reference" else None
