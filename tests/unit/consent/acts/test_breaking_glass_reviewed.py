"""What is written for the review of an emergency access, whom it means, and what stands in the way of the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import verdict
from consent.actor import Scope
from consent.acts import breaking_glass
from consent.acts.breaking_glass import Broken
from consent.rule import Decision, Evidence, Rule
from consent.rules import emergency
from consent.verdict import Verdict
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.acts.test_breaking_glass import EM, MOTHER, P, break_glass, refused, review
from tests.unit.consent.acts.test_declaring_conflict import declare
from tests.unit.consent.town import Town, case, concern, household, patient

Json = dict[str, Any]

ONE, TWO = "Patient/1", "Patient/2"
START, UNTIL = "2026-11-23T04:00:00.000Z", "2026-11-23T04:15:00.000Z"


@pytest.fixture
def family(town_with: Callable[..., Town]) -> Town:
    """A household of two that the center keeps, and a third person who is no member."""
    return town_with(_family)


def _family(town: Town) -> None:
    town.write(P, patient("1", name=MOTHER["name"]), patient("2", birthDate="2011-05-05"))
    town.write(P, patient("3", birthDate="1990-09-09"), household("1", "2"), concern("c", "1"), case())


def under_review(town: Town, who: str = "em", judged: Verdict | None = None, **elements: Any) -> None:
    """A review of an officer lies in the store, as no client can have written it."""
    task: Json = {"resourceType": "Task", "id": f"review-{who}", "status": "requested", "intent": "order"}
    task |= {"code": concept("task-code", "emergency-review"), "owner": ref("Organization/lead")}
    task |= {"requester": ref(f"Practitioner/{who}"), "for": ref("Patient/3")}
    opened = frozenset({f"{verdict.EMERGENCY} {START} {UNTIL} Practitioner/{who} Patient/3"})
    found = Record(task | elements, "Organization/lead", f"Practitioner/{who}", judged or Verdict(noted=opened))
    laid(town, found)


def the_review(done: Broken) -> Json:
    return {name: said for name, said in orjson.loads(done.review.body).items() if name not in ("id", "meta")}


def test_the_whole_review_says_what_was_opened_to_whom_and_why(family: Town) -> None:
    done = break_glass(family, reason="  倒れているとの通報\n", record="Condition/c")
    opened = {"type": {"text": "閲覧の対象者 / opened for"}}
    assert the_review(done) == {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": concept("task-code", "emergency-review"),
        "focus": ref("Condition/c"),
        "for": ref("Group/g"),
        "executionPeriod": {"start": START, "end": UNTIL},
        "authoredOn": START,
        "requester": ref("Practitioner/em"),
        "owner": ref("Organization/lead"),
        "reasonCode": {"text": "倒れているとの通報"},
        "input": [opened | {"valueReference": ref(one)} for one in (ONE, TWO)],
    }
    told = {f"{verdict.EMERGENCY} {START} {UNTIL} Practitioner/em {one}" for one in (ONE, TWO)}
    assert verdict.read(done.review.terms) == Verdict(noted=frozenset({*told, f"{verdict.MEANT} {ONE}"}))
    rests = (Evidence(done.review.cited, emergency.REVIEW),)
    assert done.decision == Decision(True, (Rule("P8", "permit", EVERYTHING, emergency.BECAUSE, rests),))
    assert (done.action, done.told) == ("create", (done.review,))


def test_of_a_household_no_one_person_was_meant_and_of_a_description_no_record_was_named(family: Town) -> None:
    done = break_glass(family, record="CarePlan/k")
    told = {f"{verdict.EMERGENCY} {START} {UNTIL} Practitioner/em {one}" for one in (ONE, TWO)}
    assert verdict.read(done.review.terms) == Verdict(noted=frozenset(told))
    review(family)
    family.write(P, patient("4", name=MOTHER["name"], birthDate="1990-09-10"))
    done = break_glass(family, person=MOTHER | {"birthDate": "1990-09-10"})
    assert "focus" not in the_review(done)
    assert the_review(done)["for"] == ref("Patient/4")


def test_a_reason_of_a_thousand_letters_is_one_and_who_names_nobody_opens_nobody(family: Town) -> None:
    assert refused(family, record="") == "not-found"
    assert break_glass(family, reason="長" * 1000).meant.persons == {ONE, TWO}


@pytest.mark.parametrize(
    ("task", "patient", "allowed"),
    [("c", "r", True), ("rus", "r", False), ("c", "cs", False), ("", "r", False), ("c", "", False)],
)
def test_the_token_reaches_the_review_that_is_written_and_the_persons_that_are_read(
    family: Town, task: str, patient: str, *, allowed: bool
) -> None:
    reaches = (("Task", task), ("Patient", patient))
    scopes = tuple(Scope("user", type, frozenset(actions)) for type, actions in reaches if actions)
    who = replace(EM, scopes=scopes)
    if allowed:
        assert break_glass(family, who).meant.persons == {ONE, TWO}
    else:
        assert refused(family, who) == "forbidden"
        assert family.stored("Task") == []


def test_only_an_open_review_of_that_officer_stands_in_the_way(family: Town) -> None:
    under_review(family, "em2")
    under_review(family, judged=verdict.NONE)  # as no import and no older release would gain anything by one
    break_glass(family)
    assert refused(family) == "business-rule"


def test_a_review_that_is_done_stands_in_nobodys_way(family: Town) -> None:
    under_review(family, status="completed")
    break_glass(family)


def test_who_is_in_conflict_with_a_person_opens_nothing_of_theirs_and_of_others_all(family: Town) -> None:
    family.write(P, household("1", "2") | {"meta": {"versionId": "1"}, "member": [{"entity": ref(TWO)}]})
    declare(family, P, "Practitioner/em", ONE)
    assert refused(family, record=ONE) == "not-found"
    assert refused(family, record="Condition/c") == "not-found"
    assert refused(family, person=MOTHER) == "not-found"
    assert break_glass(family, record=TWO).meant.persons == {TWO}


def test_a_record_that_was_deleted_means_nobody(family: Town) -> None:
    family.delete(P, "Condition/c")
    assert refused(family, record="Condition/c") == "not-found"


def test_of_a_record_about_two_of_a_household_every_member_is_meant(family: Town) -> None:
    family.write(P, concern("two", "1", evidence=[{"detail": [ref(TWO)]}]))
    family.write(P, household("1", "2", "3") | {"meta": {"versionId": "1"}})
    done = break_glass(family, record="Condition/two")
    assert done.meant == breaking_glass.Meant("", "Group/g", frozenset({ONE, TWO, "Patient/3"}))


@pytest.mark.parametrize("over", [{"active": False}, {"type": "practitioner"}])
def test_a_household_that_is_over_or_none_at_all_is_not_opened(family: Town, over: Json) -> None:
    laid(family, Record(household("3", "1") | over | {"id": "h"}, "Organization/center", "Practitioner/p"))
    alone = breaking_glass.Meant("Patient/3", "", frozenset({"Patient/3"}))
    assert break_glass(family, record="Patient/3").meant == alone
    review(family)
    assert break_glass(family, record=ONE).meant.household == "Group/g"
