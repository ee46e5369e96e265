"""What became of it: an auditor who asks about somebody's access is answered from the trail, by ids and rules.

docs/policy.md, "explaining" and P11; docs/trail.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from consent import trail, vocabulary
from consent.actor import Actor
from consent.auditing import audit_event, audit_review
from consent.explaining import explanation
from consent.explaining.explanation import Part
from consent.facts import Facts
from consent.gate import Gate
from consent.rule import Text
from resources.record import coding, moment, period
from resources.store.trail import Entry, Event, Field, TrailQuery

ASKED = "$explain-access"
QUESTIONS = frozenset({ASKED, "$who-can-see", "$simulate"})
"""What is no access itself but a question about access."""

MOST = 50
"""So many events are told, the latest first."""

MOST_SEEN = 500
"""So many events are looked at, the latest first."""

_EARLIEST = -(1 << 52)


Having = tuple[tuple[Field, frozenset[str]], ...]


def is_auditor(known: Facts) -> bool:
    """Whether the caller asks as an auditor."""
    return bool(known.holds(vocabulary.AUDITOR)) and known.actor.purpose == vocabulary.AUDIT_REVIEW


async def answered(
    gate: Gate, caller: Actor, record: str, about: str, purpose: str, at: datetime | None
) -> dict[str, Any]:
    """What the trail says of this one and that record, until then: the latest event decides, and all are told.

    Raises Problem `forbidden` where the token does not reach the trail.
    """
    having: Having = (("entity", frozenset({record})), ("agent", frozenset({about})))
    found = await audit_review.search(gate, caller, until(at, having, MOST_SEEN))
    bearing = [entry for entry in found.entries if _is_of(entry.event, record, purpose)]
    events = bearing[:MOST]
    parameters: list[Part] = [
        {"name": "record", "valueReference": {"reference": record}},
        {"name": "actor", "valueReference": {"reference": about}},
    ]
    if events:
        latest = events[0].event
        parameters += [
            {"name": "purpose", "valueCode": vocabulary.purpose_code(latest.purpose)},
            {"name": "at", "valueInstant": audit_event.recorded(latest)},
            {"name": "decision", "valueCode": _decision(latest)},
            *({"name": "rule", "part": list(_rule(rule, latest))} for rule in rules(latest)),
        ]
    if not events or not rules(events[0].event):
        parameters.append(explanation.reason(explanation.NOTHING if events else _NO_EVENT))
    parameters += [{"name": "event", "part": list(_event(entry))} for entry in events]
    if found.next or len(bearing) > MOST:
        parameters.append(explanation.reason(_MORE))
    elif await audit_review.is_archived(gate):
        parameters.append(explanation.reason(ARCHIVED))
    return {"resourceType": "Parameters", "parameter": parameters}


async def seen_by(gate: Gate, caller: Actor, name: str, at: datetime | None) -> dict[str, Any]:
    """Who was shown something of this person or household, by rule, as the latest events of the trail say."""
    having: Having = (("entity", frozenset({name})), ("outcome", frozenset({trail.ALLOWED})))
    found = await audit_review.search(gate, caller, until(at, having, MOST_SEEN))
    shown: dict[str, Counter[str]] = {}
    for event in (entry.event for entry in found.entries if _is_about(entry.event, name)):
        for rule in rules(event):
            shown.setdefault(rule, Counter()).update([event.person or next(iter(event.agencies), event.client)])
    parameters: list[Part] = [{"name": "record", "valueReference": {"reference": name}}]
    if at:
        parameters.append({"name": "at", "valueInstant": period.instant(at)})
    for rule, seers in sorted(shown.items()):
        who = [
            [{"name": "actor", "valueReference": {"reference": seer}}, {"name": "events", "valueInteger": number}]
            for seer, number in sorted(seers.items())
        ]
        parts = [{"name": "id", "valueString": rule}, *({"name": "who", "part": each} for each in who)]
        parameters.append({"name": "ground", "part": parts})
    parameters.append(explanation.reason(_MORE if found.next else _FROM_TRAIL))
    if not found.next and await audit_review.is_archived(gate):
        parameters.append(explanation.reason(ARCHIVED))
    return {"resourceType": "Parameters", "parameter": parameters}


def rules(event: Event) -> list[str]:
    """The ids of the rules that an event rests on."""
    start = trail.policy("")
    return [address[len(start) :] for address in event.rules if address.startswith(start)]


def until(at: datetime | None, having: Having, most: int) -> TrailQuery:
    """The latest events that have these values, up to an instant and with it; so many at most."""
    return TrailQuery(having, ((_EARLIEST, moment.of(at) - moment.UNIX + 1),) if at else None, limit=most)


def _is_of(event: Event, record: str, purpose: str) -> bool:
    """Whether an event is of this very record, and not of another that names it, and is no question about access."""
    records = {version.partition("/_history/")[0] for version in event.records}
    alike = not purpose or vocabulary.purpose(purpose) == vocabulary.purpose(event.purpose)
    return alike and record in records and event.asked not in QUESTIONS


def _is_about(event: Event, name: str) -> bool:
    """Whether something of this person or household was shown, and no question about access answered: not where the
    person is named as what that rests on alone."""
    return event.asked not in QUESTIONS and (name.startswith("Group/") or name in event.patients)


def _rule(rule: str, event: Event) -> Iterator[Part]:
    yield {"name": "id", "valueString": rule}
    bases = coding.own("legal-basis", "")
    for address in event.rules if rule == "P4" else ():
        if address.startswith(bases):
            yield {"name": "legal-basis", "valueCode": address[len(bases) :]}
    for cited in event.evidence:
        yield {"name": "evidence", "valueReference": {"reference": cited}}


def _event(entry: Entry) -> Iterator[Part]:
    event = entry.event
    yield {"name": "id", "valueReference": {"reference": f"{audit_event.TYPE}/{entry.id}"}}
    yield {"name": "at", "valueInstant": audit_event.recorded(event)}
    yield {"name": "interaction", "valueCode": event.kind}
    yield {"name": "decision", "valueCode": _decision(event)}
    yield {"name": "purpose", "valueCode": vocabulary.purpose_code(event.purpose)}
    for rule in rules(event):
        yield {"name": "rule", "valueString": rule}


def _decision(event: Event) -> str:
    return "permit" if event.outcome == trail.ALLOWED else "deny"


_NO_EVENT = Text("the trail, as it lies here, has no event of this", "ここにある監査記録に、これに当たる記録はない")
ARCHIVED = Text(
    "older events were moved into archive files (`tsunagu audit archive`): they tell what was before",
    "古い記録は保管ファイルに移してある（`tsunagu audit archive`）。それより前のことは、保管ファイルで確かめる",
)
_FROM_TRAIL = Text("told from the trail: who was shown it", "監査記録による：実際に提供を受けた者")
_MORE = Text("there are earlier events: ask with an earlier `at`", "さらに前の記録がある。`at` を前にして尋ねる")
