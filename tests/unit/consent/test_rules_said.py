"""What the grounds and restrictions say of records that are nearly what they open: each sentence a test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from consent import verdict, vocabulary
from consent.relations.contributions import CARRIES, COORDINATED, EVERY, LEADS
from consent.relations.role import BROUGHT
from consent.rule import Action, Rule
from consent.rules import carrying_out, conflict, coordination, lead_section
from consent.standing import request
from consent.standing.filing import Filing
from consent.verdict import ABOVE, Verdict
from resources.record.problem import Problem
from resources.search.predicate import term
from resources.search.relation import Around, Gathered, Relation, Stored
from tests.laws.worlds import extension, ref
from tests.unit.consent.people import CENTER, around, officer, post, row
from tests.unit.consent.test_named_for_a_role import Q2, hire
from tests.unit.consent.town import Town, actor, paper, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, EM = actor("p"), actor("q"), actor("em")
MINE = "PractitionerRole/role"


def opens(rules: Iterable[Rule], said: Iterable[tuple[str, str]], world: Gathered, *, card: bool = False) -> bool:
    """Whether one of these rules permits a record of these terms, or its card alone."""
    terms = tuple(sorted(term(*each) for each in said))
    at_hand = Around(Stored(terms), world)
    return any(
        each.predicate.matches(terms, at_hand) for each in rules if each.effect == "permit" and each.card is card
    )


def of_household(type: str, *codes: str, **more: str) -> list[tuple[str, str]]:
    named = [(f".{name}", value) for name, value in more.items()]
    return [(".type", type), (".household", "Group/g"), *((".code", code) for code in codes), *named]


# --- D2 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "purpose", "action", "permits"),
    [
        ("lead-section", "CAREMGT", "update", True),
        ("officer", "CAREMGT", "update", False),
        ("lead-section", "audit-review", "update", False),
        ("lead-section", "CAREMGT", "delete", False),
        ("officer", "CAREMGT", "read", True),
        ("officer", "statistics", "read", False),
    ],
)
def test_a_declared_conflict_is_changed_by_the_lead_section_alone(
    function: str, purpose: str, action: Action, *, permits: bool
) -> None:
    made = conflict.rules(action, officer(post(function), purpose=purpose))
    assert any(each.effect == "permit" for each in made) is permits


def test_a_declared_conflict_is_closed_to_who_neither_made_it_nor_leads_nor_keeps_it() -> None:
    declared = [(".type", "Flag"), (".code", vocabulary.CONFLICT)]
    for who, said, closed in (
        (post(), [(".author", "Practitioner/other")], True),
        (post(), [(".author", "Practitioner/p")], False),
        (post(), [(".custodian", CENTER)], False),
        (post("lead-section"), [(".author", "Practitioner/other")], False),
    ):
        terms = tuple(sorted(term(*each) for each in (*declared, *said)))
        made = [each for each in conflict.rules("read", officer(who)) if each.effect == "forbid"]
        assert any(each.predicate.matches(terms) for each in made) is closed


# --- P5, P6, P13 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "function", "to"),
    [(coordination.rules, "coordinator", MINE), (lead_section.rules, "lead-section", EVERY)],
)
def test_who_coordinates_or_leads_reads_the_roles_of_the_household_and_no_other_team_of_it(
    rules: Any, function: str, to: str
) -> None:
    world = around(row(Relation(COORDINATED, "Group/g", to)))
    made = list(rules("read", officer(post(function))))
    assert opens(made, of_household("CareTeam", vocabulary.CASE_TEAM), world)
    assert not opens(made, of_household("CareTeam", vocabulary.STANDING_ROSTER), world)
    assert not opens(made, of_household("CareTeam"), world)
    assert not opens(made, of_household("Goal", vocabulary.CASE_TEAM), world)


def test_the_secretariat_completes_minutes_and_no_other_paper_of_its_meeting() -> None:
    world = around(row(Relation(LEADS, "Encounter/m", MINE, vocabulary.SECRETARIAT)))
    made = list(lead_section.rules("update", officer(post())))
    assert opens(made, [(".type", "Composition"), (".conference", "Encounter/m")], world)
    assert not opens(made, [(".type", "Communication"), (".conference", "Encounter/m")], world)
    assert not opens(made, [(".type", "Composition"), (".conference", "Encounter/n")], world)
    convening = around(row(Relation(LEADS, "Encounter/m", MINE, vocabulary.CONVENER)))
    assert not opens(made, [(".type", "Composition"), (".conference", "Encounter/m")], convening)


def test_roles_that_do_not_count_are_carried_out_by_nobody() -> None:
    world = around(row(Relation(CARRIES, "Group/g", MINE)))
    made = list(carrying_out.rules("read", officer(post())))
    roles = of_household("CareTeam", vocabulary.CASE_TEAM)
    assert opens(made, [*roles, (verdict.COUNTS, "yes")], world)
    assert not opens(made, roles, world)
    assert not opens(made, [*roles, (verdict.COUNTS, "no")], world)
    assert not opens(made, [*of_household("CareTeam"), (verdict.COUNTS, "yes")], world)
    assert not opens(made, [*of_household("Goal", vocabulary.CASE_TEAM), (verdict.COUNTS, "yes")], world)


def test_whom_an_agency_named_carries_out_that_agencys_role_and_under_that_post() -> None:
    plan = of_household("CarePlan", vocabulary.TOTAL_CARE_PLAN, open="yes")
    made = list(carrying_out.rules("read", officer(post())))

    def read(to: str, tag: str, said: list[tuple[str, str]]) -> bool:
        world = around(row(Relation(CARRIES, "Group/g", to, tag)), row(Relation(BROUGHT, "Group/g", "")))
        return opens(made, said, world)

    assert read(CENTER, MINE, [*plan, (verdict.DECIDED, "yes")])
    assert not read(CENTER, MINE, plan), "as it was decided, and in no other version"
    assert not read(CENTER, "PractitionerRole/colleague", [*plan, (verdict.DECIDED, "yes")])
    assert not read("Organization/other", MINE, [*plan, (verdict.DECIDED, "yes")])
    assert read(CENTER, "", plan), "who keeps the case reads every version"


@pytest.mark.parametrize(
    ("rules", "function", "relation"),
    [
        (carrying_out.rules, "officer", Relation(CARRIES, "Patient/1", MINE)),
        (coordination.rules, "coordinator", Relation(COORDINATED, "Patient/1", MINE)),
        (lead_section.rules, "lead-section", Relation(COORDINATED, "Patient/1", EVERY)),
    ],
)
def test_the_card_of_a_person_is_opened_and_no_other_record_of_theirs(
    rules: Any, function: str, relation: Relation
) -> None:
    facts, world = officer(post(function)), around(row(relation))
    made = list(rules("read", facts))
    person = [(".type", "Patient"), (".id", "Patient/1"), (".custodian", "Organization/other")]
    assert opens(made, person, world, card=True)
    assert not opens(made, person, world), "the card, and not the record"
    assert not opens(made, [(".type", "Patient"), (".id", "Patient/2")], world, card=True)
    assert not opens(made, [(".type", "Condition"), (".id", "Patient/1")], world, card=True)
    asked = list(rules("read", replace(facts, carded=False)))
    assert not opens(asked, person, world, card=True), "what is asked for is not on the card"


# --- standing --------------------------------------------------------------------------------------------------------


def _on_paper(before: Json | None, had: Verdict) -> Filing:
    task: Json = {"resourceType": "Task", "id": "t", "status": "completed", "requester": ref(CENTER)}
    task |= {"owner": ref("Organization/hospital"), "extension": [extension("carried-on-paper", valueBoolean=True)]}
    agencies = {name: frozenset({name}) for name in (CENTER, "Organization/hospital")}
    action: Action = "update" if before else "create"
    return Filing(action, before, task, CENTER, officer(), lambda _: None, had=had, agencies=agencies)


def test_what_came_back_on_paper_opens_nothing_and_those_above_stay_told() -> None:
    above = frozenset({term(ABOVE, "Organization/first")})
    asked: Json = {"resourceType": "Task", "id": "t", "status": "requested", "owner": ref("Organization/hospital")}
    judged = request.judged(_on_paper(asked, Verdict(noted=above)))
    assert (judged.counts, judged.noted) == (False, above)
    assert request.judged(_on_paper(None, Verdict(noted=above))).noted == frozenset()


def test_a_request_is_given_to_a_colleague_of_who_was_asked_and_to_nobody_else(town: Town) -> None:
    """Of which agency the one asked so far is, is known though the new version does not name them."""
    hire(town)
    town.write(P, patient("1"))
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    task |= {"requester": ref(CENTER), "owner": ref("PractitionerRole/q")}
    town.write(P, task)
    town.write(Q, task | {"status": "accepted", "meta": {"versionId": "1"}})
    given = task | {"status": "accepted", "owner": ref("PractitionerRole/q2"), "meta": {"versionId": "2"}}
    with pytest.raises(Problem):
        town.write(Q, given | {"owner": ref("PractitionerRole/d")})
    town.write(Q, given)
    assert town.read(Q2, "Task/t")["owner"] == ref("PractitionerRole/q2")


@pytest.mark.parametrize(("number", "counts"), [("", True), ("/_history/1", True), ("/_history/2", False)])
def test_a_paper_of_the_same_transaction_is_its_first_version_and_no_other(
    town: Town, number: str, *, counts: bool
) -> None:
    town.write(P, patient("1"))
    signed = consent("a")
    written = signed | {"sourceReference": ref(f"DocumentReference/a-paper{number}")}
    if counts:
        town.write(P, paper(signed), written)
        return
    with pytest.raises(Problem):
        town.write(P, paper(signed), written)


# --- P3 --------------------------------------------------------------------------------------------------------------


def test_what_the_server_tells_of_consents_is_opened_by_no_consent(town: Town) -> None:
    """The center is told that a consent names it; whom the person lets read all of the center reads no such notice."""
    town.write(P, patient("1"))
    taken_on(town)
    to_center = {"role": consent("x")["provision"]["actor"][0]["role"], "reference": ref(CENTER)}
    town.sign(Q, consent("b", provision={"type": "permit", "actor": [to_center]}))
    word: Json = {"resourceType": "Communication", "id": "w", "status": "completed", "subject": ref("Patient/1")}
    town.write(P, word)
    assert len(town.search(P, "Communication")) == 2, "the notice and the word"
    to_council = to_center | {"reference": ref("Organization/council")}
    town.sign(P, consent("c", provision={"type": "permit", "actor": [to_council]}))
    assert [name for name in town.search(EM, "Communication") if name != "Communication/w"] == _begun(town)
    assert "Communication/w" in town.search(EM, "Communication")


def _begun(town: Town) -> list[str]:
    """What the council itself is told."""
    own = [each.reference for each in town.stored("Communication") if ".custodian Organization/council" in each.terms]
    assert own
    return own
