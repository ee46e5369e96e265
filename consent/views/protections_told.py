"""$protections: the protections of a Patient that name the caller; to the lead section all, while one awaits its word.

docs/policy.md, D1. That there is a protection may be seen by who may read the Patient, a list by those it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent import evidence, policy, refusal, vocabulary
from consent.actor import Actor
from consent.gate import Gate
from consent.relations import names
from consent.rule import Decision, Rule, Text
from consent.secrecy import locks, protection
from resources.search.predicate import EVERYTHING, Predicate

TOLD: Predicate = EVERYTHING
"""Under this the server looks at a Patient's protections, to tell each list to those it names."""


@dataclass(frozen=True, slots=True)
class Told:
    """One protection as it is told: whether it awaits the lead section, and whom it is against, if that is told."""

    label: Mapping[str, Any]
    awaits: bool
    against: frozenset[str]


async def told(gate: Gate, actor: Actor, id: str) -> list[Told]:
    """The protections that are for the caller to see. Raises Problem `not-found`, `forbidden`."""
    async with gate.reading(actor, "read", "operation", "$protections") as reading:
        policy.covered(policy.ruling("read", reading.facts).rules, "Patient")
        person = await reading.view.get("Patient", id, within=TOLD)
        (decision,) = await reading.judged([person]) if person else [None]
        labels = protection.labels(evidence.body(person)) if person else []
        facts = reading.facts
        called = sorted(await names.known(reading.view, [person.reference])) if person else []
        every = [await reading.view.get(*one.split("/"), within=TOLD) for one in called]
        meant = (label for each in every if each for label in protection.labels(evidence.body(each)))
        against = frozenset[str]().union(*map(protection.against, meant)) & facts.seats
        leads = facts.holds(vocabulary.LEAD_SECTION) and facts.actor.purpose in vocabulary.CASEWORK_PURPOSES
        decides = bool(leads) and not against and any(locks.awaits(labels, place) for place in range(len(labels)))
        if person is None or decision is None or person.deleted or not (decision.allowed or decides):
            reading.denied = f"Patient/{id}"
            raise refusal.not_found("Patient", id)
        reading.shown.append(person)
        reading.decisions.append(Decision(True, (_STANDING,)))
        found = []
        for place, label in enumerate(labels):
            named = bool(locks.tells(label, facts.world.now) & facts.identities) and not against
            if named or decides:
                whom = protection.against(label) if named else frozenset[str]()
                found.append(Told(label, locks.awaits(labels, place), whom))
        return found


_STANDING = Rule("D1", "permit", EVERYTHING, Text("the list names who asks", "名簿にある人か、確認する主管課である"))
