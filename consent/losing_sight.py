"""Who works on a household, its case or its total care plan, and would lose sight of it were it of another one too.

R16, R17 and R44 of the domain; docs/policy.md, P5, P6 and P13: they read what is of that household and of no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from consent import evidence, under_way, verdict, vocabulary
from consent.relations.contributions import AGENCY, CARRIES
from resources.record import coding, envelope, reference
from resources.record.version import Version
from resources.search.predicate import all_of, any_of, has
from resources.search.relation import Gathered, values
from resources.store.port import Query, Snapshot

Working = Mapping[str, frozenset[str]]
"""What goes on (`under_way`), and the agencies that keep, or kept, the case or household that it is about."""

_NOBODYS = ("draft", "entered-in-error")
"""The statuses of a total care plan that only who writes it goes by."""


async def of(before: Version | None, after: Version, view: Snapshot) -> Working:
    """Who works on what is written, where it comes to be of a household that is not its own and was none of it, or is
    its own household's no longer."""
    if after.deleted or after.type not in ("CarePlan", "Group"):
        return {}
    stood = before if before and not before.deleted and binds(evidence.body(before)) else None
    record = evidence.body(stood or after)
    if not (stood or (_is_plan(record) and binds(record))):
        return {}
    came = _households(after) - (_households(stood) if stood else frozenset()) - {_own(record)}
    leaves = _own(record).startswith("Group/") and _own(record) != _own(evidence.body(after))
    return await _working(record, view, stands=stood is not None) if came or leaves else {}


async def of_grown(names: Iterable[str], came: frozenset[str], view: Snapshot) -> Working:
    """The same of records that households were handed to, by what these are of."""
    found: dict[str, frozenset[str]] = {}
    for name in sorted(each for each in names if each.startswith(("CarePlan/", "Group/"))):
        grown = await view.get(*name.split("/"), within=under_way.UNDER_WAY)
        if grown and not grown.deleted and binds(record := evidence.body(grown)):
            strays = _households(grown) & came - {_own(record)}
            for what, keepers in (await _working(record, view) if strays else {}).items():
                found[what] = found.get(what, frozenset()) | keepers
    return found


def households(version: Version, before: Version | None) -> frozenset[str]:
    """Those that a version is of, and the one before it was not."""
    return _households(version) - (_households(before) if before else frozenset())


async def _working(record: Mapping[str, Any], view: Snapshot, *, stands: bool = True) -> Working:
    """The coordinator, while the Task runs, and a conference that is not over: on a plan, those on the cases of its
    household, each with who keeps it, since who keeps another case of that household is not told of them. And who
    carries out what was decided for the household, who reads what `stands` already."""
    found: dict[str, frozenset[str]] = {}
    itself = f"{record['resourceType']}/{record['id']}"
    for name in sorted(await under_way.cases_of(_own(record), view) if _is_plan(record) else {itself}):
        asked = [has(".type", "Task"), has(".code", vocabulary.COORDINATE)]
        asked.append(any_of([has(".of", name), has(".household", name)]))
        tasks = (await view.find(Query(all_of(asked)), within=under_way.UNDER_WAY)).versions
        works = {under_way.COORDINATED} if any(_runs(each, name) for each in tasks) else set[str]()
        works |= {under_way.CALLED} if await under_way.is_called(name, view) else set()
        for what in works:
            found[what] = found.get(what, frozenset()) | await _keepers(name, view)
    if stands and (not _is_plan(record) or record.get("status") == "active"):
        reading = await _rows(CARRIES, {_own(record)}, view)
        keepers = frozenset(one for one in reading if one.startswith("Organization/"))
        if await _rows(AGENCY, reading - keepers, view) - keepers:
            found[under_way.CARRIED] = keepers
    return found


def _runs(coordination: Version, name: str) -> bool:
    task = evidence.body(coordination)
    taken = verdict.read(coordination.terms).counts and task.get("status") in vocabulary.TAKEN_ON
    return taken and name in (reference.one(task, "focus"), reference.one(task, "for"))


async def _rows(name: str, of: Iterable[str], view: Snapshot) -> frozenset[str]:
    """To what the rows of these lead that hold now."""
    world, asked = Gathered(view.at, view.now), [(name, one) for one in sorted(of)]
    rows = await view.rows(asked) if asked else ()
    return frozenset(row.relation.to for row in rows if row.holds(world))


async def _keepers(name: str, view: Snapshot) -> frozenset[str]:
    versions = (await view.find(Query(has(".id", name), history=True), within=under_way.UNDER_WAY)).versions
    return frozenset(envelope.value(each.terms, ".custodian") for each in versions) - {""}


def binds(record: Mapping[str, Any]) -> bool:
    """Whether others work by it: a household, a case, and a total care plan that is more than a draft."""
    if _is_plan(record):
        return record.get("status") not in _NOBODYS
    return record.get("resourceType") == "Group" or vocabulary.CASE in coding.of(record.get("category"))


def _is_plan(record: Mapping[str, Any]) -> bool:
    planned = vocabulary.TOTAL_CARE_PLAN in coding.of(record.get("category"))
    return record.get("resourceType") == "CarePlan" and planned


def _own(record: Mapping[str, Any]) -> str:
    return f"Group/{record['id']}" if record["resourceType"] == "Group" else reference.one(record, "subject")


def _households(version: Version) -> frozenset[str]:
    return frozenset(values(version.terms, ".household"))
