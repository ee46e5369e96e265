"""A decision put in words: who could read a record, by which rule, on which evidence, now or at an instant of the past.

docs/policy.md, "explaining": explaining is rendering a decision, never a second way of making one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from consent import gathering, policy, refusal, trail, vocabulary
from consent.actor import Actor, Scope
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.gate import Gate
from consent.ordinance import Ordinance
from consent.rule import Decision, Rule, Text
from resources.record import period
from resources.record.envelope import PERSONS
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, term
from resources.search.relation import Around
from resources.store.port import Snapshot

EXPLAINING: Predicate = EVERYTHING
"""Under this the record explained is looked at. Its content is never said, and whether it is there only to officers in
charge or to one who may read it."""

IN_CHARGE = (vocabulary.CONVENER, vocabulary.LEAD_SECTION, vocabulary.AUDITOR)


@dataclass(frozen=True, slots=True)
class Question:
    """May this one read that record? `about` is a Practitioner or an Organization, empty for the caller itself."""

    type: str
    id: str
    about: str = ""
    purpose: str = ""
    at: datetime | None = None


async def explain(gate: Gate, caller: Actor, question: Question) -> dict[str, Any]:
    """The decision as a FHIR Parameters resource. Raises Problem `forbidden` where the question is not the caller's.

    One view answers it; a question about the past needs that of then besides. Asked or refused, it is on the trail.
    """
    if caller.anonymous:
        raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")
    subject, store, name = _subject(caller, question), gate.engine.store, f"{question.type}/{question.id}"
    async with store.snapshot(now=period.instant(caller.now)) as view:
        asking = await gathering.of_actor(view, caller)
        try:
            in_charge = _in_charge(asking, question)
            if question.at is None:
                found, decision, known = await _decided(gate.engine, view, subject, question, in_charge)
            else:
                async with store.snapshot(period.instant(question.at)) as then:
                    found, decision, known = await _decided(gate.engine, then, subject, question, in_charge)
        except Problem:
            await gate.append(trail.denial(caller, asking.agencies, "read", name))
            raise
    await gate.append(trail.explained(caller, asking.agencies, name, found, decision, known.world))
    if not in_charge:
        # For D1 even a mark that something is withheld would tell too much.
        decision = replace(decision, masks=())
    return _rendered(question, subject, decision, gate.engine.ordinance)


def _in_charge(asking: Facts, question: Question) -> bool:
    """Whether the caller may ask about others. Raises Problem `forbidden` where the question is, and the caller not."""
    in_charge = any(asking.holds(function) for function in IN_CHARGE)
    if question.about and question.about not in asking.identities and not in_charge:
        raise Problem.of(
            "forbidden",
            "only the convener, the lead section and an auditor may ask about somebody else",
            "他の人について尋ねられるのは招集者・主管課・監査担当だけです",
        )
    return in_charge


async def _decided(
    engine: PolicyEngine, view: Snapshot, subject: Actor, question: Question, in_charge: bool
) -> tuple[Version | None, Decision, Facts]:
    """The record, the decision on it, and the facts that bear on it.

    For the one who may not know whether the record exists, an invisible one and none get the same decision.
    """
    asked = await view.get(question.type, question.id, within=EXPLAINING)
    known = await gathering.of_actor(view, subject)
    known = await gathering.meetings(view, known, engine.ordinance, past=in_charge)
    known = await gathering.about(view, known, [asked] if asked else [])
    if asked and in_charge:
        known = await gathering.lapsed(view, known, PERSONS.of(asked.terms, Around(asked.stored, known.world)))
    made = policy.rules("read", known)
    decision = policy.decide(made, asked.stored, known.world) if asked else None
    if decision and (in_charge or decision.allowed):
        return asked, decision, known
    if in_charge:
        raise refusal.not_found(question.type, question.id)
    return asked, Decision(False, _against_all(made, known, question)), known


def _against_all(made: tuple[Rule, ...], known: Facts, question: Question) -> tuple[Rule, ...]:
    """The narrows that fail for the whole type, whatever the record."""
    of_type = (term(".type", question.type),)
    return tuple(rule for rule in made if rule.effect == "narrow" and not rule.predicate.matches(of_type))


def _subject(caller: Actor, question: Question) -> Actor:
    """The one the question is about, at its time, with every scope: a scope is the client's matter, not the law's."""
    usual = vocabulary.CARE_MANAGEMENT if question.about else caller.purpose
    purpose = vocabulary.purpose(question.purpose) or usual
    asked = replace(caller, purpose=purpose, now=question.at or caller.now)
    if not question.about:
        return asked
    person = question.about if question.about.startswith("Practitioner/") else ""
    scope = Scope("user" if person else "system", "*", frozenset("cruds"))
    organization = "" if person else question.about
    return replace(asked, client="explained", person=person, organization=organization, scopes=(scope,))


def _rendered(question: Question, subject: Actor, decision: Decision, law: Ordinance) -> dict[str, Any]:
    parameters = [
        {"name": "record", "valueReference": {"reference": f"{question.type}/{question.id}"}},
        {"name": "actor", "valueReference": {"reference": subject.person or subject.organization}},
        {"name": "purpose", "valueCode": subject.purpose.rpartition("|")[2]},
        {"name": "at", "valueInstant": period.instant(subject.now)},
        {"name": "decision", "valueCode": "permit" if decision.allowed else "deny"},
        *(_rule("rule", rule, law) for rule in decision.rules),
        *(_rule("obligation", rule, law) for rule in decision.masks if decision.allowed),
        *(_rule("lacking", rule, law) for rule in decision.lacking),
    ]
    if not decision.rules:
        parameters.append({"name": "reason", "part": list(_texts(_NOTHING))})
    return {"resourceType": "Parameters", "parameter": parameters}


def _rule(name: str, rule: Rule, law: Ordinance) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"name": "id", "valueString": rule.id},
        {"name": "effect", "valueCode": rule.effect},
        *_texts(rule.because),
    ]
    if rule.basis:
        words = law.bases.get(rule.basis, Text(rule.basis, rule.basis))
        parts.append({"name": "legal-basis", "valueCode": rule.basis})
        parts.append({"name": "legal-basis-text", "valueString": words.ja})
    for lack in rule.lacks:
        parts.append({"name": "lacks", "part": list(_texts(lack))})
    for cited in rule.evidence:
        parts.append({"name": "evidence", "valueReference": {"reference": cited.version, "display": cited.what.ja}})
    return {"name": name, "part": parts}


def _texts(text: Text) -> Iterator[dict[str, Any]]:
    yield {"name": "because", "valueString": text.ja}
    yield {"name": "because-en", "valueString": text.en}


_NOTHING = Text("no rule permits it, so it is denied", "許す規則がないため、認められない")
