"""What is asked of another agency, or put before the lead section, and waits: it is told to nobody whom it is not for.

docs/policy.md, "nothing leaks" and P2: what is addressed to the lead section is its post's, and not its agency's.
"""

from __future__ import annotations

from typing import Any

import pytest

from consent.actor import Actor
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts import divided_town, merges
from tests.unit.consent.acts.test_deciding_coordination import escalation, put, request
from tests.unit.consent.acts.test_merging import asking, of
from tests.unit.consent.acts.test_naming_by_mistake import said
from tests.unit.consent.acts.test_transferring import answer, offer
from tests.unit.consent.town import INSTALLER, Town, actor, concern, household, patient

Json = dict[str, Any]

P, Q, CO, LEAD, CONV = (actor(name) for name in ("p", "q", "co", "lead", "conv"))
CONCERNS: Json = {
    "type": "permit",
    "class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}],
}
TEACHER = actor("teacher")
"""An officer of the lead section's agency who is not of the lead section."""


def colleague(town: Town) -> None:
    post: Json = {"resourceType": "PractitionerRole", "id": "teacher", "practitioner": ref("Practitioner/teacher")}
    post |= {"organization": ref("Organization/lead"), "code": [concept("role", "officer")]}
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "teacher"}, post)


def waiting(town: Town, what: str) -> str:
    """The Task that waits."""
    if what == "division":
        return divided_town.task_of(divided_town.ask(town))
    if what == "mistake":
        town.write(P, household("1", "2") | {"meta": {"versionId": "1"}})
        return said(town, person="Patient/3").task.reference
    if what == "escalation":
        town.write(P, request())
        town.write(Q, escalation())
        return put(town).task.reference
    done = answer(town, Q, offer(town).task.reference, reason="続けて支援する")
    return done.records[-1].reference


@pytest.fixture
def kept(town: Town) -> Town:
    town.write(P, *(patient(one) for one in "123"), household("1", "2", "3"), concern("c", "1"))
    colleague(town)
    return town


@pytest.mark.parametrize("what", ["division", "escalation", "mistake", "transfer"])
def test_what_is_put_before_the_lead_section_is_read_by_nobody_else_of_its_agency(kept: Town, what: str) -> None:
    before = {who.person: kept.search(who, "Patient") for who in (CONV, TEACHER)}
    task = waiting(kept, what)
    assert kept.reads(LEAD, task)
    for who in (CONV, TEACHER):
        assert not kept.reads(who, task)
        assert kept.search(who, "Task") == []
        assert kept.search(who, "Patient") == before[who.person], "nor the cards of those whom it names"


@pytest.mark.parametrize("element", ["focus", "basedOn", "partOf"])
@pytest.mark.parametrize("what", ["division", "mistake", "transfer"])
def test_what_the_server_asks_is_carried_to_nobody_by_another_request(kept: Town, what: str, element: str) -> None:
    task = waiting(kept, what)
    who, agency = (Q, "Organization/other") if what == "transfer" else (P, "Organization/center")
    if what == "transfer":
        kept.write(Q, patient("9"))
    asked: Json = {"resourceType": "Task", "id": "on", "status": "requested", "intent": "order"}
    asked |= {"for": ref("Patient/9" if what == "transfer" else "Patient/1"), "requester": ref(agency)}
    asked |= {"owner": ref("Organization/council"), element: ref(task) if element == "focus" else [ref(task)]}
    tried(kept, who, asked)
    assert not kept.reads(CO, task)


def tried(town: Town, who: Actor, *records: Json) -> str:
    try:
        town.write(who, *records)
    except Problem as problem:
        return str(problem)
    return ""


def test_that_somebody_else_asks_for_a_merge_is_told_to_nobody_who_does_not_read_it(town: Town) -> None:
    town.write(P, patient("1"))
    town.write(Q, patient("2"))
    town.write(Q, asking("other", "center", "2", "shown"))
    town.write(P, asking("center", "other", "1", "shown-too"))
    waits = merges.ask(town, P, "1", "2", decides=True, reason="同じ人と思われる")
    assert not town.reads(Q, merges.task(waits))
    asked = merges.ask(town, Q, "2", "1")
    merges.answer(town, P, asked)
    with pytest.raises(Problem, match="one person already"):
        merges.answer(town, LEAD, waits, reason="確かめた")
    merges.answer(town, LEAD, waits, accept=False, reason="すでに統合されている")


def test_that_who_kept_it_before_says_a_mistake_is_not_told_to_who_keeps_it_now(kept: Town) -> None:
    kept.write(P, concern("e", "1", evidence=[{"detail": [ref("Patient/2")]}]))
    kept.write(P, concern("e", "1") | {"meta": {"versionId": "1"}})
    before = said(kept, record="Condition/e").task.reference
    kept.sign(P, of("1", "a", CONCERNS), of("2", "b", CONCERNS))
    answer(kept, Q, offer(kept, record="Condition/e").task.reference)
    kept.write(Q, concern("e", "1") | {"meta": {"versionId": "2"}})
    assert (kept.reads(P, before), kept.reads(Q, before)) == (True, False)
    assert said(kept, Q, record="Condition/e").task.reference != before
