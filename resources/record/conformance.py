"""Which profiles of ours a record must keep: those it names, those that are asked for, and those of its extensions.

https://hl7.org/fhir/R4/resource.html#Meta; https://hl7.org/fhir/R4/extensibility.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from profiles.spec import Spec
from resources.record import coding, profile, profiled, wording
from resources.record.problem import Issue
from resources.record.profile import Node, Profile

OURS = f"{coding.BASE}/StructureDefinition/"
_INDEX = re.compile(r"\[\d+\]|(?<=\.)_")
_ROOTS = frozenset({"Element", "Resource", "DomainResource"})
_KINDS = {
    **dict.fromkeys(("Age", "Count", "Distance", "Duration"), "Quantity"),
    **dict.fromkeys(("code", "id", "markdown"), "string"),
    **dict.fromkeys(("canonical", "oid", "url", "uuid"), "uri"),
    **dict.fromkeys(("positiveInt", "unsignedInt"), "integer"),
}
"""The types that are of another one: where that may be extended, so may they."""


def issues(spec: Spec, resource: Mapping[str, Any], at: str, wanted: Iterable[str] = ()) -> Iterator[Issue]:
    """What a sound resource at a path does not keep of its profiles, and of those `wanted` beside them.

    A profile that is not ours cannot be looked at: it is kept in `meta.profile`, and a warning says so.
    """
    type = resource["resourceType"]
    meta = resource.get("meta")
    claimed = meta.get("profile") if isinstance(meta, Mapping) else ()
    named = {claim: f"{at}.meta.profile[{place}]" for place, claim in enumerate(claimed or ())}
    named |= {each: "" for each in wanted if each not in named}
    for canonical, where in named.items():
        found = list(profile.chain(spec, canonical))
        if not found:
            text = f"the profile {wording.quoted(canonical)} is not known here, and was not asked"
            ja = f"プロファイル {wording.quoted(canonical)} はここにないため、確かめていません"
            yield Issue(text, ja, where, "warning" if where else "error", "not-supported")
        elif found[0].type != type:
            text = f"the profile {wording.quoted(canonical)} is of {found[0].type}"
            yield Issue(
                text, f"プロファイル {wording.quoted(canonical)} は {found[0].type} のものです", where, code="value"
            )
        else:
            for each in found:
                yield from profiled.issues(each.root, resource, at, resource)


def of_extension(
    spec: Spec, extension: Mapping[str, Any], at: str, resource: Mapping[str, Any], root: str
) -> Iterator[Issue]:
    """Of an extension at a path, in a resource at `root`: whether it is as ours or R4's definition says, and where.

    One that is defined elsewhere may be anything.
    """
    url = extension.get("url")
    if not isinstance(url, str) or not (url.startswith(OURS) or url in spec.extensions):
        return
    found = profile.named(spec, url)
    if found is None or found.type != "Extension":
        text = f"{wording.quoted(url)} is not an extension of ours"
        yield Issue(text, f"{wording.quoted(url)} という拡張はありません", f"{at}.url", code="extension")
        return
    around, _, own = at.rpartition(".")
    if own.startswith("modifier") != found.modifier:
        name = "modifierExtension" if found.modifier else "extension"
        yield Issue(f"this stands in `{name}`", f"この拡張は `{name}` に書きます", at, code="extension")
    if not _may_stand(spec, found, resource, around.removeprefix(root).removeprefix(".")):
        listed = ", ".join(found.contexts)
        text, ja = f"this extension is of {listed} only", f"この拡張を書けるのは {listed} だけです"
        yield Issue(text, ja, at, code="extension")
    yield from profiled.issues(found.root, extension, at, resource)
    yield from _parts(found.root, extension, at)


def _parts(node: Node, extension: Mapping[str, Any], at: str) -> Iterator[Issue]:
    """The parts of an extension by names of its own, which its definition has not: they mean nothing."""
    within = node.children.get("extension")
    defined = {url: each for each in within.slices.values() for url in _urls(each)} if within else {}
    for place, part in enumerate(extension.get("extension") or ()):
        url = part.get("url")
        if url in defined:
            yield from _parts(defined[url], part, f"{at}.extension[{place}]")
        elif defined and isinstance(url, str) and ":" not in url:
            text, ja = (
                f"this extension has no part {wording.quoted(url)}",
                f"この拡張に {wording.quoted(url)} はありません",
            )
            yield Issue(text, ja, f"{at}.extension[{place}].url", code="extension")


def _urls(slice: Node) -> list[Any]:
    url = slice.below("url")
    return url.fixed if url else []


def _may_stand(spec: Spec, found: Profile, resource: Mapping[str, Any], path: str) -> bool:
    type = str(resource.get("resourceType"))
    names = {type}
    if path:
        plain = _INDEX.sub("", f".{path}")[1:]
        element = spec.element(type, plain)
        if element is None:
            return True
        types = [each.removeprefix("#") for each in element.types]
        names = {f"{type}.{plain}", element.path, *types, *(_KINDS.get(each, each) for each in types)}
    return not found.contexts or bool((names | _ROOTS) & set(found.contexts))
