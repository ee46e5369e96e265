"""What a reader is shown of a record about a protected person: what is harmless, what it wrote, and what is marked.

docs/policy.md, D1. Nothing is compared with the place, and nothing marks what is missing but where FHIR R4 requires it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent.secrecy.harmless import Harmless, Place, is_mask
from consent.secrecy.harmless_value import HIDDEN, NOBODY, Sight

Unit = tuple[str, tuple[str, ...], Any]
"""A value that is not harmless: its pointer, its path by the names of FHIR R4, and itself."""

_KEYS = frozenset({"linkId", "url"})
"""What only says which element it is: shown with something else, or not."""

_STAMPS = ("versionId", "lastUpdated")


@dataclass(frozen=True, slots=True)
class Redaction:
    """One type of record as one reader is shown it; without `marks` nothing stands for a required element."""

    harmless: Harmless
    type: str
    sight: Sight = NOBODY
    marks: bool = True

    def show(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        """The resource without what is withheld; of a type that nobody has listed only its key."""
        meta = resource.get("meta") or {}
        if self.harmless.entire(self.type):
            stamps = {key: meta[key] for key in ("versionId",) if key in meta}
            kept = {key: resource[key] for key in ("resourceType", "id") if key in resource}
            return kept | ({"meta": stamps} if stamps else {})
        shown: dict[str, Any] = self.kept(resource, Place(self.type))
        return shown

    def kept(self, node: Any, at: Place) -> Any:
        """As much of a node as is shown, `HIDDEN` where nothing is."""
        if isinstance(node, list):
            found = [kept for place, each in enumerate(node) if (kept := self.kept(each, at.at(place))) is not HIDDEN]
            return found or HIDDEN
        match self.harmless.kind(at, node):
            case "inside" if isinstance(node, dict):
                return self._object(node, at)
            case "listed":
                shown, whole = self.harmless.shown(node, at, self.sight)
                return node if not whole and self._told(at, node) else shown
            case "text" if self.sight.told(at.pointer):
                return node
        return HIDDEN

    def _object(self, node: Mapping[str, Any], at: Place) -> Any:
        shown: dict[str, Any] = {}
        for key, value in node.items():
            kept = self.member(key, value, node, at)
            if kept is not HIDDEN:
                shown[key] = kept
        if not shown.keys() - _KEYS:
            return HIDDEN
        for mask in self.harmless.masks(at) if self.marks else ():
            if not shown.keys() & set(mask.names):
                shown[mask.key] = mask.value
        return shown

    def member(self, key: str, value: Any, node: Mapping[str, Any], at: Place) -> Any:
        """As much of a member of an object as is shown; what stands beside a primitive (`_status`) never is."""
        if not at.path and key in ("resourceType", "id"):
            return value
        if not at.path and key == "meta":
            return {stamp: value[stamp] for stamp in value if stamp in _STAMPS} or HIDDEN
        return HIDDEN if key.startswith("_") else self.kept(value, self.harmless.below(at, key, node))

    def _told(self, at: Place, node: Any) -> bool:
        return self.harmless.opens(at, node) and self.sight.told(at.pointer)


def texts(harmless: Harmless, resource: Mapping[str, Any], at: Place | None = None) -> Iterator[Unit]:
    """The values of a record, or of the node at a place in it, that are shown to who wrote them and, once they are
    marked, to others; the path of an answer ends with its question."""
    for place, value, kind in _withheld(harmless, resource, at or Place(str(resource["resourceType"]))):
        if kind == "text":
            yield place.pointer, (*place.path, place.question) if place.question else place.path, value


def withheld(harmless: Harmless, resource: Mapping[str, Any]) -> Iterator[Unit]:
    """Every value of a record that is not harmless, but for the masks of required elements."""
    for key in resource.get("meta") or {}:
        if key not in _STAMPS:
            yield f"/meta/{key}", ("meta", key), resource["meta"][key]
    for place, value, _ in _withheld(harmless, resource, Place(str(resource["resourceType"]))):
        yield place.pointer, place.path, value


def _withheld(harmless: Harmless, node: Any, at: Place) -> Iterator[tuple[Place, Any, str]]:
    if isinstance(node, list):
        for place, each in enumerate(node):
            yield from _withheld(harmless, each, at.at(place))
        return
    kind = harmless.kind(at, node)
    if node is None or is_mask(node):
        return
    if kind == "inside" and isinstance(node, dict):
        for key, value in node.items():
            if at.path or key not in ("resourceType", "id", "meta"):
                below = harmless.below(at, key, node)
                if not key.startswith("_"):
                    yield from _withheld(harmless, value, below)
                elif not is_mask(value):
                    yield below, value, "never"
    elif kind != "listed":
        yield at, node, kind
    elif not harmless.shown(node, at, NOBODY)[1]:
        yield at, node, "text" if harmless.opens(at, node) else "never"
