"""Who joins a household with a protected person gets that person's protections, unless they are against them.

docs/policy.md, D1: the dwelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from consent.relations import names
from consent.secrecy import protection
from consent.writing import earlier_locks, restriction_review, server_record, server_version
from consent.writing.written import Written
from resources.record import reference
from resources.record.version import Version


class Beside(server_record.Beside, Protocol):
    """The unit of work, which puts what the server writes."""

    households: dict[str, tuple[Mapping[str, Any], Mapping[str, Any] | None]]


async def followed(unit: Beside, done: Written) -> Written:
    """What was done, and where it wrote a household, whom that gave a protection."""
    household = unit.households.get(done.version.reference)
    joined = await follow(unit, *household) if household else ()
    return replace(done, ended=(*done.ended, *joined)) if joined else done


async def follow(unit: Beside, group: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[Version]:
    """The Patients who are new in this household and have got a protection, as they are since; and by what the lead
    section is asked to look at it, where the household is not kept by who keeps the person's record."""
    had, has = _members(before), _members(group)
    found = {one: await earlier_locks.of(unit, one) for one in has} if set(has) - set(had) else {}
    made = []
    for one in (each for each in has if each not in had):
        given = {
            protection.id_of(label): protection.unconfirmed(label)
            for other in has
            if other != one
            for label in found[other]
        }
        own = {protection.id_of(label) for label in found[one]}
        meant = await names.known(unit.tx, [one])
        new = [label for id, label in given.items() if id and id not in own and not meant & protection.against(label)]
        person = await unit.look_up(one)
        if new and person and not person.deleted:
            sent = await earlier_locks.before(unit, person, new)
            version, resource = await server_version.of(unit, person, sent)
            await unit.put(version, resource, person)
            made += [version, *await restriction_review.asked(unit, person, person.reference)]
    return made


def _members(group: Mapping[str, Any] | None) -> list[str]:
    named = [reference.one(member, "entity") for member in (group or {}).get("member") or ()]
    return [one for one in dict.fromkeys(named) if one.startswith("Patient/")]
