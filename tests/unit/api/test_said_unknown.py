"""A value of which it is only said that it is unknown stops nobody: where there are several, null stands in its place.

https://hl7.org/fhir/R4/json.html#primitive; docs/policy.md, "three answers"
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources.record.reference import objects
from tests.laws.worlds import concept, ref
from tests.unit.api.conftest import Calling
from tests.unit.api.test_desk_page import ROUTE
from tests.unit.api.test_directory_export import EXPORT, OPEN
from tests.unit.consent.people import ABSENT, NOBODY
from tests.unit.consent.town import INSTALLER, actor, household, patient

Json = dict[str, Any]

P, LEAD = actor("p"), actor("lead")
NAMES: tuple[Json, ...] = (
    {"given": ["みどり"]},
    {"given": [None], "_given": [ABSENT]},
    {"given": [None, "みどり"], "_given": [ABSENT, None]},
)
ADDRESS = {"city": "岡山市", "line": [None, "一丁目"], "_line": [ABSENT, None]}
HOURS = {"availableStartTime": "08:30:00", "availableEndTime": "17:15:00"}
DAYS = {"daysOfWeek": [None, "mon"], "_daysOfWeek": [ABSENT, None]}


@pytest.fixture
def unknown(calling: Calling) -> Calling:
    """Two whose given names are unknown in part, and one whose are not; a desk of which one day is not known."""
    for place, name in enumerate(NAMES):
        calling.town.write(P, patient(str(place), name=[{"family": "水無瀬", **name}], address=[ADDRESS]))
    for id, days in (("one", DAYS), ("all", {"daysOfWeek": [None], "_daysOfWeek": [ABSENT]})):
        desk: Json = {"resourceType": "HealthcareService", "id": id, "name": id, "availableTime": [HOURS | days]}
        desk |= {"providedBy": ref("Organization/center"), "category": [concept("concern-field", "debts")]}
        calling.town.write(INSTALLER, desk)
    return calling


def found(calling: Calling, method: str, url: str, body: Json | None = None) -> Json:
    answer = calling.ask(P, method, url, body)
    assert answer.status == 200, answer.body
    told: Json = orjson.loads(answer.body)
    return told


def test_one_whose_name_is_unknown_in_part_keeps_nobody_from_being_matched(unknown: Calling) -> None:
    asked: Json = {"resourceType": "Patient", "name": [{"family": "水無瀬", "given": ["みどり"]}], "address": [ADDRESS]}
    asked |= {"birthDate": "1980-01-01"}
    given = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": asked}]}
    entries = found(unknown, "POST", "Patient/$match", given)["entry"]
    assert {each["resource"]["id"] for each in entries} == {"0", "1", "2"}
    certain = [each["resource"]["id"] for each in entries if "certain" in str(each["search"])]
    assert sorted(certain) == ["0", "2"]


def test_a_sheet_is_filled_in_with_what_is_known(unknown: Calling) -> None:
    unknown.town.write(P, household("0", "1", "2"))
    sheet = found(unknown, "GET", "Questionnaire/tsunagu-sheet/$populate?subject=Group/g")
    named = [each["answer"] for each in objects(sheet) if each.get("linkId") == "member.name"]
    said = sorted(each["valueString"] for [each] in named)
    assert said == ["水無瀬", "水無瀬 みどり", "水無瀬 みどり"]


@pytest.mark.parametrize("form", OPEN)
def test_the_directory_is_published_all_the_same(unknown: Calling, form: str) -> None:
    assert unknown.ask(NOBODY, "GET", EXPORT + form).status == 200


@pytest.mark.parametrize(
    "query", ["&_format=html", "&at=2026-11-23T10:00:00%2B09:00", "&at=2026-11-24T10:00:00%2B09:00"]
)
def test_the_way_to_a_desk_is_told_all_the_same(unknown: Calling, query: str) -> None:
    assert unknown.ask(NOBODY, "GET", f"{ROUTE}?field=debts{query}").status == 200


def test_a_part_of_a_role_without_a_name_is_none(calling: Calling) -> None:
    role = {"name": "role", "part": [{"_name": ABSENT, "valueReference": ref("Organization/other")}]}
    answer = calling.ask(LEAD, "POST", "CarePlan/k/$decide-roles", {"resourceType": "Parameters", "parameter": [role]})
    assert answer.status == 422
