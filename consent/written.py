"""What became of a change that was carried out.

docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from dataclasses import dataclass

from consent.rule import Action, Decision
from resources.record.problem import Issue
from resources.record.version import Version


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a change: the version stored, the decision that allowed it, warnings, the records that `ended`
    with it or were written to tell of it, and the operation that `asked` for it, empty for an interaction.

    A relabelling that changes nothing makes no version. Among `ended` are the Patients whom a household that they join
    gives a protection, as they are since.
    """

    version: Version
    action: Action
    decision: Decision
    warnings: tuple[Issue, ...] = ()
    ended: tuple[Version, ...] = ()
    asked: str = ""

    @property
    def stored(self) -> tuple[Version, ...]:
        """All that was stored by it."""
        return self.version, *self.ended
