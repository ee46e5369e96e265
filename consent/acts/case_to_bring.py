"""The case that the lead section brings to the coordinator where a request was escalated: of an agency of that request.

docs/policy.md, "handing on"; R12 and R13 of the domain, decision 10. Nobody is told which agencies keep a case: it is
looked for as the lead section decides, and is that of who asked first, else of who was asked next.
"""

from __future__ import annotations

from collections.abc import Sequence

from consent import evidence, verdict, vocabulary
from consent.relations import names
from consent.standing import care, filed
from consent.writing.change import UnitOfWork
from resources import division
from resources.record import coding, envelope, keeping, mistake, reference
from resources.record.version import Version
from resources.search.predicate import all_of, has_one_of
from resources.search.relation import values
from resources.store.port import Query

_LONGEST = 100
"""So many Tasks of a chain are followed upwards."""


async def of(unit: UnitOfWork, escalation: Version) -> Sequence[Version]:
    """The open cases of the first agency of the chain that keeps one of the person's household; several are for it to
    choose among."""
    chain = await _chain(unit, escalation)
    households = await _households(unit, await _named(unit, chain))
    if not households:
        return ()
    found = await unit.tx.find(Query(all_of([filed.CASES, has_one_of(".household", households)])), within=filed.CASES)
    cases = [each for each in found.versions if _is_open(each, households)]
    for agency in _agencies(chain):
        if own := [each for each in cases if keeping.keeper(each.terms) == agency]:
            return own
    return ()


async def whom(unit: UnitOfWork, escalation: Version) -> str:
    """The person, or the household, whom the request is about; empty where it names none."""
    return await _named(unit, await _chain(unit, escalation))


async def sheet_used(unit: UnitOfWork, escalation: Version) -> bool:
    """Whether the request says that the つなぐシート was used (R1)."""
    tasks = [evidence.body(each) for each in await _chain(unit, escalation)]
    for name in {one for task in tasks for at in ("focus", "basedOn") for one in reference.many(task, at)}:
        asked = await unit.look_up(name) if name.startswith("ServiceRequest/") else None
        tasks += [evidence.body(asked)] if asked else []
    said = (each for task in tasks for each in coding.extension(task, "sheet-used"))
    return any(each.get("valueBoolean") is True for each in said)


async def _chain(unit: UnitOfWork, escalation: Version) -> Sequence[Version]:
    """The Tasks that the escalation is part of, the first one first, and itself."""
    found: list[Version] = []
    each: Version | None = escalation
    while (
        each and not each.deleted and len(found) < _LONGEST and each.reference not in {one.reference for one in found}
    ):
        found.insert(0, each)
        above = next((name for name in reference.many(evidence.body(each), "partOf") if name.startswith("Task/")), "")
        each = await unit.look_up(above) if above else None
    return found


async def _named(unit: UnitOfWork, chain: Sequence[Version]) -> str:
    """The person, or the household, that was asked about first; what is very restricted tells the lead section of
    nobody."""
    for each in chain:
        if _is_very_restricted(each):
            continue
        task = evidence.body(each)
        asked = [name for at in ("focus", "basedOn") for name in reference.many(task, at)]
        requests = [await unit.look_up(name) for name in asked if name.startswith("ServiceRequest/")]
        told = [evidence.body(one) for one in requests if one and not _is_very_restricted(one)]
        named = [reference.one(task, "for"), *(reference.one(one, "subject") for one in told)]
        if whom := next((name for name in named if name.startswith(("Patient/", "Group/"))), ""):
            return whom
    return ""


async def _households(unit: UnitOfWork, whom: str) -> frozenset[str]:
    """The households that are not over, and in which the person is, by whichever name."""
    if not whom:
        return frozenset()
    meant = await _meant(unit, whom)
    named = {whom} if whom.startswith("Group/") else set().union(*(await care.households(unit.tx, meant)).values())
    found = set()
    for name in sorted(named):
        group = await unit.look_up(name)
        body = evidence.body(group) if group else {}
        members = [each for each in body.get("member") or () if reference.one(each, "entity") in meant]
        is_in = whom == name or any(each.get("inactive") is not True for each in members)
        if body and is_in and not division.is_over(body) and not mistake.is_marked(body):
            found.add(name)
    return frozenset(found)


async def _meant(unit: UnitOfWork, whom: str) -> frozenset[str]:
    """The person by all names that a merge gave them; of one whose place is protected by the one that was asked about,
    since the chain of the request is told of the household."""
    person = await unit.look_up(whom) if whom.startswith("Patient/") else None
    if person is None or await unit.is_secret(person):
        return frozenset({whom})
    return await names.known(unit.tx, [whom])


def _is_open(case: Version, households: frozenset[str]) -> bool:
    body = evidence.body(case)
    of_it = reference.one(body, "subject") in households
    return body.get("status") == "active" and of_it and not _is_very_restricted(case)


def _is_very_restricted(version: Version) -> bool:
    return not vocabulary.PERHAPS_VERY_RESTRICTED.isdisjoint(values(version.terms, ".label"))


def _agencies(chain: Sequence[Version]) -> Sequence[str]:
    """Who asked first, and who was asked, in their order."""
    found: dict[str, None] = {}
    for each in chain:
        between = sorted(verdict.read(each.terms).note(verdict.BETWEEN))
        found |= dict.fromkeys([envelope.value(each.terms, ".custodian"), *between])
    return [name for name in found if name.startswith("Organization/")]
