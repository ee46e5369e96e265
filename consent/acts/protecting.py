"""$protect: who sets the protection of a person's place, and on whom it lies.

docs/policy.md, D1. The protection is written by the server, on each Patient who shares the dwelling, with one id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from consent import evidence, vocabulary
from consent.acts import in_care, protected
from consent.relations import names
from consent.secrecy import protection
from consent.standing import signature, signing
from consent.writing import earlier_locks, restriction_review
from consent.writing.change import UnitOfWork
from consent.writing.written import Written
from resources import division
from resources.record import problem, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, has_one_of
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
    """The Patients who share the dwelling, each with the protection of this id; by one's own word oneself alone.

    Raises Problem `not-found`, `forbidden`, `business-rule`.
    """
    person = await protected.person(unit, asked.patient)
    own = await _is_oneself(unit, asked.patient)
    if not (own or await _may_protect(unit, person)) or await protected.is_against(unit, person, asked.against):
        raise await protected.refused(unit, person)
    if own and await restriction_review.waiting(unit, person):
        raise protected.lacking(*_LOOKED_AT)
    await protected.listed(unit, asked.named, asked.against)
    if {asked.patient, *asked.shares} & {*asked.against}:
        raise protected.lacking("it is against nobody whom it protects", "守られる人自身を、秘匿の相手にはできません")
    await _dwelling(unit, asked)
    sharing = [person, *[found for one in asked.shares if (found := await unit.look_up(one))]]
    label = protection.label(asked.code, id, asked.named, asked.against)
    done = [await protected.write(unit, one, await earlier_locks.before(unit, one, [label])) for one in sharing]
    looked_at = [task for one in sharing for task in await restriction_review.asked(unit, one, one.reference, own=own)]
    return [replace(done[0], ended=(*done[0].ended, *looked_at)), *done[1:]]


async def _may_protect(unit: UnitOfWork, person: Version) -> bool:
    """Its custodian, an agency that has the person in care, and the lead section."""
    facts = unit.facts
    if facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return False
    if facts.holds(vocabulary.LEAD_SECTION):
        return True
    return bool(await in_care.of(unit.tx, person) & facts.keeps)


async def _is_oneself(unit: UnitOfWork, patient: str) -> bool:
    """Whether it is the person's own word.

    Who signs for another sets no protection, nor does a minor or a ward by an account of their own: it may be in the
    hand of one from whom the place is to be kept, and no agency has looked.
    """
    oneself, actor = unit.facts.oneself, unit.facts.actor
    if oneself is None or oneself.signs or oneself.patient != patient or actor.purpose != vocabulary.PATIENT_REQUEST:
        return False
    standing = await signing.of_oneself(unit.tx, patient, actor.now)
    return signature.acts_alone(patient, signing.day_of(actor.now), standing)


async def _dwelling(unit: UnitOfWork, asked: Protect) -> None:
    """Each other member of the households that the actor can see is said to share the dwelling or not."""
    meant = await _seen_names(unit, asked.patient)
    inside = all_of([has(".type", "Group"), has_one_of("member", meant)])
    members: set[str] = set()
    for group in (await unit.tx.find(Query(inside), within=STANDING)).versions:
        body = evidence.body(group)
        if not division.is_over(body) and (await unit.judge("read", group)).allowed:
            members |= {reference.one(each, "entity") for each in body["member"]}
    members -= {*meant, ""}
    said = {*asked.shares, *asked.apart} - (meant - {asked.patient})
    if members != said or {*asked.shares} & {*asked.apart}:
        missing = ", ".join(f"`{one}`" for one in sorted(members ^ said)) or "`shares`"
        text = f"say of each other member of the household, once, whether they share the dwelling: {missing}"
        ja = f"世帯のほかの一人ひとりについて、同じ所に住むかどうかを一度ずつ示してください（{missing}）"
        raise Problem("business-rule", problem.of_rule("D1", text, ja, "Parameters.parameter"))


async def _seen_names(unit: UnitOfWork, patient: str) -> frozenset[str]:
    """The person by each name under which the actor may read them."""
    every = sorted(await names.known(unit.tx, [patient]))
    found = [version for one in every if (version := await unit.look_up(one)) and not version.deleted]
    return frozenset({patient, *[each.reference for each in found if (await unit.judge("read", each)).allowed]})


_LOOKED_AT = (
    "the lead section is looking at the protection that you set: until then ask whom it names, or the lead section",
    "あなたが定めた秘匿を、主管課が確かめているところです。それまでの変更は、名簿の窓口か主管課に頼んでください",
)
