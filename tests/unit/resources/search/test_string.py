"""https://hl7.org/fhir/R4/search.html#string"""

from __future__ import annotations

import pytest

from resources.record.problem import Problem

PERSON = {
    "resourceType": "Patient",
    "name": [
        {"use": "official", "text": "緑川　花子", "family": "緑川", "given": ["花子"]},
        {"family": "ミドリカワ", "given": ["ハナコ"]},
        {"family": "Łukasiewicz", "given": ["Zoë", "Anne Marie"], "suffix": ["PhD"]},
    ],
    "address": [{"line": ["北長瀬1-2"], "city": "岡山市", "postalCode": "700-0000"}],
}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("name=緑", True),
        ("name=川", False),
        ("name=緑川花子", True),
        ("name=緑川 花", True),
        ("name=みどりかわ", True),
        ("name=みどりかわはなこ", True),
        ("name=ミドリカワ　ハナ", True),
        ("name=緑川ハナコ", False),
        ("name:exact=ミドリカワハナコ", False),
        ("family=みどりかわはな", False),
        ("name=ミドリ", True),
        ("name=ﾐﾄﾞﾘｶﾜ", True),
        ("name=みとりかわ", True),
        ("name=花", True),
        ("name=zoe", True),
        ("name=ZOË", True),
        ("name=ann", True),
        ("name=annem", True),
        ("name=phd", True),
        ("family=みどり", True),
        ("given=みどり", False),
        ("phonetic=ハナ", True),
        ("name:exact=ミドリカワ", True),
        ("name:exact=みどりかわ", False),
        ("name:exact=ミドリ", False),
        ("name:exact=Zoë", True),
        ("name:exact=Zoe", False),
        ("address=岡山", True),
        ("address=700-0", True),
        ("address-city=岡山市", True),
        ("address-postalcode=７００", True),
        ("address-country:missing=true", True),
        ("address-city:missing=false", True),
    ],
)
def test_text_is_found_by_its_beginning_however_it_is_written(finds, parameters, found):
    assert finds(PERSON, parameters) is found


def test_exact_keeps_compatibility_ideographs_apart(finds):
    person = {"resourceType": "Patient", "name": [{"family": "\ufa19山"}]}
    assert finds(person, "family=神山")
    assert finds(person, "family:exact=\ufa19山")
    assert not finds(person, "family:exact=神山")


def test_the_last_character_of_unicode_can_be_asked_for(finds):
    person = {"resourceType": "Patient", "name": [{"family": "\U0010ffff"}]}
    assert finds(person, "family=\U0010ffff")
    assert not finds(PERSON, "family=\U0010ffff")
    assert not finds(PERSON, "family=\ud7ff")


def test_a_long_text_is_found_by_its_beginning_and_as_a_whole(finds):
    letter = {"resourceType": "Questionnaire", "description": "聞き取り" * 5_000}
    assert finds(letter, "description=聞き取り聞き取り")
    assert finds({**letter, "description": "聞き取り" * 400}, f"description:exact={'聞き取り' * 400}")
    assert not finds({**letter, "description": "聞き取り" * 399}, f"description:exact={'聞き取り' * 400}")


def test_a_modifier_of_another_kind_is_refused_by_name(finds):
    with pytest.raises(Problem) as refused:
        finds(PERSON, "name:text=川")
    assert refused.value.kind == "not-supported"
    assert refused.value.issues[0].at == "name"


@pytest.mark.parametrize("value", ["　", "゛", "あ" * 201])
def test_a_text_with_no_letters_or_too_many_is_refused(finds, value):
    with pytest.raises(Problem, match="is not a text"):
        finds(PERSON, f"name={value}")
