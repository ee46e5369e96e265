"""One search parameter of one type, made ready: what it selects, how that is indexed, what may be asked.

https://hl7.org/fhir/R4/searchparameter.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from profiles.spec import SearchParameter, Spec
from resources.search import select
from resources.search.layout import Writer
from resources.search.select import Branch


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of parameter over branches: a whole simple parameter, or one component of a composite.

    `systems` are the code systems that `code` and boolean elements have without saying so. `exact` tells that letters'
    case counts: everything selected is a `code`, an `id` or a URI. `targets` are the types a reference may lead to.
    """

    name: str
    kind: str
    branches: tuple[tuple[Branch, Writer], ...]
    targets: tuple[str, ...] = ()
    systems: frozenset[str] = frozenset()
    exact: bool = False
    base: str = ""

    @property
    def types(self) -> frozenset[str]:
        return frozenset(branch.type for branch, _ in self.branches)


@dataclass(frozen=True, slots=True)
class Composite:
    """A parameter whose parts are asked of the same base value; `bases` select it, with the parts below each."""

    name: str
    bases: tuple[tuple[Branch, tuple[Part, ...]], ...]
    kind: str = "composite"
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """A parameter that FHIR R4 defines and this version does not answer."""

    name: str
    kind: str = "special"
    targets: tuple[str, ...] = ()


Parameter = Part | Composite | Closed

Writers = Mapping[str, Mapping[str, Writer]]
"""Kind of parameter -> FHIR type -> how its values are indexed."""

_FLAGS = "http://terminology.hl7.org/CodeSystem/special-values"
"""The system that `true` and `false` have."""
_CASE_SENSITIVE = frozenset({"code", "id", "boolean", "uri", "url", "canonical", "oid", "uuid"})


def ready(spec: Spec, type: str, definition: SearchParameter, writers: Writers, base: str) -> Parameter:
    """The parameter for resources of this type. Raises Unreadable for an expression beyond search parameters."""
    if not definition.expression or definition.type == "special":
        return Closed(definition.code)
    selected = select.branches(spec, type, definition.expression)
    if definition.type != "composite":
        return _part(spec, definition.code, definition.type, selected, definition.targets, writers, base)
    kinds = {other.url: other.type for codes in spec.search.values() for other in codes.values()}
    bases = []
    for branch in selected:
        parts = []
        for url, expression in definition.components:
            inside = select.inner(spec, branch, expression)
            kind = _fitting(kinds.get(url, "token"), inside, writers)
            parts.append(_part(spec, definition.code, kind, inside, (), writers, base))
        bases.append((branch, tuple(parts)))
    return Composite(definition.code, tuple(bases))


def _part(
    spec: Spec,
    name: str,
    kind: str,
    selected: tuple[Branch, ...],
    targets: tuple[str, ...],
    writers: Writers,
    base: str,
) -> Part:
    fitting = writers[kind]
    branches = tuple((branch, fitting[branch.type]) for branch in selected if branch.type in fitting)
    codes = {branch.binding for branch, _ in branches if branch.type == "code" and branch.binding}
    systems = {system for url in codes for system, _ in spec.codings.get(url, ())}
    flags = {_FLAGS} if any(branch.type == "boolean" for branch, _ in branches) else set[str]()
    return Part(
        name,
        kind,
        branches,
        targets or tuple(sorted(spec.types)),
        frozenset(systems | flags),
        bool(branches) and all(branch.type in _CASE_SENSITIVE for branch, _ in branches),
        base,
    )


def _fitting(kind: str, selected: tuple[Branch, ...], writers: Writers) -> str:
    """The kind of a component. FHIR R4's DocumentReference-relationship names its two definitions the wrong way."""
    types = {branch.type for branch in selected}
    if types & writers[kind].keys():
        return kind
    return next((other for other in ("token", "reference", "quantity", "date") if types & writers[other].keys()), kind)
