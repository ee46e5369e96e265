"""What would change if this were written: who would see what they do not, and who would see no more what they do.

docs/policy.md, "explaining"; profiles/tsunagu/OperationDefinition-simulate.json. It is written under all rules of
writing, looked at, and undone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent import evidence, trail, vocabulary
from consent.actor import Actor
from consent.explaining import as_shown, explanation, insight
from consent.explaining.explanation import Part
from consent.explaining.insight import INSIGHT, MOST_RECORDS, Insight, Seer
from consent.gate import Gate
from consent.provision.provisions import EVERYBODY
from consent.reading.reading import Reading
from consent.relations.contributions import MEMBER
from consent.rule import Text
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change
from resources.record import reference
from resources.record.envelope import PERSONS
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search.predicate import Among, all_of, has, has_any, has_one_of, some
from resources.search.relation import FOREVER, Around, World
from resources.store.port import Query

ASKED = "$simulate"
TYPES = ("CareTeam", "Consent", "Encounter", "Group")
"""What decides who sees what: a roster, a consent, a conference, a household."""

MOST_CHANGES = 10
MOST_NAMED = 50
"""So many records are named of each; all are counted."""


@dataclass(frozen=True, slots=True)
class Played:
    """The records `found` that the asker may read, as they are shown before it and after it, and who comes into
    question with what holds then."""

    found: Sequence[Version]
    records: Sequence[Version]
    then: Sequence[Version]
    before: Sequence[Seer]
    after: Sequence[Seer]
    world: World
    agencies: frozenset[str]


async def simulated(gate: Gate, caller: Actor, changes: Sequence[Change]) -> dict[str, Any]:
    """The differences as a FHIR Parameters resource. Raises whatever writing it would raise, and `too-costly`."""
    if caller.anonymous:
        raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")
    _bounded(changes)
    played = await gate.rehearse(caller, changes, _play, ASKED)
    had = await asyncio.to_thread(_sees, played.before, played.records)
    has = await asyncio.to_thread(_sees, played.after, played.then)
    agencies = {each.reference: each.facts.agencies - {each.reference} for each in (*played.before, *played.after)}
    told = []
    for one in sorted({*had, *has}):
        gained, lost = has.get(one, _NONE) - had.get(one, _NONE), had.get(one, _NONE) - has.get(one, _NONE)
        for agency in agencies[one]:
            gained -= has.get(agency, _NONE) - had.get(agency, _NONE)
            lost -= had.get(agency, _NONE) - has.get(agency, _NONE)
        if gained or lost:
            parts = [
                {"name": "who", "valueReference": explanation.who(one)},
                *_named("gained", gained),
                *_named("lost", lost),
            ]
            told.append({"name": "actor", "part": parts})
    await gate.append(trail.asked(caller, played.agencies, ASKED, played.found, played.world))
    return {"resourceType": "Parameters", "parameter": [*told, explanation.reason(_AS_FAR_AS)]}


async def _play(unit: UnitOfWork) -> Played:
    """Look, write, and look again. Of what stands there before, only what the asker may read counts."""
    reading = await Reading.begin(unit.engine, unit.tx, unit.facts.actor)
    knowing, now, tx = Insight(reading), unit.facts.actor.now, unit.tx
    persons, named = await _concerned(unit, knowing)
    about = all_of([has_one_of(".type", vocabulary.CASEWORK), some(PERSONS, Among(persons))])
    found = await reading.every(about, MOST_RECORDS) if persons else []
    shown = await as_shown.of(knowing, tx, found)
    people = [one for name in sorted(persons) if (one := await tx.get(*name.split("/"), within=INSIGHT))]
    standing = world = await knowing.world(tx, now, [*shown, *people])
    # What is about them by a record that the asker may not read is, to the asker, about nobody.
    records = [each for each in shown if about.matches(each.terms, Around(each.stored, world))]
    told = {each.reference for each in records}
    meetings = await knowing.meetings(tx, people, world)
    seers = await knowing.seers(tx, world, records, meetings, named)
    before = await knowing.facts(tx, world, records, meetings, seers, now)
    await knowing.ask(ready.change.reference for ready in unit.asked if ready.change.method == "update")
    await knowing.ask(name for name in named if name.startswith("CareTeam/"))
    await unit.perform()
    knowing.close({ready.change.reference: ready.resource for ready in unit.asked})
    later = [await tx.get(each.type, each.id, within=INSIGHT) or each for each in found if each.reference in told]
    then = await as_shown.of(knowing, tx, later)
    world = await knowing.world(tx, now, [*then, *people])
    meetings = await knowing.meetings(tx, people, world)
    after = await knowing.facts(tx, world, then, meetings, seers, now)
    return Played(found, records, then, before, after, standing, unit.facts.agencies)


async def _concerned(unit: UnitOfWork, knowing: Insight) -> tuple[frozenset[str], frozenset[str]]:
    """The Patients that the changes may make a difference for, and the agencies, desks, posts and persons they name.

    A roster is of the meetings that are held by it.
    """
    bodies: list[Mapping[str, Any]] = []
    for ready in unit.asked:
        bodies.append(ready.resource)
        before = await unit.look_up(ready.change.reference) if ready.change.method == "update" else None
        if before and not before.deleted and (await unit.judge("read", before)).allowed:
            bodies.append(evidence.body(before))
    if any(body.get("resourceType") == "CareTeam" for body in bodies):
        bodies += [evidence.body(meeting) for meeting in await _held(unit, knowing)]
    named = frozenset().union(*(reference.locals_of(body) for body in bodies))
    groups = sorted(name for name in named if name.startswith("Group/"))
    await knowing.ask(groups)
    rows = await unit.tx.rows((MEMBER, group) for group in groups if knowing.readable.get(group)) if groups else ()
    members = {row.relation.to for row in rows if row.ended == FOREVER}
    if any(body.get("resourceType") == "Consent" for body in bodies):
        named |= {EVERYBODY}  # it may name nobody in particular
    return frozenset(members).union(name for name in named if name.startswith("Patient/")), named


async def _held(unit: UnitOfWork, knowing: Insight) -> list[Version]:
    what = all_of([has(".type", "Encounter"), has_any(".conference"), has(".open", "yes")])
    found = (await unit.tx.find(Query(what), within=INSIGHT)).versions
    await knowing.ask(version.reference for version in found)
    return [version for version in found if knowing.readable.get(version.reference)]


def _bounded(changes: Sequence[Change]) -> None:
    """Raises Problem where there is nothing to simulate, too much, or something that decides nothing of it."""
    if not 1 <= len(changes) <= MOST_CHANGES:
        text, ja = f"send 1 to {MOST_CHANGES} `change`", f"`change` を1件から{MOST_CHANGES}件まで送ってください"
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    for place, change in enumerate(changes):
        if change.type not in TYPES:
            text = f"`{change.type}` is not simulated: send a Consent, CareTeam, Encounter or Group"
            ja = f"`{change.type}` は試せません。Consent・CareTeam・Encounter・Group を送ってください"
            raise Problem("not-supported", Issue(text, ja, f"Parameters.parameter[{place}].resource"))


def _sees(seers: Iterable[Seer], records: Sequence[Version]) -> dict[str, frozenset[str]]:
    """The records that each may read, a person those of its agencies too."""
    listed = list(seers)
    own: dict[str, frozenset[str]] = {}
    for sight in insight.sights(listed, records):
        own[sight.seer] = own.get(sight.seer, _NONE) | sight.records
    return {
        each.reference: own.get(each.reference, _NONE).union(*(own.get(one, _NONE) for one in each.facts.agencies))
        for each in listed
    }


def _named(name: str, records: frozenset[str]) -> Iterator[Part]:
    """How many there are, and the first of them."""
    if records:
        first = [{"name": "record", "valueReference": {"reference": one}} for one in sorted(records)[:MOST_NAMED]]
        yield {"name": name, "part": [{"name": "records", "valueInteger": len(records)}, *first]}


_NONE: frozenset[str] = frozenset()

_AS_FAR_AS = Text(
    "nothing was stored; told of the records that you may read, as far as you may read what the access rests on",
    "何も保存していない。自分が読める記録について、閲覧の根拠を自分が読める範囲で示す",
)
