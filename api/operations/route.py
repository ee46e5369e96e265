"""$route: the desk to turn to, for a field of concern and an area, or else the desks for everything else.

R7 of the domain; profiles/tsunagu/OperationDefinition-route.json
"""

from __future__ import annotations

from urllib.parse import urlencode

import orjson

from api import respond
from api.answer import Answer
from api.call import ID, Call
from api.operations import parameters
from consent.reading import Reading
from resources import directory
from resources.record import coding, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request

PARAMETERS = ("field", "area")

_OTHER = "other"
_MOST_AREAS = 8


async def route(call: Call) -> Answer:
    """Anybody may ask: the directory is public."""
    given = parameters.of_address(call, PARAMETERS)
    field = given.get("field", _OTHER)
    known = {concept.code for concept in call.on.spec.concepts(f"{coding.BASE}/CodeSystem/concern-field")}
    if field not in known:
        text, ja = f"`{field}` is not a field of concern", f"`{field}` は困りごとの分野ではありません"
        raise Problem.of("structure", text, ja, "field")
    async with call.on.gate.reading(call.actor, "search", "operation", "HealthcareService") as reading:
        areas = await _around(call, reading, given["area"]) if "area" in given else []
        desks = await _desks(call, reading, field) or await _desks(call, reading, _OTHER)
    bodies = {version.reference: orjson.loads(version.body) for version in desks}
    ranked = directory.ranked(bodies.values(), areas)
    by_id = {version.id: version for version in desks}
    entries = respond.entries(call, (by_id[desk["id"]] for desk in ranked), "match")
    links = [("self", f"{call.on.settings.fhir}/HealthcareService/$route?{urlencode(given)}")]
    return respond.json(respond.bundle("searchset", len(entries), links, entries))


async def _desks(call: Call, reading: Reading, field: str) -> list[Version]:
    """Every active desk of a field; the directory is a city's, and fits one page after the other."""
    concern = coding.own("concern-field", field)
    asked = [("service-category", concern), ("active", "true"), ("_count", "500")]
    wanted = request.parse(call.on.index, "HealthcareService", asked)
    page = await reading.search(wanted)
    found = list(page.versions)
    while page.next:
        page = await reading.search(wanted, page.next)
        found += page.versions
    return found


async def _around(call: Call, reading: Reading, area: str) -> list[str]:
    """The area and those it is part of, the smallest first. Raises Problem where it is no area of the city."""
    found: list[str] = []
    name = reference.local(area if "/" in area else f"Location/{area}")
    if not ID.fullmatch(name.partition("/")[2]):
        text, ja = f"`{area}` is not a Location of this server", f"`{area}` はこのサーバーの Location ではありません"
        raise Problem.of("structure", text, ja, "area")
    while name and name not in found and len(found) < _MOST_AREAS:
        type, _, id = name.partition("/")
        if type != "Location":
            raise Problem.of("structure", f"`{area}` is not a Location", f"`{area}` は Location ではありません", "area")
        found.append(name)
        name = reference.one(orjson.loads((await reading.read(type, id)).body), "partOf")
    return found
