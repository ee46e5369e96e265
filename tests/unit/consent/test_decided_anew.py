"""R19 and D1: roles that are decided anew take the place of those before, whatever of them is shown to who decides."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.laws.worlds import concept, ref
from tests.unit.consent.conftest import P
from tests.unit.consent.test_carrying_out import Q, activity, close, plan
from tests.unit.consent.test_named_for_a_role import LEADING, D, decide, hire, reads, take_on, told
from tests.unit.consent.test_settled import differences
from tests.unit.consent.town import INSTALLER, Town, actor

Json = dict[str, Any]

DEPUTY = actor("lead2", "support-conference")


@pytest.fixture
def town(open_: Town) -> Town:
    """Somebody of the household is protected, and of the lead section nobody is on the list."""
    hire(open_)
    post: Json = {"resourceType": "PractitionerRole", "id": "lead2", "practitioner": ref("Practitioner/lead2")}
    post |= {"organization": ref("Organization/lead"), "code": [concept("role", "lead-section")]}
    open_.write(INSTALLER, {"resourceType": "Practitioner", "id": "lead2"}, post)
    open_.write(P, plan(activity()))
    open_.protect(P, "Patient/1", "Organization/center")
    decide(open_, "other", "desk")
    return open_


def participants(town: Town) -> list[Json]:
    (team,) = [each for each in town.stored("CareTeam") if each.id != "standing"]
    return [each["member"] for each in orjson.loads(team.body)["participant"]]


@pytest.mark.parametrize("who", [LEADING, DEPUTY], ids=["who decided before", "a colleague"])
def test_an_agency_that_has_no_role_any_more_is_not_on_the_team(town: Town, who: Any) -> None:
    assert reads(town, Q)
    named = [{"role": [{"text": "家計の相談"}], "member": ref("Organization/desk")}]
    town.run(town.gate.decide_roles(who, "CarePlan/k", named))
    assert participants(town) == [ref("Organization/desk"), ref("Organization/center")]
    assert differences(town) == []
    close(town)
    assert reads(town, Q) == set()
    take_on(town, D, told(town, D)[0], owner=ref("PractitionerRole/d"))
    assert reads(town, D)
