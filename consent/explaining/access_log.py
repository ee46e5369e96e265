"""$access-log: on which day and on which ground a person's records were accessed, told to that person.

docs/policy.md, P7: under P3 the consent relied on; which agency or officer it was is told to nobody, alike to everyone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from consent import evidence, refusal, trail
from consent.actor import Actor
from consent.auditing import audit_review
from consent.explaining import accounted, explanation
from consent.explaining.accounted import Having
from consent.explaining.explanation import Part
from consent.gate import Gate
from consent.reading.reading import Reading
from consent.rule import Text
from resources.record import period, reference
from resources.record.problem import Problem
from resources.search.predicate import Predicate, has
from resources.store.trail import Event, TooBroad

ASKED = "$access-log"

RELIED_ON: Predicate = has(".type", "Consent")
"""Under this the server asks whose a consent is that an access rested on: one's own is named, no other."""

MOST = 1_000
"""So many events are told, the latest first."""


@dataclass(frozen=True, slots=True)
class Access:
    """What happened on one day on one ground; `consents` are the person's own, where it is P3."""

    day: str
    ground: str
    consents: frozenset[str] = frozenset()


async def answered(gate: Gate, caller: Actor, id: str, at: datetime | None) -> dict[str, Any]:
    """The log as a FHIR Parameters resource. Raises Problem `not-found` for whoever it is not about."""
    person = f"Patient/{id}"
    async with gate.reading(caller, interaction="operation", asked=ASKED) as reading:
        await reading.read("Patient", id)
        if reading.facts.oneself is None or reading.facts.oneself.patient != person:
            reading.denied = person
            raise refusal.not_found("Patient", id)
        events, more = await _events(gate, person, at)
        found = Counter([access for event in events for access in await _accesses(reading, person, event)])
    parameters: list[Part] = [{"name": "person", "valueReference": {"reference": person}}]
    for access, times in sorted(found.items(), key=lambda each: (each[0].day, each[0].ground), reverse=True):
        parameters.append({"name": "access", "part": list(_told(access, times))})
    if more or await audit_review.is_archived(gate):
        parameters.append(explanation.reason(_MORE if more else accounted.ARCHIVED))
    return {"resourceType": "Parameters", "parameter": parameters}


async def _events(gate: Gate, person: str, at: datetime | None) -> tuple[list[Event], bool]:
    having: Having = (("patient", frozenset({person})), ("outcome", frozenset({trail.ALLOWED})))
    try:
        found = await gate.engine.store.trail.find(accounted.until(at, having, MOST))
    except TooBroad:
        text, ja = (
            "there are too many events: ask with an earlier `at`",
            "記録が多すぎます。`at` を前にして尋ねてください",
        )
        raise Problem.of("not-supported", text, ja, "at") from None
    events = [entry.event for entry in found.entries]
    return [each for each in events if each.asked not in accounted.QUESTIONS and person in each.patients], bool(
        found.next
    )


async def _accesses(reading: Reading, person: str, event: Event) -> list[Access]:
    day = datetime.fromtimestamp(event.at / 1000, UTC).astimezone(period.TOKYO).date().isoformat()
    relied = await _own(reading, person, event.evidence) if "P3" in accounted.rules(event) else frozenset()
    return [Access(day, rule, relied if rule == "P3" else frozenset()) for rule in accounted.rules(event)]


async def _own(reading: Reading, person: str, cited: Iterable[str]) -> frozenset[str]:
    """Of the consents that an access rested on, those of this person."""
    own = set()
    for name in sorted({each.partition("/_history/")[0] for each in cited if each.startswith("Consent/")}):
        found = await reading.view.get(*name.split("/"), within=RELIED_ON)
        if found and reference.one(evidence.body(found), "patient") == person:
            own.add(name)
    return frozenset(own)


def _told(access: Access, times: int) -> Iterator[Part]:
    yield {"name": "date", "valueDate": access.day}
    yield {"name": "ground", "valueString": access.ground}
    yield {"name": "times", "valueInteger": times}
    for consent in sorted(access.consents):
        yield {"name": "consent", "valueReference": {"reference": consent}}


_MORE = Text("there are earlier events: ask with an earlier `at`", "さらに前の記録がある。`at` を前にして尋ねる")
