"""What a StructureDefinition of ours says of each element, as a tree: its differential, placed by the ids of elements.

https://hl7.org/fhir/R4/elementdefinition.html#id
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Said:
    """Of one element, or of a slice of it: `name` with `[x]` for a choice, `path` below the type, empty at the root.

    `element` is the ElementDefinition, empty where nothing is said but of what is below.
    """

    name: str
    path: str = ""
    element: dict[str, Any] = field(default_factory=dict)
    children: dict[str, Said] = field(default_factory=dict)
    slices: dict[str, Said] = field(default_factory=dict)


def elements(structure: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The ElementDefinitions of a differential; of a snapshot where there is none."""
    return list(structure.get("differential", structure.get("snapshot", {})).get("element", ()))


def tree(structure: Mapping[str, Any]) -> Said:
    """All that it says, from the root down."""
    root = Said(str(structure["type"]))
    for element in elements(structure):
        _place(root, str(element["id"])).element.update(element)
    return root


def _place(root: Said, id: str) -> Said:
    node = root
    for step in id.split(".")[1:]:
        name, _, slice = step.partition(":")
        path = f"{node.path}.{name}" if node.path else name
        node = node.children.setdefault(name, Said(name, path))
        if slice:
            node = node.slices.setdefault(slice, Said(name, path))
    return node
