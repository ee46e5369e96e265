"""$confirm-posts: somebody else of the agency says that a post is as the directory keeper has written it.

docs/policy.md, P12 and "standing": a post that a keeper wrote opens nothing until it is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consent import evidence, policy, post_confirmer, refusal, server_version, verdict
from consent.change import UnitOfWork
from consent.rule import Action, Decision, Rule, Text
from consent.rules import installation
from consent.verdict import Verdict
from resources.record import envelope, parse, problem, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING

MOST = 200

_BECAUSE = Text("the post was confirmed by the agency", "機関がこの職を確認した")


@dataclass(frozen=True, slots=True)
class Confirmed:
    told: Sequence[Version]
    decision: Decision
    action: Action = "update"


async def confirmed(unit: UnitOfWork, posts: Sequence[str]) -> Confirmed:
    """Let these posts count. Raises Problem, and none counts, where one is not there or not the caller's to confirm."""
    policy.covered(policy.ruling("update", unit.facts).rules, "PractitionerRole")
    if not posts or len(posts) > MOST:
        text, ja = f"name 1 to {MOST} `post`", f"`post` を1件から{MOST}件まで示してください"
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    return Confirmed(
        [await _counted(unit, name) for name in dict.fromkeys(posts)],
        Decision(True, (Rule(installation.ID, "permit", EVERYTHING, _BECAUSE),)),
    )


async def _counted(unit: UnitOfWork, name: str) -> Version:
    type, _, id = name.partition("/")
    found = await unit.tx.get(type, id, within=post_confirmer.CONFIRMED) if type == "PractitionerRole" and id else None
    if found is None or found.deleted or not (await unit.judge("read", found)).allowed:
        raise refusal.not_found("PractitionerRole", id)
    body = evidence.body(found)
    person = unit.facts.actor.person
    origin = envelope.read(found.terms).origin
    wrote = (envelope.written(found.terms)[0], origin.author)
    own = person in (reference.one(body, "practitioner"), *wrote)
    if not person or own or not await post_confirmer.may(unit.tx, unit.facts, body, wrote):
        raise Problem("forbidden", problem.of_rule(installation.ID, *_WHO, "PractitionerRole.organization"))
    if not verdict.read(found.terms).void:
        return found
    after, resource = await server_version.of(unit, found, parse.editable(found.body), Verdict(True))
    await unit.put(after, resource, found)
    return await unit.look_up(after.reference) or after


_WHO = (
    "a post is confirmed by somebody else of its agency; where nobody is there yet by the department in charge, "
    "else by the lead section; and never by who holds or wrote it",
    "職は、その機関の別の職員が確認します。まだだれもいなければ所管課、なければ主管課です。本人と登録した人は確認できません",
)
