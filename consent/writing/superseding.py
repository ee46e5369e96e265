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
from consent.relations import hidden_place
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
    """Settle the papers of the person whom this Consent, already stored, is about."""
    patient = reference.one(consent, "patient")
    if consent.get("resourceType") != "Consent" or not patient:
        return []
    found = {version: _paper(version) for version in await papers(tx, patient)}
    person = await tx.get(*patient.split("/"), within=PAPERS)
    keeper = envelope.value(person.terms, ".custodian") if person else ""
    everything = await _with_revoked(tx, found, f"Consent/{consent['id']}")
    done = []
    for version, paper in everything.items():
        revoked = paper.kept.note(verdict.REVOKED) - found[version].kept.note(verdict.REVOKED)
        had = {(name, said.partition(" ")[2]) for name in _NAMES for said in paper.kept.note(name)}
        new = frozenset[tuple[str, str]]()
        if not revoked:
            new = course.ended(paper, [*everything.values()], keeper) - had
        over = bool(revoked) or course.is_over(paper, everything.values(), keeper)
        if new or over:
            notes = {term(name, f"{instant} {said}") for name, said in new}
            notes |= {term(verdict.REVOKED, at) for at in revoked}
            after = replace(version, terms=tuple(sorted(notes.union(version.terms))))
            if new:
                await amend(tx, after)
            done.append(Settled(version, after, over, new))
    return done


async def papers(tx: Transaction, patient: str) -> list[Version]:
    """All papers of a person, of whoever filed them."""
    about = all_of([has(".type", "Consent"), has(".subject", patient)])
    found = (await tx.find(Query(about), within=PAPERS)).versions
    return [each for each in found if reference.one(evidence.body(each), "patient") == patient]


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


async def _with_revoked(tx: Transaction, papers: Mapping[Version, Paper], written: str) -> dict[Version, Paper]:
    """The papers as a word that has just been written leaves them: what it ends as a whole is noted on each.

    About a protected person a paper is not over by a word that guessed all its recipients: its status would tell them.
    """
    left = dict(papers)
    word = next((paper for paper in papers.values() if paper.name == written and paper.is_word), None)
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
