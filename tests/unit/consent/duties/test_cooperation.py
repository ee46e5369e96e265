"""R31, R32 and R24: the convener asks for cooperation, and who cannot says why not and how it could be done."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import cooperation
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.people import CENTER, change, officer, post, wrongs

Json = dict[str, Any]

CONVENER = officer(post("convener"))
ASKED: Json = {"resourceType": "Task", "status": "requested", "code": concept("task-code", "cooperate")}
ASKED |= {"focus": ref("Encounter/m")}
MEETING: Json = {"resourceType": "Encounter", "class": own("encounter-class", "support-conference")}
WHY: Json = {"statusReason": {"text": "人手が足りない"}}
OTHER: Json = {"code": concept("task-code", "coordinate")}


def how(text: Any, code: str = "how-it-could-be-done") -> Json:
    return {"output": [{"type": concept("task-outcome", code), "valueString": text}]}


def asked(before: Json | None, after: Json | None, who: Any = CONVENER) -> list[str]:
    records = {"Encounter/m": MEETING, "Encounter/visit": {"resourceType": "Encounter"}}
    return wrongs(cooperation.asked_by_the_convener, change(before, after, who, records=records))


def test_the_convener_asks_for_a_conference() -> None:
    assert asked(None, ASKED) == []
    assert asked(None, ASKED, None) == ["R31! at Task.requester"]
    assert asked(ASKED | OTHER, ASKED, None) == ["R31! at Task.requester"]
    assert asked(None, ASKED | {"focus": ref("Encounter/visit")}) == ["R31 at Task.focus"]
    assert asked(None, ASKED | OTHER | {"focus": ref("Encounter/visit")}, None) == []
    assert asked(ASKED, None, None) == []


def test_whoever_answers_goes_on_with_what_was_asked() -> None:
    assert asked(ASKED, ASKED | {"status": "accepted"}, None) == []
    assert asked(ASKED, ASKED | {"focus": ref("Encounter/visit")}, None) == ["R31 at Task.focus"]


def answered(after: Json | None, before: Json | None = ASKED, custodian: str = "Organization/city") -> list[str]:
    return wrongs(cooperation.answered_or_reasoned, change(before, after, custodian=custodian))


def test_who_cannot_says_why_not_and_how_it_could_be_done() -> None:
    no = ASKED | {"status": "rejected"}
    assert answered(no | WHY | how("翌月なら出せる")) == []
    assert answered(no | how("翌月なら出せる")) == ["R32 at Task.statusReason"]
    assert answered(no | WHY) == ["R24 at Task.output"]
    assert answered(no) == ["R32 at Task.statusReason", "R24 at Task.output"]
    assert answered(no | WHY | how("翌月なら出せる", "advised")) == ["R24 at Task.output"]


@pytest.mark.parametrize("text", ["。。", "否", None, 1])
def test_a_reason_says_something(text: Any) -> None:
    no = ASKED | {"status": "rejected"}
    assert answered(no | {"statusReason": {"text": text}} | how("翌月")) == ["R32 at Task.statusReason"]
    assert answered(no | WHY | how(text)) == ["R24 at Task.output"]
    assert answered(no | {"statusReason": {"text": "不在"}} | how("翌月")) == []


def test_only_who_was_asked_owes_a_reason_and_once() -> None:
    no = ASKED | {"status": "rejected"}
    assert answered(no, custodian=CENTER) == []
    assert answered(no | {"note": [{"text": "電話で"}]}, no) == []
    assert answered(ASKED | {"status": "accepted"}) == []
    assert answered(no | OTHER) == []
    assert answered(None) == []


def test_what_was_said_of_it_is_not_taken_away_afterwards_and_not_said_twice() -> None:
    no = ASKED | {"status": "rejected"} | WHY | how("翌月なら出せる")
    assert answered(no | {"statusReason": {}}, no) == ["R32 at Task.statusReason"]
    assert answered(no | {"output": []}, no) == ["R24 at Task.output"]
    assert answered(no | how(WHY["statusReason"]["text"]), no) == ["R24 at Task.output"], "why not is not how"
