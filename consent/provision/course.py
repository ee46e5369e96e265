"""What the papers of one person do to one another: by the days of signing and of ending, never by those of filing.

docs/policy.md, "consent": a newer paper ends an older one where it says so, and what was ended is not granted again by
a paper signed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

from consent.provision import counting, provisions
from consent.provision.provisions import EVERYBODY
from consent.verdict import EVERY_KEEPER, REACHED, REPLACED, REVOKED, WORD, Verdict
from resources.record import coding, period, reference

Resource = Mapping[str, Any]


@dataclass(frozen=True)
class Paper:
    """A Consent as it stands, who filed it, and the verdict on it."""

    name: str
    body: Resource
    filer: str
    kept: Verdict

    @property
    def active(self) -> bool:
        return self.body.get("status") == "active"

    @cached_property
    def is_word(self) -> bool:
        """Whether it is no paper but a word that ends some."""
        return bool(self.kept.note(WORD))

    @cached_property
    def signed(self) -> tuple[str, str] | None:
        """The first instant that its date may mean, and the first after all of them; None where it cannot be read."""
        said = self.body.get("dateTime")
        return period.span({"start": said, "end": said})


class Course:
    """The papers of a person, by what they do to one another: of those that do the same, what the furthest of them
    does is said once, so that each paper is asked about once, however many there are.

    `keeper` is the agency that keeps the Patient.
    """

    def __init__(self, papers: Iterable[Paper], keeper: str) -> None:
        self._replacing, self._reaching = _Furthest[_Replacing](), _Furthest[_Reaching]()
        for paper in papers:
            for instant in _words(paper):
                # A word about recipients is about every policy; of one that names a consent, that consent tells.
                self._reaching.add(_Reaching(None, counting.extent(paper.body)), instant, paper.name)
            if not paper.kept.counts or paper.is_word:
                continue
            if paper.signed and says_it_replaces(paper.body):
                self._replacing.add(_Replacing.of(paper, keeper), paper.signed[0], paper.name)
            for instant in paper.kept.note(REVOKED) if provisions.permits(paper.body) else ():
                self._reaching.add(_Reaching(_policy(paper), counting.extent(paper.body)), instant, paper.name)

    def ended(self, paper: Paper) -> frozenset[tuple[str, str]]:
        """What the others do to one that grants or withholds, as names of notes and what they say."""
        if paper.kept.void or paper.is_word or not (paper.active or paper.kept.counts):
            return frozenset()
        replaced = ((REPLACED, manner) for _, manner in self._replaced(paper))
        return frozenset((*replaced, *(self._reached(paper) if paper.active else ())))

    def is_over(self, paper: Paper) -> bool:
        """Whether a paper filed by the same agency took its place: its status says so, since the filer knows both."""
        return paper.active and (paper.filer, "all") in self._replaced(paper)

    def _replaced(self, paper: Paper) -> Iterator[tuple[str, str]]:
        """By who filed the newer ones that are certainly newer: of two papers of one day both stand, unless the hours
        on them tell."""
        if paper.signed is None:
            return
        policy, withholds = _policy(paper), provisions.withholds(paper.body)
        for newer, since in self._replacing.but(paper.name):
            if since >= paper.signed[1] and _on_one_policy(newer.policy, policy):
                yield newer.filer, "all" if not withholds or newer.may_lift(paper) else "grants"

    def _reached(self, paper: Paper) -> Iterator[tuple[str, str]]:
        """No paper signed before a word that ended something grants as far as that word reached."""
        policy = _policy(paper)
        for reaching, instant in self._reaching.but(paper.name):
            alike = reaching.policy is None or _on_one_policy(reaching.policy, policy)
            if alike and _is_signed_before(paper, instant):
                yield REACHED, reaching.extent


def revoked_by(word: Paper, papers: Iterable[Paper]) -> Iterator[Paper]:
    """The permits that a word ends as a whole: it names the permit, or every recipient that the permit names."""
    if not word.is_word:
        return
    named, ended = revoked(word.body), {to for to, _ in provisions.grantees(word.body["provision"])}
    latest = max(word.kept.note(WORD))
    for paper in papers:
        if paper.is_word or not (paper.active and provisions.permits(paper.body)):
            continue
        whole = _is_signed_before(paper, latest) and _all_in(ended, paper.body)
        if (named == paper.name) if named else whole:
            yield paper


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


def _words(paper: Paper) -> Iterable[str]:
    """When it was said, of a word about recipients."""
    return paper.kept.note(WORD) if paper.is_word and not revoked(paper.body) else ()


def _all_in(ended: set[str], permit: Resource) -> bool:
    """Whether all recipients that a permit names are among these."""
    root = permit["provision"]
    if EVERYBODY in ended:
        return True
    return root.get("type") == "permit" and {to for to, _ in provisions.grantees(root)} <= ended


def _is_signed_before(paper: Paper, instant: str) -> bool:
    """Unless it certainly was signed after."""
    return paper.signed is None or paper.signed[0] < instant


def _policy(paper: Paper) -> frozenset[str]:
    return coding.of(paper.body.get("policyRule"))


def _on_one_policy(one: frozenset[str], other: frozenset[str]) -> bool:
    return one == other or not one.isdisjoint(other)


@dataclass(frozen=True, slots=True)
class _Reaching:
    """How far something reached that ended a permit: papers on this policy, or all where there is None."""

    policy: frozenset[str] | None
    extent: str


@dataclass(frozen=True, slots=True)
class _Replacing:
    """What a paper that says it takes the place of earlier ones has to do so: its policy, who filed it, whether the
    Patient's keeper honours it, and who signed."""

    policy: frozenset[str]
    filer: str
    honoured: bool
    signers: frozenset[str]

    @classmethod
    def of(cls, paper: Paper, keeper: str) -> _Replacing:
        honoured = EVERY_KEEPER in paper.kept.honoured or keeper in paper.kept.honoured
        return cls(_policy(paper), paper.filer, honoured, frozenset(reference.many(paper.body, "performer")))

    def may_lift(self, older: Paper) -> bool:
        """Whether what the older one withholds ends with it: by who filed or verified it, and who signed."""
        person = reference.one(older.body, "patient")
        own = person in reference.many(older.body, "performer")
        return (self.honoured or self.filer == older.filer) and (not own or person in self.signers)


K = TypeVar("K")


class _Furthest(Generic[K]):
    """Of each kind of thing that papers do the two that do it latest, by name: none does anything to itself."""

    def __init__(self) -> None:
        self._latest: dict[K, list[tuple[str, str]]] = {}

    def add(self, kind: K, instant: str, name: str) -> None:
        found = dict(self._latest.get(kind, ()))
        found[name] = max(instant, found.get(name, ""))
        self._latest[kind] = sorted(found.items(), key=itemgetter(1), reverse=True)[:2]

    def but(self, name: str) -> Iterator[tuple[K, str]]:
        """Each kind, with the latest instant at which another paper than this one does it."""
        for kind, latest in self._latest.items():
            others = [instant for by, instant in latest if by != name]
            yield from ((kind, instant) for instant in others[:1])
