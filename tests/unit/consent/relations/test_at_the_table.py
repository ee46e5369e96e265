"""R21, R26 and R38: who is at the table, by desks in force, seats not over, and the departments behind the agencies."""

from __future__ import annotations

from typing import Any

import pytest

from consent.relations import at_the_table, people
from resources.record import reference
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.town import INSTALLER, Town, conference

Json = dict[str, Any]

OVER, COMING = {"end": "2026-11-22"}, {"start": "2026-12-01"}


def meeting(*members: str, period: Json | None = None) -> Json:
    found = conference("planned", *members)
    seats = [each | ({"period": period} if period else {}) for each in found["participant"]]
    return found | {"participant": seats}


def desk(id: str, agency: str, field: str, **said: Any) -> Json:
    service: Json = {"resourceType": "HealthcareService", "id": id, "active": True, "name": id}
    service |= {"providedBy": ref(f"Organization/{agency}"), "category": [concept("concern-field", field)]}
    return service | said


def department(agency: str, of: str, **said: Any) -> Json:
    backs: Json = {"resourceType": "OrganizationAffiliation", "id": f"{agency}-{of}", "active": True}
    backs |= {"organization": ref(f"Organization/{agency}"), "participatingOrganization": ref(f"Organization/{of}")}
    return backs | {"code": [concept("role", "department")]} | said


@pytest.fixture
def city(town: Town) -> Town:
    town.write(INSTALLER, desk("d1", "center", "care"), desk("d2", "other", "debts"))
    town.write(INSTALLER, desk("d3", "other", "housing", active=False))
    return town


def fields(town: Town, called: Json) -> frozenset[str]:
    async def look() -> frozenset[str]:
        async with town.store.snapshot() as view:
            known = await people.of(view, reference.locals_of(called), NOW)
            return await at_the_table.fields(called, known, view, NOW)

    return town.run(look())


def unbacked(town: Town, called: Json) -> tuple[tuple[str, str], ...]:
    async def look() -> tuple[tuple[str, str], ...]:
        async with town.store.snapshot() as view:
            known = await people.of(view, reference.locals_of(called), NOW)
            return await at_the_table.without_department(called, known, view, NOW)

    return town.run(look())


def test_a_desk_that_is_closed_answers_for_no_field(city: Town) -> None:
    assert {"care", "debts"} <= fields(city, meeting("p", "q"))
    assert "housing" not in fields(city, meeting("p", "q"))


def test_who_has_given_up_the_seat_is_not_at_the_table_and_who_is_to_come_is(city: Town) -> None:
    assert "debts" not in fields(city, meeting("q", period=OVER))
    assert "debts" in fields(city, meeting("q", period=COMING))


def test_an_agency_whose_department_is_not_there_is_named_with_it(city: Town) -> None:
    city.write(INSTALLER, department("center", "council"), department("other", "council", active=False))
    assert len(unbacked(city, meeting("p", "q"))) == 1
    assert unbacked(city, meeting("p", "q", "co")) == (), "somebody of the department is there"
    assert unbacked(city, meeting("q")) == (), "the department of that agency is over"


def test_of_several_departments_one_is_enough(city: Town) -> None:
    city.write(INSTALLER, department("center", "council"), department("center", "lead"))
    assert unbacked(city, meeting("p", "lead")) == ()


def test_the_advisers_at_the_table_are_told_by_their_fields(city: Town) -> None:
    city.write(INSTALLER, {"resourceType": "Practitioner", "id": "adv"})
    post: Json = {"resourceType": "PractitionerRole", "id": "adv", "practitioner": ref("Practitioner/adv")}
    post |= {"organization": ref("Organization/lead"), "code": [concept("role", "adviser")]}
    city.write(INSTALLER, post | {"specialty": [concept("adviser-field", "medical")]})

    async def look(called: Json) -> frozenset[str]:
        async with city.store.snapshot() as view:
            return await at_the_table.advisers(called, view, NOW)

    assert city.run(look(meeting("p", "adv"))) == {"medical"}
    assert city.run(look(meeting("adv", period=OVER))) == frozenset()
    assert city.run(look(meeting("p"))) == frozenset()
