"""A service of HSDS as a row of a list: what it is, whose, where, when, for whom.

https://docs.openreferral.org/en/3.0/hsds/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from resources.listing.table import Said

Json = Mapping[str, Any]

_TIME = re.compile(r"(\d{2}):(\d{2})")
_DAYS = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "月火水木金土日", strict=True))
_READ = frozenset(
    {
        *("id", "name", "description", "status", "organization", "phones", "schedules", "service_areas"),
        *("attributes", "minimum_age", "maximum_age", "service_at_locations", "last_modified", "metadata"),
    }
)
_WHOLE_DAY = ("00:00", "23:59")
_WEEKLY = frozenset({"WEEKLY", ""})
_MARKS = {"fallback-desk": "★"}


def services(said: Any) -> Sequence[Any] | None:
    """The services of a page, a list, one organization or one service; None where this is no HSDS."""
    listed = said.get("contents", [said]) if isinstance(said, Mapping) else said
    if not isinstance(listed, list) or not listed:
        return [] if isinstance(said, Mapping) and said.get("contents") == [] else None
    found: list[Any] = []
    for each in listed:
        if isinstance(each, Mapping) and isinstance(each.get("services"), list):
            own = {name: value for name, value in each.items() if name != "services"}
            found += [{"organization": own, **one} if isinstance(one, Mapping) else one for one in each["services"]]
        else:
            found.append(each)
    named = [each for each in found if isinstance(each, Mapping) and "name" in each]
    return found if named else None


def row(service: Json) -> Said:
    """What a service says, by the columns of the list; what is not read of it is named."""
    name, agency = _text(service, "name"), _text(_part(service, "organization"), "name")
    cells = {
        "field": "、".join(_fields(service)) or "―",
        "content": _text(service, "description") or name,
        "agency": agency,
        "section": name.removeprefix(agency).strip() if name.startswith(agency) else "",
    }
    headings = {"field": "attributes", "content": "description", "agency": "organization", "section": "name"}
    wrong = list(_left_out(service))
    for column, heading, text in (
        ("star", "attributes", _MARKS.get(_attribute(service, "desk"), "")),
        ("number", "attributes", _attribute(service, "directory-number")),
        ("phones", "phones", "\n".join(_each(service, "phones", "number"))),
        ("extensions", "phones", "、".join(_each(service, "phones", "extension"))),
        ("hours", "schedules", "、".join(_hours(service))),
        ("area", "service_areas", "、".join(_each(service, "service_areas", "name"))),
        ("address", "service_at_locations", _address(service)),
        ("ages", "minimum_age", _ages(service)),
    ):
        if heading in service or (column == "ages" and text):
            cells[column], headings[column] = text, heading
    status = _text(service, "status") or "active"
    if status != "active":
        told = f"a service that is `{status}` is left out", f"`{status}` のサービスは取り込みません"
        wrong.append(("status", *told))
    return Said(cells, headings, wrong, whole=status == "active")


def _left_out(service: Json) -> Iterator[tuple[str, str, str]]:
    """What stands there and is not taken in, such as the names of `contacts`: staff comes by the list of staff."""
    left = sorted(name for name, value in service.items() if name not in _READ and value not in (None, "", [], {}))
    if left:
        said = ", ".join(left)
        yield "", f"not taken in: {said}", f"取り込まない項目：{said}"
    for each in _parts(service, "schedules"):
        if _text(each, "freq") not in _WEEKLY:
            said = _text(each, "freq")
            yield "schedules", f"a schedule that is `{said}` is not taken in", f"`{said}` の予定は取り込みません"


def _fields(service: Json) -> Iterator[str]:
    for each in _parts(service, "attributes"):
        term = _part(each, "taxonomy_term")
        if _text(each, "link_type") not in ("desk", "directory-number") and (said := _text(term, "code", "name")):
            yield said


def _attribute(service: Json, kind: str) -> str:
    """What our own publishing says besides HSDS, as an attribute of this link type."""
    for each in _parts(service, "attributes"):
        if _text(each, "link_type") == kind:
            return _text(each, "value") or _text(_part(each, "taxonomy_term"), "code")
    return ""


def _hours(service: Json) -> Iterator[str]:
    for each in _parts(service, "schedules"):
        begins, ends = (_TIME.match(_text(each, name)) for name in ("opens_at", "closes_at"))
        days = "・".join(_DAYS[day] for day in re.split(r"[,\s]+", _text(each, "byday")) if day in _DAYS)
        if begins and ends and _text(each, "freq") in _WEEKLY:
            whole = (begins[0], ends[0]) == _WHOLE_DAY
            yield f"{days or '毎日'} {'24時間' if whole else f'{begins[0]}-{ends[0]}'}"
        elif text := _text(each, "description"):
            yield text


def _address(service: Json) -> str:
    for each in _parts(service, "service_at_locations"):
        for address in _parts(_part(each, "location"), "addresses"):
            parts = ("state_province", "city", "address_1", "address_2")
            return "".join(_text(address, part) for part in parts)
    return ""


def _ages(service: Json) -> str:
    low, high = (service.get(name) for name in ("minimum_age", "maximum_age"))
    low, high = (int(each) if isinstance(each, int | float) else None for each in (low, high))
    if low is not None and high is not None:
        return f"{low}-{high}歳"
    return f"{low}歳以上" if low is not None else f"{high}歳以下" if high is not None else ""


def _each(service: Json, listed: str, element: str) -> list[str]:
    """What the parts of a list say under a name, each once."""
    return list(dict.fromkeys(said for each in _parts(service, listed) if (said := _text(each, element))))


def _parts(body: Json, name: str) -> list[Json]:
    found = body.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _part(body: Json, name: str) -> Json:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(body: Json, *names: str) -> str:
    """The first of these that says something, as a text."""
    said = (body.get(name) for name in names)
    return next((str(each).strip() for each in said if isinstance(each, str | int) and str(each).strip()), "")
