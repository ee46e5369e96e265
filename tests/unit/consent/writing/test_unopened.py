"""What an emergency access opened by a mistake is closed as that is confirmed: whose notes go, and whose stay (P8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent import verdict
from consent.verdict import Verdict
from consent.writing import unopened
from resources.search.relation import Relation
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.conftest import laid_down, town_with
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.town import Town, actor, concern, household, patient

__all__ = ["laid_down", "town_with"]

Json = dict[str, Any]
Done = tuple[set[str], set[Relation]]

P, Q = actor("p"), actor("q")
ONE, TWO, THREE = (f"Patient/{one}" for one in "123")
START, UNTIL, OVER = "2026-11-23T04:00:00.000Z", "2026-11-23T04:15:00.000Z", "2026-11-23T03:59:59.999Z"


@pytest.fixture
def family(town_with: Callable[..., Town]) -> Town:
    """A household of three; a concern of the first, and one of the third."""
    return town_with(_family)


def _family(town: Town) -> None:
    town.write(P, *(patient(one) for one in "1234"), household("1", "2", "3"))
    town.write(P, concern("c", "1"), concern("e", "3"), concern("of-all", "1") | {"subject": ref("Group/g")})


def note(person: str, until: str = UNTIL, officer: str = "em") -> str:
    return f"{verdict.EMERGENCY} {START} {until} Practitioner/{officer} {person}"


def opened(town: Town, meant: str, *notes: str, id: str = "r", group: str = "Group/g", focus: str = "") -> None:
    """An access that runs, as the operation would have written it."""
    task: Json = {"resourceType": "Task", "id": id, "status": "requested", "intent": "order", "for": ref(group)}
    task |= {"code": concept("task-code", "emergency-review"), "owner": ref("Organization/lead")}
    task |= {"requester": ref("Practitioner/em")} | ({"focus": ref(focus)} if focus else {})
    said = {*notes, *([f"{verdict.MEANT} {meant}"] if meant else [])}
    laid(town, Record(task, "Organization/lead", "Practitioner/em", Verdict(noted=frozenset(said))))


def left(town: Town, id: str = "r") -> set[str]:
    """Whose notes the access has still."""
    (found,) = [each for each in town.stored("Task") if each.id == id]
    return {each.split(" ")[-1] for each in verdict.read(found.terms).note(verdict.EMERGENCY)}


def rows(town: Town, person: str) -> set[str]:
    async def look() -> set[str]:
        async with town.store.snapshot() as view:
            return {row.relation.to for row in await view.rows([("emergency", person)]) if row.ended > UNTIL}

    return town.run(look())


def closed(town: Town, person: str, group: str = "Group/g") -> Done:
    return town.run(town.store.transact(lambda tx: unopened.closed(tx, group, person)))


def of_another(town: Town, record: str, group: str = "Group/g") -> Done:
    return town.run(town.store.transact(lambda tx: unopened.of_another(tx, record, group)))


def test_who_was_in_the_household_by_mistake_is_closed_and_the_others_stay_open(family: Town) -> None:
    opened(family, ONE, *map(note, (ONE, TWO, THREE)))
    changed, gone = closed(family, TWO)
    assert (changed, left(family)) == ({"Task/r"}, {ONE, THREE})
    assert {(each.of, each.to) for each in gone} == {(TWO, "Practitioner/em")}
    assert [rows(family, one) for one in (ONE, TWO, THREE)] == [{"Practitioner/em"}, set(), {"Practitioner/em"}]
    assert closed(family, TWO) == (set(), set()), "once"


def test_where_they_were_meant_all_the_others_are_closed_by_whichever_name(family: Town) -> None:
    opened(family, TWO, *map(note, (ONE, TWO, THREE)))
    assert closed(family, TWO)[0] == {"Task/r"}
    assert left(family) == {TWO}
    merges.ask(family, P, "2", "4")
    opened(family, "Patient/4", *map(note, (ONE, TWO, "Patient/4")), id="by-another")
    closed(family, TWO)
    assert left(family, "by-another") == {TWO, "Patient/4"}


def test_an_access_that_is_over_stands_as_it_was_and_so_do_those_of_other_households(family: Town) -> None:
    opened(family, ONE, note(ONE, OVER), note(TWO, OVER))
    family.write(P, household("2", "4") | {"id": "h"})
    opened(family, "Patient/4", note(TWO), note("Patient/4"), id="elsewhere", group="Group/h")
    assert closed(family, TWO) == (set(), set())
    assert (left(family), left(family, "elsewhere")) == ({ONE, TWO}, {TWO, "Patient/4"})


@pytest.mark.parametrize(
    ("focus", "stays"), [("Condition/e", True), (THREE, True), ("Condition/c", False), ("Condition/none", False)]
)
def test_who_is_in_the_record_that_the_officer_showed_was_opened_by_that(
    family: Town, focus: str, *, stays: bool
) -> None:
    opened(family, "", *map(note, (ONE, TWO, THREE)), focus=focus)
    closed(family, THREE)
    assert left(family) == ({ONE, TWO, THREE} if stays else {ONE, TWO})


def test_of_a_record_that_named_the_household_by_mistake_who_it_is_not_about_is_closed(family: Town) -> None:
    opened(family, "", *map(note, (ONE, TWO, THREE)), focus="Condition/c")
    opened(family, "", *map(note, (ONE, TWO, THREE)), id="other", focus="Condition/e")
    opened(family, ONE, *map(note, (ONE, TWO)), id="none")
    changed, gone = of_another(family, "Condition/c")
    assert (changed, left(family)) == ({"Task/r"}, {ONE})
    assert {each.of for each in gone} == {TWO, THREE}
    assert (left(family, "other"), left(family, "none")) == ({ONE, TWO, THREE}, {ONE, TWO})


def test_who_is_in_the_household_that_the_record_names_rightly_stays(family: Town) -> None:
    family.write(P, household("1", "3") | {"meta": {"versionId": "1"}})
    opened(family, "", *map(note, (ONE, TWO, THREE)), focus="Condition/of-all")
    of_another(family, "Condition/of-all")
    assert left(family) == {ONE, THREE}, "and who has left it does not"
    opened(family, "", note(ONE, OVER), note(TWO), id="mixed", focus="Condition/c")
    of_another(family, "Condition/c")
    assert left(family, "mixed") == {ONE}
