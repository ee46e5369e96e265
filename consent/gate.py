"""The only door to the records: read, search, look back, and write, each under policy and each put on the trail.

docs/policy.md; docs/architecture.md, "a read travels".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import orjson

from consent import audit, change, policy, refusal, vocabulary
from consent.actor import Actor
from consent.audit import Entry
from consent.change import Change, UnitOfWork, Written
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.rule import Action, Decision, Rule
from resources.record import envelope, parse, validate
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, has
from resources.search.redaction import redact
from resources.search.request import SearchRequest
from resources.store.port import Conflict, Query, Transaction

SOUGHT: Predicate = EVERYTHING
"""Under this the gate looks whom a record names, to know which facts bear on it; it goes no further than the gate."""

PageKey = tuple[str, str, str, int]
"""The last row a reader already has: (since, type, id, number)."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in order, how many there are in all, and where the next page begins."""

    versions: Sequence[Version]
    total: int
    next: PageKey | None


class Gate:
    """Every request passes here with its actor; nothing above holds the store."""

    def __init__(
        self,
        engine: PolicyEngine,
        stored: Callable[[str, bytes], None] = lambda type, body: None,
        decided: Callable[[Decision], None] = lambda decision: None,
    ) -> None:
        """`stored` is told the type and bytes of all that was written, `decided` every decision that was carried out.

        Both must return at once.
        """
        self.engine = engine
        self._stored, self._decided = stored, decided

    async def read(self, actor: Actor, type: str, id: str, number: int | None = None) -> Version:
        """One version as this actor may see it. Raises Problem `not-found` where it is not for them, `deleted`."""
        async with self.engine.store.snapshot() as view:
            asked = await view.get(type, id, within=SOUGHT, number=number)
            known = await self.engine.know(view, actor, about=_subjects(asked) if asked else frozenset())
        made = _rules("read", known, type)
        decision = policy.decide(made, asked.terms) if asked else None
        if asked is None or decision is None or not decision.allowed:
            await self._denied(actor, "read", f"{type}/{id}")
            raise refusal.not_found(type, id)
        await self._disclosed(actor, "read", [asked], decision, "read" if number is None else "vread")
        if asked.deleted:
            raise Problem.of("deleted", f"`{type}/{id}` was deleted", f"`{type}/{id}` は削除されています")
        return self._shown(asked, decision, known)

    async def search(self, actor: Actor, wanted: SearchRequest, after: PageKey | None = None) -> Page:
        """The records that match and that this actor may see; the total counts exactly those."""
        async with self.engine.store.snapshot() as view:
            known = await self.engine.know(view, actor)
            made = _rules("search", known, wanted.type)
            what = redact(wanted.what, self.engine.revealing.get(wanted.type, frozenset()), policy.masked(made))
            query = Query(what, order=wanted.order, after=after, limit=wanted.count + 1)
            within = policy.within(made)
            total = await view.count(query, within=within)
            rows = await view.find(query, within=within) if wanted.count and not wanted.summary_count else ()
        return await self._page(actor, "search", rows, wanted.count, total, made, known, wanted.type)

    async def history(self, actor: Actor, type: str, id: str, count: int, after: PageKey | None = None) -> Page:
        """The versions of a record that this actor may see, newest first, each judged by its own envelope."""
        async with self.engine.store.snapshot() as view:
            known = await self.engine.know(view, actor)
            made = _rules("read", known, type)
            query = Query(has(".id", f"{type}/{id}"), order="-since", after=after, limit=count + 1, history=True)
            within = policy.within(made)
            total = await view.count(query, within=within)
            rows = await view.find(query, within=within)
        if not total:
            await self._denied(actor, "read", f"{type}/{id}")
            raise refusal.not_found(type, id)
        return await self._page(actor, "read", rows, count, total, made, known, "history-instance")

    async def commit(self, actor: Actor, changes: Sequence[Change]) -> list[Written]:
        """Do all the changes or none; record, history, index and audit become durable together."""
        for asked in changes:
            self._validate(asked)

        async def work(tx: Transaction) -> list[Written]:
            writing = await UnitOfWork.begin(self.engine, tx, actor, changes)
            written = await writing.perform()
            for done in written:
                entries = [_entry(version) for version in (done.version, *done.ended)]
                await self._record(tx, audit.event(actor, done.action, entries, done.decision))
            made = policy.rules("read", writing.known)
            return [self._written(done, made, writing.known) for done in written]

        try:
            done = await self.engine.store.transact(work)
        except Conflict:
            raise Problem.of("conflict", "somebody else changed it first", "他の人が先に変更しました") from None
        except Problem as problem:
            if problem.kind in ("forbidden", "not-found", "business-rule"):
                await self._denied(actor, changes[0].method, f"{changes[0].type}/{changes[0].id}")
            raise
        for asked in changes:
            if asked.method != "delete":
                self._stored(asked.type, asked.body)
        for written in done:
            self._decided(written.decision)
        return done

    def _validate(self, asked: Change) -> None:
        if asked.method == "delete":
            return
        found = validate.validate(self.engine.spec, orjson.loads(asked.body), asked.body)
        errors = [issue for issue in found if issue.severity == "error"]
        if errors:
            raise Problem("invalid", *errors)

    def _written(self, done: Written, made: tuple[Rule, ...], known: Facts) -> Written:
        """What the writer gets back is what the writer may see."""
        if done.version.deleted:
            return done
        decision = policy.decide(made, done.version.terms)
        return replace(done, version=self._shown(done.version, decision, known))

    async def _page(
        self,
        actor: Actor,
        action: Action,
        rows: Sequence[Version],
        count: int,
        total: int,
        made: tuple[Rule, ...],
        known: Facts,
        asked: str,
    ) -> Page:
        kept = rows[:count]
        decisions = [policy.decide(made, row.terms) for row in kept]
        await self._disclosed(actor, action, kept, policy.together(decisions), asked=asked)
        last = kept[-1] if len(rows) > count and kept else None
        return Page(
            [self._shown(row, decision, known) for row, decision in zip(kept, decisions, strict=True)],
            total,
            (last.since, last.type, last.id, last.number) if last else None,
        )

    def _shown(self, version: Version, decision: Decision, known: Facts) -> Version:
        if not decision.masks or version.deleted:
            return version
        shown = self.engine.redaction_of(version, known).shown(parse.editable(version.body))
        body = parse.write(shown)
        return Version(version.type, version.id, version.number, version.since, False, body, version.terms)

    async def _disclosed(
        self,
        actor: Actor,
        action: Action,
        versions: Sequence[Version],
        decision: Decision,
        interaction: str = "",
        asked: str = "",
    ) -> None:
        """Put a disclosure on the trail before it leaves; the public directory discloses nobody."""
        self._decided(decision)
        if versions and all(version.type in vocabulary.DIRECTORY for version in versions):
            return
        if not versions and asked in vocabulary.DIRECTORY:
            return
        entries = [_entry(version) for version in versions]
        await self.append(audit.event(actor, action, entries, decision, interaction=interaction, asked=asked))

    async def _denied(self, actor: Actor, action: Action, asked: str) -> None:
        """Put a denial on the trail: what was asked for, whether or not it exists."""
        await self.append(audit.event(actor, action, [Entry(asked, frozenset())], Decision(False, ()), asked="denied"))

    async def append(self, event: dict[str, object]) -> None:
        """Put an event on the trail, durably, before what it tells of leaves."""
        await self.engine.store.transact(lambda tx: self._record(tx, event))

    async def _record(self, tx: Transaction, event: dict[str, object]) -> None:
        """One event more; nothing permits changing or deleting it."""
        id, since = change.new_id(), str(event["recorded"])
        resource = {**event, "id": id, "meta": {"versionId": "1", "lastUpdated": since}}
        terms = envelope.terms(resource, Origin("", ""), lambda _: None) | self.engine.terms(resource)
        await tx.put(Version("AuditEvent", id, 1, since, False, orjson.dumps(resource), tuple(sorted(terms))))


def _rules(action: Action, known: Facts, type: str) -> tuple[Rule, ...]:
    made = policy.rules(action, known)
    if known.actor.anonymous and type not in vocabulary.DIRECTORY:
        raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")
    policy.covered(made, type)
    return made


def _entry(version: Version) -> Entry:
    return Entry(f"{version.reference}/_history/{version.number}", _subjects(version))


def _subjects(version: Version) -> frozenset[str]:
    return frozenset(envelope.values(version.terms, ".subject"))
