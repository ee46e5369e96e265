"""Art. 4, R27 and R38: of which kind a meeting is, whose case it is on, and how it goes from one status to the next."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from consent.duties import conference
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.duties.test_conference import BASIS, CONVENER, LEAD, MEETING
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]

CASES: Json = {
    "CarePlan/1": {"resourceType": "CarePlan", "subject": ref("Group/1")},
    "CarePlan/moved": {"resourceType": "CarePlan", "subject": ref("Group/9")},
}
GOES = {
    "": {"planned"},
    "planned": {"planned", "arrived", "in-progress", "cancelled"},
    "arrived": {"arrived", "in-progress", "cancelled"},
    "in-progress": {"in-progress", "finished"},
}
"""From what it was to what it may become; what is none of these stays."""


def convened(before: Json | None, after: Json | None, known: Any = CONVENER) -> list[str]:
    return wrongs(conference.convened, change(before, after, known, records=CASES))


def of_kinds(*kinds: str, **elements: Any) -> Json:
    return MEETING | {"type": [concept("conference-kind", each) for each in kinds]} | elements


def on_agenda(*cases: str, **elements: Any) -> Json:
    return (
        MEETING | {"extension": [BASIS, *(extension("agenda", valueReference=ref(each)) for each in cases)]} | elements
    )


def test_it_goes_from_one_status_to_the_next() -> None:
    statuses = ("planned", "arrived", "in-progress", "onleave", "finished", "cancelled", "entered-in-error")
    for was, becomes in product(("", *statuses), statuses):
        before = MEETING | {"status": was} if was else None
        allowed = becomes in GOES.get(was, {was})
        found = wrongs(conference.course, change(before, MEETING | {"status": becomes}))
        assert found == ([] if allowed else ["art. 4 at Encounter.status"]), (was, becomes)


def test_the_convener_alone_convenes_and_says_so_of_the_whole() -> None:
    assert convened(None, MEETING, LEAD) == ["art. 4! at Encounter"]
    assert convened(MEETING, None, LEAD) == ["art. 4! at Encounter"]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("case-conference",), []),
        (("adviser-conference",), []),
        (("case-conference", "adviser-conference"), ["R27 at Encounter.type"]),
        (("pre-meeting",), ["R27 at Encounter.class"]),
        (("pre-meeting", "case-conference"), ["R27 at Encounter.type"]),
        ((), ["R27 at Encounter.type"]),
    ],
)
def test_it_is_of_one_kind_and_what_prepares_a_meeting_is_none(kinds: tuple[str, ...], expected: list[str]) -> None:
    assert convened(None, of_kinds(*kinds)) == expected
    assert convened(of_kinds("information-sharing"), of_kinds(*kinds)) == expected, "nor does it become one"
    if kinds:
        was = of_kinds(*kinds)
        assert convened(was, was | {"status": "in-progress"}) == [], "what an older store says is opened and closed"


@pytest.mark.parametrize("status", ["finished", "cancelled", "entered-in-error"])
def test_what_is_over_may_have_no_day(status: str) -> None:
    untold = MEETING | {"period": {"start": "2026-11-24", "end": "2026-11-23"}}
    assert convened(untold, untold | {"status": status}) == []
    assert convened(untold, untold | {"title": "x"}) == ["P4 at Encounter.period"]


def test_the_case_on_the_agenda_is_of_the_meetings_household_when_it_is_called_and_when_it_opens() -> None:
    moved, wrong = on_agenda("CarePlan/moved"), ["R38 at Encounter.subject"]
    assert convened(None, moved) == convened(moved, moved | {"status": "in-progress"}) == wrong
    assert convened(None, on_agenda("CarePlan/1", "CarePlan/moved")) == wrong
    held = moved | {"status": "in-progress"}
    for stays in (moved | {"note": []}, moved | {"status": "arrived"}, moved | {"status": "cancelled"}):
        assert convened(moved, stays) == [], "what becomes of the case later does not keep it open"
    assert convened(held, held | {"status": "finished"}) == convened(held, held | {"note": []}) == []
    assert convened(moved | {"status": "arrived"}, moved) == wrong, "called anew"
    right = MEETING | {"status": "in-progress"}
    assert convened(right, held) == wrong, "another case"
    assert convened(right, right | {"subject": ref("Group/2")}) == wrong, "another household"
    assert convened(held, held | {"subject": ref("Group/2")}) == wrong
