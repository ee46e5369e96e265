"""R16, R17, R37 and R44: what others work on stays of its household, and who keeps it is told what they would lose."""

from __future__ import annotations

from typing import Any

import pytest

from consent import under_way, unfixed
from consent.duties import Duty, staying
from consent.duty_context import DutyContext
from consent.relations.at_work import Carrying
from consent.sight import Sight
from consent.succession import Succession, Successions
from resources.record.problem import Issue
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, change, officer

Json = dict[str, Any]

OTHER = "Organization/other"
OURS, THEIRS = frozenset({CENTER}), frozenset({OTHER})
CASE: Json = {"resourceType": "CarePlan", "id": "k", "status": "active", "subject": ref("Group/g")}
CASE |= {"category": [concept("record-category", "case")]}
PLAN = CASE | {"category": [concept("record-category", "total-care-plan")]}
SUCCEEDED = officer(successions=Successions((Succession(OTHER, CENTER, "Task/s/_history/1"),)))
"""The files of the other agency are the center's by now."""


def said(duty: Duty, record: Json = CASE, known: Any = None, custodian: str = CENTER, **sight: Any) -> list[Issue]:
    around = DutyContext(sight=Sight(**sight))
    return list(duty(change(record, record, known, custodian=custodian, duty_context=around)))


def told(duty: Duty, record: Json = CASE, known: Any = None, custodian: str = CENTER, **sight: Any) -> list[str]:
    """Each rule with its element; `?` where it is said and written all the same."""
    issues = said(duty, record, known, custodian, **sight)
    assert all(issue.code == "business-rule" for issue in issues)
    return [f"{each.rule} at {each.at}" + ("?" if each.severity == "warning" else "") for each in issues]


# --- of its household ------------------------------------------------------------------------------------------------

AT_WORK = {
    under_way.BROUGHT: ("R17", "take the call back (`cancelled`) first"),
    under_way.COORDINATED: ("R17", "until the coordinator has completed it"),
    under_way.CALLED: ("R44", "let it be closed or cancelled first"),
    under_way.CARRIED: ("R16", "roles are decided for this household"),
}


@pytest.mark.parametrize("what", AT_WORK)
def test_it_becomes_no_other_household_s_while_others_work_on_it(what: str) -> None:
    rule, way = AT_WORK[what]
    (issue,) = said(staying.of_its_household, losing={what: OURS})
    assert (issue.rule, issue.at, issue.severity) == (rule, "", "error")
    assert way in issue.text
    for kept_by in (THEIRS, frozenset[str]()):
        assert said(staying.of_its_household, losing={what: kept_by}) == [], "nobody else is told of it"
    assert said(staying.of_its_household, losing={what: THEIRS}, known=SUCCEEDED) != []
    assert said(staying.of_its_household, losing={what: OURS}, custodian=OTHER) == []


@pytest.mark.parametrize(
    ("working", "named"),
    [
        ((under_way.COORDINATED, under_way.CARRIED), ["R17"]),
        ((under_way.CALLED, under_way.CARRIED), ["R44"]),
        ((under_way.BROUGHT, under_way.COORDINATED), ["R17"]),
        ((under_way.BROUGHT, under_way.CALLED), ["R44"]),
        ((under_way.CALLED, under_way.COORDINATED), ["R44", "R17"]),
        ((under_way.BROUGHT, under_way.CARRIED), ["R17", "R16"]),
        (tuple(AT_WORK), ["R44", "R17"]),
        ((), []),
    ],
)
def test_of_several_the_ones_are_named_that_end_last(working: tuple[str, ...], named: list[str]) -> None:
    found = said(staying.of_its_household, losing=dict.fromkeys(working, OURS))
    assert [issue.rule for issue in found] == named
    if under_way.COORDINATED in working:
        assert any("until the coordinator has completed it" in issue.text for issue in found)


def test_what_another_agency_has_under_way_changes_nothing_of_what_one_is_told() -> None:
    apart = {under_way.CALLED: THEIRS, under_way.CARRIED: OURS}
    assert [issue.rule for issue in said(staying.of_its_household, losing=apart)] == ["R16"]


# --- of one's own records --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("element", ["basedOn", "partOf", "encounter"])
def test_a_case_and_a_plan_are_of_nothing_that_another_agency_keeps(element: str) -> None:
    named = {element: [ref("Condition/theirs")] if element != "encounter" else ref("Condition/theirs")}
    for record in (CASE, PLAN):
        (issue,) = said(staying.of_own_records, record | named, of_others=frozenset({"Condition/theirs"}))
        assert (issue.rule, issue.at, issue.severity) == ("R37", f"CarePlan.{element}", "error")
        assert issue.text.startswith("R37: `Condition/theirs` is kept by another agency")
        assert "`Condition/theirs`" in issue.ja
    assert told(staying.of_own_records, CASE | named) == []


