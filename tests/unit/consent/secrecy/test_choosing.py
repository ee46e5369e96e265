"""Of a choice there is one: who chooses where he was shown nothing may drop what he was not shown (D1)."""

from __future__ import annotations

from typing import Any

import pytest

from consent.secrecy import choosing, harmless
from consent.secrecy.harmless import MASK, Place
from profiles import load
from tests.laws.worlds import extension, ref

LIST = harmless.of(load.load())
Json = dict[str, Any]


def chosen(type: str, shown: Json, sent: Json) -> list[str]:
    return [".".join(path) for path in choosing.unshown(LIST, shown, sent, Place(type))]


@pytest.mark.parametrize(
    ("shown", "sent", "unshown"),
    [
        ({}, {"onsetDateTime": "2026"}, ["onsetDateTime"]),
        ({}, {"onsetString": "a", "abatementAge": {}}, ["onsetString", "abatementAge"]),
        ({}, {"onsetString": "a", "onsetAge": {}}, ["onsetAge", "onsetString"]),
        ({"onsetDateTime": "2025"}, {"onsetDateTime": "2026"}, []),
        ({"onsetDateTime": "2025"}, {"onsetString": "a"}, []),
        ({"onsetDateTime": "2025"}, {"abatementString": "a"}, ["abatementString"]),
        ({"onsetDateTime": "2025", "recordedDate": "2025"}, {"recordedDate": "2026"}, []),
        ({"recordedDate": "2025"}, {"recordedDate": "2026", "note": [{"text": "a"}]}, []),
        ({}, {"subject": ref("Patient/1"), "code": {"text": "a"}}, []),
        ({}, {}, []),
    ],
)
def test_what_is_chosen_where_of_that_choice_nothing_was_shown_is_named(
    shown: Json, sent: Json, unshown: list[str]
) -> None:
    assert chosen("Condition", shown, sent) == unshown


def test_of_a_choice_that_is_shown_to_everybody_nothing_is_said() -> None:
    assert chosen("Patient", {}, {"deceasedBoolean": True}) == []


def activity(**detail: Any) -> Json:
    return {"detail": detail}


def plan(*activities: Json) -> Json:
    return {"activity": list(activities)}


def test_within_a_part_it_is_that_of_the_part_that_it_was() -> None:
    a, b = activity(status="scheduled"), activity(status="completed", scheduledPeriod={"start": "2026"})
    timed = {"scheduledString": "毎週"}
    changed = activity(status="scheduled", **timed)
    assert chosen("CarePlan", plan(a, b), plan(a, b)) == []
    assert chosen("CarePlan", plan(a), plan(changed)) == ["activity.detail.scheduledString"]
    assert chosen("CarePlan", plan(b, a), plan(b, changed)) == ["activity.detail.scheduledString"]
    assert chosen("CarePlan", plan(b, a), plan(activity(status="stopped", **timed), a)) == [], "which was shown one"
    assert chosen("CarePlan", plan(a), plan(a, changed)) == [], "what is new may choose"
    assert chosen("CarePlan", {}, plan(changed)) == []
    masked = [MASK, changed]
    assert chosen("CarePlan", plan(a), {"activity": masked}) == ["activity.detail.scheduledString"]
    assert chosen("CarePlan", plan({"reference": ref("Task/1")}), plan({"reference": ref("Task/1"), **changed})) == [
        "activity.detail.scheduledString"
    ], "nothing was shown of the part"


def test_what_is_not_looked_into_chooses_nothing() -> None:
    assert chosen("Condition", {}, {"code": {"onsetString": "a"}, "_recordedDate": {"onsetString": "a"}}) == []
    assert chosen("Encounter", {}, {"extension": [extension("necessity", valueString="a")], "text": {"div": "a"}}) == []
    assert chosen("Condition", {}, {"stage": "a", "onsetString": "b"}) == ["onsetString"], "of another form"
    named = {"name": [{"given": ["花"]}]}
    assert chosen("Patient", named, named | {"multipleBirthInteger": 2}) == ["multipleBirthInteger"]
