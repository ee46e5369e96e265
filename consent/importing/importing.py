"""Some lines of an import written in one transaction, each under policy: as their agency's own writing, by name.

docs/operations.md, "import"; docs/policy.md, P1 and P12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from consent import policy, trail, vocabulary
from consent.actor import Actor, Scope
from consent.acts import secluding
from consent.gate import Gate
from consent.importing.import_batch import Batch
from consent.importing.import_line import Line, Outcome
from consent.relations.hidden_place import Secrets
from consent.writing import handing_on
from consent.writing.apart import Apart
from consent.writing.change import UnitOfWork
from resources.record.envelope import Origin
from resources.store.port import Transaction

CLIENT = "import"


@dataclass(slots=True)
class Importing:
    """An import of what one agency keeps; `origin` is whose it becomes."""

    gate: Gate
    origin: Origin

    async def write(self, lines: Sequence[Line], now: datetime) -> list[Outcome]:
        """Write what can be written, all in one transaction, with one event on the trail for each actor."""

        async def written(apart: Apart) -> list[Outcome]:
            async def work(tx: Transaction) -> list[Outcome]:
                room = await handing_on.still(tx, apart.together())
                units = [await self._unit(tx, actor, room) for actor in self._actors(now)]
                batch = Batch(self.gate.engine, self.origin, tx, units, Secrets(tx), room)
                found = await batch.through(lines)
                for actor, versions, decisions in batch.shown():
                    event = trail.event(actor, {actor.organization}, "create", versions, policy.together(decisions))
                    tx.note(event)
                room.demand()
                return found

            return await self.gate.engine.store.transact(work)

        return await secluding.apart(self.gate.engine, now, written)

    async def _unit(self, tx: Transaction, actor: Actor, room: Apart) -> UnitOfWork:
        unit = await UnitOfWork.begin(self.gate.engine, tx, actor, ())
        unit.apart = room
        return unit

    def _actors(self, now: datetime) -> tuple[Actor, Actor]:
        """The agency itself, for casework (P1); the installer, for the directory (P12)."""
        scopes = (Scope("system", "*", frozenset("crs")),)
        agency = Actor(CLIENT, "", self.origin.custodian, vocabulary.CARE_MANAGEMENT, scopes, now, CLIENT)
        return agency, replace(agency, purpose=vocabulary.INSTALLATION, scopes=())
