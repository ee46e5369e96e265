"""R16, R17 and R44: who works on a household, its case or its plan, and would not read what strays to another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from consent import losing_sight, under_way
from consent.losing_sight import Working
from consent.under_way import BROUGHT, CALLED, CARRIED, COORDINATED
from resources.record.version import Version
from tests.laws.worlds import V3, concept, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import (
    ASKED,
    CASE,
    COUNTS,
    DRAFT,
    HOUSE,
    MEETING,
    MISTAKEN,
    OTHER,
    PLAN,
    STRAYS,
    TASK,
    THIRD,
    decided,
    deleted,
    handed,
    written,
)

Json = dict[str, Any]

OURS, THEIRS = frozenset({CENTER}), frozenset({OTHER})
ALL = {COORDINATED: OURS, BROUGHT: OURS, CALLED: OURS, CARRIED: OURS}
VERY: Json = {"meta": {"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}}
OF_H: Json = {"subject": ref("Group/h")}
OF_NOBODY = {key: said for key, said in CASE.items() if key != "subject"}


def busy(lying: Lying) -> None:
    """The case of the household is coordinated and on the agenda of a meeting, and its roles are carried out."""
    lying.put(HOUSE, CASE, PLAN)
    lying.put(TASK, judged=COUNTS)
    lying.put(MEETING)
    decided(lying, "theirs")


def lost(lying: Lying, before: Version | None, after: Version) -> Working:
    return lying.ask(lambda view: losing_sight.of(before, after, view))


def hidden(lying: Lying, before: Version | None, after: Version) -> Working:
    return lying.ask(lambda view: losing_sight.hidden(before, after, view))


def arriving(lying: Lying, before: Version | None, after: Version) -> Working:
    return lying.ask(lambda view: losing_sight.arriving(before, after, view))


def grown(lying: Lying, *names: str, came: Iterable[str] = ("Group/h",)) -> list[tuple[str, Working]]:
    found = lying.ask(lambda view: losing_sight.of_grown(names, frozenset(came), view))
    return [(version.reference, working) for version, working in found]


def under(lying: Lying, record: Json) -> frozenset[str]:
    return lying.ask(lambda view: losing_sight.under(record, view))


# --- what becomes another household's --------------------------------------------------------------------------------


@pytest.mark.parametrize("record", [CASE, PLAN], ids=["case", "plan"])
def test_what_comes_to_be_of_another_household_too_is_lost_by_all_who_work_on_it(lying: Lying, record: Json) -> None:
    busy(lying)
    stood, strays, moved = written(record), written(record | STRAYS), written(record | OF_H)
    assert lost(lying, stood, strays) == lost(lying, stood, moved) == ALL
    assert lost(lying, stood, stood) == {}, "it stays of its household"
    assert lost(lying, strays, strays) == {}, "it was of the other one already"
    assert lost(lying, stood, written(record, subject=ref("Patient/1"))) == ALL, "of no household it is not either"
    both = written(record | STRAYS | {"subject": ref("Patient/1")})
    assert lost(lying, strays, both) == ALL


def test_so_is_the_household_itself_where_it_names_another(lying: Lying) -> None:
    busy(lying)
    named = written(HOUSE, member=[{"entity": ref("Group/h")}])
    # A coordination is of the case; who was called is called on a case of the household.
    assert lost(lying, written(HOUSE), named) == {COORDINATED: OURS, BROUGHT: OURS, CALLED: OURS, CARRIED: OURS}
    assert lost(lying, written(HOUSE), written(HOUSE, quantity=2)) == {}


def test_nothing_is_lost_of_what_is_deleted_and_of_other_records(lying: Lying) -> None:
    busy(lying)
    assert lost(lying, written(CASE), deleted(CASE | STRAYS)) == {}
    other = CASE | {"resourceType": "Condition"}
    assert lost(lying, written(other), written(other | STRAYS)) == {}
    concern = CASE | {"category": [concept("record-category", "concern")]}
    assert lost(lying, written(concern), written(concern | STRAYS)) == {}
    for status in (DRAFT, MISTAKEN):
        assert lost(lying, written(PLAN | status), written(PLAN | status | STRAYS)) == {}, "nobody works by it"


def test_what_was_none_before_is_of_who_works_on_it_from_then_on_alone(lying: Lying) -> None:
    """Roles are carried out by what stands: who carries them out has not read what was not there."""
    busy(lying)
    new = {COORDINATED: OURS, BROUGHT: OURS, CALLED: OURS}
    for before in (None, deleted(CASE), written(CASE | {"category": []})):
        assert lost(lying, before, written(CASE | STRAYS)) == new
        assert lost(lying, before, written(CASE)) == {}
    assert lost(lying, written(PLAN | DRAFT), written(PLAN | STRAYS)) == new


def test_by_what_it_was_it_is_judged_where_it_stood(lying: Lying) -> None:
    busy(lying)
    assert lost(lying, written(CASE), written(CASE | STRAYS | {"category": []})) == ALL
    assert lost(lying, written(PLAN), written(PLAN | STRAYS | MISTAKEN)) == ALL
    assert lost(lying, written(PLAN), written(PLAN | MISTAKEN)) == {}


def test_of_a_case_of_nobody_s_household_none_is_left(lying: Lying) -> None:
    busy(lying)
    of = {one: written(CASE | {"subject": ref(f"Patient/{one}")}) for one in "12"}
    assert lost(lying, of["1"], of["2"]) == {}
    assert lost(lying, written(OF_NOBODY), of["1"]) == {}


def test_who_writes_a_case_anew_keeps_it_though_it_does_not_lie_there_yet(lying: Lying) -> None:
    lying.put(ASKED, keeper=OTHER, judged=COUNTS)
    lying.put(MEETING, keeper=THIRD)
    assert lost(lying, None, written(CASE | STRAYS, OTHER)) == {CALLED: THEIRS, BROUGHT: THEIRS}
    assert lost(lying, None, written(CASE | STRAYS)) == {CALLED: OURS}, "who called is told of its own case alone"
    assert lost(lying, None, written(PLAN | STRAYS, OTHER)) == {}, "no case of the household is there"


def test_of_a_plan_each_is_told_with_who_keeps_or_kept_the_case_it_is_about(lying: Lying) -> None:
    theirs = CASE | {"id": "theirs"}
    lying.put(HOUSE, CASE, PLAN)
    lying.put(theirs, keeper=OTHER)
    lying.put(CASE | {"id": "elsewhere"} | OF_H, keeper=THIRD)
    lying.put(TASK, ASKED | {"id": "x", "focus": ref("CarePlan/elsewhere"), "for": ref("Group/h")}, judged=COUNTS)
    lying.put(ASKED | {"id": "u", "focus": ref("CarePlan/theirs")}, keeper=OTHER, judged=COUNTS)
    agenda = {"extension": [MEETING["extension"][0] | {"valueReference": ref("CarePlan/theirs")}]}
    lying.put(MEETING | agenda)
    gone = written(PLAN | OF_H)
    assert lost(lying, written(PLAN), gone) == {COORDINATED: OURS, BROUGHT: OURS | THEIRS, CALLED: THEIRS}
    handed(lying, "CarePlan/theirs", THIRD)
    assert lost(lying, written(PLAN), gone)[CALLED] == {OTHER, THIRD}


def test_of_a_plan_it_is_enough_that_a_case_was_brought_or_called(lying: Lying) -> None:
    lying.put(HOUSE, CASE, PLAN, MEETING)
    assert lost(lying, written(PLAN), written(PLAN | OF_H)) == {CALLED: OURS}
    lying.put(MEETING | {"status": "finished"})
    lying.put(ASKED, judged=COUNTS)
    assert lost(lying, written(PLAN), written(PLAN | OF_H)) == {BROUGHT: OURS}


def test_a_plan_that_is_not_in_force_is_carried_out_by_nobody(lying: Lying) -> None:
    lying.put(HOUSE, CASE, PLAN)
    decided(lying, "theirs")
    assert lost(lying, written(PLAN), written(PLAN | OF_H)) == {CARRIED: OURS}
    for status in ("completed", "on-hold"):
        assert lost(lying, written(PLAN, status=status), written(PLAN | OF_H)) == {}
    assert lost(lying, written(CASE, status="completed"), written(CASE | OF_H)) == {CARRIED: OURS}, "a case is read on"


# --- who works on it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold"])
def test_a_coordination_works_while_it_runs(lying: Lying, status: str) -> None:
    lying.put(CASE, HOUSE)
    lying.put(TASK | {"status": status}, keeper=OTHER, judged=COUNTS)
    assert lost(lying, written(CASE), written(CASE | STRAYS)) == {COORDINATED: OURS}, "another brought it"
    lying.put(TASK | {"status": status}, judged=COUNTS)
    assert lost(lying, written(CASE), written(CASE | STRAYS)) == {COORDINATED: OURS, BROUGHT: OURS}


@pytest.mark.parametrize(
    ("changes", "judged"),
    [
        ({"status": "completed"}, COUNTS),
        ({"status": "cancelled"}, COUNTS),
        ({"code": concept("task-code", "case-review")}, COUNTS),
        ({"focus": ref("CarePlan/x"), "for": ref("Group/x"), "basedOn": [ref("CarePlan/k")]}, COUNTS),
        ({}, None),
    ],
    ids=["completed", "taken back", "a review", "of another case", "void"],
)
def test_one_that_is_over_or_another_or_does_not_count_works_on_nothing(
    lying: Lying, changes: Json, judged: Any
) -> None:
    lying.put(HOUSE, CASE)
    lying.put(TASK | changes, **({"judged": judged} if judged else {}))
    assert lost(lying, written(CASE), written(CASE | STRAYS)) == {}
    lying.put(ASKED, judged=COUNTS)
    assert lost(lying, written(CASE), written(CASE | STRAYS)) == {BROUGHT: OURS}, "asked for, and not taken on"


def test_a_coordination_of_the_household_works_on_the_household(lying: Lying) -> None:
    lying.put(HOUSE, TASK | {"id": "before", "focus": ref("CarePlan/x")}, judged=COUNTS)
    assert lost(lying, written(HOUSE), written(HOUSE, member=[{"entity": ref("Group/h")}])) == {
        COORDINATED: OURS,
        BROUGHT: OURS,
    }


def test_who_carries_out_a_role_is_told_of_where_it_is_somebody_else(lying: Lying) -> None:
    lying.put(HOUSE, CASE)
    decided(lying, "ours")
    assert lost(lying, written(CASE), written(CASE | OF_H)) == {}
    decided(lying, "ours", "theirs", keepers=(THIRD,))
    assert lost(lying, written(CASE), written(CASE | OF_H)) == {CARRIED: {THIRD}}, "whose roles they are is told"


def test_who_gave_the_case_away_may_carry_out_a_role_on_it(lying: Lying) -> None:
    lying.put(HOUSE, CASE)
    decided(lying, "ours")
    handed(lying, "CarePlan/k", OTHER)
    assert lost(lying, written(CASE), written(CASE | OF_H)) == {CARRIED: OURS | THEIRS}
    decided(lying, "theirs", keepers=(OTHER,))
    assert lost(lying, written(CASE), written(CASE | OF_H)) == {}, "it has given its roles away too"


def test_who_keeps_another_case_of_the_household_has_its_own_roles(lying: Lying) -> None:
    """Those that were decided for its case: by them it reads nothing of this one."""
    lying.put(HOUSE, CASE)
    decided(lying, "ours", keepers=(CENTER, THIRD))
    assert lost(lying, written(CASE), written(CASE | OF_H)) == {}
    decided(lying, "theirs", keepers=(CENTER, THIRD))
    assert lost(lying, written(CASE), written(CASE | OF_H)) == {CARRIED: {CENTER, THIRD}}


def test_of_a_case_that_lies_nowhere_nobody_keeps_anything(lying: Lying) -> None:
    decided(lying, "ours")
    assert lost(lying, written(CASE), written(CASE | OF_H)) == {}


# --- what grows by what it is of -------------------------------------------------------------------------------------


def test_what_households_were_handed_to_is_lost_where_it_strays_to_one_that_came(lying: Lying) -> None:
    busy(lying)
    lying.put(CASE | STRAYS, PLAN | STRAYS | {"supportingInfo": [ref("Group/i")]})
    assert grown(lying, "CarePlan/p", "CarePlan/k") == [("CarePlan/k", ALL)]
    assert grown(lying, "CarePlan/p", "CarePlan/k", came=("Group/i",)) == [("CarePlan/p", ALL)]
    assert grown(lying, "CarePlan/k", came=("Group/g",)) == [], "it is of its own household"
    assert grown(lying, "CarePlan/k", came=()) == []
    assert [name for name, _ in grown(lying, "CarePlan/p", "CarePlan/k", came=("Group/h", "Group/i"))] == [
        "CarePlan/k",
        "CarePlan/p",
    ]


def test_nothing_grows_of_what_is_gone_or_on_which_nobody_works(lying: Lying) -> None:
    lying.put(HOUSE, CASE | STRAYS, PLAN | STRAYS | DRAFT, {**CASE, "resourceType": "Encounter", **STRAYS})
    assert grown(lying, "CarePlan/k") == [], "nobody works on it"
    decided(lying, "theirs")
    assert grown(lying, "CarePlan/k", "Encounter/k", "CarePlan/p", "CarePlan/none") == [("CarePlan/k", {CARRIED: OURS})]
    lying.delete("CarePlan/k")
    assert grown(lying, "CarePlan/k") == []


# --- what is under way on it -----------------------------------------------------------------------------------------


def test_all_that_is_under_way_is_said_of_what_others_read(lying: Lying) -> None:
    busy(lying)
    for record in (CASE, PLAN):
        assert under(lying, record) == {under_way.COORDINATED, under_way.CALLED, under_way.CARRIED}
    assert under(lying, HOUSE) == {under_way.COORDINATED, under_way.CALLED, under_way.CARRIED}
    assert CARRIED not in under(lying, PLAN | {"status": "completed"}), "it is read while it is in force"
    assert CARRIED not in under(lying, PLAN | DRAFT)
    assert CARRIED in under(lying, CASE | {"status": "completed"})
    assert CARRIED not in under(lying, CASE | {"category": []})


def test_roles_are_said_where_others_carry_them_out_and_it_is_one_s_own(lying: Lying) -> None:
    lying.put(HOUSE, CASE)
    decided(lying, "ours")
    assert under(lying, CASE) == set(), "only its own keeper"
    decided(lying, "theirs")
    assert under(lying, CASE) == {CARRIED}
    lying.put(CASE | {"id": "other"}, keeper=OTHER)
    assert under(lying, CASE | {"id": "other"}) == set(), "another agency's case"


# --- what comes to a household ---------------------------------------------------------------------------------------


def test_who_works_on_a_household_does_not_read_a_plan_that_was_another_s(lying: Lying) -> None:
    busy(lying)
    had, has = written(PLAN | OF_H), written(PLAN | STRAYS)
    working = {COORDINATED: OURS, BROUGHT: OURS, CALLED: OURS}
    assert arriving(lying, had, has) == working
    assert arriving(lying, had, written(PLAN)) == {}, "it was named by mistake, and is of it no more"
    assert arriving(lying, None, has) == arriving(lying, deleted(PLAN), has) == {}
    assert arriving(lying, had, deleted(PLAN | STRAYS)) == {}
    assert arriving(lying, written(PLAN), has) == {}, "it was this household's"
    for status in (DRAFT, MISTAKEN):
        assert arriving(lying, had, written(PLAN | STRAYS | status)) == {}
    assert arriving(lying, written(CASE | OF_H), written(CASE | STRAYS)) == {}, "a case goes by its own coordination"
    assert arriving(lying, written(HOUSE), written(HOUSE, member=[{"entity": ref("Group/h")}])) == {}


# --- what is very restricted -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", [CASE, PLAN, HOUSE], ids=["case", "plan", "household"])
def test_what_comes_to_be_very_restricted_is_lost_by_all_who_work_on_it(lying: Lying, record: Json) -> None:
    busy(lying)
    plain, closed = written(record), written(record | VERY)
    assert hidden(lying, plain, closed) == hidden(lying, None, closed) == ALL
    assert hidden(lying, closed, closed) == hidden(lying, plain, plain) == hidden(lying, closed, plain) == {}
    assert hidden(lying, plain, deleted(record | VERY)) == {}


def test_what_nobody_works_by_is_lost_by_nobody_as_it_is_restricted(lying: Lying) -> None:
    busy(lying)
    for record in (PLAN | DRAFT, PLAN | MISTAKEN, CASE | {"category": []}, CASE | {"resourceType": "Condition"}):
        assert hidden(lying, written(record), written(record | VERY)) == {}


# --- of a record alone -----------------------------------------------------------------------------------------------


def test_by_what_others_work() -> None:
    assert all(losing_sight.binds(each) for each in (HOUSE, CASE, PLAN, CASE | MISTAKEN, PLAN | {"status": "revoked"}))
    assert not any(losing_sight.binds(each) for each in (PLAN | DRAFT, PLAN | MISTAKEN, CASE | {"category": []}, {}))


def test_what_is_a_total_care_plan_and_whose_a_record_is() -> None:
    assert losing_sight.is_plan(PLAN)
    assert not any(losing_sight.is_plan(each) for each in (CASE, HOUSE, PLAN | {"resourceType": "CareTeam"}))
    assert [losing_sight.own(each) for each in (HOUSE, CASE, OF_NOBODY)] == ["Group/g", "Group/g", ""]


def test_of_which_households_a_version_is_anew() -> None:
    assert losing_sight.is_strayed(written(CASE | STRAYS))
    assert not losing_sight.is_strayed(written(CASE))
    assert losing_sight.households(written(CASE | STRAYS), None) == {"Group/g", "Group/h"}
    assert losing_sight.households(written(CASE | STRAYS), written(CASE)) == {"Group/h"}
