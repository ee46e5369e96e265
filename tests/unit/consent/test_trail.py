"""What an event on the trail says: ids, grounds and persons, by whom and of what; never content."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from consent import trail
from consent.actor import Actor
from consent.rule import Action, Decision, Evidence, Rule, Text
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import NOWHERE, Relation
from resources.store.trail import Event
from tests.unit.consent.people import CENTER, NOBODY, NOW, OFFICER, SYSTEM, around, row

OTHER = "Organization/other"
AT = int(NOW.timestamp()) * 1000
WHY = Text("because", "理由")
POLICY = "https://tsunagu.example/fhir/policy/"
BASIS = "https://tsunagu.example/fhir/CodeSystem/legal-basis|"


def version(name: str, *terms: str, number: int = 1) -> Version:
    type, _, id = name.partition("/")
    return Version(type, id, number, "2026-11-01", False, b"{}", tuple(sorted(terms)), "2026-11-01")


def ground(id: str, *cited: str, basis: str = "") -> Rule:
    return Rule(id, "permit", EVERYTHING, WHY, tuple(Evidence(each, WHY) for each in cited), basis)


SHOWN = version("Condition/c", ".household Group/g", ".subject Patient/2")
LIVES = around(row(Relation("member", "Group/g", "Patient/1")))
ALLOWED = Decision(True, (ground("P4", "Encounter/m/_history/3", basis="art9"), ground("P1", "CareTeam/t/_history/1")))


def test_an_event_says_all_of_a_decision() -> None:
    masked = replace(ALLOWED, masks=(ground("D1", "Patient/2/_history/4", "CareTeam/t/_history/1"),))
    asking = replace(OFFICER, now=NOW + timedelta(milliseconds=7), request="r-9")
    shown = [SHOWN, version("Patient/3", ".subject Patient/3"), SHOWN]
    found = trail.event(asking, [OTHER, CENTER], "read", shown, masked, world=LIVES, kind="vread", asked="words")
    assert found == Event(
        kind="vread",
        action="R",
        outcome="0",
        purpose=OFFICER.purpose,
        client="desk",
        person="Practitioner/p",
        agencies=(CENTER, OTHER),
        asked="words",
        rules=(f"{POLICY}P1", f"{POLICY}P4", f"{BASIS}art9"),
        at=AT + 7,
        request="r-9",
        records=("Condition/c/_history/1", "Patient/3/_history/1"),
        patients=("Patient/1", "Patient/2", "Patient/3"),
        evidence=("Encounter/m/_history/3", "CareTeam/t/_history/1", "Patient/2/_history/4"),
    )
    nowhere = trail.event(OFFICER, [], "read", [SHOWN], ALLOWED)
    assert nowhere.patients == ("Patient/2",), "whom its household has is told by the world alone"


@pytest.mark.parametrize(
    ("action", "letter", "kind"),
    [
        ("create", "C", "create"),
        ("read", "R", "read"),
        ("update", "U", "update"),
        ("delete", "D", "delete"),
        ("search", "E", "search-type"),
    ],
)
def test_each_action_has_its_letter_and_its_interaction(action: Action, letter: str, kind: str) -> None:
    found = trail.event(OFFICER, [CENTER], action, [], Decision(False, ()))
    assert (found.action, found.kind, found.outcome, found.rules) == (letter, kind, "4", ())
    assert trail.event(OFFICER, [], action, [], ALLOWED, kind="operation").kind == "operation"


def test_a_person_is_told_with_all_their_agencies_and_a_system_with_its_own() -> None:
    def agencies(*known: str, who: Actor = OFFICER) -> tuple[str, ...]:
        return trail.event(who, known, "read", [], ALLOWED).agencies

    assert agencies(OTHER, CENTER) == (CENTER, OTHER)
    assert agencies(OTHER, who=replace(OFFICER, organization=CENTER)) == (OTHER,), "whatever agency the client is of"
    assert agencies(OTHER, who=SYSTEM) == (CENTER,)
    assert agencies(OTHER, who=NOBODY) == (OTHER,)


def test_of_much_evidence_a_screenful_is_told_but_every_consent() -> None:
    """A consent is a key: who was shown something under it is told when it ends."""
    posts = [f"PractitionerRole/{n}/_history/1" for n in range(70)]
    consents = [f"Consent/{n}/_history/1" for n in range(3)]
    found = trail.event(OFFICER, [], "read", [], Decision(True, (ground("P3", *posts, *consents),)))
    assert found.evidence == (*posts[:64], *consents)


def test_a_denial_names_what_was_asked_for_and_whom_it_would_have_been_about() -> None:
    found = trail.denial(OFFICER, [CENTER], "update", "Condition/c", "Patient/1", about=["Patient/2"])
    assert (found.kind, found.action, found.outcome, found.asked) == ("update", "U", "4", "denied")
    assert (found.records, found.patients) == (("Condition/c", "Patient/1"), ("Patient/1", "Patient/2"))
    assert (found.rules, found.evidence, found.agencies) == ((), (), (CENTER,))
    of_type = trail.denial(OFFICER, [], "search", "Condition")
    assert (of_type.kind, of_type.asked, of_type.records, of_type.patients) == ("search-type", "Condition", (), ())
    both = trail.denial(OFFICER, [], "read", "Task/t", "$transfer", "$other")
    assert (both.asked, both.records) == ("$transfer", ("Task/t",))


def test_a_look_at_the_trail_is_told_by_the_events_shown_and_whom_they_name() -> None:
    events = [
        ("a-1", trail.denial(OFFICER, [], "read", "Patient/1")),
        ("a-2", trail.event(OFFICER, [], "read", [SHOWN, version("Patient/3")], ALLOWED, world=LIVES)),
    ]
    found = trail.review(OFFICER, [OTHER], "search", iter(events), Decision(True, (ground("P11"),)))
    assert (found.kind, found.action, found.outcome, found.asked) == ("search-type", "E", "0", "AuditEvent")
    assert found.records == ("AuditEvent/a-1/_history/1", "AuditEvent/a-2/_history/1")
    assert found.patients == ("Patient/1", "Patient/2", "Patient/3")
    assert (found.rules, found.agencies) == ((f"{POLICY}P11",), (OTHER,))
    one = trail.review(OFFICER, [], "read", events[:1], Decision(True, (ground("P11"),)))
    assert (one.kind, one.asked, one.patients) == ("read", "", ("Patient/1",))


def test_an_explanation_is_told_as_one_and_not_as_what_it_explains() -> None:
    denied = Decision(False, (ground("D3"),), masks=(ground("D1", "Patient/2/_history/4"),))
    found = trail.explained(OFFICER, [CENTER], "$explain-access", "Condition/c", SHOWN, denied, LIVES)
    assert (found.kind, found.action, found.outcome, found.asked) == ("operation", "R", "0", "$explain-access")
    assert (found.rules, found.records) == ((), ("Condition/c/_history/1",))
    assert found.patients == ("Patient/1", "Patient/2")
    assert found.evidence == ("Patient/2/_history/4",)
    absent = trail.explained(OFFICER, [], "$explain-access", "Condition/d", None, denied, LIVES)
    assert (absent.records, absent.patients) == (("Condition/d",), ())


def test_a_question_about_access_is_told_with_the_records_it_was_answered_of() -> None:
    found = trail.asked(OFFICER, [CENTER], "$who-can-see", [SHOWN], LIVES)
    assert (found.kind, found.action, found.outcome, found.asked) == ("operation", "R", "0", "$who-can-see")
    assert (found.records, found.patients, found.rules) == (
        ("Condition/c/_history/1",),
        ("Patient/1", "Patient/2"),
        (),
    )


def test_nothing_is_about_nobody() -> None:
    assert trail.persons(None, LIVES) == frozenset()
    assert trail.persons(SHOWN, NOWHERE) == {"Patient/2"}
    assert trail.policy("P1") == f"{POLICY}P1"
