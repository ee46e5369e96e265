"""A protection or conflict set by an agency that does not keep the person's record is put before the lead section.

docs/policy.md, D1 and D2: it holds at once, since who is protected does not wait; and it is seen, and can be ended.
"""

from __future__ import annotations

import uuid
from typing import Any

from consent import vocabulary
from consent.verdict import Verdict
from consent.writing import leading, server_record
from consent.writing.after_image import Own
from resources.record import envelope, period
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query

REVIEWS: Predicate = all_of([has(".type", "Task"), has(".code", vocabulary.RESTRICTION_REVIEW), has(".open", "yes")])
"""Under this the server looks whether a protection is to be looked at; it is told to who set it."""


async def asked(unit: server_record.Beside, person: Version, focus: str, *, own: bool = False) -> list[Version]:
    """The Task by which the lead section is asked to look at it, where somebody else than the keeper set it: the person
    themself, where it is their `own` word.

    It says neither whom a protection names nor whom it is against, and is theirs and the lead section's.
    """
    facts = unit.facts
    kept = envelope.value(person.terms, ".custodian") in facts.keeps
    lead = await leading.agency(unit)
    if kept or not lead or not (facts.agencies or own) or facts.holds(vocabulary.LEAD_SECTION):
        return []
    system, _, code = vocabulary.RESTRICTION_REVIEW.rpartition("|")
    task: dict[str, Any] = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": system, "code": code}]},
        "focus": {"reference": focus},
        "for": {"reference": person.reference},
        "authoredOn": period.instant(facts.actor.now),
        "requester": {"reference": facts.writer},
        "owner": {"reference": lead},
    }
    own_word = Own(Origin(lead, facts.writer), Verdict(True))
    return [await server_record.written(unit, str(uuid.uuid4()), task, own_word)]


async def waiting(unit: server_record.Beside, person: Version) -> bool:
    """Whether the lead section is still to look at a protection that the caller set on this person."""
    reviews = all_of([has("focus", person.reference), has(".author", unit.facts.writer)])
    return bool((await unit.tx.find(Query(reviews, limit=1), within=REVIEWS)).versions)
