"""Profiles, security labels and tags of a record: what stays where nothing is said of them, and what lowers one.

https://hl7.org/fhir/R4/resource.html#Meta; docs/policy.md, "labels"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from consent import vocabulary
from profiles import consent as tables
from resources.record import coding

ELEMENTS = ("profile", "security", "tag")
"""Sets: the same is not there twice. A label or tag is known by its system and code, a profile by its address."""

MOST = 200
"""So many profiles, security labels or tags a record may be given."""

Meta = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Relabelling:
    """What `$meta-add` and `$meta-delete` ask for: these are to be there, or not to be there."""

    operation: Literal["$meta-add", "$meta-delete"]
    meta: Meta

    def of(self, had: Meta) -> dict[str, Any]:
        """The meta after it; an element of which nothing is left is not there."""
        done = dict(had)
        for element in ELEMENTS:
            left = list(self._of_element(element, had.get(element) or (), self.meta.get(element) or ()))
            done.pop(element, None)
            if left:
                done[element] = left
        return done

    @property
    def protects(self) -> bool:
        """Whether it speaks of a label that is a person's protection (D1)."""
        return bool(coding.of(self.meta.get("security")) & vocabulary.SECRECY_LABELS)

    def _of_element(self, element: str, had: Iterable[Any], asked: Iterable[Any]) -> Iterator[Any]:
        adding = self.operation == "$meta-add"
        named, seen = {_key(each) for each in asked}, set[object]()
        for each in had:
            seen.add(_key(each))
            if adding or _key(each) not in named:
                yield each
        for each in asked if adding else ():
            if _key(each) not in seen:
                seen.add(_key(each))
                yield each


def kept(had: Meta, shown: Meta, sent: Meta, made: Meta) -> dict[str, Any]:
    """The meta of the next version. `had` is that of the version before and `shown` what the writer saw of it; `sent`
    is what was said, and `made` that with what the writer was not shown put back.

    An element that is not said stays as it was. Of one that is said, the writer loses nothing that was not shown.
    """
    done = dict(made)
    for element in ELEMENTS:
        before = list(had.get(element) or ())
        if element not in sent:
            after = before
        else:
            seen = {repr(each) for each in shown.get(element) or ()}
            after = list(made.get(element) or ())
            there = {repr(each) for each in after}
            told = seen | there
            after += [each for each in before if repr(each) not in told]
        done.pop(element, None)
        if after:
            done[element] = after
    return done


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The elements in which two versions of a record are labelled otherwise; their order means nothing."""
    one, other = _meta(before), _meta(after)
    return [element for element in ELEMENTS if _set(one.get(element)) != _set(other.get(element))]


def lowered(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The labels of a version that the next one does not have; confidentiality may rise, and then none is missing."""
    had, has = _meta(before).get("security"), _meta(after).get("security")
    still = _set(has)
    missing = [label for label in had or () if _identity(label) not in still]
    risen = _level(has) >= _level(had)
    return [code for label in missing for code in sorted(coding.of(label)) if not (risen and _rank(code) >= 0)]


def _level(labels: Any) -> int:
    """How confidential a record is: the highest of its labels counts."""
    return max((_rank(code) for code in coding.of(labels)), default=-1)


def _rank(label: str) -> int:
    system, _, code = label.rpartition("|")
    rising = tables.levels(system)
    return rising.index(code) if code in rising else -1


def _meta(resource: Mapping[str, Any]) -> Meta:
    found = resource.get("meta")
    return found if isinstance(found, Mapping) else {}


def _set(element: Any) -> frozenset[object]:
    return frozenset(_identity(each) for each in element or ())


def _key(each: Any) -> object:
    return (each.get("system"), each.get("code")) if isinstance(each, Mapping) else each


def _identity(each: Any) -> object:
    """A label's display and version do not tell it from another; what is said besides of it, such as to whom it may be
    disclosed, does."""
    said = sorted(repr(entry) for entry in each.get("extension") or ()) if isinstance(each, Mapping) else ()
    return _key(each), tuple(said)
