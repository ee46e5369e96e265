"""What of a case, a plan or a team of a household concerns one part of it alone, and so goes on there.

docs/policy.md, "dividing": what concerns members of several parts, or nobody in particular, stays in the one that ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from resources.division import Part
from resources.record import coding, reference

Json = dict[str, Any]

Concerned = Callable[[str], frozenset[str] | None]
"""Whom the record of a reference is about: nobody of an entry of the directory, None where that cannot be told."""

Carried = Callable[[Json], Json]
"""As much of a record as may go on in a part, of one that tells of nobody but its persons."""

_PLAN = ("status", "intent", "category", "period", "created")
_TOLD = ("goal", "addresses", "supportingInfo")
_TEAM = ("status", "category")


@dataclass(frozen=True, slots=True)
class Split:
    """Of each part, in their order, the places of what goes on there; and the places of what stays."""

    goes: tuple[tuple[int, ...], ...]
    stays: tuple[int, ...]


def activities(plan: Mapping[str, Any], parts: tuple[Part, ...], concerned: Concerned) -> Split:
    """Which activities of a plan concern the members of one part alone."""
    wholes = [frozenset(part.persons) for part in parts]
    where = [_part_of(each, wholes, concerned) for each in plan.get("activity") or ()]
    return _split(where, len(parts))


def roles(team: Mapping[str, Any], lying: Callable[[Mapping[str, Any], int], bool], parts: tuple[Part, ...]) -> Split:
    """Which participants of a team have their role in which parts; one may be in several."""
    listed = team.get("participant") or ()
    found = [[at for at in range(len(parts)) if lying(each, at)] for each in listed]
    goes = tuple(tuple(place for place, where in enumerate(found) if at in where) for at in range(len(parts)))
    return Split(goes, tuple(place for place, where in enumerate(found) if not where))


def plan(had: Mapping[str, Any], places: tuple[int, ...], part: Part, group: str, concerned: Concerned) -> Json:
    """The case or plan of a part: its activities, and what it refers to that concerns nobody else."""
    whole, kept = frozenset(part.persons), ((each, had.get(each)) for each in _PLAN)
    made: Json = {"resourceType": "CarePlan", "subject": {"reference": group}}
    made |= {name: value for name, value in kept if value is not None}
    made["category"] = _coded(had.get("category"))
    for name in _TOLD:
        own = [{"reference": one} for one in reference.many(had, name) if (concerned(one) or {""}) <= whole]
        made |= {name: own} if own else {}
    chosen = [had["activity"][place] for place in places]
    return made | ({"activity": chosen} if chosen else {})


def team(had: Mapping[str, Any], places: tuple[int, ...], group: str, start: str) -> Json:
    """The team of a part, decided since an instant."""
    made: Json = {"resourceType": "CareTeam", "subject": {"reference": group}, "period": {"start": start}}
    made |= {name: had[name] for name in _TEAM if name in had}
    made["category"] = _coded(had.get("category"))
    return made | {"participant": [had["participant"][place] for place in places]}


def without_texts(record: Json, show: Carried) -> Json:
    """A record of a part in which nobody is protected, out of one that tells of somebody who is: its texts and places
    stay behind, who performs goes on."""
    made = {name: value for name, value in record.items() if name not in ("activity", "participant")}
    kept = show(made)
    for name, element in (("activity", "detail"), ("participant", "")):
        if name in record:
            shown = [_performed(each, show({**made, name: [each]}).get(name), element) for each in record[name]]
            kept[name] = [each for each in shown if each]
    return kept


def _performed(whole: Mapping[str, Any], shown: Any, element: str) -> Json:
    found: Json = dict(shown[0]) if shown else {}
    said = (whole.get(element) or {}) if element else whole
    names = ("performer",) if element else ("member", "onBehalfOf")
    kept = {name: _bare(said[name]) for name in names if name in said}
    return {**found, element: {**found.get(element, {}), **kept}} if element else {**found, **kept}


def _bare(value: Any) -> Any:
    """References without the words beside them."""
    if isinstance(value, list):
        return [_bare(each) for each in value]
    return {"reference": value["reference"]} if isinstance(value, Mapping) and "reference" in value else {}


def _part_of(activity: Mapping[str, Any], wholes: list[frozenset[str]], concerned: Concerned) -> int | None:
    """The part whose members alone an activity is for and names."""
    subjects = coding.extension(activity.get("detail") or {}, "activity-subject")
    named = frozenset(reference.one(each, "valueReference") for each in subjects)
    said = [each.get("reference") for each in reference.objects(activity) if "reference" in each]
    about = [concerned(name) for name in reference.locals_of(activity)]
    whom = named.union(*(each for each in about if each is not None))
    if not named or None in about or any(not isinstance(each, str) or not reference.local(each) for each in said):
        return None
    return next((at for at, whole in enumerate(wholes) if whom <= whole), None)


def _split(where: list[int | None], parts: int) -> Split:
    goes = tuple(tuple(place for place, at in enumerate(where) if at == part) for part in range(parts))
    return Split(goes, tuple(place for place, at in enumerate(where) if at is None))


def _coded(concepts: Any) -> list[Json]:
    """What kind of record it is, without the words beside the codes."""
    found = [each for each in concepts or () if each.get("coding")]
    return [
        {"coding": [{key: one[key] for key in ("system", "code") if key in one} for one in each["coding"]]}
        for each in found
    ]
