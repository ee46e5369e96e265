"""Who works on a household, its case or its total care plan, and would lose sight of it were it of another one too.

R16, R17 and R44 of the domain; docs/policy.md, P5, P6 and P13: they read what is of that household and of no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from consent import evidence, under_way, verdict, vocabulary
from consent.relations import at_work
from consent.relations.at_work import Carrying
from resources.record import coding, envelope, keeping, reference
from resources.record.envelope import LABEL
from resources.record.version import Version
from resources.search.predicate import all_of, any_of, has
from resources.search.relation import values
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
    becomes = evidence.body(after)
    stood = before if before and binds(evidence.body(before)) else None
    record = evidence.body(stood) if stood else becomes
    if not binds(record):
        return {}
    came = _households(after) - (_households(stood) if stood else frozenset()) - {own(record)}
    leaves = own(record).startswith("Group/") and own(record) != own(becomes)
    keeper = frozenset({envelope.value(after.terms, ".custodian")} if not is_plan(record) else ())
    return await _working(record, view, keeper, stands=stood is not None) if came or leaves else {}


async def of_grown(names: Iterable[str], came: frozenset[str], view: Snapshot) -> Sequence[tuple[Version, Working]]:
    """The same of each record that households were handed to, by what it is of."""
    found = []
    for name in sorted(each for each in names if each.startswith(("CarePlan/", "Group/"))):
        grown = await view.get(*name.split("/"), within=under_way.UNDER_WAY)
        if grown and binds(record := evidence.body(grown)):
            strays = _households(grown) & came - {own(record)}
            working = await _working(record, view) if strays else {}
            found += [(grown, working)] if working else []
    return found


async def under(record: Mapping[str, Any], view: Snapshot) -> frozenset[str]:
    """What is under way on a household, its case or plan, or on a person, and whether others read it to carry out
    roles."""
    found = await under_way.of(record, view)
    read = binds(record) and (not is_plan(record) or record.get("status") == "active")
    carrying = await at_work.carrying(view, own(record), view.now) if read else Carrying()
    kept = await under_way.keepers_of(f"{record['resourceType']}/{record['id']}", view) if carrying.others else ()
    return found if carrying.keepers.isdisjoint(kept) else found | {under_way.CARRIED}


async def arriving(before: Version | None, after: Version, view: Snapshot) -> Working:
    """Who works on the household to which a plan comes that was another's: they do not read it, unless that was named
    by mistake."""
    if before is None or before.deleted:
        return {}
    had, has = evidence.body(before), evidence.body(after)
    comes = is_plan(has) and binds(has) and own(had) != own(has) and is_strayed(after)
    return await _working(has, view, stands=False) if comes else {}


async def hidden(before: Version | None, after: Version, view: Snapshot) -> Working:
    """Who works on what comes to be very restricted: they do not read it then."""
    record = evidence.body(after) if after.type in ("CarePlan", "Group") else {}
    stood = before is not None and _is_restricted(before)
    comes = binds(record) and _is_restricted(after) and not stood
    return await _working(record, view) if comes else {}


def is_strayed(version: Version) -> bool:
    """Whether it is of a household that is not its own, or was: who works by it does not read it."""
    return bool(_households(version) - {own(evidence.body(version))})


def households(version: Version, before: Version | None) -> frozenset[str]:
    """Those that a version is of, and the one before it was not."""
    return _households(version) - (_households(before) if before else frozenset())


async def _working(
    record: Mapping[str, Any], view: Snapshot, kept: frozenset[str] = frozenset(), *, stands: bool = True
) -> Working:
    """The coordinator, while the Task runs, and from the call on for who made it; a conference that is not over: on a
    plan, those on the cases of its household, each with who keeps it (or as `kept`, where it is new), since who keeps
    another case of it is not told of them. And who carries out what was decided for it, who reads what `stands`."""
    found: dict[str, frozenset[str]] = {}
    itself = f"{record['resourceType']}/{record['id']}"
    for name in sorted(await under_way.cases_of(own(record), view) if is_plan(record) else {itself}):
        asked = [has(".type", "Task"), has(".code", vocabulary.COORDINATE)]
        asked.append(any_of([has(".of", name), has(".household", name)]))
        tasks = (await view.find(Query(all_of(asked)), within=under_way.UNDER_WAY)).versions
        running = [each for each in tasks if _runs(each, name)]
        works = {under_way.COORDINATED} if any(_is_taken(each) for each in running) else set[str]()
        works |= {under_way.CALLED} if await under_way.is_called(name, view) else set()
        keepers = await under_way.keepers_of(name, view) if works or running else frozenset[str]()
        for what in works:
            found[what] = found.get(what, kept) | keepers
        if brought := {envelope.value(each.terms, ".custodian") for each in running} & (keepers | kept):
            found[under_way.BROUGHT] = found.get(under_way.BROUGHT, frozenset()) | brought
    if stands and (not is_plan(record) or record.get("status") == "active"):
        carrying = await at_work.carrying(view, own(record), view.now)
        mine = await under_way.keepers_of(itself, view)
        told = carrying.keepers if carrying.keepers.isdisjoint(mine) else carrying.keepers | mine
        if carrying.others or (told - carrying.keepers and carrying.keepers - {await _keeper(itself, view)}):
            found[under_way.CARRIED] = told
    return found


async def _keeper(name: str, view: Snapshot) -> str:
    """Who keeps it now: whoever gave it may carry out a role on it."""
    found = await view.get(*name.split("/"), within=under_way.UNDER_WAY)
    return keeping.keeper(found.terms) if found else ""


def _runs(coordination: Version, name: str) -> bool:
    task = evidence.body(coordination)
    runs = verdict.read(coordination.terms).counts and task.get("status") in vocabulary.ASKING
    return runs and name in (reference.one(task, "focus"), reference.one(task, "for"))


def _is_taken(coordination: Version) -> bool:
    return evidence.body(coordination).get("status") in vocabulary.TAKEN_ON


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


def _is_restricted(version: Version) -> bool:
    return not vocabulary.PERHAPS_VERY_RESTRICTED.isdisjoint(values(version.terms, LABEL))


def _households(version: Version) -> frozenset[str]:
    return frozenset(values(version.terms, ".household"))
