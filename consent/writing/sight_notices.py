"""Who keeps a case or plan that the coordinator of its household does not read is told so; of a case they are too.

R17 of the domain; docs/policy.md, P5 and "mistakes". One Communication each, kept by the agency that keeps the record,
in the transaction by which it comes to be so, or by which the coordination is accepted.
"""

from __future__ import annotations

import uuid
from typing import Any, Protocol

from consent import evidence, losing_sight, strayed, verdict, vocabulary
from consent.relations.contributions import COORDINATED, EVERY
from consent.writing import server_record
from consent.writing.after_image import Own
from resources.record import keeping, period, reference
from resources.record.envelope import LABEL, Origin
from resources.record.version import Version
from resources.search.relation import Gathered, values

_SAID = (
    "この記録は別の世帯のものでもあるため、世帯の調整をする推進員と、役割を担う人には示されません。管理する機関が"
    "entered-in-error とし、この世帯のものを新しく書けば、示されます / "
    "this record is of another household too, so the coordinator of its household and who carries out its roles do not "
    "read it: marked `entered-in-error` and written anew for this household alone by who keeps it, it is read"
)


class Beside(server_record.Beside, Protocol):
    """The unit of work, which stores what is told."""


async def settled(unit: Beside, before: Version | None, written: Version) -> list[Version]:
    """What is told as a coordination is accepted of what it is on and is of another household too."""
    task = evidence.body(written) if written.type == "Task" and not written.deleted else {}
    was = evidence.body(before).get("status") if before and not before.deleted else None
    if task.get("status") not in vocabulary.TAKEN_ON or was in vocabulary.TAKEN_ON:
        return []
    if not verdict.read(written.terms).counts:
        return []
    case, owner = reference.one(task, "focus"), reference.one(task, "owner")
    found = await strayed.of(task, unit.tx)
    return [await _told(unit, each, *([owner] if each.reference == case else ())) for each in found]


async def drawn(unit: Beside, record: Version) -> Version:
    """What is told where another agency drew a case or plan to a household that it was none of."""
    household = losing_sight.own(evidence.body(record))
    unread = not vocabulary.PERHAPS_VERY_RESTRICTED.isdisjoint(values(record.terms, LABEL))
    world = Gathered(unit.tx.instant, period.instant(unit.facts.actor.now))
    rows = [row for row in await unit.tx.rows([(COORDINATED, household)]) if row.holds(world)]
    named = (row.relation.to for row in rows if row.relation.to != EVERY and not unread)
    return await _told(unit, record, *sorted(named))


async def _told(unit: Beside, record: Version, *coordinators: str) -> Version:
    body, keeper = evidence.body(record), keeping.keeper(record.terms)
    system, _, code = vocabulary.SIGHT_NOTICE.rpartition("|")
    named = [keeper, *coordinators]
    letter: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"coding": [{"system": system, "code": code}]}],
        "about": [{"reference": record.reference}],
        "recipient": [{"reference": each} for each in named if each],
        "subject": {"reference": losing_sight.own(body)},
        "sent": unit.tx.instant,
        "payload": [{"contentString": _SAID}],
    }
    return await server_record.written(unit, str(uuid.uuid4()), letter, Own(Origin(keeper, "")))