def test_what_stands_elsewhere_in_it_is_said_of_the_whole_and_each_is_said_once() -> None:
    of_others = frozenset({"Task/b", "Condition/a"})
    record = CASE | {"partOf": [ref("Task/b")], "note": [{"authorReference": ref("Condition/a")}]}
    assert told(staying.of_own_records, record, of_others=of_others) == ["R37 at CarePlan", "R37 at CarePlan.partOf"]


@pytest.mark.parametrize(
    "record",
    [
        {"resourceType": "Condition", "id": "c"},
        PLAN | {"status": "draft"},
        PLAN | {"status": "entered-in-error"},
    ],
)
def test_through_what_a_case_is_of_it_is_of_nothing_of_another_s_either(record: Json) -> None:
    (issue,) = said(staying.of_own_records, record | {"encounter": ref("Encounter/m")}, of_others={"Encounter/m"})
    assert issue.at == f"{record['resourceType']}.encounter"
    assert issue.text.startswith("R37: a case or a total care plan is of this record, and would be drawn by")
    assert "`Encounter/m`" in issue.text
    assert "`Encounter/m`" in issue.ja


# --- as it is brought ------------------------------------------------------------------------------------------------


def test_what_is_brought_to_the_coordinator_is_of_that_household_alone() -> None:
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested"}
    strayed = frozenset({"CarePlan/p", "CarePlan/k"})
    found = said(staying.brought_of_its_household, task, strayed=strayed)
    assert [(issue.rule, issue.at, issue.severity) for issue in found] == [("R17", "Task.focus", "error")] * 2
    for issue, name in zip(found, ("CarePlan/k", "CarePlan/p"), strict=True):
        assert issue.text.startswith(f"R17: `{name}` is of another household too")
        assert f"`{name}`" in issue.ja
    assert told(staying.brought_of_its_household, task) == []


# --- by whom it is read ----------------------------------------------------------------------------------------------


def test_a_case_that_others_read_names_nobody_without_roles_and_who_joins_is_said() -> None:
    duty, ours, theirs = staying.read_by_who_works_on_it, Carrying(OURS, THEIRS), Carrying(THEIRS, OURS)
    for record in (CASE, PLAN, {"resourceType": "Group", "id": "g"}):
        type = record["resourceType"]
        assert told(duty, record, unfixed=(unfixed.NAMED, ours)) == [f"R16 at {type}"]
        assert told(duty, record, unfixed=(unfixed.JOINED, ours)) == [f"R16 at {type}?"]
        assert told(duty, record, unfixed=("", ours)) == told(duty, record) == []
    for how in (unfixed.NAMED, unfixed.JOINED):
        assert told(duty, unfixed=(how, theirs)) == [], "the case is another agency's"
        assert told(duty, unfixed=(how, theirs), known=SUCCEEDED) != []
    (named,), (joined,) = (said(duty, unfixed=(how, ours)) for how in (unfixed.NAMED, unfixed.JOINED))
    assert "name no other" in named.text
    assert "does not read this version" in joined.text


def test_that_who_works_on_a_household_does_not_read_what_comes_to_it_is_said() -> None:
    duty = staying.read_by_who_works_on_it
    (issue,) = said(duty, arriving={under_way.CALLED: OURS, under_way.CARRIED: THEIRS})
    assert (issue.rule, issue.at, issue.severity) == ("R17", "CarePlan.subject", "warning")
    assert issue.text.startswith("R17: `CarePlan/k` was another household's")
    assert "`CarePlan/k`" in issue.ja
    assert told(duty, arriving={under_way.CALLED: THEIRS}) == []
    assert told(duty, arriving={under_way.CALLED: THEIRS}, known=SUCCEEDED) == ["R17 at CarePlan.subject?"]


@pytest.mark.parametrize(
    ("hidden", "rule"),
    [
        ({under_way.CARRIED: OURS}, "R16"),
        ({under_way.COORDINATED: OURS}, "R17"),
        ({under_way.COORDINATED: OURS, under_way.CARRIED: OURS}, "R17"),
        ({under_way.COORDINATED: THEIRS, under_way.CARRIED: OURS}, "R16"),
        ({under_way.CARRIED: THEIRS}, ""),
    ],
)
def test_that_what_is_very_restricted_is_not_read_any_more_is_said(hidden: Json, rule: str) -> None:
    found = told(staying.read_by_who_works_on_it, hidden=hidden)
    assert found == ([f"{rule} at CarePlan.meta.security?"] if rule else [])
    if rule:
        assert "very restricted" in said(staying.read_by_who_works_on_it, hidden=hidden)[0].text


# --- of what lies elsewhere ------------------------------------------------------------------------------------------


def test_what_grows_by_another_record_is_judged_alike_by_who_keeps_it() -> None:
    assert [(each.rule, each.at, each.severity) for each in staying.carried(OURS, {CENTER})] == [("R16", "", "error")]
    assert list(staying.carried(THEIRS, {CENTER})) == list(staying.carried((), {CENTER})) == []
    (given,) = staying.given_away({"CarePlan/k"})
    assert (given.rule, given.severity) == ("P1", "error")
    assert list(staying.given_away(())) == []
