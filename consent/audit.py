"""The audit trail: one AuditEvent for every disclosure, denial and write, with ids and grounds and never content.

https://profiles.ihe.net/ITI/BALP/; docs/policy.md, "accountability".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent import vocabulary
from consent.actor import Actor
from consent.rule import Action, Decision
from resources.record import coding, period

_LETTER = {"create": "C", "read": "R", "update": "U", "delete": "D", "search": "E"}
_EVENT = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION = "http://hl7.org/fhir/restful-interaction"
_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_TYPES = "http://hl7.org/fhir/resource-types"
_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
_DETAILS = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One record an event speaks of, at a version, with the patients it names."""

    version: str
    subjects: frozenset[str]


def event(
    actor: Actor,
    action: Action,
    entries: Iterable[Entry],
    decision: Decision,
    *,
    interaction: str = "",
    asked: str = "",
) -> dict[str, Any]:
    """The AuditEvent of a decision. `asked` is the interaction's target in words, such as `Condition`."""
    shown = list(entries)
    return {
        "resourceType": "AuditEvent",
        "type": {"system": _EVENT, "code": "rest"},
        "subtype": [{"system": _INTERACTION, "code": interaction or _interaction(action)}],
        "action": _LETTER[action],
        "recorded": period.instant(actor.now),
        "outcome": "0" if decision.allowed else "4",
        "outcomeDesc": "allowed" if decision.allowed else "denied",
        "purposeOfEvent": [{"coding": [_purpose(actor)]}],
        "agent": [_agent(actor, decision)],
        "source": {"observer": {"display": "tsunagu"}},
        "entity": [*_entities(shown), *_evidence(decision), *_asked(actor, asked)],
    }


def _interaction(action: Action) -> str:
    return "search-type" if action == "search" else action


def _purpose(actor: Actor) -> dict[str, str]:
    own = actor.purpose in vocabulary.OWN_PURPOSES
    return {"system": f"{coding.BASE}/CodeSystem/purpose-of-use" if own else _REASON, "code": actor.purpose}


def _agent(actor: Actor, decision: Decision) -> dict[str, Any]:
    """Who asked, and the rules that decided, each by its id, with the legal basis where there is one."""
    bases = {coding.own("legal-basis", rule.basis) for rule in decision.rules if rule.basis}
    grounds = {f"{coding.BASE}/policy/{rule.id}" for rule in decision.rules}
    agent: dict[str, Any] = {"requestor": True, "altId": actor.client or "anonymous"}
    who = actor.person or actor.organization
    if who:
        agent["who"] = {"reference": who}
    if grounds or bases:
        agent["policy"] = sorted(grounds) + sorted(bases)
    return agent


def _entities(entries: list[Entry]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        type = entry.version.partition("/")[0]
        yield {"what": {"reference": entry.version}, "type": {"system": _TYPES, "code": type}}
    for patient in sorted(frozenset().union(*(entry.subjects for entry in entries))):
        yield {"what": {"reference": patient}, "role": {"system": _ROLE, "code": "1"}}


def _evidence(decision: Decision) -> Iterator[dict[str, Any]]:
    """What the decision rests on; more than a screenful is cut, since the rules name it again when explained."""
    cited = dict.fromkeys(found.version for rule in (*decision.rules, *decision.masks) for found in rule.evidence)
    for version in list(cited)[:_DETAILS]:
        yield {"what": {"reference": version}, "role": {"system": _ROLE, "code": "20"}, "description": "evidence"}


def _asked(actor: Actor, asked: str) -> Iterator[Mapping[str, Any]]:
    detail = [{"type": "request", "valueString": actor.request}]
    yield {"name": asked or "request", "role": {"system": _ROLE, "code": "24"}, "detail": detail}
