"""$protect: who sets the protection of a person's place, and on whom it lies.

docs/policy.md, D1. The protection is written by the server, on each Patient who shares the dwelling, with one id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from consent import evidence, vocabulary
from consent.acts import in_care, protected
from consent.secrecy import protection
from consent.writing import earlier_locks, restriction_review
from consent.writing.change import UnitOfWork
from consent.writing.written import Written
from resources import division
from resources.record import problem, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has
from resources.store.port import Query

STANDING: Predicate = EVERYTHING
"""Under this the server asks which households a person is in."""


@dataclass(frozen=True, slots=True)
class Protect:
    """A protection asked for: its code as a Coding, whom it names, who of the household shares the dwelling and who
    does not, whom it is against. All but the code are references."""

    patient: str
    code: Mapping[str, str]
    named: tuple[str, ...]
    shares: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


async def protect(unit: UnitOfWork, asked: Protect, id: str) -> list[Written]:
    """The Patients who share the dwelling, each with the protection of this id.

    Raises Problem `not-found`, `forbidden`, `business-rule`.
    """
    person = await protected.person(unit, asked.patient)
    if not await _may_protect(unit, person) or await protected.is_against(unit, person, asked.against):
        raise await protected.refused(unit, person)
    await protected.listed(unit, asked.named, asked.against)
    if {asked.patient, *asked.shares} & {*asked.against}:
        raise protected.lacking("it is against nobody whom it protects", "守られる人自身を、秘匿の相手にはできません")
    await _dwelling(unit, asked)
    sharing = [person, *[found for one in asked.shares if (found := await unit.look_up(one))]]
    label = protection.label(asked.code, id, asked.named, asked.against)
    done = [await protected.write(unit, one, await earlier_locks.before(unit, one, [label])) for one in sharing]
    looked_at = [task for one in sharing for task in await restriction_review.asked(unit, one, one.reference)]
    return [replace(done[0], ended=(*done[0].ended, *looked_at)), *done[1:]]


async def _may_protect(unit: UnitOfWork, person: Version) -> bool:
    """Its custodian, an agency that has the person in care, and the lead section."""
    facts = unit.facts
    if facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return False
    if facts.holds(vocabulary.LEAD_SECTION):
        return True
    return bool(await in_care.of(unit.tx, person) & facts.agencies)


async def _dwelling(unit: UnitOfWork, asked: Protect) -> None:
    """Each other member of the households that the actor can see is said to share the dwelling or not."""
    inside = all_of([has(".type", "Group"), has("member", asked.patient)])
    members: set[str] = set()
    for group in (await unit.tx.find(Query(inside), within=STANDING)).versions:
        body = evidence.body(group)
        if not division.is_over(body) and (await unit.judge("read", group)).allowed:
            members |= {reference.one(each, "entity") for each in body.get("member") or ()}
    members -= {asked.patient, ""}
    said = {*asked.shares, *asked.apart}
    if members != said or {*asked.shares} & {*asked.apart}:
        missing = ", ".join(f"`{one}`" for one in sorted(members ^ said)) or "`shares`"
        text = f"say of each other member of the household, once, whether they share the dwelling: {missing}"
        ja = f"世帯のほかの一人ひとりについて、同じ所に住むかどうかを一度ずつ示してください（{missing}）"
        raise Problem("business-rule", problem.of_rule("D1", text, ja, "Parameters.parameter"))
