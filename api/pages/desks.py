"""The desks that $route answers with, as a page for whoever stands at a counter or at home.

R6, R7 and R8 of the domain; docs/directory.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.pages import template
from resources import directory
from resources.record import coding, era, period, reference, repeated
from resources.record.period import TOKYO
from resources.record.reference import Resource

Json = dict[str, Any]

MOST = 50
"""So many desks are shown; the JSON has all."""

_OPENING = "desk-opening"
_INNER = "contactpoint-extension"
_WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]
_WEEK = [*_WORKDAYS, "sat", "sun"]
_RANKS = {"ja": {"officer": "主", "deputy": "副"}, "en": {"officer": "first", "deputy": "deputy"}}
_DAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


@dataclass(slots=True)
class Shown:
    """One desk as the page shows it, its numbers each with the extension behind it; `open` is empty where nobody
    knows."""

    name: str
    star: bool
    phones: dict[str, str]
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
        phones=_numbers(desk, *places),
        place="、".join(filter(None, (_address(place) for place in places))),
        hours=_hours(desk, language),
        open=_open(entry, language),
        persons=list(_persons(own, beside, language)),
        note=str(desk.get("comment", "")),
    )


def _numbers(*bodies: Resource) -> dict[str, str]:
    """Each number once, with the extensions (内線) that are to be asked for behind it."""
    found: dict[str, dict[str, None]] = {}
    for each in (one for body in bodies for one in body.get("telecom") or ()):
        if each.get("system") == "phone" and (number := str(each.get("value", ""))):
            inner = (str(one.get("valueString", "")) for one in each.get("extension") or () if _is_inner(one))
            found.setdefault(number, {}).update(dict.fromkeys(filter(None, inner)))
    return {number: "、".join(inner) for number, inner in found.items()}


def _is_inner(extension: Mapping[str, Any]) -> bool:
    return str(extension.get("url", "")).endswith(f"/{_INNER}")


def _address(place: Resource) -> str:
    said = place.get("address") or {}
    return str(said.get("text") or "".join(repeated.told(said, "line")))


def _hours(desk: Resource, language: str) -> str:
    """On which days, from when to when, and what else is said of it."""
    spans = [_span(each, language) for each in desk.get("availableTime") or ()]
    return "、".join(dict.fromkeys(filter(None, [*spans, str(desk.get("availabilityExceptions", ""))])))


def _span(hours: Mapping[str, Any], language: str) -> str:
    begins, ends = (str(hours.get(f"available{each}Time", ""))[:5] for each in ("Start", "End"))
    if hours.get("allDay") is True:
        times = "all day" if language == "en" else "24時間"
    else:
        times = f"{begins}–{ends}" if begins else ""
    days = [each for each in hours.get("daysOfWeek") or _WEEK if each in _WEEK]
    if sorted(days) == sorted(_WORKDAYS):
        named = "Mon–Fri" if language == "en" else "平日"
    elif len(set(days)) == len(_WEEK):
        named = "every day" if language == "en" else "毎日"
    else:
        names = _DAYS[language]
        named = ("・" if language == "ja" else ", ").join(names[_WEEK.index(each)] for each in days)
    return f"{named} {times}" if times else ""


def _open(entry: Mapping[str, Any], language: str) -> str:
    parts: dict[str, Any] = {}
    for said in coding.extension(entry, _OPENING):
        parts |= {part["url"]: next(v for k, v in part.items() if k != "url") for part in said.get("extension") or ()}
    asked = period.first(str(parts.get("at", "")))
    if parts.get("open") is True:
        until = _when(parts.get("closes"), asked, language)
        return f"open now, until {until}" if language == "en" else f"受付中（{until}まで）"
    if parts.get("open") is False:
        opens = _when(parts.get("opens"), asked, language)
        if language == "en":
            return f"closed now, opens {opens}" if opens else "closed now"
        holiday = f"（{parts['holiday']}）" if parts.get("holiday") else ""
        return f"受付時間外{holiday}、次は {opens}" if opens else f"受付時間外{holiday}"
    return ""


def _when(said: Any, asked: datetime | None, language: str) -> str:
    """The time of day, of another day than that which was asked for with its day."""
    found = period.first(str(said or ""))
    if found is None:
        return ""
    there = found.astimezone(TOKYO)
    clock = f"{there.hour}:{there:%M}"
    if asked is not None and asked.astimezone(TOKYO).date() == there.date():
        return clock
    name = _DAYS[language][there.weekday()]
    if language == "en":
        return f"{name} {there.date().isoformat()} {clock}"
    return f"{era.written(there.date())}（{name}）{clock}"


def _persons(desk: str, beside: Mapping[str, Json], language: str) -> Iterator[str]:
    """Who answers at a desk, 主 before 副, with their own numbers, as far as the answer names them."""
    for name, post in beside.items():
        if name.startswith("PractitionerRole/") and desk in reference.many(post, "healthcareService"):
            person = beside.get(reference.one(post, "practitioner"), {})
            rank = next(
                (_RANKS[language][each] for each in coding.codes(post.get("code"), "role") & _RANKS["ja"].keys()), ""
            )
            if named := _named(person.get("name") or ()):
                yield " ".join(filter(None, (rank, named, *_numbers(post, person))))


def _named(names: Iterable[Mapping[str, Any]]) -> str:
    for name in names:
        if text := name.get("text") or " ".join([name.get("family", ""), *repeated.told(name, "given")]).strip():
            return str(text)
    return ""


def _choices(issue: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in coding.extension(issue, "area-choice"):
        value = each.get("valueReference") or {}
        if value.get("reference"):
            yield str(value["reference"]), str(value.get("display", value["reference"]))
