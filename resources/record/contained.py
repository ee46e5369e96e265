"""What holds between a resource and those it contains.

https://hl7.org/fhir/R4/references.html#contained
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from resources.record import targets, wording
from resources.record.element_schema import Slot
from resources.record.problem import Issue

_IN_NARRATIVE = re.compile(r"""\s(?:src|href)\s*=\s*["']#([^"']+)["']""")
"""https://hl7.org/fhir/R4/narrative.html#images"""


def issues(resource: dict[str, Any], at: str) -> Iterator[Issue]:
    """dom-2, dom-3, dom-4, dom-5 and ref-1 of one resource at a path, contained ones told at their own path."""
    contained = resource.get("contained")
    inside = contained if isinstance(contained, list) else []
    ids = {each["id"] for each in inside if isinstance(each, dict) and isinstance(each.get("id"), str)}
    pointers = list(_pointers(resource, at))
    for pointer, where in pointers:
        if where.endswith(".reference") and pointer and pointer not in ids:
            yield Issue(
                f"nothing contained has the id {wording.quoted(pointer)}",
                f"id {wording.quoted(pointer)} の contained リソースがありません",
                where,
                code="invariant",
            )
    pointed = {pointer for pointer, _ in pointers}
    seen: set[str] = set()
    for index, each in enumerate(inside):
        if isinstance(each, dict):
            id = each.get("id")
            if isinstance(id, str) and id in seen:
                text = f"another contained resource has the id {wording.quoted(id)}"
                ja = f"id {wording.quoted(id)} の contained リソースが二つあります"
                yield Issue(text, ja, f"{at}.contained[{index}].id", code="duplicate")
            seen.add(str(id))
            yield from _of_contained(each, f"{at}.contained[{index}]", pointed)


def of_wrong_type(resource: dict[str, Any], local: Iterable[tuple[Slot, str, str]]) -> Iterator[Issue]:
    """Of local references, each as what may stand there, `#id` and its path: those to a type not allowed there."""
    contained = resource.get("contained")
    inside = contained if isinstance(contained, list) else []
    kinds = {str(each.get("id")): each.get("resourceType") for each in inside if isinstance(each, dict)}
    for slot, literal, at in local:
        kind = kinds.get(literal[1:]) if literal != "#" else resource.get("resourceType")
        if isinstance(kind, str):
            yield from targets.allowed(slot, kind, f"{at}.reference")


def _of_contained(each: dict[str, Any], at: str, pointed: set[str]) -> Iterator[Issue]:
    meta = each.get("meta") if isinstance(each.get("meta"), dict) else {}
    names = [name for name in ("versionId", "lastUpdated", "security") if name in (meta or {})]
    if names:
        yield Issue(
            f"a contained resource has no meta.{names[0]}",
            f"contained リソースに meta.{names[0]} は書けません",
            f"{at}.meta.{names[0]}",
            code="invariant",
        )
    if "contained" in each:
        yield Issue(
            "a contained resource contains no other",
            "contained リソースの中に contained は書けません",
            f"{at}.contained",
            code="invariant",
        )
    id = each.get("id")
    if not isinstance(id, str):
        yield Issue(
            "a contained resource needs an id", "contained リソースには id が必要です", f"{at}.id", code="required"
        )
    elif id not in pointed and "" not in {pointer for pointer, _ in _pointers(each, at)}:
        yield Issue(
            f"nothing refers to the contained resource {wording.quoted(id)}",
            f"contained リソース {wording.quoted(id)} はどこからも参照されていません",
            at,
            code="invariant",
        )


def _pointers(node: Any, at: str) -> Iterator[tuple[str, str]]:
    """(id, path) of every `#id` in the resource, be it in a reference, a canonical or a link or picture of a narrative;
    an empty id is the resource."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _pointers(value, f"{at}.{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _pointers(value, f"{at}[{index}]")
    elif isinstance(node, str) and node.startswith("#"):
        yield node[1:], at
    elif isinstance(node, str) and at.endswith(".text.div"):
        yield from ((id, at) for id in _IN_NARRATIVE.findall(node))
