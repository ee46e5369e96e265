"""P13: roles that were decided are read by who carries them out, the plan as it was decided; the keeper reads all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import verdict, vocabulary
from consent.facts import Facts
from consent.relations.contributions import CARRIES
from consent.relations.names import SAME
from consent.relations.role import BROUGHT
from consent.rule import Action
from consent.rules import carrying_out
from resources.search.relation import Gathered, Relation
from tests.unit.consent.people import CENTER, SYSTEM, around, officer, post, row
from tests.unit.consent.rules.asked import OTHER, held, opens

MINE, COLLEAGUE = "PractitionerRole/role", "PractitionerRole/colleague"
PLAN = [(".type", "CarePlan"), (".code", vocabulary.TOTAL_CARE_PLAN), (".open", "yes")]
DECIDED = [*PLAN, (verdict.DECIDED, "yes")]
CASE = [(".type", "CarePlan"), (".code", vocabulary.CASE)]
ROLES = [(".type", "CareTeam"), (".code", vocabulary.CASE_TEAM), (verdict.COUNTS, "yes")]
PART = [(".type", "Task"), (".code", vocabulary.CARRY_OUT), (verdict.COUNTS, "yes")]
HERE, THERE = (".household", "Group/g"), (".household", "Group/h")


BROUGHT_BY = "Organization/brought"
"""Who keeps the case that the roles were decided for."""


def carrying(to: str, tag: str = "", *more: Relation) -> Gathered:
    """The roles of the household and of one person in it are carried out by this one, or kept by this agency."""
    carries = (Relation(CARRIES, of, to, tag) for of in ("Group/g", "Patient/1"))
    brought = Relation(BROUGHT, "Group/g", BROUGHT_BY, keeper=BROUGHT_BY)
    return around(*(row(each) for each in (*carries, brought, *more)))


SEATED, NAMED, KEEPER = carrying(MINE), carrying(CENTER, MINE), carrying(CENTER)


def read(
    world: Gathered,
    *said: tuple[str, str],
    who: Facts | None = None,
    action: Action = "read",
    keeper: str = BROUGHT_BY,
) -> bool:
    return opens(carrying_out.rules(action, who or officer()), [*said, HERE, (".custodian", keeper)], world)


@pytest.mark.parametrize("action", ["read", "search"])
@pytest.mark.parametrize("world", [SEATED, NAMED, KEEPER])
def test_roles_case_household_and_the_plan_as_decided_are_read(world: Gathered, action: Action) -> None:
    for said in (ROLES, CASE, DECIDED, [(".type", "Group")]):
        assert read(world, *said, action=action)
        assert not opens(carrying_out.rules("update", officer()), [*said, HERE], world)


@pytest.mark.parametrize("world", [SEATED, NAMED, KEEPER])
def test_nothing_that_is_only_like_them_is_read(world: Gathered) -> None:
    for said in (
        [(".type", "CarePlan")],
        [(".type", "Condition"), *CASE[1:]],
        [(".type", "Condition"), *DECIDED[1:]],
        [(".type", "Condition"), *ROLES[1:]],
        [(".type", "Condition"), *PART[1:]],
        [DECIDED[0], *DECIDED[2:]],
        [*DECIDED[:2], DECIDED[3]],
        ROLES[:2],
        [ROLES[0], ROLES[2]],
        PART[:2],
        [PART[0], PART[2]],
    ):
        assert not read(world, *said), said


def test_a_later_plan_and_the_progress_of_each_role_are_for_the_keeper_of_the_case() -> None:
    for said in (PLAN, PART):
        assert read(KEEPER, *said)
        assert not read(SEATED, *said)
        assert not read(NAMED, *said)


@pytest.mark.parametrize("world", [SEATED, NAMED, KEEPER])
def test_neither_a_case_nor_a_plan_of_who_keeps_another_case_of_the_household(world: Gathered) -> None:
    """A plan that was decided on is read on, whoever it was handed over to; household and roles are nobody's case."""
    for said in (CASE, PLAN):
        assert not read(world, *said, keeper=OTHER)
        assert not read(world, *said, keeper=CENTER)
    for said in (DECIDED, ROLES, [(".type", "Group")]):
        assert read(world, *said, keeper=OTHER)


