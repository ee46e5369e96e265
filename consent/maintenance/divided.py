"""Whether what the division of a household wrote says no more than the old records did, and was rightly confirmed.

docs/maintenance.md, "check"; docs/policy.md, "dividing".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import verdict, vocabulary
from consent.maintenance import by_operation
from consent.maintenance.as_it_was import AsItWas
from consent.relations.contributions import COORDINATED, EVERY
from consent.verdict import Verdict
from resources import division
from resources.record import coding, envelope, keeping, reference
from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import values


def stands(version: Version, before: Version | None, view: AsItWas, kept: Verdict) -> bool:
    """Whether a confirmed division wrote a version, with no more standing than it may give."""
    task = next((each for each in view.past.together(view.base) if _is_confirmed(each, view)), None)
    if task is None or (not envelope.written(version.terms)[1] and version.reference != task.reference):
        return False
    body = view.past.body(task)
    groups, resource = frozenset(division.households(body)), view.past.body(version)
    had = verdict.read(before.terms) if before else verdict.NONE
    if version.reference == task.reference:
        seen = kept.fixed <= groups and (not kept.fixed or _was_seen(reference.one(body, "focus"), view))
        return seen and kept == Verdict(True, fixed=kept.fixed)
    if before is not None:
        coordinates = version.type == "Task" and vocabulary.COORDINATE in coding.of(resource.get("code"))
        same = (kept.counts, kept.void, kept.noted) == (had.counts, had.void, had.noted)
        return coordinates and same and had.counts and had.fixed <= kept.fixed <= had.fixed | groups
    if reference.one(resource, "for" if version.type == "Task" else "subject") not in groups:
        return False
    return not kept.honoured and _says_no_more(version, resource, view, kept, groups)


def _says_no_more(
    version: Version, resource: Mapping[str, Any], view: AsItWas, kept: Verdict, groups: frozenset[str]
) -> bool:
    """Than what ended in this transaction of the same kind."""
    ended = [each for each in view.past.together(view.base) if each.type == version.type and each.number > 1]
    olds = [verdict.read(each.terms) for each in ended]
    if version.type == "CarePlan":
        return kept == Verdict(True, noted=kept.noted) and any(kept.noted <= old.noted for old in olds)
    if version.type == "CareTeam":
        keepers = frozenset(term(name, one) for name in (verdict.BROUGHT, verdict.CARRIER) for one in _keepers(view))
        return any(
            kept.fixed <= old.fixed | groups and kept.noted <= old.noted | keepers and old.counts >= kept.counts
            for old in olds
        )
    if version.type != "Task" or vocabulary.CARRY_OUT not in coding.of(resource.get("code")):
        return False
    team = view.stood(reference.one(resource, "focus"))
    own = verdict.read(team.terms).fixed | {team.reference} if team else frozenset[str]()
    return any(kept.fixed <= own and kept.noted <= old.noted and old.counts >= kept.counts for old in olds)


def _keepers(view: AsItWas) -> frozenset[str]:
    """Who keeps the cases that this transaction made."""
    made = (each for each in view.past.together(view.base) if each.type == "CarePlan" and each.number == 1)
    return frozenset(keeping.keeper(each.terms) for each in made if vocabulary.CASE in values(each.terms, ".code"))


def _is_confirmed(task: Version, view: AsItWas) -> bool:
    """Whether this version of a Task confirmed a division, by somebody who led then and, unless it was one call, had
    not asked for it."""
    if task.type != "Task" or task.deleted or not verdict.read(task.terms).counts:
        return False
    body = view.past.body(task)
    if vocabulary.DIVIDE not in coding.of(body.get("code")) or body.get("status") != "completed":
        return False
    facts = by_operation.writer(task, view)
    led = facts.holds(vocabulary.LEAD_SECTION)
    asker = envelope.origin(task.terms).author
    if task.number == 1:
        return any(post.agency == reference.one(body, "requester") for post in led)
    return bool(led) and envelope.written(task.terms)[1] and facts.actor.person != asker


def _was_seen(group: str, view: AsItWas) -> bool:
    """Whether the lead section saw the household before."""
    rows = view.past.related(COORDINATED, group)
    return any(row.relation.to == EVERY and row.since <= view.base for row in rows)
