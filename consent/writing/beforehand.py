"""The conditions of a request are looked up before its transaction, so that they hold nobody up who writes.

docs/architecture.md, "a write travels"; docs/operations.md, "limits".
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.reading.reading import Reading
from consent.rule import Decision
from consent.writing import conditional, resolving
from consent.writing.foreseen import Asked, Foreseen
from consent.writing.prepared import Prepared
from resources.record import period
from resources.record.problem import Problem
from resources.record.version import Version
from resources.store.port import TooCostly

FEW = 4
"""So many conditions are asked while others wait: looking twice would cost more."""

LONGEST = 5.0
"""Seconds for all of them."""

HELD, EACH = 0.5, 0.01
"""Seconds that a request may ask and compute while others who write wait: in all, and besides for each change."""

UNBOUNDED = float("inf")
"""An operation of the server's is bounded by what it does."""


def held(changes: Sequence[Prepared]) -> float:
    """How long these changes may hold the writer, but for what the store takes to write them."""
    return HELD + EACH * len(changes)


async def foreseen(engine: PolicyEngine, actor: Actor, changes: Sequence[Prepared]) -> Foreseen | None:
    """What their conditions come to now; None where there are few. Raises TooCostly.

    What cannot be answered is left for the transaction, where it is refused.
    """
    conditions = [ready for ready in changes if ready.change.condition]
    led = {
        (type, tuple(resolving.asked(found)))
        for ready in changes
        for found in ready.pointers
        for type in resolving.types(found)
    }
    if len(conditions) + len(led) <= FEW:
        return None
    try:
        async with asyncio.timeout(LONGEST), engine.store.snapshot(now=period.instant(actor.now)) as view:
            end, reading = await view.end(), await Reading.begin(engine, view, actor)
            named: dict[Asked, frozenset[str]] = {}
            for type, asked in sorted(led):
                standing = await resolving.standing(engine, view, reading.facts, type, asked, len(changes))
                named[type, asked] = frozenset(standing)
            return Foreseen(end, await _met(reading, conditions), named)
    except TimeoutError:
        raise TooCostly("the conditions of one request took longer than they may") from None


async def _met(around: Reading, conditions: Sequence[Prepared]) -> dict[Asked, tuple[Version | None, Decision]]:
    found: dict[Asked, tuple[Version | None, Decision]] = {}
    for ready in conditions:
        reading = Reading(around.engine, around.view, around.facts)
        try:
            version = await conditional.met(reading, ready)
        except Problem:
            continue
        found[ready.change.type, ready.change.condition] = version, reading.decision
    return found
