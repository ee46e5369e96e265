"""R27 and R38: a 支援会議 fixes its persons as it opens, and stays what it was opened on."""

from __future__ import annotations

import pytest

from consent.standing import conference
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import officer, post
from tests.unit.consent.standing.filed import Json, filing, wrongs

BASIS = extension("legal-basis", valueCodeableConcept=concept("legal-basis", "art9"))
AGENDA = extension("agenda", valueReference=ref("CarePlan/k"))
MEETING: Json = {
    "resourceType": "Encounter",
    "id": "m",
    "status": "planned",
    "class": own("encounter-class", "support-conference"),
    "type": [concept("conference-kind", "case-conference")],
    "subject": ref("Group/g"),
    "period": {"start": "2026-11-23", "end": "2026-11-23"},
    "extension": [BASIS, AGENDA],
}
OPEN = MEETING | {"status": "in-progress"}
CONVENER = officer(post("convener"))
HERE = frozenset({"Group/g", "Patient/1"})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"status": "finished"}, []),
        ({"subject": ref("Group/h")}, ["R38 at Encounter.subject"]),
        ({"extension": [BASIS]}, ["R38 at Encounter.subject"]),
        ({"extension": [AGENDA]}, ["R27 at Encounter.type"]),
        ({"type": [concept("conference-kind", "adviser-conference")]}, ["R27 at Encounter.type"]),
        ({"period": {"start": "2026-11-23", "end": "2026-11-24"}}, []),
        ({"period": {"start": "2026-11-24", "end": "2026-11-24"}}, ["P4 at Encounter.period"]),
        ({"period": {}}, ["P4 at Encounter.period"]),
    ],
)
def test_an_open_meeting_stays_with_its_case_its_kind_its_basis_and_its_day(changed: Json, told: list[str]) -> None:
    assert wrongs(conference.KIND, filing(OPEN, OPEN | changed)) == told
    assert wrongs(conference.KIND, filing(MEETING, MEETING | changed)) == []
    assert wrongs(conference.KIND, filing(MEETING, OPEN | changed)) == []
    assert wrongs(conference.KIND, filing(OPEN | {"status": "finished"}, OPEN | changed)) == []
    assert wrongs(conference.KIND, filing(None, OPEN | changed)) == []
    talk = {"class": own("encounter-class", "meeting")}
    assert wrongs(conference.KIND, filing(OPEN | talk, OPEN | talk | changed)) == []


def test_a_day_that_cannot_be_told_is_put_right() -> None:
    backwards, unread = {"start": "2026-11-24", "end": "2026-11-22"}, {"start": "2026-11-24", "end": "2026-13"}
    for period in ({"start": "2026-13"}, {"end": "2026-11-23"}, {}, backwards, unread):
        assert wrongs(conference.KIND, filing(OPEN | {"period": period}, OPEN)) == []


def fixed(before: Json | None, after: Json, had: frozenset[str] = frozenset(), *functions: str) -> frozenset[str]:
    who = officer(post(*(functions or ("convener",))))
    found = conference.judged(filing(before, after, facts=who, had=Verdict(True, fixed=had)))
    assert found.counts is ("convener" in (functions or ("convener",)))
    return found.fixed


def test_opening_it_fixes_the_household_and_who_is_in_it() -> None:
    assert fixed(None, MEETING) == frozenset()
    assert fixed(MEETING, OPEN) == HERE
    assert fixed(None, OPEN) == HERE
    assert fixed(MEETING, OPEN, frozenset(), "officer") == frozenset()
    later = frozenset({"Group/g", "Patient/0"})
    assert fixed(OPEN, OPEN, later) == later, "who came later is none of them"
    assert fixed(OPEN, OPEN | {"status": "finished"}, later) == later
    unknown = {"subject": ref("Group/h")}
    assert fixed(MEETING | unknown, OPEN | unknown) == frozenset()


def test_the_convener_adds_for_a_reason_who_is_in_the_household_now() -> None:
    for_a_reason = OPEN | {"extension": [BASIS, AGENDA, extension("persons-added", valueString="子が生まれたため")]}
    had = frozenset({"Group/g", "Patient/0"})
    assert fixed(OPEN, for_a_reason, had) == had | HERE
    assert fixed(for_a_reason, for_a_reason, had) == had, "one reason adds once"
    assert fixed(OPEN, for_a_reason, had, "officer") == had
    assert fixed(OPEN, for_a_reason, frozenset({"Group/h"})) == frozenset({"Group/h"}), "of that household alone"
    assert fixed(OPEN, for_a_reason | {"status": "finished"}, had) == had
    assert fixed(MEETING, for_a_reason | {"status": "planned"}, had) == had


def test_a_meeting_that_rests_on_consent_fixes_nobody_and_what_is_none_does_not_count() -> None:
    for rest in ({"extension": [AGENDA]}, {"type": [concept("conference-kind", "support-meeting")]}):
        assert fixed(MEETING | rest, OPEN | rest) == frozenset()
        assert fixed(OPEN | rest, OPEN | rest, HERE) == frozenset()
    talk = OPEN | {"class": own("encounter-class", "meeting")}
    assert conference.judged(filing(MEETING, talk, facts=CONVENER)) == NONE
