"""The city's staff as Practitioner and PractitionerRole; the names are invented.

Seed slides 14, 15 and 16, rules R8 and A5 to A7: docs/city.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from demo.places import code, reference
from demo.table import Row

REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
BEGAN = "2018-10-01"  # the month from which agencies act together (slide 9)
DESK_ROLES = ("officer", "deputy")


def person(row: Row) -> dict[str, Any]:
    """A member of staff, named in 漢字 (IDE) and カナ (SYL) as JP Core names people."""
    practitioner: dict[str, Any] = {
        "resourceType": "Practitioner",
        "id": f"practitioner-{row['id']}",
        "active": True,
        "name": [
            _name("IDE", row.needed("family"), row.needed("given")),
            _name("SYL", row.needed("family_kana"), row.needed("given_kana")),
        ],
    }
    if row["qualifications"]:
        practitioner["qualification"] = [{"code": {"text": word}} for word in row.words("qualifications")]
    return practitioner


def post(
    row: Row,
    offices: Mapping[str, Row],
    roles: Collection[str],
    fields: Collection[str],
    services: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """The role a member of staff has; the primary and the deputy of a desk carry every service of that desk."""
    if row.needed("role") not in roles:
        row.refuse("role", f"`{row['role']}` is not a code of role")
    row.needed("organization")
    office = offices[row.one_of("organization", offices)]
    role: dict[str, Any] = {
        "resourceType": "PractitionerRole",
        "id": f"role-{row['id']}",
        "active": True,
        "period": {"start": BEGAN},
        "practitioner": reference("Practitioner", f"practitioner-{row['id']}"),
        "organization": reference("Organization", office["id"]),
        "code": [code("role", row["role"]) | {"text": row.needed("post")}],
    }
    if row["field"]:
        if row["field"] not in fields:
            row.refuse("field", f"`{row['field']}` is not a code of adviser-field")
        role["specialty"] = [code("adviser-field", row["field"])]
    if office["area"]:
        role["location"] = [reference("Location", office["id"])]
    carried = [service for service in services if _carries(row, service)]
    if carried:
        role["healthcareService"] = [reference("HealthcareService", service["id"]) for service in carried]
    if telecom := [each for place, service in enumerate(carried) for each in _new(service, carried[:place])]:
        role["telecom"] = telecom
    return role


def _carries(row: Row, service: Mapping[str, Any]) -> bool:
    return (
        row["role"] in DESK_ROLES
        and service["providedBy"]["reference"] == f"Organization/{row['organization']}"
        and service.get("extraDetails", "") == (f"担当：{row['section']}" if row["section"] else "")
        and "program" not in service
    )


def _new(service: Mapping[str, Any], before: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The telephone numbers of a desk that no desk before it has."""
    known = [each for other in before for each in other.get("telecom", ())]
    return [each for each in service.get("telecom", ()) if each not in known]


def _name(representation: str, family: str, given: str) -> dict[str, Any]:
    return {
        "extension": [{"url": REPRESENTATION, "valueCode": representation}],
        "use": "official",
        "text": f"{family} {given}",
        "family": family,
        "given": [given],
    }
