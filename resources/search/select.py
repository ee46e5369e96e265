"""Compiles the steps of an expression into functions over a resource's JSON, each yielding one known FHIR type.

https://hl7.org/fhir/R4/fhirpath.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from profiles.spec import Element, Spec
from resources.search import expression
from resources.search.expression import At, Cast, Child, Exists, Path, Resolves, Unreadable, Where

Move = Callable[[list[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class Branch:
    """One way an expression can go: a FHIR type and the moves that lead to its values.

    `path` is the element's path below the type, without `[x]`: `activity.detail.scheduled`. `first` is the JSON key
    the moves begin under, empty where they begin at the resource itself; `moves` then take the values found there.
    `home` and `inside` say where `Spec.elements` files the children of such a value.
    """

    type: str
    home: str
    inside: str = ""
    path: str = ""
    first: str = ""
    moves: tuple[Move, ...] = ()
    binding: str = ""

    def follow(self, values: list[Any]) -> list[Any]:
        """The values this branch selects, from those found under `first`."""
        for move in self.moves:
            if not values:
                break
            values = move(values)
        return values

    def select(self, resource: Mapping[str, Any]) -> list[Any]:
        """The values this branch selects in a resource."""
        return self.follow(found(resource, self.first) if self.first else [resource])


def branches(spec: Spec, type: str, text: str) -> tuple[Branch, ...]:
    """Every branch of an expression for resources of this type. Raises Unreadable.

    A path that begins at another type's name is no branch; one that begins at no type's name begins at an element.
    """
    return tuple(branch for path in expression.read(text) for branch in _walk(spec, Branch(type, type), path))


def inner(spec: Spec, base: Branch, text: str) -> tuple[Branch, ...]:
    """Every branch of an expression that begins at a value of another branch. Raises Unreadable."""
    start = Branch(base.type, base.home, base.inside)
    return tuple(branch for path in expression.read(text) for branch in _walk(spec, start, path))


def found(resource: Mapping[str, Any], key: str) -> list[Any]:
    """What is under a key of a JSON object: its values, however many, without null."""
    value = resource.get(key)
    if value is None:
        return []
    return [item for item in value if item is not None] if isinstance(value, list) else [value]


def _walk(spec: Spec, start: Branch, path: Path) -> list[Branch]:
    at, steps = [start], path
    if isinstance(path[0], Child) and path[0].name[0].isupper():
        if path[0].name not in (start.type, "Resource", "DomainResource"):
            return []
        steps = path[1:]
    for step in steps:
        if isinstance(step, Exists):
            at = [Branch("boolean", "boolean", path=branch.path, moves=(_exists(step, at),)) for branch in at[:1]]
        else:
            at = [branch for before in at for branch in _step(spec, before, step)]
    if not at:
        raise Unreadable(f"`{start.type}` has no element for {path}")
    return at


def _step(spec: Spec, branch: Branch, step: Child | Cast | Where | Resolves | At) -> list[Branch]:
    if isinstance(step, Child):
        return _children(spec, branch, step.name)
    if isinstance(step, Cast):
        return [branch] if branch.type.lower() == step.type.lower() else []
    return [replace(branch, moves=(*branch.moves, _filter(step)))]


def _children(spec: Spec, branch: Branch, name: str) -> list[Branch]:
    below = f"{branch.inside}.{name}" if branch.inside else name
    elements = spec.elements.get(branch.home, {})
    element = elements.get(below)
    if element is not None:
        return [_child(branch, element, name, name, element.types[0])]
    choice = elements.get(f"{below}[x]")
    if choice is None:
        return []
    return [_child(branch, choice, name, name + type[0].upper() + type[1:], type) for type in choice.types]


def _child(branch: Branch, element: Element, name: str, key: str, type: str) -> Branch:
    path = f"{branch.path}.{name}" if branch.path else name
    first, moves = (branch.first, (*branch.moves, _get(key))) if branch.first or branch.moves else (key, ())
    home, inside = type, ""
    if type.startswith("#"):
        home, _, inside = type[1:].partition(".")
        type = "BackboneElement"
    elif type in ("BackboneElement", "Element"):
        home, inside = branch.home, f"{branch.inside}.{name}" if branch.inside else name
    return Branch(type, home, inside, path, first, moves, element.binding)


def _get(key: str) -> Move:
    def move(values: list[Any]) -> list[Any]:
        result: list[Any] = []
        for value in values:
            if isinstance(value, dict):
                inner = value.get(key)
                if isinstance(inner, list):
                    result.extend(item for item in inner if item is not None)
                elif inner is not None:
                    result.append(inner)
        return result

    return move


def _filter(step: Where | Resolves | At) -> Move:
    if isinstance(step, At):
        return lambda values: values[step.index : step.index + 1]
    if isinstance(step, Resolves):
        return lambda values: [value for value in values if _leads_to(value, step.type)]
    return lambda values: [v for v in values if isinstance(v, dict) and v.get(step.name) == step.literal]


def _exists(step: Exists, branches: list[Branch]) -> Move:
    """One answer for all the types of a choice together."""

    def move(resources: list[Any]) -> list[Any]:
        values = [value for branch in branches for value in branch.select(resources[0])]
        return [any(value is not False for value in values) if step.unless_false else bool(values)]

    return move


def _leads_to(reference: Any, type: str) -> bool:
    """Whether a Reference is to this type, as far as it says itself: by its address or by `Reference.type`."""
    if not isinstance(reference, dict):
        return False
    parts: Sequence[str] = str(reference.get("reference", "")).partition("/_history/")[0].split("/")
    return parts[-2] == type if len(parts) > 1 else reference.get("type") == type
