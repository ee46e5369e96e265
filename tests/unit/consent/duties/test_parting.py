"""P2: what has reached another agency is ended by its status, and stays with both."""

from __future__ import annotations

from typing import Any

import pytest

from consent import under_way
from consent.duties import parting
from consent.duty_context import DutyContext
from tests.laws.worlds import ref
from tests.unit.consent.duties.asked_of_the_fund import PEOPLE, person
from tests.unit.consent.people import CENTER, change, wrongs

Json = dict[str, Any]

AROUND = DutyContext(people=PEOPLE | person("colleague", "officer", CENTER))
DESKS: Json = {
    "HealthcareService/own": {"resourceType": "HealthcareService", "providedBy": ref(CENTER)},
    "HealthcareService/other": {"resourceType": "HealthcareService", "providedBy": ref("Organization/other")},
}
OWN = (CENTER, "PractitionerRole/role", "PractitionerRole/colleague", "HealthcareService/own", "Practitioner/p")
OTHERS = ("Organization/other", "PractitionerRole/lead", "HealthcareService/other", "HealthcareService/gone")


def answered(before: Json | None, after: Json | None = None) -> list[str]:
    return wrongs(parting.answered_stays, change(before, after, records=DESKS, duty_context=AROUND))


def task(status: str, owner: str = "") -> Json:
    return {"resourceType": "Task", "status": status} | ({"owner": ref(owner)} if owner else {})


@pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold", "completed"])
def test_what_another_agency_took_on_is_not_deleted(status: str) -> None:
    for other in OTHERS:
        assert answered(task(status, other)) == ["P2 at Task.status"], other
        assert answered(task(status, other), task("cancelled", other)) == []
        assert answered(task(status, other), task(status, other)) == []
    for own in OWN:
        assert answered(task(status, own)) == [], own
    assert answered(task(status)) == []


def test_what_nobody_took_on_is() -> None:
    for status in ("requested", "cancelled", "rejected"):
        assert answered(task(status, "Organization/other")) == []


def letter(*recipients: str, status: str = "completed") -> Json:
    return {"resourceType": "Communication", "status": status, "recipient": [ref(each) for each in recipients]}


def sent(before: Json | None, after: Json | None = None) -> list[str]:
    return wrongs(parting.sent_stays, change(before, after, records=DESKS, duty_context=AROUND))


def test_a_letter_stays_with_who_received_it() -> None:
    for other in OTHERS:
        assert sent(letter(CENTER, other)) == ["P2 at Communication.recipient"], other
        assert sent(letter(other), letter(CENTER)) == ["P2 at Communication.recipient"]
        assert sent(letter(other), letter(other, CENTER)) == []
    assert sent(letter("Patient/1", "RelatedPerson/1", "Group/g", *OWN)) == []
    assert sent(None, letter("Organization/other")) == []


@pytest.mark.parametrize("status", ["preparation", "not-done", "entered-in-error"])
def test_one_that_was_not_sent_does_not(status: str) -> None:
    assert sent(letter("Organization/other", status=status)) == []


def test_a_request_whose_task_was_taken_on_stays_about_whom_it_was() -> None:
    letter = {"resourceType": "ServiceRequest", "subject": ref("Patient/1")}
    for going, expected in ((under_way.ACCEPTED, ["R12a at ServiceRequest.subject"]), (under_way.CALLED, [])):
        around = DutyContext(under_way=frozenset({going}))
        for after in (letter | {"subject": ref("Patient/2")}, None):
            assert wrongs(parting.taken_on_stays, change(letter, after, duty_context=around)) == expected
