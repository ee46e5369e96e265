"""That somebody is an adult's guardian: confirmed by the lead section, and on record for good."""

from __future__ import annotations

import pytest

from consent.facts import Facts
from consent.standing import confirmation
from consent.standing.filing import Filing
from consent.verdict import NONE, Verdict
from resources.record.problem import Problem
from tests.unit.consent.standing.test_consent import LEAD, P, asking_to_confirm, kin
from tests.unit.consent.town import Town, patient


def test_a_confirmation_that_nobody_of_the_lead_section_wrote_counts_for_nothing() -> None:
    """As an import or an older release may have stored one."""
    asked, done = asking_to_confirm(), asking_to_confirm(status="completed")
    for before, after, verdict in ((None, asked, Verdict(True)), (None, done, NONE), (asked, done, NONE)):
        filing = Filing("create", before, after, "Organization/center", Facts(P), lambda name: None)
        assert confirmation.judged(filing) == verdict


def test_a_confirmation_that_was_given_is_deleted_by_nobody(town: Town) -> None:
    town.write(P, patient("1"), kin(), asking_to_confirm())
    town.write(LEAD, asking_to_confirm(status="completed") | {"meta": {"versionId": "1"}})
    with pytest.raises(Problem, match="R3: a confirmed guardian stays confirmed"):
        town.delete(P, "Task/kin-confirmation")


def test_what_was_asked_for_and_not_answered_may_be_deleted(town: Town) -> None:
    town.write(P, patient("1"), kin(), asking_to_confirm())
    town.delete(P, "Task/kin-confirmation")
    assert town.search(P, "Task") == []
