"""The papers of a person settled anew with every one that is filed, ended or verified, in the same transaction.

docs/policy.md, "consent": order of filing means nothing; what is derived changes without a version of the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from consent import evidence, verdict
from consent.provision import course
from consent.provision.course import Course, Paper
from consent.relations import hidden_place, names
from resources.record import envelope, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_one_of, term
from resources.store.port import Query, Snapshot

PAPERS: Predicate = has_one_of(".type", ("Consent", "Patient"))
"""Under this the server looks at all papers of a person; nobody is told of those of others."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A consent that another paper or a word ended, wholly or in part, before and after; `over` where its status says
    so too. `new` are the notes of it."""

    before: Version
    after: Version
    over: bool
    new: frozenset[tuple[str, str]] = frozenset()


async def settled(tx: Snapshot, consent: Mapping[str, Any], instant: str) -> list[Settled]:
    """What becomes of the papers of the person whom this Consent, already stored, is about: of those that were signed
    under that name, and where it is a word, under every name that they have. A word given under any is a word about
    all."""
    patient = reference.one(consent, "patient")
    if consent.get("resourceType") != "Consent" or not patient:
        return []
    return await _of_names(tx, patient, f"Consent/{consent['id']}", instant)


async def settled_anew(tx: Snapshot, patient: str, instant: str) -> list[Settled]:
    """What becomes of all papers of a person, under every name that they have, by all words that they gave."""
    return await _of_names(tx, patient, "", instant)


async def _of_names(tx: Snapshot, patient: str, written: str, instant: str) -> list[Settled]:
    """`written` is the paper or word just stored; all words are as if they were, where that is empty."""
    called = {one: await papers(tx, one) for one in sorted(await names.known(tx, [patient]))}
    found = {version: _paper(version) for each in called.values() for version in each}
    words = {version: paper for version, paper in found.items() if paper.is_word}
    given = [paper for paper in words.values() if written in ("", paper.name)]
    done = list[Settled]()
    for one in called if given else [patient] if written else ():
        listed = {version: found[version] for version in called[one]} | words
        left = await _with_revoked(tx, listed, given)
        others = Course(left.values(), await _keeper(tx, one))
        settling = (_settled(version, left[version], found[version], others, instant) for version in called[one])
        done += [each for each in settling if each]
    return done


def _settled(version: Version, paper: Paper, before: Paper, others: Course, instant: str) -> Settled | None:
    """What the others have ended of one, if they have."""
    revoked = paper.kept.note(verdict.REVOKED) - before.kept.note(verdict.REVOKED)
    had = {(name, said.partition(" ")[2]) for name in _NAMES for said in paper.kept.note(name)}
    new = frozenset[tuple[str, str]]()
    if not revoked:
        new = others.ended(paper) - had
    over = bool(revoked) or others.is_over(paper)
    if not (new or over):
        return None
    notes = {term(name, f"{instant} {said}") for name, said in new}
    notes |= {term(verdict.REVOKED, at) for at in revoked}
    after = replace(version, terms=tuple(sorted(notes.union(version.terms))))
    return Settled(version, after, over, new)


async def _keeper(tx: Snapshot, patient: str) -> str:
    person = await tx.get(*patient.split("/"), within=PAPERS)
    return envelope.value(person.terms, ".custodian") if person else ""


async def papers(tx: Snapshot, patient: str) -> list[Version]:
    """All papers of a person, of whoever filed them."""
    about = all_of([has(".type", "Consent"), has(".subject", patient)])
    found = (await tx.find(Query(about), within=PAPERS)).versions
    return [each for each in found if reference.one(evidence.body(each), "patient") == patient]


async def filed(tx: Snapshot, consent: Mapping[str, Any], agency: str) -> tuple[int, int]:
    """How many papers about the person of this one an agency has filed, words among them, and how many are active and
    stay so beside it: the others end with it, where it is signed as it says."""
    about = [has(".type", "Consent"), has(".subject", reference.one(consent, "patient")), has(".custodian", agency)]
    active = Query(all_of([*about, has("status", "=active")]))
    every = await tx.count(Query(all_of(about)), within=PAPERS)
    if not course.says_it_replaces(consent):
        return every, await tx.count(active, within=PAPERS)
    replacing = Course([Paper("", consent, agency, verdict.Verdict(counts=True))], "")
    found = (await tx.find(active, within=PAPERS)).versions
    return every, sum(not replacing.is_over(_paper(each)) for each in found)


async def words(tx: Snapshot, patient: str) -> list[Version]:
    """The words by which a person ended something under this name."""
    return [each for each in await papers(tx, patient) if verdict.read(each.terms).note(verdict.WORD)]


_NAMES = (verdict.REACHED, verdict.REPLACED)


def _paper(version: Version) -> Paper:
    filer = envelope.value(version.terms, ".custodian")
    return Paper(version.reference, evidence.body(version), filer, verdict.read(version.terms))


async def _with_revoked(tx: Snapshot, papers: Mapping[Version, Paper], words: Iterable[Paper]) -> dict[Version, Paper]:
    """The papers as words leave them that have just been written: what they end as a whole is noted on each.

    About a protected person a paper is not over by a word that guessed all its recipients: its status would tell them.
    """
    left = dict(papers)
    for word in words:
        at = {term(verdict.REVOKED, instant) for instant in word.kept.note(verdict.WORD)}
        ended, guessed = {each.name for each in course.revoked_by(word, papers.values())}, course.is_of_recipients(word)
        for version, paper in papers.items():
            if paper.name in ended and not (guessed and await hidden_place.is_secret(tx, version.stored)):
                kept = left[version].kept
                left[version] = replace(paper, kept=replace(kept, noted=kept.noted | at))
    return left
