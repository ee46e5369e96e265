"""$populate: a つなぐシート begun for a household that is known, as far as the caller may see who is in it.

https://hl7.org/fhir/uv/sdc/OperationDefinition-Questionnaire-populate.html; docs/sheet.md
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters, sheets
from consent.reading.reading import Reading
from resources import division, kinship, sheet_member, sheet_populate
from resources.record import moment, reference
from resources.record.problem import Problem
from resources.search import request

PARAMETERS = ("subject",)
_AGES = (("code", "|".join(sheet_member.AGE)), ("status:not", "entered-in-error"), ("_sort", "-date"))
"""The ages of people as they were said on sheets, the last first."""


async def populate(call: Call) -> Answer:
    """`subject` names the household, or one of its members."""
    return await _begun(call, parameters.of_address(call, PARAMETERS).get("subject", ""))


async def populate_by_post(call: Call) -> Answer:
    """The same by a Parameters, where `subject` is a Reference."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = {str(each.get("name")): parameters.value(each) for each in found.get("parameter", ())}
    if unknown := set(given) - set(PARAMETERS):
        text = f"`{min(unknown)}` is not a parameter here"
        raise Problem.of("not-supported", text, f"`{min(unknown)}` は使えません", "Parameters.parameter")
    said = given.get("subject")
    return await _begun(call, said.get("reference", "") if isinstance(said, dict) else said)


async def _begun(call: Call, subject: Any) -> Answer:
    name = reference.local(str(subject or ""))
    if not name.startswith(("Group/", "Patient/")):
        text, ja = "name a household or a person as `subject`", "`subject` に世帯か人を指定してください"
        raise Problem.of("invalid", text, ja, "subject")
    if call.id != "tsunagu-sheet":
        raise Problem.of("not-found", "there is no such form", "その用紙はありません")
    form = call.on.spec.artefacts[sheets.SHEET]
    async with call.on.gate.reading(call.actor, interaction="operation", asked="$populate") as reading:
        group = await _household(call, reading, name)
        members = kinship.members(group)
        patients = await _found(call, reading, "Patient", "_id", [each.partition("/")[2] for each in members])
        kin = await _found(call, reading, "RelatedPerson", "patient", members[:1])
        unknown = [each for each in patients if sheet_member.day(str(each.get("birthDate", ""))) is None]
        ages = await _found(
            call, reading, "Observation", "subject", [f"Patient/{each['id']}" for each in unknown], *_AGES
        )
        agency, officer = _writer(reading)
    on = moment.local_day(moment.of(call.now))
    made = sheet_populate.populate(form, group, patients, kin, ages, on, agency, officer)
    return respond.json({"resourceType": "Parameters", "parameter": [{"name": "response", "resource": made}]})


async def _household(call: Call, reading: Reading, name: str) -> sheets.Json:
    if name.startswith("Patient/"):
        found = [each for each in await _found(call, reading, "Group", "member", [name]) if not division.is_over(each)]
        if len(found) != 1:
            text = f"`{name}` is in no household that you may see, or in several: name the Group"
            raise Problem.of(
                "invalid", text, f"`{name}` の世帯が1つに決まりません。Group を指定してください", "subject"
            )
        return found[0]
    type, _, id = name.partition("/")
    group: sheets.Json = orjson.loads((await reading.read(type, id)).body)
    return group


async def _found(
    call: Call, reading: Reading, type: str, by: str, values: Sequence[str], *said: tuple[str, str]
) -> list[sheets.Json]:
    records: list[sheets.Json] = []
    for first in range(0, len(values), request.MOST_VALUES):
        some = ",".join(values[first : first + request.MOST_VALUES])
        wanted = request.parse(call.on.index, type, [(by, some), *said, ("_count", str(request.MOST_VALUES))])
        records += [orjson.loads(each.body) for each in (await reading.search(wanted)).versions]
    return records


def _writer(reading: Reading) -> tuple[str, str]:
    """The agency and the post of who asks, where there is one of each."""
    agencies, posts = sorted(reading.facts.agencies), sorted(post.reference for post in reading.facts.posts)
    return agencies[0] if len(agencies) == 1 else "", posts[0] if len(posts) == 1 else ""
