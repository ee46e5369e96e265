"""P12: whether anybody is at an agency, or comes to it, and what one that has ended had."""

from __future__ import annotations

from typing import Any

import pytest

from consent.relations import people_of_agency
from consent.verdict import Verdict
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER, officer
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
