"""P5: the coordinator reads the case it took on, of that household alone, and drafts its plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import verdict, vocabulary
from consent.relations.contributions import COORDINATED
from consent.rule import Action
from consent.rules import coordination
from resources.search.relation import Relation
from tests.unit.consent.people import around, officer, post, row
from tests.unit.consent.rules.asked import held, opens

EVERY: tuple[Action, ...] = ("create", "read", "search", "update", "delete")
MINE = "PractitionerRole/role"
COORDINATOR = officer(post("coordinator"))
WORLD = around(*(row(Relation(COORDINATED, of, MINE), "Task/t") for of in ("Group/g", "Patient/1")))
PLAN = [(".type", "CarePlan"), (".code", vocabulary.TOTAL_CARE_PLAN)]
CASE = [(".type", "CarePlan"), (".code", vocabulary.CASE)]
TEAM = [(".type", "CareTeam"), (".code", vocabulary.CASE_TEAM)]
PART = [(".type", "Task"), (".code", vocabulary.CARRY_OUT), (verdict.COUNTS, "yes")]
HERE, THERE = (".household", "Group/g"), (".household", "Group/h")


@pytest.mark.parametrize("action", EVERY)
def test_what_is_read_and_written_of_the_household_that_was_taken_on(action: Action) -> None:
    made = list(coordination.rules(action, COORDINATOR))
    reading = action in ("read", "search")
    assert opens(made, [*PLAN, HERE], WORLD) is (action != "delete")
    for said in (CASE, TEAM, PART, [(".type", "Group")]):
        assert opens(made, [*said, HERE], WORLD) is reading
    for said in (
        [(".type", "Condition")],
        [(".type", "Condition"), (".code", vocabulary.CASE)],
        [(".type", "Condition"), (".code", vocabulary.TOTAL_CARE_PLAN)],
        [(".type", "CarePlan")],
        [(".type", "CareTeam")],
        [(".type", "Condition"), (".code", vocabulary.CASE_TEAM)],
        PART[:2],
        [(".type", "Task"), (verdict.COUNTS, "yes")],
        [(".type", "Basic"), *PART[1:]],
    ):
        assert not opens(made, [*said, HERE], WORLD)


@pytest.mark.parametrize("action", ["create", "read", "search", "update"])
def test_of_no_other_household_and_nothing_that_is_very_restricted(action: Action) -> None:
    made = list(coordination.rules(action, COORDINATOR))
    assert not opens(made, PLAN, WORLD), "of no household"
    assert not opens(made, [*PLAN, THERE], WORLD)
    assert not opens(made, [*PLAN, HERE, THERE], WORLD)
    for label in vocabulary.PERHAPS_VERY_RESTRICTED:
        assert not opens(made, [*PLAN, HERE, (".label", label)], WORLD)
    (rule,) = held(made, "permit", [*PLAN, HERE], WORLD)
    (rests,) = rule.rests_on
    assert (rests.values.name, rests.row.relation, rests.row.to) == (".household", COORDINATED, frozenset({MINE}))


@pytest.mark.parametrize("action", EVERY)
def test_the_cards_of_its_members_are_read_where_what_is_asked_for_is_on_them(action: Action) -> None:
    person, stranger = ([(".type", "Patient"), (".id", name)] for name in ("Patient/1", "Patient/2"))
    made = list(coordination.rules(action, COORDINATOR))
    reading = action in ("read", "search")
    assert opens(made, person, WORLD, card=True) is reading
    assert not opens(made, person, WORLD)
    assert not opens(made, stranger, WORLD, card=True)
    assert not opens(made, [(".type", "Condition"), (".id", "Patient/1")], WORLD, card=True)
    assert not opens(coordination.rules(action, replace(COORDINATOR, carded=False)), person, WORLD, card=True)
    for rule in held(made, "permit", person, WORLD):
        assert [(each.values.name, each.row.relation) for each in rule.rests_on] == [(".id", COORDINATED)]


@pytest.mark.parametrize("action", EVERY)
def test_it_is_for_casework_and_for_the_coordinators_own_post(action: Action) -> None:
    assert not list(coordination.rules(action, officer(post("coordinator"), purpose="statistics")))
    assert not list(coordination.rules(action, officer(post("officer"))))
    another = coordination.rules(action, officer(post("coordinator", name="another")))
    assert not opens(another, [*PLAN, HERE], WORLD)
