"""R21, R26 and R38: whether a meeting's roster is to be looked at again, of records as they lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from consent import roster_check
from consent.roster_check import Check
from consent.verdict import Verdict
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import CENTER, officer
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import conference
from tests.unit.consent.worked_on import HOUSE

Json = dict[str, Any]

OPEN = Verdict(True, fixed=frozenset({"Group/g", "Patient/1"}))
RIGHT = Check(lacking=False, joined=False, unattended=False)
ADVISING = {"medical": frozenset({"public-health"}), "debts": frozenset({"welfare-assistance", "hardship"})}


def household(*members: str) -> Json:
    return HOUSE | {"member": [{"entity": ref(one if "/" in one else f"Patient/{one}")} for one in members]}


def concern(field: str) -> Json:
    return {
        "resourceType": "Condition",
        "id": field,
        "subject": ref("Patient/1"),
        "code": concept("concern-field", field),
    }


def posted(id: str, function: str, **changes: Any) -> Json:
    post: Json = {"resourceType": "PractitionerRole", "id": id, "organization": ref(CENTER)}
    return post | {"practitioner": ref(f"Practitioner/{id}"), "code": [concept("role", function)]} | changes


def check(lying: Lying, advising: Mapping[str, frozenset[str]] | None = None) -> Check:
    meeting = lying.versions["Encounter/m"]
    found = lying.ask(lambda view: roster_check.of(view, officer(), [meeting], advising or {}))
    assert list(found) == ["Encounter/m"]
    return found["Encounter/m"]


def gap(field: str, reason: str) -> Json:
    parts: list[Json] = [{"url": "field", "valueCoding": own("concern-field", field)}]
    return extension("roster-gap", extension=[*parts, {"url": "reason", "valueString": reason}])


def test_a_field_of_concern_is_lacking_that_is_neither_at_the_table_nor_explained(lying: Lying) -> None:
    meeting = conference("in-progress", "q")
    lying.put(household("1"), meeting, posted("q", "officer"), judged=OPEN)
    assert check(lying) == RIGHT
    lying.put(concern("debts"))
    assert check(lying) == Check(lacking=True, joined=False, unattended=False)
    said = [*meeting["extension"], gap("debts", "担当が来月から決まる")]
    lying.put(meeting | {"extension": said}, judged=OPEN)
    assert check(lying) == RIGHT
    lying.put(meeting | {"extension": [*meeting["extension"], gap("debts", "。")]}, judged=OPEN)
    assert check(lying).lacking, "a dot is no reason"
    lying.put(meeting | {"extension": [*meeting["extension"], gap("medical", "担当が来月から決まる")]}, judged=OPEN)
    assert check(lying).lacking, "another field's"
    desk: Json = {"resourceType": "HealthcareService", "id": "desk", "providedBy": ref(CENTER)}
    lying.put(desk | {"category": [concept("concern-field", "debts"), concept("concern-field", "medical")]})
    assert check(lying) == RIGHT


def test_for_another_field_than_those_that_are_named_no_agency_is_asked(lying: Lying) -> None:
    lying.put(household("1"), conference("in-progress"), concern("other"), judged=OPEN)
    assert check(lying) == RIGHT
    lying.put(concern("work"))
    assert check(lying).lacking


def test_why_a_field_is_absent_is_said_in_words() -> None:
    meeting = {"extension": [gap("debts", "担当が来月から決まる"), gap("medical", "  "), gap("work", "-")]}
    assert roster_check.explained(meeting) == {"debts"}
    assert roster_check.explained({}) == frozenset()


@pytest.mark.parametrize(
    ("status", "members", "judged", "joined"),
    [
        ("in-progress", ("1", "2"), OPEN, True),
        ("in-progress", ("1",), OPEN, False),
        ("in-progress", (), OPEN, False),
        ("in-progress", ("1", "Practitioner/x"), OPEN, False),
        ("in-progress", ("1", "2"), Verdict(), False),
        ("planned", ("1", "2"), OPEN, False),
        ("finished", ("1", "2"), OPEN, False),
    ],
)
def test_somebody_has_joined_who_was_not_before_the_open_meeting(
    lying: Lying, status: str, members: tuple[str, ...], judged: Verdict, joined: bool
) -> None:
    lying.put(household(*members))
    lying.put(conference(status), judged=judged)
    assert check(lying).joined == joined


def test_who_attends_is_missed_where_nobody_at_the_table_is_that(lying: Lying) -> None:
    lying.put(household("1"), conference("planned", "lead", "co", "unknown"), posted("lead", "lead-section"))
    assert check(lying) == Check(lacking=False, joined=False, unattended=True)
    lying.put(posted("co", "coordinator"))
    assert check(lying) == RIGHT
    called = conference("planned", "lead", "co")
    lying.put(called | {"participant": [*called["participant"], {"type": [concept("role", "member")]}]})
    assert check(lying) == RIGHT, "a seat of nobody"


def test_an_adviser_of_each_field_concerned_is_missed(lying: Lying) -> None:
    kind = {"type": [concept("conference-kind", "adviser-conference")]}
    lying.put(household("1"), posted("lead", "lead-section"), posted("co", "coordinator"), concern("medical"))
    for id, field in (("law", "welfare-assistance"), ("health", "public-health")):
        lying.put(posted(id, "adviser", specialty=[concept("adviser-field", field)]))
    lying.put(conference("planned", "lead", "co", "law") | kind)
    assert check(lying, ADVISING).unattended, "nobody of health"
    assert not check(lying, {"debts": frozenset({"hardship"})}).unattended, "none is asked for"
    lying.put(conference("planned", "lead", "co", "law", "health") | kind)
    assert not check(lying, ADVISING).unattended
    lying.put(concern("debts"))
    assert not check(lying, ADVISING).unattended, "one of several that advise in it"
    assert check(lying, ADVISING | {"debts": frozenset({"hardship"})}).unattended, "of each field one"
    lying.put(conference("planned", "lead", "co"))
    assert not check(lying, ADVISING).unattended, "a case conference has no advisers"