def test_where_it_is_not_told_whose_case_it_was_all_of_the_household_are_meant() -> None:
    world = around(row(Relation(CARRIES, "Group/g", MINE)), row(Relation(BROUGHT, "Group/g", "")))
    assert read(world, *CASE, keeper=OTHER)


def test_a_system_of_the_agency_that_keeps_the_case_reads_as_its_officers_do() -> None:
    """It was seated nowhere, and nobody named it: what is carried out in person it does not read."""
    system = Facts(SYSTEM)
    for said in (PLAN, PART, ROLES, CASE):
        assert read(KEEPER, *said, who=system)
        assert not read(NAMED, *said, who=system)
        assert not read(SEATED, *said, who=system)


@pytest.mark.parametrize(
    "world", [carrying(COLLEAGUE), carrying(CENTER, COLLEAGUE), carrying(OTHER), carrying(OTHER, MINE)]
)
def test_what_somebody_else_carries_out_is_not_read(world: Gathered) -> None:
    for said in (ROLES, CASE, DECIDED, PART):
        assert not read(world, *said)


@pytest.mark.parametrize("world", [SEATED, NAMED, KEEPER])
def test_of_no_other_household_or_person_and_nothing_very_restricted(world: Gathered) -> None:
    assert not opens(carrying_out.rules("read", officer()), CASE, world), "of no household"
    assert not read(world, *CASE, THERE)
    assert read(world, *CASE, (".subject", "Patient/1"))
    assert not read(world, *CASE, (".subject", "Patient/2"))
    assert not read(world, *CASE, (".subject", "Patient/1"), (".subject", "Patient/2"))
    for label in vocabulary.PERHAPS_VERY_RESTRICTED:
        assert not read(world, *CASE, (".label", label))


def test_by_another_name_of_the_person_it_is_about_nobody_else() -> None:
    world = carrying(MINE, "", Relation(SAME, "Patient/2", "Patient/1"))
    assert read(world, *CASE, (".subject", "Patient/1"), (".subject", "Patient/2"))


@pytest.mark.parametrize("world", [SEATED, NAMED, KEEPER])
def test_the_card_of_a_person_of_whom_another_agency_keeps_the_record(world: Gathered) -> None:
    person = [(".type", "Patient"), (".id", "Patient/1")]
    theirs, own = [*person, (".custodian", OTHER)], [*person, (".custodian", CENTER)]
    made = list(carrying_out.rules("read", officer()))
    assert opens(made, theirs, world, card=True)
    assert not opens(made, theirs, world)
    assert not opens(made, own, world, card=True)
    assert not opens(made, [(".type", "Patient"), (".id", "Patient/2"), (".custodian", OTHER)], world, card=True)
    assert not opens(made, [(".type", "Condition"), *theirs[1:]], world, card=True)
    for label in vocabulary.PERHAPS_VERY_RESTRICTED:
        assert not opens(made, [*theirs, (".label", label)], world, card=True)
    assert not opens(carrying_out.rules("read", replace(officer(), carded=False)), theirs, world, card=True)


@pytest.mark.parametrize("world", [SEATED, NAMED, KEEPER])
def test_it_cites_the_decision_of_roles(world: Gathered) -> None:
    made = list(carrying_out.rules("read", officer()))
    case = [*CASE, HERE, (".custodian", BROUGHT_BY)]
    for name, said in ((".household", case), (".id", [(".type", "Patient"), (".id", "Patient/1")])):
        rules = held(made, "permit", said, world)
        assert rules
        for rule in rules:
            assert [(each.values.name, each.row.relation) for each in rule.rests_on] == [(name, CARRIES)]


def test_it_is_for_casework_and_for_who_holds_a_post_or_acts_for_an_agency() -> None:
    assert not list(carrying_out.rules("read", officer(purpose="statistics")))
    assert not list(carrying_out.rules("read", replace(officer(), posts=())))
    assert len(list(carrying_out.rules("read", officer(post(agency=""))))) == 2, "the post, and no agency"
