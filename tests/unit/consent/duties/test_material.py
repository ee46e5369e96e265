"""R23: what an agency assessed is put in order for a meeting, under each of the five headings."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import material
from resources import conference
from tests.laws.worlds import own, ref
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]

HEADINGS = ("problems", "surroundings", "wish", "supporters", "resources")
MEETING: Json = {"resourceType": "Encounter", "class": own("encounter-class", "support-conference")}
RECORDS = {"Encounter/m": MEETING, "Encounter/visit": {"resourceType": "Encounter"}}


def item(heading: str, text: Any = "特になし") -> Json:
    return {"linkId": heading, "answer": [{"valueString": text}]}


def paper(*items: Json, **elements: Any) -> Json:
    made: Json = {"resourceType": "QuestionnaireResponse", "questionnaire": conference.MATERIAL, "status": "completed"}
    return made | {"encounter": ref("Encounter/m"), "item": list(items)} | elements


def ordered(after: Json | None) -> list[str]:
    return wrongs(material.put_in_order, change(None if after else paper(), after, records=RECORDS))


def test_it_says_something_under_each_heading_when_it_is_complete() -> None:
    whole = [item(heading) for heading in HEADINGS]
    assert ordered(paper(*whole)) == []
    assert ordered(paper(*whole, questionnaire=f"{conference.MATERIAL}|1.0.0", status="amended")) == []
    for place, heading in enumerate(HEADINGS):
        rest = whole[:place] + whole[place + 1 :]
        expected = [f"R23 at QuestionnaireResponse.item.where(linkId='{heading}')"]
        for status in ("completed", "amended"):
            assert ordered(paper(*rest, status=status)) == expected
        assert ordered(paper(*rest, questionnaire=f"{conference.MATERIAL}|1.0.0")) == expected
        assert ordered(paper(*rest, status="in-progress")) == []
        assert ordered(paper(*rest, {"linkId": heading})) == expected
    bare = {name: value for name, value in paper().items() if name != "item"}
    assert len(ordered(bare)) == len(HEADINGS)


@pytest.mark.parametrize("text", ["。。", "無", None])
def test_a_dot_puts_nothing_in_order(text: Any) -> None:
    items = [item("problems", text), *(item(heading, "なし") for heading in HEADINGS[1:])]
    assert ordered(paper(*items)) == ["R23 at QuestionnaireResponse.item.where(linkId='problems')"]
    assert ordered(paper(item("problems", text) | {"answer": []}, *items[1:])) == ordered(paper(*items))


def test_it_is_of_a_meeting() -> None:
    expected = ["R23 at QuestionnaireResponse.encounter"]
    assert ordered(paper(status="in-progress", encounter=ref("Encounter/visit"))) == expected
    assert ordered(paper(status="in-progress", encounter={})) == expected
    assert ordered(paper(status="in-progress")) == []


def test_any_other_paper_is_none() -> None:
    assert ordered(paper(questionnaire=f"{conference.MATERIAL}-other", encounter={})) == []
    assert ordered(paper(questionnaire=None, encounter={})) == []
    assert ordered(None) == []
