"""What a city's list changes of the directory as it stands: which records it makes, changes and ends.

docs/operations.md, "a city's list"
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import orjson

from consent.writing.prepared import Change
from resources.listing import already, entry, reading
from resources.listing.reading import Reading, Words
from resources.listing.table import Misunderstood, Table
from resources.record import coding

Resource = Mapping[str, Any]
Standing = dict[str, Resource]

TYPES = (
    *("Location", "Organization", "HealthcareService", "OrganizationAffiliation", "Practitioner", "PractitionerRole"),
)
"""In an order in which what is referred to comes first, but for what a desk and its place say of each other."""


@dataclass(slots=True)
class Report:
    """How many records of each type the list made, changed and ended, and how many it left as they were; the desks that
    stand and are not in it; and what of it was not understood. `written` says that it is no plan alone."""

    made: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    same: int = 0
    absent: list[str] = field(default_factory=list)
    misunderstood: list[Misunderstood] = field(default_factory=list)
    written: bool = False

    @property
    def writes(self) -> int:
        return sum((*self.made.values(), *self.changed.values(), *self.ended.values()))


Kind = Literal["made", "changed", "ended"]


@dataclass(slots=True)
class Plan:
    """What a list changes of a directory; `said` are the records that it speaks of, but those that it ends."""

    changes: dict[Change, Kind] = field(default_factory=dict)
    said: int = 0
    absent: list[str] = field(default_factory=list)
    misunderstood: list[Misunderstood] = field(default_factory=list)

    def report(self) -> Report:
        """What it would do."""
        return self._report(self.changes.items())

    def done(self, before: Sequence[Plan], written: Iterable[Change]) -> Report:
        """What was done, some of it as it had been planned `before`."""
        kinds = {change: kind for each in (*before, self) for change, kind in each.changes.items()}
        report = self._report((change, kinds[change]) for change in written)
        report.absent = list(dict.fromkeys(name for each in (*before, self) for name in each.absent))
        report.written = True
        return report

    def _report(self, changes: Iterable[tuple[Change, Kind]]) -> Report:
        report = Report(absent=self.absent, misunderstood=self.misunderstood)
        for change, kind in changes:
            counts: dict[str, int] = getattr(report, kind)
            counts[change.type] = counts.get(change.type, 0) + 1
        report.same = max(self.said - sum(report.made.values()) - sum(report.changed.values()), 0)
        return report


def planned(tables: Sequence[Table], words: Words, standing: Standing, day: date, *, complete: bool) -> Plan:
    """What the list of a day changes; `complete`: desks that stand and are not in it are ended."""
    known = entry.known(standing) | entry.persons(standing)
    found = reading.read(tables, words, known)
    plan = Plan(misunderstood=found.misunderstood)
    ended = _ended(found, standing, known, day, plan, complete=complete) if complete or found.desks else []
    serving = standing | {each.reference: orjson.loads(each.body) for each in ended}
    _changes(found, serving, known, day, plan)
    plan.changes |= dict.fromkeys(ended, "ended")
    return plan


def _changes(found: Reading, standing: Standing, known: Mapping[str, str], day: date, plan: Plan) -> None:
    names = dict(known)
    for key, each in found.entries.items():
        name = known.get(key) or next((known[alias] for alias in each.aliases if alias in known), "")
        names[key] = name or f"{each.type}/{uuid.uuid4()}"
    desks = _serving(found, standing, names, day)
    for type in TYPES:
        for key, each in found.entries.items():
            if each.type != type:
                continue
            name, says = names[key], entry.resolved(each.says, names)
            before = standing.get(name)
            if before is not None and _is_newer(before, day):
                text, ja = "a later list has said otherwise already", "より新しい一覧の内容がすでにあります"
                plan.misunderstood.append(Misunderstood(*each.at, "", text, ja))
                continue
            id = name.partition("/")[2]
            if before is None:
                given = {element: value for element, value in says.items() if value is not None}
                made: dict[str, Any] | None = entry.dated(given | {"id": id}, day.isoformat())
            else:
                made = entry.merged(before, already.unsaid(says, before, desks, each.published), day.isoformat())
            plan.said += 1
            if made is not None:
                change = Change("update", type, id, entry.body(made))
                plan.changes[change] = "made" if before is None else "changed"


def _serving(found: Reading, standing: Standing, names: Mapping[str, str], day: date) -> list[Resource]:
    """The desks that serve once the list is taken in."""
    desks = {name: each for name, each in standing.items() if each["resourceType"] == "HealthcareService"}
    for key in found.desks:
        before = desks.get(names[key], {})
        if not _is_newer(before, day):
            desks[names[key]] = {**before, **entry.resolved(found.entries[key].says, names)}
    return [each for each in desks.values() if each.get("active") is not False]


def _ended(
    found: Reading, standing: Standing, known: Mapping[str, str], day: date, plan: Plan, *, complete: bool
) -> list[Change]:
    """The desks of the list before this one that this one does not have."""
    kept = {known[key] for key in found.desks if key in known}
    changes = []
    for row in found.unread if complete else ():
        text = "this row was not understood, so no desk is ended: a complete list is understood whole"
        ja = "この行を読めなかったので、一覧にない窓口を終了していません。すべて読める一覧だけが、完全な一覧です"
        plan.misunderstood.append(row.wrong("agency", text, ja))
    complete = complete and not found.unread
    for key, name in known.items():
        if key.startswith("Desk|") and name not in kept and standing[name].get("active") is not False:
            plan.absent.append(str(standing[name].get("name", name)))
            if complete:
                ended = entry.dated(dict(standing[name]) | {"active": False}, day.isoformat())
                changes.append(Change("update", "HealthcareService", name.partition("/")[2], entry.body(ended)))
    return changes


def _is_newer(resource: Resource, day: date) -> bool:
    said = coding.extension(resource, "in-force")
    start = str((said[0].get("valuePeriod") or {}).get("start", "")) if said else ""
    return start > day.isoformat()
