"""Which pairs of records the coordinator is told of (R40): one person, two agencies that know not of each other."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from consent import overlapping
from consent.overlapping import Told
from resources import sheet_member
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.town import INSTALLER, Town, actor, patient

P, Q, CO = actor("p"), actor("q"), actor("co")
Json = dict[str, Any]
CALLED = {"name": [{"text": "水無瀬 花子", "family": "水無瀬", "given": ["花子"]}], "gender": "female"}
PAIR = ("Patient/a", "Patient/b")


@pytest.fixture
def both(town: Town) -> Town:
    """The center and the other agency each keep a record of one person."""
    town.write(Q, patient("b", **CALLED))
    town.write(P, patient("a", **CALLED))
    return town


def found(town: Town, after: str = "") -> list[tuple[str, str]]:
    return town.run(overlapping.found(town.gate, after))[0]


def tell(town: Town, pair: tuple[str, str] = PAIR) -> Told:
    do = partial(overlapping.tell, pair=pair)
    return town.run(town.gate.operate(overlapping.server(NOW), (overlapping.NAME, *pair), do))


def test_the_coordinator_alone_is_told_who_knows_whom_and_once(both: Town) -> None:
    assert found(both) == [PAIR]
    (letter,) = tell(both).told
    written = both.read(CO, letter.reference)
    assert written["status"] == "completed"
    assert written["category"] == [concept("communication-category", "overlap-notice")]
    assert written["about"] == [ref(name) for name in PAIR]
    assert written["recipient"] == [ref("PractitionerRole/co")]
    first, *named = [each["contentString"] for each in written["payload"]]
    assert "neither was told" in first
    assert named == ["Organization/center: Patient/a", "Organization/other: Patient/b"]
    assert not both.reads(P, letter.reference)
    assert not both.reads(Q, letter.reference)
    assert found(both) == []
    assert tell(both).told == ()
    assert len(both.stored("Communication")) == 1


def test_it_goes_on_from_where_it_came_to(both: Town) -> None:
    end = both.run(overlapping.end(both.gate))
    assert found(both, end) == []
    pairs, after = both.run(overlapping.found(both.gate, ""))
    assert (pairs, both.run(overlapping.found(both.gate, after))) == ([PAIR], ([], after))


@pytest.mark.parametrize(
    "other",
    [
        {"birthDate": "1980-01-02"},
        {"name": [{"text": "水無瀬 月子", "family": "水無瀬", "given": ["月子"]}]},
        {"gender": "male"},
    ],
    ids=["another day", "another name", "another gender"],
)
def test_who_is_not_certainly_the_same_is_no_pair(town: Town, other: Json) -> None:
    town.write(Q, patient("b", **CALLED))
    town.write(P, patient("a", **CALLED | other))
    assert found(town) == []
    assert tell(town).told == ()


def test_two_records_of_one_agency_are_its_own_to_see_to(town: Town) -> None:
    town.write(P, patient("a", **CALLED))
    town.write(P, patient("b", **CALLED))
    assert found(town) == []
    assert tell(town).told == ()


@pytest.mark.parametrize("whose", [(P, "Patient/a"), (Q, "Patient/b")], ids=["first", "second"])
def test_of_who_is_protected_nobody_is_told_anything(both: Town, whose: Any) -> None:
    who, name = whose
    both.protect(who, name, "HealthcareService/desk", "Organization/other")
    assert found(both) == []
    assert tell(both).told == ()


def asked(person: str, **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": "asked", "status": "requested", "intent": "order"}
    task |= {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    return task | {"for": ref(f"Patient/{person}")} | elements


def test_agencies_of_which_one_asked_the_other_about_the_person_know_of_each_other(both: Town) -> None:
    both.write(P, asked("a"))
    assert found(both) == []
    assert tell(both).told == ()


def test_a_request_about_somebody_else_or_to_a_third_agency_tells_them_nothing(both: Town) -> None:
    both.write(P, patient("c"), asked("c"))
    both.write(P, asked("a", id="third", owner=ref("Organization/council")))
    assert found(both) == [PAIR]


def test_where_nobody_is_coordinator_nobody_is_told(both: Town) -> None:
    over: Json = {"resourceType": "PractitionerRole", "id": "co", "practitioner": ref("Practitioner/co")}
    over |= {"organization": ref("Organization/council"), "code": [concept("role", "coordinator")]}
    both.write(INSTALLER, over | {"active": False, "meta": {"versionId": "1"}})
    assert found(both) == [PAIR]
    assert tell(both).told == ()


def test_infants_without_a_name_are_as_many_as_were_born_that_day(town: Town) -> None:
    unnamed = CALLED | {"name": [{"text": sheet_member.UNNAMED, "family": sheet_member.UNNAMED}]}
    town.write(Q, patient("b", **unnamed))
    town.write(P, patient("a", **unnamed))
    assert found(town) == []
