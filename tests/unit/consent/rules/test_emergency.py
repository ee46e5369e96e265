"""P8: who broke the glass for a person reads what is about that one alone, but for what nothing opens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import vocabulary
from consent.relations.contributions import EMERGENCY
from consent.relations.names import SAME
from consent.rule import Action
from consent.rules import emergency
from resources.record.envelope import UNTIED
from resources.search.relation import Relation
from tests.unit.consent.people import SYSTEM, around, officer, post, row
from tests.unit.consent.rules.asked import held, opens

OFFICER = officer(post("emergency"), purpose="BTG")
BROKEN = around(row(Relation(EMERGENCY, "Patient/1", "Practitioner/p"), "Task/r"))
CONCERN = [(".type", "Condition"), (".subject", "Patient/1")]


@pytest.mark.parametrize("action", ["create", "read", "search", "update", "delete"])
def test_what_is_about_that_person_and_nobody_else_is_read(action: Action) -> None:
    made = list(emergency.rules(action, OFFICER))
    assert opens(made, CONCERN, BROKEN) is (action in ("read", "search"))
    assert not opens(made, CONCERN), "nobody broke the glass"
    assert not opens(made, CONCERN, around(row(Relation(EMERGENCY, "Patient/1", "Practitioner/x"))))
    assert not opens(made, [(".type", "Condition")], BROKEN)
    assert not opens(made, [(".type", "Condition"), (".subject", "Patient/2")], BROKEN)
    assert not opens(made, [*CONCERN, (".subject", "Patient/2")], BROKEN)
    for rule in held(made, "permit", CONCERN, BROKEN):
        assert [each.version for each in rule.evidence] == ["PractitionerRole/role/_history/1"]
        assert [(each.values.name, each.row.relation) for each in rule.rests_on] == [(".subject", EMERGENCY)]


def test_neither_what_is_very_restricted_nor_a_paper_of_a_meeting_nor_what_may_be_about_somebody_else() -> None:
    made = list(emergency.rules("read", OFFICER))
    closed = [
        *((".label", label) for label in vocabulary.PERHAPS_VERY_RESTRICTED),
        *((".code", code) for code in vocabulary.MERGES),
        (".conference", "Encounter/m"),
        (UNTIED, "yes"),
    ]
    for said in closed:
        assert not opens(made, [*CONCERN, said], BROKEN), said
    assert opens(made, [*CONCERN, (".label", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R")], BROKEN)
    assert not opens(made, [(".type", "Organization"), CONCERN[1]], BROKEN)


def test_by_another_name_of_the_person_it_is_about_nobody_else_and_by_that_alone_it_stays_closed() -> None:
    merged = around(
        row(Relation(EMERGENCY, "Patient/1", "Practitioner/p"), "Task/r"), row(Relation(SAME, "Patient/2", "Patient/1"))
    )
    made = list(emergency.rules("read", OFFICER))
    assert opens(made, [*CONCERN, (".subject", "Patient/2")], merged)
    assert not opens(made, [(".type", "Condition"), (".subject", "Patient/2")], merged)


def test_it_is_for_an_emergency_post_that_is_held_and_for_that_purpose() -> None:
    assert not list(emergency.rules("read", officer(post("officer"), purpose="BTG")))
    assert not list(emergency.rules("read", officer(post("emergency"), purpose="CAREMGT")))
    system = replace(OFFICER, actor=replace(SYSTEM, purpose=vocabulary.BREAK_THE_GLASS), posts=())
    assert not list(emergency.rules("read", system))
