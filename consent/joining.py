"""Who joins a household with a protected person gets that person's protections, unless they are against them.

docs/policy.md, D1: the dwelling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from consent import protection, server_version
from consent.server_version import Beside
from resources.record import parse, reference
from resources.record.version import Version


async def protected(
    unit: Beside, group: Mapping[str, Any], before: Mapping[str, Any] | None
) -> Sequence[tuple[Version, Mapping[str, Any], Version]]:
    """Of each Patient who is new in this household and gets a protection: the version, its resource, the one before."""
    had, has = _members(before), _members(group)
    found = {one: await _labels(unit, one) for one in has} if set(has) - set(had) else {}
    made = []
    for one in (each for each in has if each not in had):
        given = {protection.id_of(label): label for other in has if other != one for label in found[other]}
        own = {protection.id_of(label) for label in found[one]}
        new = [label for id, label in given.items() if id and id not in own and one not in protection.against(label)]
        person = await unit.look_up(one)
        if new and person and not person.deleted:
            sent = protection.more(parse.editable(person.body), new)
            made.append((*await server_version.of(unit, person, sent), person))
    return made


async def _labels(unit: Beside, person: str) -> list[dict[str, Any]]:
    found = await unit.look_up(person)
    return protection.labels(orjson.loads(found.body)) if found and not found.deleted else []


def _members(group: Mapping[str, Any] | None) -> list[str]:
    named = [reference.one(member, "entity") for member in (group or {}).get("member") or ()]
    return [one for one in dict.fromkeys(named) if one.startswith("Patient/")]
