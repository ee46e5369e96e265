"""Art. 3 and 4, R19, R27, R29 and R38: who convenes, who sits, who decides, and when it opens."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import conference, roles, roster, validity
from consent.duty_context import DutyContext
from consent.facts import Facts
from consent.relations.people import Person
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import CENTER, breaches, change, officer, post

Json = dict[str, Any]

CONVENER = officer(post("convener"))
LEAD = officer(post("lead-section"))
MEETING: Json = {
    "resourceType": "Encounter",
    "id": "1",
    "status": "planned",
    "class": own("encounter-class", "support-conference"),
    "type": [concept("conference-kind", "case-conference")],
    "subject": ref("Group/1"),
    "period": {"start": "2026-11-30T13:30:00+09:00", "end": "2026-11-30"},
    "participant": [
        {"type": [concept("role", "convener")], "individual": ref("PractitionerRole/role")},
        {"type": [concept("role", "member")], "individual": ref("PractitionerRole/mine")},
    ],
    "extension": [
        extension("legal-basis", valueCodeableConcept=concept("legal-basis", "art9")),
        extension("agenda", valueReference=ref("CarePlan/1")),
    ],
}
VISIT: Json = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
BASIS, AGENDA = MEETING["extension"]


@pytest.mark.parametrize(
    ("known", "changes", "expected"),
    [
        (CONVENER, {}, []),
        (LEAD, {}, ["art. 4!"]),
        (CONVENER, {"extension": [AGENDA]}, ["R27"]),
        (CONVENER, {"type": []}, ["R27"]),
        (CONVENER, {"extension": [BASIS]}, ["P4"]),
        (CONVENER, {"period": None}, ["P4"]),
        (CONVENER, {"period": {"start": "2026-11-23"}}, ["P4"]),
        (CONVENER, {"period": {"end": "2026-11-23"}}, ["P4"]),
        (CONVENER, {"period": {"start": "2026-11", "end": "2026-11"}}, ["P4"]),
        (CONVENER, {"period": {"start": "2026-11-23", "end": "2026-11-24"}}, ["P4"]),
        (CONVENER, {"period": {"start": "2026-11", "end": "2026-11-01"}}, ["P4"]),
        (CONVENER, {"period": {"start": "2026-11-23T14:00:00Z", "end": "2026-11-23T16:00:00Z"}}, ["P4"]),
        (CONVENER, {"period": {"start": "2026-11-23T15:00:00Z", "end": "2026-11-24T14:59:59Z"}}, []),
        (CONVENER, {"period": {"start": "2026-11-23", "end": "9999-12-31"}}, ["P4"]),
        (CONVENER, {"period": {"start": "2026-11-24", "end": "2026-11-23"}}, ["P4"]),
        (CONVENER, {"period": "today"}, ["P4"]),
        (CONVENER, {"period": {"start": "2026-11-23", "end": "9999-12-31"}, "status": "cancelled"}, []),
        (CONVENER, {"period": {"_end": {}}, "status": "finished"}, []),
        (CONVENER, {"subject": ref("Group/2")}, ["R38"]),
        (CONVENER, {"subject": None}, ["R38"]),
        (CONVENER, {"extension": [BASIS, extension("agenda", valueReference=ref("CarePlan/absent"))]}, ["R38"]),
        (LEAD, VISIT, []),
    ],
)
def test_the_convener_convenes_with_basis_agenda_and_window(known: Facts, changes: Json, expected: list[str]) -> None:
    cases = {"CarePlan/1": {"resourceType": "CarePlan", "subject": ref("Group/1")}}
    assert breaches(conference.convened, change(None, MEETING | changes, known, records=cases)) == expected


def test_a_meeting_of_which_no_day_can_be_told_can_be_deleted() -> None:
    cases = {"CarePlan/1": {"resourceType": "CarePlan", "subject": ref("Group/1")}}
    untold = MEETING | {"period": {"start": "2026-11-24", "end": "2026-11-23"}}
    assert breaches(conference.convened, change(untold, None, CONVENER, records=cases)) == []
    assert breaches(validity.told, change(untold, None, CONVENER)) == []
    assert breaches(validity.told, change(untold, untold, CONVENER)) == ["P4"]


def test_a_conference_does_not_escape_its_rules_by_becoming_a_visit() -> None:
    assert breaches(conference.convened, change(MEETING, MEETING | {"class": VISIT["class"]}, LEAD)) == ["art. 4!"]
    assert breaches(conference.course, change(MEETING, MEETING | {"class": VISIT["class"]}, LEAD)) == ["art. 4"]
    assert breaches(conference.course, change(VISIT, MEETING | {"status": "finished"}, CONVENER)) == ["art. 4"]
    assert breaches(conference.course, change(VISIT, VISIT | {"status": "planned"})) == []


@pytest.mark.parametrize(
    ("was", "becomes", "allowed"),
    [
        (None, "planned", True),
        (None, "in-progress", False),
        ("planned", "in-progress", True),
        ("planned", "finished", False),
        ("planned", "cancelled", True),
        ("arrived", "in-progress", True),
        ("in-progress", "finished", True),
        ("in-progress", "planned", False),
        ("finished", "in-progress", False),
        ("finished", "finished", True),
        ("cancelled", "planned", False),
    ],
)
def test_a_meeting_opens_once_and_closes_for_good(was: str | None, becomes: str, allowed: bool) -> None:
    before = MEETING | {"status": was} if was else None
    assert breaches(conference.course, change(before, MEETING | {"status": becomes})) == ([] if allowed else ["art. 4"])


def test_members_are_chosen_from_the_standing_roster() -> None:
    convening = Person(frozenset({"PractitionerRole/role"}), frozenset({"convener"}), frozenset({CENTER}))
    known = {"PractitionerRole/role": convening}
    standing = DutyContext(standing=frozenset({"PractitionerRole/mine"}), people=known)
    assert breaches(roster.members_are_standing, change(None, MEETING, duty_context=standing)) == []
    assert breaches(roster.members_are_standing, change(None, MEETING)) == ["R29", "R29"]
    unnamed = DutyContext(people=known)
    assert breaches(roster.members_are_standing, change(None, MEETING, duty_context=unnamed)) == ["R29"]
    assert breaches(roster.members_are_standing, change(MEETING, MEETING | {"status": "in-progress"})) == []
    assert breaches(roster.members_are_standing, change(None, VISIT)) == []


def opening(gap: str = "", *, at_table: str = "") -> list[str]:
    part = {"url": "field", "valueCoding": own("concern-field", "debts")}
    reason = [{"url": "reason", "valueString": gap}]
    gaps = [extension("roster-gap", extension=[part, *reason])] if gap else []
    opened = MEETING | {"status": "in-progress", "extension": gaps}
    around = DutyContext(concerns=frozenset({"debts", "other"}), at_table=frozenset({at_table}))
    return breaches(roster.fields_at_table, change(MEETING, opened, duty_context=around))


def test_every_field_is_at_the_table_or_explained_before_it_opens() -> None:
    assert opening() == ["R38"]
    assert opening(" ") == ["R38"]
    assert opening("参加できる機関がない") == []
    assert opening(at_table="debts") == []
    around = DutyContext(concerns=frozenset({"debts"}))
    assert breaches(roster.fields_at_table, change(None, MEETING, duty_context=around)) == []
    assert breaches(roster.fields_at_table, change(MEETING, MEETING | {"note": 1}, duty_context=around)) == []
    over, seat = MEETING | {"status": "finished"}, {"individual": ref("PractitionerRole/late")}
    amended = over | {"participant": [*over["participant"], seat | {"type": [concept("role", "member")]}]}
    assert breaches(roster.fields_at_table, change(over, amended, duty_context=around)) == []
    assert breaches(roster.fields_at_table, change(None, VISIT, duty_context=around)) == []


def team(category: str) -> Json:
    return {"resourceType": "CareTeam", "category": [concept("record-category", category)]}


def test_the_convener_keeps_the_standing_roster() -> None:
    standing, other = team("standing-roster"), team("case-team")
    assert breaches(roster.kept_by_convener, change(None, standing, CONVENER)) == []
    for transition in (
        change(None, standing),
        change(standing, other),
        change(other, standing),
        change(standing, None),
    ):
        assert breaches(roster.kept_by_convener, transition) == ["art. 3!"]
    assert breaches(roster.kept_by_convener, change(None, other)) == []


def test_the_lead_section_decides_the_roles_while_a_conference_has_the_case() -> None:
    before = DutyContext(before_conference=True, conference_open=True)
    assert breaches(roles.decided_by_lead_section, change(None, team("case-team"), LEAD, duty_context=before)) == []
    assert breaches(roles.decided_by_lead_section, change(None, team("case-team"), LEAD)) == ["R19"]
    assert breaches(roles.decided_by_lead_section, change(None, team("case-team"), duty_context=before)) == ["R19!"]
    assert breaches(roles.decided_by_lead_section, change(team("case-team"), team("other"))) == ["R19!"]
    assert breaches(roles.decided_by_lead_section, change(None, team("standing-roster"))) == []


def test_what_is_decided_waits_for_the_meeting_to_open_and_what_is_not_does_not() -> None:
    called, had = DutyContext(before_conference=True), team("case-team") | {"status": "active"}
    assert breaches(roles.decided_by_lead_section, change(None, had, LEAD, duty_context=called)) == ["R19"]
    for decided in ({"participant": [{"member": ref("Organization/x")}]}, {"status": "inactive"}):
        told = change(had, had | decided, LEAD, duty_context=called)
        assert breaches(roles.decided_by_lead_section, told) == ["R19"]
    noted = change(had, had | {"note": [{"text": "誤字を直す"}]}, LEAD, duty_context=called)
    assert breaches(roles.decided_by_lead_section, noted) == []
