"""R5, R12a, R32 and P2: what of a Task is the answer, which confirmation is taken back, and whose it stays."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import referral
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.duties.test_referral import ASKER, TASK, answered
from tests.unit.consent.people import CENTER, change, wrongs

Json = dict[str, Any]

ANSWER = (
    "status",
    "statusReason",
    "businessStatus",
    "owner",
    "output",
    "note",
    "executionPeriod",
    "lastModified",
    "text",
)


@pytest.mark.parametrize("element", ANSWER)
def test_who_is_asked_answers_by_these_elements(element: str) -> None:
    assert wrongs(referral.owner_answers, change(TASK, TASK | {element: "said"}, custodian=ASKER)) == []


@pytest.mark.parametrize(
    "element", ["focus", "for", "basedOn", "requester", "code", "input", "priority", "restriction"]
)
def test_what_was_asked_is_not_rewritten_by_who_is_asked(element: str) -> None:
    for keeper, expected in ((ASKER, [f"P2! at Task.{element}"]), (CENTER, [])):
        written = change(TASK, TASK | {element: "said"}, custodian=keeper)
        assert wrongs(referral.owner_answers, written) == expected


def test_nor_is_it_labelled_by_them() -> None:
    assert wrongs(referral.owner_answers, answered(meta={"versionId": "2", "lastUpdated": "x"})) == []
    labelled = answered(meta={"security": [own("handling-label", "withheld")]})
    assert wrongs(referral.owner_answers, labelled) == ["P2! at Task.meta.security"]
    both = answered(meta={"security": [own("handling-label", "withheld")], "tag": [{"code": "x"}]}, focus=ref("Task/2"))
    assert wrongs(referral.owner_answers, both)[0] == "P2! at Task.focus"
    gone = change(TASK, None, custodian=ASKER)
    assert wrongs(referral.owner_answers, gone) == wrongs(referral.not_passed_on, gone) == []


def test_its_owner_is_judged_as_it_changes() -> None:
    theirs, mine = TASK | {"owner": ref("Organization/other")}, TASK | {"owner": ref("PractitionerRole/unknown")}
    noted = change(theirs, theirs | {"note": []}, custodian=ASKER)
    assert wrongs(referral.not_passed_on, noted) == [], "another answers it, on another ground"
    assert wrongs(referral.not_passed_on, change(mine, TASK, custodian=ASKER)) == [], "the writer's own agency"
    assert wrongs(referral.not_passed_on, change(TASK, theirs, custodian=ASKER)) == ["R12a at Task.owner"]


@pytest.mark.parametrize("status", ["rejected", "cancelled", "failed", "entered-in-error"])
def test_nobody_begins_a_refusal_for_another(status: str) -> None:
    assert wrongs(referral.not_refused, change(None, TASK | {"status": status}, custodian=ASKER)) == [
        "R5 at Task.status"
    ]


@pytest.mark.parametrize("code", ["confirm-birth-date", "confirm-death"])
def test_who_confirmed_a_birth_date_or_a_death_takes_that_back(code: str) -> None:
    def turned(was: str, becomes: str, code: str = code) -> list[str]:
        task = TASK | {"code": concept("task-code", code)}
        return wrongs(referral.not_refused, change(task | {"status": was}, task | {"status": becomes}, custodian=ASKER))

    refused = ["R5 at Task.status"]
    assert turned("completed", "entered-in-error") == []
    for was, becomes in (("completed", "cancelled"), ("completed", "rejected"), ("accepted", "entered-in-error")):
        assert turned(was, becomes) == refused, (was, becomes)
    for other in ("confirm-guardian", "fulfill"):
        assert turned("completed", "entered-in-error", other) == refused


def test_who_cannot_cooperate_says_no_by_one_status_and_no_other() -> None:
    asked = TASK | {"code": concept("task-code", "cooperate")}
    no = change(asked, asked | {"status": "rejected"}, custodian=ASKER)
    assert wrongs(referral.not_refused, no) == [], "its reason is asked for by another duty"
    for status in ("cancelled", "failed", "entered-in-error"):
        (told,) = referral.not_refused(change(asked, asked | {"status": status}, custodian=ASKER))
        assert (told.rule, told.at) == ("R32", "Task.status")
        assert f"not `{status}` but `rejected`" in told.text
        assert f"`{status}` ではなく `rejected`" in told.ja
    for status in ("accepted", "completed"):
        assert wrongs(referral.not_refused, change(asked, asked | {"status": status}, custodian=ASKER)) == []
