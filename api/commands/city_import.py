"""A city's published list, taken in: what it changes, what it ends, what of it was not understood.

docs/operations.md, "a city's list". `take_in` is for callers in Python: it needs a gate, and neither files nor a shell.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from consent import vocabulary
from consent.actor import Actor
from consent.gate import Gate
from consent.importing import laying_down
from consent.writing.prepared import Change
from profiles.spec import Spec
from resources.listing import already, entry, reading
from resources.listing.reading import Reading, Words
from resources.listing.table import Misunderstood, Table
from resources.record import coding, reference
from resources.search import fold, request
from resources.search.index import Index

Resource = Mapping[str, Any]
Standing = dict[str, Resource]

SYSTEMS = ("adviser-field", "area-kind", "concern-field", "role")
_TYPES = (
    *("Location", "Organization", "HealthcareService", "OrganizationAffiliation", "Practitioner", "PractitionerRole"),
)
"""In an order in which what is referred to comes first, but for what a desk and its place say of each other."""


@dataclass(slots=True)
class Report:
    """How many records of each type the list made, changed and ended, and how many it left as they were; the desks that
    stand and are not in it; and what of it was not understood."""

    made: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    same: int = 0
    absent: list[str] = field(default_factory=list)
    misunderstood: list[Misunderstood] = field(default_factory=list)

    @property
    def writes(self) -> int:
        return sum((*self.made.values(), *self.changed.values(), *self.ended.values()))


def installer(now: datetime) -> Actor:
    """The named actor of the installation, under a purpose that no token can carry (P12)."""
    return Actor("installer", "", "", vocabulary.INSTALLATION, (), now, "city-import")


async def take_in(
    gate: Gate,
    index: Index,
    now: datetime,
    tables: Iterable[Table],
    day: date,
    *,
    complete: bool = False,
    strict: bool = False,
    dry: bool = False,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Take the list of a day in, in one transaction.

    `complete`: desks that stand and are not in it are ended. `strict`: nothing is written where anything was not
    understood. `dry`: nothing is written.
    """
    actor = installer(now)
    standing = await directory(gate, index, actor)
    known = entry.known(standing) | entry.persons(standing)
    found = reading.read(tables, words(index.spec), known)
    report = Report(misunderstood=found.misunderstood)
    ended = _ended(found, standing, known, day, report, complete=complete) if complete or found.desks else []
    serving = standing | {f"{each.type}/{each.id}": orjson.loads(each.body) for each in ended}
    changes = [*_changes(found, serving, known, day, report), *ended]
    if changes and not dry and not (strict and report.misunderstood):
        ready = laying_down.made_ready(gate.engine, changes)
        await gate.operate(
            actor,
            ("city import",),
            lambda unit: laying_down.laid(unit, ready, lambda done: advance(done, len(ready))),
        )
    return report


def words(spec: Spec) -> Words:
    """The codes of our systems by code, Japanese and English name."""
    return {
        system: {
            fold.folded(said): concept.code
            for concept in spec.concepts(f"{coding.BASE}/CodeSystem/{system}")
            for said in (concept.code, concept.display, concept.en)
            if said
        }
        for system in SYSTEMS
    }


def _changes(found: Reading, standing: Standing, known: Mapping[str, str], day: date, report: Report) -> list[Change]:
    names = dict(known)
    for key, each in found.entries.items():
        name = known.get(key) or next((known[alias] for alias in each.aliases if alias in known), "")
        names[key] = name or f"{each.type}/{uuid.uuid4()}"
    changes: list[Change] = []
    desks = _serving(found, standing, names, day)
    for type in _TYPES:
        for key, each in found.entries.items():
            if each.type != type:
                continue
            name, says = names[key], entry.resolved(each.says, names)
            before = standing.get(name)
            if before is not None and _is_newer(before, day):
                text, ja = "a later list has said otherwise already", "より新しい一覧の内容がすでにあります"
                report.misunderstood.append(Misunderstood(*each.at, "", text, ja))
                continue
            id = name.partition("/")[2]
            if before is None:
                given = {element: value for element, value in says.items() if value is not None}
                made: dict[str, Any] | None = entry.dated(given | {"id": id}, day.isoformat())
            else:
                made = entry.merged(before, already.unsaid(says, before, desks, each.published), day.isoformat())
            _count(report.made if before is None else report.changed, type, made)
            report.same += made is None
            if made is not None:
                changes.append(Change("update", type, id, entry.body(made)))
    return changes


