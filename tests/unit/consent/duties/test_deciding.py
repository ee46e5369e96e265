"""R4, R19, R21, R22, R25, R26 and R36: who is at the table when a conference opens, and what it closes with."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import deciding
from consent.duty_context import DutyContext
from consent.ordinance import Ordinance
from consent.relations.people import Person
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]

AT = "Encounter.participant"
OFFICES = ("convener", "lead-section", "coordinator", "adviser", "officer")
PEOPLE = {
    f"PractitionerRole/{office}": Person(frozenset(), frozenset({office}), frozenset({f"Organization/{office}"}))
    for office in OFFICES
}
LAW = Ordinance(frozenset(), {}, advising={"debts": frozenset({"law", "money"}), "other": frozenset()})


def meeting(status: str = "planned", kind: str = "case-conference", *seats: str, **elements: Any) -> Json:
    made: Json = {"resourceType": "Encounter", "status": status, "class": own("encounter-class", "support-conference")}
    participants = [{"individual": ref(f"PractitionerRole/{each}")} for each in seats]
    return made | {"type": [concept("conference-kind", kind)], "participant": participants} | elements


VISIT: Json = {"class": {"code": "AMB"}}
TABLE = ("convener", "lead-section", "coordinator")


def follows(before: Json | None, after: Json | None, **known: Any) -> list[str]:
    around = DutyContext(people=PEOPLE, **known)
    return wrongs(deciding.follows_the_case_conference, change(before, after, duty_context=around))


@pytest.mark.parametrize("status", ["planned", "in-progress"])
def test_the_advisers_meet_where_a_case_conference_could_not_decide(status: str) -> None:
    called = meeting(status, "adviser-conference", "adviser")
    assert follows(None, called, undecided=True) == []
    assert follows(None, called, law=Ordinance(frozenset(), {}, advisers_first=True)) == []
    assert follows(None, called) == ["R25 at Encounter.type"]
    assert follows(None, called | VISIT) == []
    assert follows(None, meeting(status)) == []


@pytest.mark.parametrize("status", ["planned", "arrived", "in-progress"])
def test_a_meeting_that_becomes_theirs_is_one_too(status: str) -> None:
    becomes = meeting(status, "adviser-conference", "adviser")
    assert follows(meeting(status), becomes) == ["R25 at Encounter.type"]
    assert follows(meeting(status), becomes, undecided=True) == []
    assert follows(meeting(status), becomes | VISIT) == []
    assert follows(meeting("finished"), becomes | {"status": "finished"}) == []


def test_an_adviser_is_among_them_when_it_is_called_and_when_it_opens() -> None:
    bare, opened = meeting("planned", "adviser-conference", *TABLE), {"status": "in-progress"}
    assert follows(None, bare, undecided=True) == [f"R26 at {AT}"]
    assert follows(bare, bare | opened) == follows(bare | {"status": "arrived"}, bare) == [f"R26 at {AT}"]
    assert follows(None, meeting("planned", "adviser-conference", *TABLE, "adviser"), undecided=True) == []
    assert follows(bare, bare | {"note": 1}) == follows(bare, bare | {"status": "cancelled"}) == []
    assert follows(bare, None) == []


def warned(duty: Any, before: Json | None, after: Json | None, **known: Any) -> list[str]:
    """What it says, of which all are warnings."""
    transition = change(before, after, duty_context=DutyContext(people=PEOPLE, law=LAW, **known))
    assert all(issue.severity == "warning" for issue in duty(transition))
    return wrongs(duty, transition)


def test_a_meeting_without_a_secretariat_is_warned_of_as_it_is_called_and_as_it_opens() -> None:
    bare = meeting("planned", "information-sharing", *TABLE)
    seat = {"individual": ref("PractitionerRole/coordinator"), "type": [concept("role", "secretariat")]}
    kept, opened = bare | {"participant": [*bare["participant"], seat]}, {"status": "in-progress"}
    assert warned(deciding.kept_by_somebody, None, bare) == [f"R36 at {AT}"]
    assert warned(deciding.kept_by_somebody, bare, bare | opened) == [f"R36 at {AT}"]
    assert warned(deciding.kept_by_somebody, None, kept) == warned(deciding.kept_by_somebody, kept, kept | opened) == []
    assert warned(deciding.kept_by_somebody, bare, bare | {"note": 1}) == []
    assert warned(deciding.kept_by_somebody, None, bare | VISIT) == []
    assert warned(deciding.kept_by_somebody, bare, None) == []


def attended(after: Json, before: Json | None = None, **known: Any) -> list[str]:
    return warned(deciding.attended, before or meeting(), after, **known)


def test_who_attends_is_asked_for_when_it_is_called_and_when_it_opens() -> None:
    assert warned(deciding.attended, None, meeting("planned", "case-conference", *TABLE)) == []
    assert warned(deciding.attended, None, meeting("planned")) == [f"R21 at {AT}"] * 2
    assert attended(meeting("in-progress", "case-conference", *TABLE)) == []
    assert attended(meeting("in-progress", "case-conference", "convener", "coordinator")) == [f"R21 at {AT}"]
    assert attended(meeting("in-progress", "adviser-conference", "lead-section")) == [f"R21 at {AT}"]
    assert attended(meeting("in-progress")) == [f"R21 at {AT}"] * 2
    assert attended(meeting("in-progress", "follow-up")) == []
    assert attended(meeting("planned")) == attended(meeting("in-progress"), meeting("in-progress")) == []
    assert attended(meeting("in-progress") | VISIT) == []


def test_the_department_behind_an_agency_is_asked_for_by_name() -> None:
    opened = meeting("in-progress", "case-conference", *TABLE)
    known = DutyContext(people=PEOPLE, unbacked=(("相談センター", "福祉課"),))
    (found,) = deciding.attended(change(meeting(), opened, duty_context=known))
    assert (found.rule, found.at, found.severity) == ("R21", AT, "warning")
    assert "福祉課" in found.ja


def test_of_the_advisers_those_of_each_field_concerned() -> None:
    opened = meeting("in-progress", "adviser-conference", *TABLE)
    concerns = frozenset({"debts", "other", "unknown"})
    assert attended(opened, concerns=concerns) == [f"R26 at {AT}"]
    assert attended(opened, concerns=concerns, advised=frozenset({"medicine"})) == [f"R26 at {AT}"]
    assert attended(opened, concerns=concerns, advised=frozenset({"money"})) == []
    assert attended(meeting("in-progress", "case-conference", *TABLE), concerns=concerns) == []


def test_where_somebody_refused_it_is_said_why_it_is_necessary() -> None:
    def necessary(text: Any, status: str = "in-progress", refusing: bool = True) -> list[str]:
        said = {"extension": [extension("necessity", valueString=text)]}
        known = DutyContext(refusing=refusing)
        return wrongs(deciding.necessary, change(meeting(), meeting(status) | said, duty_context=known))

    assert necessary("生命") == []
    for short in ("。。", "命", None):
        assert necessary(short) == ["R4 at Encounter.extension"]
    assert necessary("", refusing=False) == necessary("", "planned") == []


def closed(outcome: str = "", direction: str = "", *priorities: str) -> Json:
    said: list[Json] = [{"url": "outcome", "valueCoding": own("conference-outcome", outcome)}] if outcome else []
    said += [{"url": "direction", "valueString": direction}] if direction else []
    said += [{"url": "priority", "valueString": each} for each in priorities]
    return {"status": "finished", "extension": [extension("conference-decision", extension=said)]}


OPEN = meeting("in-progress")
DECIDED = closed("decided", "住まいを先に", "家賃", "就労")


def decided(after: Json | None, before: Json | None = OPEN, **known: Any) -> list[str]:
    around = DutyContext(people=PEOPLE, **known)
    return wrongs(deciding.decided_in_order, change(before, after, duty_context=around))


def test_what_is_decided_has_its_direction_and_what_comes_first() -> None:
    at = ["R22 at Encounter.extension"]
    assert decided(OPEN | DECIDED) == decided(OPEN | closed("undecided")) == []
    assert decided(OPEN | closed("decided", "住まいを先に")) == decided(OPEN | closed("decided", "", "家賃")) == at
    assert decided(OPEN | closed("decided", "。", "家賃")) == decided(OPEN | closed("decided", "住まい", "・")) == at
    assert decided(OPEN | closed("undecided", "住まいを先に")) == []
    drafted = OPEN | {"extension": closed("decided")["extension"]}
    assert decided(drafted | {"status": "finished"}, drafted) == at
    finished = OPEN | closed("undecided")
    assert decided(finished | closed("decided"), finished) == at


def test_what_it_came_to_is_asked_for_when_it_closes() -> None:
    for kind in ("case-conference", "adviser-conference"):
        there = meeting("in-progress", kind)
        assert warned(deciding.decided_in_order, there, there | closed()) == ["R22 at Encounter.extension"]
    other = meeting("in-progress", "follow-up")
    assert decided(other | closed(), other) == []
    assert decided(OPEN | closed() | VISIT) == decided(OPEN | {"extension": []}) == decided(None) == []
    finished = OPEN | closed()
    assert decided(finished | {"note": 1}, finished) == []


def test_what_a_decision_leaves_is_warned_of() -> None:
    def left(*undone: str) -> list[str]:
        return warned(deciding.decided_in_order, OPEN, OPEN | DECIDED, undone=frozenset(undone))

    at = "at Encounter.extension"
    assert left() == []
    assert left("roles") == [f"R19 {at}"]
    assert left("plan") == left("plan-of-roles") == [f"R22 {at}"]
    assert left("roles", "plan", "plan-of-roles") == [f"R19 {at}", f"R22 {at}", f"R22 {at}"]
    assert decided(OPEN | closed("undecided"), undone=frozenset({"roles"})) == []
    for kind in ("information-sharing", "support-coordination-conference"):
        other = meeting("in-progress", kind)
        assert decided(other | DECIDED, other, undone=frozenset({"roles"})) == [], "it decides on no roles"
