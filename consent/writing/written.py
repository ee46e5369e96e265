"""What became of a change that was carried out.

docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from dataclasses import dataclass

from consent.rule import Action, Decision
from resources.record.problem import Issue
from resources.record.version import Version

NOTHING = 0
"""The number of a version that there is not."""


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

    @classmethod
    def nothing(cls, type: str, id: str) -> Written:
        """Of a deletion of what is not there, or not for who asks: nothing has changed, and nothing more is said."""
        return cls(Version(type, id, NOTHING, "", True, b"", ()), "delete", Decision(False, ()))

    @property
    def was_nothing(self) -> bool:
        """Whether there was nothing to delete, as far as its writer sees."""
        return self.version.number == NOTHING

    @property
    def stored(self) -> tuple[Version, ...]:
        """All that was stored by it."""
        return self.version, *self.ended
