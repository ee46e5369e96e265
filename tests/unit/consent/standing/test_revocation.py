"""R3: a person ends by a word what they had permitted; what withholds needs a newer signature."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.facts import Facts
from consent.standing import consent, revocation
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import CENTER, OFFICER
from tests.unit.consent.provision.test_provisions import to
from tests.unit.consent.standing.filed import Json, filing, wrongs

WORD: Json = {"resourceType": "Consent", "id": "w", "status": "inactive", "patient": ref("Patient/1")}
WORD |= {"category": [concept("record-category", "revocation")], "provision": {"type": "permit"}}
PERMIT: Json = {"resourceType": "Consent", "status": "active", "patient": ref("Patient/1")}
PERMIT |= {"provision": {"type": "permit"}}
NAMED = WORD | {"extension": [extension("revokes", valueReference=ref("Consent/p"))]}
PERSON = Facts(replace(OFFICER, person="Patient/1"))
COUNTS = Verdict(True, noted=frozenset({".word 2026-11-23T04:00:00.000Z"}))
EXTENSION = "R3 at Consent.extension"


def told(word: Json, *, permit: Json | None = None, before: Json | None = None, **known: Any) -> list[str]:
    filed = filing(before, word, {"Consent/p": permit} if permit else None, **known)
    found = wrongs(consent.KIND, filed)
    if before is None:
        assert consent.judged(filed) == (NONE if found else COUNTS)
    return found


def test_an_agency_that_has_the_person_in_care_writes_it_down_or_the_person() -> None:
    assert told(WORD) == []
    assert told(WORD, care={}) == ["R3 at Consent.patient!"]
    assert told(NAMED | {"status": "active"}, care={}) == ["R3 at Consent.patient!"], "and is told nothing else"
    assert told(WORD, care={}, facts=PERSON) == []
    assert told(WORD, before=WORD, care={}) == [], "it stands"
    assert revocation.is_one(WORD)
    assert not revocation.is_one(PERMIT)


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"status": "active"}, ["R3 at Consent.status"]),
        ({"provision": {"type": "deny"}}, ["R3 at Consent.provision"]),
        ({"provision": {}}, ["R3 at Consent.provision"]),
        ({"provision": None}, ["R3 at Consent.provision"]),
        ({"provision": {"type": "permit", "purpose": []}}, ["R3 at Consent.provision"]),
        ({"provision": {"type": "permit", "actor": to(CENTER)}}, []),
    ],
)
def test_it_says_what_is_permitted_no_more_and_of_it_the_recipients_alone(changed: Json, at: list[str]) -> None:
    assert told(WORD | changed) == at


def test_a_recipient_that_nobody_can_tell_is_refused() -> None:
    assert told(WORD | {"provision": {"type": "permit", "actor": [{"reference": {"display": "病院"}}]}}) != []


def test_the_consent_that_it_names_is_of_this_person_and_permits_still() -> None:
    assert told(NAMED, permit=PERMIT) == []
    assert told(NAMED) == [EXTENSION], "one that is not known"
    assert told(NAMED, permit=PERMIT | {"resourceType": "Task"}) == [EXTENSION]
    assert told(NAMED, permit=PERMIT | {"patient": ref("Patient/2")}) == [EXTENSION]
    assert told(NAMED, permit=PERMIT | {"provision": {"type": "deny"}}) == [EXTENSION]
    assert told(NAMED, permit=PERMIT | {"status": "inactive"}) == [EXTENSION]
