"""Which agencies have a person in care, as it is asked when evidence is judged."""

from __future__ import annotations

from collections.abc import Mapping

from consent.standing import care
from tests.unit.consent.town import Town, actor, household, patient

P, Q = actor("p"), actor("q")
NOW = "2026-11-23T04:00:00.000Z"


def having(town: Town, *persons: str) -> Mapping[str, frozenset[str]]:
    async def asked() -> Mapping[str, frozenset[str]]:
        async with town.store.snapshot() as view:
            return await care.of(view, persons, NOW)

    return town.run(asked())


def test_who_registered_a_person_has_them_in_care(town: Town) -> None:
    town.write(P, patient("1"))
    town.write(Q, patient("2"))
    assert having(town, "Patient/1", "Patient/2") == {
        "Patient/1": frozenset({"Organization/center"}),
        "Patient/2": frozenset({"Organization/other"}),
    }


def test_nobody_has_a_person_in_care_who_is_not_there(town: Town) -> None:
    assert having(town, "Patient/nobody") == {"Patient/nobody": frozenset()}


def test_a_household_gives_its_keeper_no_care_of_its_members(town: Town) -> None:
    town.write(P, patient("1"), household("1"))
    town.write(Q, patient("2"))
    assert having(town, "Patient/2") == {"Patient/2": frozenset({"Organization/other"})}
