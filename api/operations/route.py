"""$route: the desk to turn to, for a field of concern, an area, an age, words and a time; never an empty answer.

R6, R7 and R8 of the domain, and its decision 15; profiles/tsunagu/OperationDefinition-route.json
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import orjson

from api import desk_entry, listed
from api.http import media, outcomes, respond
from api.http.answer import FHIR_JSON, Answer
from api.http.call import ID, Call
from api.listed import Listed
from api.operations import parameters
from api.operations.route_nothing import nothing_found
from api.pages import desks as pages
from api.pages import sign_in
from consent import refusal
from consent.reading.reading import Reading
from resources import directory
from resources.area import Areas
from resources.directory import Asked
from resources.record import coding, period, reference
from resources.record.problem import Issue, Problem
from resources.search import request

KINDS = (FHIR_JSON.partition(";")[0], media.PAGE)
PARAMETERS = ("field", "area", "age", "subject", "text", "at", "open", "date")

OLDEST = 150
LONGEST_TEXT = 100
MOST_NAMED = 8
"""Of so many desks the persons and the place are told as well: the first, and those between which it is asked."""


async def route(call: Call) -> Answer:
    """Anybody may ask: the directory is public. Who signed in for an agency is told the persons as well."""
    given = parameters.of_address(call, PARAMETERS)
    day = listed.day(given)
    at = _at(given) or (call.now if day is None else None)
    only_open = _is(given, "open")
    if only_open and at is None:
        text = "say with `at` when the desks of a list of another day (`date`) are to be open"
        raise Problem.of(
            "structure", text, "`date` の一覧で開いている窓口を尋ねるときは、`at` に時刻を指定してください", "at"
        )
    field, text = _field(call, given), given.get("text", "")
    if len(text) > LONGEST_TEXT:
        long, ja = f"`text` has more than {LONGEST_TEXT} letters", f"`text` は{LONGEST_TEXT}文字までです"
        raise Problem.of("structure", long, ja, "text")
    async with call.on.gate.reading(call.actor, "search", "operation", "HealthcareService") as reading:
        places = {each.version.reference: each.body for each in await _then_or_now(call, reading, "Location", day)}
        areas = Areas.of(places.values())
        ages = await _ages(call, reading, given, day or listed.today(call))
        asked = Asked(field, _area(given, areas), ages, text)
        known = {each.version.id: each for each in await listed.on(call, reading, "HealthcareService", day)}
        found = directory.answer([each.body for each in known.values()], areas, asked)
        desks = [known[str(each["id"])] for each in found.desks]
        if at and only_open:
            desks = [each for each in desks if desk_entry.is_open(each.body, at)] or desks
        entries = desk_entry.desks(call, desks, at)
        if not desks:
            entries = desk_entry.plain(call, await _lead_section(call, reading, day), "match")
        total = len(entries)
        if desks:
            entries += await desk_entry.around(call, reading, desks[:MOST_NAMED], places)
    said = _said(found, areas, at if only_open else None, desks)
    if not desks:
        said.append(nothing_found(asked, bool(known)))
    if said:
        entries.append(desk_entry.outcome(outcomes.outcome(said, "informational", call.language), found.choices, areas))
    links = [("self", f"{call.on.settings.fhir}/HealthcareService/$route?{urlencode(given)}")]
    answer = respond.json(respond.bundle("searchset", total, links, entries))
    if media.page(call.parameters, call.header("accept")):
        shown = pages.page(orjson.loads(answer.body), _question(call, given))
        return Answer(200, shown, f"{media.PAGE}; charset=utf-8", dict(sign_in.HEADERS))
    return answer


def _question(call: Call, given: Mapping[str, str]) -> pages.Question:
    concepts = call.on.spec.concepts(f"{coding.BASE}/CodeSystem/concern-field")
    fields = [(each.code, each.en if call.language == "en" else each.display) for each in concepts]
    return pages.Question(given, fields, call.language)


def _said(found: directory.Answer, areas: Areas, wanted: datetime | None, desks: Sequence[Listed]) -> list[Issue]:
    """What is asked back, and what is missing."""
    said = []
    if found.choices:
        names = [str(areas.known.get(one, {}).get("name", one)) for one in found.choices]
        text = f"which of these areas is it? {', '.join(names)}; ask again with `area`"
        ja = f"どの地域ですか（{'、'.join(names)}）。`area` を付けてもう一度お尋ねください"
        said.append(Issue(text, ja, "area", "information"))
    if desks and found.lacking:
        text = "no ★ desk of this field is entered for this area: the desk for everything else answers"
        ja = "この分野の★の窓口が登録されていません。総合的な窓口が受けます"
        said.append(Issue(text, ja, "field", "information"))
    if wanted and desks and not any(desk_entry.is_open(each.body, wanted) for each in desks):
        text = "none of these desks is open then: the entries say when they open next"
        said.append(Issue(text, "その時刻に開いている窓口はありません。次に開く時刻を示します", "open", "information"))
    return said


def _field(call: Call, given: Mapping[str, str]) -> str:
    field = given.get("field", "")
    known = {concept.code for concept in call.on.spec.concepts(f"{coding.BASE}/CodeSystem/concern-field")}
    if "field" in given and field not in known:
        text, ja = f"`{field}` is not a field of concern", f"`{field}` は困りごとの分野ではありません"
        raise Problem.of("structure", text, ja, "field")
    return field


def _area(given: Mapping[str, str], areas: Areas) -> str:
    """The area named, by reference, id, code or name; empty for the whole city. Raises Problem where it is none."""
    if "area" not in given:
        return ""
    said = given["area"]
    if found := areas.named(said):
        return found
    type, _, id = said.rpartition("/")
    if said.isascii() and ID.fullmatch(id) and type in ("", "Location"):
        raise refusal.not_found("Location", id)
    text, ja = f"`{said}` is no area of this city", f"`{said}` はこの市の圏域ではありません"
    raise Problem.of("structure", text, ja, "area")


def _at(given: Mapping[str, str]) -> datetime | None:
    if "at" not in given:
        return None
    found = period.first(given["at"]) if "T" in given["at"] else None
    if found is None:
        text, ja = f"`{given['at']}` is no time of a day", f"`{given['at']}` は日時ではありません"
        raise Problem.of("structure", text, ja, "at")
    return found


def _is(given: Mapping[str, str], name: str) -> bool:
    if given.get(name, "false") not in ("true", "false"):
        text, ja = f"`{name}` is `true` or `false`", f"`{name}` は `true` か `false` です"
        raise Problem.of("structure", text, ja, name)
    return given.get(name) == "true"


async def _ages(call: Call, reading: Reading, given: Mapping[str, str], day: date) -> frozenset[int]:
    """The ages of whom it is for: as told, or of the persons of `subject` that the asker may see."""
    if "age" in given:
        said = given["age"]
        if not (said.isascii() and said.isdigit() and len(said) <= 3 and int(said) <= OLDEST):
            text, ja = f"`{said}` is no age in years", f"`{said}` は年齢ではありません"
            raise Problem.of("structure", text, ja, "age")
        return frozenset({int(said)})
    if "subject" not in given:
        return frozenset()
    type, _, id = given["subject"].partition("/")
    if type not in ("Patient", "Group") or not ID.fullmatch(id):
        text, ja = f"`{given['subject']}` is no Patient or Group", f"`{given['subject']}` は人・世帯ではありません"
        raise Problem.of("structure", text, ja, "subject")
    bodies = [orjson.loads((await reading.read(type, id)).body)]
    if type == "Group":
        entities = (reference.one(each, "entity") for each in bodies[0].get("member") or () if not each.get("inactive"))
        ids = ",".join(sorted(name.partition("/")[2] for name in entities if name.startswith("Patient/")))
        page = (
            await reading.search(request.parse(call.on.index, "Patient", [("_id", ids), ("_count", "200")]))
            if ids
            else None
        )
        bodies = [orjson.loads(each.body) for each in page.versions] if page else []
    return frozenset(old for body in bodies for old in _old(body, day))


def _old(person: Mapping[str, Any], day: date) -> list[int]:
    """How old a living person is on a day; two ages where only the year is known."""
    born = person.get("birthDate")
    bounds = period.days({"start": born, "end": born}) if born else None
    if not bounds or person.get("deceasedBoolean") or person.get("deceasedDateTime"):
        return []
    past = ((day.month, day.day) < (one.month, one.day) for one in bounds if one)
    return [max(day.year - one.year - before, 0) for one, before in zip(bounds, past, strict=False) if one]


async def _lead_section(call: Call, reading: Reading, day: date | None) -> list[Listed]:
    """The lead section, which answers where there is no desk at all; today's, where there was none on that day."""
    lead = coding.own("role", "lead-section")
    for asked in dict.fromkeys((day, None)):
        found = await listed.on(call, reading, "Organization", asked)
        if leading := [each for each in found if lead in coding.of(each.body.get("type"))]:
            return leading
    return []


async def _then_or_now(call: Call, reading: Reading, type: str, day: date | None) -> list[Listed]:
    """As it stood on a day; before the first list of it, as it stands now."""
    return await listed.on(call, reading, type, day) or await listed.on(call, reading, type)
