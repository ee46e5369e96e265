"""Letters that were left with a write are written after it, some in one transaction, by whoever comes to it first.

docs/policy.md, "what follows a revocation"; docs/operations.md, "work beside the requests". Each is written once: it is
left no more by the transaction that writes it.
"""

from __future__ import annotations

from datetime import datetime

from consent import trail, vocabulary
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.rule import Decision, Rule, Text
from consent.writing import letters
from consent.writing.change import UnitOfWork
from resources.search.predicate import EVERYTHING
from resources.store.port import Transaction

NAME = "letters"
"""As what it stands on the trail."""

_BECAUSE = Text("the server tells what follows from an earlier write", "先の記録の結果をサーバーが知らせる")
_TOLD = Decision(True, (Rule("P2", "permit", EVERYTHING, _BECAUSE),))


async def delivered(engine: PolicyEngine, now: datetime) -> None:
    """Write all that are left."""
    server = Actor("server", "", "", vocabulary.COORDINATION_OF_CARE, (), now, NAME)

    async def some(tx: Transaction) -> bool:
        unit = await UnitOfWork.begin(engine, tx, server, ())
        made = await letters.fetched(unit)
        if made:
            tx.note(trail.event(server, frozenset(), "create", made, _TOLD, kind="operation", asked=NAME))
        return made is not None

    while await engine.store.transact(some):
        pass


async def are_left(engine: PolicyEngine) -> bool:
    """Whether who left some has not written them yet."""
    return await engine.store.vault.has(letters.LEFT)
