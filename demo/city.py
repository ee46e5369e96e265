"""The demonstration city as FHIR transactions, made from the tables in `demo/city`.

https://hl7.org/fhir/R4/http.html#transaction and docs/city.md
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import desks, places, staff, table
from demo.table import Row
from profiles import artefacts

HERE = Path(__file__).parent / "city"
CODES = Path(artefacts.__file__).parent / "tsunagu"
SIZE = 50  # entries a transaction
COMMISSIONER = "okayama-city"  # who commissions the programmes

AREA = ("id", "name", "name_en", "kind", "code", "part_of")
KIND = ("kind", "name", "count", "department", "fields", "duties")
OFFICE = ("id", "name", "kind", "part_of", "area", "coverage", "address", "phones", "opens", "closes")
DIRECTORY = (
    *("number", "star", "field", "content", "agency", "section"),
    *("phones", "extensions", "opens", "closes", "hours_note", "ages", "complex", "source"),
)
PROGRAMME = ("id", "name", "side", "field", "content", "contractor", "pair", "source")
STAFF = (
    *("id", "family", "given", "family_kana", "given_kana", "role"),
    *("organization", "section", "post", "field", "qualifications", "sign_in"),
)


@dataclass(frozen=True, slots=True)
class City:
    """The tables, by the id of each row; `offices` holds the 64 sites and all other organizations."""

    areas: Mapping[str, Row]
    kinds: Mapping[str, Row]
    offices: Mapping[str, Row]
    directory: list[Row]
    programmes: Mapping[str, Row]
    staff: Mapping[str, Row]


def bundles(folder: Path | None = None) -> Iterator[dict[str, Any]]:
    """The city as transaction Bundles of PUT entries, referenced resources first. Raises TableFault."""
    resources = _resources(read(folder or HERE))
    while entries := [_entry(resource) for resource in itertools.islice(resources, SIZE)]:
        yield {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def accounts(folder: Path | None = None) -> list[tuple[str, str, str]]:
    """Who can sign in: (sign-in name, `Practitioner/id`, office and post in Japanese). Raises TableFault."""
    city = read(folder or HERE)
    return [
        (
            row["sign_in"],
            f"Practitioner/practitioner-{row['id']}",
            f"{city.offices[row['organization']]['name']} {row['post']}",
        )
        for row in city.staff.values()
        if row["sign_in"]
    ]


def read(folder: Path = HERE) -> City:
    """The tables of this folder. Raises TableFault."""
    organizations = table.rows(folder / "organizations.csv", OFFICE)
    sites = table.rows(folder / "sites.csv", OFFICE)
    return City(
        areas=table.unique(table.rows(folder / "areas.csv", AREA)),
        kinds=table.unique(table.rows(folder / "kinds.csv", KIND), "kind"),
        offices=table.unique([*organizations, *sites]),
        directory=table.rows(folder / "directory.csv", DIRECTORY),
        programmes=table.unique(table.rows(folder / "programmes.csv", PROGRAMME)),
        staff=table.unique(table.rows(folder / "staff.csv", STAFF)),
    )


def _resources(city: City) -> Iterator[dict[str, Any]]:
    """Every resource of the city; what another refers to comes before it."""
    fields = _codes("concern-field")
    area_kinds = _codes("area-kind")
    for row in _parents_first(city.areas):
        if row["kind"] not in area_kinds:
            row.refuse("kind", f"`{row['kind']}` is not a code of area-kind")
    offices = _parents_first(city.offices)
    services = list(_services(city, fields))
    yield from (places.area(row, city.areas) for row in _parents_first(city.areas))
    yield from (places.office(row, city.kinds, city.offices) for row in offices)
    yield from filter(None, (places.site(row, city.areas) for row in offices))
    yield from services
    yield from filter(None, (places.department(row, city.kinds, city.offices) for row in offices))
    yield from filter(None, (places.contract(row, COMMISSIONER) for row in city.programmes.values()))
    yield from (staff.person(row) for row in city.staff.values())
    roles, advising = _codes("role"), _codes("adviser-field")
    yield from (staff.post(row, city.offices, roles, advising, services) for row in city.staff.values())


def _services(city: City, fields: frozenset[str]) -> Iterator[dict[str, Any]]:
    for row in city.directory:
        for office in desks.agencies(row, city.offices):
            yield desks.desk(row, office, city.areas, fields)
    for office in city.offices.values():
        if office.one_of("kind", city.kinds) and city.kinds[office["kind"]]["count"]:  # counted on slide 7
            last = _only_complex(city, office)
            yield desks.duties(city.kinds[office["kind"]], office, city.areas, fields, only_complex=last)
    for row in city.programmes.values():
        provider = city.offices[row.one_of("contractor", city.offices) or COMMISSIONER]
        yield desks.programme(row, provider, city.areas, fields, city.programmes)


def _only_complex(city: City, office: Row) -> bool:
    """Whether all that the directory says of an office is for complex or difficult cases."""
    said = [row["complex"] for row in city.directory if office["id"] in row.words("agency")]
    return bool(said) and all(said)


def _parents_first(rows: Mapping[str, Row]) -> list[Row]:
    placed: dict[str, Row] = {}
    waiting = list(rows.values())
    while waiting:
        ready = [row for row in waiting if not row.one_of("part_of", rows) or row["part_of"] in placed]
        if not ready:
            waiting[0].refuse("part_of", f"`{waiting[0]['part_of']}` leads back to `{waiting[0]['id']}`")
        placed |= {row["id"]: row for row in ready}
        waiting = [row for row in waiting if row["id"] not in placed]
    return list(placed.values())


def _codes(system: str) -> frozenset[str]:
    return frozenset(each["code"] for each in artefacts.rows(CODES / f"CodeSystem-{system}.json")["concept"])


def _entry(resource: dict[str, Any]) -> dict[str, Any]:
    url = f"{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": f"{places.BASE}/{url}", "resource": resource, "request": {"method": "PUT", "url": url}}
