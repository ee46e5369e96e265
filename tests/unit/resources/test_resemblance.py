"""One person is known again through the slips of a counter, and twins are two."""

from __future__ import annotations

from typing import Any

import pytest

from resources import resemblance
from resources.resemblance import Described, grade, likelihood

Json = dict[str, Any]

IDE = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "IDE"}]}
SYL = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "SYL"}]}
ADDRESS = "岡山市北区つなぎ町一丁目２番３号"


def person(
    name: str = "霧埜 美咲",
    kana: str = "キリノ ミサキ",
    born: str = "1977-03-02",
    phone: str = "086-000-0001",
    address: str = ADDRESS,
    **more: Any,
) -> Json:
    names = [tag | {"text": text} for tag, text in ((IDE, name), (SYL, kana)) if text]
    return {
        "resourceType": "Patient",
        **({"name": names} if names else {}),
        **({"birthDate": born} if born else {}),
        **({"telecom": [{"system": "phone", "value": phone}]} if phone else {}),
        **({"address": [{"text": address}]} if address else {}),
        **more,
    }


def graded(one: Json, other: Json) -> str:
    there, back = (likelihood(*map(Described, pair)) for pair in ((one, other), (other, one)))
    assert there == back, "it is the same asked the other way round"
    return grade(there)


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"name": "霧埜　美咲", "kana": "ｷﾘﾉ ﾐｻｷ"},
        {"name": "霧埜美咲", "kana": "きりの みさき"},
        {"kana": ""},
        {"name": ""},
        {"name": "霧埜 美崎"},
        {"kana": "キリノ ミサケ"},
        {"born": "1977-03-03"},
        {"born": "1977-02-03"},
        {"born": "1979-03-02"},
        {"born": ""},
        {"phone": "０８６－０００－０００１"},
        {"phone": "090-0000-9999", "address": "倉敷市みぎわ九番地"},
        {"phone": "", "address": ""},
        {"address": "岡山市北区つなぎ町1-2-3"},
        {"name": "月瀬 美咲", "kana": "ツキセ ミサキ"},
    ],
    ids=str,
)
def test_a_person_is_known_again(again: dict[str, str]) -> None:
    assert graded(person(), person(**again)) in ("certain", "probable")


@pytest.mark.parametrize(
    "other",
    [
        {"name": "霧埜 美結", "kana": "キリノ ミユ"},
        {"name": "霧埜 遥", "kana": "キリノ ハルカ"},
        {"name": "霧埜 浩一", "kana": "キリノ コウイチ", "born": "1950-01-09"},
        {"born": "1999-12-24", "phone": "090-0000-9999", "address": "倉敷市みぎわ九番地"},
        {"name": "月瀬 美咲", "kana": "ツキセ ミサキ", "born": "", "phone": "", "address": ""},
        {"name": "", "kana": ""},
    ],
    ids=["a twin", "another twin", "the father", "a namesake", "a given name alone", "a household's telephone"],
)
def test_another_person_is_another(other: dict[str, str]) -> None:
    assert graded(person(), person(**other)) in ("certainly-not", "possible")


def test_twins_are_certainly_two() -> None:
    assert graded(person(), person("霧埜 美結", "キリノ ミユ")) == "certainly-not"


def test_one_number_of_one_office_decides() -> None:
    mine: Json = {"identifier": [{"system": "https://tsunagu.example/fhir/sid/resident", "value": "7"}]}
    yours: Json = {"identifier": [{"system": "https://tsunagu.example/fhir/sid/resident", "value": "8"}]}
    changed: Json = {"name": "月瀬 美咲", "kana": "ツキセ ミサキ", "phone": "", "address": ""}
    assert graded(person(**mine), person(**changed, **mine)) == "certain"
    assert graded(person(**mine), person(**yours)) != "certain"


def test_nothing_said_is_nothing_known() -> None:
    assert graded({"resourceType": "Patient"}, person()) == "certainly-not"
    assert likelihood(Described({"resourceType": "Patient"}), Described(person())) < resemblance.POSSIBLE


@pytest.mark.parametrize("odd", [{"name": [{}]}, {"birthDate": "1977"}, {"telecom": [{}]}, {"address": [{}]}])
def test_what_says_little_is_compared_as_far_as_it_goes(odd: Json) -> None:
    assert 0 <= likelihood(Described({"resourceType": "Patient"} | odd), Described(person())) <= 1
