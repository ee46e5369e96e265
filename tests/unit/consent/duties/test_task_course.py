"""R5: every way in which a request may go on, by who asked it and by who was asked, and no other.

Each of the twelve statuses of R4 is tried after each; what is written here is read beside profiles/task_course.json.
"""

from __future__ import annotations

from itertools import product

import pytest

from consent.duties import answering, referral
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER, breaches, change

ASKER = "Organization/asker"
STATUSES = (
    *("draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold"),
    *("failed", "completed", "entered-in-error"),
)
TAKEN_BACK = {"cancelled", "entered-in-error"}
GOES_ON = {"in-progress", "on-hold", "completed"}

ASKED = {
    "requested": {"received", "accepted"} | GOES_ON,
    "received": {"accepted"} | GOES_ON,
    "ready": {"accepted"} | GOES_ON,
    "accepted": GOES_ON,
    "in-progress": {"on-hold", "completed"},
    "on-hold": {"accepted", "in-progress", "completed"},
    "rejected": {"received", "accepted", "in-progress"},
    "failed": {"accepted", "in-progress"},
}
"""What an agency that was asked may make of it: it never ends it by a refusal, and begins anew nothing that is done. An
older store may hold one that was refused or failed: that may be taken on after all."""

ASKING = {
    "draft": {"requested"} | TAKEN_BACK,
    "rejected": {"requested"} | TAKEN_BACK,
    "cancelled": {"entered-in-error"},
} | dict.fromkeys(("requested", "received", "ready", "accepted", "in-progress", "on-hold", "failed"), TAKEN_BACK)
"""What the agency that asks may: it takes back, and does not answer for the other."""


@pytest.mark.parametrize("was", STATUSES)
def test_a_request_goes_on_in_these_ways_and_no_other(was: str) -> None:
    task = {"resourceType": "Task", "id": "1", "status": was, "owner": ref(CENTER), "requester": ref(ASKER)}
    elsewhere = {"owner": ref(ASKER), "requester": ref(CENTER)}
    for becomes, (keeper, ways, says) in product(STATUSES, ((ASKER, ASKED, {}), (CENTER, ASKING, elsewhere))):
        turned = change(task | says, task | says | {"status": becomes}, custodian=keeper)
        refused = {rule for duty in (answering.in_order, referral.not_refused) for rule in breaches(duty, turned)}
        allowed = becomes == was or becomes in ways.get(was, set())
        assert refused == (set() if allowed else {"R5"}), (was, becomes, keeper)
