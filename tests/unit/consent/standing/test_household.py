"""P3: who joins a household is in its keeper's care."""

from __future__ import annotations

from consent.standing import household
from consent.verdict import Verdict
from tests.laws.worlds import ref
from tests.unit.consent.standing.filed import OTHER, Json, filing, wrongs


def group(*members: str) -> Json:
    return {"resourceType": "Group", "id": "g", "member": [{"entity": ref(name)} for name in members]}


def test_a_household_takes_in_whom_its_keeper_has_in_care() -> None:
    assert wrongs(household.KIND, filing(None, group("Patient/1"))) == []
    told = wrongs(household.KIND, filing(None, group("Patient/1", "Patient/2")))
    assert told == ["P3 at Group.member[1].entity!"]
    assert wrongs(household.KIND, filing(group("Patient/1"), group("Patient/1", "Patient/2"))) == told
    assert wrongs(household.KIND, filing(group("Patient/2"), group("Patient/2"))) == [], "who is in it stays"
    assert wrongs(household.KIND, filing(group("Patient/2"), group("Patient/1"))) == []
    assert wrongs(household.KIND, filing(None, group("Practitioner/x"))) == [], "not a member: another duty's"
    assert wrongs(household.KIND, filing(None, {"resourceType": "Group"})) == []
    theirs = filing(None, group("Patient/2"), care={"Patient/2": frozenset({OTHER})})
    assert wrongs(household.KIND, theirs) == ["P3 at Group.member[0].entity!"]
    assert household.judged(theirs) == Verdict(True)
