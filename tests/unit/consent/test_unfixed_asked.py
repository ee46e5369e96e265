"""R16: whether a case or plan comes to be about somebody for whom no roles were decided, of records as they lie."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from consent import unfixed
from consent.relations.at_work import Carrying
from consent.unfixed import JOINED, NAMED
from consent.verdict import Verdict
from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import (
    CASE,
    DRAFT,
    HOUSE,
    MISTAKEN,
    OTHER,
    PLAN,
    STRAYS,
    TEAM,
    decided,
    deleted,
    written,
)

Json = dict[str, Any]

CARRYING = Carrying(frozenset({CENTER}), frozenset({OTHER}))
MERGED: Json = {"resourceType": "Task", "id": "merge", "status": "completed", "code": concept("task-code", "merge")}
MERGED |= {"for": ref("Patient/3"), "focus": ref("Patient/1")}
ONE = Verdict(True, noted=frozenset({".same Patient/1", ".same Patient/3"}))


def about(*persons: str) -> Json:
    return {"supportingInfo": [ref(f"Patient/{one}") for one in persons]}


def household(*members: str) -> Json:
    return HOUSE | {"member": [{"entity": ref(f"Patient/{one}")} for one in members]}


def carried(lying: Lying) -> None:
    """Another agency carries out a role for the first two persons of a household."""
    lying.put(household("1", "2"), CASE, PLAN)
    decided(lying, "theirs", persons=("Patient/1", "Patient/2"))


def later(lying: Lying, *records: Json) -> None:
    lying.now += timedelta(minutes=1)
    lying.put(*records)


def comes(lying: Lying, before: Version | None, after: Version) -> tuple[str, Carrying]:
    return lying.ask(lambda view: unfixed.of(before, after, view))


def grown(lying: Lying, *names: str, came: Iterable[str] = ("Patient/3",)) -> list[tuple[str, set[str]]]:
    found = lying.ask(lambda view: unfixed.grown(names, came, view))
    return [(version.reference, set(keepers)) for version, keepers in found]


def parted(lying: Lying, *pair: str) -> list[str]:
    return [each.reference for each in lying.ask(lambda view: unfixed.parted(pair, view))]


def strangers(lying: Lying, *persons: str) -> set[str]:
    return set(lying.ask(lambda view: unfixed.strangers(persons, view)))


# --- for whom roles are carried out ----------------------------------------------------------------------------------


def test_a_stranger_is_for_whom_by_no_name_of_theirs_roles_are_carried_out(lying: Lying) -> None:
    assert strangers(lying, "Patient/1", "Patient/3") == {"Patient/1", "Patient/3"}
    carried(lying)
    assert strangers(lying, "Patient/1", "Patient/2", "Patient/3") == {"Patient/3"}
    assert strangers(lying) == set()
    lying.put(MERGED, judged=ONE)
    assert strangers(lying, "Patient/1", "Patient/3", "Patient/4") == {"Patient/4"}
    lying.put(TEAM | {"status": "inactive"})
    assert strangers(lying, "Patient/1") == {"Patient/1"}


# --- as it is written ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", [CASE, PLAN], ids=["case", "plan"])
def test_what_others_read_comes_to_name_somebody_without_roles(lying: Lying, record: Json) -> None:
    carried(lying)
    assert comes(lying, written(record), written(record | about("3"))) == (NAMED, CARRYING)
    assert comes(lying, written(record), written(record | about("1", "2"))) == ("", CARRYING)
    assert comes(lying, written(record | about("3")), written(record | about("3", "1"))) == ("", CARRYING)
    for before in (None, deleted(record), written(record | {"category": []})):
        assert comes(lying, before, written(record | about("3"))) == (JOINED, CARRYING), "nobody read it before"
    lying.put(MERGED, judged=ONE)
    assert comes(lying, written(record), written(record | about("3"))) == ("", CARRYING), "by another name roles are"


def test_a_plan_is_read_while_it_is_in_force(lying: Lying) -> None:
    carried(lying)
    for status in (DRAFT, MISTAKEN, {"status": "completed"}):
        assert comes(lying, written(PLAN | status), written(PLAN | about("3"))) == (JOINED, CARRYING)
        assert comes(lying, written(PLAN), written(PLAN | about("3") | status)) == ("", Carrying())
    assert comes(lying, written(CASE), written(CASE | about("3") | {"status": "completed"})) == (NAMED, CARRYING)


def test_a_household_has_joining_it_whom_it_names(lying: Lying) -> None:
    carried(lying)
    assert comes(lying, written(HOUSE), written(household("1", "3"))) == (JOINED, CARRYING)
    assert comes(lying, written(HOUSE), written(household("1"))) == ("", CARRYING)


def test_where_nobody_else_carries_anything_out_nobody_loses_sight(lying: Lying) -> None:
    lying.put(household("1"), CASE)
    assert comes(lying, written(CASE), written(CASE | about("3"))) == ("", Carrying())
    decided(lying, "ours", persons=("Patient/1",))
    assert comes(lying, written(CASE), written(CASE | about("3"))) == ("", Carrying(frozenset({CENTER})))


def test_nothing_else_is_read_by_who_carries_roles_out(lying: Lying) -> None:
    carried(lying)
    goal, concern = CASE | {"resourceType": "Goal"}, CASE | {"category": [concept("record-category", "concern")]}
    for record in (goal, concern):
        assert comes(lying, written(record), written(record | about("3"))) == ("", Carrying())
    assert comes(lying, written(CASE), deleted(CASE | about("3"))) == ("", Carrying())


def test_who_joined_since_it_was_written_is_in_what_is_written_next(lying: Lying) -> None:
    carried(lying)
    first = lying.versions["CarePlan/k"]
    assert comes(lying, first, written(CASE)) == ("", CARRYING)
    later(lying, household("1", "2", "3"))
    assert comes(lying, first, written(CASE)) == comes(lying, None, written(CASE)) == (JOINED, CARRYING)
    assert comes(lying, first, written(CASE | about("3"))) == (NAMED, CARRYING), "by name they are said to be named"
    later(lying, CASE)
    assert comes(lying, lying.versions["CarePlan/k"], written(CASE)) == ("", CARRYING), "they were in it already"
    later(lying, household("1", "2"))
    assert comes(lying, first, written(CASE)) == ("", CARRYING), "and have left again"
    later(lying, household("1", "2", "4"), CASE)
    assert comes(lying, lying.versions["CarePlan/k"], written(CASE)) == ("", CARRYING), "with it they came"


def test_in_the_household_of_another_case_somebody_joins_that_case(lying: Lying) -> None:
    carried(lying)
    first = lying.versions["CarePlan/k"]
    later(lying, household("3") | {"id": "h"})
    assert comes(lying, first, written(CASE)) == ("", CARRYING)
    assert comes(lying, first, written(CASE | STRAYS)) == (JOINED, CARRYING)


# --- by what it is of ------------------------------------------------------------------------------------------------


def test_what_grew_by_what_it_is_of_is_told_with_who_keeps_the_case(lying: Lying) -> None:
    carried(lying)
    lying.put(CASE | about("3"), PLAN | about("2"), PLAN | about("3") | DRAFT | {"id": "draft"}, household("1", "3"))
    names = ("CarePlan/k", "CarePlan/p", "CarePlan/draft", "CarePlan/none", "Group/g")
    assert grown(lying, *names) == [("CarePlan/k", {CENTER})]
    assert grown(lying, *names, came=("Patient/1", "Patient/2")) == grown(lying, *names, came=()) == []
    assert grown(lying, *names, came=("Patient/4",)) == []
    lying.put(PLAN | about("3"))
    assert grown(lying, *names) == [("CarePlan/k", {CENTER}), ("CarePlan/p", {CENTER})]
    lying.delete("CarePlan/k")
    assert grown(lying, *names) == [("CarePlan/p", {CENTER})]
    lying.put(PLAN | about("3", "4"))
    assert grown(lying, *names, came=("Patient/1",)) == [], "of those alone who came"


def test_what_nobody_else_carries_out_grows_untold(lying: Lying) -> None:
    lying.put(household("1"), CASE | about("3"))
    decided(lying, "ours", persons=("Patient/1",))
    assert grown(lying, "CarePlan/k") == []


# --- when two are two again ------------------------------------------------------------------------------------------


def test_of_two_who_were_one_that_is_told_which_is_about_who_has_no_roles(lying: Lying) -> None:
    carried(lying)
    assert parted(lying, "Patient/1", "Patient/3") == []
    lying.put(CASE | about("3"), PLAN | about("3", "4"), PLAN | about("3") | DRAFT | {"id": "draft"})
    assert parted(lying, "Patient/1", "Patient/3") == ["CarePlan/k"], "a plan about a stranger was not read before"
    assert parted(lying, "Patient/1", "Patient/2") == [], "both have roles"
    assert parted(lying, "Patient/3", "Patient/4") == [], "none has"
    lying.put(MERGED, judged=ONE)
    assert parted(lying, "Patient/1", "Patient/3") == [], "they are one still"


def test_that_too_in_which_one_was_as_a_member_when_it_was_written(lying: Lying) -> None:
    lying.put(household("1", "3"))
    later(lying, CASE, PLAN | {"subject": ref("Group/h")})
    decided(lying, "theirs", persons=("Patient/1",))
    assert parted(lying, "Patient/1", "Patient/3") == ["CarePlan/k"]
    decided(lying, "ours", persons=("Patient/1",))
    assert parted(lying, "Patient/1", "Patient/3") == [], "nobody else carries anything out"


# --- of a record alone -----------------------------------------------------------------------------------------------


def test_whom_a_version_is_about_anew() -> None:
    assert unfixed.persons(written(CASE | about("1", "3")), None) == {"Patient/1", "Patient/3"}
    assert unfixed.persons(written(CASE | about("1", "3")), written(CASE | about("1"))) == {"Patient/3"}
    person: Json = {"resourceType": "Patient", "id": "1"}
    linked = person | {"link": [{"other": ref("Patient/3"), "type": "seealso"}]}
    assert unfixed.persons(written(linked), written(linked)) == {"Patient/1"}
    assert unfixed.persons(written(linked), written(person)) == {"Patient/1", "Patient/3"}
