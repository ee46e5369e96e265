"""What the server writes anew is about whom that is about which it is of, or was of; nobody becomes its writer."""

from __future__ import annotations

from typing import Any

import pytest

from consent.verdict import Verdict
from consent.writing import server_version
from consent.writing.change import UnitOfWork
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.version import Version
from tests.laws.worlds import ref
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, concern, household, patient
from tests.unit.consent.writing.within import OF_IT, TASK, version, within

P, LEAD = actor("p"), actor("lead")
Json = dict[str, Any]


@pytest.fixture
def kept(town: Town) -> Town:
    """A request about each of two persons, and what is of the first."""
    town.write(P, patient("1"), patient("2"), concern("c", "1", note=[{"text": "面談した"}]))
    town.write(P, TASK, TASK | {"id": "u", "for": ref("Patient/2")}, OF_IT)
    return town


def made(town: Town, before: Version, sent: Json, stands: Verdict | None = None, **more: Any) -> Version:
    async def work(unit: UnitOfWork) -> Version:
        after, resource = await server_version.of(unit, before, sent, stands, **more)
        assert {key: value for key, value in resource.items() if key != "meta"} == sent
        return after

    return within(town, LEAD, work)


def test_it_is_about_whom_what_it_comes_to_be_of_is_about_and_what_it_was_of(kept: Town) -> None:
    stood = version(kept, "Communication/of")
    moved = made(kept, stood, OF_IT | {"about": [ref("Task/u")]})
    assert envelope.read(moved.terms).subjects == {"Patient/1", "Patient/2"}


def test_who_has_left_a_household_that_what_it_was_of_is_about_is_taken_by_name(kept: Town) -> None:
    kept.write(P, household("1", "2"), TASK | {"id": "h", "for": ref("Group/g")})
    kept.write(P, OF_IT | {"id": "of-h", "about": [ref("Task/h")]})
    kept.write(P, household("1") | again())
    without = {name: value for name, value in OF_IT.items() if name != "about"} | {"id": "of-h"}
    after = made(kept, version(kept, "Communication/of-h"), without)
    assert envelope.read(after.terms).subjects == {"Patient/1", "Patient/2"}


def test_it_is_kept_and_counts_as_before_unless_it_is_said_otherwise(kept: Town) -> None:
    stood = version(kept, "Task/t")
    as_before, anew = made(kept, stood, TASK), made(kept, stood, TASK, Verdict(void=True))
    assert {".counts yes", ".between Organization/other"} <= set(as_before.terms)
    assert ".counts no" in anew.terms
    assert not any(each.startswith(".between ") for each in anew.terms)
    assert envelope.origin(as_before.terms) == envelope.origin(stood.terms)
    theirs = Origin("Organization/other", "Practitioner/q")
    assert envelope.origin(made(kept, stood, TASK, origin=theirs).terms) == theirs


def test_who_asks_for_it_is_no_writer_of_its_words(kept: Town) -> None:
    after = made(kept, version(kept, "Condition/c"), concern("c", "1", note=[{"text": "面談した"}]))
    assert after.number == 2
    assert envelope.written(after.terms)[2] == {"/note/0 /note/0"}
