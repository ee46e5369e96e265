"""What goes on the trail: one event for every disclosure, denial and write, with ids and grounds and never content.

docs/trail.md; docs/policy.md, "accountability"
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from consent.actor import Actor
from consent.rule import Action, Decision
from resources.record import coding
from resources.record.envelope import PERSONS
from resources.record.version import Version
from resources.search.relation import NOWHERE, Around, World
from resources.store.trail import Event

_LETTER = {"create": "C", "read": "R", "update": "U", "delete": "D", "search": "E"}
_DETAILS = 64
ALLOWED, DENIED = "0", "4"
"""Codes of FHIR's audit-event-outcome."""


def event(
    actor: Actor,
    agencies: Iterable[str],
    action: Action,
    shown: Sequence[Version],
    decision: Decision,
    *,
    world: World = NOWHERE,
    kind: str = "",
    asked: str = "",
) -> Event:
    """The event of a decision on these versions. `asked` is the interaction's target in words, such as `Condition`.

    `world` has the members of the households that they name: an event is about them too.
    """
    records = tuple(dict.fromkeys(version.cited for version in shown))
    patients = {name for version in shown for name in persons(version, world)}
    return _event(actor, agencies, action, decision, kind, asked, records, patients)


def review(
    actor: Actor, agencies: Iterable[str], action: Action, events: Iterable[tuple[str, Event]], decision: Decision
) -> Event:
    """The event of a look at the trail itself: which events were shown, by their ids, and whom they name."""
    shown = list(events)
    named = (name for _, each in shown for name in (*each.patients, *each.records))
    patients = {name.partition("/_history/")[0] for name in named if name.startswith("Patient/")}
    records = [f"AuditEvent/{id}/_history/1" for id, _ in shown]
    asked = "AuditEvent" if action == "search" else ""
    return _event(actor, agencies, action, decision, "", asked, records, patients)


def denial(actor: Actor, agencies: Iterable[str], action: Action, *names: str, about: Iterable[str] = ()) -> Event:
    """The event of a denial: what was asked for, records or a type, whether or not it exists; and the persons whom that
    would have been `about`, which the auditor alone is told."""
    records = [name for name in names if "/" in name]
    asked = next((name for name in names if "/" not in name), "denied")
    patients = {*about, *(name for name in records if name.startswith("Patient/"))}
    return _event(actor, agencies, action, Decision(False, ()), "", asked, records, patients)


def persons(version: Version | None, world: World) -> frozenset[str]:
    """Whom a version is about, for an event."""
    return frozenset(PERSONS.of(version.terms, Around(version.stored, world)) if version else ())


def explained(
    actor: Actor,
    agencies: Iterable[str],
    asked: str,
    name: str,
    found: Version | None,
    decision: Decision,
    world: World,
) -> Event:
    """The event of an explanation: the record it was about, and whom that is about where there is one."""
    told = replace(decision, allowed=True, rules=())
    records = [found.cited if found else name]
    return _event(actor, agencies, "read", told, "operation", asked, records, persons(found, world))


def asked(actor: Actor, agencies: Iterable[str], asked: str, told: Sequence[Version], world: World) -> Event:
    """The event of a question about access: the records it was answered of, and whom they are about."""
    return event(actor, agencies, "read", told, Decision(True, ()), world=world, kind="operation", asked=asked)


def policy(rule: str) -> str:
    """The address under which an event names a rule."""
    return f"{coding.BASE}/policy/{rule}"


def _event(
    actor: Actor,
    agencies: Iterable[str],
    action: Action,
    decision: Decision,
    kind: str,
    asked: str,
    records: Sequence[str],
    patients: Iterable[str],
) -> Event:
    cited = dict.fromkeys(found.version for rule in (*decision.rules, *decision.masks) for found in rule.evidence)
    return Event(
        kind=kind or ("search-type" if action == "search" else action),
        action=_LETTER[action],
        outcome=ALLOWED if decision.allowed else DENIED,
        purpose=actor.purpose,
        client=actor.client,
        person=actor.person,
        agencies=tuple(sorted(agencies)) if actor.person or not actor.organization else (actor.organization,),
        asked=asked,
        rules=_grounds(tuple((rule.id, rule.basis) for rule in decision.rules)),
        at=int(actor.now.timestamp() * 1000),
        request=actor.request,
        records=tuple(records),
        patients=tuple(sorted(patients)),
        # More than a screenful is cut, since the rules name it again when explained; but no consent, which is a key:
        # who was shown something under it is told when it ends.
        evidence=tuple(each for at, each in enumerate(cited) if at < _DETAILS or each.startswith("Consent/")),
    )


@lru_cache(maxsize=4096)
def _grounds(rules: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The rules that decided, each by its address, with the legal basis where there is one."""
    bases = {coding.own("legal-basis", basis) for _, basis in rules if basis}
    return (*sorted({policy(id) for id, _ in rules}), *sorted(bases))
