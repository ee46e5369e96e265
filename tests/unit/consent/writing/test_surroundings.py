"""What the duties are told beside a record that is written: of its household, of its papers, of what others see."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duty_context import DutyContext
from consent.writing import surroundings
from consent.writing.change import UnitOfWork
from resources.record.version import Version
from tests.laws.worlds import ref
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, case, concern, coordination, household, patient
from tests.unit.consent.writing.test_superseding import consent
from tests.unit.consent.writing.within import found, version, within

P, CO = actor("p"), actor("co")
Json = dict[str, Any]


@pytest.fixture
def coordinated(town: Town) -> Town:
    """A household whose case the coordinator has taken on, and a paper of a person of it."""
    town.write(P, patient("1"), patient("2"), household("1"), case(), coordination("requested"), concern("c", "1"))
    town.write(CO, coordination() | again())
    town.sign(P, consent("a"), consent("b"))
    return town


def around(
    town: Town,
    before: Json | None,
    after: Json | None,
    it: str,
) -> DutyContext:
    async def work(unit: UnitOfWork) -> DutyContext:
        return await surroundings.of(unit, before, after, await found(unit.tx, it), None)

    return within(town, P, work)


def test_of_a_new_paper_it_is_told_how_many_its_agency_has_filed_and_of_one_that_stands_as_it_is_nothing(
    coordinated: Town,
) -> None:
    assert around(coordinated, None, consent("a"), "Consent/a").papers == (2, 2)
    assert around(coordinated, consent("a", status="draft"), consent("a"), "Consent/a").papers == (2, 2)
    assert around(coordinated, consent("a"), consent("a"), "Consent/a").papers == (0, 0)
    assert around(coordinated, None, concern("c", "1"), "Condition/c").papers == (0, 0)


def test_who_works_on_a_household_loses_sight_of_what_comes_to_be_of_another_and_a_deletion_hides_nothing(
    coordinated: Town,
) -> None:
    coordinated.write(P, household("2") | {"id": "h"})
    stood = version(coordinated, "CarePlan/k")
    coordinated.write(P, case("j") | {"subject": ref("Group/h")})
    both = case() | {"supportingInfo": [ref("CarePlan/j")]}

    async def work(unit: UnitOfWork) -> tuple[DutyContext, DutyContext]:
        grown = Version(
            **{name: getattr(stood, name) for name in ("type", "id", "number", "since", "deleted", "body")},
            terms=tuple(sorted({*stood.terms, ".household Group/h"})),
            first=stood.first,
        )
        written = await surroundings.of(unit, case(), both, grown, stood)
        return written, await surroundings.of(unit, case(), None, grown, stood)

    written, deleted = within(coordinated, P, work)
    assert written.sight.losing
    assert not deleted.sight.losing


def test_what_is_asked_of_a_record_that_is_deleted_is_asked_as_it_was(coordinated: Town) -> None:
    """Who keeps the case, and what goes on with it, is told of the record that was."""
    told = around(coordinated, case(), None, "CarePlan/k")
    assert told.under_way
    assert around(coordinated, case(), case(), "CarePlan/k").under_way == frozenset()


def test_of_a_record_without_duties_nothing_is_asked(coordinated: Town) -> None:
    coordinated.write(P, {"resourceType": "Basic", "id": "x", "code": {"text": "x"}, "subject": ref("Patient/1")})
    told = around(coordinated, None, {"resourceType": "Basic", "id": "x", "subject": ref("Patient/1")}, "Basic/x")
    assert (told.people, told.papers) == ({}, (0, 0))
