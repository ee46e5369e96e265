"""$timetable: the total care plan drawn as the household's week.

Slide 17 of the seed; profiles/tsunagu/OperationDefinition-timetable.json
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson

from api.answer import Answer
from api.call import Call
from api.operations import parameters
from api.pages import timetable as pages
from consent.reading import Reading
from resources import care_plan, kinship
from resources.record import moment, reference
from resources.record.problem import Problem
from resources.search import request, result_parameters

KINDS = ("text/html", "image/svg+xml", "application/json", "text/calendar")
_SHORT = {"html": "text/html", "svg": "image/svg+xml", "json": "application/json", "ics": "text/calendar"}


async def timetable(call: Call) -> Answer:
    """As page, picture, calendar or JSON, by `_format` or else by Accept."""
    parameters.of_address(call, ())
    async with call.on.gate.reading(call.actor, interaction="operation", asked="$timetable") as reading:
        plan = orjson.loads((await reading.read("CarePlan", call.id)).body)
        names = await _names(call, reading, plan)
    media, today = _media(call), moment.local_day(moment.of(call.now))
    content, kind = await asyncio.to_thread(lambda: pages.render(care_plan.week(plan, names, today), media))
    policy = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src data:"}
    return Answer(body=content, kind=kind, headers=policy)


def _media(call: Call) -> str:
    asked = dict(call.parameters).get("_format", "")
    kinds = [asked] if asked else [part.partition(";")[0].strip() for part in call.header("accept").split(",")]
    for kind in kinds:
        kind = _SHORT.get(kind, kind)
        if kind in KINDS:
            return kind
    if asked:
        text, ja = f"`{asked}` is none of `{'`, `'.join(KINDS)}`", f"`{asked}` では出力できません"
        raise Problem.of("not-supported", text, ja, "_format")
    return KINDS[0]


async def _names(call: Call, reading: Reading, plan: dict[str, object]) -> dict[str, str]:
    """What the household's members are called, as far as the caller may see who they are."""
    type, _, id = reference.one(plan, "subject").partition("/")
    if type != "Group":
        return {}
    household = orjson.loads((await reading.read(type, id)).body)
    members = kinship.members(household)
    if not members:
        return {}
    patients: list[dict[str, Any]] = []
    for first in range(0, len(members), request.MOST_VALUES):
        some = ",".join(name.partition("/")[2] for name in members[first : first + request.MOST_VALUES])
        patients += await _found(call, reading, "Patient", ("_id", some))
    kin = await _found(call, reading, "RelatedPerson", ("patient", members[0]))
    return kinship.names(household, patients, kin)


async def _found(call: Call, reading: Reading, type: str, asked: tuple[str, str]) -> list[dict[str, Any]]:
    """Every record of this search, from all its pages."""
    wanted = request.parse(call.on.index, type, [asked, ("_count", str(result_parameters.MOST_COUNT))])
    page = await reading.search(wanted)
    versions = list(page.versions)
    while page.next:
        page = await reading.search(wanted, page.next)
        versions += page.versions
    return [orjson.loads(version.body) for version in versions]
