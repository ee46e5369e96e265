"""What of a verdict only an operation of the server says, and how two verdicts are compared when one is judged anew.

docs/maintenance.md, "check": what an operation wrote is asked by what that operation asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from consent import evidence, gathering, verdict, vocabulary
from consent.actor import Actor
from consent.acts import department_confirmer, post_confirmer, verifying
from consent.facts import Facts
from consent.maintenance.as_it_was import AsItWas, answered
from consent.relations import role, teams
from consent.standing import department, put_before
from consent.verdict import Verdict
from resources.record import coding, envelope, keeping, parse, period, reference
from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import values
from resources.store.port import Snapshot

_LATER = (verdict.AGED, verdict.REACHED, verdict.REPLACED)
_BY_OPERATION = (verdict.DECIDED, verdict.EMERGENCY, verdict.MEANT)
_OWN_WORDS = vocabulary.ASKED_BY_THE_SERVER | {vocabulary.CARRY_OUT}
"""What the server alone begins."""

Said = tuple[bool, bool, frozenset[str], frozenset[str], frozenset[str]]


def said(judged: Verdict, kept: Verdict) -> Said:
    """What is compared: without what came later, or only an operation says, and without instants told by another clock.

    A revocation that `kept` notes is its writer's to give; it only ends.
    """
    notes = set()
    for entry in judged.noted:
        name, _, value = entry.partition(" ")
        if name in (verdict.REVOKED, verdict.WORD):
            value = ""
        elif name == verdict.BORN:
            value = value.partition(" ")[2]
        if name not in (*_LATER, *_BY_OPERATION):
            notes.add(f"{name} {value}")
    if kept.note(verdict.REVOKED):
        notes.add(f"{verdict.REVOKED} ")
    return judged.counts, judged.void, judged.honoured, judged.fixed, frozenset(notes)


def server_stands(version: Version, before: Version | None, kept: Verdict) -> bool:
    """Whether the server wrote it, as it does without touching what the version before it counted for."""
    if before is None or not envelope.written(version.terms)[1]:
        return False
    return said(verdict.read(before.terms), kept) == said(kept, kept)


def is_own_word(version: Version, view: AsItWas, kept: Verdict, resource: Mapping[str, Any]) -> bool:
    """Whether it is a Task that the server alone begins, and says no more than that one does."""
    codes = coding.of(resource.get("code")) & _OWN_WORDS if version.type == "Task" else frozenset()
    if version.number != 1 or not codes:
        return False
    if vocabulary.DECIDE_COORDINATION in codes:
        return _is_put_before(version, view, kept, resource)
    if vocabulary.CARRY_OUT in codes:
        return _is_role_put(version, view, kept, resource)
    plain = Verdict(vocabulary.EMERGENCY_REVIEW not in codes)
    return said(plain, kept) == said(kept, kept)


def _is_role_put(version: Version, view: AsItWas, kept: Verdict, resource: Mapping[str, Any]) -> bool:
    """Whether a role that stood was put to the agency that has it, by a post of the lead section."""
    team = view.stood(reference.one(resource, "focus"))
    decided = verdict.read(team.terms) if team else verdict.NONE
    asks, asked = reference.one(resource, "requester"), reference.one(resource, "owner")
    if team is None or not decided.counts or asked not in teams.agencies(evidence.body(team).get("participant") or ()):
        return False
    post = view.stood(asks)
    held = evidence.post(post, at(version)) if post else None
    if held is None or vocabulary.LEAD_SECTION not in held.functions:
        return False
    noted = frozenset(term(verdict.BETWEEN, one) for one in (asks, asked))
    return said(Verdict(True, noted=noted, fixed=role.persons(decided)), kept) == said(kept, kept)


def _is_put_before(version: Version, view: AsItWas, kept: Verdict, resource: Mapping[str, Any]) -> bool:
    """Whether an escalation that stood was put before the lead section by who called, or was called."""
    call = view.stood(reference.one(resource, "focus"))
    if call is None or vocabulary.ESCALATE not in values(call.terms, ".code") or not verdict.read(call.terms).counts:
        return False
    facts = writer(version, view)
    theirs = reference.one(evidence.body(call), "owner") in facts.seats or keeping.keeper(call.terms) in facts.keeps
    return theirs and said(put_before.judged(call), kept) == said(kept, kept)


def is_rightly_marked(version: Version, view: AsItWas, kept: Verdict, resource: Mapping[str, Any]) -> bool:
    """Whether the mark of a plan that was decided on, which only operations give, was theirs to give."""
    if not kept.note(verdict.DECIDED):
        return True
    before = view.stood(version.reference)
    had = bool(before and verdict.read(before.terms).note(verdict.DECIDED))
    total = vocabulary.TOTAL_CARE_PLAN in coding.of(resource.get("category"))
    return total and (had or is_decided(version, view, resource))


def is_decided(plan: Version, view: AsItWas, resource: Mapping[str, Any]) -> bool:
    """Whether roles of its household were decided while this was the plan, or the lead section confirmed it."""
    if _is_confirmed_plan(plan, view):
        return True
    until = next((each.since for each in view.past.history(plan.reference) if each.number == plan.number + 1), "~")
    household = reference.one(resource, "subject")
    names = view.past.leading("CareTeam", f".household {household}")
    teams = [each for name in names for each in view.past.history(name)]
    return any(verdict.read(each.terms).counts and plan.since <= each.since <= until for each in teams)


def _is_confirmed_plan(plan: Version, view: AsItWas) -> bool:
    """Whether the server ended a Task by which the lead section confirmed this version."""
    for name in sorted(view.past.leading("Task", term("focus", plan.reference))):
        for each in view.past.history(name):
            body = view.past.body(each) if not each.deleted and envelope.written(each.terms)[1] else {}
            done = body.get("status") == "completed" and vocabulary.CONFIRM_PLAN in coding.of(body.get("code"))
            if done and verdict.read(each.terms).counts and body["input"][0]["valuePositiveInt"] == plan.number:
                return True
    return False


def is_confirmed(version: Version, before: Version | None, view: AsItWas, kept: Verdict, facts: Facts) -> bool:
    """Whether somebody else of its agency confirmed a post, or its place, as it had been written."""
    if version.type not in ("PractitionerRole", *department.TYPES) or before is None or kept != Verdict(True):
        return False
    body, person = evidence.body(before), facts.actor.person
    wrote = (envelope.written(before.terms)[0], envelope.origin(before.terms).author)
    if not person or person in (reference.one(body, "practitioner"), *wrote) or content(before) != content(version):
        return False
    if version.type in department.TYPES:
        return answered(department_confirmer.may(cast(Snapshot, view), facts, body))
    return answered(post_confirmer.may(cast(Snapshot, view), facts, body, wrote))


def is_verified(version: Version, before: Version | None, view: AsItWas, kept: Verdict, facts: Facts) -> bool:
    """Whether a keeper whom its filer had asked has verified a paper."""
    if version.type != "Consent" or before is None:
        return False
    had = verdict.read(before.terms)
    new = kept.honoured - had.honoured
    asked = answered(verifying.asked(cast(Snapshot, view), facts, before)) if new and had.counts else ()
    rest = replace(had, honoured=kept.honoured)
    return new in [{agency} for _, agency in asked] and said(rest, kept) == said(kept, kept)


def content(version: Version) -> Mapping[str, Any]:
    """What a version says, without which one it is."""
    return {name: value for name, value in parse.editable(version.body).items() if name not in ("id", "meta")}


def writer(version: Version, view: AsItWas) -> Facts:
    """Who wrote it, with the posts that they held; the installer is nobody's person and writes the directory alone."""
    writer = envelope.written(version.terms)[0] or (
        envelope.origin(version.terms).author if version.number == 1 else ""
    )
    person = writer if writer.startswith(("Practitioner/", "Patient/", "RelatedPerson/")) else ""
    installs = not person and version.type not in vocabulary.CASEWORK
    purpose = vocabulary.INSTALLATION if installs else vocabulary.CARE_MANAGEMENT
    actor = Actor("check", person, "" if person else writer, purpose, (), at(version), "")
    return answered(gathering.of_actor(cast(Snapshot, view.began), actor))


def at(version: Version) -> datetime:
    at = period.first(version.since)
    assert at is not None
    return at
