"""The version that a change is of, as far as its writer sees it and may change it.

docs/policy.md, "nothing leaks": what is not for the writer is not there.
"""

from __future__ import annotations

from typing import Protocol

from consent import policy, refusal, vocabulary
from consent.facts import Facts
from consent.rule import Action, Decision, Rule
from consent.writing.prepared import Change
from resources.record.version import Version


class Beside(Protocol):
    """The unit of work: who writes, what is stored, and what its writer may do with it."""

    facts: Facts

    async def look_up(self, name: str) -> Version | None: ...

    async def judge(self, action: Action, version: Version) -> Decision: ...

    async def permitted(self, action: Action, version: Version) -> Decision: ...

    def rules_of(self, action: Action) -> tuple[Rule, ...]: ...


async def of(unit: Beside, change: Change) -> Version | None:
    """The version before; None of what is created, and where there is nothing to delete.

    Raises Problem where it is not there for its writer, is another than the change rests on, or may not be changed.
    """
    action: Action = change.method
    policy.covered(unit.rules_of(action), change.type)
    if action == "create":
        return None
    before = await unit.look_up(change.reference)
    read = await unit.judge("read", before) if before else Decision(False, ())
    if before is None or not read.allowed or (before.deleted and action == "delete"):
        if action == "update" and before is None and unit.facts.actor.purpose == vocabulary.INSTALLATION:
            return None
        if action == "delete":
            return None
        raise refusal.not_found(change.type, change.id)
    change.only_if.check(before)
    if read.card:
        # Who is shown no more than the card would be given the rest by a version of their own.
        raise refusal.forbidden(action, before, Decision(False, ()), unit.facts)
    await unit.permitted(action, before)
    return before
