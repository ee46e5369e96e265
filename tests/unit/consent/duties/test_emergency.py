"""P8: an emergency access is reviewed by the lead section, never by who had it, and to its end."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import emergency
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import change, officer, post, wrongs

Json = dict[str, Any]

LEAD = officer(post("lead-section", name="lead"))
REVIEW: Json = {"resourceType": "Task", "status": "requested", "code": concept("task-code", "emergency-review")}
REVIEW |= {"requester": ref("Practitioner/em"), "owner": ref("PractitionerRole/lead")}
OTHER = REVIEW | {"code": concept("task-code", "coordinate")}
FOUND: Json = {"output": [{"valueCodeableConcept": concept("emergency-outcome", "justified")}]}


def reviewed(before: Json | None, after: Json | None, who: Any = LEAD) -> list[str]:
    return wrongs(emergency.reviewed_by_the_lead_section, change(before, after, who))


def test_nobody_writes_it_deletes_it_or_makes_it_of_something_else() -> None:
    assert reviewed(None, REVIEW) == reviewed(REVIEW, None) == reviewed(OTHER, REVIEW) == ["P8! at Task.code"]
    assert reviewed(REVIEW, OTHER) == ["P8 at Task.code"]
    assert reviewed(None, OTHER) == reviewed(OTHER, None) == reviewed(OTHER, OTHER | {"status": "failed"}) == []


def test_the_lead_section_reviews_it_and_never_who_had_the_access() -> None:
    on = REVIEW | {"status": "in-progress"}
    assert reviewed(REVIEW, on) == []
    assert reviewed(REVIEW, on, None) == ["P8! at Task.status"]
    assert reviewed(REVIEW, REVIEW | {"status": "failed"}, None) == ["P8! at Task.status"]
    for own in ("Practitioner/p", "PractitionerRole/lead"):
        had = {"requester": ref(own)}
        assert reviewed(REVIEW | had, on | had) == ["P8! at Task.status"]


@pytest.mark.parametrize("element", ["statusReason", "note", "lastModified", "meta", "text", "id"])
def test_it_is_answered_by_these_elements_and_by_no_other(element: str) -> None:
    assert reviewed(REVIEW, REVIEW | {element: "said"}) == reviewed(REVIEW | {element: "said"}, REVIEW) == []
    assert reviewed(REVIEW, REVIEW | {"for": "said"}) == reviewed(REVIEW | {"for": "x"}, REVIEW) == ["P8 at Task.for"]


def test_it_ends_with_its_outcome_which_is_final() -> None:
    done = REVIEW | {"status": "completed"} | FOUND
    assert reviewed(REVIEW, done) == []
    assert reviewed(REVIEW, REVIEW | {"status": "completed"}) == ["P8 at Task.output"]
    assert reviewed(REVIEW, done | {"output": [{"valueCodeableConcept": {"text": "妥当"}}]}) == ["P8 at Task.output"]
    assert reviewed(REVIEW, done | {"output": [{}, *FOUND["output"]]}) == []
    assert reviewed(done, done | {"note": [{"text": "報告済み"}]}) == []
    assert reviewed(done, done | {"status": "in-progress"}) == ["P8 at Task.status"]
    assert reviewed(done, done | {"output": [*FOUND["output"], {}]}) == ["P8 at Task.status"]
    assert reviewed(REVIEW | {"status": "on-hold"} | FOUND, REVIEW | {"status": "accepted"}) == []


def test_it_is_not_refused() -> None:
    for status in ("requested", "received", "accepted", "in-progress", "on-hold"):
        assert reviewed(REVIEW, REVIEW | {"status": status}) == [], status
    for status in ("rejected", "cancelled", "failed", "draft"):
        assert reviewed(REVIEW, REVIEW | {"status": status}) == ["P8 at Task.status"]


def test_what_is_allowed_instead_is_said() -> None:
    (found,) = emergency.reviewed_by_the_lead_section(change(REVIEW, REVIEW | {"status": "failed"}, LEAD))
    assert "(received, accepted, in-progress, on-hold)" in found.text
