"""A part of a record, as `_elements` and `_summary` ask for it: marked as SUBSETTED, since it is not the record.

https://hl7.org/fhir/R4/search.html#summary
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from profiles.spec import Spec
from resources.search import refusal

Summary = Literal["true", "text", "data", "count", "false"]
SUMMARIES: tuple[Summary, ...] = ("true", "text", "data", "count", "false")

_ALWAYS = frozenset({"resourceType", "id", "meta"})
_MARK = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


@dataclass(frozen=True, slots=True)
class Subset:
    """What is wanted of each record: a summary, or some elements. Those without a type are of the type searched."""

    summary: Summary = "false"
    elements: tuple[tuple[str, str], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether records are wanted as they are."""
        return self.summary in ("false", "count") and not self.elements

    def wants(self, type: str) -> bool:
        """Whether records of this type are wanted in part."""
        return self.summary in ("true", "text", "data") or any(of == type for of, _ in self.elements)


WHOLE = Subset()


def elements(spec: Spec, type: str, text: str) -> tuple[tuple[str, str], ...]:
    """The elements of `_elements`, each with its type. Raises Problem for what no record of the type can have."""
    found = []
    for one in text.split(","):
        of, _, name = one.rpartition(".") if one[:1].isupper() else (type, "", one)
        if of not in spec.types or not name or spec.element(of, name) is None:
            raise refusal.unreadable("_elements", one, f"an element of `{of or type}`", f" `{of or type}` の要素")
        found.append((of, name))
    return tuple(dict.fromkeys(found))


def of(spec: Spec, wanted: Subset, resource: Mapping[str, Any]) -> dict[str, Any]:
    """As much of a resource as is wanted, with the elements that it must have and those that change others' meaning."""
    type = resource["resourceType"]
    kept: dict[str, Any]
    match wanted.summary:
        case "data":
            kept = {key: value for key, value in resource.items() if key != "text"}
        case "text":
            kept = _chosen(spec, resource, {"text", *_mandatory(spec, type)})
        case "true":
            kept = _summarised(spec, type, "", resource)
        case _:
            named = {_top(spec, type, name) for of, name in wanted.elements if of == type}
            kept = _chosen(spec, resource, {*named, *_mandatory(spec, type), *_modifying(spec, type)})
    return marked({key: kept[key] for key in resource if key in kept})


def marked(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a record, which says so."""
    kept = dict(part)
    meta = dict(kept.get("meta") or {})
    marked = {**meta, "tag": [*(meta.get("tag") or ()), _MARK]}
    head: dict[str, Any] = {key: kept.pop(key) for key in ("resourceType", "id") if key in kept}
    kept.pop("meta", None)
    return {**head, "meta": marked, **kept}


def _chosen(spec: Spec, resource: Mapping[str, Any], paths: set[str]) -> dict[str, Any]:
    type = resource["resourceType"]
    return {
        key: value
        for key, value in resource.items()
        if key in _ALWAYS or _top(spec, type, key.removeprefix("_")) in paths
    }


def _top(spec: Spec, type: str, name: str) -> str:
    """The element of the type itself that a name or a key of JSON leads to: `deceased[x]` for `deceasedBoolean`."""
    found = spec.element(type, name.partition(".")[0])
    return found.path.partition(".")[2] if found else ""


def _mandatory(spec: Spec, type: str) -> set[str]:
    return {path for path, element in spec.elements[type].items() if element.min and "." not in path}


def _modifying(spec: Spec, type: str) -> set[str]:
    return {path for path, mark in spec.summary.get(type, {}).items() if "M" in mark and "." not in path}


def _summarised(spec: Spec, home: str, inside: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """The elements of a value that a summary has, and of each of them no more than that."""
    marks, kept = spec.summary.get(home, {}), dict[str, Any]()
    for key, each in value.items():
        name = key.removeprefix("_")
        path = f"{inside}.{name}" if inside else name
        found = spec.element(home, path)
        if key == "resourceType" or (key == "id" and not inside):
            kept[key] = each
        elif found is not None and "S" in marks.get(found.path.partition(".")[2], ""):
            kept[key] = each if key != name else _below(spec, home, path, found.types, each)
    return kept


def _below(spec: Spec, home: str, path: str, types: Sequence[str], value: Any) -> Any:
    if isinstance(value, list):
        return [_below(spec, home, path, types, each) for each in value]
    if not isinstance(value, dict) or len(types) != 1 or types[0] == "Resource":
        return value
    if types[0].startswith("#"):
        home, _, path = types[0][1:].partition(".")
    elif types[0] not in ("BackboneElement", "Element"):
        home, path = types[0], ""
    # Of a datatype in which nothing is marked, such as Extension, a summary has the whole.
    return _summarised(spec, home, path, value) if spec.summary.get(home) else value
