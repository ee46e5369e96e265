"""R36: the secretariat of a meeting, or its convener, keeps its minutes, and they stay."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import minutes
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]
WRITES, STAYS = "R36! at Composition.encounter", "R36 at Composition.status"


def meeting(*functions: str, member: str = "PractitionerRole/role") -> Json:
    seats = [{"individual": ref("PractitionerRole/another"), "type": [concept("role", "secretariat")]}]
    seats += [{"individual": ref(member), "type": [concept("role", each)]} for each in functions]
    held: Json = {"resourceType": "Encounter", "class": own("encounter-class", "support-conference")}
    return held | {"participant": seats}


def minutes_of(name: str = "Encounter/m") -> Json:
    return {"resourceType": "Composition", "id": "1", "status": "final", "encounter": ref(name)}


def kept(before: Json | None, after: Json | None, **meetings: Json) -> list[str]:
    records = {f"Encounter/{id}": each for id, each in meetings.items()}
    return wrongs(minutes.kept_by_the_secretariat, change(before, after, records=records))


@pytest.mark.parametrize("function", ["convener", "secretariat"])
def test_they_are_written_by_who_is_seated_as_its_secretariat_or_convener(function: str) -> None:
    assert kept(None, minutes_of(), m=meeting(function)) == []
    assert kept(None, minutes_of(), m=meeting("member", function)) == []
    assert kept(None, minutes_of(), m=meeting(function, member="Practitioner/p")) == []
    assert kept(None, minutes_of(), m=meeting(function, member="PractitionerRole/colleague")) == [WRITES]


def test_nobody_else_at_the_table_writes_them() -> None:
    assert kept(None, minutes_of(), m=meeting("member")) == [WRITES]
    assert kept(minutes_of(), minutes_of() | {"status": "amended"}, m=meeting()) == [WRITES]
    assert kept(None, minutes_of(), m={"resourceType": "Encounter", "class": meeting()["class"]}) == [WRITES]


def test_minutes_are_neither_put_into_nor_taken_out_of_the_meeting_of_others() -> None:
    mine, theirs, visit = meeting("secretariat"), meeting("member"), {"resourceType": "Encounter"}
    assert kept(minutes_of("Encounter/n"), minutes_of(), m=mine, n=theirs) == [WRITES]
    assert kept(minutes_of(), minutes_of("Encounter/n"), m=mine, n=theirs) == [WRITES]
    assert kept(minutes_of(), minutes_of("Encounter/n"), m=theirs, n=theirs) == [WRITES, WRITES]
    assert kept(minutes_of(), minutes_of("Encounter/v"), m=mine, v=visit) == []


def test_they_are_corrected_and_never_deleted() -> None:
    mine = meeting("secretariat")
    assert kept(minutes_of(), None, m=mine) == [STAYS]
    assert kept(minutes_of(), None, m=meeting("member")) == [WRITES, STAYS]
    for status in ("amended", "entered-in-error"):
        assert kept(minutes_of(), minutes_of() | {"status": status}, m=mine) == []


def test_a_paper_of_no_conference_is_no_minutes() -> None:
    visit: Json = {"resourceType": "Encounter", "participant": meeting("member")["participant"]}
    for paper in (minutes_of(), minutes_of("Encounter/unknown"), {"resourceType": "Composition", "id": "1"}):
        assert kept(None, paper, m=visit) == kept(paper, None, m=visit) == []
