"""D2: who is in conflict of interest reads nothing about the person; the declaration is told to very few."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import vocabulary
from consent.evidence import Conflict
from consent.rule import Action
from consent.rules import conflict
from tests.unit.consent.people import CENTER, OFFICER, officer, post
from tests.unit.consent.rules.asked import OTHER, closes, held, opens

EVERY: tuple[Action, ...] = ("create", "read", "search", "update", "delete")
DECLARED = [(".type", "Flag"), (".code", vocabulary.CONFLICT)]
MINE = [*DECLARED, (".author", "Practitioner/p"), (".custodian", OTHER)]
THEIRS = [*DECLARED, (".author", "Practitioner/x"), (".custodian", OTHER)]
LEAD = officer(post("lead-section"))
CITIZEN = replace(officer(), actor=replace(OFFICER, person="Patient/9", purpose=vocabulary.PATIENT_REQUEST), posts=())


@pytest.mark.parametrize("action", EVERY)
def test_who_declared_it_reads_it_and_the_lead_section_reads_and_changes_all(action: Action) -> None:
    own, leading = (list(conflict.rules(action, who)) for who in (officer(), LEAD))
    reading = action in ("read", "search")
    assert opens(own, MINE) is reading
    assert not opens(own, THEIRS)
    assert opens(leading, THEIRS) is (reading or action == "update")
    for who in (own, leading):
        assert not opens(who, [(".type", "Flag"), (".author", "Practitioner/p")])
        assert not opens(who, [(".type", "Basic"), (".code", vocabulary.CONFLICT), (".author", "Practitioner/p")])


@pytest.mark.parametrize("action", EVERY)
def test_for_numbers_and_for_audits_nobody_reads_or_changes_a_declaration(action: Action) -> None:
    for purpose in ("statistics", "audit-review"):
        assert not opens(conflict.rules(action, officer(purpose=purpose)), MINE)
        assert not opens(conflict.rules(action, officer(post("lead-section"), purpose=purpose)), THEIRS)


def test_a_citizen_reads_what_they_declared_themselves_and_changes_nothing() -> None:
    said = [*DECLARED, (".author", "Patient/9"), (".custodian", OTHER)]
    assert opens(conflict.rules("read", CITIZEN), said)
    assert not opens(conflict.rules("read", CITIZEN), THEIRS)
    assert not opens(conflict.rules("update", CITIZEN), said)


def test_a_system_has_declared_nothing() -> None:
    system = replace(officer(), actor=replace(OFFICER, person="", organization=CENTER), posts=())
    assert not opens(conflict.rules("read", system), [*DECLARED, (".author", ""), (".custodian", OTHER)])


@pytest.mark.parametrize("action", EVERY)
def test_a_declaration_is_closed_to_who_neither_made_nor_keeps_it_nor_leads(action: Action) -> None:
    made = list(conflict.rules(action, officer()))
    assert closes(made, THEIRS)
    assert not closes(made, MINE)
    assert not closes(made, [*DECLARED, (".author", "Practitioner/x"), (".custodian", CENTER)])
    assert not closes(made, [(".type", "Flag"), (".custodian", OTHER)]), "a flag of another kind"
    assert not closes(made, [(".type", "Basic"), (".code", vocabulary.CONFLICT), (".custodian", OTHER)])
    assert not closes(conflict.rules(action, LEAD), THEIRS)


@pytest.mark.parametrize("action", EVERY)
@pytest.mark.parametrize("function", ["officer", "lead-section"])
def test_in_conflict_nothing_is_open_that_is_about_the_person_but_ones_own_declaration(
    action: Action, function: str
) -> None:
    said = Conflict("Patient/1", "Flag/f/_history/1")
    made = list(conflict.rules(action, officer(post(function), conflicts=(said,))))
    concern = [(".type", "Condition"), (".custodian", CENTER)]
    assert closes(made, [*concern, (".subject", "Patient/1")])
    assert closes(made, [*concern, (".subject", "Patient/1"), (".subject", "Patient/2")])
    assert not closes(made, [*concern, (".subject", "Patient/2")])
    assert not closes(made, [*MINE, (".subject", "Patient/1")])
    (rule,) = held(made, "forbid", [*concern, (".subject", "Patient/1")])
    assert [(each.version, each.about) for each in rule.evidence] == [("Flag/f/_history/1", "Patient/1")]
