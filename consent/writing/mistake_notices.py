"""Who received a record that is then marked as entered in error is told that it was, and of nothing that it said.

docs/policy.md, "mistakes". One Communication an agency, kept by it, in the transaction that marks the record; to a
coordinator, who read it as such, one of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from consent import evidence, office, verdict, vocabulary
from consent.office import SPEAKS
from consent.relations import at_work
from consent.relations.contributions import CARRIES, COORDINATED, EVERY
from consent.rules import addressed
from consent.writing import letters
from consent.writing.letters import Letter
from resources.record import coding, envelope, period, reference
from resources.record.envelope import LABEL, PARTIES
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from resources.search.predicate import Predicate, has, term
from resources.search.relation import values
from resources.store.port import Query

_SAID = (
    "貴機関が受け取ったこの記録は、誤って記録されたものでした。管理する機関のほかには、もう示されません / "
    "this record, which your agency had received, was entered in error: only the agency that keeps it is shown it now"
)
PLAN: Predicate = has(".type", "CarePlan")
"""Under this the server looks whether a total care plan was ever decided; nothing of it is told."""

_DECIDED = term(verdict.DECIDED, "yes")
_PERSONS = ("Patient/", "RelatedPerson/", "Group/")


class Beside(letters.Beside, Protocol):
    """The unit of work, which stores what is told."""


async def settled(unit: Beside, before: Version | None, written: Version) -> list[Version]:
    """What is written to the parties of a record that has just become a mistake, but for the writer's own and the
    agency that keeps it."""
    if before is None or MISTAKEN in before.terms or MISTAKEN not in written.terms:
        return []
    parties = set(values(before.terms, PARTIES.name)) if addressed.RECEIVED.matches(before.terms) else set[str]()
    told: dict[str, list[str]] = {}
    own = unit.facts.addressed | {envelope.value(written.terms, ".custodian")}
    for party in sorted(parties | await _working(unit, before)):
        whose = await _spoken_for(unit, party)
        if not party.startswith(_PERSONS) and own.isdisjoint((party, whose)):
            told.setdefault(whose or party, []).append(party)
    return await letters.written(unit, [_letter(unit, written, *each) for each in sorted(told.items())])


async def _working(unit: Beside, plan: Version) -> frozenset[str]:
    """Who reads a total care plan to work by it: the coordinator (P5), and who carries out what was decided (P13)."""
    body = evidence.body(plan) if plan.type == "CarePlan" else {}
    very_restricted = not vocabulary.PERHAPS_VERY_RESTRICTED.isdisjoint(values(plan.terms, LABEL))
    if vocabulary.TOTAL_CARE_PLAN not in coding.of(body.get("category")) or very_restricted:
        return frozenset()
    whole = frozenset(values(plan.terms, ".household"))
    history = (await unit.tx.find(Query(has(".id", plan.reference), history=True), within=PLAN)).versions
    grounds = [COORDINATED, *([CARRIES] if any(_DECIDED in each.terms for each in history) else [])]
    asked = ((ground, household) for ground in grounds for household in whole)
    reach: dict[str, set[str]] = {}
    for row in await at_work.held(unit.tx, asked, period.instant(unit.facts.actor.now)):
        if row.relation.to != EVERY:
            reach.setdefault(row.relation.tag or row.relation.to, set()).add(row.relation.of)
    return frozenset(one for one, households in reach.items() if households == whole)


async def _spoken_for(unit: Beside, party: str) -> str:
    """The agency that a party is or speaks for, or the office there that it holds; none of a person by name."""
    rows = await unit.tx.rows([(SPEAKS, party)])
    found = (row.relation.to for row in rows if row.ended > unit.tx.instant)
    return party if party.startswith("Organization/") else next(found, "")


def _letter(unit: Beside, mistaken: Version, whose: str, named: Iterable[str]) -> Letter:
    body = evidence.body(mistaken)
    subject = reference.one(body, "subject") or reference.one(body, "for")
    system, _, code = vocabulary.MISTAKE_NOTICE.rpartition("|")
    letter: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"coding": [{"system": system, "code": code}]}],
        "about": [{"reference": mistaken.reference}],
        "recipient": [{"reference": each} for each in sorted(named)],
        "sent": unit.tx.instant,
        "payload": [{"contentString": _SAID}],
    }
    if subject.startswith(("Patient/", "Group/")):
        letter["subject"] = {"reference": subject}
    keeper = whose if whose.startswith("Organization/") and not office.is_one(whose) else ""
    return Letter(letter, keeper)
