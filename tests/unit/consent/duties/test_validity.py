"""P4, P12 and art. 3: from when to when something counts that the policy rests on can be told."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import validity
from tests.laws.worlds import concept, extension, own
from tests.unit.consent.people import ABSENT, change, wrongs

Json = dict[str, Any]

UNTOLD: Json = {"start": "2026-11-23", "end": "2026-11-22"}
TOLD: Json = {"start": "2026-11-23"}
MEETING: Json = {"resourceType": "Encounter", "class": own("encounter-class", "support-conference")}
ROSTER: Json = {"resourceType": "CareTeam", "category": [concept("record-category", "standing-roster")]}


def told(after: Json | None) -> list[str]:
    return wrongs(validity.told, change({"resourceType": "X"} if after is None else None, after))


def test_of_a_meeting_and_of_each_seat() -> None:
    seats = [{"period": TOLD}, {}, {"period": UNTOLD}]
    assert told(MEETING) == told(MEETING | {"period": TOLD}) == []
    assert told(MEETING | {"period": UNTOLD}) == ["P4 at Encounter.period"]
    assert told(MEETING | {"participant": seats}) == ["P4 at Encounter.participant[2].period"]
    assert told({"resourceType": "Encounter", "period": UNTOLD, "participant": seats}) == []


def test_of_each_entry_of_the_standing_roster() -> None:
    entries = [{"period": UNTOLD}, {"period": TOLD}]
    assert told(ROSTER) == []
    assert told(ROSTER | {"participant": entries}) == ["art. 3 at CareTeam.participant[0].period"]
    assert told(ROSTER | {"resourceType": "CarePlan", "participant": entries}) == []
    assert told(MEETING | {"resourceType": "EpisodeOfCare", "period": UNTOLD}) == []
    team = ROSTER | {"category": [concept("record-category", "case-team")]}
    assert told(team | {"participant": entries}) == []


@pytest.mark.parametrize("type", ["PractitionerRole", "Organization", "HealthcareService"])
def test_of_what_the_installer_writes(type: str) -> None:
    entry: Json = {"resourceType": type}
    assert told(entry | {"period": UNTOLD}) == [f"P12 at {type}.period"]
    forces = [extension("in-force", valuePeriod=TOLD), extension("in-force", valuePeriod=UNTOLD)]
    assert told(entry | {"extension": forces}) == [f"P12 at {type}.extension[1]"]
    assert told(entry | {"active": True, "period": UNTOLD}) == [f"P12 at {type}.period"]
    assert told(entry | {"active": False, "period": UNTOLD}) == []
    assert told(entry | {"_active": ABSENT}) == [f"P12 at {type}.active"]
    assert told(entry | {"active": True, "_active": ABSENT}) == []
    for untold in ({"period": UNTOLD}, {"_active": ABSENT}):
        assert told({"resourceType": "Condition"} | untold) == []


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "finished", "inactive"])
def test_what_is_ended_may_stay_as_it_was(status: str) -> None:
    assert told(MEETING | {"status": status, "period": UNTOLD}) == []
    assert told(None) == []
