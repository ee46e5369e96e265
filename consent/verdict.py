"""The verdict on a version that is evidence: whether it counts, on whose records, what it fixes; the server's alone.

docs/policy.md, "standing": judged once, in the transaction that writes the evidence, and kept beside the version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from resources.search.predicate import term
from resources.search.relation import Terms, values

COUNTS = ".counts"
"""The term of a version that counts."""
_HONOURED = ".honoured"
_FIXED = ".fixed"

EVERY_KEEPER = "*"
"""Whoever keeps the record."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`honoured` are the agencies whose records the evidence opens, or EVERY_KEEPER.

    `fixed` are the records that the evidence holds fast, whatever becomes of what it refers to: the household that a
    coordination has marked, the persons of a meeting.
    """

    counts: bool = False
    honoured: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()

    def terms(self) -> set[str]:
        """The verdict beside the version."""
        counts = {term(COUNTS, "yes")} if self.counts else set()
        honoured = {term(_HONOURED, keeper) for keeper in self.honoured}
        return counts | honoured | {term(_FIXED, name) for name in self.fixed}


NONE = Verdict()
"""What has no verdict counts nowhere: an import, or an older release, gains nothing."""


def read(terms: Terms) -> Verdict:
    """The verdict as it was kept; `terms` are sorted."""
    counts = any(True for _ in values(terms, COUNTS))
    return Verdict(counts, frozenset(values(terms, _HONOURED)), frozenset(values(terms, _FIXED)))


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """What several kinds of evidence in one record come to: it counts where each of them says so."""
    found = list(verdicts)
    if not found:
        return NONE
    return Verdict(
        all(each.counts for each in found),
        frozenset().union(*(each.honoured for each in found)),
        frozenset().union(*(each.fixed for each in found)),
    )
