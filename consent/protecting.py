"""$protect and $lift-protection: who sets and who lifts the protection of a person's place, and on whom it lies.

docs/policy.md, D1. The protection is written by the server, on each Patient who shares the dwelling, with one id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from consent import evidence, policy, protection, refusal, server_version, vocabulary
from consent.change import UnitOfWork
from consent.rule import Decision, Rule, Text
from consent.written import Written
from resources.record import envelope, parse, problem, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, any_of, has
from resources.store.port import Query

STANDING: Predicate = EVERYTHING
"""Under this the server asks who has a person in care, which households they are in, and who holds a post."""

_TAKEN_ON = ("accepted", "in-progress", "on-hold")
_NAMEABLE = ("HealthcareService/", "Organization/", "Practitioner/", "PractitionerRole/")
_PERSONS = ("Patient/", "Practitioner/", "RelatedPerson/")


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


@dataclass(frozen=True, slots=True)
class Lift:
    """A protection to be lifted from one Patient; without an id the only one there is to the caller."""

    patient: str
    reason: str
    id: str = ""


async def protect(unit: UnitOfWork, asked: Protect, id: str) -> list[Written]:
    """The Patients who share the dwelling, each with the protection of this id.

    Raises Problem `not-found`, `forbidden`, `business-rule`.
    """
    person = await _person(unit, asked.patient)
    labels = protection.labels(_body(person))
    if not await _may_protect(unit, person) or _is_against(unit, labels, asked.against):
        raise await _refused(unit, person)
    await _named(unit, asked)
    await _dwelling(unit, asked)
    sharing = [person, *[found for one in asked.shares if (found := await unit.look_up(one))]]
    label = protection.label(asked.code, id, asked.named, asked.against)
    return [await _write(unit, one, protection.more(parse.editable(one.body), [label])) for one in sharing]


async def lift(unit: UnitOfWork, asked: Lift) -> list[Written]:
    """The Patient without that protection. Raises Problem `not-found`, `forbidden`, `business-rule`."""
    person = await _person(unit, asked.patient)
    if not asked.reason.strip():
        text, ja = "say why: `reason`", "`reason` に理由を書いてください"
        raise Problem("business-rule", problem.of_rule("D1", text, ja, "Parameters.parameter", "required"))
    mine = [
        label
        for label in protection.labels(_body(person))
        if asked.id in ("", protection.id_of(label)) and await _may_lift(unit, label)
    ]
    if not mine:
        raise await _refused(unit, person)
    if len(mine) > 1:
        text, ja = "say which: `protection`", "どの秘匿かを `protection` で示してください"
        raise Problem("business-rule", problem.of_rule("D1", text, ja, "Parameters.parameter", "required"))
    return [await _write(unit, person, protection.less(parse.editable(person.body), mine[0]))]


async def _person(unit: UnitOfWork, name: str) -> Version:
    policy.covered(policy.ruling("update", unit.facts).rules, "Patient")
    found = await unit.look_up(name)
    if found is None or found.deleted or not unit.facts.identities:
        raise refusal.not_found(*name.split("/"))
    return found


async def _may_protect(unit: UnitOfWork, person: Version) -> bool:
    """Its custodian, an agency that has the person in care, and the lead section."""
    facts = unit.facts
    if facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return False
    if envelope.origin(person.terms).custodian in facts.agencies or facts.holds(vocabulary.LEAD_SECTION):
        return True
    asking = any_of(has(".type", each) for each in ("Task", "ServiceRequest"))
    mine = any_of(has(".party", one) for one in sorted(facts.identities))
    found = await unit.tx.find(Query(all_of([asking, has(".subject", person.reference), mine])), within=STANDING)
    return any(_in_care(_body(each), facts.identities) for each in found.versions)


def _in_care(request: Mapping[str, Any], identities: frozenset[str]) -> bool:
    """Whether this is a request of another agency that the actor has taken on."""
    owner = {reference.one(request, "owner")} & identities
    return bool(owner) and request.get("status") in _TAKEN_ON and reference.one(request, "requester") not in identities


def _is_against(unit: UnitOfWork, labels: Iterable[Mapping[str, Any]], new: Iterable[str]) -> bool:
    """Whether any protection, or the one asked for, is against the actor."""
    meant = frozenset(new).union(*(protection.against(label) for label in labels))
    return bool(meant & unit.facts.seats)


async def _named(unit: UnitOfWork, asked: Protect) -> None:
    """At least one desk, agency, post or person, each in the directory; against persons that the actor can see."""
    if not asked.named:
        text, ja = "name at least one desk, agency, post or person that may see the place: `to`", "`to` が必要です"
        raise Problem("business-rule", problem.of_rule("D1", text, ja, "Parameters.parameter", "required"))
    for names, kinds in ((asked.named, _NAMEABLE), (asked.against, _PERSONS)):
        for name in names:
            found = await unit.look_up(name) if name.startswith(kinds) else None
            if found is None or found.deleted or not (await unit.judge("read", found)).allowed:
                unit.unseen = name if name.count("/") == 1 else ""
                text, ja = f"there is no `{name}` that you can see", f"`{name}` は見つかりません"
                raise Problem("invalid", problem.Issue(text, ja, "Parameters.parameter", code="not-found"))


async def _dwelling(unit: UnitOfWork, asked: Protect) -> None:
    """Each other member of the households that the actor can see is said to share the dwelling or not."""
    inside = all_of([has(".type", "Group"), has("member", asked.patient)])
    members: set[str] = set()
    for group in (await unit.tx.find(Query(inside), within=STANDING)).versions:
        if (await unit.judge("read", group)).allowed:
            members |= {reference.one(each, "entity") for each in _body(group).get("member") or ()}
    members -= {asked.patient, ""}
    said = {*asked.shares, *asked.apart}
    if members != said or {*asked.shares} & {*asked.apart, *asked.against}:
        missing = ", ".join(f"`{one}`" for one in sorted(members ^ said)) or "`shares`"
        text = f"say of each other member of the household, once, whether they share the dwelling: {missing}"
        ja = f"世帯のほかの一人ひとりについて、同じ所に住むかどうかを一度ずつ示してください（{missing}）"
        raise Problem("business-rule", problem.of_rule("D1", text, ja, "Parameters.parameter"))


async def _may_lift(unit: UnitOfWork, label: Mapping[str, Any]) -> bool:
    """Who is named by it and not against; the lead section where nobody it names holds a post now."""
    named = protection.named(label)
    if protection.against(label) & unit.facts.seats:
        return False
    if named & unit.facts.identities:
        return True
    return bool(unit.facts.holds(vocabulary.LEAD_SECTION)) and not await _is_held(unit, named)


async def _is_held(unit: UnitOfWork, named: Iterable[str]) -> bool:
    """Whether anybody who is meant holds a post now."""
    meant = any_of(
        has(name, one) for one in sorted(named) for name in ("organization", "service", "practitioner", ".id")
    )
    found = await unit.tx.find(Query(all_of([has(".type", "PractitionerRole"), meant])), within=STANDING)
    return any(evidence.post(each, unit.facts.actor.now) for each in found.versions)


async def _write(unit: UnitOfWork, before: Version, sent: dict[str, Any]) -> Written:
    version, resource = await server_version.of(unit, before, sent)
    await unit.put(version, resource, before)
    return Written(version, "update", Decision(True, (_STANDING,)))


async def _refused(unit: UnitOfWork, person: Version) -> Problem:
    """The same to everybody whose it is not: what is not visible is not there."""
    if not (await unit.judge("read", person)).allowed:
        return refusal.not_found("Patient", person.id)
    return Problem("forbidden", problem.of_rule("D1", _WHO.en, _WHO.ja, "Patient.meta.security", "forbidden"))


def _body(version: Version) -> dict[str, Any]:
    return dict(orjson.loads(version.body))


_WHO = Text(
    "a protection is set by who keeps the person's record, has them in care, or the lead section, and lifted by who it "
    "names; the lead section lifts it where nobody it names holds a post now",
    "秘匿を設定できるのは記録を預かる機関・支援を引き受けた機関・主管課、解除できるのは名簿にある人です。"
    "名簿にある人がだれも在職していないときは主管課が解除します",
)
_STANDING = Rule("D1", "permit", EVERYTHING, Text("the person is protected", "居所の秘匿を定める"))
