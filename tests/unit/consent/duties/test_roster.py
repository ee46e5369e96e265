"""R29 and R38: who may be seated, and by when each field of concern is at the table or its absence explained."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import roster
from consent.duty_context import DutyContext
from consent.relations.people import Person
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.duties.test_conference import MEETING, VISIT
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]

MISSING = ["R38 at Encounter.participant"]
SEATS: list[Json] = MEETING["participant"]
LATE = {"individual": ref("PractitionerRole/late"), "type": [concept("role", "member")]}


def seated(*names: str, standing: tuple[str, ...] = (), meeting: Json = MEETING) -> list[str]:
    seats = [{"individual": ref(each), "type": [concept("role", "member")]} for each in names]
    person = Person(frozenset({"PractitionerRole/a", "PractitionerRole/b"}), frozenset(), frozenset())
    around = DutyContext(standing=frozenset(standing), people=dict.fromkeys(person.references, person))
    return wrongs(roster.members_are_standing, change(None, meeting | {"participant": seats}, duty_context=around))


def test_a_member_is_on_the_standing_roster_under_whichever_post() -> None:
    assert seated("PractitionerRole/a", standing=("PractitionerRole/a", "PractitionerRole/x")) == []
    assert seated("PractitionerRole/a", standing=("PractitionerRole/b",)) == []
    for on_it in ((), ("PractitionerRole/x",)):
        assert seated("PractitionerRole/a", standing=on_it) == ["R29 at Encounter.participant[0].individual"]
    assert seated("PractitionerRole/x", "PractitionerRole/a", standing=("PractitionerRole/x",)) == [
        "R29 at Encounter.participant[1].individual"
    ]
    assert seated("PractitionerRole/x", meeting=VISIT) == [], "a visit has no roster"


def field_of(before: Json | None, after: Json | None, *at_table: str) -> tuple[list[str], set[str]]:
    """What is missing, and how severely it is said."""
    around = DutyContext(concerns=frozenset({"debts", "other"}), at_table=frozenset(at_table))
    written = change(before, after, duty_context=around)
    return wrongs(roster.fields_at_table, written), {each.severity for each in roster.fields_at_table(written)}


@pytest.mark.parametrize("was", [None, "planned", "arrived"])
def test_it_is_asked_for_as_the_meeting_opens(was: str | None) -> None:
    before = MEETING | {"status": was} if was else None
    assert field_of(before, MEETING | {"status": "in-progress"}) == (MISSING, {"error"})
    assert field_of(before, MEETING | {"status": "in-progress"}, "debts") == ([], set())
    for status in ("planned", "arrived", "cancelled"):
        assert field_of(before, MEETING | {"status": status}) == ([], set())


def test_and_again_as_somebody_else_is_seated_or_whoever_joined_is_taken_up() -> None:
    held = MEETING | {"status": "in-progress"}
    more = held | {"participant": [*SEATS, LATE]}
    assert field_of(held, more) == (MISSING, {"error"})
    assert field_of(more, held) == field_of(held, held | {"note": []}) == field_of(more, dict(more)) == ([], set())
    bare = {name: said for name, said in held.items() if name != "participant"}
    assert field_of(bare, held) == (MISSING, {"error"})
    added = held | {"extension": [*held["extension"], extension("persons-added", valueString="祖母が同居を始めた")]}
    assert field_of(held, added) == (MISSING, {"error"})
    assert field_of(added, added | {"note": []}) == ([], set())


def test_what_came_later_is_warned_of_as_it_closes() -> None:
    held = MEETING | {"status": "in-progress"}
    finished = held | {"status": "finished"}
    assert field_of(held, finished) == (MISSING, {"warning"})
    part = [
        {"url": "field", "valueCoding": own("concern-field", "debts")},
        {"url": "reason", "valueString": "不在のため"},
    ]
    explained = finished | {"extension": [extension("roster-gap", extension=part)]}
    assert field_of(held, explained) == field_of(finished, finished | {"participant": [*SEATS, LATE]}) == ([], set())
    assert field_of(None, VISIT) == field_of(held, None) == ([], set())
