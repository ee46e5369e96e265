"""Which elements of a record are harmless: by the structure of FHIR R4, and never by what is said in them.

docs/policy.md, D1; the list is profiles/tsunagu/harmless.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from consent.secrecy.harmless_value import HIDDEN, NEVER, WHOLE, HarmlessValue, Shown, Sight
from profiles.spec import Element, Spec, concrete
from resources.record import coding

MASK: Mapping[str, Any] = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
}
"""In the place of a required element that is withheld: https://hl7.org/fhir/R4/extension-data-absent-reason.html"""

Kind = Literal["inside", "listed", "text", "never"]
"""`inside` is looked into, of what is `listed` as much is shown as is harmless, a `text` is for who wrote it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: `path` by the names of FHIR R4, `pointer` in this record, below which question of a sheet.

    `open` says that it is inside an extension of ours, all of which is listed.
    """

    type: str
    path: tuple[str, ...] = ()
    pointer: str = ""
    element: Element | None = None
    question: str = ""
    open: bool = False

    def at(self, number: int) -> Place:
        return replace(self, pointer=f"{self.pointer}/{number}")


@dataclass(frozen=True, slots=True)
class Mask:
    """What stands under `key` where none of the names of a required element is shown."""

    names: tuple[str, ...]
    key: str
    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Harmless:
    """The list made ready; made once at the start."""

    spec: Spec
    value: HarmlessValue
    elements: dict[tuple[str, tuple[str, ...]], Element | None] = field(default_factory=dict)
    required: dict[tuple[str, tuple[str, ...]], tuple[Mask, ...]] = field(default_factory=dict)

    def entire(self, type: str) -> bool:
        """Whether nobody has listed anything of this type."""
        return type not in self.spec.harmless.types

    def below(self, place: Place, key: str, node: Mapping[str, Any]) -> Place:
        """The place of a member of the object at hand."""
        pointer = f"{place.pointer}/{key}"
        if key in ("extension", "modifierExtension"):
            return Place(place.type, (*place.path, "extension"), pointer, None, place.question, place.open)
        if place.path[-1:] == ("extension",):
            name = key.removeprefix("value")
            type = name if name in self.spec.elements else f"{name[:1].lower()}{name[1:]}"
            said = Element(key, 0, "1", ("string" if key == "url" else type,), (), "")
            return Place(place.type, (*place.path, key), pointer, said, place.question, open=True)
        path = (*place.path, key)
        element = self._element(place.type, path)
        if element and element.types[0].startswith("#"):
            path = tuple(element.types[0].split(".")[1:])
        question = str(node.get("linkId", "")) if place.path == ("item",) else place.question
        return Place(place.type, path, pointer, element, question)

    def kind(self, place: Place, node: Any) -> Kind:
        """What becomes of what stands here."""
        if place.path[-1:] == ("extension",):
            url = str(node.get("url", "")) if isinstance(node, dict) else ""
            ours = url.removeprefix(f"{coding.BASE}/StructureDefinition/") in self.spec.harmless.extensions
            return "text" if place.open else "inside" if ours else "never"
        if place.element is None:
            return "never" if place.path else "inside"
        if self._is_answer(place) and place.question in self.spec.harmless.places:
            return "never"
        if place.open or ".".join(place.path) in self.spec.harmless.types.get(place.type, ()):
            return "listed"
        if self._is_answer(place) and place.question in self.spec.harmless.names and isinstance(node, str):
            return "listed"
        types = place.element.types
        if types == ("BackboneElement",) or types[0].startswith("#"):
            return "inside"
        return "never" if NEVER & set(types) else "text"

    def shown(self, node: Any, place: Place, sight: Sight) -> Shown:
        """As much of a listed value as is harmless to this reader, and whether that is all of it."""
        assert place.element is not None
        type, name = place.element.types[0], place.path[-1]
        if place.open and name != "url" and type == "string":
            return HIDDEN, False
        if type == "Reference":
            listed, path = self.spec.harmless, ".".join(place.path)
            party, performer = (path in each.get(place.type, ()) for each in (listed.parties, listed.performers))
            return self.value.referred(node, sight, party=party, performer=performer)
        if name == "linkId":
            return self.value.link(node)
        return self.value.shown(node, type, place.element.binding)

    def opens(self, place: Place, node: Any) -> bool:
        """Whether all of a value is shown to who wrote it: of references to persons, and to their records, the words
        beside them too."""
        if place.element is None or place.element.types[0] == "Reference":
            return place.element is not None and self.value.is_of_persons(node)
        return not NEVER & set(place.element.types)

    def choices(self, place: Place) -> Iterator[frozenset[str]]:
        """The names of each choice (`value[x]`) among the members of the object here, where one may be withheld."""
        lead = "".join(f"{name}." for name in place.path)
        listed = self.spec.harmless.types.get(place.type, ())
        for name, element in self.spec.elements.get(place.type, {}).items():
            own = name.removeprefix(lead)
            if name.startswith(lead) and own.endswith("[x]") and "." not in own:
                names = {concrete(own, each): each for each in element.types}
                if not all(f"{lead}{key}" in listed and type in WHOLE for key, type in names.items()):
                    yield frozenset(names)

    def masks(self, place: Place) -> tuple[Mask, ...]:
        """The masks of the required members of the object here."""
        at = (place.type, place.path)
        if at not in self.required:
            self.required[at] = tuple(self._required(*at))
        return self.required[at]

    def _required(self, type: str, path: tuple[str, ...]) -> Iterator[Mask]:
        lead = "".join(f"{name}." for name in path)
        for name, element in self.spec.elements[type].items():
            own = name.removeprefix(lead)
            if not element.min or not name.startswith(lead) or "." in own:
                continue
            key = concrete(own, element.types[0]) if own.endswith("[x]") else own
            primitive = element.types[0][0].islower()
            stands = {each.key: each.value for each in self._required(type, (*path, own))} or MASK
            choice = tuple(concrete(own, each) for each in element.types) if own.endswith("[x]") else (own,)
            yield Mask(choice, f"_{key}" if primitive else key, stands if element.max == "1" else [stands])

    def _element(self, type: str, path: tuple[str, ...]) -> Element | None:
        at = (type, path)
        if at not in self.elements:
            if len(self.elements) > 10_000:
                self.elements.clear()
            self.elements[at] = self.spec.element(type, ".".join(path))
        return self.elements[at]

    def _is_answer(self, place: Place) -> bool:
        return place.path[:1] == ("item",) and place.path[-1].startswith("value")


def is_mask(node: Any) -> bool:
    """Whether this stands for something withheld, or holds nothing but what does."""
    if node == MASK:
        return True
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return bool(parts) and all(is_mask(each) for each in parts)


@cache
def of(spec: Spec) -> Harmless:
    """The list of a specification, made ready once."""
    return Harmless(spec, HarmlessValue.of(spec))
