"""https://hl7.org/fhir/R4/search.html#modifiers"""

from __future__ import annotations

import math

import orjson
import pytest

from resources.record import parse
from resources.record.problem import Problem
from resources.search import request
from tests.unit.resources.search.examples import FIELD, OBSERVATION, PATIENT

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
NUMBERED = {
    "resourceType": "Patient",
    "identifier": [
        {
            "type": {"coding": [{"system": "urn:kinds", "code": "MR"}], "text": "診療録番号"},
            "system": "urn:h",
            "value": "00Ab",
        },
        {"system": "urn:alone"},
    ],
}
CARED = {
    "resourceType": "Condition",
    "code": {"coding": [{"system": FIELD, "code": "housing", "display": "住まい・家賃"}], "text": "家賃の滞納"},
    "subject": {"identifier": {"system": "urn:city", "value": "7"}},
    "note": [{"text": "来月から　ヤチンを 払えないとのこと"}],
    "text": {"status": "additional", "div": "<div>電話<b>連絡</b>ずみ</div>"},
}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("code:text=家賃", True),
        ("code:text=住まい", True),
        ("code:text=滞納", False),
        ("code:not-in=http://hl7.org/fhir/ValueSet/condition-clinical", True),
        ("subject:identifier=urn:city|7", True),
        ("subject:identifier=7", True),
        ("subject:identifier=urn:city|", True),
        ("subject:identifier=urn:other|7", False),
        ("subject:missing=false", True),
        ("_content=滞納", True),
        ("_content=やちん", True),
        ("_content=やちん 電話", True),
        ("_content=やちん 訪問", False),
        ("_content=housing", False),
        ("_content=滞納来月", False),
        ("_text=連絡", True),
        ("_text=家賃", False),
        ("_text=電話連絡", True),
    ],
)
def test_a_concern_is_found_by_its_words(finds, asked, found):
    assert finds(CARED, asked) is found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("identifier:of-type=urn:kinds|MR|00Ab", True),
        ("identifier:of-type=urn:kinds|MR|00ab", True),
        ("identifier:of-type=|MR|00Ab", True),
        ("identifier:of-type=urn:kinds|SS|00Ab", False),
        ("identifier:of-type=urn:kinds|MR|", None),
        ("identifier:text=診療録", True),
        ("identifier=urn:alone|", True),
        ("identifier=urn:h|", True),
        ("identifier=urn:none|", False),
        ("gender:text=x", None),
        ("gender:of-type=a|b|c", None),
    ],
)
def test_a_person_is_found_by_the_kind_of_a_number(finds, asked, found):
    if found is None:
        with pytest.raises(Problem):
            finds(NUMBERED, asked)
    else:
        assert finds(NUMBERED, asked) is found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("name:contains=川花", True),
        ("name:contains=ワカ", False),
        ("name:contains=どりか", True),
        ("given:contains=コ", True),
        ("address:contains=長瀬", True),
        ("address:contains=長瀬1ー2", True),
        ("gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", True),
        ("gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", False),
        ("gender:in=urn:nobody-knows", None),
        ("_security:below=SDV", True),
        ("_security:above=SDV", True),
        ("_source:above=urn:source", True),
    ],
)
def test_a_person_is_found_by_parts_of_words_and_sets_of_codes(finds, asked, found):
    if found is None:
        with pytest.raises(Problem) as raised:
            finds(PATIENT, asked)
        assert raised.value.kind == "not-supported"
    else:
        assert finds(PATIENT, asked) is found


def test_a_code_is_found_by_what_is_above_it_and_below(finds):
    labelled = {**PATIENT, "meta": {"security": [{"system": ACT, "code": "SEX"}]}}
    sensitive = {**PATIENT, "meta": {"security": [{"system": ACT, "code": "STD"}]}}
    for asked in (f"_security:below={ACT}|STD", "_security:below=STD"):
        assert finds(sensitive, asked)
        assert not finds(labelled, asked)
    assert finds(sensitive, f"_security:above={ACT}|STD")


