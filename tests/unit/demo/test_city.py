"""The demonstration city: complete, whole, valid, and free of the seed's names."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fhirkit
import pytest

from demo import city
from demo.table import TableFault
from profiles.spec import Spec
from resources.record import validate

BASE = "https://tsunagu.example/fhir"
FOLDER = Path(city.__file__).parent / "city"
DISTRICTS = ("kita-chuo", "kita-kita", "naka", "higashi", "minami-nishi", "minami-minami")
FORBIDDEN = frozenset(
    {
        "109c3c1f43ae654d9b5b5efd9ca96bba74a01e05ae01b97b6c2d2056de152b05",
        "312a1c2ddce09845b7e1bb977682d9190cdedc9a02a0f3bfe8c2e477fcefee38",
        "3622246f0a41533ebb1fe82eb99f3653ca927ee7f6d73691da65e125c690c2be",
        "372d588e31d1042b0c100dc1d1749ed4336ab1b1bcc9ece6905ff41fd1902c59",
        "41c59a9a6124d1ebe96cbef3581d70d5f8bd90d7eb5c20219d209250ded30c4c",
        "4e9abadeb36f2d17a47aef583df4058665f04632837f8ac92d96fa401db9abcf",
        "63473f262ab68e77a69b537276e0cc949bdbc3128d98f42fedf0bb8b9f6faac4",
        "6aab295582b3fe9cddd61f3db340e4ec20f6d39d663393ddc8dc5b184238665f",
        "6bc1ac4af153041dacc3208e8b0a53bfe129d8d1de437dc45688c3c27ed4ff65",
        "6ceaca89e5f8ef07856efaa4ba3aff56114d88628b76caab20dab2f938beb621",
        "6d50a60081aae01f17de7c119132a10efb77e3e25b44f604bfad5bcefd853202",
        "71f582ec9d7198a9d0eae498e68029e202904b203d307bbf4240ee265273198b",
        "96febe73584b9e6f2dadf7a46a24a7e83388e04e93af91a29c45d9e3d48d9b4b",
        "a199b1e791b50f0f70b010cc28290cfeaf0ff0ce237319b6033e382fa9627ccb",
        "b457852f08811014971a1383e042870e2cd4356d6b9eb8d695a71417874b94b4",
        "b6ea5ae65a8018a48b259755aee4b9f037d7c062f1ee5affc35deb4c4f835d9f",
        "c1d653860c2ec72abf4bb3ead4b2fa46e9a970fefa81c2fad228e9e8b2fbf246",
        "d4a77643b5f73c98cc88838324c01f3adee90b76124e4237f8d9fcb6c6ed125a",
    }
)
"""SHA-256 of the surnames that the seed prints."""

Json = dict[str, Any]


@pytest.fixture(scope="module")
def transactions() -> list[Json]:
    return list(city.bundles())


@pytest.fixture(scope="module")
def resources(transactions: list[Json]) -> dict[str, Json]:
    entries = [entry for transaction in transactions for entry in transaction["entry"]]
    return {entry["request"]["url"]: entry["resource"] for entry in entries}


def of(resources: dict[str, Json], type: str) -> list[Json]:
    return [each for each in resources.values() if each["resourceType"] == type]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def codes(concepts: list[Json]) -> list[str]:
    return [coding["code"] for concept in concepts for coding in concept.get("coding", [])]


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def desks(resources: dict[str, Json], number: str) -> list[Json]:
    return [
        each for each in of(resources, "HealthcareService") if each.get("identifier", [{}])[0].get("value") == number
    ]


def starred(service: Json) -> bool:
    return "fallback-desk" in codes(service.get("characteristic", []))


def above(resources: dict[str, Json], area: str) -> list[str]:
    """An area and those it lies in, up to the city."""
    found = [f"Location/{area}"]
    while "partOf" in resources[found[-1]]:
        found.append(resources[found[-1]]["partOf"]["reference"])
    return found


def test_every_transaction_is_valid_and_small_and_puts_each_resource_once(transactions: list[Json]) -> None:
    for transaction in transactions:
        assert fhirkit.validate(transaction) == []
        assert len(transaction["entry"]) <= 200
    urls = [entry["request"]["url"] for transaction in transactions for entry in transaction["entry"]]
    assert len(set(urls)) == len(urls)
    assert {entry["request"]["method"] for transaction in transactions for entry in transaction["entry"]} == {"PUT"}


def test_every_resource_passes_the_validation_of_the_product(resources: dict[str, Json], spec: Spec) -> None:
    for resource in resources.values():
        assert validate.validate(spec, resource, json.dumps(resource, ensure_ascii=False).encode()) == []


def test_every_reference_leads_to_a_resource_of_the_same_or_an_earlier_transaction(transactions: list[Json]) -> None:
    known: set[str] = set()
    for transaction in transactions:
        known |= {entry["request"]["url"] for entry in transaction["entry"]}
        assert set(references(transaction)) <= known


def test_the_codes_of_the_city_are_codes_of_our_systems(resources: dict[str, Json], spec: Spec) -> None:
    def codings(node: Any) -> Iterator[Json]:
        if isinstance(node, dict):
            yield from node.get("coding", [])
            node = list(node.values())
        if isinstance(node, list):
            yield from itertools.chain.from_iterable(map(codings, node))

    ours = [coding for coding in codings(list(resources.values())) if coding["system"].startswith(BASE)]
    assert ours
    for coding in ours:
        assert coding["code"] in {each.code for each in spec.concepts(coding["system"])}


def test_the_city_has_its_wards_welfare_districts_and_school_districts(resources: dict[str, Json]) -> None:
    kinds = Counter(code for each in of(resources, "Location") for code in codes(each.get("type", [])))
    assert kinds == {
        "city": 1,
        "ward": 4,
        "welfare-district": 6,
        "junior-high-district": 36,
        "elementary-district": 96,
    }


def test_every_area_lies_in_the_city(resources: dict[str, Json]) -> None:
    for each in of(resources, "Location"):
        assert above(resources, each["id"])[-1] == "Location/area-331007"


def test_household_h_lives_in_kita_chuo(resources: dict[str, Json]) -> None:
    assert above(resources, "area-el-03")[2:] == [
        "Location/area-kita-chuo",
        "Location/area-331015",
        "Location/area-331007",
    ]


def test_the_sites_are_the_sixty_four_of_slide_7(resources: dict[str, Json]) -> None:
    counted = {kind["kind"]: int(kind["count"]) for kind in table("kinds") if kind["count"]}
    sites = table("sites")
    assert sum(counted.values()) == len(sites) == 64
    assert Counter(site["kind"] for site in sites) == counted
    for site in sites:
        assert f"Organization/{site['id']}" in resources
        assert f"Location/{site['id']}" in resources
        assert resources[f"HealthcareService/site-{site['id']}"]["coverageArea"]


def test_the_directory_has_the_nineteen_rows_of_slide_14(resources: dict[str, Json]) -> None:
    expanded = {str(number): len(desks(resources, str(number))) for number in range(1, 20)}
    several = {"6": 6, "8": 16, "9": 6, "11": 6, "12": 6, "15": 6}
    assert expanded == {str(number): several.get(str(number), 1) for number in range(1, 20)}
    stars = {number for number in expanded if all(map(starred, desks(resources, number)))}
    assert stars == {"1", "6", "8", "11"}


def test_a_desk_has_every_telephone_number_with_every_extension_and_its_hours(resources: dict[str, Json]) -> None:
    (mental,), (insurance,) = desks(resources, "7"), desks(resources, "10")
    assert [(each["value"], each["extension"][0]["valueString"]) for each in mental["telecom"]] == [
        ("086-803-1274", "5443"),
        ("086-803-1274", "5444"),
    ]
    assert [each["value"] for each in insurance["telecom"]] == ["086-803-1240", "086-803-1241"]
    assert mental["availableTime"] == [
        {
            "daysOfWeek": ["mon", "tue", "wed", "thu", "fri"],
            "availableStartTime": "09:00:00",
            "availableEndTime": "16:00:00",
        }
    ]


def test_a_telephone_number_is_one_the_directory_prints_or_one_that_nobody_can_have(resources: dict[str, Json]) -> None:
    numbered = [row["phones"] for row in table("directory") if row["phones"]]
    printed = {number for phones in numbered for number in phones.split()}
    given = {each["value"] for service in of(resources, "HealthcareService") for each in service.get("telecom", [])}
    assert printed <= given
    assert {number[:8] for number in given - printed} == {"086-000-"}


def test_every_fallback_desk_can_be_called_and_tells_its_hours(resources: dict[str, Json]) -> None:
    for each in filter(starred, of(resources, "HealthcareService")):
        assert each.get("telecom"), each["id"]
        assert each.get("availableTime"), each["id"]


def test_who_answers_at_a_desk_has_its_telephone_numbers(resources: dict[str, Json]) -> None:
    for role in of(resources, "PractitionerRole"):
        desks = [resources[each["reference"]] for each in role.get("healthcareService", [])]
        numbers = {each["value"] for desk in desks for each in desk.get("telecom", [])}
        assert {each["value"] for each in role.get("telecom", [])} == numbers


def test_the_whole_list_holds_from_its_own_day(resources: dict[str, Json]) -> None:
    for type in ("HealthcareService", "Organization", "Location"):
        said = [one for each in of(resources, type) for one in each["extension"] if one["url"].endswith("/in-force")]
        assert len(said) == len(of(resources, type))
        starts = {each["valuePeriod"]["start"] for each in said}
        assert starts == {"2018-11-01"}


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_field_of_concern_has_a_fallback_desk_in_every_district(
    resources: dict[str, Json], spec: Spec, district: str
) -> None:
    here = set(above(resources, f"area-{district}"))
    near = [
        service
        for service in of(resources, "HealthcareService")
        if starred(service) and here & set(references(service["coverageArea"]))
    ]
    reached = {code for service in near for code in codes(service["category"])}
    assert reached == {each.code for each in spec.concepts(f"{BASE}/CodeSystem/concern-field")}


def test_every_desk_has_a_primary_and_a_deputy(resources: dict[str, Json]) -> None:
    staffed: dict[str, list[str]] = {}
    for role in of(resources, "PractitionerRole"):
        for service in role.get("healthcareService", []):
            staffed.setdefault(service["reference"], []).extend(codes(role["code"]))
    wanted = {url for url in resources if url.startswith("HealthcareService/") and "/programme-" not in url}
    assert set(staffed) == wanted
    assert {tuple(sorted(roles)) for roles in staffed.values()} == {("deputy", "officer")}


def test_the_advisers_are_twelve_posts_in_eight_fields(resources: dict[str, Json]) -> None:
    advisers = [each for each in of(resources, "PractitionerRole") if "adviser" in codes(each["code"])]
    fields = Counter(code for each in advisers for code in codes(each["specialty"]))
    assert [each["id"] for each in advisers] == [f"role-adviser-{number:02}" for number in range(1, 13)]
    assert fields == {
        "medical": 2,
        "elderly": 1,
        "disability": 2,
        "public-health": 1,
        "mental-health": 1,
        "welfare-assistance": 1,
        "child-welfare": 3,
        "hardship": 1,
    }


def test_a_programme_pair_shares_its_contractor(resources: dict[str, Json]) -> None:
    contractor = {
        each["healthcareService"][0]["reference"].split("/programme-")[1]: each["participatingOrganization"][
            "reference"
        ]
        for each in of(resources, "OrganizationAffiliation")
        if each["id"].startswith("contract-")
    }
    assert len(table("programmes")) == 11
    assert len(contractor) == 10
    for name in ("household-budget", "work-preparation", "learning-support", "job-support"):
        assert contractor[name] == contractor[f"assisted-{name}"]


def test_every_site_has_a_department_in_charge(resources: dict[str, Json]) -> None:
    for site in table("sites"):
        affiliation = resources[f"OrganizationAffiliation/department-{site['id']}"]
        assert codes(affiliation["code"]) == ["department"]


def test_the_accounts_are_those_of_the_named_staff(resources: dict[str, Json]) -> None:
    accounts = {name: (person, post) for name, person, post in city.accounts()}
    advisers = {f"adviser-{number:02}" for number in range(1, 13)}
    officers = {"yorisoi", "yorisoi-deputy", "health-center", "community-care", "child-guidance", "mental-health"}
    officers |= {"community-support-naka", "health-center-naka", "welfare-office-naka", "hospital"}
    others = {
        "coordinator",
        "coordinator-2",
        "lead-section",
        "convener",
        "auditor",
        "directory-keeper",
        "emergency",
        "fund-holder",
        "statistician",
    }
    assert set(accounts) == advisers | officers | others
    for name, (person, _) in accounts.items():
        assert person == f"Practitioner/practitioner-{name}"
        assert resources[f"PractitionerRole/role-{name}"]["practitioner"]["reference"] == person
    assert accounts["yorisoi"][1] == "寄り添いサポートセンター 支援担当者（主）"


@pytest.mark.parametrize(
    ("name", "agency", "role"),
    [
        ("yorisoi", "yorisoi-center", "officer"),
        ("health-center", "health-center-kita-chuo", "officer"),
        ("community-care", "community-care-center", "officer"),
        ("child-guidance", "child-guidance-center", "officer"),
        ("mental-health", "mental-health-center", "officer"),
        ("coordinator", "council", "coordinator"),
        ("coordinator-2", "council", "coordinator"),
        ("lead-section", "lead-section", "lead-section"),
        ("convener", "lead-section", "convener"),
        ("auditor", "okayama-city", "auditor"),
        ("statistician", "lead-section", "statistician"),
        ("fund-holder", "council", "fund-holder"),
        ("emergency", "okayama-city", "emergency"),
    ],
)
def test_a_named_member_of_staff_works_where_the_story_says(
    resources: dict[str, Json], name: str, agency: str, role: str
) -> None:
    found = resources[f"PractitionerRole/role-{name}"]
    assert found["organization"]["reference"] == f"Organization/{agency}"
    assert codes(found["code"]) == [role]


def test_no_surname_of_the_seed_is_a_name_of_the_staff() -> None:
    assert len(FORBIDDEN) == 18
    names = {row["family"] for row in table("staff")} | {row["given"] for row in table("staff")}
    assert not {name for name in names if hashlib.sha256(name.encode()).hexdigest() in FORBIDDEN}


def test_no_two_members_of_staff_have_the_same_name() -> None:
    names = Counter((row["family"], row["given"]) for row in table("staff"))
    assert max(names.values()) == 1


@pytest.mark.parametrize(
    ("name", "line", "column", "value"),
    [
        ("areas", 7, "kind", "village"),
        ("areas", 7, "part_of", "area-nowhere"),
        ("areas", 2, "part_of", "area-el-01"),
        ("sites", 3, "part_of", "nobody"),
        ("sites", 3, "area", "area-nowhere"),
        ("sites", 3, "coverage", "area-nowhere"),
        ("sites", 9, "address", "somewhere"),
        ("organizations", 4, "kind", "castle"),
        ("kinds", 2, "department", "nobody"),
        ("kinds", 2, "fields", "astrology"),
        ("directory", 2, "field", "astrology"),
        ("directory", 2, "star", "yes"),
        ("directory", 2, "ages", "65-"),
        ("directory", 2, "ages", "care:65-"),
        ("directory", 2, "complex", "yes"),
        ("sites", 2, "opens", "8:30"),
        ("directory", 2, "number", "one"),
        ("directory", 2, "opens", "8:30"),
        ("directory", 7, "agency", "kind:castle"),
        ("programmes", 3, "contractor", "nobody"),
        ("programmes", 3, "side", ""),
        ("staff", 5, "role", "king"),
        ("staff", 5, "organization", "nobody"),
        ("staff", 8, "field", "astrology"),
        ("staff", 8, "family", ""),
    ],
)
def test_a_wrong_cell_is_refused_by_file_line_and_column(
    tmp_path: Path, name: str, line: int, column: str, value: str
) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "city"))
    rows = table(name)
    rows[line - 2][column] = value
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(TableFault) as refused:
        list(city.bundles(folder))
    assert (refused.value.file.name, refused.value.line, refused.value.column) == (f"{name}.csv", line, column)