def _serving(found: Reading, standing: Standing, names: Mapping[str, str], day: date) -> list[Resource]:
    """The desks that serve once the list is taken in."""
    desks = {name: each for name, each in standing.items() if each["resourceType"] == "HealthcareService"}
    for key in found.desks:
        before = desks.get(names[key], {})
        if not _is_newer(before, day):
            desks[names[key]] = {**before, **entry.resolved(found.entries[key].says, names)}
    return [each for each in desks.values() if each.get("active") is not False]


def _ended(
    found: Reading, standing: Standing, known: Mapping[str, str], day: date, report: Report, *, complete: bool
) -> list[Change]:
    """The desks of the list before this one that this one does not have."""
    kept = {known[key] for key in found.desks if key in known}
    changes = []
    for row in found.unread if complete else ():
        text = "this row was not understood, so no desk is ended: a complete list is understood whole"
        ja = "この行を読めなかったので、一覧にない窓口を終了していません。すべて読める一覧だけが、完全な一覧です"
        report.misunderstood.append(row.wrong("agency", text, ja))
    complete = complete and not found.unread
    for key, name in known.items():
        if key.startswith("Desk|") and name not in kept and standing[name].get("active") is not False:
            report.absent.append(str(standing[name].get("name", name)))
            if complete:
                ended = entry.dated(dict(standing[name]) | {"active": False}, day.isoformat())
                changes.append(Change("update", "HealthcareService", name.partition("/")[2], entry.body(ended)))
                _count(report.ended, "HealthcareService", ended)
    return changes


def _count(counts: dict[str, int], type: str, made: object) -> None:
    if made is not None:
        counts[type] = counts.get(type, 0) + 1


def _is_newer(resource: Resource, day: date) -> bool:
    said = coding.extension(resource, "in-force")
    start = str((said[0].get("valuePeriod") or {}).get("start", "")) if said else ""
    return start > day.isoformat()


async def directory(gate: Gate, index: Index, actor: Actor) -> Standing:
    """The directory as it stands, by the reference of each record."""
    found: Standing = {}
    async with gate.reading(actor, "search", "operation", "HealthcareService") as reads:
        for type in _TYPES:
            wanted, after = request.parse(index, type, [("_count", "500"), ("_total", "none")]), ""
            while True:
                page = await reads.search(wanted, after)
                found |= {each.reference: orjson.loads(each.body) for each in page.versions}
                after = page.next
                if not after:
                    break
    return found


async def lacks(gate: Gate, index: Index, now: datetime) -> list[tuple[str, str]]:
    """What the directory lacks now, in Japanese and English."""
    fields = index.spec.concepts(f"{coding.BASE}/CodeSystem/concern-field")
    return lacking(await directory(gate, index, installer(now)), {each.code: each.display for each in fields})


def lacking(standing: Standing, fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a city's directory lacks, in Japanese and English: desks, posts, areas."""
    said: list[tuple[str, str]] = []
    of_type: dict[str, list[Resource]] = {type: [] for type in _TYPES}
    for each in standing.values():
        if each.get("active") is not False:
            of_type[each["resourceType"]].append(each)
    lead = coding.own("role", "lead-section")
    if not any(lead in coding.of(each.get("type")) for each in of_type["Organization"]):
        said.append(
            ("主管課（種別「主管課」の機関）がありません", "there is no lead section: an agency of the kind 主管課")
        )
    if not any(coding.codes(each.get("type"), "area-kind") for each in of_type["Location"]):
        said.append(("圏域がありません", "there are no areas"))
    starred = [
        each for each in of_type["HealthcareService"]
        if coding.own("desk", "fallback-desk") in coding.of(each.get("characteristic"))
    ]  # fmt: skip
    for code, ja in fields.items():
        if not any(code in coding.codes(each.get("category"), "concern-field") for each in starred):
            said.append((f"「{ja}」の★の窓口がありません", f"there is no ★ desk for `{code}`"))
    posts = frozenset[str]().union(*(coding.codes(each.get("code"), "role") for each in of_type["PractitionerRole"]))
    for role, ja in (
        ("lead-section", "主管課"), ("convener", "支援会議の所管課長"), ("coordinator", "相談支援包括化推進員"),
        ("directory-keeper", "相談機関一覧の管理担当"), ("auditor", "監査担当"), ("emergency", "緊急対応担当"),
    ):  # fmt: skip
        if role not in posts:
            said.append((f"{ja}の職がありません", f"nobody holds a post of `{role}`"))
    keepers = {reference.one(each, "organization") for each in of_type["PractitionerRole"]}
    unstaffed = {reference.one(each, "providedBy") for each in starred} - keepers - {""}
    if unstaffed:
        many = len(unstaffed)
        said.append((f"★の窓口に職員のいない機関が {many} あります", f"{many} agencies with a ★ desk have no staff"))
    return said
