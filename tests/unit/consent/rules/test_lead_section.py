"""P6: who leads and who convenes see whose case is coming, the papers of a meeting, and what is put before them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import vocabulary
from consent.facts import Facts
from consent.relations.contributions import COORDINATED, EVERY, LEADS
from consent.relations.put_before import PUT_BEFORE
from consent.rule import Action
from consent.rules import lead_section
from resources.search.relation import Relation
from tests.unit.consent.people import CENTER, NOBODY, around, officer, post, row
from tests.unit.consent.rules.asked import OTHER, closes, held, opens

ACTIONS: tuple[Action, ...] = ("create", "read", "search", "update", "delete")
READING = ("read", "search")
MINE = "PractitionerRole/role"
LEAD, CONVENER, OFFICER = (officer(post(name)) for name in ("lead-section", "convener", "officer"))
UNDER = around(*(row(Relation(COORDINATED, of, EVERY), "Task/t") for of in ("Group/g", "Patient/1")))
HERE = (".household", "Group/g")
CASE = [(".type", "CarePlan"), (".code", vocabulary.CASE)]
REVIEW = [(".type", "Task"), (".code", vocabulary.EMERGENCY_REVIEW)]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("code", [vocabulary.EMERGENCY_REVIEW, vocabulary.RESTRICTION_REVIEW])
def test_a_review_is_closed_to_everybody_but_the_lead_section_and_who_asked_for_it(action: Action, code: str) -> None:
    review = [(".type", "Task"), (".code", code)]
    assert closes(lead_section.rules(action, OFFICER), review) is (action != "create")
    assert not closes(lead_section.rules(action, OFFICER), [*review, (".author", "Practitioner/p")])
    assert closes(lead_section.rules(action, OFFICER), [*review, (".author", OTHER)]) is (action != "create")
    assert not closes(lead_section.rules(action, LEAD), review)
    assert not closes(lead_section.rules(action, OFFICER), [(".type", "Task"), (".code", vocabulary.VERIFY)])
    assert not closes(lead_section.rules(action, OFFICER), [(".type", "Flag"), (".code", code)])
    assert not closes(lead_section.rules(action, Facts(NOBODY)), review)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_lead_section_reads_and_answers_the_review_of_an_emergency(action: Action) -> None:
    made = list(lead_section.rules(action, LEAD))
    assert opens(made, REVIEW) is (action in (*READING, "update"))
    assert not opens(made, [(".type", "Task"), (".code", vocabulary.RESTRICTION_REVIEW)])
    assert not opens(made, [(".type", "Flag"), *REVIEW[1:]])
    assert not opens(lead_section.rules(action, CONVENER), REVIEW)
    for rule in held(made, "permit", REVIEW):
        assert [each.version for each in rule.evidence] == [f"{MINE}/_history/1"]


@pytest.mark.parametrize("action", ACTIONS)
def test_who_convened_or_keeps_the_minutes_reads_the_papers_and_the_secretariat_completes_the_minutes(
    action: Action,
) -> None:
    paper, minutes = ([(".type", type), (".conference", "Encounter/m")] for type in ("List", "Composition"))
    for tag in (vocabulary.CONVENER, vocabulary.SECRETARIAT):
        world = around(row(Relation(LEADS, "Encounter/m", MINE, tag)))
        made = list(lead_section.rules(action, OFFICER))
        assert opens(made, paper, world) is (action in READING)
        completes = action == "update" and tag == vocabulary.SECRETARIAT
        assert opens(made, minutes, world) is (action in READING or completes)
        assert not opens(made, [(".type", "Composition")], world)
        assert not opens(made, [(".type", "Composition"), (".conference", "Encounter/n")], world)
        for rule in held(made, "permit", minutes, world):
            assert [(each.values.name, each.row.relation) for each in rule.rests_on] == [(".conference", LEADS)]
    stranger = around(row(Relation(LEADS, "Encounter/m", "PractitionerRole/x", vocabulary.SECRETARIAT)))
    assert not opens(lead_section.rules(action, OFFICER), minutes, stranger)
    assert opens(lead_section.rules(action, LEAD), paper, stranger) is (action in READING)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", [LEAD, CONVENER, OFFICER])
def test_which_cases_are_coming_with_plan_and_roles_and_none_of_their_records(action: Action, who: Facts) -> None:
    made = list(lead_section.rules(action, who))
    sees = who is not OFFICER and action in READING
    plan, team = (".code", vocabulary.TOTAL_CARE_PLAN), (".code", vocabulary.CASE_TEAM)
    for said in (CASE, [CASE[0], plan], [(".type", "CareTeam"), team], [(".type", "Group")]):
        assert opens(made, [*said, HERE], UNDER) is sees
        assert not opens(made, said, UNDER), "of no household"
        assert not opens(made, [*said, (".household", "Group/h")], UNDER)
        assert not opens(made, [*said, HERE, (".household", "Group/h")], UNDER)
        for label in vocabulary.PERHAPS_VERY_RESTRICTED:
            assert not opens(made, [*said, HERE, (".label", label)], UNDER)
        for rule in held(made, "permit", [*said, HERE], UNDER):
            assert [(each.values.name, each.row.relation) for each in rule.rests_on] == [(".household", COORDINATED)]
    for said in ([CASE[0]], [(".type", "CareTeam")]):
        assert not opens(made, [*said, HERE], UNDER)
    for code in (CASE[1], plan, team):
        assert not opens(made, [(".type", "Condition"), code, HERE], UNDER)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", [LEAD, CONVENER, OFFICER])
def test_the_cards_of_a_household_that_is_coming(action: Action, who: Facts) -> None:
    made, person = list(lead_section.rules(action, who)), [(".type", "Patient"), (".id", "Patient/1")]
    assert opens(made, person, UNDER, card=True) is (who is not OFFICER and action in READING)
    assert not opens(made, person, UNDER)
    assert not opens(made, [person[0], (".id", "Patient/2")], UNDER, card=True)
    assert not opens(made, [(".type", "Condition"), person[1]], UNDER, card=True)
    assert not opens(lead_section.rules(action, replace(who, carded=False)), person, UNDER, card=True)
    for rule in held(made, "permit", person, UNDER):
        assert [(each.values.name, each.row.relation) for each in rule.rests_on] == [(".id", COORDINATED)]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", [LEAD, CONVENER])
def test_what_is_put_before_the_lead_section_is_read_whole_or_by_its_card(action: Action, who: Facts) -> None:
    made = list(lead_section.rules(action, who))
    sees = who is LEAD and action in READING
    concern, person = [(".type", "Condition"), (".id", "Condition/c")], [(".type", "Patient"), (".id", "Patient/1")]
    for to in (CENTER, MINE):
        whole = around(*(row(Relation(PUT_BEFORE, of, to)) for of in ("Condition/c", "Organization/x", "Patient/1")))
        assert opens(made, concern, whole) is sees
        assert not opens(made, [(".type", "Organization"), (".id", "Organization/x")], whole), "no record of a case"
        part = around(*(row(Relation(PUT_BEFORE, of, to, "card")) for of in ("Condition/c", "Patient/1")))
        assert not opens(made, concern, part)
        assert not opens(made, person, part)
        assert opens(made, person, part, card=True) is sees
        assert not opens(made, concern, part, card=True)
        assert not opens(lead_section.rules(action, replace(who, carded=False)), person, part, card=True)
        for label in vocabulary.PERHAPS_VERY_RESTRICTED:
            assert not opens(made, [*concern, (".label", label)], whole)
            assert not opens(made, [*person, (".label", label)], part, card=True)
        for rule in (*held(made, "permit", concern, whole), *held(made, "permit", person, part)):
            assert [(each.values.name, each.row.relation) for each in rule.rests_on] == [(".id", PUT_BEFORE)]
    assert not opens(made, concern, around(row(Relation(PUT_BEFORE, "Condition/c", OTHER))))


def test_it_is_for_casework_alone() -> None:
    made = list(lead_section.rules("read", officer(post("lead-section"), purpose="statistics")))
    assert not opens(made, REVIEW)
    assert not opens(made, [*CASE, HERE], UNDER)
