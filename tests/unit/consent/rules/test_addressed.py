"""P2: the parties of a request read it, its owner answers it; by it they read a card, and by a consent the consent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import verdict, vocabulary
from consent.facts import Facts
from consent.relations.contributions import CARD, CARE, CARRIED, TOLD
from consent.rule import Action
from consent.rules import addressed
from consent.succession import Succession, Successions
from resources.search.relation import Relation
from tests.unit.consent.people import CENTER, NOBODY, around, officer, post, row
from tests.unit.consent.rules.asked import OTHER, held, opens

EVERY: tuple[Action, ...] = ("create", "read", "search", "update", "delete")
READING = ("read", "search")
FORMER = "Organization/former"
SUCCEEDING = officer(successions=Successions((Succession(FORMER, CENTER, "Task/s/_history/1"),)))
COUNTS, OPEN, TO_US = (verdict.COUNTS, "yes"), (".open", "yes"), (".party", CENTER)
TASK = [(".type", "Task"), COUNTS, TO_US]
ASKED = ("Task", "ServiceRequest", "Appointment")


@pytest.mark.parametrize("action", EVERY)
def test_a_task_is_read_and_answered_by_its_parties_done_or_not(action: Action) -> None:
    made = list(addressed.rules(action, officer()))
    assert opens(made, TASK) is (action in (*READING, "update"))
    assert opens(made, [*TASK, OPEN]) is (action in (*READING, "update"))
    assert not opens(made, [(".type", "Task"), COUNTS, (".party", OTHER)])
    assert not opens(made, [(".type", "Condition"), COUNTS, OPEN, TO_US])
    for type in ASKED:
        assert not opens(made, [(".type", type), OPEN, TO_US]), "asked by who had no right to"


@pytest.mark.parametrize("action", EVERY)
@pytest.mark.parametrize(
    "type", ["ServiceRequest", "Communication", "CommunicationRequest", "Appointment", "Encounter"]
)
def test_another_request_a_letter_and_an_invitation_are_read_while_they_are_open(action: Action, type: str) -> None:
    made = list(addressed.rules(action, officer()))
    counts = [COUNTS] if type in ASKED else []
    assert opens(made, [(".type", type), *counts, OPEN, TO_US]) is (action in READING)
    assert not opens(made, [(".type", type), *counts, TO_US])


@pytest.mark.parametrize("action", EVERY)
def test_a_consent_that_counts_is_read_by_whom_it_permits_something(action: Action) -> None:
    made = list(addressed.rules(action, officer()))
    consent = (".type", "Consent")
    assert opens(made, [consent, COUNTS, TO_US]) is (action in READING)
    assert not opens(made, [consent, TO_US])
    assert not opens(made, [consent, COUNTS, (".party", OTHER)])


@pytest.mark.parametrize("action", ["read", "search", "update"])
def test_what_is_for_a_post_is_for_nobody_else_of_its_agency(action: Action) -> None:
    of = {
        name: list(addressed.rules(action, officer(post(name)))) for name in ("officer", "coordinator", "lead-section")
    }
    overlap = [*TASK, (".code", vocabulary.OVERLAP_NOTICE)]
    assert {name for name, made in of.items() if opens(made, overlap)} == {"coordinator"}
    for code in vocabulary.PUT_BEFORE_LEAD:
        before_lead = [*TASK, (".code", code)]
        assert {name for name, made in of.items() if opens(made, before_lead)} == {"lead-section"}
    as_such = [*TASK, (verdict.AS_SUCH, vocabulary.LEAD_SECTION)]
    assert {name for name, made in of.items() if opens(made, as_such)} == {"lead-section"}


@pytest.mark.parametrize("action", EVERY)
def test_what_a_request_carries_and_what_follows_on_it_is_read(action: Action) -> None:
    made = list(addressed.rules(action, officer()))
    for relation, types in ((CARRIED, ("ServiceRequest", "Task")), (TOLD, ("Task",))):
        for type in ("ServiceRequest", "Task", "Condition"):
            said = [(".type", type), (".id", f"{type}/x")]
            world = around(row(Relation(relation, f"{type}/x", CENTER)))
            assert opens(made, said, world) is (action in READING and type in types)
            assert not opens(made, said, around(row(Relation(relation, f"{type}/x", OTHER))))


@pytest.mark.parametrize("action", EVERY)
def test_the_card_of_who_is_in_care_or_whom_a_request_is_about(action: Action) -> None:
    made = list(addressed.rules(action, officer()))
    person = [(".type", "Patient"), (".id", "Patient/1"), (".custodian", OTHER)]
    for relation in (CARD, CARE):
        world = around(row(Relation(relation, "Patient/1", CENTER)))
        assert opens(made, person, world, card=True) is (action in READING)
        assert not opens(made, person, world)
        assert not opens(made, [*person[:2], (".custodian", CENTER)], world, card=True), "one's own is no card"
        assert not opens(made, [(".type", "Condition"), *person[1:]], world, card=True)
        assert not opens(made, [person[0], (".id", "Patient/2"), person[2]], world, card=True)
        assert not opens(addressed.rules(action, replace(officer(), carded=False)), person, world, card=True)


def test_a_card_that_the_lead_section_is_to_see_is_for_nobody_else_of_its_agency() -> None:
    person = [(".type", "Patient"), (".id", "Patient/1"), (".custodian", OTHER)]
    world = around(row(Relation(CARD, "Patient/1", CENTER, vocabulary.LEAD_SECTION)))
    assert opens(addressed.rules("read", officer(post("lead-section"))), person, world, card=True)
    assert not opens(addressed.rules("read", officer()), person, world, card=True)


@pytest.mark.parametrize("action", EVERY)
def test_the_requests_of_an_agency_that_has_ended_are_its_successors(action: Action) -> None:
    made = list(addressed.rules(action, SUCCEEDING))
    theirs = [(".type", "Task"), COUNTS, (".party", FORMER)]
    assert opens(made, theirs) is (action in (*READING, "update"))
    assert not opens(addressed.rules(action, officer()), theirs)
    for rule in held(made, "permit", theirs):
        assert [each.version for each in rule.evidence] == ["PractitionerRole/role/_history/1", "Task/s/_history/1"]
        assert rule.because.en.startswith(
            "the request is addressed to, or made by, an agency that the actor's succeeds"
        )
    assert not opens(made, [(".type", "Consent"), COUNTS, (".party", FORMER)]), "a consent means the one it names"


def test_it_is_for_casework_and_for_who_is_somebody() -> None:
    assert not list(addressed.rules("read", officer(purpose="statistics")))
    assert not list(addressed.rules("read", Facts(replace(NOBODY, purpose=vocabulary.CARE_MANAGEMENT))))
    (rule,) = held(addressed.rules("read", officer()), "permit", TASK)
    assert [each.version for each in rule.evidence] == ["PractitionerRole/role/_history/1"]
