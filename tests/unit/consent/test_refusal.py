"""Each refusal of what one may read and not do names a rule, and what may be done instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from consent import refusal, vocabulary
from consent.actor import Actor
from resources.record.problem import Issue, Problem
from tests.laws.worlds import ref
from tests.unit.consent.people import OFFICER
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q, CO = actor("p"), actor("q"), actor("co")
DESK = {"resourceType": "HealthcareService", "id": "desk", "providedBy": ref("Organization/center")}
MOTHER = replace(OFFICER, person="Patient/1", purpose=vocabulary.PATIENT_REQUEST)


@pytest.fixture
def recorded(town: Town) -> Town:
    """The center keeps a concern, which the other agency may read by consent; somebody has a post no more."""
    gone = {"resourceType": "PractitionerRole", "id": "gone", "practitioner": ref("Practitioner/gone")}
    gone |= {"organization": ref("Organization/center"), "period": {"end": "2020-01-01"}}
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "gone"}, gone)
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a"))
    return town


def refused(attempt: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught:
        attempt()
    assert caught.value.kind == "forbidden"
    return caught.value


@pytest.mark.parametrize(
    ("who", "written", "rule", "instead"),
    [
        (Q, concern("c", "1", meta={"versionId": "1"}), "P1", "ask it by a Task"),
        (P, DESK | {"meta": {"versionId": "1"}}, "P12", "directory keeper"),
        (actor("gone"), patient("new"), "P1", "no post"),
        (actor("p", "audit-review"), patient("new"), "D4", "CAREMGT"),
        (MOTHER, patient("1", meta={"versionId": "1"}), "P7", "ask the agency"),
        (actor("em", "BTG"), patient("new"), "P8", "one reads"),
    ],
    ids=["another's", "the directory's", "no post", "another purpose", "oneself", "an emergency"],
)
def test_what_is_not_one_s_to_write(
    recorded: Town, who: Actor, written: dict[str, object], rule: str, instead: str
) -> None:
    found = refused(lambda: recorded.write(who, written))
    assert found.rules == (rule,)
    assert instead in str(found)


@pytest.mark.parametrize(
    ("who", "name", "rule", "instead"),
    [
        (P, "Consent/a", "P1", "revokeConsent"),
        (Q, "Condition/c", "P1", "ask it by a Task"),
        (P, "HealthcareService/desk", "P12", "ends it"),
    ],
)
def test_what_is_not_one_s_to_delete(recorded: Town, who: Actor, name: str, rule: str, instead: str) -> None:
    found = refused(lambda: recorded.delete(who, name))
    assert found.rules == (rule,)
    assert instead in str(found)


def test_what_duties_only_warn_of_is_handed_on_and_what_they_refuse_is_raised() -> None:
    warning, error = Issue("w", "w", severity="warning"), Issue("e", "e")
    whose = Issue("whose", "whose", code="forbidden")
    assert refusal.warned([warning]) == (warning,)
    assert refusal.warned([]) == ()
    for found, kind, said in (([warning, error], "business-rule", [error]), ([error, whose], "forbidden", [whose])):
        with pytest.raises(Problem) as caught:
            refusal.warned(found)
        assert caught.value.kind == kind
        assert list(caught.value.issues) == said
