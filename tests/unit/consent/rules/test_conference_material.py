"""D3: the papers of a conference are closed to who is not on its roster, convened it, or completes its minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent.relations.contributions import LEADS
from consent.rule import Action
from consent.rules import conference_material
from resources.search.relation import Relation
from tests.unit.consent.people import CENTER, around, officer, post, row
from tests.unit.consent.rules.asked import OTHER, closes
from tests.unit.consent.rules.test_statutory_conference import MEETING

PAPER = [(".type", "List"), (".conference", "Encounter/m"), (".custodian", OTHER)]
ELSEWHERE = [(".type", "List"), (".conference", "Encounter/n"), (".custodian", OTHER)]


@pytest.mark.parametrize("action", ["create", "read", "search", "update", "delete"])
def test_papers_are_closed_outside_the_roster(action: Action) -> None:
    there = action != "create"
    assert closes(conference_material.rules(action, officer()), PAPER) is there
    listed = officer(meetings=(MEETING,))
    assert not closes(conference_material.rules(action, listed), PAPER)
    assert closes(conference_material.rules(action, listed), ELSEWHERE) is there
    over = officer(meetings=(replace(MEETING, listed=False),))
    assert closes(conference_material.rules(action, over), PAPER) is there
    assert not closes(conference_material.rules(action, officer()), [(".type", "List"), (".custodian", OTHER)])
    assert not closes(conference_material.rules(action, officer(post("lead-section"))), PAPER)


def test_the_secretariat_and_who_keeps_them_as_convener_go_on_with_them() -> None:
    led = around(row(Relation(LEADS, "Encounter/m", "PractitionerRole/role")))
    made = list(conference_material.rules("read", officer()))
    assert not closes(made, PAPER, led)
    assert closes(made, ELSEWHERE, led)
    assert closes(made, PAPER, around(row(Relation(LEADS, "Encounter/m", "PractitionerRole/x"))))
    own = [*PAPER[:2], (".custodian", CENTER)]
    assert not closes(conference_material.rules("read", officer(post("convener"))), own)
    assert closes(conference_material.rules("read", officer(post("convener"))), PAPER)
    assert closes(made, own), "of that agency, and not its convener"
