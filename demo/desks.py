"""The directory of consultation desks and the programmes as HealthcareService, one for each 相談内容 and site.

Seed slides 2, 4, 7 and 14, rules R6 and R7: docs/city.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from demo.places import BASE, code, in_force, phones, reference
from demo.table import Row

NUMBER = f"{BASE}/sid/directory-number"
SIDES = {"生活困窮者": "in-hardship", "被保護者": "assisted"}
PAIR = "https://tsunagu.example/fhir/StructureDefinition/programme-pair"
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def agencies(row: Row, offices: Mapping[str, Row]) -> list[Row]:
    """The offices a row of the directory speaks of: `kind:health-center` stands for every health center (別紙)."""
    found: list[Row] = []
    for word in row.words("agency"):
        kind = word.removeprefix("kind:")
        named = [office for office in offices.values() if office["kind"] == kind] if kind != word else []
        if word in offices:
            named = [offices[word]]
        if not named:
            row.refuse("agency", f"`{word}` is not known")
        found.extend(named)
    return found


def desk(row: Row, office: Row, areas: Mapping[str, Row], fields: Collection[str]) -> dict[str, Any]:
    """One entry of the directory at one office; ★ is the characteristic `fallback-desk`."""
    name = f"{office['name']} {row['section']}".strip()
    service = _service(_id(row, office), name, row.needed("content"), office, areas)
    row.needed("field")
    _set_fields(service, row.words("field"), row, "field", fields)
    if row["number"]:
        service["identifier"] = [{"system": NUMBER, "value": row["number"]}]
    if row["section"]:
        service["extraDetails"] = f"担当：{row['section']}"
    marks = {"fallback-desk": row.one_of("star", {"★"}), "complex-cases": row.one_of("complex", {"○"})}
    if any(marks.values()):
        service["characteristic"] = [code("desk", mark) for mark, given in marks.items() if given]
    if row["ages"]:
        service["eligibility"] = [_ages(row, each) for each in row.words("ages")]
    _reach(service, row if row["phones"] else office, row if row["opens"] else office, row)
    if row["hours_note"]:
        service["availabilityExceptions"] = row["hours_note"]
    return service


def duties(
    kind: Row, office: Row, areas: Mapping[str, Row], fields: Collection[str], *, only_complex: bool = False
) -> dict[str, Any]:
    """What a site does by its kind (slide 7), beside the entries the directory gives it."""
    service = _service(f"site-{office['id']}", office["name"], kind.needed("duties"), office, areas)
    _set_fields(service, kind.words("fields"), kind, "fields", fields)
    if only_complex:
        service["characteristic"] = [code("desk", "complex-cases")]
    _reach(service, office, office)
    return service


def programme(
    row: Row, provider: Row, areas: Mapping[str, Row], fields: Collection[str], programmes: Mapping[str, Row]
) -> dict[str, Any]:
    """A programme for people in hardship (生活困窮者) or on public assistance (被保護者), linked to its pair (R45)."""
    if row.needed("side") not in SIDES:
        row.refuse("side", f"`{row['side']}` is none of {'、'.join(SIDES)}")
    service = _service(f"programme-{row['id']}", row.needed("name"), row.needed("content"), provider, areas)
    _set_fields(service, [row.needed("field")], row, "field", fields)
    service["program"] = [{"text": row["name"]}]
    service["eligibility"] = [{"code": code("programme-side", SIDES[row["side"]]) | {"text": row["side"]}}]
    if pair := row.one_of("pair", programmes):
        paired = reference("HealthcareService", f"programme-{pair}")
        service["extension"] = [*service["extension"], {"url": PAIR, "valueReference": paired}]
    return service


def _service(id: str, name: str, comment: str, office: Row, areas: Mapping[str, Row]) -> dict[str, Any]:
    service: dict[str, Any] = {
        "resourceType": "HealthcareService",
        "id": id,
        "extension": in_force(),
        "active": True,
        "providedBy": reference("Organization", office["id"]),
        "name": name,
        "comment": comment,
    }
    if office["area"]:
        service["location"] = [reference("Location", office["id"])]
    # An office that keeps to no part of the city serves all of it.
    service["coverageArea"] = [
        reference("Location", each) for each in office.some_of("coverage", areas) or [_city(areas)]
    ]
    return service


def _set_fields(service: dict[str, Any], named: list[str], row: Row, column: str, fields: Collection[str]) -> None:
    for field in named:
        if field not in fields:
            row.refuse(column, f"`{field}` is not a code of concern-field")
    service["category"] = [code("concern-field", field) for field in named]
    service["type"] = [code("concern-field", field) for field in named]


def _id(row: Row, office: Row) -> str:
    if not row["number"]:
        return f"desk-{row['field']}-{office['id']}"
    if re.fullmatch(r"\d{1,3}", row["number"]) is None:
        row.refuse("number", f"`{row['number']}` is not a number")
    several = "kind:" in row["agency"]
    return f"directory-{int(row['number']):02}-{office['id']}" if several else f"directory-{int(row['number']):02}"


def _reach(service: dict[str, Any], called: Row, open_at: Row, extensions: Row | None = None) -> None:
    """Its telephone numbers and its hours: those of the list, or else of the office (別紙)."""
    if telecom := phones(called, extensions):
        service["telecom"] = telecom
    if open_at["opens"]:
        service["availableTime"] = [_hours(open_at)]


def _ages(row: Row, said: str) -> dict[str, Any]:
    """`violence:65-` is from 65 on, in this field; `child-rearing:-17` up to 17."""
    match = re.fullmatch(r"([a-z-]+):(\d*)-(\d*)", said)
    if match is None or match[1] not in row.words("field"):
        row.refuse("ages", f"`{said}` is not ages such as `violence:65-`, in a field of the row")
        return {}
    ends = {"low": match[2], "high": match[3]}
    years = {"unit": "年", "system": "http://unitsofmeasure.org", "code": "a"}
    ages = {end: {"value": int(given)} | years for end, given in ends.items() if given}
    return {
        "extension": [{"url": f"{BASE}/StructureDefinition/served-age", "valueRange": ages}],
        "code": code("concern-field", match[1]),
    }


def _hours(row: Row) -> dict[str, Any]:
    for column in ("opens", "closes"):
        if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", row[column]) is None:
            row.refuse(column, f"`{row[column]}` is not a time such as 08:30")
    return {
        "daysOfWeek": WEEKDAYS,
        "availableStartTime": f"{row['opens']}:00",
        "availableEndTime": f"{row['closes']}:00",
    }


def _city(areas: Mapping[str, Row]) -> str:
    return next(id for id, area in areas.items() if not area["part_of"])
