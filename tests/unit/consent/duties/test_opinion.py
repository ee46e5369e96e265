"""R24: who says what cannot be done says how it could be, on every paper of a meeting that has a place for it."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import opinion
from resources import conference
from tests.laws.worlds import extension
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]


def told(**parts: str) -> list[Json]:
    said: list[Json] = [{"url": part, "valueString": text} for part, text in parts.items()]
    return [extension("constructive-opinion", extension=said)]


def paper(**parts: str) -> Json:
    items = [{"linkId": part, "answer": [{"valueString": text}]} for part, text in parts.items()]
    form = f"{conference.MATERIAL}|0.2.0"
    return {"resourceType": "QuestionnaireResponse", "questionnaire": form, "status": "in-progress", "item": items}


def word(**parts: str) -> Json:
    return {"resourceType": "Communication", "status": "completed", "extension": told(**parts)}


def minutes(**parts: str) -> Json:
    sections = [{"title": "一"}, {"title": "二", "section": [{"title": "三", "extension": told(**parts)}]}]
    return {"resourceType": "Composition", "status": "final", "section": sections}


def judged(record: Json) -> list[str]:
    return wrongs(opinion.says_how, change(None, record))


PLACES = {
    "QuestionnaireResponse.item.where(linkId='how')": paper,
    "Communication.extension": word,
    "Composition.section[1].section[0].extension": minutes,
}


@pytest.mark.parametrize("at", PLACES)
def test_what_cannot_be_done_comes_with_how_it_could_be(at: str) -> None:
    said = PLACES[at]
    for parts in ({}, {"how": "月に一度なら"}, {"cannot": "できない", "how": "月に一度なら"}):
        assert judged(said(**parts)) == []
    for parts in ({"cannot": "できない"}, {"cannot": "。"}, {"cannot": "できない", "how": "。"}):
        assert judged(said(**parts)) == [f"R24 at {at}"]
        assert judged(said(**parts) | {"status": "entered-in-error"}) == []
    for how in ("なし", "特になし。", "ありません", "None", "n/a", "うちでは、無理です"):
        assert judged(said(cannot="うちでは無理です", how=how)) == [f"R24 at {at}"], how


def test_another_form_has_no_such_items() -> None:
    assert judged(paper(cannot="できない") | {"questionnaire": "https://example.org/q"}) == []


def test_what_is_left_empty_says_nothing() -> None:
    form = {name: said for name, said in paper().items() if name != "item"}
    assert judged(form) == judged(form | {"item": [{"linkId": "cannot"}]}) == []
    assert judged(form | {"item": [{"linkId": "cannot", "answer": [{"valueBoolean": True}]}]}) == []
    assert judged(word() | {"extension": [extension("constructive-opinion")]}) == []
    mixed = [{"linkId": "cannot", "answer": [{"valueBoolean": True}, {"valueString": "できない"}]}]
    assert judged(form | {"item": mixed}) == ["R24 at QuestionnaireResponse.item.where(linkId='how')"]


def test_what_is_deleted_says_nothing() -> None:
    assert wrongs(opinion.says_how, change(word(cannot="できない"), None)) == []
