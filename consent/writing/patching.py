"""A patch as if its writer had read the record and sent it back changed: of what they see, by every rule of that.

https://hl7.org/fhir/R4/http.html#patch; docs/policy.md, D1: what is not shown is put back, as after an update.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from consent import refusal
from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.reading import showing
from consent.rule import Action, Decision
from consent.writing import referring
from consent.writing.prepared import Prepared, prepared
from resources.record import parse
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.store.port import Transaction


class Beside(Protocol):
    """The unit of work: who writes, and what they may see."""

    engine: PolicyEngine
    tx: Transaction
    facts: Facts

    async def judge(self, action: Action, version: Version) -> Decision: ...


async def patched(unit: Beside, ready: Prepared, before: Version | None) -> Prepared:
    """The update that a patch comes to. Raises Problem where it does not fit what its writer sees of the record."""
    change = ready.change
    if change.patch is None:
        return ready
    if before is None:
        raise refusal.not_found(change.type, change.id)
    if before.deleted:
        name = change.reference
        raise Problem.of("deleted", f"`{name}` was deleted", f"`{name}` は削除されています")
    decision = await unit.judge("read", before)
    shown = await showing.shown(unit.engine, unit.tx, before, decision, unit.facts)
    made = change.patch(parse.editable(shown.body))
    if (made.get("resourceType"), made.get("id")) != (change.type, change.id):
        text, ja = "a patch changes neither the type nor the id", "パッチで種別や id は変えられません"
        raise Problem("invalid", Issue(text, ja, f"{change.type}.id"))
    found = prepared(unit.engine, replace(change, body=parse.write(made), patch=None))
    referring.bounded([found])
    return replace(found, change=change)
