"""A decision put in words: its rules with their reasons, evidence and legal basis, and what is lacking.

profiles/tsunagu/OperationDefinition-explain-access.json; docs/policy.md, "explaining"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consent import vocabulary
from consent.ordinance import Ordinance
from consent.provision.provisions import EVERYBODY
from consent.rule import Decision, Evidence, Rule, Text
from resources.record import period

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What an explanation is of: the record, who would read it, for which purpose, when. `asked` is the purpose that
    was asked for, which counts only of another: one's own is that of the token."""

    record: str
    actor: str
    purpose: str
    at: datetime
    asked: str = ""


def of(told: Told, decision: Decision, law: Ordinance) -> dict[str, Any]:
    """The explanation as a Parameters resource."""
    parameters: list[Part] = [
        {"name": "record", "valueReference": {"reference": told.record}},
        {"name": "actor", "valueReference": {"reference": told.actor}},
        {"name": "purpose", "valueCode": vocabulary.purpose_code(told.purpose)},
        {"name": "at", "valueInstant": period.instant(told.at)},
        {"name": "decision", "valueCode": "permit" if decision.allowed else "deny"},
        *(_rule("rule", rule, law) for rule in decision.rules),
        *(_rule("lacking", rule, law) for rule in decision.lacking),
    ]
    if vocabulary.purpose(told.asked) not in ("", told.purpose):
        parameters.append(reason(_BOUND))
    if not decision.rules:
        parameters.append(reason(NOTHING))
    return {"resourceType": "Parameters", "parameter": parameters}


def reason(text: Text) -> Part:
    """A sentence of its own, in both languages."""
    return {"name": "reason", "part": list(texts(text))}


def texts(text: Text) -> Iterator[Part]:
    yield {"name": "because", "valueString": text.ja}
    yield {"name": "because-en", "valueString": text.en}


def legal_basis(rule: Rule, law: Ordinance) -> list[Part]:
    """The article that a rule rests on, by its code and in words; nothing where it names none."""
    if not rule.basis:
        return []
    words = law.bases.get(rule.basis, Text(rule.basis, rule.basis))
    return [
        {"name": "legal-basis", "valueCode": rule.basis},
        {"name": "legal-basis-text", "valueString": words.ja},
    ]


def cited(evidence: Iterable[Evidence]) -> Iterator[Part]:
    """What a rule rests on, each once: it may count for several persons."""
    for version, said in dict.fromkeys((each.version, each.what.ja) for each in evidence):
        yield {"name": "evidence", "valueReference": {"reference": version, "display": said}}


def who(seer: str) -> dict[str, str]:
    """A seer as a Reference."""
    return {"display": "すべての相談機関 / every agency"} if seer == EVERYBODY else {"reference": seer}


def _rule(name: str, rule: Rule, law: Ordinance) -> Part:
    parts: list[Part] = [
        {"name": "id", "valueString": rule.id},
        {"name": "effect", "valueCode": rule.effect},
        *texts(rule.because),
    ]
    parts += legal_basis(rule, law)
    for lack in rule.lacks:
        parts.append({"name": "lacks", "part": list(texts(lack))})
    return {"name": name, "part": [*parts, *cited(rule.evidence)]}


NOTHING = Text("no rule permits it, so it is denied", "許す規則がないため、認められない")
_BOUND = Text(
    "a question about oneself is answered for the purpose of the token",
    "自分についての問いには、トークンの利用目的で答える",
)
