"""The city's areas, sites and offices as Location, Organization and OrganizationAffiliation.

Seed slides 6, 7 and 16: docs/city.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from demo.table import Row

BASE = "https://tsunagu.example/fhir"
LOCAL_GOVERNMENT = f"{BASE}/sid/local-government-code"
LEAD_SECTION = "lead-section"
LIST_OF = "2018-11-01"  # the version of the list that slide 14 shows
EXTENSION = "http://hl7.org/fhir/StructureDefinition/contactpoint-extension"
PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type"


def code(system: str, value: str) -> dict[str, Any]:
    """A CodeableConcept of one of our own code systems."""
    return {"coding": [{"system": f"{BASE}/CodeSystem/{system}", "code": value}]}


def reference(type: str, id: str) -> dict[str, str]:
    return {"reference": f"{type}/{id}"}


def in_force() -> list[dict[str, Any]]:
    """That something holds from the day of the list on."""
    return [{"url": f"{BASE}/StructureDefinition/in-force", "valuePeriod": {"start": LIST_OF}}]


def phones(row: Row, extensions: Row | None = None) -> list[dict[str, Any]]:
    """Every telephone number of a row, with every extension (内線)."""
    return [
        {"system": "phone", "value": number, "use": "work"}
        | ({"extension": [{"url": EXTENSION, "valueString": extension}]} if extension else {})
        for number in row.words("phones")
        for extension in (extensions.words("extensions") if extensions else []) or [""]
    ]


def area(row: Row, areas: Mapping[str, Row]) -> dict[str, Any]:
    """An area as a Location: the tree of `partOf` leads from a school district up to the city."""
    location: dict[str, Any] = {
        "resourceType": "Location",
        "id": row["id"],
        "extension": in_force(),
        "status": "active",
        "name": row.needed("name"),
        "alias": [row.needed("name_en")],
        "mode": "instance",
        "type": [code("area-kind", row.needed("kind"))],
        "physicalType": {"coding": [{"system": PHYSICAL, "code": "jdn", "display": "Jurisdiction"}]},
    }
    if row["code"]:
        location["identifier"] = [{"system": LOCAL_GOVERNMENT, "value": row["code"]}]
    if parent := row.one_of("part_of", areas):
        location["partOf"] = reference("Location", parent)
    return location


def office(row: Row, kinds: Mapping[str, Row], organizations: Mapping[str, Row]) -> dict[str, Any]:
    """An agency, section or contractor as an Organization."""
    organization: dict[str, Any] = {
        "resourceType": "Organization",
        "id": row["id"],
        "extension": in_force(),
        "active": True,
        "name": row.needed("name"),
    }
    if row.one_of("kind", kinds):
        coded = code("role", row["kind"]) if row["kind"] == LEAD_SECTION else {}
        organization["type"] = [coded | {"text": kinds[row["kind"]]["name"]}]
    if telecom := phones(row):
        organization["telecom"] = telecom
    if parent := row.one_of("part_of", organizations):
        organization["partOf"] = reference("Organization", parent)
    return organization


def site(row: Row, areas: Mapping[str, Row]) -> dict[str, Any] | None:
    """The place of an office as a Location of the same id, or None where the table gives no area."""
    if not row.one_of("area", areas):
        return None
    location: dict[str, Any] = {
        "resourceType": "Location",
        "id": row["id"],
        "extension": in_force(),
        "status": "active",
        "name": row["name"],
        "mode": "instance",
        "managingOrganization": reference("Organization", row["id"]),
        "partOf": reference("Location", row["area"]),
    }
    if row["address"]:
        location["address"] = _address(row)
    return location


def department(row: Row, kinds: Mapping[str, Row], organizations: Mapping[str, Row]) -> dict[str, Any] | None:
    """The department in charge (所管課) of a site, or None where its kind has none."""
    kind = kinds.get(row["kind"])
    if kind is None or not kind.one_of("department", organizations):
        return None
    return {
        "resourceType": "OrganizationAffiliation",
        "id": f"department-{row['id']}",
        "active": True,
        "organization": reference("Organization", row["id"]),
        "participatingOrganization": reference("Organization", kind["department"]),
        "code": [code("role", "department")],
    }


def contract(row: Row, commissioner: str) -> dict[str, Any] | None:
    """The contract under which an organization runs a programme, or None where the seed names none."""
    if not row["contractor"]:
        return None
    return {
        "resourceType": "OrganizationAffiliation",
        "id": f"contract-{row['id']}",
        "active": True,
        "organization": reference("Organization", commissioner),
        "participatingOrganization": reference("Organization", row["contractor"]),
        "code": [{"text": "受託者"}],
        "healthcareService": [reference("HealthcareService", f"programme-{row['id']}")],
    }


def _address(row: Row) -> dict[str, Any]:
    parts = re.fullmatch(r"(岡山市\w+?区)(.+)", row["address"])
    if parts is None:
        row.refuse("address", f"`{row['address']}` does not begin with the city and the ward")
        return {}
    return {
        "use": "work",
        "text": f"岡山県{row['address']}",
        "line": [parts[2]],
        "city": parts[1],
        "state": "岡山県",
        "country": "JP",
    }
