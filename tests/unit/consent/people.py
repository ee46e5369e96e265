"""Actors, facts and records for the tests of the policy, each right unless told otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from consent import duties, vocabulary
from consent.actor import Actor, Scope
from consent.duty_context import DutyContext
from consent.evidence import HeldRole
from consent.facts import Facts
from consent.rule import Action
from consent.transition import Transition
from resources.record import envelope, period
from resources.record.envelope import Envelope, Origin
from resources.search.relation import FOREVER, Gathered, Relation, Row

NOW = datetime.fromisoformat("2026-11-23T13:00:00+09:00")
SINCE = "2026-04-01T00:00:00.000Z"
CENTER = "Organization/center"
OFFICER = Actor(
    "desk", "Practitioner/p", "", vocabulary.CARE_MANAGEMENT, (Scope("user", "*", frozenset("cruds")),), NOW, "r"
)
SYSTEM = replace(OFFICER, person="", organization=CENTER, scopes=(Scope("system", "*", frozenset("cruds")),))
_CODES = ("business-rule", "forbidden", "code-invalid", "required")
ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
"""Beside an element: that its value is unknown."""
NOBODY = Actor("", "", "", "", (), NOW, "r")


def post(*functions: str, agency: str = CENTER, name: str = "role") -> HeldRole:
    reference = f"PractitionerRole/{name}"
    return HeldRole(reference, f"{reference}/_history/1", agency, frozenset(functions or ("officer",)))


def officer(*posts: HeldRole, purpose: str = "CAREMGT", **known: Any) -> Facts:
    """A person who holds these posts, one of an officer where none is given."""
    return Facts(replace(OFFICER, purpose=vocabulary.purpose(purpose)), posts or (post(),), **known)


def terms(
    resource: dict[str, Any],
    custodian: str = "",
    records: dict[str, Any] | None = None,
    known: dict[str, Envelope] | None = None,
) -> tuple[str, ...]:
    """The envelope of a record, sorted; `known` are the envelopes of the records it is of."""
    made = envelope.of({"id": "1"} | resource, Origin(custodian, ""), (records or {}).get, (known or {}).get)
    return tuple(sorted(made.terms()))


def row(relation: Relation, source: str = "", since: str = SINCE, ended: str = FOREVER) -> Row:
    """A row as the store keeps it, that stands."""
    return Row(relation, since, ended, source or relation.of, 1)


def around(*rows: Row, at: str = FOREVER, now: datetime = NOW) -> Gathered:
    """A world of these rows, at this time."""
    world = Gathered(at, period.instant(now))
    world.add(rows)
    return world


def change(
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    known: Facts | None = None,
    *,
    custodian: str = CENTER,
    records: dict[str, Any] | None = None,
    duty_context: DutyContext | None = None,
) -> Transition:
    """One write as the duties see it."""
    action: Action = "create" if before is None else "delete" if after is None else "update"
    type = (after or before or {})["resourceType"]
    look = (records or {}).get
    around = duty_context or DutyContext()
    return Transition(action, type, before, after, custodian, known or officer(), look, around)


def breaches(duty: duties.Duty, transition: Transition) -> list[str]:
    """The rules that a change breaks by this duty, each said in both languages; `!` where it is about who acts."""
    found = list(duty(transition))
    assert all(issue.text.startswith(f"{issue.rule}: ") and issue.ja.startswith(f"{issue.rule}: ") for issue in found)
    assert all(issue.code in _CODES for issue in found)
    return [issue.rule + ("!" if issue.code == "forbidden" else "") for issue in found]


def wrongs(duty: duties.Duty, transition: Transition) -> list[str]:
    """The rules that a change breaks by this duty, each with the element where it does: `R9 at Task.input`."""
    broken = breaches(duty, transition)
    return [f"{rule} at {issue.at}" for rule, issue in zip(broken, duty(transition), strict=True)]
