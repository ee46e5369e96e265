"""A person is told on which day and on which ground their records were accessed, how often, and by whom never."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from consent import trail, vocabulary
from consent.explaining import access_log
from resources.record.problem import Problem
from resources.store.trail import Found, TooBroad, TrailQuery
from tests.laws.worlds import ref
from tests.unit.consent.acts import merges
from tests.unit.consent.explaining.trailed import archived, event, happened
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
SELF = replace(P, person="Patient/1", purpose=vocabulary.PATIENT_REQUEST, now=NOW + timedelta(days=9))
PERSON = {"name": "person", "valueReference": {"reference": "Patient/1"}}


def log(town: Town, at: datetime | None = None) -> Json:
    return town.run(access_log.answered(town.gate, SELF, "1", at))


def access(day: str, ground: str, times: int, *consents: str) -> Json:
    named = [{"name": "consent", "valueReference": {"reference": each}} for each in consents]
    parts = [
        {"name": "date", "valueDate": day},
        {"name": "ground", "valueString": ground},
        {"name": "times", "valueInteger": times},
    ]
    return {"name": "access", "part": [*parts, *named]}


@pytest.fixture
def kept(town: Town) -> Town:
    """Two persons, and what was done about them before anybody asks is gone from the trail."""
    town.write(P, patient("1"), patient("2"), concern("c", "1"), concern("d", "2"))
    town.sign(P, consent("a"), consent("b"), consent("o", patient=ref("Patient/2"), performer=[ref("Patient/2")]))
    return town


def told(town: Town, at: datetime | None = None) -> list[Json]:
    """All that is told but what was done on the day on which the records were written."""
    found = log(town, at)
    assert found["resourceType"] == "Parameters"
    assert found["parameter"][0] == PERSON
    written = {"name": "date", "valueDate": f"{NOW.date()}"}
    return [each for each in found["parameter"][1:] if written not in each.get("part", ())]


def test_each_day_and_ground_is_told_once_with_how_often_the_latest_first(kept: Town) -> None:
    happened(
        kept,
        event("2026-11-25T10:00:00+09:00", "P1"),
        event("2026-11-25T11:00:00+09:00", "P4"),
        event("2026-11-25T12:00:00+09:00", "P1", person="Practitioner/p", agencies=("Organization/center",)),
        event("2026-11-26T10:00:00+09:00", "P1", "P2"),
        event("2026-11-24T10:00:00+09:00", "P5"),
    )
    assert told(kept) == [
        access("2026-11-26", "P2", 1),
        access("2026-11-26", "P1", 1),
        access("2026-11-25", "P4", 1),
        access("2026-11-25", "P1", 2),
        access("2026-11-24", "P5", 1),
    ]


def test_a_day_is_the_day_in_okayama(kept: Town) -> None:
    happened(kept, event("2026-11-25T23:59:59.999+09:00"), event("2026-11-26T00:00:00+09:00"))
    assert told(kept) == [access("2026-11-26", "P1", 1), access("2026-11-25", "P1", 1)]


def test_under_a_consent_it_is_told_under_which_of_their_own_and_of_nobody_else_s(kept: Town) -> None:
    relied = ("Consent/b/_history/1", "Consent/a/_history/1", "Consent/o/_history/1", "Consent/none/_history/1")
    evidence = (*relied, "Task/t/_history/1", "Patient/1/_history/1")
    happened(
        kept,
        event("2026-11-24T10:00:00+09:00", "P3", evidence=evidence),
        event("2026-11-24T11:00:00+09:00", "P3", evidence=evidence),
        event("2026-11-24T12:00:00+09:00", "P3", evidence=relied[1:2]),
        event("2026-11-25T10:00:00+09:00", "P1", "P3", evidence=evidence),
        event("2026-11-26T10:00:00+09:00", "P1", evidence=evidence),
    )
    found = told(kept)
    assert found[:3] == [
        access("2026-11-26", "P1", 1),
        access("2026-11-25", "P3", 1, "Consent/a", "Consent/b"),
        access("2026-11-25", "P1", 1),
    ]
    assert sorted(found[3:], key=str) == sorted(
        [access("2026-11-24", "P3", 2, "Consent/a", "Consent/b"), access("2026-11-24", "P3", 1, "Consent/a")], key=str
    )


def test_only_what_was_shown_of_them_is_an_access(kept: Town) -> None:
    """Neither what was refused, nor what is of another, nor what they were shown of another's, nor a question."""
    at = "2026-11-25T10:00:00+09:00"
    happened(
        kept,
        event(at, outcome=trail.DENIED),
        event(at, patients=("Patient/2",)),
        event(at, person="Patient/1", agencies=(), patients=("Patient/2",)),
        event(at, records=("Condition/d/_history/1",), patients=(), evidence=("Patient/1/_history/1",)),
        *(event(at, asked=asked) for asked in ("$explain-access", "$who-can-see", "$simulate")),
        event(at, "P7", asked="$access-log"),
        event(at, rules=("urn:elsewhere", "urn:tsunagu:basis")),
    )
    assert told(kept) == [access("2026-11-25", "P7", 1)]


