"""Who is described is certain by an identifier, or by the name and the birth date, and by nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from resources import matching
from resources.search.predicate import NOTHING
from tests.laws.worlds import extension, index

Json = dict[str, Any]

NUMBER = {"system": "urn:number", "value": "12|3"}
MIDORI: Json = {
    "resourceType": "Patient",
    "identifier": [NUMBER],
    "name": [{"family": "水無瀬", "given": ["みどり"]}, {"text": "ミナセ　ミドリ"}],
    "birthDate": "1980-11-02",
    "gender": "female",
    "address": [{"text": "山陽町二丁目"}],
    "telecom": [{"system": "phone", "value": "086-000-0000"}],
}


def described(**elements: Any) -> Json:
    return {"resourceType": "Patient"} | elements


@pytest.mark.parametrize(
    "asked",
    [
        described(identifier=[NUMBER]),
        described(identifier=[NUMBER], birthDate="1980-11-02"),
        described(name=[{"text": "水無瀬　みどり"}], birthDate="1980-11-02"),
        described(name=[{"family": "水無瀬", "given": ["みどり"]}], birthDate="1980-11-02", gender="unknown"),
        described(name=[{"text": "みなせみどり"}], birthDate="1980-11-02", gender="female"),
    ],
)
def test_this_is_she_and_she_is_looked_for(asked: Json) -> None:
    assert matching.is_certain(asked, MIDORI)
    terms = sorted(index().terms(MIDORI | {"id": "1"}) | {".type Patient"})
    assert matching.candidates(index(), asked).matches(terms)


@pytest.mark.parametrize(
    "asked",
    [
        described(),
        described(name=[{"text": "水無瀬　みどり"}]),
        described(birthDate="1980-11-02"),
        described(name=[{"family": "水無瀬"}], birthDate="1980-11-02"),
        described(name=[{"text": "水無瀬　みどり"}], birthDate="1980-11"),
        described(name=[{"text": "水無瀬　みどり"}], birthDate="1980-11-03"),
        described(name=[{"text": "水無瀬　みどり"}], birthDate="1980-11-02", gender="male"),
        described(identifier=[NUMBER], birthDate="1980-11-03"),
        described(identifier=[{"value": "12|3"}]),
        described(identifier=[NUMBER | {"system": "urn:other"}]),
        described(address=MIDORI["address"], telecom=MIDORI["telecom"], birthDate="1980-11-02"),
    ],
)
def test_of_nobody_is_this_certain(asked: Json) -> None:
    assert not matching.is_certain(asked, MIDORI)


@pytest.mark.parametrize(
    "over",
    [
        {"active": False},
        {"link": [{"type": "replaced-by", "other": {}}]},
        {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]},
    ],
)
def test_a_record_that_is_over_is_nobody(over: Json) -> None:
    assert not matching.is_certain(described(identifier=[NUMBER]), MIDORI | over)


def test_too_little_to_be_certain_by_looks_for_nobody() -> None:
    for asked in (described(), described(name=[{"text": "みどり"}]), described(birthDate="1980-11-02")):
        assert matching.candidates(index(), asked) == NOTHING
