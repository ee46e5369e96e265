"""Who asks about themselves: the person, or one who may sign for them today.

docs/policy.md, P7, and "standing", signature: recorded before the day, with a court's or register's paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import orjson

from consent.evidence import Oneself
from consent.relations import names, one_human
from consent.relations.contributions import AGAINST, HIDDEN, PROTECTED, SIGNER
from consent.standing import signature, signing
from resources.record import period, reference
from resources.search.relation import Gathered
from resources.store.port import Snapshot

_WHO = ("identifier", "name", "birthDate", "gender", "patient", "relationship")
"""What says who somebody is: where it changes, whom an officer confirmed is not who is meant now."""


async def of(view: Snapshot, signed_in: str, now: datetime) -> Oneself | None:
    """Whose records are the caller's own; nobody's, where that is not certain."""
    type, _, id = signed_in.partition("/")
    found = await view.get(type, id, within=signing.SIGNED)
    if found is None or found.deleted:
        return None
    if type == "Patient":
        return Oneself(signed_in, found.cited, names=await names.known(view, [signed_in]) - {signed_in})
    signer = orjson.loads(found.body)
    person = reference.one(signer, "patient")
    runs = person.startswith("Patient/") and period.contains(signer.get("period"), now)  # who signed today may be over
    if not runs or not await _is_let(view, signed_in, person, now):
        return None
    standing = await signing.standing_in(view, signed_in, person, now)
    may = signature.may_sign_for(signed_in, person, signing.day_of(now), standing)
    return Oneself(person, found.cited, signs=True, names=await names.known(view, [person]) - {person}) if may else None


async def is_one_of(view: Snapshot, signer: str, against: Iterable[str]) -> bool:
    """Whether anything that is recorded says that one who signs for somebody is one of these."""
    return await one_human.may_be(view, [signer], against)


async def _is_let(view: Snapshot, signer: str, person: str, now: datetime) -> bool:
    """Whether nothing keeps a person from who signs for them: no protection under any name of theirs; or each was
    confirmed, by an officer on its list, not to be against that one, and none that is recorded is.

    Against whom a protection is can be told of names alone, and one human being has several.
    """
    world = Gathered(view.at, period.instant(now))
    every = sorted(await names.known(view, [person]))
    asked = (PROTECTED[0], AGAINST, SIGNER)
    world.add(await view.rows((name, one) for name in asked for one in every))

    def to(name: str, one: str) -> frozenset[str]:
        return frozenset(row.relation.to for row in world.rows(name, one) if row.holds(world))

    protected = [one for one in every if HIDDEN in to(PROTECTED[0], one)]
    if not protected:
        return True
    against = frozenset[str]().union(*(to(AGAINST, one) for one in protected))
    if not all(signer in to(SIGNER, one) for one in protected) or await is_one_of(view, signer, against):
        return False
    rows = [row for one in protected for row in world.rows(SIGNER, one) if row.relation.to == signer]
    confirmed = {int(row.relation.tag) for row in rows if row.holds(world)}
    return all([await _is_still(view, signer, number) for number in sorted(confirmed)])


async def _is_still(view: Snapshot, signer: str, confirmed: int) -> bool:
    """Whether the record of who signs for them says of nobody else than the version that was confirmed."""
    type, _, id = signer.partition("/")
    found = [await view.get(type, id, within=signing.SIGNED, number=each) for each in (None, confirmed)]
    there = [orjson.loads(each.body) for each in found if each and not each.deleted]
    return len(there) == 2 and all(there[0].get(element) == there[1].get(element) for element in _WHO)
