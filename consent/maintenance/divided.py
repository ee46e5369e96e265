"""Whether what the division of a household wrote says what the old records did of each part, and was rightly confirmed.

docs/maintenance.md, "check"; docs/policy.md, "dividing".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, cast

from consent import verdict, vocabulary
from consent.acts import in_care, roles_of_part
from consent.maintenance import by_operation
from consent.maintenance.as_it_was import AsItWas, answered
from consent.relations import role
from consent.relations.contributions import COORDINATED, EVERY
from consent.verdict import Verdict
from resources import division
from resources.division import Part
from resources.record import coding, envelope, reference
from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import FOREVER, values


def stands(version: Version, before: Version | None, view: AsItWas, kept: Verdict) -> bool:
    """Whether a confirmed division wrote the next version of a record, with the standing that it gives: of its own
    Task, or of a coordination that goes on in each part."""
    task = _confirmed(view)
    if task is None:
        return False
    body = view.past.body(task)
    groups = division.households(body)
    if version.reference == task.reference:
        seen = _was_seen(reference.one(body, "focus"), view)
        return kept == Verdict(True, fixed=frozenset(groups if seen else ()))
    if before is None or vocabulary.COORDINATE not in values(version.terms, ".code"):
        return False
    had = verdict.read(before.terms)
    return envelope.written(version.terms)[1] and had.counts and kept == replace(had, fixed=had.fixed.union(groups))


def is_of_part(version: Version, view: AsItWas) -> bool:
    """Whether a confirmed division made a record for a part."""
    task = _confirmed(view) if version.number == 1 and envelope.written(version.terms)[1] else None
    return task is not None and _group(version, view) in division.households(view.past.body(task))


def stands_in_part(version: Version, view: AsItWas, kept: Verdict) -> bool:
    """Whether it says of that part what the old records did."""
    task = _confirmed(view)
    assert task is not None
    body, group, resource = view.past.body(task), _group(version, view), view.past.body(version)
    part = division.read(body).parts[division.households(body).index(group)]
    if version.type == "CarePlan":
        return _is_plan(group, view, kept)
    if version.type == "CareTeam":
        return _are_roles(resource, view, kept, reference.one(body, "focus"), part)
    return _is_role(resource, view, kept) or by_operation.is_own_word(version, view, kept, resource)


def _group(version: Version, view: AsItWas) -> str:
    return reference.one(view.past.body(version), "for" if version.type == "Task" else "subject")


def _confirmed(view: AsItWas) -> Version | None:
    return next((each for each in view.past.together(view.base) if _is_confirmed(each, view)), None)


def _ended(view: AsItWas, type: str) -> list[Version]:
    """The records of this kind that the division ended."""
    return [each for each in view.past.together(view.base) if each.type == type and each.number > 1]


def _is_plan(group: str, view: AsItWas, kept: Verdict) -> bool:
    """It is as the roles were decided on where the one that ended was, and its part has roles."""
    if kept == Verdict(True):
        return True
    made = (each for each in view.past.together(view.base) if each.type == "CareTeam" and each.number == 1)
    roled = any(reference.one(view.past.body(each), "subject") == group for each in made)
    marked = any(verdict.read(each.terms).note(verdict.DECIDED) for each in _ended(view, "CarePlan"))
    return roled and marked and kept == Verdict(True, noted=frozenset({term(verdict.DECIDED, "yes")}))


def _are_roles(resource: Mapping[str, Any], view: AsItWas, kept: Verdict, home: str, part: Part) -> bool:
    """They are for who of the old ones' persons is in the part, and are carried out by who carried those out and is of
    an agency that has one, and by who keeps the case."""
    olds, keepers = [verdict.read(each.terms) for each in _ended(view, "CareTeam")], _keepers(view)
    carriers = frozenset[str]().union(*(old.note(verdict.CARRIER) for old in olds))
    agencies = _agencies(view, roles_of_part.named(resource.get("participant") or ()))
    former = {key for key in carriers if key.startswith("Organization/")} - keepers
    posts = {key for key in carriers - former if _agencies(view, {key}) & agencies}
    group = reference.one(resource, "subject")
    for old in olds:
        fixed = roles_of_part.held(old, home, group, part.persons)
        if kept == roles_of_part.left(old, fixed, posts & old.note(verdict.CARRIER), keepers):
            return True
    return False


def _agencies(view: AsItWas, named: Collection[str]) -> frozenset[str]:
    return answered(in_care.agencies(cast(Any, view), named))


def _is_role(resource: Mapping[str, Any], view: AsItWas, kept: Verdict) -> bool:
    """It is put on between the same two, for whom the roles of its part are; who was named for it is named below."""
    team = view.stood(reference.one(resource, "focus"))
    if team is None:
        return False
    fixed = role.persons(verdict.read(team.terms)) | ({team.reference} if reference.many(resource, "partOf") else set())
    for each in _ended(view, "Task"):
        old, body = verdict.read(each.terms), view.past.body(each)
        same = all(body.get(name) == resource.get(name) for name in ("code", "requester", "owner"))
        noted = frozenset(term(verdict.BETWEEN, one) for one in old.note(verdict.BETWEEN))
        if same and old.counts and kept == Verdict(True, noted=noted, fixed=fixed):
            return True
    return False


def _keepers(view: AsItWas) -> frozenset[str]:
    """Who kept the cases that this transaction made, whoever they were handed over to since."""
    made = (each for each in view.past.together(view.base) if each.type == "CarePlan" and each.number == 1)
    cases = (each for each in made if vocabulary.CASE in values(each.terms, ".code"))
    return frozenset(envelope.value(each.terms, ".custodian") for each in cases)


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
    rows = answered(view.rows([(COORDINATED, group)]))
    return any(row.relation.to == EVERY and row.ended == FOREVER for row in rows)
