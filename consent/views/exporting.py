"""Bulk data: what an export is of, page by page, and each page as its client may read it when it fetches it.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html; docs/export.md

What an export finds are names and nothing else: they are found under the policy of the moment, and every file is
decided anew, record by record, when it is fetched. So what was revoked meanwhile leaves in no file, and no content is
kept anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import parse_qsl

import orjson

from consent import policy, vocabulary
from consent.actor import Actor
from consent.gate import Gate
from consent.reading.reading import SOUGHT, Reading
from consent.views import everything
from profiles.spec import Spec
from resources.record import moment, parse, period
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import refusal, request, result_parameters, subset
from resources.search.index import Index
from resources.search.predicate import Predicate, all_of, any_of, has_any
from resources.search.subset import Subset

PAGE = result_parameters.MOST_COUNT
"""So many records a file has at most."""
ASKED = "$export"
TYPES = vocabulary.CASEWORK | vocabulary.INSTALLED
"""What there are records of."""

_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Export:
    """What is asked for: of the whole system, of all Patients, or of one Group with its members.

    `types` are in the order of their files. `since` is an instant or empty. `filters` are searches by type, of which
    one must hold; `elements` are by type those wanted of it, where it is not wanted whole; `patients` are of whom alone
    it is, where any are named.
    """

    level: str
    id: str
    types: Sequence[str]
    since: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    elements: Mapping[str, Sequence[str]] = field(default_factory=dict)
    patients: Sequence[str] = ()

    @property
    def places(self) -> Sequence[tuple[str, bool]]:
        """The types in the order of their files, and behind them, where there is a `since`, those whose deletions since
        then are told; of a deleted record nobody can tell whether it would be found by a Group or a person."""
        again = self.types if self.since and self.level != "Group" and not self.patients else ()
        return [*((type, False) for type in self.types), *((type, True) for type in again)]


@dataclass(frozen=True, slots=True)
class Found:
    """The names of one file; where to go on, `place` among the types and a page key; over where `place` is behind."""

    names: Sequence[str]
    place: int
    after: str


async def reaches(
    gate: Gate, actor: Actor, level: str, id: str, types: Sequence[str], patients: Sequence[str] = ()
) -> list[str]:
    """Of these types, or all, those that the actor's token reaches; the kick-off of an export is on the trail.

    Raises Problem where it reaches none, or where the Group, or a person named, is not for this actor.
    """
    async with gate.reading(actor, "search", "operation", ASKED) as reading:
        members = await everything.whom_of(reading, "Group", id) if level == "Group" else ()
        for name in patients:
            await everything.whom_of(reading, "Patient", name.partition("/")[2])
            if level == "Group" and name not in members:
                raise Problem.of(
                    "not-found", f"`{name}` is no member of the Group", f"`{name}` はこの Group にいません", "patient"
                )
        made = policy.rules("search", reading.facts)
        known = [type for type in sorted(TYPES) if level == "system" or everything.codes_of(reading.engine.index, type)]
        wanted = [type for type in known if not types or type in types]
        found = [type for type in wanted if policy.reaches(made, type)]
        if not found:
            policy.covered(made, (types or known)[0])
        return found


def condition(index: Index, type: str, query: str) -> Predicate:
    """The condition of one `_typeFilter`. Raises Problem where it is no plain search."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if not pairs or len(query) > _LONGEST or any(request.is_shaping(name) for name, _ in pairs):
        text, ja = f"`{type}?…` is no search that filters", f"`{type}?…` は絞り込みの検索ではありません"
        raise Problem.of("structure", text, ja, "_typeFilter")
    return request.parse(index, type, pairs).what


def elements(spec: Spec, types: Sequence[str], said: str) -> dict[str, list[str]]:
    """By type the elements of `_elements`: `Type.name` of that type, `name` of all that are exported, of which one has
    it. Raises Problem naming what none of them has."""
    wanted: dict[str, list[str]] = {}
    for one in said.split(",") if said else ():
        of = [type for type in types if one.startswith(f"{type}.")]
        name = one.removeprefix(f"{of[0]}.") if of else one
        if not any(spec.element(type, name) for type in of or types):
            raise refusal.unreadable("_elements", one, "an element of what is exported", "出力する種別の要素")
        for type in of or types:
            wanted.setdefault(type, ["id"]).extend([name] if spec.element(type, name) else [])
    return wanted


