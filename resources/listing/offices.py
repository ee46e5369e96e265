"""機関: agencies, where they are, what they are part of, and the department in charge of each.

Slides 7 and 9 of the seed; R6 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from resources.listing import areas, cells, entry
from resources.listing.entry import Entry
from resources.listing.table import Row
from resources.record import coding

if TYPE_CHECKING:
    from resources.listing.reading import Reading

LEAD_SECTION = "主管課"


def read(rows: Sequence[Row], found: Reading, standing: Mapping[str, str]) -> None:
    """Each agency of the list; what it is part of and its department are agencies too, of the list or standing."""
    for row in rows:
        if cells.is_none(row["agency"]):
            text, ja = "an agency has a name", "機関名がありません"
            found.misunderstood.append(row.wrong("agency", text, ja))
            continue
        made = agency(found, row["agency"], row)
        if row["kind"]:
            lead = {"coding": [{"system": f"{coding.BASE}/CodeSystem/role", "code": "lead-section"}]}
            made.says["type"] = [(lead if row["kind"] == LEAD_SECTION else {}) | {"text": row["kind"]}]
        telecom(row, made, found)
        place(row, made.key, found, standing)
    for row in rows:
        if cells.is_none(row["agency"]):
            continue
        own = entry.organization(row["agency"])
        if row["part_of"] and (above := known(row["part_of"], found, standing)):
            found.entries[own].says["partOf"] = {"reference": above}
        elif row["part_of"]:
            _missing(row, "part_of", found)
        if row["department"] and (above := known(row["department"], found, standing)):
            key = entry.department(own)
            found.entries[key] = Entry(key, _in_charge(own, above), (row.of.name, row.line))
        elif row["department"]:
            _missing(row, "department", found)


def facilities(rows: Sequence[Row], found: Reading, standing: Mapping[str, str]) -> None:
    """公共施設一覧 of the open data of a city: each is an agency, with its place, its telephone and when it is open."""
    for row in rows:
        name = row["agency"] or row["facility"]
        if cells.is_none(name):
            found.misunderstood.append(row.wrong("facility", "a facility has a name", "名称がありません"))
            continue
        made = agency(found, name, row)
        # Of a place without a number of its own its agency keeps what it has, and what is said of the agency itself.
        if row["phones"] and ("telecom" not in made.says or "telecom" in made.published):
            telecom(row, made, found)
            made.published.add("telecom")
        if (key := place(row, made.key, found, standing)) in found.entries and row["opens"] and row["closes"]:
            times, _ = cells.hours(f"{row['days']} {row['opens']}-{row['closes']}")
            found.entries[key].says["hoursOfOperation"] = open_hours(times)


def open_hours(times: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The hours of a place, which has other names for them than a desk."""
    named = {"availableStartTime": "openingTime", "availableEndTime": "closingTime"}
    return [{named.get(name, name): value for name, value in hours.items()} for hours in times]


def agency(found: Reading, name: str, row: Row) -> Entry:
    """The agency of this name, made where the list has not named it yet."""
    key = entry.organization(name)
    if key not in found.entries:
        says = {"resourceType": "Organization", "active": True, "name": name}
        found.entries[key] = Entry(key, says, (row.of.name, row.line))
    return found.entries[key]


def known(name: str, found: Reading, standing: Mapping[str, str]) -> str:
    key = entry.organization(name)
    return key if key in found.entries or key in standing else ""


def telecom(row: Row, made: Entry, found: Reading) -> None:
    """The telephone numbers of a row; where the table has the column and the cell is empty, there are none."""
    if not row.has("phones") or cells.is_annex(row["phones"]):
        return
    numbers, wrong = cells.phones(row["phones"], row.of.columns["phones"], row["extensions"])
    for each in wrong:
        text, ja = (
            f"`{each}` is no telephone number with its area code",
            f"`{each}` は市外局番のある電話番号ではありません",
        )
        found.misunderstood.append(row.wrong("phones", text, ja))
    if numbers or not wrong:
        made.says["telecom"] = numbers or None


def place(row: Row, agency: str, found: Reading, standing: Mapping[str, str]) -> str:
    """The place of an agency, where the row says an address or an area; its key, empty where it says neither."""
    address = "" if cells.is_none(row["address"]) or cells.is_annex(row["address"]) else row["address"]
    area = areas.named(row["area"], found, standing) if row["area"] else ""
    if not address and not area:
        return entry.place(agency) if entry.place(agency) in {*found.entries, *standing} else ""
    key = entry.place(agency)
    name = str(found.entries[agency].says["name"]) if agency in found.entries else ""
    says: dict[str, Any] = {"resourceType": "Location", "status": "active", "mode": "instance"}
    says |= {"name": name} if name else {}
    says |= {"managingOrganization": {"reference": agency}}
    if address:
        says["address"] = {"use": "work", "text": address, "country": "JP"}
    if area:
        says["partOf"] = {"reference": area}
    if key in found.entries:
        found.entries[key].says |= says
    else:
        found.entries[key] = Entry(key, says, (row.of.name, row.line))
    return key


def _in_charge(agency: str, department: str) -> dict[str, Any]:
    return {
        "resourceType": "OrganizationAffiliation",
        "active": True,
        "organization": {"reference": agency},
        "participatingOrganization": {"reference": department},
        "code": [{"coding": [{"system": f"{coding.BASE}/CodeSystem/role", "code": "department"}]}],
    }


def _missing(row: Row, column: str, found: Reading) -> None:
    text, ja = f"there is no agency `{row[column]}`", f"機関 `{row[column]}` がありません"
    found.misunderstood.append(row.wrong(column, text, ja))
