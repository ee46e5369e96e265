"""References inside a record: which it makes, and to what they resolve.

https://hl7.org/fhir/R4/references.html#literal
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Resource = Mapping[str, Any]
Look = Callable[[str], Resource | None]
"""Gives the record of a relative reference such as `Group/1`, or None."""

_RELATIVE = re.compile(r"[A-Z]\w*/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?")


def named(node: Any) -> Iterator[tuple[str, str]]:
    """Every literal reference below a node, as (path below the node, reference)."""
    stack: list[tuple[str, Any]] = [("", node)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            target = value.get("reference")
            if isinstance(target, str):
                yield path, target
            for key, inner in value.items():
                if isinstance(inner, (dict, list)):
                    stack.append((f"{path}.{key}" if path else key, inner))
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                if isinstance(inner, (dict, list)):
                    stack.append((f"{path}[{place}]", inner))


def replaced(node: Any, new: Callable[[str], str]) -> Any:
    """The same with other literal references: each as `new` says, or as it is where that is empty."""
    if isinstance(node, list):
        return [replaced(each, new) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: replaced(value, new) if isinstance(value, (dict, list)) else value for key, value in node.items()}
    if isinstance(target := node.get("reference"), str):
        made["reference"] = new(target) or target
    return made


def objects(node: Any) -> list[dict[str, Any]]:
    """Every JSON object below a node, itself too."""
    found: list[dict[str, Any]] = []
    waiting: list[Any] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            found.append(each)
            each = each.values()
        elif not isinstance(each, list):
            continue
        waiting += [inner for inner in each if isinstance(inner, (dict, list))]
    return found


def local(reference: str) -> str:
    """`Type/id` of a relative reference, with a version taken off; empty for any other, as for `Type?name=a/b`."""
    type, _, id = reference.partition("/")
    id, _, version = id.partition("/_history/")
    return f"{type}/{id}" if id and "/" not in id + version and type.isalnum() and type[0].isupper() else ""


def is_relative(reference: str) -> bool:
    """Whether it is `Type/id`, with or without a version, and nothing else."""
    return _RELATIVE.fullmatch(reference) is not None


def locals_of(node: Any) -> frozenset[str]:
    """Every `Type/id` a node names, once."""
    named = {target for each in objects(node) if isinstance(target := each.get("reference"), str)}
    return frozenset(found for target in named if (found := local(target)))


def one(resource: Resource, element: str) -> str:
    """The `Type/id` under an element that holds a single Reference; empty when it has none."""
    value = resource.get(element)
    target = value.get("reference") if isinstance(value, dict) else None
    return local(target) if isinstance(target, str) else ""


def many(resource: Resource, element: str) -> tuple[str, ...]:
    """The `Type/id`s under an element that holds one Reference or a list of them."""
    value = resource.get(element)
    values = value if isinstance(value, list) else [value]
    return tuple(
        found
        for entry in values
        if isinstance(entry, dict) and isinstance(entry.get("reference"), str) and (found := local(entry["reference"]))
    )
