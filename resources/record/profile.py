"""A profile as the tree of what it says of each element beyond R4, read once from its StructureDefinition.

https://hl7.org/fhir/R4/profiling.html

Only what a profile adds is read, its differential: what R4 says is held against every record anyway. What it says in
words that are not read here makes it unusable, and is never left out in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from profiles import differential, expand
from profiles import spec as specification
from profiles.differential import Said
from profiles.spec import Invariant, Spec
from resources.record import element_schema, invariants
from resources.record.invariants import Ruleset

DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"

_ASKED = "id path sliceName min max type binding constraint slicing maxLength mustSupport isModifier isModifierReason"
_TOLD = "short definition comment requirements alias label code base mapping example isSummary condition representation"
_READ = frozenset([*_ASKED.split(), *_TOLD.split(), "meaningWhenMissing", "sliceIsConstraining"])
_DISCRIMINATORS = frozenset({"value", "pattern", "exists", "type"})


class UnreadError(Exception):
    """A StructureDefinition says something that is not read here: `at` is the id of the element."""

    def __init__(self, url: str, at: str, text: str) -> None:
        super().__init__(f"{url}: {at}: {text}")


@dataclass(slots=True)
class Node:
    """What a profile says of an element: `name` with `[x]` for a choice, `types` and `targets` empty for any."""

    name: str
    min: int = 0
    max: str = "*"
    types: tuple[str, ...] = ()
    targets: frozenset[str] = frozenset()
    fixed: list[Any] = field(default_factory=list)
    patterns: list[Any] = field(default_factory=list)
    binding: str = ""
    codes: frozenset[str] | None = None
    codings: frozenset[tuple[str, str]] | None = None
    longest: int = 0
    rules: Ruleset | None = None
    children: dict[str, Node] = field(default_factory=dict)
    slices: dict[str, Node] = field(default_factory=dict)
    discriminators: tuple[tuple[str, str], ...] = ()
    closed: bool = False

    def below(self, path: str) -> Node | None:
        """What it says of an element below it."""
        found: Node | None = self
        for name in [] if path == "$this" else path.split("."):
            found = (found.children.get(name) or found.children.get(f"{name}[x]")) if found else None
        return found


@dataclass(frozen=True, slots=True)
class Profile:
    """`contexts` are where an extension may stand, as type or path; `modifier` says that one changes the meaning."""

    url: str
    type: str
    root: Node
    contexts: tuple[str, ...] = ()
    modifier: bool = False


@lru_cache(maxsize=512)
def named(spec: Spec, canonical: str) -> Profile | None:
    """The profile of ours that a canonical names, or the extension of R4; None without one. Raises UnreadError."""
    found = spec.artefact(canonical) or spec.extensions.get(canonical)
    if found is None or found["resourceType"] != "StructureDefinition" or found.get("derivation") != "constraint":
        return None
    url = str(found["url"])
    root = _read(spec, url, found["type"], differential.tree(found))
    contexts = tuple(each["expression"] for each in found.get("context", ()) if each["type"] == "element")
    modifier = any(each.get("isModifier") and each["id"] == "Extension" for each in differential.elements(found))
    return Profile(url, found["type"], root, contexts, modifier)


def chain(spec: Spec, canonical: str) -> Iterator[Profile]:
    """The profile of ours that a canonical names, and those it is derived from. Raises UnreadError."""
    seen: set[str] = set()
    while canonical not in seen and (found := named(spec, canonical)) is not None:
        yield found
        seen.add(canonical)
        canonical = str((spec.artefact(canonical) or {}).get("baseDefinition", ""))


def _read(spec: Spec, url: str, type: str, said: Said) -> Node:
    node = Node(said.name)
    node.children = {name: _read(spec, url, type, each) for name, each in said.children.items()}
    node.slices = {name: _read(spec, url, type, each) for name, each in said.slices.items()}
    if said.element:
        _say(spec, url, node, type, said.element)
    return node


def _say(spec: Spec, url: str, node: Node, type: str, element: Mapping[str, Any]) -> None:
    id = element["id"]
    for name in element:
        plain = name.removeprefix("_")
        if plain not in _READ and not name.startswith(("fixed", "pattern")):
            raise UnreadError(url, id, f"`{name}` is not read")
    node.min, node.max = element.get("min", node.min), element.get("max", node.max)
    node.fixed += [value for name, value in element.items() if name.startswith("fixed")]
    node.patterns += [value for name, value in element.items() if name.startswith("pattern")]
    node.longest = element.get("maxLength", 0)
    _say_types(node, element.get("type", ()))
    binding = element.get("binding", {})
    if binding.get("strength") == "required":
        node.binding = expand.canonical(binding["valueSet"])
        node.codes, node.codings = spec.value_sets.get(node.binding), spec.codings.get(node.binding)
        if node.codes is None:
            raise UnreadError(url, id, f"the value set {node.binding} cannot be enumerated")
    if rules := element.get("constraint"):
        node.rules = _ruleset(spec, url, type, element["path"], id, rules)
    _say_slicing(url, id, node, element.get("slicing"))


def _say_types(node: Node, types: Any) -> None:
    if not types:
        return
    node.types = tuple(each["code"] for each in types)
    targets = [target for each in types for target in each.get("targetProfile", ())]
    node.targets = frozenset(target.removeprefix(DEFINITIONS) for target in targets if target.startswith(DEFINITIONS))
    profiles = [url for each in types if each["code"] == "Extension" for url in each.get("profile", ())]
    if profiles:
        node.children.setdefault("url", Node("url")).fixed.append(profiles[0])


def _say_slicing(url: str, id: str, node: Node, slicing: Mapping[str, Any] | None) -> None:
    if slicing is None:
        return
    found = tuple((each["type"], each["path"]) for each in slicing.get("discriminator", ()))
    if not found or any(type not in _DISCRIMINATORS or "(" in path for type, path in found):
        raise UnreadError(url, id, "its discriminators are not read")
    if slicing.get("ordered") or slicing.get("rules") == "openAtEnd":
        raise UnreadError(url, id, "the order of slices is not read")
    node.discriminators, node.closed = found, slicing.get("rules") == "closed"


def _ruleset(spec: Spec, url: str, type: str, path: str, id: str, rules: Any) -> Ruleset:
    below = path.partition(".")[2]
    home, base = (type, ""), type
    if below:
        element = spec.element(type, below)
        if element is None or len(element.types) != 1:
            raise UnreadError(url, id, "its invariants have no one type")
        backbone = element.types[0] in ("BackboneElement", "Element")
        home, base = ((type, below), f"{type}.{below}") if backbone else ((element.types[0], ""), element.types[0])
        if home[0] not in spec.elements:
            raise UnreadError(url, id, "invariants of a primitive are not read")
    found = [
        Invariant(home[1], each["key"], each["severity"], each["expression"])
        for each in rules
        if each["key"] not in invariants.ELSEWHERE
    ]
    return Ruleset(base, tuple(found), element_schema.choices(spec, *home))


def concretes(name: str, types: tuple[str, ...]) -> frozenset[str]:
    """The JSON names that a choice may have with these types."""
    return frozenset(specification.concrete(name, type) for type in types)
