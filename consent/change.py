"""A write under policy: before-image, after-image, envelope, decision, duties, and then the store.

docs/policy.md: judged on before and after inside the transaction; a reference the writer cannot see is no reference.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from consent import duties, duty_context, facts, patient_links, policy, refusal, superseding
from consent.actor import Actor
from consent.duty_context import DutyContext
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.rule import Action, Decision, Rule
from consent.transition import Transition
from resources.record import envelope, parse, reference, stamp
from resources.record.envelope import Origin
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, term
from resources.store.port import Transaction

INTEGRITY: Predicate = EVERYTHING
"""Under this the server follows the references of a record being written; what the writer sees is judged after."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write asked for. `body` is the resource's JSON as sent; `id` is the server's own for a create."""

    method: Literal["create", "update", "delete"]
    type: str
    id: str
    body: bytes = b""
    if_match: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a change: the version stored, the decision that allowed it, warnings, and what it ended."""

    version: Version
    action: Action
    decision: Decision
    warnings: tuple[Issue, ...] = ()
    ended: tuple[Version, ...] = ()


@dataclass(slots=True)
class UnitOfWork:
    """The changes of one transaction, for one actor; a change sees those that stand beside it."""

    engine: PolicyEngine
    tx: Transaction
    known: Facts
    asked: Sequence[Change]
    rules: dict[Action, tuple[Rule, ...]] = field(default_factory=dict)
    found: dict[str, Version | None] = field(default_factory=dict)
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    async def begin(cls, engine: PolicyEngine, tx: Transaction, actor: Actor, asked: Sequence[Change]) -> UnitOfWork:
        unit = cls(engine, tx, await facts.gather(tx, actor, engine.ordinance), asked)
        for change in asked:
            if change.method != "delete":
                unit.pending[f"{change.type}/{change.id}"] = orjson.loads(change.body) | {"id": change.id}
        return unit

    async def perform(self) -> list[Written]:
        """Do every change in order. Raises Problem, and the store undoes them all."""
        return [await self._one(change) for change in self.asked]

    async def _one(self, change: Change) -> Written:
        before = await self._before(change)
        if change.method == "delete":
            assert before is not None
            return await self._delete(change, before)
        action: Action = "update" if before else "create"
        sent = parse.editable(change.body)
        if before and not before.deleted:
            sent = self._restored(before, sent)
        number, since = stamp.following(before, self.known.actor.now)
        body = stamp.stamped(sent, change.id, number, since)
        resource = orjson.loads(body)
        old = orjson.loads(before.body) if before and not before.deleted else None
        await self._resolve(change, resource, old)
        provenance = self._provenance(before)
        patient_links.check(resource, old, self.pending)
        terms = envelope.terms(resource, provenance, self._look) | self.engine.terms(resource)
        same = await patient_links.same_persons(f"{change.type}/{change.id}", self.pending, self.tx)
        terms |= {term(".subject", person) for person in same}
        after = Version(change.type, change.id, number, since, False, body, tuple(sorted(terms)))
        warnings = await self._duties(action, old, resource, after)
        decision = self._permitted(action, after)
        ended = [await self._end(older) for older in await superseding.superseded(resource, self.tx)]
        await self._put(after)
        return Written(after, action, decision, warnings, tuple(ended))

    async def _end(self, older: Version) -> Version:
        """The next version of a superseded consent: inactive."""
        number, since = stamp.following(older, self.known.actor.now)
        body = stamp.stamped(parse.editable(older.body) | {"status": "inactive"}, older.id, number, since)
        kept = {entry for entry in older.terms if entry.startswith(".") and entry != ".open yes"}
        terms = kept | self.engine.terms(orjson.loads(body))
        version = Version(older.type, older.id, number, since, False, body, tuple(sorted(terms)))
        await self._put(version)
        return version

    async def _put(self, version: Version) -> None:
        """Store a version; where it is evidence of the policy, nobody decides by what was remembered before it."""
        await self.tx.put(version)
        if version.type in facts.TYPES:
            await self.tx.advance()

    async def _delete(self, change: Change, before: Version) -> Written:
        number, since = stamp.following(before, self.known.actor.now)
        decision = self._permitted("delete", before)
        old = orjson.loads(before.body)
        warnings = await self._duties("delete", old, None, before)
        kept = tuple(term for term in before.terms if term.startswith(".") and not term.startswith(".open "))
        after = Version(change.type, change.id, number, since, True, b"", kept)
        await self._put(after)
        return Written(after, "delete", decision, warnings)

    async def _before(self, change: Change) -> Version | None:
        """The version to be changed, as far as the writer sees it and may change it."""
        action: Action = change.method
        policy.covered(self._rules(action), change.type)
        if action == "create":
            return None
        seen = policy.within(self._rules("read"))
        before = await self.tx.get(change.type, change.id, within=seen)
        if before is None or (before.deleted and action == "delete"):
            if action == "update" and policy.sees_all_of(self._rules("read"), change.type):
                return None
            raise refusal.not_found(change.type, change.id)
        if change.if_match is not None and change.if_match != before.number:
            raise Problem.of(
                "stale",
                f"the current version is `{before.number}`, not `{change.if_match}`",
                f"現在の版は `{before.number}` で、`{change.if_match}` ではありません",
            )
        self._permitted(action, before)
        return before

    def _restored(self, before: Version, sent: dict[str, Any]) -> dict[str, Any]:
        decision = policy.decide(self._rules("read"), before.terms)
        if not decision.masks:
            return sent
        redact = self.engine.redaction_of(before, self.known)
        return redact.restored(parse.editable(before.body), stamp.unstamped(sent, before))

    async def _resolve(self, change: Change, resource: dict[str, Any], old: Mapping[str, Any] | None) -> None:
        """Follow every reference; a new one must lead to a record the writer can see, or stand in this transaction."""
        self.pending[f"{change.type}/{change.id}"] = resource
        had = reference.locals_of(old)
        reading = self._rules("read")
        for path, target in sorted(reference.named(resource)):
            if self.engine.index.is_own(target):
                text, ja = f"write `{target}` relative to this server", f"`{target}` は相対参照で書いてください"
                raise Problem("invalid", Issue(text, ja, f"{change.type}.{path}"))
            name = reference.local(target)
            if not name or name in self.pending:
                continue
            if name not in self.found:
                self.found[name] = await self.tx.get(*name.split("/"), within=INTEGRITY)
            found = self.found[name]
            if name in had or (found and not found.deleted and policy.decide(reading, found.terms).allowed):
                continue
            text, ja = f"there is no `{name}` that you can see", f"`{name}` は見つかりません"
            raise Problem("invalid", Issue(text, ja, f"{change.type}.{path}", code="not-found"))

    def _look(self, name: str) -> Mapping[str, Any] | None:
        if name in self.pending:
            return self.pending[name]
        found = self.found.get(name)
        return orjson.loads(found.body) if found and not found.deleted else None

    def _provenance(self, before: Version | None) -> Origin:
        if before:
            return Origin(
                envelope.value(before.terms, ".custodian"),
                envelope.value(before.terms, ".author"),
            )
        actor = self.known.actor
        return Origin(custodian(self.known), actor.person or actor.organization)

    def _permitted(self, action: Action, version: Version) -> Decision:
        decision = policy.decide(self._rules(action), version.terms)
        if not decision.allowed:
            raise refusal.forbidden(action, version.type, decision)
        return decision

    async def _duties(
        self, action: Action, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, version: Version
    ) -> tuple[Issue, ...]:
        bearing = duties.BY_TYPE.get(version.type, ())
        around = (
            await duty_context.of(after or before or {}, self.tx, self.known.actor.now) if bearing else DutyContext()
        )
        kept_by = envelope.value(version.terms, ".custodian")
        transition = Transition(action, version.type, before, after, kept_by, self.known, self._look, around)
        issues = [issue for duty in bearing for issue in duty(transition)]
        if whose := [issue for issue in issues if issue.code == "forbidden"]:
            # Whose it is not to do learns nothing of what else is wrong with it.
            raise Problem("forbidden", *whose)
        if errors := [issue for issue in issues if issue.severity == "error"]:
            raise Problem("business-rule", *errors)
        return tuple(issues)

    def _rules(self, action: Action) -> tuple[Rule, ...]:
        if action not in self.rules:
            self.rules[action] = policy.rules(action, self.known)
        return self.rules[action]


def new_id() -> str:
    """A logical id that says nothing of the order or number of records."""
    return str(uuid.uuid4())


def custodian(known: Facts) -> str:
    """The agency that keeps what the actor writes. Raises Problem where a person acts for several at once."""
    agencies = known.agencies
    if len(agencies) <= 1:
        return next(iter(agencies), "")
    if known.actor.organization in agencies:
        return known.actor.organization
    raise Problem.of(
        "invalid",
        "you hold posts in several agencies: use the client of the one you act for",
        "複数の機関に職があります。どの機関として記録するか、その機関のクライアントを使ってください",
    )
