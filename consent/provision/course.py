"""What the papers of one person do to one another: by the days of signing and of ending, never by those of filing.

docs/policy.md, "consent": a newer paper ends an older one where it says so, and what was ended is not granted again by
a paper signed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent.provision import counting, provisions
from consent.provision.provisions import EVERYBODY
from consent.verdict import EVERY_KEEPER, REACHED, REPLACED, REVOKED, WORD, Verdict
from resources.record import coding, period, reference

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """A Consent as it stands, who filed it, and the verdict on it."""

    name: str
    body: Resource
    filer: str
    kept: Verdict

    @property
    def active(self) -> bool:
        return self.body.get("status") == "active"

    @property
    def is_word(self) -> bool:
        """Whether it is no paper but a word that ends some."""
        return bool(self.kept.note(WORD))

    @property
    def signed(self) -> tuple[str, str] | None:
        """The first instant that its date may mean, and the first after all of them; None where it cannot be read."""
        said = self.body.get("dateTime")
        return period.span({"start": said, "end": said})


def ended(paper: Paper, others: Sequence[Paper], keeper: str) -> frozenset[tuple[str, str]]:
    """What the other papers of this person do to one that grants or withholds, as names of notes and what they say.

    `keeper` is the agency that keeps the Patient.
    """
    if paper.kept.void or paper.is_word or not (paper.active or paper.kept.counts):
        return frozenset()
    replaced = _replaced(paper, list(_alike(paper, others)), keeper)
    return frozenset((*replaced, *(_reached(paper, others) if paper.active else ())))


def is_over(paper: Paper, others: Iterable[Paper], keeper: str) -> bool:
    """Whether a paper filed by the same agency took its place: its status says so, since the filer knows both."""
    own = [other for other in _alike(paper, others) if other.filer == paper.filer]
    return paper.active and (REPLACED, "all") in _replaced(paper, own, keeper)


def is_revoked(paper: Paper, word: Paper) -> bool:
    """Whether a word ends a permit as a whole: it names it, or every recipient that the permit names."""
    if not (word.is_word and paper.active and provisions.permits(paper.body)) or paper.is_word:
        return False
    if named := revoked(word.body):
        return named == paper.name
    if not any(_is_signed_before(paper, instant) for instant in word.kept.note(WORD)):
        return False
    ended, root = {to for to, _ in provisions.grantees(word.body["provision"])}, paper.body["provision"]
    if EVERYBODY in ended:
        return True
    return root.get("type") == "permit" and {to for to, _ in provisions.grantees(root)} <= ended


def is_of_recipients(word: Paper) -> bool:
    """Whether a word ends what was permitted to some, and not what one consent or all of them permitted."""
    named = {to for to, _ in provisions.grantees(word.body["provision"])}
    return not revoked(word.body) and EVERYBODY not in named


def revoked(word: Resource) -> str:
    """The consent that a word ends by its name; empty where it speaks of recipients."""
    return next((reference.one(each, "valueReference") for each in coding.extension(word, "revokes")), "")


def says_it_replaces(consent: Resource) -> bool:
    """Whether it is written on the paper that it takes the place of earlier ones."""
    return any(each.get("valueBoolean") is True for each in coding.extension(consent, "replaces-earlier"))


def _alike(paper: Paper, others: Iterable[Paper]) -> Iterator[Paper]:
    """The other papers that once counted, on the same policy."""
    for other in others:
        counts = other.kept.counts and not other.is_word
        if other.name != paper.name and counts and _on_one_policy(other, paper):
            yield other


def _replaced(paper: Paper, alike: Iterable[Paper], keeper: str) -> Iterator[tuple[str, str]]:
    for newer in alike:
        if says_it_replaces(newer.body) and _is_newer(newer, paper):
            whole = not provisions.withholds(paper.body) or _may_lift(newer, paper, keeper)
            yield REPLACED, "all" if whole else "grants"


def _reached(paper: Paper, others: Sequence[Paper]) -> Iterator[tuple[str, str]]:
    """No paper signed before a word that ended something grants as far as that word reached."""
    for other in _alike(paper, others):
        if provisions.permits(other.body):
            for instant in other.kept.note(REVOKED):
                if _is_signed_before(paper, instant):
                    yield REACHED, counting.extent(other.body)
    for word in others:
        # A word about recipients is about every policy; of one that names a consent, that consent tells.
        for instant in word.kept.note(WORD) if not revoked(word.body) else ():
            if _is_signed_before(paper, instant):
                yield REACHED, counting.extent(word.body)


def _is_signed_before(paper: Paper, instant: str) -> bool:
    """Unless it certainly was signed after."""
    return paper.signed is None or paper.signed[0] < instant


def _is_newer(newer: Paper, older: Paper) -> bool:
    """Certainly: of two papers of one day both stand, unless the hours on them tell."""
    later, earlier = newer.signed, older.signed
    return later is not None and earlier is not None and later[0] >= earlier[1]


def _may_lift(newer: Paper, older: Paper, keeper: str) -> bool:
    """Whether what the older one withholds ends with the newer one: by who filed or verified it, and who signed."""
    honoured = newer.kept.honoured
    standing = newer.filer == older.filer or EVERY_KEEPER in honoured or keeper in honoured
    person = reference.one(older.body, "patient")
    own = person in reference.many(older.body, "performer")
    return standing and (not own or person in reference.many(newer.body, "performer"))


def _on_one_policy(one: Paper, other: Paper) -> bool:
    mine, theirs = coding.of(one.body.get("policyRule")), coding.of(other.body.get("policyRule"))
    return mine == theirs or not mine.isdisjoint(theirs)