async def found(gate: Gate, actor: Actor, export: Export, place: int, after: str) -> Found:
    """The next names that the actor may find now. The trail is told when they are fetched."""
    async with gate.reading(actor, "search") as reading:
        if place >= len(export.places):
            return Found((), place, "")
        type, gone = export.places[place]
        if not policy.reaches(policy.rules("search", reading.facts), type):
            return Found((), place + 1, "")
        if gone:
            return await _gone(reading, type, export, place, after)
        given = [("_count", str(PAGE)), ("_total", "none")]
        if export.since:
            given.append(("_lastUpdated", f"ge{export.since}"))
        plain = request.parse(reading.engine.index, type, given)
        asked = [plain.what, *await _narrowed(reading, export, type)]
        page = await reading.search(replace(plain, asked=all_of(asked)), after)
        reading.shown.clear()
        reading.decisions.clear()
    names = [version.reference for version in page.versions]
    return Found(names, place, page.next) if page.next else Found(names, place + 1, "")


async def fetched(
    gate: Gate, actor: Actor, names: Sequence[str], elements: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> bytes:
    """The records of one file that the actor may read now, or as much of each as is wanted, a line each; they are on
    the trail as one event."""
    async with gate.reading(actor, "read", "operation", ASKED) as reading:
        versions = await reading.current(names)
    spec = gate.engine.index.spec
    return b"".join(_wanted(spec, version, elements.get(version.type, ())) + b"\n" for version in versions)


async def deleted(gate: Gate, actor: Actor, names: Sequence[str]) -> bytes:
    """A transaction, on one line, that deletes those of these records of which the actor may know now that they are
    deleted; nothing where there are none."""
    async with gate.reading(actor, "read", "operation", ASKED) as reading:
        held = [await reading.view.get(*name.split("/"), within=SOUGHT) for name in names]
        over = [each for each in held if each and each.deleted]
        told = [pair for pair in zip(over, await reading.judged(over), strict=True) if pair[1].allowed]
        reading.shown += [version for version, _ in told]
        reading.decisions += [decision for _, decision in told]
    entries = [{"request": {"method": "DELETE", "url": version.reference}} for version, _ in told]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    return orjson.dumps(bundle) + b"\n" if entries else b""


async def _gone(reading: Reading, type: str, export: Export, place: int, after: str) -> Found:
    """The next deletions since the instant that was asked for; whoever is there again is left out when they are
    fetched."""
    since = moment.read(export.since)
    page = await reading.history_of([type], period.written(since.start) if since else "", PAGE, after, None)
    reading.shown.clear()
    reading.decisions.clear()
    names = tuple(dict.fromkeys(version.reference for version in page.versions if version.deleted))
    return Found(names, place, page.next) if page.next else Found(names, place + 1, "")


def _wanted(spec: Spec, version: Version, elements: Sequence[str]) -> bytes:
    if not elements:
        return version.body
    wanted = Subset(elements=tuple((version.type, name) for name in elements))
    return parse.write(subset.of(spec, wanted, parse.editable(version.body)))


async def _narrowed(reading: Reading, export: Export, type: str) -> list[Predicate]:
    index, found = reading.engine.index, list[Predicate]()
    if export.patients:
        found.append(any_of(everything.conditions(reading, type, export.patients)))
    if export.level == "Group":
        whom = await everything.whom_of(reading, "Group", export.id)
        found.append(any_of(everything.conditions(reading, type, whom)))
    elif export.level == "Patient" and type != "Patient":
        found.append(any_of(has_any(code) for code in sorted(everything.codes_of(index, type))))
    if type in export.filters:
        found.append(any_of(condition(index, type, query) for query in export.filters[type]))
    return found
