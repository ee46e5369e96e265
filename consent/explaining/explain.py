"""May they read it: the decision itself, in words, now or at an instant of the past.

docs/policy.md, "explaining": explaining is rendering a decision, never a second way of making one, and never wider than
the token that asks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from consent import gathering, policy, refusal, trail, vocabulary
from consent.actor import Actor, Scope
from consent.engine import PolicyEngine
from consent.explaining import accounted, explanation
from consent.explaining.accounted import ASKED
from consent.explaining.explanation import Told
from consent.facts import Facts
from consent.gate import Gate
from consent.reading.reading import Reading
from consent.rule import Decision, Rule
from resources.record import period, problem
from resources.record.envelope import PERSONS
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Around
from resources.store.port import Snapshot

EXPLAINING: Predicate = EVERYTHING
"""Under this the record explained, and what the decision rests on, are looked at. Their content is never said, and of
what the one who asks may not read, not even that it is there."""

IN_CHARGE = (vocabulary.CONVENER, vocabulary.LEAD_SECTION)
"""They may ask about somebody else; so may an auditor, who is answered from the trail."""


@dataclass(frozen=True, slots=True)
class Question:
    """May this one read that record? `about` is a Practitioner or an Organization, empty for the caller itself."""

    type: str
    id: str
    about: str = ""
    purpose: str = ""
    at: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.type}/{self.id}"


async def explain(gate: Gate, caller: Actor, question: Question) -> dict[str, Any]:
    """The answer as a FHIR Parameters resource. Raises Problem `forbidden` where the question is not the caller's, and
    `not-found` where it is about somebody else and a record that the caller may not read.

    One view answers it; a question about the past needs that of then besides. Asked or refused, it is on the trail.
    """
    if caller.anonymous:
        raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")
    store, name = gate.engine.store, question.name
    async with store.snapshot(now=period.instant(caller.now)) as view:
        reading = await Reading.begin(gate.engine, view, caller)
        asking = reading.facts
        oneself = question.about in ("", *asking.identities)
        if not oneself and accounted.is_auditor(asking):
            return await accounted.answered(gate, caller, name, question.about, question.purpose, question.at)
        asked = None
        try:
            if not oneself and not any(asking.holds(function) for function in IN_CHARGE):
                raise _not_yours()
            asked = await view.get(question.type, question.id, within=EXPLAINING)
            seen = asked is not None and (await reading.sees([asked]))[0]
            if not oneself and not seen:
                raise refusal.not_found(question.type, question.id)
        except Problem:
            about = trail.persons(asked, reading.facts.world)
            await gate.append(trail.denial(caller, asking.agencies, "read", name, ASKED, about=about))
            raise
        subject = _oneself(caller, question) if oneself else _another(caller, question)
        if not seen:
            decision, known = Decision(False, _against_all(policy.rules("read", asking), question)), asking
        elif question.at is None:
            decision, known = await _decided(gate.engine, view, subject, question, None if oneself else reading)
        else:
            async with store.snapshot(period.instant(question.at)) as then:
                decision, known = await _decided(gate.engine, then, subject, question, None if oneself else reading)
        cited = {each.version for rule in (*decision.rules, *decision.lacking) for each in rule.evidence}
        readable = await reading.readable(cited)
    await gate.append(trail.explained(caller, asking.agencies, ASKED, name, asked, decision, known.world))
    told = Told(name, subject.person or subject.organization, subject.purpose, subject.now, question.purpose)
    return explanation.of(told, _as_far_as(decision, readable), gate.engine.ordinance)


async def _decided(
    engine: PolicyEngine, view: Snapshot, subject: Actor, question: Question, reading: Reading | None
) -> tuple[Decision, Facts]:
    """The decision on the record as this view has it, and the facts that bear on it; about somebody else with what is
    lacking, and without the conflicts of interest that may not be told by this `reading`."""
    lacking = reading is not None
    asked = await view.get(question.type, question.id, within=EXPLAINING)
    known = await gathering.of_actor(view, subject)
    if reading and known.conflicts:
        told = await reading.readable({name for each in known.conflicts for name in each.versions})
        known = replace(known, conflicts=tuple(each for each in known.conflicts if each.versions <= told))
    known = await gathering.meetings(view, known, engine.ordinance, past=lacking)
    known = await gathering.about(view, known, [asked] if asked else [])
    if asked and lacking:
        known = await gathering.lapsed(view, known, PERSONS.of(asked.terms, Around(asked.stored, known.world)))
    if asked is None:
        return Decision(False, ()), known
    decision = policy.decide(policy.rules("read", known.of_type(asked.type)), asked.stored, known.world)
    return replace(decision, lacking=decision.lacking if lacking else ()), known


def _as_far_as(decision: Decision, readable: frozenset[str]) -> Decision:
    """The decision with the evidence that may be named. A ground that is lacking is told by what it rests on, a consent
    or a meeting, so one that rests on something unseen is not told; and for D1 even a mark that something is withheld
    would tell too much."""
    told = [rule for rule in decision.lacking if not rule.evidence or next(iter(rule.evidence)).version in readable]
    return Decision(
        decision.allowed, tuple(_named(rule, readable) for rule in decision.rules), (),
        tuple(_named(rule, readable) for rule in told),
    )  # fmt: skip


def _named(rule: Rule, readable: frozenset[str]) -> Rule:
    return replace(rule, evidence=tuple(each for each in rule.evidence if each.version in readable))


def _against_all(made: tuple[Rule, ...], question: Question) -> tuple[Rule, ...]:
    """The narrows that fail for the whole type, whatever the record: a record that is not for the caller, and none, get
    the same decision."""
    return tuple(policy.short_of(made, question.type))


def _oneself(caller: Actor, question: Question) -> Actor:
    """The caller as the token has it: its scopes and its purpose bind the question as they bind the reading."""
    return replace(caller, now=question.at or caller.now)


def _another(caller: Actor, question: Question) -> Actor:
    """Somebody else, with every scope: a scope is the client's matter, not the law's."""
    person = question.about if question.about.startswith("Practitioner/") else ""
    scope = Scope("user" if person else "system", "*", frozenset("cruds"))
    return replace(
        caller,
        client="explained",
        person=person,
        organization="" if person else question.about,
        purpose=vocabulary.purpose(question.purpose) or vocabulary.CARE_MANAGEMENT,
        scopes=(scope,),
        now=question.at or caller.now,
    )


def _not_yours() -> Problem:
    because = problem.of_rule(
        "P6",
        "only the convener, the lead section and, with the purpose `audit-review`, an auditor may ask about somebody "
        "else; leave out `actor` to ask about yourself",
        "他の人について尋ねられるのは招集者・主管課と、監査の目的（audit-review）の監査担当だけです。"
        "自分について尋ねるときは `actor` を省いてください",
        "actor",
    )
    return Problem("forbidden", because)
