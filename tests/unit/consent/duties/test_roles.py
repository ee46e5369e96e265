"""R11 and R19: who brought the case stays on its team, and the roles of a household are decided once."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import roles
from consent.duty_context import DutyContext
from consent.relations.people import Person
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, change, officer, post, wrongs

Json = dict[str, Any]

LEAD = officer(post("lead-section"))
PEOPLE = {"PractitionerRole/colleague": Person(frozenset(), frozenset(), frozenset({CENTER}))}
ONCE, STAYS = ["R19 at CareTeam.status"], ["R11 at CareTeam.participant"]


def team(*members: str, status: str = "active", category: str = "case-team") -> Json:
    named = [{"member": ref(each)} for each in members]
    made: Json = {"resourceType": "CareTeam", "id": "t", "status": status, "participant": named}
    return made | {"category": [concept("record-category", category)]}


def decided(before: Json | None, after: Json | None, **around: Any) -> list[str]:
    known = DutyContext(**{"before_conference": True, "conference_open": True} | around)
    return wrongs(roles.decided_by_lead_section, change(before, after, LEAD, duty_context=known))


def test_roles_that_are_decided_already_are_decided_anew_or_amended() -> None:
    others = frozenset({"CareTeam/standing"})
    assert decided(None, team(CENTER), others=others) == ONCE
    assert decided(team(status="proposed"), team(), others=others) == ONCE
    assert decided(None, team(CENTER)) == decided(None, team(status="proposed"), others=others) == []
    assert decided(team(), team(CENTER), others=others) == decided(team(), team(status="inactive"), others=others) == []


def test_where_it_is_not_the_lead_sections_to_decide_and_where_the_case_is_before_nobody() -> None:
    assert decided(None, team(), before_conference=False) == ["R19 at CareTeam.subject"]
    assert decided(None, team(), conference_open=False) == ["R19 at CareTeam.subject"]
    assert decided(team(), None, conference_open=False) == ["R19 at CareTeam.subject"]
    for before, after in ((None, team()), (team(), None), (team(), team(category="other"))):
        assert wrongs(roles.decided_by_lead_section, change(before, after)) == ["R19! at CareTeam"]
    assert wrongs(roles.decided_by_lead_section, change(None, team(category="standing-roster"))) == []


def stays(before: Json | None, after: Json | None) -> list[str]:
    around = DutyContext(keepers=frozenset({CENTER}), people=PEOPLE)
    return wrongs(roles.sender_stays, change(before, after, LEAD, duty_context=around))


@pytest.mark.parametrize("named", [CENTER, "PractitionerRole/colleague"])
def test_who_brought_the_case_is_on_its_team_and_stays(named: str) -> None:
    without, with_them = team("Organization/other"), team("Organization/other", named)
    assert stays(None, without) == stays(team(status="proposed"), without) == STAYS
    assert stays(with_them, without) == stays(None, team()) == STAYS
    assert stays(None, with_them) == stays(with_them, with_them) == stays(without, with_them) == []
    assert stays(with_them, team(named)) == [], "another leaves it"
    assert stays(without, without) == [], "an older team is amended as it is"
    assert stays(with_them, team("Organization/other", status="inactive")) == []
    assert stays(None, team("Organization/other", status="proposed")) == []
    assert stays(None, team("Organization/other", category="standing-roster")) == stays(with_them, None) == []
    (told,) = roles.sender_stays(change(None, team(), LEAD, duty_context=DutyContext(keepers=frozenset({CENTER}))))
    assert CENTER not in told.text + told.ja
