"""The lines of one transaction of an import: what each becomes, in which order, and what is against it.

docs/operations.md, "import"; docs/policy.md, P1 and P12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from consent import derivation, policy, refusal, vocabulary
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.importing import import_duties, import_evidence
from consent.importing.import_line import Line, Outcome
from consent.relations import patient_links, told_of
from consent.relations.hidden_place import Secrets
from consent.rule import Decision, Rule
from consent.writing import concealing, handing_on, joining, referring, sight_notices, surroundings
from consent.writing.apart import Apart
from consent.writing.change import UnitOfWork
from resources.record import envelope, reference
from resources.record.envelope import Origin
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import values
from resources.store.port import Transaction

TAKEN: Predicate = EVERYTHING
"""Under this the server asks whether an id is taken; an import is told so, whoever keeps the record."""


@dataclass(slots=True)
class Batch:
    """The lines of one transaction, but what is settled `apart`; `units` are the agency's and the installer's. Of those
    that wait for one another `beside` are all, `ahead` those that may be written."""

    engine: PolicyEngine
    origin: Origin
    tx: Transaction
    units: Sequence[UnitOfWork]
    secrets: Secrets
    apart: Apart
    seen: set[tuple[str, str]] = field(default_factory=set)
    standing: set[str] = field(default_factory=set)
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    handed: dict[tuple[str, bool], frozenset[str]] = field(default_factory=dict)
    done: list[tuple[UnitOfWork, Version, Decision]] = field(default_factory=list)
    beside: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    ahead: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    async def through(self, lines: Sequence[Line]) -> list[Outcome]:
        """Each line's outcome. A line that refers to a later one is written after it."""
        outcomes: dict[int, Outcome] = {}
        waiting, before = list(range(len(lines))), len(lines) + 1
        while len(waiting) < before:
            before = len(waiting)
            for at in waiting:
                outcomes[at] = await self._one(lines[at])
            waiting = [at for at in waiting if outcomes[at].waits]
        await self._circle(lines, waiting, outcomes)
        return [outcomes[at] for at in range(len(lines))]

    def shown(self) -> Iterator[tuple[Actor, list[Version], list[Decision]]]:
        """What each actor wrote."""
        for unit in self.units:
            own = [(version, decision) for by, version, decision in self.done if by is unit]
            if own:
                yield unit.facts.actor, [version for version, _ in own], [decision for _, decision in own]

    async def _settled(self, line: Line) -> Outcome | None:
        """What has become of a line whose id a record has: it is there already, or wrong."""
        first = await self.tx.get(line.type, line.id, within=TAKEN, number=1)
        if first is None:
            return None
        if first.body == line.body(first.since):
            if envelope.read(first.terms).origin.custodian == self._agency:
                return Outcome(there=True)
            text, ja = "another agency keeps this record", "この記録は別の機関のものです"
        else:
            text, ja = "another record has this id", "この id は別の記録で使われています"
        return Outcome(wrong=Problem("conflict", Issue(text, ja, f"{line.type}.id", code="duplicate")))

    async def _one(self, line: Line) -> Outcome:
        settled = await self._settled(line)
        if settled is not None:
            return settled
        try:
            await self._refers(line, frozenset())
            version, decision = await self._judged(line)
        except Problem as problem:
            return Outcome(wrong=problem)
        return await self._put(line, version, decision)

    async def _circle(self, lines: Sequence[Line], waiting: list[int], outcomes: dict[int, Outcome]) -> None:
        """Records that wait for one another alone are written together."""
        while waiting:
            self.beside = {lines[at].reference: orjson.loads(lines[at].body(self.tx.instant)) for at in waiting}
            among = frozenset(self.beside)
            self.ahead, judged = {}, dict[int, tuple[Version, Decision]]()
            out: list[int] = []
            for at in waiting:
                try:
                    await self._refers(lines[at], among)
                    judged[at] = await self._judged(lines[at])
                    self.ahead[lines[at].reference] = self.beside[lines[at].reference]
                except Problem as problem:
                    out.append(at)
                    outcomes[at] = Outcome(wrong=problem)
            if not out:
                for at in waiting:
                    settled = await self._settled(lines[at])
                    outcomes[at] = settled or await self._put(lines[at], *judged[at], circle=True)
                break
            waiting = [at for at in waiting if at not in out]
        self.beside, self.ahead = {}, {}

    async def _refers(self, line: Line, among: frozenset[str]) -> None:
        """Raises Problem where a reference leads to nothing that the agency can see, or that is beside it.

        Whose the line becomes must be there too: an Organization, and for casework its author.
        """
        for name in self._behind(line):
            if not await self._stands(name) and name not in among:
                text, ja = f"there is no `{name}` in the directory", f"`{name}` は相談機関一覧にありません"
                raise Problem("not-found", Issue(text, ja, line.type, code="not-found"))
        unit = self._unit_of(line)
        for path, target in line.names:
            comes = reference.local(target) in among and referring.is_new(target)
            if not await self._sees(unit, target) and not comes:
                text, ja = f"there is no `{target}` that `{self._agency}` can see", f"`{target}` は見つかりません"
                raise Problem("not-found", Issue(text, ja, path, code="not-found"))

    def _behind(self, line: Line) -> set[str]:
        """Who must be there before a line: an Organization comes before all, staff may come before its author."""
        if line.type == "Organization":
            return set()
        return {self._agency} if line.type in vocabulary.INSTALLED else {self._agency, self.origin.author}

    async def _stands(self, name: str) -> bool:
        if name not in self.standing:
            found = await self.units[0].look_up(name)
            if found is None or found.deleted:
                return False
            self.standing.add(name)
        return True

    async def _sees(self, unit: UnitOfWork, target: str) -> bool:
        key = (unit.facts.actor.purpose, target)
        if key not in self.seen:
            found = await unit.look_up(reference.local(target))
            if found is None or found.deleted or not (await unit.judge("read", found)).allowed:
                return False
            if not referring.has(found, target):
                return False
            self.seen.add(key)
        return True

    async def _judged(self, line: Line) -> tuple[Version, Decision]:
        """The version that this line becomes. Raises Problem where a rule or a duty is against it."""
        unit, since = self._unit_of(line), self.tx.instant
        body = line.body(since)
        terms = derivation.dated(self.engine.index, line.type, since).union(line.terms)
        resource: Mapping[str, Any] = orjson.loads(body) if line.judged else {}
        if "encounter" in resource or "context" in resource:
            found = envelope.of(resource, self.origin, unit.look, lambda _: None)
            terms |= found.terms()
        for source in values(line.terms, ".of"):
            terms |= await self._handed(unit, source, line.type in told_of.ELEMENT)
        terms |= await import_evidence.terms(self.tx, unit, self._agency, line, resource)
        version = Version(line.type, line.id, 1, since, False, body, tuple(sorted(terms)), since)
        version = await concealing.concealed(self.engine.index, version, line.relations, self.secrets)
        if line.type not in self.rules:
            self.rules[line.type] = policy.ruling("create", replace(unit.facts, type=line.type)).rules
        decision = policy.decide(self.rules[line.type], version.stored, unit.facts.world)
        if not decision.allowed:
            raise refusal.forbidden("create", version, decision, unit.facts)
        if line.judged:
            stored = await surroundings.of(unit, None, resource, version, None, self.beside)
            around = import_duties.around(stored, resource, self.ahead, self._agency)
            import_duties.asked(line, resource, self._agency, unit.facts, self._look(unit), around)
        self._linked(unit, line)
        return version, decision

    def _look(self, unit: UnitOfWork) -> Callable[[str], Mapping[str, Any] | None]:
        """The record of a reference that was looked up, or comes with the line."""
        return lambda name: self.beside.get(name) or unit.look(name)

    def _linked(self, unit: UnitOfWork, line: Line) -> None:
        """A Patient may be said to be a RelatedPerson of the same agency; and no other Patient, which `$merge` says."""
        for path, name in line.names if line.type == "Patient" else ():
            found = unit.found.get(reference.local(name)) if name.startswith("RelatedPerson/") else None
            stranger = found and envelope.read(found.terms).origin.custodian != self._agency
            if stranger or (name.startswith("Patient/") and path.startswith("Patient.link")):
                text = (
                    "link a person to a RelatedPerson of the same agency alone: two Patients are made one by `$merge`"
                )
                ja = "Patient は、同じ機関の RelatedPerson だけに結び付けられます。Patient どうしは `$merge` です"
                raise Problem("business-rule", Issue(text, ja, path))

    async def _handed(self, unit: UnitOfWork, source: str, belongs: bool) -> frozenset[str]:
        """The persons and Groups of a record that a line is of; and what closes that, where the line belongs to it."""
        if (source, belongs) not in self.handed:
            found = await unit.look_up(source)
            if found is None:
                return frozenset()  # in a circle: handed on when that one is put
            whose = envelope.read(found.terms).joined(await handing_on.taken(self.tx, [found]))
            closed = told_of.closing(whose) if belongs else frozenset()
            self.handed[source, belongs] = closed.union(whose.handed())
        return self.handed[source, belongs]

    async def _put(self, line: Line, version: Version, decision: Decision, *, circle: bool = False) -> Outcome:
        try:
            await self.tx.put(version, import_evidence.relations(line, version))
        except ValueError:
            text, ja = "it holds a text that cannot be stored", "保存できない文字が含まれています"
            return Outcome(wrong=Problem.of("invalid", text, ja))
        self.secrets.forget(line.relations)
        unit = self._unit_of(line)
        for each in self.units:
            each.found[line.reference] = version
        await import_evidence.settle(unit, line, version)
        resource = orjson.loads(version.body) if circle or line.type in ("Group", "Patient") else {}
        if circle or patient_links.same_as(resource):
            grown = await handing_on.from_record(self.tx, version, resource, None, self.apart)
            await sight_notices.kept(unit, grown, version, None, refuses=False)
            for name in grown | await concealing.follow(self.tx, self.engine.index, line.relations, grown, self.apart):
                self.handed.clear()
                for each in self.units:
                    each.found.pop(name, None)
            if circle and line.type == "RelatedPerson":
                same = await patient_links.same_persons(line.reference, self.tx)
                await self.tx.derive(line.reference, {f".subject {one}" for one in same})
        self.done.append((unit, version, decision))
        if line.type == "Group":
            for made in await joining.follow(unit, resource, None):
                self.secrets.world.related.clear()
                self.done.append((unit, made, decision))
        return Outcome(written=True)

    @property
    def _agency(self) -> str:
        return self.origin.custodian

    def _unit_of(self, line: Line) -> UnitOfWork:
        return self.units[1 if line.type in vocabulary.INSTALLED else 0]
