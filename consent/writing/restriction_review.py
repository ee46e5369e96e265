"""A protection or conflict set by an agency that does not keep the person's record is put before the lead section.

docs/policy.md, D1 and D2: it holds at once, since who is protected does not wait; and it is seen, and can be ended.
"""

from __future__ import annotations

import uuid
from typing import Any

from consent import evidence, vocabulary
from consent.verdict import Verdict
from consent.writing import server_record
from consent.writing.after_image import Own
from resources.record import coding, envelope, period
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query

POSTS: Predicate = has(".type", "PractitionerRole")
"""Under this the server looks who leads."""


async def asked(unit: server_record.Beside, person: Version, focus: str) -> list[Version]:
    """The Task by which the lead section is asked to look at it, where somebody else than the keeper set it.

    It says neither whom a protection names nor whom it is against, and is theirs and the lead section's.
    """
    facts = unit.facts
    own = envelope.value(person.terms, ".custodian") in facts.agencies
    lead = await lead_section(unit)
    if own or not lead or not facts.agencies or facts.holds(vocabulary.LEAD_SECTION):
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


async def lead_section(unit: server_record.Beside) -> str:
    """The agency of a lead-section post that counts now."""
    office = all_of([POSTS, has(".code", coding.own("role", vocabulary.LEAD_SECTION))])
    found = (await unit.tx.find(Query(office), within=POSTS)).versions
    held = [post for each in found if (post := evidence.post(each, unit.facts.actor.now))]
    return min((post.agency for post in held if post.agency), default="")
