"""Who can see a person's or a household's records, by ground: each agency is told of the records it keeps itself.

docs/policy.md, "explaining"; profiles/tsunagu/OperationDefinition-who-can-see.json
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from consent import vocabulary
from consent.actor import Actor
from consent.explaining import accounted, as_shown, explanation, insight
from consent.explaining.explanation import Part
from consent.explaining.insight import INSIGHT, MOST_RECORDS, Insight, Sight
from consent.gate import Gate
from consent.ordinance import Ordinance
from consent.reading.reading import Reading
from consent.rule import Text
from resources.record import period, reference
from resources.record.envelope import PERSONS
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import Among, Predicate, all_of, any_of, has, has_one_of, some
from resources.search.relation import Around
from resources.store.port import Snapshot

ASKED = "$who-can-see"

_SLICE = 25
"""Records looked at without a pause: who sees them is worked out beside the event loop."""

_NAMED = ("Consent/", "Encounter/", "Task/", "CareTeam/")
"""What a ground rests on and is named; posts are not."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who can see what there is about this Patient or Group, now or at an instant of the past?"""

    type: str
    id: str
    at: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.type}/{self.id}"


async def answered(gate: Gate, caller: Actor, question: Question) -> dict[str, Any]:
    """The answer as a FHIR Parameters resource. Raises Problem `not-found` where the person or household is not for the
    caller, and `too-costly` where there is too much to tell."""
    if caller.anonymous:
        raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")
    store, name, now = gate.engine.store, question.name, question.at or caller.now
    async with gate.reading(caller, interaction="operation", asked=ASKED) as reading:
        if accounted.is_auditor(reading.facts):
            return await accounted.seen_by(gate, caller, name, question.at)
        about = await _about(reading, question)
        records = await reading.every(_own(reading, about), MOST_RECORDS)
        knowing = Insight(reading)
        if question.at is None:
            made, readable = await _seen(knowing, reading.view, records, about, now)
        else:
            async with store.snapshot(period.instant(question.at)) as then:
                made, readable = await _seen(knowing, then, await _as_of(then, records), about, now)
    parameters = [
        {"name": "record", "valueReference": {"reference": name}},
        {"name": "at", "valueInstant": period.instant(now)},
        *_grounds(made, readable, gate.engine.ordinance),
        explanation.reason(_AS_FAR_AS),
    ]
    return {"resourceType": "Parameters", "parameter": parameters}


async def _about(reading: Reading, question: Question) -> Predicate:
    """That a record is about this person, or about this household or one of its members."""
    found = orjson.loads((await reading.read(question.type, question.id)).body)
    if question.type == "Patient":
        return some(PERSONS, Among(frozenset({question.name})))
    members = frozenset(reference.one(each, "entity") for each in found.get("member") or ())
    return any_of([has(".household", question.name), some(PERSONS, Among(members))])


def _own(reading: Reading, about: Predicate) -> Predicate:
    kept = has_one_of(".custodian", reading.facts.keeps)
    return all_of([kept, has_one_of(".type", vocabulary.CASEWORK), about])


async def _as_of(then: Snapshot, records: Sequence[Version]) -> list[Version]:
    """The same records as they were, if they were there."""
    found = [await then.get(each.type, each.id, within=INSIGHT) for each in records]
    return [version for version in found if version and not version.deleted]


async def _seen(
    knowing: Insight, view: Snapshot, found: Sequence[Version], about: Predicate, now: datetime
) -> tuple[list[Sight], frozenset[str]]:
    """Who sees what, and which of the versions that this rests on the asker may read."""
    if not found:
        return [], frozenset()
    shown: list[Version] = []
    for first in range(0, len(found), _SLICE):
        shown += await as_shown.of(knowing, view, found[first : first + _SLICE])
        await asyncio.sleep(0)  # others are answered between
    world = await knowing.world(view, now, shown)
    records = [each for each in shown if about.matches(each.terms, Around(each.stored, world))]
    meetings = await knowing.meetings(view, records, world)
    seers = await knowing.seers(view, world, records, meetings)
    facts = await knowing.facts(view, world, records, meetings, seers, now)
    made = await asyncio.to_thread(insight.sights, facts, records)
    cited = {each.version for sight in made for each in sight.rule.evidence if each.version.startswith(_NAMED)}
    return made, await knowing.reading.readable(cited)


def _grounds(made: Sequence[Sight], readable: frozenset[str], law: Ordinance) -> Iterator[Part]:
    """Ground by ground, and in it each who sees something by it."""
    for id in sorted({sight.rule.id for sight in made}):
        by_it = [sight for sight in made if sight.rule.id == id]
        rule = by_it[0].rule
        parts: list[Part] = [{"name": "id", "valueString": id}, *explanation.texts(rule.because)]
        parts += explanation.legal_basis(rule, law)
        parts += [{"name": "who", "part": list(_who(sight, readable))} for sight in by_it]
        yield {"name": "ground", "part": parts}


def _who(sight: Sight, readable: frozenset[str]) -> Iterator[Part]:
    yield {"name": "actor", "valueReference": explanation.who(sight.seer)}
    yield {"name": "records", "valueInteger": len(sight.records)}
    for type in sorted({record.partition("/")[0] for record in sight.records}):
        yield {"name": "type", "valueCode": type}
    yield from explanation.cited(each for each in sight.rule.evidence if each.version in readable)


_AS_FAR_AS = Text(
    "told of the records that your own agency keeps, as far as you may read what the access rests on",
    "自分の機関が管理する記録について、閲覧の根拠を自分が読める範囲で示す",
)
