"""$timetable: the total care plan drawn as the household's week.

Slide 17 of the seed; profiles/tsunagu/OperationDefinition-timetable.json
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import orjson

from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from api.pages import timetable as pages
from consent.reading.reading import Reading
from consent.views import printing
from consent.views.printing import Printed
from resources import care_plan, kinship, telephone
from resources.record import moment, reference
from resources.record.envelope import SECLUDED
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import relation, request, result_parameters
from resources.week import Contact

KINDS = ("text/html", "image/svg+xml", "application/json", "text/calendar", "application/pdf", "image/png")
PARAMETERS = ("date", "recipient")
MOST_DRAWN = 512 * 1024
"""Bytes of a plan that is drawn: three hundred services take a third of it."""
_PLAIN = ("application/json", "text/calendar")
_SHORT = {
    "html": "text/html", "svg": "image/svg+xml", "json": "application/json", "ics": "text/calendar",
    "pdf": "application/pdf", "png": "image/png",
}  # fmt: skip


async def timetable(call: Call) -> Answer:
    """As page, picture, paper, calendar or JSON, by `_format` or else by Accept; in the language of Accept-Language."""
    given, media = parameters.of_address(call, PARAMETERS), _media(call)
    day = _day(given["date"]) if "date" in given else moment.local_day(moment.of(call.now))
    recipient = _recipient(given["recipient"]) if "recipient" in given else ""
    async with call.on.gate.reading(call.actor, interaction="operation", asked="$timetable") as reading:
        if recipient:
            made = await printing.printed(reading, call.id, recipient)
        else:
            made = Printed(await reading.read("CarePlan", call.id))
        version = made.plan
        _bounded(version, media)
        plan = orjson.loads(version.body)
        names = await _names(call, reading, made, plan)
        whom = await _called(reading, recipient, names)
        # Whom a protection lets be named is named without their place (D1), and a telephone number is one.
        secret = bool(relation.values(version.terms, SECLUDED))
        contacts = {} if secret else await _contacts(call, reading, care_plan.performers(plan))
    language = call.language
    async with call.on.turn.taken(call.asker):
        content, kind = await asyncio.to_thread(
            lambda: pages.render(replace(care_plan.week(plan, names, day, contacts), recipient=whom), media, language)
        )
    policy = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src data:"}
    return Answer(body=content, kind=kind, headers=policy | {"content-language": language})


def _bounded(plan: Version, media: str) -> None:
    """Raises Problem where there is more text than any sheet of a week has: each letter is measured to be drawn."""
    if media not in _PLAIN and len(plan.body) > MOST_DRAWN:
        text = f"a plan of more than {MOST_DRAWN} bytes is not drawn: ask for `application/json`"
        ja = f"{MOST_DRAWN} バイトを超える計画は図にしません。`application/json` で取得してください"
        raise Problem.of("too-costly", text, ja, "_format")


def _day(text: str) -> date:
    found = moment.day(text)
    if found is None:
        raise Problem.of("structure", f"`{text}` is not a day", f"`{text}` は日付ではありません", "date")
    return found


def _recipient(text: str) -> str:
    """Raises Problem where it is no reference to one whom a sheet may be for."""
    name = reference.local(text)
    if name != text or name.partition("/")[0] not in printing.RECIPIENTS:
        kinds = f"`{'`, `'.join(printing.RECIPIENTS)}`"
        reason = f"name whom it is for by a reference to one of {kinds}"
        raise Problem.of("structure", reason, f"渡す相手を {kinds} への参照で指定してください", "recipient")
    return name


async def _called(reading: Reading, recipient: str, names: Mapping[str, str]) -> str:
    """What the one for whom a sheet is printed is called on it: a member of the household never by name."""
    type, _, id = recipient.partition("/")
    match type:
        case "Patient":
            return names.get(recipient, care_plan.SOMEBODY)
        case "RelatedPerson":
            return care_plan.SIGNER
        case "Group":
            return care_plan.WHOLE
        case "Organization" | "PractitionerRole":
            found = orjson.loads((await reading.read(type, id)).body)
            agency = reference.one(found, "organization").partition("/")[2]
            found = orjson.loads((await reading.read("Organization", agency)).body) if agency else found
            return str(found.get("name", recipient))
    return ""


async def _contacts(call: Call, reading: Reading, performers: Mapping[str, str]) -> dict[str, Contact]:
    """The names and telephone numbers that the directory has of who provides the services, an agency's by its desks.

    Who holds a post (民生委員) is called what the plan calls them, or their agency; by its number where they have none.
    """
    posts = await _directory(call, reading, "PractitionerRole", "_id", performers)
    agency_of = {name: reference.one(post, "organization") for name, post in posts.items()}
    agencies = [each for each in (*performers, *agency_of.values()) if each.startswith("Organization/")]
    desks = await _directory(call, reading, "HealthcareService", "_id", performers)
    answering = await _directory(call, reading, "HealthcareService", "organization", agencies)
    found: dict[str, Contact] = {}
    for name, each in (desks | await _directory(call, reading, "Organization", "_id", agencies)).items():
        of_desks = (desk for desk in answering.values() if reference.one(desk, "providedBy") == name)
        phones = telephone.of(each) or tuple(dict.fromkeys(one for desk in of_desks for one in telephone.of(desk)))
        if phones:
            found[name] = Contact(str(each.get("name", "")), phones)
    for name, post in posts.items():
        agency = found.get(agency_of[name], Contact("", ()))
        if phones := telephone.of(post) or agency.phones:
            found[name] = Contact(performers[name] or agency.name, phones)
    return found


async def _directory(
    call: Call, reading: Reading, type: str, by: str, names: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """What stands in the directory of these, by a parameter that takes their ids or references."""
    asked = [name for name in names if by != "_id" or name.startswith(f"{type}/")]
    values = [name.partition("/")[2] if by == "_id" else name for name in asked]
    found: dict[str, dict[str, Any]] = {}
    for first in range(0, len(values), request.MOST_VALUES):
        some = (by, ",".join(values[first : first + request.MOST_VALUES]))
        found |= {each.reference: orjson.loads(each.body) for each in await _found(call, reading, type, some)}
    return found


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


async def _names(call: Call, reading: Reading, made: Printed, plan: dict[str, object]) -> dict[str, str]:
    """What the household's members are called, as far as the caller, and whom it is for, may see who they are."""
    type, _, id = reference.one(plan, "subject").partition("/")
    if type != "Group":
        return {}
    group = await reading.read(type, id)
    household = orjson.loads(group.body)
    members = kinship.members(household)
    if not members or not await made.to_both([group]):
        return {}
    patients: list[Version] = []
    for first in range(0, len(members), request.MOST_VALUES):
        some = ",".join(name.partition("/")[2] for name in members[first : first + request.MOST_VALUES])
        patients += await _found(call, reading, "Patient", ("_id", some))
    kin = await _found(call, reading, "RelatedPerson", ("patient", members[0]))
    known = [[orjson.loads(each.body) for each in await made.to_both(some)] for some in (patients, kin)]
    names = kinship.names(household, *known)
    return {one: name for one, name in names.items() if made.persons is None or one in made.persons}


async def _found(call: Call, reading: Reading, type: str, asked: tuple[str, str]) -> list[Version]:
    """Every record of this search, from all its pages."""
    wanted = request.parse(call.on.index, type, [asked, ("_count", str(result_parameters.MOST_COUNT))])
    page = await reading.search(wanted)
    versions = list(page.versions)
    while page.next:
        page = await reading.search(wanted, page.next)
        versions += page.versions
    return versions
