"""Who asks about themselves: the person, or one who may sign for them today.

docs/policy.md, P7, and "standing", signature: recorded before the day, with a court's or register's paper.
"""

from __future__ import annotations

from datetime import datetime

import orjson

from consent.evidence import Oneself
from consent.relations import names
from consent.relations.contributions import HIDDEN, PROTECTED
from consent.standing import signature, signing
from resources.record import period, reference
from resources.search.relation import Gathered
from resources.store.port import Snapshot


async def of(view: Snapshot, signed_in: str, now: datetime) -> Oneself | None:
    """Whose records are the caller's own; nobody's, where that is not certain."""
    type, _, id = signed_in.partition("/")
    found = await view.get(type, id, within=signing.SIGNED)
    if found is None or found.deleted:
        return None
    if type == "Patient":
        return Oneself(signed_in, found.cited, names=await names.known(view, [signed_in]) - {signed_in})
    person = reference.one(orjson.loads(found.body), "patient")
    if not person.startswith("Patient/") or await _is_protected(view, person, now):
        # Against whom a protection is can be told of names alone, and one human being has several.
        return None
    standing = await signing.standing_in(view, signed_in, person, now)
    may = signature.may_sign_for(signed_in, person, signing.day_of(now), standing)
    return Oneself(person, found.cited, signs=True, names=await names.known(view, [person]) - {person}) if may else None


async def _is_protected(view: Snapshot, person: str, now: datetime) -> bool:
    world = Gathered(view.at, period.instant(now))
    meant = sorted(await names.known(view, [person]))
    rows = await view.rows((PROTECTED[0], one) for one in meant)
    return any(row.relation.to == HIDDEN and row.holds(world) for row in rows)
