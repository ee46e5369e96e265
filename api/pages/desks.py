"""The desks that $route answers with, as a page for whoever stands at a counter or at home.

R6, R7 and R8 of the domain; docs/directory.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.pages import template
from resources import directory
from resources.record import coding, reference
from resources.record.reference import Resource

Json = dict[str, Any]

MOST = 50
"""So many desks are shown; the JSON has all."""

_OPENING = "desk-opening"
_HOUR = slice(11, 16)
_DAY = slice(0, 10)


@dataclass(slots=True)
class Shown:
    """One desk as the page shows it; `open` is empty where nobody knows."""

    name: str
    star: bool
    phones: list[str]
    place: str
    hours: str
    open: str
    persons: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, to be asked again with more: the fields that can be chosen and the areas between which it is."""

    given: Mapping[str, str]
    fields: Sequence[tuple[str, str]]
    language: str


def page(bundle: Mapping[str, Any], asked: Question) -> bytes:
    """The page of an answer; nothing is on it that is not in the answer."""
    entries = list(bundle.get("entry") or ())
    beside = {
        f"{body['resourceType']}/{body['id']}": body for body in (each["resource"] for each in entries) if "id" in body
    }
    found = [each for each in entries if each["search"]["mode"] == "match"]
    issues = [
        issue for each in entries if each["search"]["mode"] == "outcome" for issue in each["resource"].get("issue", ())
    ]
    values = {
        "language": asked.language,
        "given": asked.given,
        "fields": asked.fields,
        "desks": [_shown(each, beside, asked.language) for each in found[:MOST]],
        "more": len(found) - MOST,
        "said": [str((issue.get("details") or {}).get("text") or issue.get("diagnostics", "")) for issue in issues],
        "choices": [choice for issue in issues for choice in _choices(issue)],
    }
    return template.rendered("desks.html", values).encode()


def _shown(entry: Mapping[str, Any], beside: Mapping[str, Json], language: str) -> Shown:
    desk = entry["resource"]
    places = [beside[name] for name in reference.many(desk, "location") if name in beside]
    own = f"HealthcareService/{desk['id']}"
    return Shown(
        name=str(desk.get("name", "")),
        star=directory.is_fallback(desk),
        phones=list(dict.fromkeys([*_phones(desk), *(phone for place in places for phone in _phones(place))])),
        place="、".join(filter(None, (_address(place) for place in places))),
        hours=_hours(desk),
        open=_open(entry, language),
        persons=list(_persons(own, beside)),
        note=str(desk.get("comment", "")),
    )


def _phones(body: Resource) -> Iterator[str]:
    for each in body.get("telecom") or ():
        if each.get("system") == "phone" and each.get("value"):
            yield str(each["value"])


def _address(place: Resource) -> str:
    said = place.get("address") or {}
    return str(said.get("text") or "".join(said.get("line") or ()))


def _hours(desk: Resource) -> str:
    spans = [
        f"{str(each.get('availableStartTime', ''))[:5]}–{str(each.get('availableEndTime', ''))[:5]}"
        for each in desk.get("availableTime") or ()
        if each.get("availableStartTime")
    ]
    return "、".join(dict.fromkeys(spans)) or str(desk.get("availabilityExceptions", ""))


def _open(entry: Mapping[str, Any], language: str) -> str:
    parts: dict[str, Any] = {}
    for said in coding.extension(entry, _OPENING):
        parts |= {part["url"]: next(v for k, v in part.items() if k != "url") for part in said.get("extension") or ()}
    if parts.get("open") is True:
        until = str(parts.get("closes", ""))[_HOUR]
        return f"open now, until {until}" if language == "en" else f"受付中（{until}まで）"
    if parts.get("open") is False:
        opens = str(parts.get("opens", ""))
        when = f"{opens[_DAY]} {opens[_HOUR]}".strip()
        holiday = f"（{parts['holiday']}）" if parts.get("holiday") else ""
        return f"closed now, opens {when}" if language == "en" else f"受付時間外{holiday}、次は {when}"
    return ""


def _persons(desk: str, beside: Mapping[str, Json]) -> Iterator[str]:
    """Who answers at a desk, 主 before 副, as far as the answer names them."""
    for name, post in beside.items():
        if name.startswith("PractitionerRole/") and desk in reference.many(post, "healthcareService"):
            person = beside.get(reference.one(post, "practitioner"), {})
            yield from filter(None, [_named(person.get("name") or ())])


def _named(names: Iterable[Mapping[str, Any]]) -> str:
    for name in names:
        if text := name.get("text") or " ".join([name.get("family", ""), *(name.get("given") or ())]).strip():
            return str(text)
    return ""


def _choices(issue: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in coding.extension(issue, "area-choice"):
        value = each.get("valueReference") or {}
        if value.get("reference"):
            yield str(value["reference"]), str(value.get("display", value["reference"]))
