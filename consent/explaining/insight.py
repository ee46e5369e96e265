"""Who else can read some records, as far as the one who asks may read what that rests on.

docs/policy.md, "explaining": whatever the asker may not read counts for nothing here, so that nothing of it is learnt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from consent import evidence, gathering, policy, succession, vocabulary
from consent.actor import Actor, Scope
from consent.facts import Facts
from consent.office import SPEAKS
from consent.provision.provisions import CONSENT, EVERYBODY
from consent.reading import showing
from consent.reading.reading import Reading
from consent.relations.contributions import AGAINST, AGENCY, CARRIES, COORDINATED, EVERY, PROTECTED, RELEASED
from consent.relations.put_before import PUT_BEFORE
from consent.rule import Decision, Rule
from resources import conference
from resources.record import coding, period, reference
from resources.record.envelope import PERSONS
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Among, Predicate, all_of, has, has_any, has_one_of, some
from resources.search.relation import TEAM, Around, Gathered, Row, values
from resources.store.port import Query, Snapshot

INSIGHT: Predicate = EVERYTHING
"""Under this evidence is looked at, in order to ask whether the one who asks may read it."""

MOST_RECORDS = 500
MOST_SEERS = 60
PURPOSES = (vocabulary.CARE_MANAGEMENT, vocabulary.SUPPORT_CONFERENCE)

_OFFICES = tuple(coding.own("role", office) for office in (vocabulary.LEAD_SECTION, vocabulary.CONVENER))
_LEFT_OUT = frozenset({*PROTECTED, AGAINST, RELEASED})
_PUBLIC = frozenset({AGENCY, SPEAKS})
"""What the directory says, which every asker may read."""


@dataclass(frozen=True, slots=True)
class Seer:
    """One who may see something: an Organization, a Practitioner, or EVERYBODY known here; with what holds for it."""

    reference: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Sight:
    """The records that one seer may read by one rule."""

    seer: str
    rule: Rule
    records: frozenset[str]


@dataclass(slots=True)
class Insight:
    """`reading` is of the one who asks, now. `readable` are the records of evidence asked about so far, and whether the
    asker may read them; once it is `closed`, no other is. `partly` are those of which something is withheld from the
    asker (D1), with whom they name to them."""

    reading: Reading
    readable: dict[str, bool] = field(default_factory=dict)
    partly: dict[str, frozenset[str]] = field(default_factory=dict)
    closed: bool = False

    async def world(self, view: Snapshot, now: datetime, records: Iterable[Version]) -> Gathered:
        """What stands around these records, of it what the asker may read; who is protected is left out of it."""
        nobody = Facts(_actor("", now), world=Gathered(view.at, period.instant(now)))
        known = await gathering.about(view, nobody, records, coordinated=True)
        assert isinstance(known.world, Gathered)
        await self._screen(known.world, lambda name: name not in _PUBLIC)
        return known.world

    async def _screen(self, world: Gathered, is_screened: Callable[[str], bool]) -> None:
        """Leave no row in it that comes of what the asker may not read: a request, a naming, a team as little as a
        consent."""
        screened = {key: rows for key, rows in world.related.items() if is_screened(key[0])}
        await self.ask({row.source for key, rows in screened.items() if key[0] not in _LEFT_OUT for row in rows})
        for key, rows in screened.items():
            world.related[key] = [row for row in rows if key[0] not in _LEFT_OUT and self._is_told(row)]

    async def ask(self, names: Iterable[str]) -> None:
        """Learn which of these records of evidence the asker may read."""
        if self.closed:
            return
        new = sorted(name for name in names if name not in self.readable)
        found = [await self.reading.view.get(*name.split("/"), within=INSIGHT) for name in new]
        there = [version for version in found if version]
        seen = await self.reading.judged(there)
        self.readable |= dict.fromkeys(new, False)
        for version, decision in zip(there, seen, strict=True):
            self.readable[version.reference] = decision.allowed
            if decision.allowed and decision.masks:
                self.partly[version.reference] = reference.locals_of(await self._shown(version, decision))

    async def shown(self, version: Version) -> tuple[Mapping[str, Any], bool]:
        """What of a version that may be read is shown to the asker, and whether something is withheld (D1)."""
        (decision,) = await self.reading.judged([version])
        return await self._shown(version, decision), bool(decision.masks)

    async def _shown(self, version: Version, decision: Decision) -> Mapping[str, Any]:
        reading = self.reading
        return evidence.body(await showing.shown(reading.engine, reading.view, version, decision, reading.facts))

    def _is_told(self, row: Row) -> bool:
        """Whether the asker may read what a row comes of, and whom it leads to is named to them there."""
        to = row.relation.to
        named = to in (EVERY, EVERYBODY) or to in self.partly.get(row.source, (to,))
        return self.readable.get(row.source, False) and named

    def close(self, written: Mapping[str, Mapping[str, Any]]) -> None:
        """From here on nothing else is readable but what the asker has written, and of that what was sent."""
        self.readable |= dict.fromkeys(written, True)
        for name in self.partly.keys() & written.keys():
            self.partly[name] |= reference.locals_of(written[name])
        self.closed = True

    async def meetings(self, view: Snapshot, records: Sequence[Version], world: Gathered) -> list[Version]:
        """The open conferences about these persons, of which the asker may read."""
        persons = {one for each in records for one in PERSONS.of(each.terms, Around(each.stored, world))}
        if not persons:
            return []
        about = all_of([has(".type", "Encounter"), has_any(".conference"), has(".open", "yes")])
        what = all_of([about, some(PERSONS, Among(frozenset(persons)))])
        found = (await view.find(Query(what), within=INSIGHT)).versions
        await self.ask(version.reference for version in found)
        return [version for version in found if self.readable.get(version.reference) and self._is_seated(version)]

    def _is_seated(self, meeting: Version) -> bool:
        """Whether all who are seated are named to the asker; what is told of a meeting is told of each of them."""
        seats = {seat.member for seat in conference.seats(evidence.body(meeting))}
        return seats <= self.partly.get(meeting.reference, seats)

    async def seers(
        self,
        view: Snapshot,
        world: Gathered,
        records: Sequence[Version],
        meetings: Iterable[Version],
        named: Iterable[str] = (),
    ) -> list[str]:
        """Who comes into question: keepers, parties, those whom consents, rosters, coordination and decided roles name.
        Raises Problem `too-costly` where they are too many."""
        found = set(named)
        for each in records:
            found.update(values(each.terms, ".custodian"))
            asking = evidence.is_open(each) or each.type == "Consent"  # who is named by one that is over reads it too
            found.update(values(each.terms, ".party") if asking else ())
        rows = [row for listed in world.related.values() for row in listed if row.holds(world)]
        found.update(row.relation.to for row in rows if row.relation.name in (CONSENT, AGENCY, COORDINATED))
        found.update(row.relation.tag or row.relation.to for row in rows if row.relation.name == CARRIES)
        found.update(seat.member for meeting in meetings for seat in conference.seats(evidence.body(meeting)))
        kept = succession.read(await view.rows([succession.ASKED]), world)
        await self.ask(kept.sources)
        found |= kept.told(self.readable).after(found)
        by_post = any(row.relation.name in (COORDINATED, PUT_BEFORE) for row in rows)
        if by_post or any(has_any(".conference").matches(each.terms) for each in records):
            offices = all_of([has(".type", "PractitionerRole"), has_one_of(".code", _OFFICES)])
            found.update(version.reference for version in (await view.find(Query(offices), within=INSIGHT)).versions)
        return await _actors(view, found)

    async def facts(
        self,
        view: Snapshot,
        world: Gathered,
        records: Sequence[Version],
        meetings: Iterable[Version],
        seers: Iterable[str],
        now: datetime,
    ) -> list[Seer]:
        """What holds for each, in that world and of those meetings."""
        open_to = {meeting.reference for meeting in meetings}
        made = []
        for seer in seers:
            known = await gathering.of_actor(view, _actor(seer, now))
            await self.ask(known.successions.sources.union(*(each.sources for each in known.conflicts)))
            conflicts = tuple(each for each in known.conflicts if all(map(self.readable.get, each.sources)))
            told = known.successions.told(self.readable)
            known = replace(known, world=world, conflicts=conflicts, successions=told)
            if open_to and known.actor.person:
                known = await gathering.meetings(view, known, self.reading.engine.ordinance)
                open_ones = [each for each in known.meetings if each.reference in open_to]
                # Whom a merge makes one person is told to who reads it.
                known = replace(known, meetings=tuple(replace(each, names=each.subjects) for each in open_ones))
            made.append(Seer(seer, await gathering.about(view, known, records, coordinated=True)))
            await self._screen(world, lambda name: name == TEAM)  # which teams are asked, the seer decides
        return made


def sights(seers: Iterable[Seer], records: Sequence[Version]) -> list[Sight]:
    """Who may read which of the records, by which rule; of a person only what its agency may not read by it."""
    listed = list(seers)
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    made: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for seer in listed:
        for purpose in PURPOSES:
            facts = replace(seer.facts, actor=replace(seer.facts.actor, purpose=purpose))
            for record, decision in _decided(facts, records):
                for rule in decision.rules if decision.allowed else ():
                    seen[seer.reference, rule.id].add(record.reference)
                    made[seer.reference, rule.id].append(rule)
    own = dict(seen)
    for seer in listed:
        for agency in seer.facts.agencies - {seer.reference}:
            for id in [id for of, id in own if of == seer.reference]:
                seen[seer.reference, id] -= own.get((agency, id), set())
    found = []
    for (who, id), names in sorted(seen.items()):
        (rule,) = policy.together(Decision(True, (each,)) for each in made[who, id]).rules
        found += [Sight(who, rule, frozenset(names))] if names else []
    return found


def _decided(facts: Facts, records: Sequence[Version]) -> Iterator[tuple[Version, Decision]]:
    """By the rules for the type of each, as it is read: they cite what bears on that type alone."""
    for type in sorted({each.type for each in records}):
        alike = [each for each in records if each.type == type]
        decisions = policy.ruling("read", facts.of_type(type)).decisions(alike, facts.world)
        yield from zip(alike, decisions, strict=True)


async def _actors(view: Snapshot, named: Iterable[str]) -> list[str]:
    """The agencies and persons that references to agencies, desks, posts and persons mean."""
    found = set[str]()
    for name in sorted(named):
        type = name.partition("/")[0]
        if type in ("Organization", "Practitioner") or name == EVERYBODY:
            found.add(name)
        elif type in ("PractitionerRole", "HealthcareService"):
            held = await view.get(*name.split("/"), within=INSIGHT)
            body = evidence.body(held) if held else {}
            found |= {reference.one(body, each) for each in ("practitioner", "organization", "providedBy")} - {""}
        if len(found) > MOST_SEERS:
            text = f"more than {MOST_SEERS} agencies and persons come into question: ask about one person"
            raise Problem.of("too-costly", text, f"対象となる機関・人が{MOST_SEERS}を超えます。一人ずつ尋ねてください")
    return sorted(found)


def _actor(seer: str, now: datetime) -> Actor:
    person = seer if seer.startswith("Practitioner/") else ""
    scope = Scope("user" if person else "system", "*", frozenset("cruds"))
    return Actor("insight", person, "" if person else seer, vocabulary.CARE_MANAGEMENT, (scope,), now, "")
