"""The verdict on a version that is evidence: whether it counts, on whose records, what it fixes; the server's alone.

docs/policy.md, "standing": judged once, in the transaction that writes the evidence, and kept beside the version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import Terms, own, values

COUNTS = ".counts"
"""The term of a version that was judged: `yes` where it counts, `no` where it is void."""
_HONOURED = ".honoured"
FIXED = ".fixed"
"""What the evidence holds fast: the household that a coordination has marked, the persons of a meeting."""

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

AGED = ".aged"
"""What another birth date makes of the signature on it, as `instant said`: UNFOUNDED, ALWAYS, or from when on it grants
no more. The last one stands."""
UNFOUNDED, ALWAYS = "unfounded", "always"

BORN = ".born"
"""Of a birth date that was confirmed, the instant of it and the date, as `instant date`."""

DIED = ".died"
"""Of a death that was confirmed, the Patient who died."""

SUCCEEDED = ".succeeded"
"""Of the naming of a successor, the agency that has ended."""

SAME = ".same"
"""Of a merge, every name that the person has since."""

CARRIER = ".carrier"
"""Of decided roles, each post that carries them out, and the agency that keeps the case."""

SEATED = ".seated"
"""Of decided roles, by which member of them a post carries them out, as `post member`: as long as that has its part."""

BROUGHT = ".brought"
"""Of decided roles, each agency that keeps the case they were decided for, or kept it since."""

DECIDED = ".decided"
"""`yes` of a version of a plan that is as the roles were decided on, but for times, statuses and persons."""

WORD = ".word"
"""That it is no paper but a word by which the person ended what they had permitted, as the instant of it."""

EMERGENCY = ".emergency"
"""Of the review of an emergency access, whom it opened to whom, as `start until officer patient`."""

MEANT = ".meant"
"""Of the review of an emergency access, the one person whom the officer meant; the others are of their household."""

ABOVE = ".above"
"""Of a request, an agency above it in its chain: who asked, and was asked, before it was handed on."""

BETWEEN = ".between"
"""Of a request, the agencies of who asks and of who is asked; of a coordinator and the like the post alone."""

AS_SUCH = ".as-such"
"""Of what is asked of a post as such, and of nobody else of its agency: the function of that post."""

_NOTED = (
    *(ABOVE, AGED, AS_SUCH, BETWEEN, BORN, BROUGHT, CARRIER, DECIDED, DIED, EMERGENCY),
    *(LAPSES, MEANT, PAPER, REACHED, REPLACED, REVOKED, SAME, SEATED, SUCCEEDED, WORD),
)
_TURNING = (AGED, REACHED, REPLACED)
_LATER = tuple(f"{name} " for name in _TURNING)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`honoured` are the agencies whose records the evidence opens, or EVERY_KEEPER.

    What is `void` is judged and counts for nothing, as a refusal neither. `noted` are terms that say what else was
    found when it was judged, and what has ended it since. `fixed` are the records that the evidence holds fast,
    whatever becomes of what it refers to: the household that a coordination has marked, the persons of a meeting.
    """

    counts: bool = False
    honoured: frozenset[str] = frozenset()
    void: bool = False
    noted: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()

    def terms(self) -> set[str]:
        """The verdict beside the version."""
        counts = {term(COUNTS, "no" if self.void else "yes")} if self.counts or self.void else set()
        honoured = {term(_HONOURED, keeper) for keeper in self.honoured}
        return counts | honoured | self.noted | {term(FIXED, name) for name in self.fixed}

    def note(self, name: str) -> frozenset[str]:
        """What was noted under a name."""
        return frozenset(entry[len(name) + 1 :] for entry in self.noted if entry.startswith(f"{name} "))

    def by(self, instant: str) -> Verdict:
        """The verdict as it was at an instant: what ended it later is not in it."""
        later = {entry for entry in self.noted if entry.startswith(_LATER) and entry.split(" ")[1] > instant}
        return replace(self, noted=self.noted - later)

    @property
    def turns(self) -> list[str]:
        """The instants since when something has ended it, wholly or in part, in order."""
        return sorted({each.split(" ")[0] for name in _TURNING for each in self.note(name)})

    @property
    def aged(self) -> str:
        """What the birth date that stands makes of the signature; empty where it is the one that was judged by."""
        return max(self.note(AGED), default="").partition(" ")[2]


NONE = Verdict()
"""What has no verdict counts nowhere: an import, or an older release, gains nothing."""


def read(terms: Terms) -> Verdict:
    """The verdict as it was kept; `terms` are sorted."""
    said = own(terms)
    counts = said.get(COUNTS, ())
    noted = frozenset(term(name, value) for name in _NOTED for value in said.get(name, ()))
    honoured, fixed = (frozenset(said.get(name, ())) for name in (_HONOURED, FIXED))
    return Verdict("yes" in counts, honoured, "no" in counts, noted, fixed)


def kept(before: Version | None, judged: Verdict) -> Verdict:
    """The verdict on the version after this one: what the server alone has said of the record stays said."""
    had = before.terms if before else ()
    stays = frozenset(term(name, said) for name in (EMERGENCY, MEANT) for said in values(had, name))
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
        frozenset().union(*(each.fixed for each in found)),
    )
