"""Who received a record that is then marked as entered in error is told that it was, and of nothing that it said.

docs/policy.md, "mistakes". One Communication an agency, kept by it, in the transaction that marks the record.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, Protocol

from consent import evidence, vocabulary
from consent.relations.contributions import AGENCY
from consent.rules import addressed
from consent.writing import server_record
from consent.writing.after_image import Own
from resources.record import envelope, reference
from resources.record.envelope import PARTIES, Origin
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from resources.search.relation import values

_SAID = (
    "貴機関が受け取ったこの記録は、誤って記録されたものでした。管理する機関のほかには、もう示されません / "
    "this record, which your agency had received, was entered in error: only the agency that keeps it is shown it now"
)
_PERSONS = ("Patient/", "RelatedPerson/", "Group/")


class Beside(server_record.Beside, Protocol):
    """The unit of work, which stores what is told."""


async def settled(unit: Beside, before: Version | None, written: Version) -> list[Version]:
    """What is written to the parties of a record that has just become a mistake, but for the writer's own and the
    agency that keeps it."""
    if before is None or MISTAKEN in before.terms or MISTAKEN not in written.terms:
        return []
    if not addressed.RECEIVED.matches(before.terms):
        return []
    told: dict[str, list[str]] = {}
    own = unit.facts.identities | {envelope.value(written.terms, ".custodian")}
    for party in values(before.terms, PARTIES.name):
        agency = await _agency(unit, party)
        if not party.startswith(_PERSONS) and own.isdisjoint((party, agency)):
            told.setdefault(agency or party, []).append(party)
    return [await _letter(unit, written, whose, named) for whose, named in sorted(told.items())]


async def _agency(unit: Beside, party: str) -> str:
    """The agency that a party is or belongs to; none of a person by name."""
    rows = await unit.tx.rows([(AGENCY, party)])
    found = (row.relation.to for row in rows if row.ended > unit.tx.instant)
    return party if party.startswith("Organization/") else next(found, "")


async def _letter(unit: Beside, mistaken: Version, whose: str, named: Iterable[str]) -> Version:
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
    keeper = whose if whose.startswith("Organization/") else ""
    return await server_record.written(unit, str(uuid.uuid4()), letter, Own(Origin(keeper, "")))
