"""A person is the same actor whichever reference means them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent.relations import people
from consent.relations.people import Person
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.town import INSTALLER, Town

COUNCIL = "Organization/council"


def known(town: Town, *names: str) -> Mapping[str, Person]:
    async def asked() -> Mapping[str, Person]:
        async with town.store.snapshot() as view:
            return await people.of(view, names, NOW)

    return town.run(asked())


def second_post(**elements: Any) -> dict[str, Any]:
    post: dict[str, Any] = {"resourceType": "PractitionerRole", "id": "co2", "practitioner": ref("Practitioner/co")}
    return post | {"organization": ref("Organization/center"), "code": [concept("role", "officer")]} | elements


def test_a_person_and_each_of_their_posts_mean_the_same(town: Town) -> None:
    town.write(INSTALLER, second_post())
    found = known(town, "Practitioner/co", "PractitionerRole/co", "PractitionerRole/co2")
    everybody = {person.references for person in found.values()}
    assert everybody == {frozenset({"Practitioner/co", "PractitionerRole/co", "PractitionerRole/co2"})}
    assert {person.functions for person in found.values()} == {frozenset({"coordinator", "officer"})}
    assert {name: set(person.agencies) for name, person in found.items()} == {
        "Practitioner/co": {COUNCIL, "Organization/center"},
        "PractitionerRole/co": {COUNCIL},
        "PractitionerRole/co2": {"Organization/center"},
    }


def test_a_post_that_is_over_is_what_the_person_was_and_gives_them_nothing(town: Town) -> None:
    town.write(INSTALLER, second_post(active=False))
    assert known(town, "Practitioner/co")["Practitioner/co"].functions == {"coordinator"}
    assert known(town, "PractitionerRole/co2")["PractitionerRole/co2"].functions == {"coordinator", "officer"}


def test_an_agency_is_nobody_and_a_stranger_is_no_more_than_their_name(town: Town) -> None:
    assert known(town, "Organization/center") == {}
    stranger = known(town, "Practitioner/nobody")["Practitioner/nobody"]
    assert stranger == Person(frozenset({"Practitioner/nobody"}), frozenset(), frozenset())


def test_two_persons_are_not_each_other_and_a_post_that_says_nothing_is_nobody_s(town: Town) -> None:
    town.write(INSTALLER, {"resourceType": "PractitionerRole", "id": "bare", "active": True})
    found = known(town, "Practitioner/co", "Practitioner/p", "PractitionerRole/bare", "PractitionerRole/none")
    assert found["Practitioner/co"].agencies == {COUNCIL}
    assert found["Practitioner/p"].references == {"Practitioner/p", "PractitionerRole/p"}
    for name in ("PractitionerRole/bare", "PractitionerRole/none"):
        assert found[name] == Person(frozenset({name}), frozenset(), frozenset())
