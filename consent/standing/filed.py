"""What is asked of the store to judge the standing of evidence: whom it is about, who has them in care, whose it names.

docs/policy.md, "standing": by the facts before the transaction and what it registers itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import orjson

from consent import evidence, verdict, vocabulary
from consent.facts import Facts
from consent.relations import people
from consent.relations.contributions import COORDINATED
from consent.standing import birth_date, care, carrying, death, deciding, signing
from consent.standing.filing import Filing
from resources.record import coding, envelope, period, reference
from resources.record.reference import Look
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, any_of, has
from resources.search.relation import Gathered
from resources.store.port import Query, Snapshot

CASES: Predicate = all_of([has(".type", "CarePlan"), has(".code", vocabulary.CASE)])
"""Under this the server asks who keeps the case of a household; who asks is told whether it is their own."""

COORDINATIONS: Predicate = all_of([has(".type", "Task"), has(".code", vocabulary.COORDINATE)])
"""Under this the server asks which case of a household its coordinator took on."""

Resource = Mapping[str, Any]
LookUp = Callable[[str], Awaitable[Version | None]]
"""Gives the stored record of a reference, and remembers it for `look`."""

_AGENCY = {"PractitionerRole": "organization", "HealthcareService": "providedBy"}


async def of(
    view: Snapshot,
    resource: Resource,
    before: Version | None,
    custodian: str,
    facts: Facts,
    look: Look,
    look_up: LookUp,
    registering: Mapping[str, Resource],
) -> Filing:
    """The evidence being written; `registering` are the records that its transaction creates."""
    names = reference.locals_of(resource)
    stored = {name: found for name in sorted(names) if (found := await look_up(name))}
    standing = before if before and not before.deleted else None
    had = orjson.loads(standing.body) if standing else None
    former = reference.locals_of(had) - names if had else frozenset[str]()
    whose = names | former if resource["resourceType"] == "CarePlan" else names  # R37 asks of the household before, too
    members = await _members(view, whose, registering)
    kin = {reference.one(look(name) or {}, "patient") for name in names if name.startswith("RelatedPerson/")}
    persons = frozenset(name for name in names.union(kin, *members.values()) if name.startswith("Patient/"))
    having = dict(await care.of(view, persons, period.instant(facts.actor.now)))
    for person in persons & registering.keys():
        having[person] = having[person] | facts.agencies
    kept = {name: envelope.value(found.terms, ".custodian") for name, found in stored.items()}
    for name in sorted(each for each in former if each.partition("/")[0] in _AGENCY):
        await look_up(name)
    return Filing(
        "update" if standing else "create",
        had,
        resource,
        custodian,
        facts,
        look,
        having,
        verdict.read(before.terms) if before else verdict.NONE,
        members,
        dict.fromkeys(names & registering.keys(), next(iter(facts.agencies), "")) | kept,
        await _agencies(view, names | former, look, facts),
        await _coordinating(view, persons, members, facts),
        await _cases(view, resource, members, registering, facts),
        await signing.of(view, resource, custodian, look, facts.actor.now) if _becomes_active(resource) else None,
        await _papers(view, resource),
        await carrying.of(view, resource, stored, facts),
        await deciding.of(view, resource, facts.actor.now),
    )


def _becomes_active(resource: Resource) -> bool:
    return resource["resourceType"] == "Consent" and resource.get("status") == "active"


async def _papers(view: Snapshot, resource: Resource) -> frozenset[str]:
    """The agencies that keep a paper on which something may be confirmed of a person, where that is asked."""
    for asked in (birth_date.CONFIRMED, death.CONFIRMED):
        if asked.is_one(resource):
            return await signing.telling(view, reference.one(resource, "focus"), asked.papers)
    return frozenset()


async def _members(
    view: Snapshot, names: Iterable[str], registering: Mapping[str, Resource]
) -> Mapping[str, frozenset[str]]:
    """The Patients who are members of each Group that is named."""
    found = {}
    for group in (name for name in names if name.startswith("Group/")):
        if group in registering:
            found[group] = frozenset(
                name for name in reference.locals_of(registering[group].get("member")) if name.startswith("Patient/")
            )
        else:
            found[group] = await care.members(view, [group])
    return found


async def _cases(
    view: Snapshot,
    resource: Resource,
    households: Iterable[str],
    registering: Mapping[str, Resource],
    facts: Facts,
) -> Mapping[str, frozenset[str]]:
    """Which agencies keep the case of the households that a plan names."""
    found: dict[str, set[str]] = {}
    if resource["resourceType"] != "CarePlan":
        return {}
    for household in households:
        found[household] = set(await keepers(view, household))
        beside = (body for body in registering.values() if vocabulary.CASE in coding.of(body.get("category")))
        if any(reference.one(case, "subject") == household for case in beside):
            found[household] |= facts.agencies
    return {household: frozenset(agencies) for household, agencies in found.items()}


async def keepers(view: Snapshot, household: str) -> frozenset[str]:
    """Which agencies keep the case of a household."""
    what = all_of([CASES, has(".household", household)])
    kept = (await view.find(Query(what), within=CASES)).versions
    return frozenset(envelope.value(case.terms, ".custodian") for case in kept if _is_of(case, household))


async def keeping_plan(view: Snapshot, plan: Resource, facts: Facts) -> str:
    """Who keeps a plan that the coordinator drafts: the agency that keeps the household's case; where several keep one
    each, or kept one, of those that this coordinator took on: of the one that the plan is based on, else of the one
    brought first. Empty where there is none."""
    household = reference.one(plan, "subject")
    kept, posts = await keepers(view, household), {post.reference for post in facts.holds(vocabulary.COORDINATOR)}
    if len(kept) == 1:
        return next(iter(kept))
    whose = any_of([has(".household", household), has(verdict.FIXED, household)])
    asked = all_of([has(".type", "Task"), has(".code", vocabulary.COORDINATE), has(verdict.COUNTS, "yes"), whose])
    tasks = (await view.find(Query(asked), within=COORDINATIONS)).versions if household else ()
    bodies = [evidence.body(each) for each in sorted(tasks, key=lambda each: each.first)]
    taken = [each for each in bodies if each.get("status") in vocabulary.TAKEN_ON]
    cases = [reference.one(each, "focus") for each in taken if reference.one(each, "owner") in posts]
    for name in sorted(cases, key=lambda one: one not in reference.many(plan, "basedOn")):
        case = await view.get(*name.split("/"), within=CASES)
        if case:
            return envelope.value(case.terms, ".custodian")
    return ""


def _is_of(case: Version, household: str) -> bool:
    """Whether that household is the case's own: one that it once had, or names besides, is not."""
    return reference.one(evidence.body(case), "subject") == household


