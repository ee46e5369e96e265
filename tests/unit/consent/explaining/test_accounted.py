"""An auditor is told, by ids and rules, what the trail says of somebody's access to a record: all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from consent import trail, vocabulary
from consent.actor import Scope
from consent.explaining import accounted
from resources.record import coding
from resources.record.problem import Problem
from tests.unit.consent.explaining.trailed import archived, event, happened
from tests.unit.consent.people import officer, post
from tests.unit.consent.town import Town, actor

Json = dict[str, Any]

AUDITOR = actor("aud", "audit-review")
MORNING, NOON, EVENING = (f"2026-11-23T{hour}:00:00+09:00" for hour in ("09", "12", "18"))
UTC = {MORNING: "2026-11-23T00:00:00.000Z", NOON: "2026-11-23T03:00:00.000Z", EVENING: "2026-11-23T09:00:00.000Z"}
HEAD = [
    {"name": "record", "valueReference": {"reference": "Condition/c"}},
    {"name": "actor", "valueReference": {"reference": "Practitioner/q"}},
]


def reason(ja: str, en: str) -> Json:
    parts = [{"name": "because", "valueString": ja}, {"name": "because-en", "valueString": en}]
    return {"name": "reason", "part": parts}


NO_EVENT = reason("ここにある監査記録に、これに当たる記録はない", "the trail, as it lies here, has no event of this")
NOTHING = reason("許す規則がないため、認められない", "no rule permits it, so it is denied")
MORE = reason("さらに前の記録がある。`at` を前にして尋ねる", "there are earlier events: ask with an earlier `at`")
SHOWN = reason("監査記録による：実際に提供を受けた者", "told from the trail: who was shown it")
ARCHIVED = reason(
    "古い記録は保管ファイルに移してある（`tsunagu audit archive`）。それより前のことは、保管ファイルで確かめる",
    "older events were moved into archive files (`tsunagu audit archive`): they tell what was before",
)


def answered(
    town: Town,
    record: str = "Condition/c",
    about: str = "Practitioner/q",
    purpose: str = "",
    at: datetime | None = None,
    who: Any = AUDITOR,
) -> list[Json]:
    found = town.run(accounted.answered(town.gate, who, record, about, purpose, at))
    assert found["resourceType"] == "Parameters"
    parameters: list[Json] = found["parameter"]
    return parameters


def events(parameters: list[Json]) -> list[tuple[str, str]]:
    """When each was, and how it was decided."""
    told = [{part["name"]: part for part in each["part"]} for each in parameters if each["name"] == "event"]
    return [(each["at"]["valueInstant"], each["decision"]["valueCode"]) for each in told]


def test_the_latest_event_decides_and_every_one_is_told(town: Town) -> None:
    relied = ("Consent/a/_history/1", "Consent/b/_history/2")
    happened(
        town,
        event(MORNING, "P1", kind="vread"),
        event(NOON, "P2", "P3", evidence=relied, purpose=vocabulary.SUPPORT_CONFERENCE),
        event(EVENING, outcome=trail.DENIED, rules=(), purpose=vocabulary.STATISTICS, kind="search-type"),
    )
    ids = [f"AuditEvent/{each['id']}" for each in town.trail() if "Condition/c" in str(each)]
    first, second, third = (
        {
            "name": "event",
            "part": [
                {"name": "id", "valueReference": {"reference": id}},
                {"name": "at", "valueInstant": UTC[at]},
                {"name": "interaction", "valueCode": kind},
                {"name": "decision", "valueCode": decision},
                {"name": "purpose", "valueCode": purpose},
                *({"name": "rule", "valueString": rule} for rule in rules),
            ],
        }
        for id, at, kind, decision, purpose, rules in (
            (ids[0], MORNING, "vread", "permit", "CAREMGT", ["P1"]),
            (ids[1], NOON, "read", "permit", "support-conference", ["P2", "P3"]),
            (ids[2], EVENING, "search-type", "deny", "statistics", []),
        )
    )
    assert answered(town) == [
        *HEAD,
        {"name": "purpose", "valueCode": "statistics"},
        {"name": "at", "valueInstant": UTC[EVENING]},
        {"name": "decision", "valueCode": "deny"},
        NOTHING,
        third,
        second,
        first,
    ]
    evidence = [{"name": "evidence", "valueReference": {"reference": each}} for each in relied]
    assert answered(town, at=datetime.fromisoformat(NOON)) == [
        *HEAD,
        {"name": "purpose", "valueCode": "support-conference"},
        {"name": "at", "valueInstant": UTC[NOON]},
        {"name": "decision", "valueCode": "permit"},
        {"name": "rule", "part": [{"name": "id", "valueString": "P2"}, *evidence]},
        {"name": "rule", "part": [{"name": "id", "valueString": "P3"}, *evidence]},
        second,
        first,
    ]


def test_the_article_of_a_conference_is_told_with_its_rule_and_with_no_other(town: Town) -> None:
    addresses = (trail.policy("P2"), trail.policy("P4"), coding.own("legal-basis", "art9"), "urn:of-others")
    happened(town, event(NOON, rules=addresses))
    rules = [each["part"] for each in answered(town) if each["name"] == "rule"]
    assert rules == [
        [{"name": "id", "valueString": "P2"}],
        [{"name": "id", "valueString": "P4"}, {"name": "legal-basis", "valueCode": "art9"}],
    ]


def test_where_there_is_no_event_that_is_said_and_nothing_decided(town: Town) -> None:
    assert answered(town) == [*HEAD, NO_EVENT]
    archived(town)
    happened(town, event(NOON))
    assert answered(town, "Condition/none") == [
        {"name": "record", "valueReference": {"reference": "Condition/none"}},
        HEAD[1],
        NO_EVENT,
        ARCHIVED,
    ]
    assert answered(town)[-1] == ARCHIVED
    assert NO_EVENT not in answered(town)


def test_an_event_of_another_record_of_another_one_or_a_question_is_none_of_it(town: Town) -> None:
    happened(
        town,
        event(MORNING, "P1"),
        event(NOON, records=("Condition/d/_history/1",), evidence=("Condition/c/_history/1",)),
        event(NOON, person="Practitioner/p", agencies=("Organization/center",)),
        *(event(NOON, asked=asked) for asked in ("$explain-access", "$who-can-see", "$simulate")),
        event(NOON, "P7", asked="$access-log", records=("Condition/d/_history/1", "Condition/c/_history/2")),
    )
    assert events(answered(town)) == [(UTC[NOON], "permit"), (UTC[MORNING], "permit")]
    assert events(answered(town, about="Organization/other")) == events(answered(town))
    assert events(answered(town, about="Practitioner/p")) == [(UTC[NOON], "permit")]


def test_of_a_purpose_are_told_the_events_for_that_purpose_however_it_is_written(town: Town) -> None:
    happened(
        town,
        event(MORNING),
        event(NOON, purpose="CAREMGT"),
        event(EVENING, purpose=vocabulary.SUPPORT_CONFERENCE),
    )
    for care in ("CAREMGT", vocabulary.CARE_MANAGEMENT):
        assert [at for at, _ in events(answered(town, purpose=care))] == [UTC[NOON], UTC[MORNING]]
    assert [at for at, _ in events(answered(town, purpose="support-conference"))] == [UTC[EVENING]]
    assert answered(town, purpose="BTG") == [*HEAD, NO_EVENT]


def test_until_an_instant_means_that_instant_included(town: Town) -> None:
    happened(town, event(NOON), event("2026-11-23T12:00:00.001+09:00"))
    then = datetime.fromisoformat(NOON)
    assert len(events(answered(town, at=then))) == 1
    assert len(events(answered(town, at=then + timedelta(milliseconds=1)))) == 2
    assert events(answered(town, at=then - timedelta(milliseconds=1))) == []


def test_where_there_are_more_than_are_told_it_is_said_how_to_ask_for_them(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened(town, event(MORNING), event(NOON), event(EVENING))
    monkeypatch.setattr(accounted, "MOST", 3)
    assert MORE not in answered(town)
    monkeypatch.setattr(accounted, "MOST", 2)
    told = answered(town)
    assert [at for at, _ in events(told)] == [UTC[EVENING], UTC[NOON]]
    assert told[-1] == MORE
    monkeypatch.setattr(accounted, "MOST", 50)
    monkeypatch.setattr(accounted, "MOST_SEEN", 2)
    told = answered(town)
    assert [at for at, _ in events(told)] == [UTC[EVENING], UTC[NOON]]
    assert told[-1] == MORE
    archived(town)
    happened(town, event(MORNING), event(NOON), event(EVENING))
    assert ARCHIVED not in answered(town), "what is earlier is asked for first"


def test_fifty_events_are_told(town: Town) -> None:
    happened(town, *(event(NOON) for _ in range(50)))
    assert (len(events(answered(town))), MORE in answered(town)) == (50, False)
    happened(town, event(NOON))
    assert (len(events(answered(town))), MORE in answered(town)) == (50, True)


def test_five_hundred_events_are_looked_at(town: Town) -> None:
    other = event(EVENING, records=("Condition/d",), evidence=("Condition/c",))
    happened(town, event(MORNING), event(NOON), *(other for _ in range(498)))
    assert ([at for at, _ in events(answered(town))], MORE in answered(town)) == ([UTC[NOON], UTC[MORNING]], False)
    happened(town, other)
    assert ([at for at, _ in events(answered(town))], MORE in answered(town)) == ([UTC[NOON]], True)


def seen(town: Town, name: str = "Patient/1", at: datetime | None = None) -> list[Json]:
    found = town.run(accounted.seen_by(town.gate, AUDITOR, name, at))
    assert found["resourceType"] == "Parameters"
    assert found["parameter"][0] == {"name": "record", "valueReference": {"reference": name}}
    parameters: list[Json] = found["parameter"][1:]
    return parameters


def ground(id: str, **seers: int) -> Json:
    who = [
        {
            "name": "who",
            "part": [
                {"name": "actor", "valueReference": {"reference": name.replace("_", "/")}},
                {"name": "events", "valueInteger": number},
            ],
        }
        for name, number in seers.items()
    ]
    return {"name": "ground", "part": [{"name": "id", "valueString": id}, *who]}


def test_who_was_shown_something_of_a_person_is_told_by_rule_with_how_often(town: Town) -> None:
    happened(
        town,
        event(MORNING, "P3"),
        event(NOON, "P3", "P2"),
        event(NOON, "P1", person="Practitioner/p", agencies=("Organization/center",)),
        event(NOON, "P1", person="", agencies=("Organization/center", "Organization/x")),
        event(NOON, "P1", person="", agencies=()),
        event(NOON, "P1", outcome=trail.DENIED),
        event(NOON, "P1", patients=("Patient/2",)),
        event(NOON, "P1", patients=("Patient/2",), person="Patient/1", agencies=()),
        event(NOON, "P1", patients=("Patient/2",), evidence=("Patient/1/_history/1",)),
        *(event(NOON, asked=asked) for asked in ("$explain-access", "$who-can-see", "$simulate")),
        event(EVENING, "P9", rules=("urn:elsewhere",)),
    )
    whole = [
        ground("P1", Organization_center=1, Practitioner_p=1, desk=1),
        ground("P2", Practitioner_q=1),
        ground("P3", Practitioner_q=2),
    ]
    assert seen(town) == [*whole, SHOWN]
    then = {"name": "at", "valueInstant": UTC[MORNING]}
    assert seen(town, at=datetime.fromisoformat(MORNING)) == [then, ground("P3", Practitioner_q=1), SHOWN]


def test_of_a_household_are_told_the_events_of_its_own_record(town: Town) -> None:
    happened(town, event(NOON, "P5", records=("Group/g/_history/1",)), event(NOON, "P1"))
    happened(town, event(NOON, asked="$who-can-see", records=("Group/g/_history/1",)))
    assert seen(town, "Group/g") == [ground("P5", Practitioner_q=1), SHOWN]


def test_of_those_who_saw_it_earlier_it_is_said_how_to_ask(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    happened(town, event(MORNING, "P3"), event(NOON, "P3"))
    monkeypatch.setattr(accounted, "MOST_SEEN", 1)
    assert seen(town) == [ground("P3", Practitioner_q=1), MORE]
    archived(town)
    happened(town, event(MORNING, "P3"), event(NOON, "P3"))
    assert seen(town) == [ground("P3", Practitioner_q=1), MORE], "what is earlier is asked for first"
    monkeypatch.setattr(accounted, "MOST_SEEN", 500)
    assert seen(town, "Patient/2") == [SHOWN, ARCHIVED]


def test_who_audits_holds_that_post_and_asks_for_that_purpose() -> None:
    auditing = officer(post(vocabulary.AUDITOR), purpose="audit-review")
    assert accounted.is_auditor(auditing)
    assert not accounted.is_auditor(officer(post(vocabulary.AUDITOR)))
    assert not accounted.is_auditor(officer(purpose="audit-review"))


def test_a_token_that_does_not_reach_the_trail_is_refused(town: Town) -> None:
    narrow = replace(AUDITOR, scopes=(Scope("user", "Condition", frozenset("rs")),))
    with pytest.raises(Problem) as refused:
        answered(town, who=narrow)
    assert refused.value.kind == "forbidden"
