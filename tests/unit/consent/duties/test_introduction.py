"""R9 and R10: a request carries its content on, and is announced by a word unless it is clear without."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import introduction
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import CENTER, change, wrongs

Json = dict[str, Any]

REQUEST: Json = {"resourceType": "ServiceRequest", "status": "active", "performer": [ref("Organization/other")]}


def handed_over(after: Json | None, before: Json | None = None) -> list[str]:
    return wrongs(introduction.content_handed_over, change(before, after))


@pytest.mark.parametrize(
    "content", ["supportingInfo", "reasonCode", "reasonReference", "note", "orderDetail", "code", "category"]
)
def test_a_request_says_what_it_is_about(content: str) -> None:
    assert handed_over(REQUEST | {content: [{"text": "家計の相談"}]}) == []


def test_one_that_says_nothing_is_warned_about_where_it_goes_to_somebody_else() -> None:
    assert handed_over(REQUEST) == ["R9 at ServiceRequest.supportingInfo"]
    (found,) = introduction.content_handed_over(change(None, REQUEST))
    assert found.severity == "warning"
    assert handed_over(REQUEST | {"status": "draft"}) == []
    assert handed_over(REQUEST, REQUEST) == []
    assert handed_over(None, REQUEST) == []
    assert handed_over(REQUEST | {"performer": []}) == []
    assert handed_over(REQUEST | {"performer": [ref(CENTER)]}) == []
    assert handed_over(REQUEST | {"performer": [ref(CENTER), *REQUEST["performer"]]}) == handed_over(REQUEST)


def waived(*said: Json) -> list[str]:
    return wrongs(introduction.waived_with_a_reason, change(None, REQUEST | {"extension": list(said)}))


def test_no_word_is_needed_where_it_is_said_why_the_content_is_clear() -> None:
    clear = extension("notice-waived", valueString="明白")
    assert waived(clear) == waived() == []
    for text in ("。。", "明", None):
        short = extension("notice-waived", valueString=text)
        assert waived(clear, short) == ["R10 at ServiceRequest.extension[1].valueString"]
    assert waived(extension("another", valueString="。")) == []
    assert wrongs(introduction.waived_with_a_reason, change(None, REQUEST)) == []
    assert wrongs(introduction.waived_with_a_reason, change(REQUEST | {"extension": [{}]}, None)) == []


WORD: Json = {"resourceType": "Communication", "status": "completed", "recipient": [ref("Organization/other")]}
WORD |= {"category": [concept("communication-category", "introduction")], "payload": [{"contentString": "伺う"}]}


def said(word: Json | None, before: Json | None = None) -> list[str]:
    return wrongs(introduction.says_a_word, change(before, word))


def test_a_word_has_a_text_and_is_sent_to_somebody() -> None:
    assert said(WORD) == []
    for text in ("。。", "行", None):
        assert said(WORD | {"payload": [{"contentString": text}]}) == ["R9 at Communication.payload"]
    assert said(WORD | {"payload": []}) == ["R9 at Communication.payload"]
    assert said({name: WORD[name] for name in WORD if name != "payload"}) == ["R9 at Communication.payload"]
    assert said(WORD | {"recipient": []}) == ["R9 at Communication.recipient"]


def test_other_letters_and_those_not_sent_yet_say_what_they_like() -> None:
    empty: Json = {"payload": [], "recipient": []}
    assert said(WORD | empty | {"status": "preparation"}) == []
    assert said(WORD | empty | {"category": [concept("communication-category", "invitation")]}) == []
    assert said(None, WORD) == []
