"""What must be so of the version before for a change to be done: If-Match, If-None-Match, If-Unmodified-Since.

https://hl7.org/fhir/R4/http.html#concurrency; https://www.rfc-editor.org/rfc/rfc9110#section-13
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from resources.record import period
from resources.record.problem import Problem
from resources.record.version import Version

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Precondition:
    """`among` are the versions one of which it must be, `but` those that it must not be, None where nothing is said.

    `exists` says that there must be none (False) or one (True); `since` that it has not changed after this second.
    """

    among: frozenset[int] | None = None
    but: frozenset[int] = frozenset()
    exists: bool | None = None
    since: datetime | None = None

    def check(self, before: Version | None) -> None:
        """Raises Problem `stale`. `before` is the version that the writer sees, None where they see none."""
        if self is NONE:
            return
        standing = before if before is not None and not before.deleted else None
        if self.exists is False and standing is not None:
            raise _stale(standing, "there is one already", "既に記録があります")
        if before is None:
            return  # who sees none is told that there is none
        if self.among is not None and before.number not in self.among:
            named = ", ".join(map(str, sorted(self.among))) or "another"
            raise _stale(before, f"not `{named}`", f"`{named}` ではありません")
        if before.number in self.but:
            raise _stale(before, "which it must not be", "その版であってはならないと指定されています")
        changed = period.first(before.since)
        if self.since is not None and changed is not None and changed >= self.since + _SECOND:
            raise _stale(before, "changed since", "その日時より後に変更されています")


NONE = Precondition()


def _stale(current: Version, text: str, ja: str) -> Problem:
    number = current.number
    return Problem.of("stale", f"the current version is `{number}`, {text}", f"現在の版は `{number}` で、{ja}")
