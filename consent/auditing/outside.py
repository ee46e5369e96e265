"""A disclosure that was made outside this server, as somebody who may read the consent it rests on tells it.

docs/consent-exchange.md; docs/trail.md. It goes on the trail as ids and codes: who told it, to whom, of which records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import evidence, trail, vocabulary
from consent.actor import Actor
from consent.auditing import audit_event
from consent.gate import Gate
from consent.reading.reading import Reading
from resources.record import coding, moment, period, problem, reference
from resources.record.problem import Issue, Problem
from resources.search import request
from resources.store.trail import Event

Resource = Mapping[str, Any]

MOST_RECORDS = 100

_AT = "AuditEvent"
_RECIPIENT = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType|IRCP"
_KNOWN = ("Organization/", "Practitioner/", "PractitionerRole/", "HealthcareService/")


async def recorded(gate: Gate, caller: Actor, disclosure: Resource, consent: Resource) -> None:
    """Put it on the trail. Raises Problem naming what cannot be told, or where the consent is not for the caller."""
    if caller.purpose not in vocabulary.CASEWORK_PURPOSES:
        text = "a disclosure is told by casework: ask for a token for `CAREMGT`, `COC` or `support-conference`"
        ja = "提供を記録できるのは、相談支援の業務としてだけです。CAREMGT などのトークンで行ってください"
        raise Problem("forbidden", problem.of_rule("D4", text, ja))
    name = reference.one({"consent": consent}, "consent")
    if not name.startswith("Consent/"):
        raise _unreadable("name the consent by its reference", "根拠の同意書を参照で指定してください", "consent")
    async with gate.reading(caller, interaction="operation", asked=audit_event.DISCLOSED) as reading:
        paper = await reading.read("Consent", name.partition("/")[2])
        person = _person(evidence.body(paper), disclosure)
        recipient = await _recipient(reading, disclosure)
        records = [(await reading.read(type, id)).cited for type, _, id in _records(disclosure)]
        event = Event(
            kind="operation",
            action="E",
            outcome=trail.ALLOWED if disclosure.get("outcome", "0") == "0" else trail.DENIED,
            purpose=_purpose(disclosure) or caller.purpose,
            client=caller.client,
            person=caller.person,
            agencies=tuple(sorted(reading.facts.agencies)),
            asked=audit_event.DISCLOSED,
            rules=(),
            at=_when(disclosure, caller),
            request=caller.request,
            records=(recipient, *records),
            patients=(person,),
            evidence=(paper.cited,),
        )
    await gate.append(event)


def _person(consent: Resource, disclosure: Resource) -> str:
    """The person whom the consent is of; the event is about nobody else."""
    person = reference.one(consent, "patient")
    named = {each for each in _named(disclosure) if each.startswith("Patient/")}
    if named - {person}:
        raise _unreadable("the consent is of another person", "同意書は別の人のものです", "entity.what")
    return person


async def _recipient(reading: Reading, disclosure: Resource) -> str:
    """Who received it: a record of the directory, by its reference or its identifier."""
    agents = disclosure.get("agent") or ()
    receiving = [each for each in agents if _RECIPIENT in coding.of(each.get("type"))]
    receiving = receiving or [each for each in agents if each.get("requestor") is True]
    who = receiving[0].get("who") if len(receiving) == 1 else None
    name = reference.one({"who": who}, "who")
    identifier = who.get("identifier") if isinstance(who, Mapping) else None
    if not name and isinstance(identifier, Mapping) and identifier.get("value"):
        sought = f"{identifier.get('system', '')}|{identifier['value']}"
        wanted = request.parse(reading.engine.index, "Organization", [("identifier", sought), ("_count", "2")])
        found = (await reading.search(wanted)).versions
        name = found[0].reference if len(found) == 1 else ""
    elif name.startswith(_KNOWN):
        type, _, id = name.partition("/")
        await reading.read(type, id)
    if not name.startswith(_KNOWN):
        text = "say who received it: one agent of type IRCP that is in the directory, by reference or identifier"
        ja = "受け手（IRCP）を一つ、相談機関一覧にある機関か担当者で指定してください"
        raise _unreadable(text, ja, "agent.who")
    return name


def _records(disclosure: Resource) -> list[tuple[str, str, str]]:
    """The records that were disclosed, each of which the caller must be able to read."""
    people = ("Consent/", "Patient/")
    found = [each.partition("/") for each in sorted(_named(disclosure)) if not each.startswith(people)]
    if len(found) > MOST_RECORDS:
        text, ja = f"at most {MOST_RECORDS} records at once", f"一度に記録できるのは{MOST_RECORDS}件までです"
        raise _unreadable(text, ja, "entity")
    return found


def _named(disclosure: Resource) -> set[str]:
    entities = disclosure.get("entity") or ()
    return {name for each in entities if (name := reference.one(each, "what"))}


def _purpose(disclosure: Resource) -> str:
    """The purpose it was made for; empty where none is told."""
    said = [each for purpose in disclosure.get("purposeOfEvent") or () for each in purpose.get("coding") or ()]
    found = {vocabulary.coded_purpose(str(each.get("system")), str(each.get("code"))) for each in said}
    if len(found) > 1 or "" in found:
        raise _unreadable("one purpose of use", "利用目的を一つ記入してください", "purposeOfEvent")
    return found.pop() if found else ""


def _when(disclosure: Resource, caller: Actor) -> int:
    """When it was made, in milliseconds of Unix time; not in the future."""
    at = period.first(str(disclosure.get("recorded")))
    if at is None or at > caller.now:
        text, ja = "say when it was disclosed, which is past", "提供した日時（過去）を記入してください"
        raise _unreadable(text, ja, "recorded")
    return moment.of(at) - moment.UNIX


def _unreadable(text: str, ja: str, element: str) -> Problem:
    at = "Parameters.parameter" if element == "consent" else _AT
    return Problem("invalid", Issue(text, ja, f"{at}.{element}"))
