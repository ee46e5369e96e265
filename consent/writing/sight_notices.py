"""Who keeps a case or plan that the coordinator of its household does not read is told so; of a case they are too.

R17 of the domain; docs/policy.md, P5 and "mistakes". One Communication each, kept by the agency that keeps the record,
in the transaction by which it comes to be so, or by which the coordination is accepted. Who keeps a plan of a household
whose case is another agency's is told nothing, since they are not told of whoever works on that.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any, Protocol

from consent import evidence, losing_sight, of_others, refusal, strayed, unfixed, verdict, vocabulary
from consent.duties import staying
from consent.losing_sight import Working
from consent.relations import at_work
from consent.relations.contributions import COORDINATED, EVERY
from consent.writing import server_record
from consent.writing.after_image import Own
from resources.record import keeping, period, reference
from resources.record.envelope import LABEL, Origin
from resources.record.version import Version
from resources.search.relation import values

_SAID = (
    "この記録は別の世帯のものでもあるため、世帯の調整をする推進員と、役割を担う人には示されません。管理する機関が"
    "entered-in-error とし、この世帯のものを新しく書けば、示されます / "
    "this record is of another household too, so the coordinator of its household and who carries out its roles do not "
    "read it: marked `entered-in-error` and written anew for this household alone by who keeps it, it is read"
)
_UNFIXED = (
    "この計画には、役割が決まったときの人でない人が挙げられているため、役割を担う人には示されません。管理する機関が"
    "entered-in-error とし、その人を除いて新しく書けば、次に役割が決まったときから示されます / "
    "this plan names somebody for whom no roles were decided, so who carries them out does not read it: marked "
    "`entered-in-error` and written anew without them, it is read once roles are decided anew"
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


async def kept(
    unit: Beside, grown: Collection[str], version: Version, before: Version | None, *, refuses: bool = True
) -> None:
    """Raises Problem where a version draws what its writer's agency keeps and others work on out of their sight, or
    widens what that has handed over; of another agency's, that one is told. One that is imported `refuses` nothing any
    more, and all is told.
    """
    if not grown:
        return
    own = unit.facts.keeps if refuses else frozenset[str]()
    refusal.warned(staying.given_away(await of_others.given(grown, unit.tx, own)))
    if came := losing_sight.households(version, before):
        for each, working in await losing_sight.of_grown(grown, came, unit.tx):
            refusal.warned(staying.against(working, own))
            await _drawn(unit, each, working)
    if persons := unfixed.persons(version, before):
        for each, keepers in await unfixed.grown(grown, persons, unit.tx):
            refusal.warned(staying.carried(keepers, own))
            if _is_kept_by(unit, each, keepers):
                await _told(unit, each, said=_UNFIXED)


async def _drawn(unit: Beside, record: Version, working: Working) -> None:
    """What is told where a case or plan was drawn to a household that it was none of."""
    household = losing_sight.own(evidence.body(record))
    unread = not vocabulary.PERHAPS_VERY_RESTRICTED.isdisjoint(values(record.terms, LABEL))
    rows = await at_work.held(unit.tx, [(COORDINATED, household)], period.instant(unit.facts.actor.now))
    named = sorted({row.relation.to for row in rows if row.relation.to != EVERY and not unread})
    if _is_kept_by(unit, record, frozenset().union(*working.values())):
        await _told(unit, record, *named)
        return
    for coordinator in named:
        await _written(unit, record, [coordinator], Own(Origin("", "")))


def _is_kept_by(unit: Beside, record: Version, agencies: Collection[str]) -> bool:
    """Whether one of these, who are told of whoever works on it, keeps the record."""
    return not unit.facts.successions.kept_by({keeping.keeper(record.terms)}).isdisjoint(agencies)


async def decided(unit: Beside, plan: Version) -> None:
    """What is told as roles are decided on a plan that names somebody for whom they were not."""
    if await unfixed.strangers(values(plan.terms, ".subject"), unit.tx):
        await _told(unit, plan, said=_UNFIXED)


async def parted(unit: Beside, pair: Collection[str]) -> list[Version]:
    """What is told as two Patients are two again, of what names one for whom roles were decided by the other name."""
    return [await _told(unit, each, said=_UNFIXED) for each in await unfixed.parted(pair, unit.tx)]


async def _told(unit: Beside, record: Version, *coordinators: str, said: str = _SAID) -> Version:
    keeper = keeping.keeper(record.terms)
    return await _written(unit, record, [keeper, *coordinators], Own(Origin(keeper, "")), said)


async def _written(unit: Beside, record: Version, named: Iterable[str], own: Own, said: str = _SAID) -> Version:
    system, _, code = vocabulary.SIGHT_NOTICE.rpartition("|")
    letter: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"coding": [{"system": system, "code": code}]}],
        "about": [{"reference": record.reference}],
        "recipient": [{"reference": each} for each in named if each],
        "subject": {"reference": losing_sight.own(evidence.body(record))},
        "sent": unit.tx.instant,
        "payload": [{"contentString": said}],
    }
    return await server_record.written(unit, str(uuid.uuid4()), letter, own)
