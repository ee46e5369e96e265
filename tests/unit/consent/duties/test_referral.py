"""R5, R12a and P2: whoever is asked answers, and neither refuses nor rewrites."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import referral
from consent.duty_context import DutyContext
from consent.facts import Facts
from consent.relations.people import Person
from consent.transition import Transition
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, SYSTEM, breaches, change

Json = dict[str, Any]

ASKER = "Organization/asker"
TASK: Json = {"resourceType": "Task", "id": "1", "status": "requested", "owner": ref(CENTER), "description": "訪問"}
POSTS = {
    "PractitionerRole/mine": CENTER,
    "Practitioner/mine": CENTER,
    "PractitionerRole/theirs": "Organization/other",
    "Practitioner/theirs": "Organization/other",
}
PEOPLE = {name: Person(frozenset({name}), frozenset(), frozenset({agency})) for name, agency in POSTS.items()}


def answered(known: Facts | None = None, custodian: str = ASKER, **changes: Any) -> Transition:
    return change(TASK, TASK | changes, known, custodian=custodian, duty_context=DutyContext(people=PEOPLE))


@pytest.mark.parametrize("status", ["rejected", "cancelled", "failed", "entered-in-error"])
def test_who_is_asked_does_not_refuse(status: str) -> None:
    assert breaches(referral.not_refused, answered(status=status)) == ["R5"]
    assert breaches(referral.not_refused, answered(Facts(SYSTEM), status=status)) == ["R5"]
    assert breaches(referral.not_refused, answered(custodian=CENTER, status=status)) == []


@pytest.mark.parametrize("status", ["accepted", "in-progress", "completed", "requested"])
def test_who_is_asked_answers(status: str) -> None:
    assert breaches(referral.not_refused, answered(status=status)) == []


def test_a_task_refused_before_is_not_refused_again_by_a_note() -> None:
    before = TASK | {"status": "rejected"}
    assert breaches(referral.not_refused, change(before, before | {"note": []}, custodian=ASKER)) == []


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        ("Organization/other", ["R12a"]),
        ("PractitionerRole/theirs", ["R12a"]),
        ("PractitionerRole/unknown", ["R12a"]),
        ("Practitioner/theirs", ["R12a"]),
        ("PractitionerRole/mine", []),
        ("Practitioner/mine", []),
        (CENTER, []),
    ],
)
def test_a_task_keeps_its_agency_until_the_next_accepts(owner: str, expected: list[str]) -> None:
    assert breaches(referral.not_passed_on, answered(owner=ref(owner))) == expected
    assert breaches(referral.not_passed_on, answered(custodian=CENTER, owner=ref(owner))) == []
    assert breaches(referral.not_passed_on, change(None, TASK | {"owner": ref(owner)}, custodian=ASKER)) == []


def test_what_was_asked_is_the_askers_to_rewrite() -> None:
    assert breaches(referral.owner_answers, answered(description="別のこと", note=[{"text": "了解"}])) == ["P2!"]
    assert breaches(referral.owner_answers, answered(status="accepted", output=[], owner=ref(CENTER))) == []
    assert breaches(referral.owner_answers, answered(custodian=CENTER, description="別のこと")) == []
    assert breaches(referral.owner_answers, change(None, TASK, custodian=ASKER)) == []
    assert breaches(referral.owner_answers, change(TASK | {"focus": ref("Task/2")}, TASK, custodian=ASKER)) == ["P2!"]


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("coordinate", "もう一人の推進員"),
        ("escalate-to-coordinator", "引き受けるか、求めた機関に、もう一人の推進員"),
        ("inquiry", "もう一人の推進員"),
        ("fund-consultation", "反対も答えです"),
        ("fund-request", "on-hold"),
        ("fulfill", "受け付けるか、新しい Task（partOf）で引き継ぐか、符号 escalate-to-coordinator の Task"),
    ],
)
def test_who_may_not_refuse_is_told_what_works(code: str, way: str) -> None:
    asked = TASK | {"code": concept("task-code", code)}
    refused = change(asked, asked | {"status": "rejected"}, custodian=ASKER)
    (told,) = referral.not_refused(refused)
    assert told.rule == "R5"
    assert way in told.ja


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("escalate-to-coordinator", "連絡した側に取り下げて（cancelled）もらい"),
        ("inquiry", "もう一人の推進員を owner に"),
        ("fulfill", "結果（output）を書いて終えるか"),
    ],
)
def test_who_has_accepted_is_told_what_works_from_there(code: str, way: str) -> None:
    taken = TASK | {"code": concept("task-code", code), "status": "accepted"}
    (found,) = referral.not_refused(change(taken, taken | {"status": "failed"}, custodian=ASKER))
    assert way in found.ja
    assert "受け付けるか、新しい" not in found.ja