def test_an_address_is_found_above_and_below(finds):
    sheet = {"resourceType": "Questionnaire", "url": "https://a.example/fhir/Questionnaire/sheet"}
    for above in ("https://a.example/fhir/Questionnaire/sheet/part", "https://a.example/fhir/Questionnaire/sheet"):
        assert finds(sheet, f"url:above={above}")
    assert not finds(sheet, "url:above=https://a.example/fhir/Questionnaire/other")
    assert finds(sheet, "url:below=https://a.example/fhir")


def test_decimals_are_compared_with_all_their_digits(index):
    body = orjson.dumps({**OBSERVATION, "valueQuantity": {}}).replace(
        b'"valueQuantity":{}', b'"valueQuantity":{"value":0.12345678901234567891}'
    )
    body = body.replace(b'"valueCodeableConcept":{"coding":[{"code":"high"}],"text":"\xe9\xab\x98\xe3\x81\x84"},', b"")
    terms = sorted({".type Observation", *index.terms(parse.editable(body))})
    for asked, found in (
        ("gt0.12345678901234567890", True),
        ("gt0.12345678901234567891", False),
        ("lt0.12345678901234567892", True),
        ("0.12345678901234567891", True),
        ("0.12345678901234567892", False),
    ):
        assert request.parse(index, "Observation", [("value-quantity", asked)]).what.matches(terms) is found, asked


def test_a_foreign_reference_may_name_its_type(finds):
    concern = {"resourceType": "Condition", "subject": {"reference": "http://other.example/fhir/Patient/1"}}
    assert finds(concern, "subject:Patient=http://other.example/fhir/Patient/1")
    assert finds(concern, "subject=http://other.example/fhir/Patient/1")
    with pytest.raises(Problem):
        finds(concern, "subject:Group=http://other.example/fhir/Patient/1")


@pytest.mark.parametrize(
    ("written", "asked", "found"),
    [
        ("086−803−1234", "0868031234", True),
        ("０８６ー８０３ー１２３４", "086-803-1234", True),
        ("086-803-1234 内線 56", "0868031234", True),
        ("086-803-1234（内線：56）", "086-803-1234 内線56", True),
        ("086-803-1234 内線56", "086-803-1234 内線57", False),
        ("Desk@City.example", "desk@city.example", True),
    ],
)
def test_a_number_is_found_however_it_is_written(finds, written, asked, found):
    person = {"resourceType": "Patient", "telecom": [{"system": "phone", "value": written}]}
    assert finds(person, f"phone={asked}" if "@" not in asked else f"telecom={asked}") is found


def distance(one, other):
    (a, b), (c, d) = (tuple(map(math.radians, each)) for each in (one, other))
    return 6371 * math.acos(math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d))


@pytest.mark.parametrize("reach", [0.5, 3, 40, 900])
@pytest.mark.parametrize("middle", [(34.655, 133.919), (-0.01, 179.99), (68.2, -20.5)])
def test_a_place_is_near_within_the_circle(finds, middle, reach):
    inside = outside = 0
    for step in range(24):
        for share in (0.2, 0.98, 1.05, 1.6):
            angle, away = math.radians(15 * step), reach * share / 111.2
            north = middle[0] + away * math.cos(angle)
            east = middle[1] + away * math.sin(angle) / math.cos(math.radians(middle[0]))
            place = north, (east + 180) % 360 - 180
            kilometres = distance(middle, place)
            if not 0.999 * reach < kilometres < 1.03 * reach:
                position = {"latitude": place[0], "longitude": place[1]}
                location = {"resourceType": "Location", "position": position}
                found = finds(location, f"near={middle[0]}|{middle[1]}|{reach}|km")
                assert found is (kilometres <= reach), (place, kilometres)
                inside, outside = inside + found, outside + (not found)
    assert inside > 10
    assert outside > 10
