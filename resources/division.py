"""A household that is divided: who goes where and since when, as a Task says it, and what becomes of its Group.

docs/policy.md, "dividing"; https://hl7.org/fhir/R4/group.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from resources.record import coding, reference

Json = dict[str, Any]

MOST = 9
"""So many parts a household is divided into at most: each has its code of `division-input`."""

_PART, _ROLE = "part-{}", "role-{}"


@dataclass(frozen=True, slots=True)
class Part:
    """The persons who go together, as `Patient/id`, and of the roles decided those that are said to lie with them."""

    persons: tuple[str, ...]
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """The parts, and the day since when, as it was written."""

    parts: tuple[Part, ...]
    since: str

    @property
    def persons(self) -> frozenset[str]:
        return frozenset(one for part in self.parts for one in part.persons)


def said(division: Division) -> Json:
    """What a Task says of it: `input` and `executionPeriod`."""
    named = [
        (code.format(place), name)
        for place, part in enumerate(division.parts, 1)
        for code, names in ((_PART, part.persons), (_ROLE, part.roles))
        for name in names
    ]
    return {"input": [_entry(*each) for each in named], "executionPeriod": {"start": division.since}}


def read(task: Mapping[str, Any]) -> Division:
    """What a Task says of it."""
    found: dict[str, list[str]] = {}
    for each in task.get("input") or ():
        for code in coding.codes(each.get("type"), "division-input"):
            found.setdefault(code, []).append(reference.one(each, "valueReference"))
    numbers = [place for place in range(1, MOST + 1) if _PART.format(place) in found]
    parts = (Part(*(tuple(found.get(code.format(each), ())) for code in (_PART, _ROLE))) for each in numbers)
    return Division(tuple(parts), str((task.get("executionPeriod") or {}).get("start", "")))


def persons(task: Mapping[str, Any]) -> frozenset[str]:
    """Whom a Task says something of."""
    return frozenset(one for one in read(task).persons if one.startswith("Patient/"))


def came(groups: Iterable[str]) -> Json:
    """What a Task says came of it: the new household of each part, in their order."""
    return {"output": [_entry(_PART.format(place), name) for place, name in enumerate(groups, 1)]}


def households(task: Mapping[str, Any]) -> tuple[str, ...]:
    """The new households that came of it."""
    entries = [each for each in task.get("output") or () if coding.codes(each.get("type"), "division-input")]
    return tuple(name for each in entries if (name := reference.one(each, "valueReference")).startswith("Group/"))


def members(group: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The Patients whom a household lists, each once."""
    named = (reference.one(each, "entity") for each in (group or {}).get("member") or ())
    return tuple(dict.fromkeys(name for name in named if name.startswith("Patient/")))


def is_over(group: Mapping[str, Any] | None) -> bool:
    """Whether a household was divided: it has ended, and lists whom it had as no longer in it."""
    listed = (group or {}).get("member") or ()
    return (
        bool(listed) and (group or {}).get("active") is False and all(each.get("inactive") is True for each in listed)
    )


def ended(group: Json, since: str) -> Json:
    """The household as it ends: it keeps its persons."""
    listed = [each | {"inactive": True, "period": _until(each.get("period"), since)} for each in group["member"]]
    return group | {"active": False, "member": listed}


def household(group: Mapping[str, Any], part: Part, since: str) -> Json:
    """The new household of a part, which says nothing of the one that it comes from."""
    made = {"resourceType": "Group", "active": True, "type": "person", "actual": True}
    made |= {"code": group["code"]} if coding.of(group.get("code")) and "text" not in group["code"] else {}
    listed = [{"entity": {"reference": one}, "period": {"start": since}} for one in part.persons]
    return made | {"quantity": len(listed), "member": listed}


def _until(period: Any, since: str) -> Json:
    start = {"start": period["start"]} if isinstance(period, Mapping) and "start" in period else {}
    return start | {"end": max(since, str(start.get("start", ""))[:10])}


def _entry(code: str, name: str) -> Json:
    system, _, bare = coding.own("division-input", code).rpartition("|")
    return {"type": {"coding": [{"system": system, "code": bare}]}, "valueReference": {"reference": name}}
