"""What the birth date that stands makes of a signature, and which Tasks make another one stand."""

from __future__ import annotations

from typing import Any

from consent.standing import aging
from consent.verdict import ALWAYS, NONE, UNFOUNDED, Verdict
from resources.record.version import Version
from tests.laws.worlds import ref
from tests.unit.consent.people import NOW
from tests.unit.consent.standing.filed import Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.standing.test_signing import BEFORE, MOTHER, born, kin, merged, register, word
from tests.unit.consent.town import patient

DATED = ".born 2026-11-23T04:00:00.000Z 1990-05-05"
PAPER = ".paper DocumentReference/d/_history/1"


def told(lying: Lying, *noted: str, focus: str = "Patient/1") -> Version:
    """The next version of a Task on which this is noted."""
    task: Json = {"resourceType": "Task", "id": "t", "status": "completed", "focus": ref(focus)}
    lying.put(task, judged=Verdict(True, noted=frozenset(noted)))
    return lying.versions["Task/t"]


def test_another_birth_date_or_other_names_turn_a_signature_and_nothing_else_does(lying: Lying) -> None:
    plain, dated = told(lying), told(lying, DATED)
    later, named = told(lying, f"{DATED} "), told(lying, ".same Patient/1", ".same Patient/2")
    died, both = told(lying, ".died Patient/1"), told(lying, DATED, ".same Patient/1", ".same Patient/2")
    assert not aging.turns(None, plain)
    assert not aging.turns(None, died)
    assert aging.turns(None, dated)
    assert aging.turns(plain, dated)
    assert aging.turns(dated, plain), "taken back"
    assert aging.turns(dated, later)
    assert not aging.turns(dated, dated)
    assert not aging.turns(plain, died)
    assert aging.turns(None, named)
    assert aging.turns(named, plain)
    assert aging.turns(dated, both)
    assert aging.turns(named, both)
    assert not aging.turns(both, both)


def test_it_turns_for_the_person_by_every_name_that_they_had_or_have(lying: Lying) -> None:
    had, has = told(lying, ".same Patient/1", ".same Patient/2"), told(lying, ".same Patient/3", DATED)
    assert aging.of_whom(None, told(lying, DATED, focus="Patient/4")) == {"Patient/4"}
    assert aging.of_whom(had, has) == {"Patient/1", "Patient/2", "Patient/3"}
    assert aging.of_whom(None, had) == {"Patient/1", "Patient/2"}
    assert aging.of_whom(had, told(lying, focus="Patient/4")) == {"Patient/1", "Patient/2", "Patient/4"}


def test_a_birth_date_bears_on_what_was_signed_on_paper_and_counts() -> None:
    assert aging.bears_on(Verdict(True, noted=frozenset({PAPER})))
    assert not aging.bears_on(Verdict(noted=frozenset({PAPER})))
    assert not aging.bears_on(Verdict(void=True, noted=frozenset({PAPER})))
    assert not aging.bears_on(Verdict(True))
    assert not aging.bears_on(NONE)


def test_what_was_made_of_it_last_is_what_is_kept() -> None:
    def kept(*noted: str) -> str:
        return aging.stands(Verdict(True, noted=frozenset({PAPER, *noted})))

    lapses = ".lapses 2030-05-04T15:00:00.000Z"
    assert kept() == ALWAYS
    assert kept(lapses) == "2030-05-04T15:00:00.000Z"
    assert kept(lapses, ".aged 2026-11-23T04:00:00.000Z unfounded") == UNFOUNDED
    again = ".aged 2026-11-24T04:00:00.000Z always"
    assert kept(lapses, ".aged 2026-11-23T04:00:00.000Z unfounded", again) == ALWAYS


def test_what_the_birth_date_that_stands_makes_of_a_signature(lying: Lying) -> None:
    def made(*performers: str, **elements: Any) -> str:
        return lying.ask(lambda view: aging.made_of(view, word(*performers) | elements))

    lying.now = BEFORE
    lying.put(patient("1", birthDate="2012-05-05"), kin(), register())
    lying.now = NOW
    assert made(MOTHER) == "2030-05-04T15:00:00.000Z"
    assert made("Patient/1") == UNFOUNDED
    assert made("Patient/1", provision={"type": "deny"}) == ALWAYS
    task, judged = born("b", "1990-05-05")
    lying.put(task, judged=judged)
    assert made(MOTHER) == UNFOUNDED
    assert made("Patient/1") == ALWAYS
    assert made("Patient/1", dateTime="2026-11") == UNFOUNDED, "on a day that nobody can tell"
    lying.put(patient("2", birthDate="2012-05-05"))
    merged(lying, "Patient/2")
    assert made("Patient/1") == UNFOUNDED, "by each name"
