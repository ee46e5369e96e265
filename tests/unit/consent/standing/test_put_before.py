"""What an escalation opens once it is put before the lead section, and to whom it stays told."""

from __future__ import annotations

from consent.standing import put_before
from consent.verdict import Verdict
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.filed import OTHER, THIRD, Json
from tests.unit.consent.standing.lying import Lying

ESCALATION: Json = {"resourceType": "Task", "id": "e", "status": "requested"}
LEAD, CO = "Organization/lead", "PractitionerRole/co"


def test_it_carries_the_requests_of_the_escalation_and_itself_and_stays_told_to_its_chain(lying: Lying) -> None:
    noted = frozenset({f".above {THIRD}", f".between {CENTER}", f".between {OTHER}", ".lapses 2027"})
    fixed = frozenset({"Task/r", "ServiceRequest/s", "Group/g", "Patient/1"})
    lying.put(ESCALATION, judged=Verdict(True, noted=noted, fixed=fixed))
    escalation = lying.versions["Task/e"]
    above = frozenset({f".above {THIRD}", f".above {CENTER}", f".above {OTHER}"})
    carried = frozenset({"Task/r", "ServiceRequest/s", "Task/e"})
    assert put_before.judged(escalation) == Verdict(True, noted=above, fixed=carried)
    between = frozenset({f".between {LEAD}", f".between {CO}"})
    assert put_before.brought(escalation, LEAD, CO) == Verdict(True, noted=above | between)
