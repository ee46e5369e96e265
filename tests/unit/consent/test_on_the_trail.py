"""What passes the gate is on the trail, whole: what was asked, by whom, on what ground, which records, about whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from consent import vocabulary
from consent.actor import Scope
from consent.gate import Gate
from consent.rule import Decision
from consent.writing.prepared import Change
from resources.record.problem import Problem
from resources.search import request, several
from resources.store.trail import Event, TrailQuery
from tests.laws.worlds import index
from tests.unit.consent.people import NOBODY, NOW, SYSTEM
from tests.unit.consent.town import Town, actor, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")
P1 = "https://tsunagu.example/fhir/policy/P1"
CENTER = ("Organization/center",)


def since(town: Town, many: int = 0) -> list[Event]:
    """The events as the trail keeps them, but for the first of them."""

    async def look() -> list[Event]:
        found = await town.store.trail.find(TrailQuery(newest_first=False, limit=100_000))
        return [entry.event for entry in found.entries]

    return town.run(look())[many:]


def told(town: Town, do: Callable[[], object]) -> list[Event]:
    """What doing this puts on the trail; refused or not."""
    many = len(since(town))
    with suppress(Problem):
        do()
    return since(town, many)


def said(events: list[Event]) -> list[tuple[str, str, str, str]]:
    """Kind, action and outcome of each, and what was asked for."""
    return [(each.kind, each.action, each.outcome, each.asked) for each in events]


@pytest.fixture
def kept(town: Town) -> Town:
    """A household of two whom the center keeps, and a concern of the first."""
    town.write(P, patient("1"), patient("2"))
    town.write(P, household("1", "2"))
    town.write(P, concern("c", "1"))
    return town


def test_an_event_says_who_asked_for_what_and_by_which_rule(kept: Town) -> None:
    asked = replace(P, request="r-7", client="the-desk", now=NOW + timedelta(milliseconds=1.5))
    (event,) = told(kept, lambda: kept.read(asked, "Condition/c"))
    assert event == Event(
        kind="read",
        action="R",
        outcome="0",
        purpose=vocabulary.CARE_MANAGEMENT,
        client="the-desk",
        person="Practitioner/p",
        agencies=CENTER,
        asked="",
        rules=(P1,),
        at=int(NOW.timestamp()) * 1000 + 1,
        request="r-7",
        records=("Condition/c/_history/1",),
        patients=("Patient/1",),
        evidence=("PractitionerRole/p/_history/1",),
    )


def test_of_a_household_it_is_about_who_lives_in_it(kept: Town) -> None:
    (event,) = told(kept, lambda: kept.read(P, "Group/g"))
    assert (event.records, event.patients) == (("Group/g/_history/1",), ("Patient/1", "Patient/2"))


def test_each_way_of_reading_is_told_as_what_it_was(kept: Town) -> None:
    gate, both = (
        kept.gate,
        several.parse(index(), frozenset({"Patient", "Condition"}), [("_type", "Patient,Condition")]),
    )
    asked = [
        (lambda: kept.read(P, "Condition/c"), ("read", "R", "0", "")),
        (lambda: kept.read(P, "Condition/c", 1), ("vread", "R", "0", "")),
        (lambda: kept.search(P, "Condition"), ("search-type", "E", "0", "Condition")),
        (lambda: kept.run(gate.search_several(P, both)), ("search-type", "E", "0", "search-system")),
        (lambda: kept.run(gate.history(P, "Condition", "c", 9)), ("read", "R", "0", "history-instance")),
        (lambda: kept.run(gate.history_of(P, ["Condition"], "", 9)), ("search-type", "E", "0", "history-type")),
        (
            lambda: kept.run(gate.history_of(P, ["Condition", "Group"], "", 9)),
            ("search-type", "E", "0", "history-system"),
        ),
    ]
    for do, event in asked:
        assert said(told(kept, do)) == [event]


def test_that_nothing_was_found_is_told_but_of_the_directory_nothing(kept: Town) -> None:
    (event,) = told(kept, lambda: kept.search(Q, "Condition"))
    assert (event.kind, event.asked, event.records, event.rules, event.patients) == (
        "search-type",
        "Condition",
        (),
        (),
        (),
    )
    for public in (
        lambda: kept.search(P, "Organization"),
        lambda: kept.search(P, "Organization", ("_id", "none")),
        lambda: kept.search(P, "Questionnaire"),
        lambda: kept.search(P, "Questionnaire", ("_id", "none")),
        lambda: kept.read(P, "Organization/center"),
    ):
        assert told(kept, public) == []


def test_where_something_of_the_directory_is_shown_beside_a_record_both_are_told(kept: Town) -> None:
    both = several.parse(index(), frozenset({"Organization", "Condition"}), [("_type", "Organization,Condition")])
    (event,) = told(kept, lambda: kept.run(kept.gate.search_several(P, both)))
    assert {"Condition/c/_history/1", "Organization/center/_history/1"} <= set(event.records)
    assert event.patients == ("Patient/1",)


def test_a_reading_denied_names_what_was_asked_for_and_whom_it_would_have_been_about(kept: Town) -> None:
    (event,) = told(kept, lambda: kept.read(Q, "Condition/c"))
    assert (event.kind, event.action, event.outcome, event.rules) == ("read", "R", "4", ())
    assert (event.asked, event.records, event.patients) == ("denied", ("Condition/c",), ("Patient/1",))
    assert (event.person, event.agencies) == ("Practitioner/q", ("Organization/other",))
    (absent,) = told(kept, lambda: kept.read(Q, "Condition/none"))
    assert (absent.records, absent.patients) == (("Condition/none",), ())


def test_a_write_is_told_with_what_it_made(town: Town) -> None:
    made = told(town, lambda: town.write(P, patient("1"), concern("c", "1")))
    assert said(made) == [("create", "C", "0", ""), ("create", "C", "0", "")]
    assert [(each.records, each.patients, each.rules) for each in made] == [
        (("Patient/1/_history/1",), ("Patient/1",), (P1,)),
        (("Condition/c/_history/1",), ("Patient/1",), (P1,)),
    ]
    (changed,) = told(
        town, lambda: town.write(P, concern("c", "1", meta={"versionId": "1"}, recordedDate="2026-11-01"))
    )
    assert (said([changed]), changed.records) == ([("update", "U", "0", "")], ("Condition/c/_history/2",))
    (gone,) = told(town, lambda: town.delete(P, "Condition/c"))
    assert (said([gone]), gone.records, gone.patients) == (
        [("delete", "D", "0", "")],
        ("Condition/c/_history/3",),
        ("Patient/1",),
    )


def test_that_there_was_nothing_to_delete_is_told_as_a_denial(kept: Town) -> None:
    for who, name in ((Q, "Condition/c"), (P, "Condition/none")):
        (event,) = told(kept, partial(kept.delete, who, name))
        assert (said([event]), event.records, event.rules) == ([("delete", "D", "4", "denied")], (name,), ())
    unmet = Change("delete", "Condition", "x", condition=(("subject", "Patient/none"),))
    (event,) = told(kept, lambda: kept.commit(P, unmet))
    assert (said([event]), event.records) == ([("delete", "D", "4", "Condition")], ())


def test_a_write_denied_names_all_that_was_to_be_written_and_whom_that_is_about(kept: Town) -> None:
    body = orjson.dumps(concern("c", "1", meta={"versionId": "1"}))
    events = told(
        kept,
        lambda: kept.commit(
            P,
            Change("create", "Condition", "d", orjson.dumps(concern("d", "1"))),
            Change("update", "Condition", "c", body),
            Change("delete", "Patient", "1"),
        ),
    )
    assert said(events) == [
        ("create", "C", "4", "denied"),
        ("update", "U", "4", "denied"),
        ("delete", "D", "4", "denied"),
    ]
    assert [each.records for each in events] == [("Condition/d",), ("Condition/c",), ("Patient/1",)]
    assert [each.patients for each in events] == [("Patient/1",)] * 3
    assert not kept.reads(P, "Condition/d")


def test_what_is_wrong_in_itself_is_no_denial(kept: Town) -> None:
    assert told(kept, lambda: kept.write(P, patient("3", gender="unknown-code"))) == []


def test_a_patch_that_fails_is_told_whatever_it_fails_by(kept: Town) -> None:
    def spoilt(shown: dict[str, Any]) -> dict[str, Any]:
        return shown | {"gender": "unknown-code"}

    (event,) = told(kept, lambda: kept.commit(P, Change("update", "Patient", "1", patch=spoilt)))
    assert (said([event]), event.records) == ([("update", "U", "4", "denied")], ("Patient/1",))


def test_what_is_written_on_a_condition_is_told_by_its_type_where_it_is_denied(kept: Town) -> None:
    narrow = replace(P, scopes=(Scope("user", "Patient", frozenset("cruds")),))
    body = {name: value for name, value in concern("x", "1").items() if name != "id"}
    met = Change("update", "Condition", "x", orjson.dumps(body), condition=(("subject", "Patient/1"),))
    events = told(kept, lambda: kept.commit(narrow, met))
    assert [(each.kind, each.outcome, each.asked, each.records) for each in events] == [
        ("update", "4", "Condition", ())
    ]


def test_what_was_protected_is_told_with_the_persons_and_the_operation(kept: Town) -> None:
    events = told(kept, lambda: kept.protect(P, "Patient/1", "Organization/center", "HealthcareService/desk"))
    assert said(events) == [("operation", "U", "0", "$protect")]
    assert (events[0].records, events[0].patients) == (("Patient/1/_history/2",), ("Patient/1",))
    lifted = told(kept, lambda: kept.lift(P, "Patient/1", "転居した"))
    assert said(lifted) == [("operation", "U", "0", "$lift-protection: 転居した")]
    long = told(kept, lambda: kept.lift(P, "Patient/1", "転" * 300))
    assert [each.outcome for each in long] == ["4"], "there is none to lift any more"


def test_a_reason_stands_on_the_trail_as_far_as_it_is_read(kept: Town) -> None:
    kept.protect(P, "Patient/1", "Organization/center", "HealthcareService/desk")
    (event,) = told(kept, lambda: kept.lift(P, "Patient/1", "転" * 300))
    assert event.asked == "$lift-protection: " + "転" * 200


def test_a_system_is_told_as_its_agency(kept: Town) -> None:
    (event,) = told(kept, lambda: kept.read(SYSTEM, "Condition/c"))
    assert (event.person, event.agencies, event.client) == ("", CENTER, "desk")
    assert told(kept, lambda: kept.read(NOBODY, "Organization/center")) == []


def test_a_disclosure_names_the_consent_it_rests_on(kept: Town) -> None:
    kept.sign(P, consent("a"))
    (event,) = told(kept, lambda: kept.read(Q, "Condition/c"))
    assert event.rules == (P1.replace("P1", "P3"),)
    assert "Consent/a/_history/1" in event.evidence


def test_who_listens_is_told_each_decision_that_was_carried_out(kept: Town) -> None:
    decided: list[Decision] = []
    stored: list[tuple[str, bytes]] = []
    gate = Gate(kept.gate.engine, lambda *what: stored.append(what), decided.append)

    def carried(do: Callable[[], object]) -> list[tuple[bool, tuple[str, ...]]]:
        decided.clear()
        do()
        return [(each.allowed, tuple(rule.id for rule in each.rules)) for each in decided]

    assert carried(lambda: kept.run(gate.read(P, "Condition", "c"))) == [(True, ("P1",))]
    assert carried(lambda: kept.run(gate.search(P, request.parse(index(), "Condition", [])))) == [(True, ("P1",))]
    assert carried(lambda: kept.run(gate.read(P, "Organization", "center"))) == [(True, ("P9",))]
    body = orjson.dumps(concern("d", "1"))
    changes = [Change("create", "Condition", "d", body), Change("delete", "Condition", "c")]
    assert carried(lambda: kept.run(gate.commit(P, changes))) == [(True, ("P1",)), (True, ("P1",))]
    assert stored == [("Condition", body)], "a deletion stores no bytes"
