"""A whole list of the directory, written by the installer in one transaction: all of it, or nothing.

docs/policy.md, P12; docs/operations.md, "a city's list"
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from consent import policy
from consent.engine import PolicyEngine
from consent.rule import Action, Decision
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change, Prepared, prepared
from resources.record.version import Version


@dataclass(frozen=True, slots=True)
class Laid:
    told: Sequence[Version]
    decision: Decision
    action: Action = "update"


class _Counted(list[Prepared]):
    """The changes, which say how far their writer has come."""

    advance: Callable[[int], None]

    def __iter__(self) -> Iterator[Prepared]:
        for done, each in enumerate(super().__iter__()):
            self.advance(done)
            yield each


def made_ready(engine: PolicyEngine, changes: Sequence[Change]) -> list[Prepared]:
    """The list, checked while nobody waits for it. Raises Problem."""
    return [prepared(engine, change) for change in changes]


async def laid(unit: UnitOfWork, ready: Sequence[Prepared], advance: Callable[[int], None]) -> Laid:
    """Write them in their order; a change may refer to any that stands beside it. Raises Problem, and nothing is."""
    unit.asked = counted = _Counted(ready)
    counted.advance = advance
    unit.pending |= {each.change.reference: each.resource for each in ready}
    written = await unit.perform()
    told = [version for each in written for version in each.stored]
    return Laid(told, policy.together(each.decision for each in written))
