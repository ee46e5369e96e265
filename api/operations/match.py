"""$match: who of those the caller may see a person, or a household, may be, with how likely it is.

https://hl7.org/fhir/R4/patient-operation-match.html; R40 of the domain; docs/match.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.reading.reading import Reading
from resources import alike, division, resemblance
from resources.record import reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.resemblance import Described
from resources.search import request

Json = dict[str, Any]

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
COUNT, MOST = 10, 50
MEMBERS = 20
"""So many persons of a household are looked for."""

_NAMES = ("resource", "onlyCertainMatches", "count")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is described, whether only certain answers are wanted, and how many at most."""

    resource: Json
    certain: bool
    count: int


async def person(call: Call) -> Answer:
    """The Patients that it may be, the most likely first."""
    asked = await _asked(call, "Patient")
    async with call.on.gate.reading(call.actor, "search", "operation", "$match") as reading:
        found = await _likely(call, reading, asked.resource)
    return _answer(call, asked, [(version, likely) for likely, version in found])


async def household(call: Call) -> Answer:
    """The Groups of whose members it may be, by the persons that it contains (`#id`) or names."""
    asked = await _asked(call, "Group")
    async with call.on.gate.reading(call.actor, "search", "operation", "$match") as reading:
        unlike: dict[str, float] = {}
        persons = await _persons(reading, asked.resource)
        for described in persons:
            best: dict[str, float] = {}
            for likely, version in await _likely(call, reading, described):
                for group in await _groups(call, reading, version):
                    best[group] = max(likely, best.get(group, 0))
            for group, likely in best.items():
                unlike[group] = unlike.get(group, 1) * (1 - likely)
        found = [(await reading.read("Group", name.partition("/")[2]), 1 - left) for name, left in unlike.items()]
    found.sort(key=lambda each: (-each[1], each[0].reference))
    return _answer(call, asked, found)


async def _asked(call: Call, type: str) -> Asked:
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = {str(each.get("name")): parameters.value(each) for each in found.get("parameter", ())}
    if unknown := sorted(set(given) - set(_NAMES)):
        text = f"`{unknown[0]}` is not a parameter here"
        raise Problem.of("not-supported", text, f"`{unknown[0]}` は使えません", "Parameters.parameter")
    resource, count = given.get("resource"), given.get("count", COUNT)
    if not isinstance(resource, dict) or resource.get("resourceType") != type:
        text = f"send one parameter `resource`, a {type}"
        raise Problem.of("invalid", text, f"`resource` として {type} を送ってください", "Parameters.parameter")
    if not isinstance(count, int) or not 1 <= count <= MOST:
        raise Problem.of("invalid", f"`count` is 1 to {MOST}", f"`count` は 1 から {MOST} です", "Parameters.parameter")
    return Asked(resource, given.get("onlyCertainMatches") is True, count)


async def _likely(call: Call, reading: Reading, patient: Mapping[str, Any]) -> list[tuple[float, Version]]:
    """Whom it may be, as far as the caller may see them: what is withheld is not compared. The others who were looked
    at are nobody that the caller was shown."""
    described = Described(patient)

    def likelihood(version: Version) -> float:
        return resemblance.likelihood(described, Described(orjson.loads(version.body)))

    sought = alike.sought(call.on.index, described)
    found = await reading.choose(sought, lambda version: likelihood(version) >= resemblance.POSSIBLE)
    return sorted(((likelihood(each), each) for each in found), key=lambda each: (-each[0], each[1].reference))


async def _persons(reading: Reading, group: Json) -> list[Json]:
    """The persons of a household that is described, or is known."""
    contained = {f"#{each.get('id')}": each for each in group.get("contained") or ()}
    found: list[Json] = []
    for member in (group.get("member") or ())[:MEMBERS]:
        name = str((member.get("entity") or {}).get("reference", ""))
        if name in contained:
            found.append(contained[name])
        elif reference.local(name).startswith("Patient/"):
            found.append(orjson.loads((await reading.read("Patient", reference.local(name).partition("/")[2])).body))
    if not found:
        text = "describe the members: Patients that the Group contains, or names"
        ja = "世帯員を、Group に含まれる（contained）か名前のある Patient で示してください"
        raise Problem.of("invalid", text, ja, "Group.member")
    return found


async def _groups(call: Call, reading: Reading, version: Version) -> list[str]:
    wanted = request.parse(call.on.index, "Group", [("member", version.reference), ("_count", str(MOST))])
    found = (await reading.search(wanted)).versions
    return [each.reference for each in found if not division.is_over(orjson.loads(each.body))]


def _answer(call: Call, asked: Asked, found: Sequence[tuple[Version, float]]) -> Answer:
    kept = [each for each in found if not asked.certain or resemblance.grade(each[1]) == "certain"][: asked.count]
    entries = respond.entries(call, [version for version, _ in kept], "match")
    for entry, (_, likely) in zip(entries, kept, strict=True):
        told = {"url": GRADE, "valueCode": resemblance.grade(likely)}
        entry["search"] = {"extension": [told], "mode": "match", "score": round(likely, 4)}
    links = [("self", f"{call.on.settings.fhir}/{call.type}/$match")]
    return respond.json(respond.bundle("searchset", len(kept), links, entries))
