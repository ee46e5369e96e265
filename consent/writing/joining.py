"""Who joins a household with a protected person, or is found to live with one, gets their protections, if not against.

docs/policy.md, D1: the dwelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from consent import evidence
from consent.relations import names
from consent.secrecy import protection
from consent.secrecy.protection import Label
from consent.standing import care
from consent.writing import earlier_locks, restriction_review, server_record, server_version
from consent.writing.written import Written
from resources import division
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
        given = {protection.id_of(label): label for other in has if other != one for label in found[other]}
        made += await _given(unit, one, given.values())
    return made


async def merged(unit: server_record.Beside, person: str) -> list[Version]:
    """Who lives with somebody under one of the names that a merge gave them, and has got a protection that lies on them
    under another: as who joins them, and by what the lead section is asked to look at it."""
    meant, made = await names.known(unit.tx, [person]), list[Version]()
    lies = {one: _by_id(await _lying(unit, one)) for one in sorted(meant)}
    for name, groups in sorted((await care.households(unit.tx, meant)).items()):
        beyond = {id: label for labels in lies.values() for id, label in labels.items() if id not in lies[name]}
        for group in sorted(groups) if beyond else ():
            found = await unit.look_up(group)
            body = evidence.body(found) if found and not found.deleted else {}
            for one in _members({} if division.is_over(body) else body):
                if one not in meant:
                    made += await _given(unit, one, beyond.values())
    return made


async def _given(unit: server_record.Beside, one: str, labels: Iterable[Label]) -> list[Version]:
    """The Patient with those of these protections that do not lie on them and are not against them."""
    own = {protection.id_of(label) for label in await earlier_locks.of(unit, one)}
    meant = await names.known(unit.tx, [one])
    new = [label for label in labels if protection.id_of(label) and protection.id_of(label) not in own]
    new = [protection.unconfirmed(label) for label in new if not meant & protection.against(label)]
    person = await unit.look_up(one)
    if not new or person is None or person.deleted:
        return []
    version, resource = await server_version.of(unit, person, await earlier_locks.before(unit, person, new))
    await unit.put(version, resource, person)
    return [version, *await restriction_review.asked(unit, person, person.reference)]


async def _lying(unit: server_record.Beside, one: str) -> list[Label]:
    person = await unit.look_up(one)
    return list(protection.labels(evidence.body(person))) if person and not person.deleted else []


def _by_id(labels: Iterable[Label]) -> dict[str, Label]:
    return {protection.id_of(label): label for label in labels}


def _members(group: Mapping[str, Any] | None) -> list[str]:
    named = [reference.one(member, "entity") for member in (group or {}).get("member") or ()]
    return [one for one in dict.fromkeys(named) if one.startswith("Patient/")]
