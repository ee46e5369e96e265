"""Papers of odd and of ordinary days, filed in whatever order: the word that was signed last holds, and no other harms.

docs/policy.md, "consent". Each on a paper that the agency keeps: an attachment alone is none (test_consent.py, PAPERS).
"""

from __future__ import annotations

from typing import Any

import pytest

from resources.record.problem import Problem
from tests.laws.worlds import V3, ref
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import IRCP, consent

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
TO_Q: Json = {"actor": [{"role": IRCP, "reference": ref("Organization/other")}]}
FOR_CARE: Json = {"purpose": [{"system": f"{V3}v3-ActReason", "code": "CAREMGT"}]}
PERMIT = {"type": "permit", "period": {"end": "2027-11-26"}} | TO_Q | FOR_CARE
CONCERNS: Json = {"class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]}
OPT_OUT: Json = {"policyRule": {"coding": [{"system": f"{V3}v3-ActCode", "code": "OPTOUT"}]}}


@pytest.fixture
def shared(town: Town) -> Town:
    """One concern of a person, which another agency reads by consent."""
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", dateTime="2026-11-20", provision=PERMIT))
    assert town.search(Q, "Condition", ("patient", "1")) == ["Condition/c"]
    return town


@pytest.mark.parametrize(
    "period",
    [
        {"end": "2027-11-26"},
        {"start": "2016-12-31T23:59:60Z"},
        {"start": "2026-11-01", "end": "9999-12-31"},
        {"end": "9999"},
        {},
    ],
    ids=str,
)
def test_a_refusal_of_concerns_holds_whatever_its_period_is_written_like(shared: Town, period: Json) -> None:
    refusal = {"type": "deny"} | CONCERNS | ({"period": period} if period else {})
    shared.sign(P, consent("b", dateTime="2026-11-20", provision=refusal, **OPT_OUT))
    assert shared.search(Q, "Condition", ("patient", "1")) == []
    assert not shared.reads(Q, "Condition/c")
    assert shared.reads(Q, "Patient/1"), "and nothing but concerns"


def test_a_permit_of_another_to_everybody_until_the_end_of_time_changes_nothing_here(shared: Town) -> None:
    shared.write(P, patient("2"), concern("d", "2"))
    everybody = {"type": "permit", "period": {"start": "2026-11-20", "end": "9999-12-31"}} | FOR_CARE
    shared.sign(P, consent("e", patient=ref("Patient/2"), performer=[ref("Patient/2")], provision=everybody))
    assert shared.search(Q, "Condition") == ["Condition/c", "Condition/d"]
    assert shared.search(Q, "Patient", ("_id", "1")) == ["Patient/1"]
    assert shared.reads(Q, "Patient/1")


def test_a_paper_of_2019_that_is_filed_after_a_refusal_opens_nothing(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("r", dateTime="2026-11-20", provision={"type": "deny"} | TO_Q))
    town.sign(P, consent("old", dateTime="2019-02-12", provision={"type": "permit"} | TO_Q))
    assert town.search(Q, "Condition", ("patient", "1")) == []
    assert not town.reads(Q, "Condition/c")


def test_one_that_is_signed_in_2030_is_refused(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    with pytest.raises(Problem, match="R3"):
        town.sign(P, consent("f", dateTime="2030-01-01"))
    assert not town.reads(Q, "Condition/c")


def test_one_that_was_ended_is_not_active_again_by_writing_so(shared: Town) -> None:
    over = consent("a", dateTime="2026-11-20", provision=PERMIT, status="inactive", meta={"versionId": "1"})
    shared.write(P, over)
    assert not shared.reads(Q, "Condition/c")
    with pytest.raises(Problem, match="R3"):
        shared.write(P, over | {"status": "active", "meta": {"versionId": "2"}})
    assert not shared.reads(Q, "Condition/c")
