"""P11: the trail is read and searched by an auditor, under policy, and each look at it is put on it.

docs/policy.md, P11; docs/trail.md, "asking"
"""

from __future__ import annotations

from dataclasses import replace

from consent import gathering, policy, refusal, trail
from consent.actor import Actor
from consent.auditing import audit_event
from consent.facts import Facts
from consent.gate import Gate
from consent.rule import Action, Decision
from resources.record import period
from resources.record.problem import Problem
from resources.search.predicate import term
from resources.search.relation import Stored
from resources.store.trail import Entry, Found, TooBroad, Trail, TrailQuery, matches

_NOTHING = Decision(True, ())
"""How a search ends that may find nothing at all: it is answered, and empty."""


async def read(gate: Gate, actor: Actor, id: str) -> Entry:
    """One event. Raises Problem `not-found` where it is not there or not for them."""
    known, decision = await _decided(gate, actor, "read")
    at = audit_event.place(id)
    found = await gate.engine.store.trail.get(*at) if at and decision.allowed else None
    if found is None:
        await gate.append(trail.denial(actor, known.agencies, "read", f"{audit_event.TYPE}/{id}"))
        raise refusal.not_found(audit_event.TYPE, id)
    await gate.disclose(trail.review(actor, known.agencies, "read", [(id, found.event)], decision), decision)
    return found


async def search(gate: Gate, actor: Actor, query: TrailQuery, ids: frozenset[str] | None = None) -> Found:
    """The events that match, and are among `ids` where these are given; none where they are not for the caller."""
    known, decision = await _decided(gate, actor, "search")
    try:
        found = await _found(gate.engine.store.trail, query, ids) if decision.allowed else Found()
    except TooBroad:
        raise Problem.of(
            "not-supported",
            "too many events to look through: ask with a narrower `date`",
            "対象の記録が多すぎます。`date` で期間を狭めてください",
            "date",
        ) from None
    shown = decision if found.entries else _NOTHING
    events = [(entry.id, entry.event) for entry in found.entries]
    await gate.disclose(trail.review(actor, known.agencies, "search", events, shown), shown)
    return found


async def is_archived(gate: Gate) -> bool:
    """Whether the first events were moved into archive files, so that what is not found may lie there."""
    log = gate.engine.store.trail
    for head in await log.heads():
        if head.number and await log.get(head.chain, 1) is None:
            return True
    return False


async def _found(log: Trail, query: TrailQuery, ids: frozenset[str] | None) -> Found:
    if ids is None:
        return (await log.find(query.turned)).turned if query.back else await log.find(query)
    looked = [await log.get(*at) for id in sorted(ids) if (at := audit_event.place(id))]
    entries = [entry for entry in looked if entry is not None and matches(query, entry.event)]
    entries.sort(key=lambda entry: (entry.event.at, entry.chain, entry.number), reverse=query.newest_first)
    return Found(entries[: query.limit], len(entries))


async def _decided(gate: Gate, actor: Actor, action: Action) -> tuple[Facts, Decision]:
    now = period.instant(actor.now)
    async with gate.engine.store.snapshot(now=now) as view:
        known = replace(await gathering.of_actor(view, actor), type=audit_event.TYPE)
    if actor.anonymous:
        raise Problem.of("login", "sign in to ask for this", "この操作にはサインインが必要です")
    made = policy.rules(action, known)
    policy.covered_whole(made, audit_event.TYPE)
    return known, policy.decide(made, Stored((term(".type", audit_event.TYPE),), now, now), known.world)
