"""The papers of a person settled anew with every one that is filed, ended or verified, in the same transaction.

docs/policy.md, "consent": order of filing means nothing; what is derived changes without a version of the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from consent import derivation, evidence, verdict
from consent.provision import course
from consent.provision.course import Paper
from consent.relations import hidden_place, names
from resources.record import envelope, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_one_of, term
from resources.store.port import Query, Transaction

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


async def settled(tx: Transaction, consent: Mapping[str, Any], instant: str) -> list[Settled]:
    """Settle the papers of the person whom this Consent, already stored, is about: those that were signed under that
    name, and where it is a word, under every name that they have. A word given under any is a word about all."""
    patient = reference.one(consent, "patient")
    if consent.get("resourceType") != "Consent" or not patient:
        return []
    called = {one: await papers(tx, one) for one in sorted(await names.known(tx, [patient]))}
    found = {version: _paper(version) for each in called.values() for version in each}
    words = {version: paper for version, paper in found.items() if paper.is_word}
    written = next((paper for paper in words.values() if paper.name == f"Consent/{consent['id']}"), None)
    done = []
    for one in called if written else [patient]:
        listed = {version: found[version] for version in called[one]} | words
        left = await _with_revoked(tx, listed, written)
        keeper = await _keeper(tx, one)
        for version in called[one]:
            settling = _settled(version, left, found[version], keeper, instant)
            if settling:
                if settling.new:
                    await amend(tx, settling.after)
                done.append(settling)
    return done


def _settled(
    version: Version, papers: Mapping[Version, Paper], before: Paper, keeper: str, instant: str
) -> Settled | None:
    """What the others have ended of one, if they have."""
    paper, others = papers[version], [*papers.values()]
    revoked = paper.kept.note(verdict.REVOKED) - before.kept.note(verdict.REVOKED)
    had = {(name, said.partition(" ")[2]) for name in _NAMES for said in paper.kept.note(name)}
    new = frozenset[tuple[str, str]]()
    if not revoked:
        new = course.ended(paper, others, keeper) - had
    over = bool(revoked) or course.is_over(paper, others, keeper)
    if not (new or over):
        return None
    notes = {term(name, f"{instant} {said}") for name, said in new}
    notes |= {term(verdict.REVOKED, at) for at in revoked}
    after = replace(version, terms=tuple(sorted(notes.union(version.terms))))
    return Settled(version, after, over, new)


async def _keeper(tx: Transaction, patient: str) -> str:
    person = await tx.get(*patient.split("/"), within=PAPERS)
    return envelope.value(person.terms, ".custodian") if person else ""


async def papers(tx: Transaction, patient: str) -> list[Version]:
    """All papers of a person, of whoever filed them."""
    about = all_of([has(".type", "Consent"), has(".subject", patient)])
    found = (await tx.find(Query(about), within=PAPERS)).versions
    return [each for each in found if reference.one(evidence.body(each), "patient") == patient]


async def words(tx: Transaction, patient: str) -> list[Version]:
    """The words by which a person ended something under this name."""
    return [each for each in await papers(tx, patient) if verdict.read(each.terms).note(verdict.WORD)]


async def amend(tx: Transaction, current: Version) -> None:
    """Give a record these terms in its current version, and the rows that follow."""
    type, id = current.type, current.id
    past = [await tx.get(type, id, within=PAPERS, number=number) for number in range(1, current.number)]
    versions = [*(version for version in past if version), current]
    rows = derivation.rows(versions, {version.number: version.terms for version in versions})
    await tx.amend(current.reference, {current.number: current.terms}, rows)


_NAMES = (verdict.REACHED, verdict.REPLACED)


def _paper(version: Version) -> Paper:
    filer = envelope.value(version.terms, ".custodian")
    return Paper(version.reference, evidence.body(version), filer, verdict.read(version.terms))


async def _with_revoked(tx: Transaction, papers: Mapping[Version, Paper], word: Paper | None) -> dict[Version, Paper]:
    """The papers as a word that has just been written leaves them: what it ends as a whole is noted on each.

    About a protected person a paper is not over by a word that guessed all its recipients: its status would tell them.
    """
    left = dict(papers)
    if word is None:
        return left
    at = {term(verdict.REVOKED, instant) for instant in word.kept.note(verdict.WORD)}
    for version, paper in papers.items():
        if not course.is_revoked(paper, word):
            continue
        if course.is_of_recipients(word) and await hidden_place.is_secret(tx, version.stored):
            continue
        left[version] = replace(paper, kept=replace(paper.kept, noted=paper.kept.noted | at))
    return left
