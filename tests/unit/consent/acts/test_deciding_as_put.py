"""What is put before the lead section is decided on as it was put, and names nobody whom it may not be told.

docs/policy.md, "handing on"
"""

from __future__ import annotations

import pytest

from tests.laws.worlds import ref
from tests.unit.consent.acts.test_deciding_coordination import CALL, CO, LEAD, P, Q, decide, escalation, put, request
from tests.unit.consent.acts.test_transferring import again, refused, wrong
from tests.unit.consent.town import Town, actor, case, household, patient


@pytest.fixture
def called(kept: Town) -> Town:
    """The center asked the other agency about a person of the household whose case it keeps; that called."""
    kept.write(P, request())
    kept.write(Q, escalation())
    return kept


def test_whom_a_very_restricted_request_is_about_is_not_told_where_it_is_handed_on_without_a_name(kept: Town) -> None:
    first = request(owner=ref("Organization/council"))
    v = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
    kept.write(P, first | {"meta": {"security": [v]}})
    kept.write(actor("em"), again(first) | {"status": "accepted"})
    further = request(id="on", partOf=[ref("Task/r")], requester=ref("Organization/council"))
    kept.write(actor("em"), {name: part for name, part in further.items() if name != "for"})
    kept.write(Q, {name: part for name, part in escalation(part_of="Task/on").items() if name != "for"})
    asked = put(kept, Q).task.reference
    assert "for" not in kept.read(LEAD, asked)
    assert [kept.reads(LEAD, name) for name in ("Task/on", "Task/r", "Patient/1")] == [True, False, False]
    assert refused(kept, decide, LEAD, asked) == "business-rule R13"


@pytest.mark.parametrize("changed", ["the call", "the request"])
def test_what_changed_since_it_was_put_before_is_not_decided_on(called: Town, changed: str) -> None:
    other = household("3") | {"id": "h"}
    called.write(P, patient("3"), other, case("kh") | {"subject": ref("Group/h")})
    called.write(P, request(id="r3") | {"for": ref("Patient/3")})
    asked = put(called, Q).task.reference
    if changed == "the call":
        called.write(Q, called.read(Q, CALL) | {"partOf": [ref("Task/r3")], "for": ref("Patient/3")})
    else:
        called.write(P, called.read(P, "Task/r") | {"for": ref("Patient/3")})
    assert refused(called, decide, LEAD, asked) == "business-rule P6", "of the third person it was shown nothing"
    decide(called, LEAD, asked, accept=False, reason="改めて諮ってほしい")
    [brought] = decide(called, LEAD, put(called, Q).task.reference).records
    assert called.read(CO, brought.reference)["focus"] == ref("CarePlan/kh")
    assert wrong(called) == []


def test_that_the_coordinator_takes_the_call_changes_nothing_of_what_is_decided(called: Town) -> None:
    asked = put(called, Q).task.reference
    called.write(CO, called.read(CO, CALL) | {"status": "accepted"})
    called.write(Q, called.read(Q, "Task/r") | {"status": "accepted"})
    [brought] = decide(called, LEAD, asked).records
    assert called.read(CO, brought.reference)["focus"] == ref("CarePlan/k")
