"""How much of a value of one datatype is harmless: dates, names, known codes, numbers of the city, persons.

docs/policy.md, D1; https://hl7.org/fhir/R4/datatypes.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from consent import vocabulary
from profiles.spec import Spec
from resources.record import reference


class _Hidden(Enum):
    HIDDEN = "hidden"


HIDDEN: Any = _Hidden.HIDDEN
"""Stands where nothing of a value is shown."""

NEVER = frozenset({"Address", "ContactPoint", "Extension", "Identifier", "Meta", "Reference", "Resource"})
"""What leads to a place, to whoever wrote it too."""

Shown = tuple[Any, bool]
"""As much of a value as is shown, and whether that is all of it."""

_DATES = frozenset({"date", "dateTime", "instant", "time", "boolean", "string"})
WHOLE = _DATES - {"string"}
"""Of these datatypes all is shown of every value that is listed."""
_PARTS = {
    "HumanName": ("use", "text", "family", "given", "prefix", "suffix", "period"),
    "Period": ("start", "end"),
    "Timing": ("event", "repeat"),
}
_BESIDE = frozenset({"extension", "id", "unit", "code"})


@dataclass(frozen=True, slots=True)
class Sight:
    """What is the reader's own: the references that mean the reader, whether it is a party of the request, and which
    values it is shown since it wrote them or they are marked, by their pointers. `released` may be shown to everybody
    as who does something."""

    identities: frozenset[str] = frozenset()
    party: bool = False
    told: Callable[[str], bool] = lambda pointer: False
    released: frozenset[str] = frozenset()

    def also(self, other: Sight) -> Sight:
        """What is the own of both readers."""

        def told(pointer: str) -> bool:
            return self.told(pointer) and other.told(pointer)

        own, party = self.identities & other.identities, self.party and other.party
        return Sight(own, party, told, self.released & other.released)


NOBODY = Sight()
"""Who is nobody in particular: as much as is shown to all, and as can be searched for."""


@dataclass(frozen=True, slots=True)
class HarmlessValue:
    """The closed systems that are served here, but for those of areas, with the words of those that are ours."""

    spec: Spec
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    displays: Mapping[tuple[str, str], str] = field(default_factory=dict)
    questions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, spec: Spec) -> HarmlessValue:
        codes: dict[str, set[str]] = {}
        for found in spec.codings.values():
            for system, code in found:
                codes.setdefault(system, set()).add(code)
        displays: dict[tuple[str, str], str] = {}
        for url, artefact in spec.artefacts.items():
            if artefact["resourceType"] == "CodeSystem":
                displays |= {(url, concept.code): concept.display for concept in spec.concepts(url)}
        for system, code in displays:
            codes.setdefault(system, set()).add(code)
        known = {system: frozenset(found) for system, found in codes.items() if system not in spec.harmless.areas}
        forms = (each for each in spec.artefacts.values() if each["resourceType"] == "Questionnaire")
        return cls(spec, known, displays, frozenset(link for form in forms for link in _links(form)))

    def shown(self, node: Any, type: str, binding: str = "") -> Shown:
        """As much of a value of this datatype as is harmless to everybody."""
        match type:
            case "CodeableConcept":
                return self._concept(node)
            case "Coding":
                return self._coding(node)
            case "Identifier":
                kept = {key: node[key] for key in node if key in ("system", "value")}
                known = node.get("system") in self.spec.harmless.identifiers
                return (kept, kept == node) if known else (HIDDEN, False)
            case "HumanName" | "Period" | "Timing":
                kept = {key: _plain(node[key]) for key in node if key in _PARTS[type]}
                return (kept, kept == node) if kept else (HIDDEN, False)
            case "code":
                return _whole(node, node in self.spec.value_sets.get(binding.partition("|")[0], ()))
            case "canonical":
                return _whole(node, str(node).partition("|")[0] in self.spec.artefacts)
        return _whole(node, type in _DATES)

    def link(self, node: Any) -> Shown:
        """The `linkId` of a question of a sheet of ours."""
        return _whole(node, node in self.questions)

    def referred(self, node: Mapping[str, Any], sight: Sight, *, party: bool, performer: bool = False) -> Shown:
        """A reference to a person, a household or their records, or else, unless it is a place, the reader's own.

        A `party` is shown to the parties, and a `performer` to all where they are released.
        """
        named = node.get("reference")
        target = reference.local(named) if isinstance(named, str) else ""
        type = target.partition("/")[0]
        if not target or type == "Location":
            return HIDDEN, False
        own = target in sight.identities or (party and sight.party) or (performer and target in sight.released)
        if type in vocabulary.CASEWORK or own:
            return {"reference": named}, set(node) == {"reference"}
        return HIDDEN, False

    def is_of_persons(self, node: Any) -> bool:
        """Whether a reference leads to a person, a household or their records, with no more beside it than words."""
        if not isinstance(node, dict) or not set(node) <= {"reference", "type", "display"}:
            return False
        return reference.local(str(node.get("reference", ""))).partition("/")[0] in vocabulary.CASEWORK

    def _concept(self, node: Mapping[str, Any]) -> Shown:
        made = [self._coding(each) for each in node.get("coding") or ()]
        kept = [shown for shown, _ in made if shown is not HIDDEN]
        whole = set(node) == {"coding"} and all(each for _, each in made)
        return ({"coding": kept}, whole) if kept else (HIDDEN, False)

    def _coding(self, node: Mapping[str, Any]) -> Shown:
        """A code of a closed system, with that system's display."""
        system, code = node.get("system"), node.get("code")
        if not isinstance(system, str) or code not in self.codes.get(system, ()):
            return HIDDEN, False
        display = self.displays.get((system, str(code)), "")
        kept = {"system": system, "code": code} | ({"display": display} if display else {})
        return kept, set(node) <= set(kept) and node.get("display", display) == display


def _whole(node: Any, harmless: bool) -> Shown:
    return (node, True) if harmless else (HIDDEN, False)


def _plain(node: Any) -> Any:
    """The inside of a name or of a time, without what stands beside it."""
    if isinstance(node, dict):
        return {key: _plain(each) for key, each in node.items() if not key.startswith("_") and key not in _BESIDE}
    return [_plain(each) for each in node] if isinstance(node, list) else node


def _links(node: Mapping[str, Any]) -> Iterator[str]:
    for item in node.get("item") or ():
        yield item["linkId"]
        yield from _links(item)