async def _coordinating(
    view: Snapshot, persons: Iterable[str], members: Mapping[str, frozenset[str]], facts: Facts
) -> frozenset[str]:
    """The households that the writer coordinates, of those named or of the persons named, and who is in them."""
    posts = {post.reference for post in facts.holds(vocabulary.COORDINATOR)}
    if not posts:
        return frozenset()
    groups = {group for groups in (await care.households(view, persons)).values() for group in groups} | members.keys()
    world = Gathered(view.at, period.instant(facts.actor.now))
    rows = await view.rows((COORDINATED, group) for group in sorted(groups)) if groups else ()
    own = {row.relation.of for row in rows if row.holds(world) and row.relation.to in posts}
    return frozenset(own) | await care.members(view, own)


async def _agencies(view: Snapshot, names: Iterable[str], look: Look, facts: Facts) -> Mapping[str, frozenset[str]]:
    """For which agencies each party acts: a person for those of the posts held now."""
    persons = await people.of(view, (name for name in names if name.startswith("Practitioner/")), facts.actor.now)
    found = {name: frozenset({name}) for name in names if name.startswith("Organization/")}
    for name in names:
        if element := _AGENCY.get(name.partition("/")[0]):
            found[name] = frozenset({reference.one(look(name) or {}, element)} - {""})
    found |= {name: person.agencies for name, person in persons.items() if name not in found}
    return found
