"""職員: who is named in a list or a table of staff, and the post of each.

Slides 14 to 16 of the seed; R8 of the domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from resources.listing import entry, offices
from resources.listing.entry import Entry
from resources.listing.table import Row
from resources.record import coding
from resources.search import fold

if TYPE_CHECKING:
    from resources.listing.reading import Reading

REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"


def at_desk(name: str, function: str, agency: str, desk: Entry, found: Reading) -> None:
    """Who answers at a desk, as 主 or 副: the same name at the same agency is the same person."""
    made = _post(name, function, agency, found, desk.at)
    services = made.says.setdefault("healthcareService", [])
    if {"reference": desk.key} not in services:
        services.append({"reference": desk.key})
    numbers = made.says.get("telecom") or []
    numbers = numbers + [each for each in desk.says.get("telecom") or () if each not in numbers]
    if numbers:
        made.says["telecom"] = numbers


def read(rows: Sequence[Row], found: Reading, standing: Mapping[str, str]) -> None:
    """The posts of a table of staff, each with a function (役割) and an agency that the list or the directory has."""
    for row in rows:
        role = found.words["role"].get(fold.folded(row["role"]), "")
        agency = offices.known(row["agency"], found, standing)
        wrong = [
            (column, text, ja)
            for column, holds, text, ja in (
                ("person", row["person"], "a member of staff has a name", "氏名がありません"),
                ("role", role, f"`{row['role']}` is no role", f"`{row['role']}` は役割ではありません"),
                ("agency", agency, f"there is no agency `{row['agency']}`", f"機関 `{row['agency']}` がありません"),
            )
            if not holds
        ]
        if wrong:
            found.misunderstood.append(row.wrong(*wrong[0]))
            continue
        made = _post(row["person"], role, agency, found, (row.of.name, row.line), row["kana"])
        if row["post"]:
            made.says["code"][0]["text"] = row["post"]
        if not row["specialty"]:
            continue
        if special := found.words["adviser-field"].get(fold.folded(row["specialty"]), ""):
            system = f"{coding.BASE}/CodeSystem/adviser-field"
            made.says["specialty"] = [{"coding": [{"system": system, "code": special}]}]
        else:
            text, ja = f"`{row['specialty']}` is no field of advisers", f"`{row['specialty']}` は分野ではありません"
            found.misunderstood.append(row.wrong("specialty", text, ja))


def _post(name: str, function: str, agency: str, found: Reading, at: tuple[str, int], kana: str = "") -> Entry:
    who, key = entry.person(agency, name), entry.post(agency, name, function)
    if who not in found.entries:
        says: dict[str, Any] = {"resourceType": "Practitioner", "active": True, "name": [_name("IDE", name)]}
        found.entries[who] = Entry(who, says, at)
    if kana:
        found.entries[who].says["name"] = [_name("IDE", name), _name("SYL", kana)]
    if key not in found.entries:
        role = {"coding": [{"system": f"{coding.BASE}/CodeSystem/role", "code": function}]}
        says = {"resourceType": "PractitionerRole", "active": True, "practitioner": {"reference": who}}
        says |= {"organization": {"reference": agency}, "code": [role]}
        found.entries[key] = Entry(key, says, at)
    return found.entries[key]


def _name(representation: str, text: str) -> dict[str, Any]:
    family, _, given = text.replace("\u3000", " ").partition(" ")
    said = {"extension": [{"url": REPRESENTATION, "valueCode": representation}], "use": "official", "text": text}
    return said | {"family": family} | ({"given": [given.strip()]} if given.strip() else {})
