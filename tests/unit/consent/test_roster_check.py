"""R21 and R26: a conference that is called and not open yet, and whether those who attend one are at its table."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent import ordinance, roster_check
from profiles.spec import Spec
from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import officer
from tests.unit.consent.town import INSTALLER, Town, actor, concern, conference, household, patient

Json = dict[str, Any]

TABLE = ("p", "co", "lead")
SECTION = {"code": [concept("role", "department")], "active": True}


def unattended(town: Town, spec: Spec, status: str, kind: str, *members: str) -> bool:
    called = conference(status, *members) | {"type": [concept("conference-kind", kind)]}
    since = "2026-11-23T00:00:00.000Z"
    version = Version("Encounter", "m", 1, since, False, orjson.dumps(called), (), since)

    async def look() -> bool:
        async with town.store.snapshot() as view:
            found = await roster_check.of(view, officer(), [version], ordinance.of(spec).advising)
            return found["Encounter/m"].unattended

    return town.run(look())


@pytest.fixture
def sick(town: Town) -> Town:
    """A household with a medical concern, and an adviser of that field and one of another."""
    ill = {"code": concept("concern-field", "medical")}
    town.write(actor("p"), patient("1"), household("1"), concern("c", "1", **ill))
    for field in ("medical", "hardship"):
        town.write(INSTALLER, {"resourceType": "Practitioner", "id": field})
        post: Json = {"resourceType": "PractitionerRole", "id": field, "practitioner": ref(f"Practitioner/{field}")}
        post |= {"organization": ref("Organization/council"), "code": [concept("role", "adviser")]}
        town.write(INSTALLER, post | {"specialty": [concept("adviser-field", field)]})
    return town


def test_lead_section_and_coordinator_are_missed_until_the_conference_opens(sick: Town, spec: Spec) -> None:
    assert not unattended(sick, spec, "planned", "case-conference", *TABLE)
    for members in (("p", "co"), ("p", "lead")):
        assert unattended(sick, spec, "planned", "case-conference", *members)
        assert unattended(sick, spec, "arrived", "case-conference", *members)
        assert not unattended(sick, spec, "in-progress", "case-conference", *members)
        assert not unattended(sick, spec, "planned", "information-sharing", *members)


def test_so_is_the_department_behind_an_agency(sick: Town, spec: Spec) -> None:
    parties = {"organization": ref("Organization/center"), "participatingOrganization": ref("Organization/other")}
    sick.write(INSTALLER, {"resourceType": "OrganizationAffiliation", "id": "backs"} | SECTION | parties)
    assert unattended(sick, spec, "planned", "case-conference", *TABLE)
    assert not unattended(sick, spec, "planned", "case-conference", *TABLE, "q")


def test_so_is_the_adviser_of_a_field_concerned_in_the_conference_of_advisers(sick: Town, spec: Spec) -> None:
    assert unattended(sick, spec, "planned", "adviser-conference", *TABLE, "hardship")
    assert not unattended(sick, spec, "planned", "adviser-conference", *TABLE, "medical")
