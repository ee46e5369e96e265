"""P12: whether anybody is at an agency, or comes to it, and what one that has ended had."""

from __future__ import annotations

from typing import Any

import pytest

from consent.acts import post_confirmer
from consent.facts import Facts
from consent.relations import people_of_agency
from consent.verdict import Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, officer, post
from tests.unit.consent.standing.lying import Lying

Json = dict[str, Any]

OTHER = "Organization/other"
POST: Json = {"resourceType": "PractitionerRole", "id": "x", "practitioner": ref("Practitioner/p")}
POST |= {"organization": ref(CENTER)}
CONFIRMED = Verdict(True)


def there(lying: Lying, agency: str = CENTER) -> tuple[bool, bool]:
    """Whether somebody is there now, and whether somebody is or comes."""
    return (
        lying.ask(lambda view: people_of_agency.are_there(view, officer(), agency)),
        lying.ask(lambda view: people_of_agency.are_or_come(view, officer(), agency)),
    )


@pytest.mark.parametrize(
    ("elements", "judged", "expected"),
    [
        ({}, CONFIRMED, (True, True)),
        ({"period": {"end": "2026-11-23"}}, CONFIRMED, (True, True)),
        ({"period": {"start": "2026-11-24"}}, CONFIRMED, (False, True)),
        ({}, Verdict(void=True), (False, True)),
        ({"period": {"end": "2026-11-22"}}, CONFIRMED, (False, False)),
        ({"period": {"end": "2026-11-23T13:00:00+09:00"}}, CONFIRMED, (True, True)),
        ({"period": {"end": "2026-11-23T12:59:59+09:00"}}, CONFIRMED, (False, False)),
        ({"active": False}, CONFIRMED, (False, False)),
        ({"period": {"start": "2026-11-24", "end": "2026-11-23"}}, CONFIRMED, (False, True)),
    ],
)
def test_who_holds_a_post_there_and_who_will(lying: Lying, elements: Json, judged: Verdict, expected: Any) -> None:
    lying.put(POST | elements, judged=judged)
    lying.put({"resourceType": "HealthcareService", "id": "d", "providedBy": ref(OTHER)})
    assert there(lying) == expected
    assert there(lying, OTHER) == (False, False)
    lying.delete("PractitionerRole/x")
    assert there(lying) == (False, False)


def test_the_desks_and_posts_of_agencies_that_have_ended(lying: Lying) -> None:
    lying.put(POST, POST | {"id": "y", "organization": ref(OTHER), "active": False})
    lying.put({"resourceType": "HealthcareService", "id": "d", "providedBy": ref(OTHER)})
    lying.put({"resourceType": "OrganizationAffiliation", "id": "a", "organization": ref(OTHER)})

    def left(*agencies: str) -> frozenset[str]:
        return lying.ask(lambda view: people_of_agency.left(view, agencies))

    assert left(OTHER) == {"PractitionerRole/y", "HealthcareService/d"}
    assert left(OTHER, CENTER) == {"PractitionerRole/x", "PractitionerRole/y", "HealthcareService/d"}
    assert left("Organization/none") == frozenset()


def test_who_is_first_at_an_agency_is_confirmed_by_its_department_as_the_list_or_the_agency_says(
    lying: Lying,
) -> None:
    department = officer(post(agency="Organization/department"))
    coming = POST | {"organization": ref(OTHER)}

    def may(known: Facts) -> bool:
        return lying.ask(lambda view: post_confirmer.may(view, known, coming, ()))

    lying.put({"resourceType": "Organization", "id": "other"})
    assert not may(department)
    assert may(officer(post("lead-section"))), "nobody else is in charge"
    lying.put({"resourceType": "Organization", "id": "other", "partOf": ref("Organization/department")})
    assert may(department)
    listed: Json = {"resourceType": "OrganizationAffiliation", "id": "a", "organization": ref(OTHER)}
    listed |= {"participatingOrganization": ref(CENTER), "code": [concept("role", "department")]}
    lying.put(listed)
    assert not may(department), "the list goes before"
    assert may(officer())
