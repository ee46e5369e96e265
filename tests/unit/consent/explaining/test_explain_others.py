"""What is told of somebody else, now and of the past, and what is told of oneself alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from consent.acts import declaring_conflict
from consent.acts.declaring_conflict import Conflict
from consent.explaining.explain import Question
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.explaining.test_explain import LEAD, P, Q, convening_for_the_center, explained
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import INSTALLER, Town, actor, concern
from tests.unit.consent.writing.test_superseding import consent

OF_PATIENTS = [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]


def instant(said: str) -> datetime:
    return datetime.fromisoformat(said)


def test_who_has_not_signed_in_is_asked_to(open_: Town) -> None:
    with pytest.raises(Problem) as refused:
        explained(open_, NOBODY, Question("Condition", "c"))
    assert refused.value.kind == "login"


def test_what_was_lacking_at_an_instant_is_told_of_another_and_of_oneself_never(open_: Town) -> None:
    convening_for_the_center(open_)
    open_.sign(P, consent("a"))
    (revoked,) = open_.write(P, consent("a", status="inactive", meta={"versionId": "1"}))
    then = instant(revoked.version.since)
    asked = Question("Condition", "c", about="Practitioner/q", at=then)
    told = explained(open_, P, asked)
    assert (told["decision"], told["lacking"]) == ("deny", ["P3", "P4"])
    open_.sign(P, consent("b", dateTime="2026-11-23T13:00:00+09:00"))
    own = explained(open_, Q, replace(asked, about=""))
    assert (own["decision"], own["rule"], own["lacking"]) == ("deny", [], [])


def test_of_what_one_may_read_nothing_is_told_as_lacking(open_: Town) -> None:
    open_.sign(P, consent("a"), consent("b", policyRule={"text": "別の様式"}, provision=for_patients()))
    assert open_.reads(Q, "Consent/b")
    told = explained(open_, Q, Question("Condition", "c"))
    assert (told["decision"], told["rule"], told["lacking"]) == ("permit", ["P3"], [])
    assert "Consent/a/_history/1" in told["texts"]
    assert "Consent/b" not in told["texts"], "which opens no concern, as the trail of the reading says too"


def for_patients() -> dict[str, Any]:
    provision: dict[str, Any] = consent("a")["provision"] | {"class": OF_PATIENTS}
    return provision


def conflicted(town: Town) -> None:
    """Somebody else of the center is said to be in conflict of interest with the first person."""
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "p3"})
    post = {"resourceType": "PractitionerRole", "id": "p3", "practitioner": ref("Practitioner/p3")}
    town.write(INSTALLER, post | {"organization": ref("Organization/center"), "code": [concept("role", "officer")]})
    said = Conflict("Practitioner/p3", ("Patient/1",))
    town.run(town.gate.operate(LEAD, ("$declare-conflict",), lambda unit: declaring_conflict.declared(unit, said)))


def test_a_conflict_of_another_is_told_to_who_reads_of_it_and_to_nobody_else(open_: Town) -> None:
    """That somebody declared a conflict of interest is for the lead section and who declared it (D2)."""
    conflicted(open_)
    convening_for_the_center(open_)
    asked = Question("Group", "g", about="Practitioner/p3")
    assert explained(open_, LEAD, asked)["rule"] == ["D2"]
    other = explained(open_, P, asked)
    assert (other["decision"], other["rule"]) == ("permit", ["P1"])
    assert explained(open_, LEAD, replace(asked, about="Practitioner/p"))["rule"] == ["P1", "P6"]


def test_a_conflict_of_one_s_own_is_no_reason_that_one_is_told(open_: Town) -> None:
    conflicted(open_)
    own = explained(open_, actor("p3"), Question("Condition", "c"))
    assert own["texts"] == explained(open_, actor("p3"), Question("Condition", "none"))["texts"].replace("/none", "/c")


def test_a_conflict_with_one_person_leaves_what_is_about_another_as_it_is(open_: Town) -> None:
    conflicted(open_)
    open_.write(P, concern("other", "2"))
    own = explained(open_, actor("p3"), Question("Condition", "other"))
    assert (own["decision"], own["rule"]) == ("permit", ["P1"])
    assert explained(open_, LEAD, Question("Group", "g", about="Practitioner/p"))["rule"] == ["P1"]


def test_an_agency_is_answered_about_as_a_system_of_its_and_a_person_as_who_holds_its_posts(open_: Town) -> None:
    asked = Question("Group", "g", about="Organization/other", purpose="support-conference")
    assert explained(open_, LEAD, asked)["decision"] == "deny", "a meeting is a person's"
    assert explained(open_, LEAD, replace(asked, about="Practitioner/q"))["rule"] == ["P4"]
    for about in ("Practitioner/none", "Organization/none"):
        assert explained(open_, LEAD, replace(asked, about=about))["decision"] == "deny"
