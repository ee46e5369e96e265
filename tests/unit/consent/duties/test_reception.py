"""R14: an inquiry is an agency's, to a coordinator, and ends with an answer."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import reception
from consent.duty_context import DutyContext
from tests.laws.worlds import concept, ref
from tests.unit.consent.duties.asked_of_the_fund import PEOPLE
from tests.unit.consent.people import CENTER, change, officer, post, wrongs

Json = dict[str, Any]

CO = officer(post("coordinator", name="co"))
ASKED: Json = {"resourceType": "Task", "status": "requested", "code": concept("task-code", "inquiry")}
ASKED |= {"requester": ref("PractitionerRole/role"), "owner": ref("PractitionerRole/co")}
ANSWER: Json = {"output": [{"valueString": "まず生活困窮の窓口へ"}]}


def asked(before: Json | None, after: Json | None, who: Any = None) -> list[str]:
    return wrongs(reception.asked_by_an_agency, change(before, after, who, duty_context=DutyContext(people=PEOPLE)))


def test_an_agency_asks_a_coordinator() -> None:
    assert asked(None, ASKED) == asked(None, ASKED | {"requester": ref(CENTER)}) == []
    for nobody in ("Patient/1", "Practitioner/unknown", "PractitionerRole/co"):
        assert asked(None, ASKED | {"requester": ref(nobody)}) == ["R14 at Task.requester"], nobody
    assert asked(None, ASKED | {"requester": {}}) == ["R14 at Task.requester"]
    assert asked(None, ASKED | {"owner": ref("PractitionerRole/lead")}) == ["R14 at Task.owner"]
    assert asked(None, ASKED | {"code": concept("task-code", "coordinate"), "requester": {}}) == []
    assert asked(ASKED | {"requester": {}}, None) == []


@pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold", "completed"])
def test_a_coordinator_answers_it(status: str) -> None:
    assert asked(ASKED, ASKED | ANSWER | {"status": status}, CO) == []
    drafted = ASKED | ANSWER
    assert asked(drafted, drafted | {"status": status}) == ["R14! at Task.status"]
    taken = drafted | {"status": status}
    assert asked(taken, taken | {"note": []}) == []


def test_who_asks_takes_it_back_and_writes_no_answer() -> None:
    assert asked(ASKED, ASKED | {"status": "cancelled"}) == []
    assert asked(ASKED, ASKED | ANSWER) == ["R14! at Task.status"]


def test_it_ends_with_its_answer() -> None:
    assert asked(ASKED, ASKED | {"status": "completed"}, CO) == ["R14 at Task.output"]
