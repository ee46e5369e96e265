"""Whether a record keeps what a profile says beyond FHIR R4: counts, types, fixed values, bindings, slices, invariants.

https://hl7.org/fhir/R4/profiling.html#slicing
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from resources.record import invariants, profile, targets, wording
from resources.record.problem import Issue
from resources.record.profile import Node

_BY_URL = (("value", "url"),)
"""How extensions are told apart where a profile does not say it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A value under an element, where it stands, and the JSON name it stands under; None for one only extended."""

    value: Any
    at: str
    name: str


def issues(node: Node, value: Mapping[str, Any], at: str, resource: Any) -> Iterator[Issue]:
    """What an element, or the resource itself, does not keep of what a profile says of it and of what is below it."""
    if node.rules is not None:
        for rule in node.rules.broken(value, resource, resource):
            yield invariants.issue(rule, at)
    for child in node.children.values():
        found = list(_values(value, child.name, at))
        yield from _counted(child, len(found), f"{at}.{child.name}", "")
        for each in found:
            yield from _kept(child, each, resource)
        if child.slices:
            yield from _sliced(child, found, f"{at}.{child.name}", resource)


def _values(node: Mapping[str, Any], name: str, at: str) -> Iterator[_Found]:
    names = [name]
    if name.endswith("[x]"):
        stem = name[:-3]
        plain = {each.removeprefix("_") for each in node}
        names = sorted(each for each in plain if each.startswith(stem) and each[len(stem) :][:1].isupper())
    for each in names:
        value = node.get(each)
        if type(value) is list:
            yield from (_Found(one, f"{at}.{each}[{index}]", each) for index, one in enumerate(value))
        elif value is not None or f"_{each}" in node:
            yield _Found(value, f"{at}.{each}", each)


def _counted(node: Node, number: int, at: str, slice: str) -> Iterator[Issue]:
    what, was = (f" of the slice `{slice}`", f"スライス `{slice}` の") if slice else ("", "")
    if number < node.min:
        text, ja = (
            f"the profile wants at least {node.min}{what}",
            f"プロファイルでは{was}値が {node.min} 件以上必要です",
        )
        yield Issue(text, ja, at.removesuffix("[x]"), code="required")
    if node.max != "*" and number > int(node.max):
        text, ja = f"the profile allows at most {node.max}{what}", f"プロファイルでは{was}値は {node.max} 件までです"
        yield Issue(text, ja, at.removesuffix("[x]"), code="structure")


def _kept(node: Node, found: _Found, resource: Any) -> Iterator[Issue]:
    value, at = found.value, found.at
    if node.types and node.name.endswith("[x]") and found.name not in profile.concretes(node.name, node.types):
        listed = ", ".join(node.types)
        text, ja = f"the profile allows only {listed} here", f"プロファイルでは {listed} だけが使えます"
        yield Issue(text, ja, at, code="structure")
        return
    for fixed in node.fixed:
        if value != fixed:
            yield _other(fixed, at, "exactly", "ちょうど")
    for pattern in node.patterns:
        if not _contains(value, pattern):
            yield _other(pattern, at, "at least", "少なくとも")
    if node.codes is not None and not _in_set(node, value):
        text = f"the profile wants a code of {node.binding}"
        yield Issue(text, f"プロファイルでは {node.binding} のコードが必要です", at, code="code-invalid")
    if node.longest and type(value) is str and len(value) > node.longest:
        text, ja = f"the profile allows {node.longest} characters", f"プロファイルでは {node.longest} 文字までです"
        yield Issue(text, ja, at, code="too-long")
    if node.targets and isinstance(value, Mapping) and "Resource" not in node.targets:
        leads = targets.leads_to(value, resource)
        if leads and leads not in node.targets:
            listed = ", ".join(sorted(node.targets))
            text, ja = f"the profile lets this lead to {listed} only", f"プロファイルで参照できるのは {listed} だけです"
            yield Issue(text, ja, f"{at}.reference", code="value")
    if isinstance(value, Mapping):
        yield from issues(node, value, at, resource)


def _sliced(node: Node, found: list[_Found], at: str, resource: Any) -> Iterator[Issue]:
    by = node.discriminators or (_BY_URL if node.name in ("extension", "modifierExtension") else ())
    counts = dict.fromkeys(node.slices, 0)
    for each in found:
        chosen = next((name for name, slice in node.slices.items() if _is_of(slice, each, by, resource)), "")
        if chosen:
            counts[chosen] += 1
            yield from _kept(node.slices[chosen], each, resource)
        elif node.closed:
            text, ja = "the profile has no slice for this", "プロファイルにこの値のためのスライスがありません"
            yield Issue(text, ja, each.at, code="structure")
    for name, number in counts.items():
        yield from _counted(node.slices[name], number, at, name)


def _is_of(slice: Node, found: _Found, by: tuple[tuple[str, str], ...], resource: Any) -> bool:
    return bool(by) and all(_tells(slice, found, kind, path, resource) for kind, path in by)


def _tells(slice: Node, found: _Found, kind: str, path: str, resource: Any) -> bool:
    values = [found] if path == "$this" else _below(found, path)
    said = slice.below(path)
    if kind == "type":
        types = said.types if said else ()
        return any(_is_type(each, types, resource) for each in values)
    if kind == "exists":
        return bool(values) == (said is None or said.max != "0")
    if said is None:
        return False
    return any(
        all(each.value == fixed for fixed in said.fixed)
        and all(_contains(each.value, pattern) for pattern in said.patterns)
        and (said.codes is None or _in_set(said, each.value))
        and not any(_nested(said, each, resource))
        for each in values
    )


def _nested(said: Node, found: _Found, resource: Any) -> Iterator[Issue]:
    """What tells a slice may be written below the discriminator's path as well."""
    if isinstance(found.value, Mapping) and not (said.fixed or said.patterns or said.codes):
        yield from issues(said, found.value, found.at, resource)


def _below(found: _Found, path: str) -> list[_Found]:
    values = [found]
    for name in path.split("."):
        inner = [each for each in values if isinstance(each.value, Mapping)]
        values = [
            one for each in inner for choice in (name, f"{name}[x]") for one in _values(each.value, choice, each.at)
        ]
    return values


def _is_type(found: _Found, types: tuple[str, ...], resource: Any) -> bool:
    if isinstance(found.value, Mapping) and "resourceType" in found.value:
        return found.value["resourceType"] in types
    return any(found.name.endswith(type[0].upper() + type[1:]) for type in types)


def _contains(value: Any, pattern: Any) -> bool:
    """https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_"""
    if isinstance(pattern, Mapping):
        return isinstance(value, Mapping) and all(_contains(value.get(name), each) for name, each in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(_contains(one, each) for one in value) for each in pattern)
    return bool(value == pattern)


def _in_set(node: Node, value: Any) -> bool:
    if isinstance(value, str):
        return value in (node.codes or ())
    if not isinstance(value, Mapping):
        return False
    codings = value.get("coding", [value])
    given = codings if isinstance(codings, list) else []
    return any(
        isinstance(each, Mapping) and (each.get("system"), each.get("code")) in (node.codings or ()) for each in given
    )


def _other(wanted: Any, at: str, how: str, ja_how: str) -> Issue:
    shown = wording.quoted(str(wanted))
    return Issue(f"the profile wants {how} {shown}", f"プロファイルでは{ja_how} {shown} です", at, code="value")
