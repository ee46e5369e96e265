"""Who works on a household, its case or its total care plan, and would lose sight of it were it of another one too.

R16, R17 and R44 of the domain; docs/policy.md, P5, P6 and P13: they read what is of that household and of no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    its own household's no longer; or on the household to which a plan comes that was of another."""
    if after.deleted or after.type not in ("CarePlan", "Group"):
        return {}
    becomes = evidence.body(after)
    stood = before if before and not before.deleted and binds(evidence.body(before)) else None
    record = evidence.body(stood) if stood else becomes
    if not binds(record):
        return {}
    came = _households(after) - (_households(stood) if stood else frozenset()) - {own(record)}
    leaves = own(record).startswith("Group/") and own(record) != own(becomes)
    keeper = frozenset({envelope.value(after.terms, ".custodian")} if not is_plan(record) else ())
    found = dict(await _working(record, view, keeper, stands=stood is not None)) if came or leaves else {}
    if leaves and is_plan(becomes) and binds(becomes):
        found |= {what: by | found.get(what, by) for what, by in (await _working(becomes, view, stands=False)).items()}
    return found


async def of_grown(names: Iterable[str], came: frozenset[str], view: Snapshot) -> Sequence[tuple[Version, Working]]:
    """The same of each record that households were handed to, by what it is of."""
    found = []
    for name in sorted(each for each in names if each.startswith(("CarePlan/", "Group/"))):
        grown = await view.get(*name.split("/"), within=under_way.UNDER_WAY)
        if grown and not grown.deleted and binds(record := evidence.body(grown)):
            strays = _households(grown) & came - {own(record)}
            working = await _working(record, view) if strays else {}
            found += [(grown, working)] if working else []
    return found


def is_strayed(version: Version) -> bool:
    """Whether it is of a household that is not its own, or was: who works by it does not read it."""
    return bool(_households(version) - {own(evidence.body(version))})


def households(version: Version, before: Version | None) -> frozenset[str]:
    """Those that a version is of, and the one before it was not."""
    return _households(version) - (_households(before) if before else frozenset())


async def _working(
    record: Mapping[str, Any], view: Snapshot, kept: frozenset[str] = frozenset(), *, stands: bool = True
) -> Working:
    """The coordinator, from the call until the Task is over, and a conference that is not over: on a plan, those on the
    cases of its household, each with who keeps it (or as `kept`, where it is new), since who keeps another case of that
    household is not told of them. And who carries out what was decided for the household, who reads what `stands`."""
    found: dict[str, frozenset[str]] = {}
    itself = f"{record['resourceType']}/{record['id']}"
    for name in sorted(await under_way.cases_of(own(record), view) if is_plan(record) else {itself}):
        asked = [has(".type", "Task"), has(".code", vocabulary.COORDINATE)]
        asked.append(any_of([has(".of", name), has(".household", name)]))
        tasks = (await view.find(Query(all_of(asked)), within=under_way.UNDER_WAY)).versions
        works = {_CALLS[taken] for each in tasks if (taken := _taken(each, name)) is not None}
        works |= {under_way.CALLED} if await under_way.is_called(name, view) else set()
        for what in works:
            found[what] = found.get(what, kept) | await _keepers(name, view)
    if stands and (not is_plan(record) or record.get("status") == "active"):
        reading = await _rows(CARRIES, {own(record)}, view)
        keepers = frozenset(one for one in reading if one.startswith("Organization/"))
        if await _rows(AGENCY, reading - keepers, view) - keepers:
            found[under_way.CARRIED] = keepers
    return found


_CALLS = {True: under_way.COORDINATED, False: under_way.BROUGHT}


def _taken(coordination: Version, name: str) -> bool | None:
    """Of a coordination that was brought for this, and is not over, whether it was taken on."""
    task = evidence.body(coordination)
    runs = verdict.read(coordination.terms).counts and task.get("status") in vocabulary.ASKING
    meant = name in (reference.one(task, "focus"), reference.one(task, "for"))
    return task.get("status") in vocabulary.TAKEN_ON if runs and meant else None


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
    if is_plan(record):
        return record.get("status") not in _NOBODYS
    return record.get("resourceType") == "Group" or vocabulary.CASE in coding.of(record.get("category"))


def is_plan(record: Mapping[str, Any]) -> bool:
    planned = vocabulary.TOTAL_CARE_PLAN in coding.of(record.get("category"))
    return record.get("resourceType") == "CarePlan" and planned


def own(record: Mapping[str, Any]) -> str:
    return f"Group/{record['id']}" if record["resourceType"] == "Group" else reference.one(record, "subject")


def _households(version: Version) -> frozenset[str]:
    return frozenset(values(version.terms, ".household"))
