"""F6: in an emergency the coordinator consults, who was asked answers in person, and the answer stands."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import fund_consultation
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.duties.asked_of_the_fund import around, request
from tests.unit.consent.people import change, officer, post, wrongs

Json = dict[str, Any]

CO = officer(post("coordinator", agency="Organization/council", name="co"))
LEAD = officer(post("lead-section", agency="Organization/lead", name="another"))
ADVISER = officer(post("adviser", agency="Organization/law", name="adviser"))
OTHER_ADVISER = officer(post("adviser", agency="Organization/law", name="other"))

ASKED: Json = {"resourceType": "Task", "status": "requested", "code": concept("task-code", "fund-consultation")}
ASKED |= {"focus": ref("Task/f"), "owner": ref("PractitionerRole/adviser"), "requester": ref("PractitionerRole/co")}
ANSWERED: Json = {"status": "completed", "output": [{"valueString": "差し支えない"}]}
PAPER: Json = {"extension": [extension("carried-on-paper", valueBoolean=True)]}


def consulted(before: Json | None, after: Json | None, who: Any = CO, /) -> list[str]:
    records = {"Task/f": request()}
    return wrongs(fund_consultation.consulted, change(before, after, who, records=records, duty_context=around()))


def test_the_coordinator_consults_the_lead_section_or_an_adviser_on_a_request() -> None:
    assert consulted(None, ASKED) == []
    assert consulted(None, ASKED | {"owner": ref("PractitionerRole/lead")}) == []
    assert consulted(None, ASKED, LEAD) == ["F6! at Task.requester"]
    assert consulted(None, ASKED | {"owner": ref("PractitionerRole/role")}) == ["F6 at Task.owner"]
    assert consulted(None, ASKED | {"focus": ref("Task/other")}) == ["F6 at Task.focus"]
    assert consulted(None, request(), LEAD) == []


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("focus", ref("Task/g")),
        ("for", ref("Group/h")),
        ("requester", ref("PractitionerRole/lead")),
        ("description", "他の分野も"),
        ("input", []),
    ],
)
def test_what_was_asked_stands(element: str, value: Any) -> None:
    found = consulted(ASKED, ASKED | {element: value})
    assert found[-1:] == ["F6 at Task.focus"]
    answered = ASKED | ANSWERED
    assert consulted(answered, answered | {element: value}) == [f"F6 at Task.{element}"]


@pytest.mark.parametrize("changed", [{"status": "cancelled"}, {"owner": ref("PractitionerRole/lead")}, {"output": []}])
def test_what_was_answered_stands_and_is_not_deleted(changed: Json) -> None:
    answered = ASKED | ANSWERED
    assert consulted(answered, answered | changed) == [f"F6 at Task.{next(iter(changed))}"]
    assert consulted(answered, answered | {"note": [{"text": "電話で"}]}) == []
    assert consulted(answered, None) == ["F6 at Task.code"]
    assert consulted(ASKED, None) == []
    other = ASKED | {"code": concept("task-code", "coordinate"), "status": "completed"}
    assert consulted(other, other | changed) == []


def test_a_task_is_a_consultation_from_its_beginning_or_none() -> None:
    other = ASKED | {"code": concept("task-code", "coordinate")}
    assert consulted(ASKED, other) == ["F6 at Task.code"]
    assert consulted(other, ASKED) == ["F6 at Task.code"]


def test_it_is_answered_in_words_by_who_was_asked() -> None:
    assert consulted(ASKED, ASKED | ANSWERED, ADVISER) == []
    assert consulted(ASKED, ASKED | {"status": "accepted"}, ADVISER) == []
    assert consulted(ASKED, ASKED | {"status": "completed"}, ADVISER) == ["F6 at Task.output"]
    assert consulted(ASKED, ASKED | {"status": "completed", "output": [{"valueString": "可"}]}, ADVISER) == [
        "F6 at Task.output"
    ]
    for who in (CO, LEAD, OTHER_ADVISER):
        assert consulted(ASKED, ASKED | ANSWERED, who) == ["F6! at Task.status"]
        assert consulted(ASKED, ASKED | {"output": ANSWERED["output"]}, who) == ["F6! at Task.status"]
    assert consulted(ASKED, ASKED | {"status": "cancelled"}) == []
    drafted = ASKED | {"status": "accepted", "output": ANSWERED["output"]}
    assert consulted(drafted, drafted | {"note": [{"text": "返事を待つ"}]}) == []
    assert consulted(drafted, drafted | {"status": "completed"}) == ["F6! at Task.status"]


def test_for_the_lead_section_any_of_it_answers() -> None:
    asked = ASKED | {"owner": ref("PractitionerRole/lead")}
    assert consulted(asked, asked | ANSWERED, LEAD) == []
    elsewhere = officer(post("lead-section", agency="Organization/else", name="another"))
    colleague = officer(post("officer", agency="Organization/lead", name="another"))
    for who in (elsewhere, colleague, CO):
        assert consulted(asked, asked | ANSWERED, who) == ["F6! at Task.status"]
        assert consulted(asked | PAPER, asked | PAPER | ANSWERED, who) == ["F6! at Task.status"]


def test_the_paper_of_an_adviser_without_an_account_is_written_down_by_the_coordinator() -> None:
    assert consulted(ASKED | PAPER, ASKED | PAPER | ANSWERED, CO) == []
    assert consulted(ASKED | PAPER, ASKED | PAPER | ANSWERED, OTHER_ADVISER) == ["F6! at Task.status"]
    of_nobody = ASKED | PAPER | ANSWERED | {"owner": ref("PractitionerRole/role")}
    assert consulted(ASKED | PAPER, of_nobody) == ["F6 at Task.owner", "F6! at Task.status"]
