"""A write under policy: before-image, after-image, envelope, decision, duties, and then the store.

docs/policy.md: judged on before and after inside the transaction; a reference the writer cannot see is no reference.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from consent import derivation, duties, gathering, labels, refusal, trail
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.relations import contributions, patient_links
from consent.rule import Action
from consent.transition import Transition
from consent.writing import (
    after_image,
    concealing,
    conferred,
    directory_notices,
    handing_on,
    joining,
    mistake_notices,
    nothing_left,
    notices,
    patching,
    referring,
    rejudging,
    relabelling,
    sight_notices,
    surroundings,
    unlinked,
    unseen,
    whole_team,
)
from consent.writing import before as before_of
from consent.writing.apart import Apart
from consent.writing.foreseen import Foreseen
from consent.writing.judging import Judging
from consent.writing.prepared import Change, Prepared, with_labels, with_teams
from consent.writing.written import Written
from resources.record import envelope, reference, stamp
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Relation, values
from resources.store.port import Transaction
from resources.store.trail import Event

Body = Mapping[str, Any] | None

INTEGRITY: Predicate = EVERYTHING
"""Under this the server follows the references of a record being written; what the writer sees is judged after."""


@dataclass(slots=True)
class UnitOfWork(Judging):
    """The changes of one transaction, for one actor; a change sees those that stand beside it.

    `found` are the stored records that were looked up, as they are now; `pending` those that are being written;
    `sources` are the records that those written are of.
    `households` are the Groups among them, as they are and as they were: who joins gets protections at the end;
    `unseen` is the record (or its type) that the change failed by, since its writer sees none there; `denied` are the
    events of what was read inside in vain, `foreseen` is what its conditions came to before. What is settled `apart`
    stays as it is.
    """

    asked: Sequence[Prepared] = ()
    found: dict[str, Version | None] = field(default_factory=dict)
    pending: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    households: dict[str, tuple[Mapping[str, Any], Body]] = field(default_factory=dict)
    unseen: str = ""
    denied: list[Event] = field(default_factory=list)
    foreseen: Foreseen | None = None
    apart: Apart = field(default_factory=Apart)
    _rows: dict[Version, frozenset[Relation]] = field(default_factory=dict)
    _created: tuple[Sequence[Prepared], frozenset[str]] = (), frozenset()

    @classmethod
    async def begin(cls, engine: PolicyEngine, tx: Transaction, actor: Actor, asked: Sequence[Prepared]) -> UnitOfWork:
        unit = cls(engine, tx, await gathering.of_actor(tx, actor), asked=asked)
        unit.pending |= {ready.change.reference: ready.resource for ready in asked if ready.resource}
        return unit

    def note(self, event: Event) -> None:
        """What was read inside goes on the trail with what is written; what was denied there, where all is undone."""
        if event.outcome != trail.ALLOWED:
            self.denied.append(event)
        self.tx.note(event)

    async def perform(self) -> list[Written]:
        """Do every change in order. Raises Problem, and the store undoes them all.

        What a later one handed on to an earlier one is in what is given back.
        """
        done = [await self._one(ready) for ready in self.asked]
        with self.tx.following():
            written = await directory_notices.told(self, [await joining.followed(self, each) for each in done])
        now = [await self.look_up(each.version.reference) or each.version for each in written]
        return [done if done.was_nothing else replace(done, version=it) for done, it in zip(written, now, strict=True)]

    def creates(self, name: str) -> bool:
        """Whether a record of this name is new by what is asked."""
        if self._created[0] is not self.asked:
            new = frozenset(each.change.reference for each in self.asked if each.change.method == "create")
            self._created = self.asked, new
        return name in self._created[1]

    async def look_up(self, name: str) -> Version | None:
        """The stored record of a reference, deleted ones too."""
        if name not in self.found:
            self.found[name] = await self.tx.get(*name.split("/"), within=INTEGRITY)
        return self.found[name]

    def look(self, name: str) -> Body:
        """The record of a reference that was looked up, or stands in this transaction."""
        if name in self.pending:
            return self.pending[name]
        found = self.found.get(name)
        return orjson.loads(found.body) if found and not found.deleted else None

    async def _one(self, ready: Prepared) -> Written:
        try:
            return await self._done(ready)
        except Problem as found:
            ready.change.named(found)
            raise

    async def _done(self, ready: Prepared) -> Written:
        change = ready.change
        before = await before_of.of(self, change)
        if change.method == "delete":
            return await self._delete(change, before) if before else Written.nothing(change.type, change.id)
        action: Action = "update" if before else "create"
        standing = before if before and not before.deleted else None
        old = orjson.loads(standing.body) if standing else None
        ready = await relabelling.asked(self, ready, before)
        ready = await unlinked.left_out(self, await patching.patched(self, ready, before), before)
        said = ready.resource
        ready = await unseen.restored(self, standing, ready)
        ready = await relabelling.kept(self, ready, said, before)
        if change.relabelling and before and not labels.changed(old or {}, ready.resource):
            return Written(before, "update", await self.permitted("update", before), asked=ready.asked)
        ready = await referring.resolved(self, ready, old)
        ready = with_labels(self.engine, with_teams(self.engine, ready, self.look, old), self.look)
        patient_links.check(ready.resource, old, self.pending)
        if change.type == "Consent":
            await whole_team.named(self, ready.resource, old)
        made = await after_image.of(self, ready, before)
        after, resource = made.version, made.resource
        warnings = await self._duties(action, old, resource, after, made.refused, before)
        decision = await self.permitted(action, after)
        await self.put(after, resource, before, new=change.method == "create")
        if change.type == "Group":
            self.households[change.reference] = resource, old
        with self.tx.following():
            ended = (*await notices.settled(self, before, after), *await rejudging.settled(self, before, after))
            ended += (
                *await mistake_notices.settled(self, before, after),
                *await nothing_left.settled(self, before, after),
                *await sight_notices.settled(self, before, after),
            )
            await conferred.settled(self, before, after)
        return Written(after, action, decision, warnings, ended, ready.asked)

    async def put(self, version: Version, resource: Body, before: Version | None, *, new: bool = False) -> None:
        """Store a version with the rows it contributes, and hand whom it is about on to the records that are of it.

        What was known of its own rows and of the records that have grown is asked anew: a change sees those before it.
        An id that is `new` was given by the server: nobody but those beside it can have named it."""
        await self.tx.put(version, self._rows_of(version))
        changed = self._put_down(version, before)
        unnamed = new and version.reference not in self.sources
        self.sources.update(values(version.terms, ".of"))
        turned = version if before and concealing.turned(before, version) else None
        with self.tx.following():
            grown = await handing_on.from_record(self.tx, version, resource, before, self.apart, unnamed=unnamed)
            await sight_notices.kept(self, grown, version, before)
            index = self.engine.index
            grown |= await concealing.follow(self.tx, index, changed, grown, self.apart, itself=turned)
        for name in grown:
            self.found.pop(name, None)

    async def amend(self, version: Version, before: Version) -> None:
        """Give a record these terms, and the rows that follow, in the version that stands; no version comes of it."""
        await self.tx.amend(version.reference, {version.number: version.terms}, None)
        await self.tx.relate(version, self._rows_of(version))
        self._put_down(version, before)

    def _put_down(self, version: Version, before: Version | None) -> frozenset[Relation]:
        """The rows by which it differs; what was known of those is asked anew."""
        self.found[version.reference] = version
        rows, had = self._rows_of(version), self._rows_of(before) if before else frozenset[Relation]()
        self.foreseen = None if before or rows != had else self.foreseen
        if rows != had:
            self.facts, self.rules, self.known = gathering.without(self.facts, rows ^ had), {}, {}
        return rows ^ had

    def _rows_of(self, version: Version) -> frozenset[Relation]:
        """What a version contributes, worked out once."""
        if version not in self._rows:
            said = contributions.of(orjson.loads(version.body), version.terms) if version.body else frozenset()
            self._rows[version] = said
        return self._rows[version]

    async def _delete(self, change: Change, before: Version) -> Written:
        decision = await self.permitted("delete", before)
        was = orjson.loads(before.body)
        for name in sorted(reference.locals_of(was)):
            await self.look_up(name)
        warnings = await self._duties("delete", was, None, before)
        kept = derivation.of_deleted(before.terms, self.facts.writer)
        stamped = stamp.following(before, self.tx.instant)
        after = Version(change.type, change.id, *stamped, True, b"", kept, before.first)
        await self.put(after, None, before)
        with self.tx.following():
            ended = tuple(await nothing_left.settled(self, before, after))
        return Written(after, "delete", decision, warnings, ended)

    async def _duties(
        self,
        action: Action,
        before: Body,
        after: Body,
        version: Version,
        refused: tuple[Issue, ...] = (),
        stood: Version | None = None,
    ) -> tuple[Issue, ...]:
        """The warnings of the duties. Raises Problem where one of them, or a lack of standing, is against it."""
        bearing = duties.BY_TYPE.get(version.type, ())
        around = await surroundings.of(self, before, after, version, stood)
        kept_by = envelope.value(version.terms, ".custodian")
        transition = Transition(action, version.type, before, after, kept_by, self.facts, self.look, around)
        every = (*bearing, *duties.ON_WRITES, *(duties.ON_UPDATES if action == "update" else ()))
        return refusal.warned([*refused, *(issue for duty in every for issue in duty(transition))])


def new_id() -> str:
    """A logical id that says nothing of the order or number of records."""
    return str(uuid.uuid4())
