"""Whether a case or plan is about somebody for whom no roles were decided: who carries them out does not read it then.

R16 of the domain; docs/policy.md, P13: they read what is about the persons whom the conference had fixed, and nobody
else, in every version that names somebody; who joins the household is in the versions written from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from consent import evidence, losing_sight
from consent.relations import at_work, names
from consent.relations.at_work import Carrying
from consent.relations.contributions import CARRIES, MEMBER
from resources.record.envelope import WRITTEN
from resources.record.version import Version
from resources.search.predicate import Among, Predicate, has, some
from resources.search.relation import FOREVER, values
from resources.store.port import Query, Snapshot

READ: Predicate = has(".type", "CarePlan")
"""Under this the server looks at what others read to carry roles out; who keeps it is told whether they do."""

NAMED, JOINED = "named", "joined"


async def of(before: Version | None, after: Version, view: Snapshot) -> tuple[str, Carrying]:
    """How this version comes to be about such a one, NAMED in what they read or JOINED since, and who carries out;
    empty where it does not."""
    record = evidence.body(after) if after.type in ("CarePlan", "Group") else {}
    if not record or not _is_read(after):
        return "", Carrying()
    carrying = await at_work.carrying(view, losing_sight.own(record), view.now)
    if not carrying.others:
        return "", carrying
    stood = before if before and _is_read(before) else None
    came = _persons(after) - (_persons(stood) if stood else frozenset())
    if await strangers(came, view):
        return NAMED if stood and after.type != "Group" else JOINED, carrying
    groups = [(MEMBER, group) for group in sorted(values(after.terms, ".household"))]
    members = [row for row in await view.rows(groups) if row.ended == FOREVER] if groups else []
    new = {row.relation.to for row in members if not stood or row.since > stood.stored.worded}
    return JOINED if await strangers(new - came, view) else "", carrying


async def grown(found: Iterable[str], came: Iterable[str], view: Snapshot) -> Sequence[tuple[Version, frozenset[str]]]:
    """What others read of these records that came to be about such persons by what it is of, and who keeps the case."""
    done, persons = [], frozenset(came)
    for name in sorted(each for each in found if each.startswith("CarePlan/")) if persons else ():
        plan = await view.get(*name.split("/"), within=READ)
        if plan and _is_read(plan):
            carrying = await at_work.carrying(view, losing_sight.own(evidence.body(plan)), view.now)
            if carrying.others and await strangers(persons & _persons(plan), view):
                done.append((plan, carrying.keepers))
    return done


async def parted(pair: Iterable[str], view: Snapshot) -> Sequence[Version]:
    """What others read of cases and plans until these two, of whom one has roles, were two again: it is about the other
    by name, or as one who was in the household when it was written."""
    every = await names.known(view, pair)
    apart = await strangers(every, view)
    if not apart or apart == every:
        return ()
    about = some(WRITTEN, Among(apart))
    found = []
    for plan in (await view.find(Query(about), within=READ)).versions:
        if _is_read(plan) and not await strangers(_persons(plan) - every, view):
            carrying = await at_work.carrying(view, losing_sight.own(evidence.body(plan)), view.now)
            found += [plan] if carrying.others else []
    return found


async def strangers(persons: Iterable[str], view: Snapshot) -> frozenset[str]:
    """Those of them for whom, by whichever name, no roles are carried out."""
    known = {person: await names.known(view, [person]) for person in sorted(persons)}
    asked = ((CARRIES, name) for name in frozenset[str]().union(*known.values()))
    fixed = {row.relation.of for row in await at_work.held(view, asked, view.now)}
    return frozenset(person for person, every in known.items() if fixed.isdisjoint(every))


def persons(version: Version, before: Version | None) -> frozenset[str]:
    """Whom a version is about by name, and the one before it was not; a Patient is who says to be somebody else."""
    itself = {version.reference} if version.type == "Patient" else set()
    return (_persons(version) - (_persons(before) if before else frozenset())) | itself


def _is_read(version: Version) -> bool:
    body = evidence.body(version)
    return losing_sight.binds(body) and (not losing_sight.is_plan(body) or body.get("status") == "active")


def _persons(version: Version) -> frozenset[str]:
    return frozenset(values(version.terms, ".subject"))