def test_until_an_instant_is_told_what_happened_by_then_that_instant_included(kept: Town) -> None:
    then = datetime.fromisoformat("2026-11-25T10:00:00+09:00")
    happened(kept, event("2026-11-25T10:00:00+09:00"), event("2026-11-25T10:00:00.001+09:00", "P2"))
    assert told(kept, then) == [access("2026-11-25", "P1", 1)]
    assert told(kept, then + timedelta(milliseconds=1)) == [
        access("2026-11-25", "P2", 1),
        access("2026-11-25", "P1", 1),
    ]


def test_where_there_is_more_it_is_said_how_to_ask_for_that(kept: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "MOST", 2)
    days = ("2026-11-24", "2026-11-25", "2026-11-26")
    happened(kept, *(event(f"{day}T10:00:00+09:00") for day in days))
    more = {
        "name": "reason",
        "part": [
            {"name": "because", "valueString": "さらに前の記録がある。`at` を前にして尋ねる"},
            {"name": "because-en", "valueString": "there are earlier events: ask with an earlier `at`"},
        ],
    }
    assert told(kept) == [access("2026-11-26", "P1", 1), access("2026-11-25", "P1", 1), more]
    assert "reason" not in str(log(kept, datetime.fromisoformat("2026-01-01T00:00:00+09:00")))


def test_a_thousand_events_are_told(kept: Town) -> None:
    happened(kept, *(event("2026-11-25T10:00:00+09:00") for _ in range(999)), event("2026-11-26T10:00:00+09:00"))
    assert told(kept)[:2] == [access("2026-11-26", "P1", 1), access("2026-11-25", "P1", 999)]
    happened(kept, event("2026-11-27T10:00:00+09:00"))
    later = told(kept)
    assert later[0]["part"][0]["valueDate"] == f"{SELF.now.date()}", "that they asked, which is one of them"
    assert later[1:4] == [
        access("2026-11-27", "P1", 1),
        access("2026-11-26", "P1", 1),
        access("2026-11-25", "P1", 997),
    ]


def test_where_there_are_too_many_to_look_through_it_is_said_how_to_ask(
    kept: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def find(trail: Any, query: TrailQuery) -> Found:
        raise TooBroad

    monkeypatch.setattr(type(kept.store.trail), "find", find)
    with pytest.raises(Problem, match="too many events") as refused:
        log(kept)
    assert (refused.value.kind, refused.value.issues[0].at) == ("not-supported", "at")


def test_after_events_were_archived_it_is_said_where_they_lie(kept: Town) -> None:
    assert "保管ファイル" not in str(log(kept))

    archived(kept)
    happened(kept, event("2026-11-25T10:00:00+09:00"))
    found = told(kept)
    assert found[0] == access("2026-11-25", "P1", 1)
    [reason] = found[1:]
    assert (reason["name"], [each["name"] for each in reason["part"]]) == ("reason", ["because", "because-en"])
    assert "tsunagu audit archive" in reason["part"][0]["valueString"]


def test_whoever_it_is_not_about_is_refused_and_that_is_on_the_trail_of_the_person(kept: Town) -> None:
    for who in (P, replace(SELF, person="Patient/2"), replace(SELF, person="RelatedPerson/mother")):
        with pytest.raises(Problem) as refused:
            kept.run(access_log.answered(kept.gate, who, "1", None))
        assert (refused.value.kind, refused.value.issues[0].text) == ("not-found", "there is no `Patient/1`")
        last = kept.trail()[-1]
        assert (last["outcome"], last["entity"][0]["what"]) == ("4", {"reference": "Patient/1"})
        assert last["entity"][-1]["name"] == "$access-log"


def test_under_another_name_of_the_person_it_is_asked_by_that_name(kept: Town) -> None:
    merges.ask(kept, P, "2", "1")
    other = replace(SELF, person="Patient/2")
    assert kept.run(access_log.answered(kept.gate, other, "2", None))["parameter"][0] == {
        "name": "person",
        "valueReference": {"reference": "Patient/2"},
    }
    with pytest.raises(Problem, match="there is no `Patient/1`"):
        kept.run(access_log.answered(kept.gate, other, "1", None))


def test_that_they_asked_is_on_the_trail_itself(kept: Town) -> None:
    log(kept)
    last = kept.trail()[-1]
    assert (last["outcome"], last["entity"][-1]["name"]) == ("0", "$access-log")
    assert last["subtype"][0]["code"] == "operation"
    assert last["entity"][0]["what"]["reference"] == "Patient/1/_history/1"
