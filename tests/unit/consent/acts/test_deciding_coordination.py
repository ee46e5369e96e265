"""An escalation is put before the lead section: what that opens, to whom and until when, and what comes of it."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.acts import deciding_coordination
from consent.acts.deciding_coordination import Escalation
from consent.acts.reply import Reply
from consent.acts.transfer_task import Transferred
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts.test_transferring import CARD, again, refused, wrong
from tests.unit.consent.town import Town, actor, case, coordination, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO, LEAD, CONV, AUD = (actor(name) for name in ("p", "q", "co", "lead", "conv", "aud"))
WHY = "どの機関も担当が決まらない"
CALL = "Task/s"


def request(**elements: Any) -> Json:
    """The center asks the other agency about a person."""
    task: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
    task |= {"for": ref("Patient/1"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    return task | elements


def escalation(id: str = "s", part_of: str = "Task/r", agency: str = "other", **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": id, "status": "requested", "intent": "order", "partOf": [ref(part_of)]}
    task |= {"code": concept("task-code", "escalate-to-coordinator"), "for": ref("Patient/1")}
    return task | {"requester": ref(f"Organization/{agency}"), "owner": ref("PractitionerRole/co")} | elements


def put(town: Town, who: Actor = CO, task: str = CALL, ground: str = "no-partner", reason: str = WHY) -> Transferred:
    do = partial(deciding_coordination.asked, said=Escalation(task.removeprefix("Task/"), ground, reason))
    return town.run(town.gate.operate(who, ("$decide-coordination", task), do))


def decide(
    town: Town, who: Actor, task: str, *, accept: bool = True, reason: str = "世帯全体の調整が要る"
) -> Transferred:
    do = partial(deciding_coordination.answered, said=Reply(task.removeprefix("Task/"), accept, reason))
    return town.run(town.gate.operate(who, ("$decide-coordination", task), do))


@pytest.fixture
def called(kept: Town) -> Town:
    """The center asked the other agency about a person of the household whose case it keeps; that called."""
    kept.write(P, request())
    kept.write(Q, escalation())
    return kept


def test_it_opens_the_request_and_the_card_to_the_lead_section_until_that_has_decided(called: Town) -> None:
    assert not any(called.reads(LEAD, name) for name in ("Task/r", CALL, "Patient/1"))
    asked = put(called).task.reference
    assert all(called.reads(LEAD, name) for name in (asked, "Task/r", CALL, "Patient/1"))
    assert set(called.read(LEAD, "Patient/1")) <= CARD
    assert called.search(LEAD, "Task", ("part-of", "Task/r")) == [CALL]
    for name in ("Patient/2", "Group/g", "CarePlan/k", "Condition/c"):
        assert not called.reads(LEAD, name), name
    for who in (CONV, AUD, actor("lead", "audit-review")):
        assert not any(called.reads(who, name) for name in (asked, "Task/r", CALL, "Patient/1")), who
    assert called.search(CONV, "Task") == [], "who is of its agency and holds another post is not told that it is asked"
    assert all(called.reads(who, asked) for who in (P, Q, CO)), "who asked and was asked is told"
    decide(called, LEAD, asked, accept=False, reason="保健センターが受け付ける見込み")
    assert not any(called.reads(LEAD, name) for name in ("Task/r", CALL, "Patient/1"))
    assert called.reads(LEAD, asked)
    assert called.read(P, asked)["statusReason"]["text"] == "保健センターが受け付ける見込み"
    assert wrong(called) == []


def test_decided_the_case_is_brought_and_opens_once_the_coordinator_accepts(called: Town) -> None:
    [brought] = decide(called, LEAD, put(called).task.reference).records
    call = called.read(CO, brought.reference)
    assert call["focus"] == ref("CarePlan/k")
    assert call["for"] == ref("Group/g")
    assert call["owner"] == ref("PractitionerRole/co")
    assert call["requester"] == ref("Organization/lead")
    assert call["status"] == "requested"
    assert call["reasonCode"] | {"text": ""} == concept("coordination-ground", "no-partner") | {"text": ""}
    assert not any(called.reads(who, name) for who in (CO, LEAD) for name in ("Group/g", "CarePlan/k", "Patient/2"))
    assert not called.reads(LEAD, "Task/r")
    called.write(CO, call | {"status": "accepted"})
    assert all(called.reads(who, name) for who in (CO, LEAD) for name in ("Group/g", "CarePlan/k", "Patient/2"))
    assert not any(called.reads(who, "Condition/c") for who in (CO, LEAD))
    assert not any(called.reads(Q, name) for name in ("Group/g", "CarePlan/k"))
    assert wrong(called) == []


def test_who_called_puts_it_before_too_and_nobody_else(called: Town) -> None:
    assert refused(called, put, P) == "forbidden R12", "who is told of the call did not make it"
    for who in (LEAD, CONV, actor("em")):
        assert refused(called, put, who) in ("not-found", "forbidden R12"), who
    asked = put(called, Q).task
    body = orjson.loads(asked.body)
    assert body["requester"] == ref("Organization/other")
    for who in (P, Q, CO, CONV):
        assert refused(called, decide, who, asked.reference) in ("forbidden P6", "not-found"), who
    assert refused(called, put, CO) == "business-rule P6", "it waits already"
    called.write(Q, called.read(Q, asked.reference) | {"status": "cancelled"})
    assert not called.reads(LEAD, "Task/r")
    assert refused(called, decide, LEAD, asked.reference) == "not-found"
    assert wrong(called) == []


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"ground": "because"}, "R13"),
        ({"ground": ""}, "R13"),
        ({"reason": ""}, "P6"),
        ({"task": "Task/r"}, "R12"),
        ({"task": "Task/none"}, ""),
    ],
    ids=["no ground of R13", "no ground", "no reason", "a request", "nothing"],
)
def test_what_is_not_said_right_is_refused(called: Town, said: Json, rule: str) -> None:
    kind = "business-rule" if rule else "not-found"
    assert refused(called, lambda town: put(town, Q, **said)) == f"{kind} {rule}".strip()


def test_an_answer_without_a_reason_or_after_the_end_is_none(called: Town) -> None:
    asked = put(called).task.reference
    assert refused(called, lambda town: decide(town, LEAD, asked, reason="")) == "business-rule P6"
    assert refused(called, decide, LEAD, CALL) == "business-rule P6"
    called.write(Q, called.read(Q, CALL) | {"status": "cancelled"})
    assert refused(called, decide, LEAD, asked) == "business-rule P6", "the call was taken back"
    assert refused(called, put, Q) == "business-rule R12"


def test_where_no_agency_of_the_request_keeps_a_case_it_is_said_what_to_do(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), request())
    town.write(Q, escalation())
    asked = put(town).task.reference
    assert refused(town, decide, LEAD, asked) == "business-rule R13"
    town.write(P, case())
    [brought] = decide(town, LEAD, asked).records
    assert town.read(CO, brought.reference)["focus"] == ref("CarePlan/k")


def test_a_case_of_an_agency_that_is_not_in_the_chain_is_not_looked_for(called: Town) -> None:
    called.write(P, called.read(P, "CarePlan/k") | {"status": "completed"} | _outcome())
    # The council keeps a household and a case of its own of the same person, by a request that is not this one.
    other: Json = request(id="o", owner=ref("Organization/council"))
    called.write(P, other)
    called.write(actor("em"), again(other) | {"status": "accepted"})
    group = household("1") | {"id": "h"}
    called.write(actor("em"), group, case("kh") | {"subject": ref("Group/h")})
    assert refused(called, decide, LEAD, put(called, Q).task.reference) == "business-rule R13"


def test_several_cases_of_one_agency_are_for_it_to_choose_among(called: Town) -> None:
    called.write(P, household("1") | {"id": "h"}, case("kh") | {"subject": ref("Group/h")})
    assert refused(called, decide, LEAD, put(called).task.reference) == "business-rule R13"


def test_what_is_very_restricted_is_neither_shown_nor_brought(called: Town) -> None:
    v = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
    called.write(P, called.read(P, "Task/r") | {"meta": {"versionId": "1", "security": [v]}})
    called.write(P, called.read(P, "CarePlan/k") | {"meta": {"versionId": "1", "security": [v]}})
    asked = put(called).task.reference
    assert called.reads(CO, "Task/r")
    assert not called.reads(LEAD, "Task/r")
    assert refused(called, decide, LEAD, asked) == "business-rule R13"


def test_a_case_that_was_brought_already_is_not_brought_twice(called: Town) -> None:
    asked = put(called).task.reference
    called.write(P, coordination("requested"))
    assert refused(called, decide, LEAD, asked) == "business-rule R13"


def test_nobody_writes_or_answers_such_a_task_but_by_the_operation(called: Town) -> None:
    forged = {"code": concept("task-code", "decide-coordination"), "owner": ref("Organization/lead")}
    for who in (P, Q, CO, LEAD):
        said = refused(called, lambda town, who=who: town.write(who, escalation("x") | forged))
        assert said.split()[0] in ("forbidden", "invalid"), said
    asked = called.read(LEAD, put(called).task.reference)
    for changes in ({"status": "completed"}, {"status": "accepted"}, {"owner": ref("Organization/council")}):
        said = refused(called, lambda town, changes=changes: town.write(LEAD, asked | changes))
        assert said.startswith("forbidden"), said


def test_the_lead_section_hands_on_to_nobody_what_was_put_before_it(called: Town) -> None:
    asked = put(called).task.reference
    for code in ({"code": concept("task-code", "escalate-to-coordinator")}, {}):
        task = escalation("x", asked, "lead") | code
        task = task if code else {name: part for name, part in task.items() if name != "code"}
        task |= {} if code else {"owner": ref("Organization/council")}
        said = refused(called, lambda town, task=task: town.write(LEAD, task))
        assert said.split()[0] in ("business-rule", "forbidden"), said


def test_whether_the_sheet_was_used_goes_with_the_case(kept: Town) -> None:
    kept.write(P, request(extension=[extension("sheet-used", valueBoolean=True)]))
    kept.write(Q, escalation())
    [brought] = decide(kept, LEAD, put(kept).task.reference).records
    assert orjson.loads(brought.body)["extension"] == [extension("sheet-used", valueBoolean=True)]


def test_the_coordinator_is_called_about_the_person_of_the_request_and_nobody_else(kept: Town) -> None:
    kept.sign(P, consent("a", patient=ref("Patient/2"), performer=[ref("Patient/2")], provision={"type": "permit"}))
    kept.write(P, request())
    assert kept.reads(Q, "Patient/2"), "whom it may name"
    with pytest.raises(Problem) as caught:
        kept.write(Q, escalation() | {"for": ref("Patient/2")})
    assert [each.rule for each in caught.value.issues] == ["R12"]


def _outcome() -> Json:
    code = {"url": "outcome", "valueCodeableConcept": concept("case-outcome", "resolved")}
    return {"extension": [extension("case-outcome", extension=[code])]}
