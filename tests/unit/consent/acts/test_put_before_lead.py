"""What is put before the lead section opens to its post what it names, until it has decided or nothing is left of it.

docs/policy.md, "what is put before the lead section" and P6
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.acts.protecting import Protect
from tests.laws.worlds import CONFIDENTIALITY, concept, own, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.test_deciding_coordination import CALL, decide, escalation, put, request
from tests.unit.consent.acts.test_naming_by_mistake import confirm, said
from tests.unit.consent.acts.test_transferring import (
    CARD,
    EVERYBODY,
    again,
    answer,
    hand,
    numbers,
    offer,
    refused,
    wrong,
)
from tests.unit.consent.acts.test_waiting import TEACHER, colleague
from tests.unit.consent.town import BOTH_STORES, INSTALLER, Town, actor, case, concern, household, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO, LEAD, CONV = (actor(name) for name in ("p", "q", "co", "lead", "conv"))
V: Json = {"security": [{"system": CONFIDENTIALITY, "code": "V"}]}


def holds(town: Town, person: str, agency: str, function: str) -> None:
    """Another post of this person."""
    post: Json = {"resourceType": "PractitionerRole", "id": f"{person}-2", "code": [concept("role", function)]}
    town.write(INSTALLER, post | {"practitioner": ref(f"Practitioner/{person}"), "organization": ref(agency)})


def status(town: Town, task: str) -> str:
    [found] = [orjson.loads(each.body) for each in town.stored("Task") if each.reference == task]
    return str(found["status"])


def misnamed(town: Town, **elements: Any) -> str:
    """A concern of Patient 1 that was first written about Patient 2, which its keeper says."""
    town.write(P, concern("x", "2", **elements))
    town.write(P, again(concern("x", "1", **elements)))
    return said(town, record="Condition/x").task.reference


@pytest.mark.parametrize("kept", BOTH_STORES, indirect=True)
def test_a_mistake_opens_the_record_in_each_version_and_the_cards_until_it_is_decided(kept: Town) -> None:
    assert not any(kept.reads(LEAD, name) for name in ("Condition/c", "Patient/1", "Patient/2"))
    task = misnamed(kept)
    assert numbers(kept, LEAD, "Condition/x") == [1, 2]
    assert kept.search(LEAD, "Condition") == ["Condition/x"]
    assert kept.search(LEAD, "Patient") == ["Patient/1", "Patient/2"]
    assert all(set(kept.read(LEAD, name)) <= CARD for name in ("Patient/1", "Patient/2"))
    for name in ("Condition/c", "Group/g"):
        assert not kept.reads(LEAD, name), name
    for who in (CONV, Q, actor("lead", "audit-review")):
        assert not kept.reads(who, "Condition/x")
    assert wrong(kept) == []
    confirm(kept, LEAD, task)
    assert not any(kept.reads(LEAD, name) for name in ("Condition/x", "Patient/1", "Patient/2"))
    assert kept.search(LEAD, "Condition") == []
    assert wrong(kept) == []


def test_what_is_very_restricted_is_decided_on_without_it(kept: Town) -> None:
    misnamed(kept, meta=V)
    assert numbers(kept, LEAD, "Condition/x") == []
    assert kept.search(LEAD, "Patient") == ["Patient/1", "Patient/2"], "whom it was put before, by the Task"
    kept.write(P, concern("y", "1", meta=V))
    hand_over = hand(kept, "Condition/y", reason="続けて支援する")
    assert kept.reads(LEAD, hand_over.records[-1].reference)
    assert not kept.reads(LEAD, "Condition/y")


def test_a_record_that_the_taker_asks_to_be_opened_is_read_by_who_decides_on_that(kept: Town) -> None:
    task = hand(kept, reason="続けて支援する").records[-1].reference
    assert kept.reads(LEAD, "Condition/c")
    assert not kept.reads(Q, "Condition/c")
    answer(kept, LEAD, task, accept=False, reason="要らない")
    assert not kept.reads(LEAD, "Condition/c")


def test_once_the_taker_writes_nothing_is_left_to_open(kept: Town) -> None:
    kept.sign(P, consent("a", provision=EVERYBODY))
    task = hand(kept, reason="続けて支援する").records[-1].reference
    kept.write(Q, again(concern("c", "1"), note=[{"text": "続き"}]))
    assert status(kept, task) == "cancelled"
    assert not kept.reads(LEAD, "Condition/c")
    assert refused(kept, answer, LEAD, task, reason="開く") == "business-rule P1"
    assert wrong(kept) == []


@pytest.fixture
def secret(town: Town) -> Town:
    town.write(P, patient("1", address=[{"text": "山陽町三丁目"}], telecom=[{"system": "phone", "value": "086"}]))
    town.protect(P, "Patient/1", *(f"Organization/{name}" for name in ("center", "other")))
    return town


def test_the_keeping_of_a_protected_persons_patient_is_decided_on_the_record_without_the_place(secret: Town) -> None:
    offer(secret, P, "Patient/1", reason="担当の区が変わった")
    shown = secret.read(LEAD, "Patient/1")
    assert shown["name"] == [{"family": "水無瀬"}]
    assert not {"address", "telecom"} & set(shown)


def test_of_two_that_ask_for_the_keeping_of_one_patient_only_one_is_decided(secret: Town) -> None:
    first = offer(secret, P, "Patient/1", reason="担当の区が変わった").task.reference
    second = offer(secret, P, "Patient/1", to="Organization/council", reason="会議で決めた").task.reference
    answer(secret, LEAD, first, reason="移す")
    assert secret.reads(Q, "Patient/1")
    assert status(secret, second) == "cancelled"
    assert refused(secret, answer, LEAD, second, reason="移す") == "business-rule P1"
    assert wrong(secret) == []


def test_where_the_protection_is_lifted_its_keeper_hands_it_over_and_nothing_waits(secret: Town) -> None:
    asked = offer(secret, P, "Patient/1", reason="担当の区が変わった").task.reference
    secret.lift(P, "Patient/1")
    assert status(secret, asked) == "cancelled"
    assert not secret.reads(LEAD, "Patient/1")


@pytest.fixture
def called(kept: Town) -> Town:
    kept.write(P, request())
    kept.write(Q, escalation())
    return kept


@pytest.mark.parametrize("how", ["taken back", "done", "a mistake", "deleted"])
def test_a_call_that_has_ended_is_put_before_nobody_any_more(called: Town, how: str) -> None:
    task = put(called, Q).task.reference
    call = called.read(CO, CALL)
    if how == "deleted":
        called.delete(Q, CALL)
    elif how == "done":
        output = [{"type": concept("task-outcome", "supported"), "valueString": "つないだ"}]
        called.write(CO, call | {"status": "accepted"})
        called.write(CO, called.read(CO, CALL) | {"status": "completed", "output": output})
    else:
        called.write(Q, call | {"status": "cancelled" if how == "taken back" else "entered-in-error"})
    assert status(called, task) == "cancelled"
    assert not any(called.reads(LEAD, name) for name in ("Task/r", CALL, "Patient/1"))
    assert called.read(P, task)["statusReason"]["text"]
    assert refused(called, decide, LEAD, task) == "business-rule P6"
    assert wrong(called) == []


def test_a_called_coordinator_who_is_of_the_lead_section_too_does_not_decide(called: Town) -> None:
    holds(called, "co", "Organization/lead", "lead-section")
    task = put(called, Q).task.reference
    assert called.reads(CO, task)
    assert refused(called, decide, CO, task) == "forbidden P6"
    decide(called, LEAD, task)


def test_who_asked_for_a_record_does_not_decide_on_it(kept: Town) -> None:
    holds(kept, "q", "Organization/lead", "lead-section")
    task = hand(kept, reason="続けて支援する").records[-1].reference
    assert refused(kept, answer, Q, task, reason="開く") == "forbidden P6"
    answer(kept, LEAD, task, reason="開く")


def test_the_case_is_looked_for_by_every_name_of_the_person_but_of_one_whose_place_is_protected(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("2"), case())
    merges.ask(town, P, "1", "2")
    town.write(P, request())
    town.write(Q, escalation())
    task = put(town, Q).task.reference
    town.protect(P, "Patient/2", "Organization/center")
    assert refused(town, decide, LEAD, task) == "business-rule R13"
    town.lift(P, "Patient/2")
    [brought] = decide(town, LEAD, task).records
    assert town.read(CO, brought.reference)["focus"] == ref("CarePlan/k")


def merging(town: Town) -> str:
    """The lead section is asked to merge a Patient of the center with one of the other agency."""
    town.write(Q, patient("9"))
    asks: Json = {"resourceType": "Task", "id": "u", "status": "requested", "intent": "order", "for": ref("Patient/9")}
    town.write(Q, asks | {"requester": ref("Organization/other"), "owner": ref("Organization/center")})
    return merges.task(merges.ask(town, P, "1", "9", decides=True, reason="同じ人と思われる"))


def test_a_merge_that_the_lead_section_decides_opens_both_patients_to_its_post_alone(kept: Town) -> None:
    colleague(kept)
    task = merging(kept)
    assert all(kept.reads(who, task) for who in (LEAD, P))
    assert kept.search(LEAD, "Patient") == ["Patient/1", "Patient/9"]
    for who in (CONV, TEACHER):
        assert kept.search(who, "Task") == kept.search(who, "Patient") == []
    assert refused(kept, merges.answer, TEACHER, task, reason="確かめた") == "not-found"
    assert wrong(kept) == []
    merges.answer(kept, LEAD, task, reason="確かめた")
    assert kept.search(LEAD, "Patient") == []
    assert wrong(kept) == []


def test_a_merge_asked_of_the_other_keeper_is_read_by_all_of_it_as_before(kept: Town) -> None:
    kept.write(Q, patient("9"))
    asks: Json = {"resourceType": "Task", "id": "u", "status": "requested", "intent": "order", "for": ref("Patient/9")}
    kept.write(Q, asks | {"requester": ref("Organization/other"), "owner": ref("Organization/center")})
    task = merges.task(merges.ask(kept, P, "1", "9"))
    assert (kept.reads(Q, task), kept.reads(LEAD, task)) == (True, False)


def test_the_review_of_a_restriction_is_read_by_the_post_and_by_who_set_it(kept: Town) -> None:
    colleague(kept)
    taken_on(kept)
    coding = own("secrecy-label", "address-secret")
    label = {"system": coding["system"], "code": coding["code"]}
    kept.run(kept.gate.protect(Q, Protect("Patient/1", label, ("Organization/other",))))
    [task] = [each.reference for each in kept.stored("Task") if b"review-restriction" in each.body]
    assert [kept.reads(who, task) for who in (LEAD, Q, CONV, TEACHER, P)] == [True, True, False, False, False]
    assert task not in kept.search(TEACHER, "Task")
    kept.write(LEAD, kept.read(LEAD, task) | {"status": "completed"})
