"""The entries of an answer that names desks: when each is open, where it is, and who answers there.

R6 and R8 of the domain; https://hl7.org/fhir/R4/bundle.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from api.http import respond
from api.http.call import Call
from api.listed import Listed
from consent import policy
from consent.reading.reading import Reading
from resources import opening
from resources.area import Areas
from resources.record import coding, period, reference
from resources.record.period import TOKYO
from resources.search import request

Json = dict[str, Any]

DESK_ROLES = ("officer", "deputy")
"""主 and 副, in this order."""

_MOST = "100"


def desks(call: Call, found: Iterable[Listed], at: datetime | None) -> list[Json]:
    """One entry a desk; with a time it says whether the desk is open then."""
    entries = plain(call, found, "match")
    if at is not None:
        for entry, each in zip(entries, found, strict=True):
            entry["extension"] = [_opening(each.body, at)]
    return entries


def plain(call: Call, found: Iterable[Listed], mode: str) -> list[Json]:
    return respond.entries(call, (each.version for each in found), mode)


def is_open(desk: Mapping[str, Any], at: datetime) -> bool:
    """Whether a desk is known to be open."""
    return opening.of(desk, at).is_open is True


async def around(
    call: Call, reading: Reading, found: Sequence[Listed], places: Mapping[str, Mapping[str, Any]]
) -> list[Json]:
    """The places of these desks, and for who signed in for an agency their persons, 主 before 副."""
    sites = dict.fromkeys(name for each in found for name in reference.many(each.body, "location") if name in places)
    entries = [_entry(call, name, places[name]) for name in sites]
    if call.actor.anonymous or call.actor.is_citizen:
        return entries
    made = policy.ruling("search", reading.facts).rules
    if not all(policy.reaches(made, type) for type in ("Practitioner", "PractitionerRole")):
        return entries
    named = ",".join(each.version.reference for each in found)
    asked = [("service", named), ("active:not", "false"), ("_count", _MOST)]
    page = await reading.search(request.parse(call.on.index, "PractitionerRole", asked))
    posts = [orjson.loads(each.body) for each in page.versions]
    posts = [
        each for each in posts if period.contains(each.get("period"), call.now) is True and _rank(each) is not None
    ]
    order = {each.version.reference: place for place, each in enumerate(found)}
    posts.sort(key=lambda post: (_first(post, order), _rank(post), str(post["id"])))
    ids = ",".join(dict.fromkeys(reference.one(post, "practitioner").partition("/")[2] for post in posts))
    if not ids:
        return entries
    persons = await reading.search(request.parse(call.on.index, "Practitioner", [("_id", ids), ("_count", _MOST)]))
    by_name = {each.reference: orjson.loads(each.body) for each in persons.versions}
    for post in posts:
        entries.append(_entry(call, f"PractitionerRole/{post['id']}", post))
        person = reference.one(post, "practitioner")
        if person in by_name:
            entries.append(_entry(call, person, by_name.pop(person)))
    return entries


def outcome(content: Json, choices: Iterable[str], areas: Areas) -> Json:
    """What is said beside the desks; the areas to choose from stand with the first issue."""
    said = [{"reference": one, "display": str(areas.known.get(one, {}).get("name", one))} for one in choices]
    if said:
        url = f"{coding.BASE}/StructureDefinition/area-choice"
        content["issue"][0]["extension"] = [{"url": url, "valueReference": each} for each in said]
    return {"resource": content, "search": {"mode": "outcome"}}


def _opening(desk: Mapping[str, Any], at: datetime) -> Json:
    told = opening.of(desk, at)
    parts: list[Json] = [{"url": "at", "valueDateTime": _local(at)}]
    if told.is_open is not None:
        parts.append({"url": "open", "valueBoolean": told.is_open})
    if told.closes:
        parts.append({"url": "closes", "valueDateTime": _local(told.closes)})
    if told.opens:
        parts.append({"url": "opens", "valueDateTime": _local(told.opens)})
    if told.holiday:
        parts.append({"url": "holiday", "valueString": told.holiday})
    return {"url": f"{coding.BASE}/StructureDefinition/desk-opening", "extension": parts}


def _local(at: datetime) -> str:
    return at.astimezone(TOKYO).isoformat(timespec="seconds")


def _rank(post: Mapping[str, Any]) -> int | None:
    found = [DESK_ROLES.index(code) for code in coding.codes(post.get("code"), "role") if code in DESK_ROLES]
    return min(found, default=None)


def _first(post: Mapping[str, Any], order: Mapping[str, int]) -> int:
    return min((order[name] for name in reference.many(post, "healthcareService") if name in order), default=len(order))


def _entry(call: Call, name: str, body: Mapping[str, Any]) -> Json:
    return {"fullUrl": f"{call.on.settings.fhir}/{name}", "resource": body, "search": {"mode": "include"}}
