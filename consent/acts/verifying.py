"""A paper shown to an agency that was asked to verify it, and what the server writes once it has.

docs/policy.md, "standing", Consent: who verified it opens its own records by it, and tells the filer nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from consent import evidence, policy, refusal, verdict, vocabulary
from consent.facts import Facts
from consent.office import SPEAKS
from consent.reading import one_person, showing
from consent.relations.contributions import AGENCY
from consent.rule import Action, Decision, Evidence, Rule, Text
from consent.writing import notices, server_version
from consent.writing.change import UnitOfWork
from resources.record import coding, envelope, parse, period, problem, reference
from resources.record.mistake import MISTAKEN
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, term
from resources.store.port import Query, Snapshot

ADDRESSED: Predicate = EVERYTHING
"""Under this the server looks whether a paper was addressed to an agency; who was not asked is told of nothing."""

_BECAUSE = Text("the paper was addressed to the actor's agency for verifying", "同意書の確認を依頼されている")
_TASK = Text("the request to verify", "確認の依頼")


@dataclass(frozen=True, slots=True)
class Seen:
    """The Consent and of its paper what is about that person, as the one asked may see them; `new` was written, and
    what was `made` of it to tell whom it opens to."""

    versions: tuple[Version, ...]
    decision: Decision
    new: bool
    made: tuple[Version, ...]

    @property
    def told(self) -> tuple[Version, ...]:
        """What of it goes on the trail."""
        return (*self.versions, *self.made)

    @property
    def action(self) -> Action:
        return "update" if self.new else "read"


async def seen(unit: UnitOfWork, id: str, *, verified: bool) -> Seen:
    """Look at a paper, and with `verified` say that it is as it says. Raises Problem where nobody asked for that."""
    consent = await unit.tx.get("Consent", id, within=ADDRESSED)
    policy.covered(policy.ruling("read", unit.facts).rules, "Consent")
    asked = await _asked(unit, consent) if consent and not consent.deleted else None
    if consent is None or asked is None or await _is_mistaken(unit, consent):
        raise refusal.not_found("Consent", id)
    task, agency = asked
    new, made = False, list[Version]()
    if verified:
        policy.covered(policy.ruling("update", unit.facts).rules, "Consent")
        consent, new, made = await _written(unit, consent, agency)
    rule = Rule("P2", "permit", EVERYTHING, _BECAUSE, (Evidence(task.cited, _TASK),))
    shown = [consent, *(await _paper(unit, consent))]
    decisions = [await unit.judge("read", each) for each in shown]
    told = zip(shown, decisions, strict=True)
    as_seen = [await showing.shown(unit.engine, unit.tx, each, one, unit.facts) for each, one in told]
    masks = tuple({mask.id: mask for one in decisions for mask in one.masks}.values())
    return Seen(tuple(as_seen), Decision(True, (rule,), masks), new, tuple(made))


async def _asked(unit: UnitOfWork, consent: Version) -> tuple[Version, str] | None:
    if unit.facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return None
    return next(iter(await asked(unit.tx, unit.facts, consent)), None)


async def asked(view: Snapshot, facts: Facts, consent: Version) -> list[tuple[Version, str]]:
    """The open Tasks by which who filed it asks the actor's agency, each with that agency."""
    asking = [has(".code", vocabulary.VERIFY), has(".open", "yes"), has(verdict.COUNTS, "yes")]
    what = all_of([has(".type", "Task"), *asking])
    found = await view.find(Query(all_of([what, has("focus", consent.reference)])), within=ADDRESSED)
    theirs: list[tuple[Version, str]] = []
    for task in found.versions:
        asker = envelope.value(task.terms, ".custodian")
        if envelope.value(consent.terms, ".custodian") not in facts.successions.kept_by({asker}):
            continue
        owner = reference.one(evidence.body(task), "owner")
        rows = await view.rows([(name, owner) for name in (AGENCY, SPEAKS)])
        held = [row.relation for row in rows if row.holds(facts.world)]
        named = {owner, *(each.to for each in held if each.name == SPEAKS)}
        agencies = {owner, *(each.to for each in held)}
        if named & (facts.keeps | facts.addressed) and (own := sorted(agencies & facts.keeps)):
            theirs.append((task, own[0]))
    return theirs


async def _written(unit: UnitOfWork, consent: Version, agency: str) -> tuple[Version, bool, list[Version]]:
    """The version in which this agency has verified it, and who is told; who has already, has."""
    body = parse.editable(consent.body)
    kept = verdict.read(consent.terms)
    if agency in kept.honoured or agency in set(_verifiers(body)):
        return consent, False, []
    if body.get("status") != "active":
        text, ja = "only an active consent is verified", "確認できるのは有効な同意書だけです"
        raise Problem("business-rule", problem.of_rule("R3", text, ja, "Consent.status"))
    by = {"url": f"{coding.BASE}/StructureDefinition/verified-by", "valueReference": {"reference": agency}}
    today = unit.facts.actor.now.astimezone(period.TOKYO).date().isoformat()
    entry = {"extension": [by], "verified": True, "verificationDate": today}
    whole = {**body, "verification": [*(body.get("verification") or ()), entry]}
    stands = replace(kept, honoured=kept.honoured | {agency}) if kept.counts else kept
    after, resource = await server_version.of(unit, consent, whole, stands)
    await unit.put(after, resource, consent)
    made = await notices.settled(unit, consent, after)
    return await unit.look_up(after.reference) or after, True, made


def _verifiers(consent: Mapping[str, Any]) -> Iterator[str]:
    for entry in consent.get("verification") or ():
        for each in coding.extension(entry, "verified-by"):
            yield reference.one(each, "valueReference")


async def _is_mistaken(unit: UnitOfWork, consent: Version) -> bool:
    """Whether it or its paper was entered in error: that is its custodian's alone, and nothing to verify."""
    return any(MISTAKEN in each.terms for each in (consent, *(await _papers(unit, consent))))


async def _paper(unit: UnitOfWork, consent: Version) -> Sequence[Version]:
    """The version that it rests on, without what is about others."""
    person = reference.one(evidence.body(consent), "patient")
    for found in await _papers(unit, consent):
        alone = set(found.terms) >= {term(".subject", person)} and not _names_others(found, person)
        return [found if alone else one_person.of_paper(found, person)]
    return ()


async def _papers(unit: UnitOfWork, consent: Version) -> Sequence[Version]:
    cited = (each.split("/") for each in verdict.read(consent.terms).note(verdict.PAPER))
    found = [await unit.tx.get(type, id, within=ADDRESSED, number=int(number)) for type, id, _, number in cited]
    return [each for each in found if each]


def _names_others(paper: Version, person: str) -> bool:
    others = (entry for entry in paper.terms if entry.startswith((".subject ", ".household ", ".untied ")))
    return any(entry != term(".subject", person) for entry in others)
