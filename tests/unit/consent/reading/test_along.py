"""A line over or under a record is followed step by step, under the asker's own condition, and ends where it must."""

from __future__ import annotations

import pytest

from consent.reading import along
from resources.record.problem import Problem
from resources.search.hierarchy import Line
from resources.search.predicate import EVERYTHING, Predicate, has, none_of
from tests.laws.worlds import ref
from tests.unit.consent.town import INSTALLER, Json, Town, actor, case, household, patient

P = actor("p")


def area(id: str, under: str = "") -> Json:
    made: Json = {"resourceType": "Location", "id": id, "status": "active"}
    return made | ({"partOf": ref(f"Location/{under}")} if under else {})


@pytest.fixture
def areas(town: Town) -> Town:
    """A city of two wards, the one of two districts; and a desk of another type that names the ward."""
    town.write(INSTALLER, area("city"))
    town.write(INSTALLER, area("north", "city"), area("south", "city"))
    town.write(INSTALLER, area("n1", "north"), area("n2", "north"))
    return town


def line(town: Town, modifier: str, root: str, within: Predicate = EVERYTHING) -> set[str]:
    async def look() -> frozenset[str]:
        async with town.store.snapshot() as view:
            return await along.names(view, "Location", Line(modifier, "partof", f"Location/{root}"), within)

    return {name.removeprefix("Location/") for name in town.run(look())}


def test_over_a_record_is_what_it_is_part_of_and_under_it_are_its_parts(areas: Town) -> None:
    assert line(areas, "above", "n1") == {"n1", "north", "city"}
    assert line(areas, "above", "city") == {"city"}
    assert line(areas, "below", "city") == {"city", "north", "south", "n1", "n2"}
    assert line(areas, "below", "north") == {"north", "n1", "n2"}
    assert line(areas, "below", "south") == {"south"}


def test_a_line_that_leads_round_ends_where_it_began(areas: Town) -> None:
    areas.write(INSTALLER, area("city", "n1") | {"meta": {"versionId": "1"}})
    assert line(areas, "above", "n1") == {"n1", "north", "city"}
    assert line(areas, "below", "n1") == {"city", "north", "south", "n1", "n2"}


def test_a_line_leads_to_records_of_its_own_type_alone(town: Town) -> None:
    """A request is based on a plan by the same name as a plan is."""
    above = {"basedOn": [ref("CarePlan/k")]}
    town.write(P, patient("1"), household("1"), case(), case("under", "concern") | above)
    asked: Json = {"resourceType": "ServiceRequest", "id": "s", "status": "active", "intent": "order"}
    asked |= {"subject": ref("Patient/1"), "requester": ref("Organization/center")}
    town.write(P, asked | {"performer": [ref("Organization/other")]} | above)

    async def look() -> frozenset[str]:
        async with town.store.snapshot() as view:
            return await along.names(view, "CarePlan", Line("below", "based-on", "CarePlan/k"), EVERYTHING)

    assert town.run(look()) == {"CarePlan/k", "CarePlan/under"}


def test_past_a_record_that_is_not_for_its_asker_no_line_goes(areas: Town) -> None:
    hidden = none_of(has(".id", "Location/north"))
    assert line(areas, "below", "city", hidden) == {"city", "south"}
    assert line(areas, "above", "n1", hidden) == {"n1", "north"}, "which its own record names"


def test_from_a_record_that_is_not_there_no_line_goes(areas: Town) -> None:
    assert line(areas, "above", "none") == line(areas, "below", "none") == {"none"}


def test_so_many_may_lie_there_and_no_more(areas: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(along, "MOST", 5)
    assert len(line(areas, "below", "city")) == 5
    monkeypatch.setattr(along, "MOST", 4)
    with pytest.raises(Problem, match="more than 4 records lie there") as refused:
        line(areas, "below", "city")
    assert refused.value.kind == "too-costly"
    assert len(line(areas, "below", "north")) == 3
    areas.write(INSTALLER, area("city", "city") | {"meta": {"versionId": "1"}})
    monkeypatch.setattr(along, "MOST", 2)
    with pytest.raises(Problem, match="more than 2 records lie there"):
        line(areas, "below", "city")
