"""The verdict on a version that is evidence: whether it counts, and on whose records. The server alone writes it.

docs/policy.md, "standing": judged once, in the transaction that writes the evidence, and kept beside the version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import Terms, values

_COUNTS = ".counts"
_HONOURED = ".honoured"

EVERY_KEEPER = "*"
"""Whoever keeps the record."""

LAPSES = ".lapses"
"""From which instant on it grants no more, whatever its own period says: the majority of whom a parent signed for."""

PAPER = ".paper"
"""The version of the paper that it rests on, as `Type/id/_history/n`."""

REVOKED = ".revoked"
"""The instant at which it was ended by who gave it."""

REPLACED = ".replaced"
"""That a newer paper took its place, as `instant grants` or `instant all`: what it withholds may stand on."""

REACHED = ".reached"
"""How far a word given later ended what it grants, as `instant wording`."""

EMERGENCY = ".emergency"
"""Of the review of an emergency access, whom it opened to whom, as `start until officer patient`."""

_NOTED = (EMERGENCY, LAPSES, PAPER, REACHED, REPLACED, REVOKED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`honoured` are the agencies whose records the evidence opens, or EVERY_KEEPER.

    What is `void` is judged and counts for nothing, as a refusal neither. `noted` are terms that say what else was
    found when it was judged, and what has ended it since.
    """

    counts: bool = False
    honoured: frozenset[str] = frozenset()
    void: bool = False
    noted: frozenset[str] = frozenset()

    def terms(self) -> set[str]:
        """The verdict beside the version."""
        counts = {term(_COUNTS, "no" if self.void else "yes")} if self.counts or self.void else set()
        return counts | {term(_HONOURED, keeper) for keeper in self.honoured} | self.noted

    def note(self, name: str) -> frozenset[str]:
        """What was noted under a name."""
        return frozenset(entry[len(name) + 1 :] for entry in self.noted if entry.startswith(f"{name} "))

    def by(self, instant: str) -> Verdict:
        """The verdict as it was at an instant: what ended it later is not in it."""
        later = {
            entry
            for entry in self.noted
            if entry.startswith((f"{REACHED} ", f"{REPLACED} ")) and entry.split(" ")[1] > instant
        }
        return Verdict(self.counts, self.honoured, self.void, self.noted - later)

    @property
    def turns(self) -> list[str]:
        """The instants since when something has ended it, wholly or in part, in order."""
        return sorted({each.split(" ")[0] for name in (REACHED, REPLACED) for each in self.note(name)})


NONE = Verdict()
"""What has no verdict counts nowhere: an import, or an older release, gains nothing."""


def read(terms: Terms) -> Verdict:
    """The verdict as it was kept; `terms` are sorted."""
    counts = set(values(terms, _COUNTS))
    noted = frozenset(term(name, value) for name in _NOTED for value in values(terms, name))
    return Verdict("yes" in counts, frozenset(values(terms, _HONOURED)), "no" in counts, noted)


def kept(before: Version | None, judged: Verdict) -> Verdict:
    """The verdict on the version after this one: what the server alone has said of the record stays said."""
    stays = frozenset(term(EMERGENCY, said) for said in values(before.terms, EMERGENCY)) if before else frozenset()
    return replace(judged, noted=judged.noted | stays) if stays else judged


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """What several kinds of evidence in one record come to: it counts where each of them says so."""
    found = list(verdicts)
    if not found:
        return NONE
    return Verdict(
        all(each.counts for each in found),
        frozenset().union(*(each.honoured for each in found)),
        any(each.void for each in found),
        frozenset().union(*(each.noted for each in found)),
    )
