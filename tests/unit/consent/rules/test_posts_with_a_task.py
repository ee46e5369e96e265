"""P9, P10, P11 and P12: what is public, and what statistician, auditor and directory keeper have by their posts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action
from consent.rules import audit_review, directory, installation, statistics
from tests.unit.consent.people import NOBODY, OFFICER, SYSTEM, officer, post
from tests.unit.consent.rules.asked import held, opens

ACTIONS = pytest.mark.parametrize("action", ["create", "read", "search", "update", "delete"])
CITIZEN = Facts(replace(OFFICER, person="Patient/9", purpose=vocabulary.PATIENT_REQUEST))
CITED = ["PractitionerRole/role/_history/1"]


def of(type: str) -> list[tuple[str, str]]:
    return [(".type", type)]


@ACTIONS
def test_the_directory_is_read_by_anybody_and_its_staff_by_agencies(action: Action) -> None:
    reading = action in ("read", "search")
    for who in (officer(), Facts(SYSTEM), CITIZEN, Facts(NOBODY)):
        made = list(directory.rules(action, who))
        assert all(opens(made, of(type)) is reading for type in vocabulary.DIRECTORY)
        signed_in = who.actor not in (CITIZEN.actor, NOBODY)
        assert all(opens(made, of(type)) is (reading and signed_in) for type in vocabulary.STAFF)
        assert not opens(made, of("Condition"))


@ACTIONS
def test_the_directory_and_its_staff_are_kept_by_the_installer_and_by_who_holds_that_post(action: Action) -> None:
    keeper, other = officer(post("directory-keeper")), officer(post("lead-section"))
    for who in (Facts(replace(OFFICER, purpose=vocabulary.INSTALLATION)), keeper):
        made = list(installation.rules(action, who))
        assert all(opens(made, of(type)) is (action != "delete") for type in vocabulary.INSTALLED)
        assert not opens(made, of("Condition"))
    assert not list(installation.rules(action, other))
    for rule in held(installation.rules(action, keeper), "permit", of("Organization")):
        assert [each.version for each in rule.evidence] == CITED


@ACTIONS
@pytest.mark.parametrize("function", ["statistician", "lead-section", "auditor", "officer"])
@pytest.mark.parametrize("purpose", ["statistics", "audit-review", "CAREMGT"])
def test_numbers_and_the_trail_are_read_each_by_its_posts_for_its_purpose(
    action: Action, function: str, purpose: str
) -> None:
    who, reading = officer(post(function), purpose=purpose), action in ("read", "search")
    numbers, trail = list(statistics.rules(action, who)), list(audit_review.rules(action, who))
    counts = reading and purpose == "statistics" and function in ("statistician", "lead-section")
    assert opens(numbers, of("MeasureReport")) is counts
    assert opens(trail, of("AuditEvent")) is (reading and purpose == "audit-review" and function == "auditor")
    assert not opens(numbers, of("Condition"))
    assert not opens(trail, of("Condition"))
    assert all([each.version for each in rule.evidence] == CITED for rule in (*numbers, *trail))
