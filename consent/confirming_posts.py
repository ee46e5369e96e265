"""$confirm-posts: somebody else of the agency says that a post is as the directory keeper has written it.

docs/policy.md, P12 and "standing": a post that a keeper wrote opens nothing until it is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consent import evidence, policy, refusal, server_version, verdict, vocabulary
from consent.change import UnitOfWork
from consent.rule import Action, Decision, Rule, Text
from consent.rules import installation
from consent.verdict import Verdict
from resources.record import coding, envelope, parse, period, problem, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, has_one_of
from resources.store.port import Query

CONFIRMED: Predicate = has_one_of(".type", {"OrganizationAffiliation", "Organization", "PractitionerRole"})
"""Under this the server looks who is at an agency already, and which department is in charge of it."""

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
    found = await unit.tx.get(type, id, within=CONFIRMED) if type == "PractitionerRole" and id else None
    if found is None or found.deleted or not (await unit.judge("read", found)).allowed:
        raise refusal.not_found("PractitionerRole", id)
    body = evidence.body(found)
    person = unit.facts.actor.person
    origin = envelope.read(found.terms).origin
    own = person in (reference.one(body, "practitioner"), envelope.written(found.terms)[0], origin.author)
    if not person or own or not await _may(unit, body):
        raise Problem("forbidden", problem.of_rule(installation.ID, *_WHO, "PractitionerRole.organization"))
    if not verdict.read(found.terms).void:
        return found
    after, resource = await server_version.of(unit, found, parse.editable(found.body), Verdict(True))
    await unit.put(after, resource, found)
    return await unit.look_up(after.reference) or after


async def _may(unit: UnitOfWork, post: dict[str, object]) -> bool:
    """Whether the caller is of that agency, or where nobody is yet of its department in charge, or else leads."""
    agency = reference.one(post, "organization")
    if agency in unit.facts.agencies:
        return True
    if await _is_peopled(unit, agency):
        return False
    in_charge = await _departments(unit, agency)
    if in_charge & unit.facts.agencies:
        return True
    peopled = [one for one in sorted(in_charge) if await _is_peopled(unit, one)]
    return not peopled and bool(unit.facts.holds(vocabulary.LEAD_SECTION))


async def _is_peopled(unit: UnitOfWork, agency: str) -> bool:
    """Whether somebody holds a post there that counts now."""
    what = all_of([has(".type", "PractitionerRole"), has("organization", agency)])
    found = (await unit.tx.find(Query(what), within=CONFIRMED)).versions
    return any(evidence.post(each, unit.facts.actor.now) for each in found)


async def _departments(unit: UnitOfWork, agency: str) -> frozenset[str]:
    """The departments in charge of an agency: as the list says, or else what it is part of."""
    what = all_of([has(".type", "OrganizationAffiliation"), has("primary-organization", agency)])
    bodies = map(evidence.body, (await unit.tx.find(Query(what), within=CONFIRMED)).versions)
    now = unit.facts.actor.now
    standing = (
        body
        for body in bodies
        if vocabulary.DEPARTMENT in coding.codes(body.get("code"), "role")
        and body.get("active") is not False
        and period.contains(body.get("period"), now) is True
    )
    named = frozenset(reference.one(body, "participatingOrganization") for body in standing) - {""}
    above = await unit.tx.get(*agency.split("/"), within=CONFIRMED) if "/" in agency else None
    return named or frozenset({reference.one(evidence.body(above), "partOf")} if above else ()) - {""}


_WHO = (
    "a post is confirmed by somebody else of its agency; where nobody is there yet by the department in charge, "
    "else by the lead section; and never by who holds or wrote it",
    "職は、その機関の別の職員が確認します。まだだれもいなければ所管課、なければ主管課です。本人と登録した人は確認できません",
)
