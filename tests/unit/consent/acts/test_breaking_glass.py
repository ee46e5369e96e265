"""In an emergency an officer reads for minutes what is about one person and their household, and is reviewed for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent.actor import Actor
from consent.acts import breaking_glass
from consent.acts.breaking_glass import Broken, Emergency
from consent.writing import change
from resources.record.problem import Problem
from resources.search.relation import FOREVER
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, household, patient

Json = dict[str, Any]

P, Q, LEAD, AUD = actor("p"), actor("q"), actor("lead"), actor("aud")
EM = actor("em", "BTG")
VERY = {"meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}]}}
MOTHER = {"resourceType": "Patient", "name": [{"family": "水無瀬", "given": ["緑"]}], "birthDate": "1980-01-01"}


def break_glass(town: Town, who: Actor = EM, reason: str = "倒れているとの通報", **asked: Any) -> Broken:
    asked = asked or {"record": "Patient/1"}
    record = next(iter(asked.values()))
    names = ("$break-glass", *([record] if isinstance(record, str) else []))
    emergency = Emergency(reason, **asked)
    return town.run(town.gate.operate(who, names, lambda unit: breaking_glass.broken(unit, emergency, change.new_id())))


def refused(town: Town, who: Actor = EM, reason: str = "倒れているとの通報", **asked: Any) -> str:
    with pytest.raises(Problem) as caught:
        break_glass(town, who, reason, **asked)
    return caught.value.kind


def review(town: Town, who: Actor = LEAD, outcome: str = "justified", **elements: Any) -> None:
    (task,) = [each for each in town.stored("Task") if ".emergency" in str(each.terms) and ".open yes" in each.terms]
    body = town.read(LEAD, task.reference)
    done = {
        "status": "completed",
        "output": [{"type": {"text": "結果"}, "valueCodeableConcept": concept("emergency-outcome", outcome)}],
    }
    town.write(who, body | done | elements)


@pytest.fixture
def family(town: Town) -> Town:
    """A household of two that the center keeps, and a third person who is no member."""
    town.write(
        P, patient("1", **{k: v for k, v in MOTHER.items() if k == "name"}), patient("2", birthDate="2011-05-05")
    )
    town.write(P, patient("3", birthDate="1990-09-09"), household("1", "2"))
    town.write(P, concern("c", "1"), concern("d", "2"), concern("e", "3"), case())
    town.write(P, concern("v", "1", **VERY), concern("both", "1", evidence=[{"detail": [ref("Patient/3")]}]))
    return town


def test_the_household_opens_and_nobody_elses_records(family: Town) -> None:
    assert family.search(EM, "Condition") == []
    done = break_glass(family)
    assert (done.meant.person, done.meant.household) == ("Patient/1", "Group/g")
    assert sorted(family.search(EM, "Condition")) == ["Condition/c", "Condition/d"]
    assert sorted(family.search(EM, "Patient")) == ["Patient/1", "Patient/2"]
    assert family.search(EM, "Group") == ["Group/g"]
    assert family.read(EM, "CarePlan/k")["id"] == "k"
    for closed in ("Condition/v", "Condition/both", "Condition/e", "Patient/3"):
        with pytest.raises(Problem, match=closed):
            family.read(EM, closed)


def test_it_ends_after_its_minutes_and_holds_until_then(family: Town) -> None:
    break_glass(family)
    last, over = (replace(EM, now=NOW + timedelta(minutes=15, milliseconds=each)) for each in (-1, 0))
    assert len(family.search(last, "Condition")) == 2
    assert family.search(over, "Condition") == []
    with pytest.raises(Problem, match="Condition/c"):
        family.read(over, "Condition/c")


@pytest.mark.parametrize(
    "who",
    [actor("em"), actor("em", "support-conference"), actor("p", "BTG"), actor("lead", "BTG"), actor("co", "BTG")],
)
def test_it_opens_to_that_officer_alone_and_for_that_purpose(family: Town, who: Actor) -> None:
    break_glass(family)
    assert family.search(who, "Condition") == []
    assert refused(family, who) == "forbidden"


def test_it_is_reviewed_before_there_is_another(family: Town) -> None:
    break_glass(family)
    assert refused(family) == "business-rule"
    review(family)
    break_glass(family, record="Patient/3")
    assert family.search(replace(EM, now=NOW + timedelta(minutes=14)), "Condition") != []


def test_the_review_keeps_what_was_opened_and_says_of_whom_by_whom_and_until_when(family: Town) -> None:
    done = break_glass(family, record="Condition/c")
    task = family.read(LEAD, done.review.reference)
    assert task["for"] == ref("Group/g")
    assert task["focus"] == ref("Condition/c")
    assert task["requester"] == ref("Practitioner/em")
    assert task["owner"] == ref("Organization/lead")
    assert task["executionPeriod"]["end"] == done.until == "2026-11-23T04:15:00.000Z"
    assert [each["valueReference"] for each in task["input"]] == [ref("Patient/1"), ref("Patient/2")]
    before = [row for row in _rows(family, done) if row.ended == FOREVER]
    family.write(LEAD, task | {"status": "in-progress"})
    assert _rows(family, done) == before != []
    review(family)
    assert len(family.search(EM, "Condition")) == 2


def _rows(town: Town, done: Broken) -> list[Any]:
    async def look() -> list[Any]:
        async with town.store.snapshot() as view:
            return sorted(await view.rows([("emergency", one) for one in sorted(done.meant.persons)]), key=str)

    return town.run(look())


def test_only_the_lead_section_reviews_and_only_by_an_outcome(family: Town) -> None:
    done = break_glass(family)
    for who in (P, Q, actor("co")):
        with pytest.raises(Problem):
            family.read(who, done.review.reference)
    task = family.read(LEAD, done.review.reference)
    for changed in (
        {"status": "completed"},
        {"status": "cancelled"},
        {"requester": ref("Practitioner/p")},
        {"executionPeriod": {"start": "2026-11-23", "end": "2030"}},
        {"code": concept("task-code", "verify")},
        {"input": [{"type": {"text": "別"}, "valueReference": ref("Patient/1")}]},
    ):
        with pytest.raises(Problem, match="P8"):
            family.write(LEAD, task | changed)
    with pytest.raises(Problem, match="P8"):
        family.delete(LEAD, done.review.reference)
    review(family, outcome="unjustified")
    task = family.read(LEAD, done.review.reference)
    with pytest.raises(Problem, match="final"):
        family.write(LEAD, task | {"status": "in-progress"})


def test_nobody_writes_such_a_review_but_the_operation(family: Town) -> None:
    forged: Json = {"resourceType": "Task", "id": "f", "status": "requested", "intent": "order"}
    forged |= {"code": concept("task-code", "emergency-review"), "requester": ref("Practitioner/em")}
    for who, named in ((P, {"for": ref("Patient/1")}), (LEAD, {})):
        with pytest.raises(Problem, match="P8"):
            family.write(who, forged | named)
    assert family.search(EM, "Condition") == []


def test_an_officer_who_leads_too_does_not_review_their_own(family: Town) -> None:
    post: Json = {"resourceType": "PractitionerRole", "id": "em2", "practitioner": ref("Practitioner/em")}
    post |= {"organization": ref("Organization/lead"), "code": [concept("role", "lead-section")]}
    family.write(INSTALLER, post)
    break_glass(family)
    with pytest.raises(Problem, match="P8"):
        review(family, who=actor("em"))
    review(family)


@pytest.mark.parametrize("reason", ["", "  \n", "長" * 1001])
def test_without_a_reason_nothing_is_opened(family: Town, reason: str) -> None:
    assert refused(family, reason=reason) == "business-rule"
    assert family.stored("Task") == []


@pytest.mark.parametrize(
    "record",
    [
        "Condition/v",
        "Condition/both",
        "Condition/none",
        "Patient/none",
        "Practitioner/p",
        "Organization/lead",
        "nothing",
    ],
)
def test_a_record_that_it_would_not_open_means_nobody_alike(family: Town, record: str) -> None:
    assert refused(family, record=record) == "not-found"
    assert family.search(EM, "Condition") == []


def test_of_a_record_of_the_household_all_members_are_meant(family: Town) -> None:
    done = break_glass(family, record="CarePlan/k")
    assert (done.meant.person, done.meant.household) == ("", "Group/g")
    assert sorted(family.search(EM, "Condition")) == ["Condition/c", "Condition/d"]


def test_with_no_household_or_two_the_person_alone_is_opened(family: Town) -> None:
    assert break_glass(family, record="Patient/3").meant.persons == {"Patient/3"}
    review(family)
    family.write(P, household("2", "3") | {"id": "h"})
    later = replace(EM, now=NOW + timedelta(minutes=20))
    done = break_glass(family, later, record="Patient/2")
    assert (set(done.meant.persons), done.meant.household) == ({"Patient/2"}, "")
    assert family.search(later, "Condition") == ["Condition/d"]


def test_who_is_described_is_one_certain_person_or_nobody(family: Town) -> None:
    for person in (
        MOTHER | {"birthDate": "1980-01-02"},
        {"resourceType": "Patient", "name": MOTHER["name"]},
        {"resourceType": "Patient", "birthDate": "1980-01-01"},
        {},
    ):
        assert refused(family, person=person) == "not-found"
    done = break_glass(family, person=MOTHER)
    assert done.meant.person == "Patient/1"
    review(family)
    family.write(P, patient("9", name=MOTHER["name"]))
    assert refused(family, person=MOTHER) == "not-found"


def test_reading_so_has_no_effect_and_the_trail_has_all_of_it(family: Town) -> None:
    break_glass(family)
    with pytest.raises(Problem):
        family.write(EM, concern("new", "1"))
    with pytest.raises(Problem):
        family.write(EM, family.read(EM, "Condition/c") | {"note": [{"text": "見た"}]})
    with pytest.raises(Problem):
        family.write(actor("em"), concern("new", "1"))
    family.read(EM, "Condition/c")
    (opened,) = [each for each in family.trail() if "$break-glass" in str(each)]
    assert "P8" in str(opened["agent"][0]["policy"])
    assert "Patient/2" in str(opened)
    assert "policy/P8" in str(family.trail()[-1]["agent"][0]["policy"])


def test_a_protected_place_stays_hidden(family: Town) -> None:
    label = own("secrecy-label", "address-secret")
    body = family.read(P, "Patient/2") | {"address": [{"text": "山陽町二丁目"}]}
    family.write(P, body | {"meta": body["meta"] | {"security": [label]}})
    break_glass(family)
    assert "address" not in family.read(EM, "Patient/2")


def test_without_a_lead_section_there_is_nobody_to_review_and_nothing_opens(family: Town) -> None:
    post = family.read(actor("p"), "PractitionerRole/lead")
    family.write(INSTALLER, post | {"active": False})
    assert refused(family) == "business-rule"
