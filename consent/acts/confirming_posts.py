"""$confirm-posts: somebody else of the agency says that a post, or its place, is as a keeper has written it.

docs/policy.md, P12 and "standing": a post that a directory keeper wrote opens nothing until it is confirmed, and who is
said to be in charge of an agency is not before that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent import evidence, policy, refusal, verdict
from consent.acts import department_confirmer, post_confirmer
from consent.relations import people_of_agency
from consent.rule import Action, Decision, Rule, Text
from consent.rules import installation
from consent.standing import department
from consent.verdict import Verdict
from consent.writing import server_version
from consent.writing.change import UnitOfWork
from resources.record import envelope, parse, problem, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING

MOST = 50

TYPES = ("PractitionerRole", *department.TYPES)

_BECAUSE = Text("it was confirmed by the agency", "機関が確認した")


@dataclass(frozen=True, slots=True)
class Confirmed:
    told: Sequence[Version]
    decision: Decision
    action: Action = "update"


async def confirmed(unit: UnitOfWork, named: Sequence[str]) -> Confirmed:
    """Let these posts and places count. Raises Problem, and none counts, where one is not there or not the caller's to
    confirm."""
    for type in sorted({each.partition("/")[0] for each in named} & {*TYPES}):
        policy.covered(policy.ruling("update", unit.facts).rules, type)
    if not named or len(named) > MOST:
        text, ja = (
            f"name 1 to {MOST} `post` and `place`",
            f"`post` と `place` を合わせて1件から{MOST}件まで示してください",
        )
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    return Confirmed(
        [await _counted(unit, name) for name in dict.fromkeys(named)],
        Decision(True, (Rule(installation.ID, "permit", EVERYTHING, _BECAUSE),)),
    )


async def _counted(unit: UnitOfWork, name: str) -> Version:
    type, _, id = name.partition("/")
    found = await unit.tx.get(type, id, within=people_of_agency.CONFIRMED)
    if found is None or found.deleted or not (await unit.judge("read", found)).allowed:
        raise refusal.not_found(type if type in TYPES else "PractitionerRole", id)
    body = evidence.body(found)
    person = unit.facts.actor.person
    origin = envelope.read(found.terms).origin
    wrote = (envelope.written(found.terms)[0], origin.author)
    own = person in (reference.one(body, "practitioner"), *wrote)
    if not person or own or not await _may(unit, body, wrote):
        post = type == "PractitionerRole"
        at = "PractitionerRole.organization" if post else type
        raise Problem("forbidden", problem.of_rule(installation.ID, *(_WHO if post else _OF_A_PLACE), at))
    if not verdict.read(found.terms).void:
        return found
    after, resource = await server_version.of(unit, found, parse.editable(found.body), Verdict(True))
    await unit.put(after, resource, found)
    return after


async def _may(unit: UnitOfWork, body: Mapping[str, Any], wrote: Sequence[str]) -> bool:
    if body["resourceType"] == "PractitionerRole":
        return await post_confirmer.may(unit.tx, unit.facts, body, wrote)
    return await department_confirmer.may(unit.tx, unit.facts, body)


_OF_A_PLACE = (
    "what is above an agency is confirmed by somebody of that agency; where nobody is there by another directory "
    "keeper, not of the agency that is named, or by the lead section; and never by who wrote it",
    "所属や所管課は、その機関の職員が確認します。だれもいなければ、別の管理担当（上に立つ機関の人を除く）か主管課です。"
    "書いた人は確認できません",
)
_WHO = (
    "a post is confirmed by somebody else of its agency; where nobody is there yet by the department in charge, "
    "else by the lead section; and never by who holds or wrote it",
    "職は、その機関の別の職員が確認します。まだだれもいなければ所管課、なければ主管課です。本人と登録した人は確認できません",
)
