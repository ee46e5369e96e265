"""What whoever may not refuse a request does instead, each way walked.

R5, R12, R12a, R13, R14, R15 and R32 of the domain, its decision 10
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.laws.worlds import concept, extension, ref
from tests.unit.ways.conftest import MEETING, Ways, coordination, outcome, task

Json = dict[str, Any]
ABOUT = {"for": ref("Patient/1")}
OTHER, CO, CO2 = "Organization/other", "PractitionerRole/co", "PractitionerRole/co2"


def asked(ways: Ways) -> None:
    """The center asks the other agency about the person."""
    ways.write("p", "request", task("Organization/center", OTHER, **ABOUT))
    ways.taken()


def escalated(ways: Ways, who: str = "q", agency: str = "other") -> None:
    part = {"partOf": [ref(ways.id("request"))]}
    ways.write(who, "call", task(f"Organization/{agency}", CO, "escalate-to-coordinator", **ABOUT, **part))
    ways.taken()


def test_a_case_that_one_coordinator_does_not_take_is_put_to_the_other_by_who_asked(ways: Ways) -> None:
    ways.write("p", "coordination", coordination())
    ways.put("co", "coordination", status="rejected")
    ways.refused("R5", "have the agency that asks name the other coordinator as its `owner`")
    ways.put("p", "coordination", owner=ref(CO2))
    ways.taken()
    ways.put("co2", "coordination", status="accepted")
    ways.taken()


def test_a_case_that_was_taken_on_is_ended_or_brought_anew(ways: Ways) -> None:
    ways.coordinated()
    ways.put("co", "coordination", status="rejected")
    ways.refused("R17", "who asked may take it back (`cancelled`)")
    ways.put("p", "coordination", owner=ref(CO2))
    ways.refused("R13", "end this Task and bring the case anew")
    ways.put("p", "coordination", status="cancelled")
    ways.refused("R17", "say why the coordination ends without it (`statusReason.text`)")
    ways.put("p", "coordination", status="cancelled", statusReason={"text": "もう一人の推進員に替わる"})
    ways.taken()
    ways.write("p", "coordination", coordination("co2"))
    ways.put("co2", "coordination", status="accepted")
    ways.taken()


@pytest.mark.parametrize(("who", "agency"), [("q", "other"), ("p", "center")])
def test_a_call_that_one_coordinator_does_not_take_is_put_to_the_other_by_who_called(
    ways: Ways, who: str, agency: str
) -> None:
    asked(ways)
    escalated(ways, who, agency)
    ways.put("co", "call", status="rejected")
    ways.refused("R5", "have the agency that asks name the other coordinator as its `owner`")
    ways.put(who, "call", owner=ref(CO2))
    ways.taken()
    ways.put("co2", "call", status="accepted")
    ways.taken()
    ways.put("co2", "call", status="rejected")
    ways.refused("R5", "complete it with what was advised", "take it back (`cancelled`) and call the other coordinator")
    ways.put("co2", "call", status="completed", output=[outcome("supported", "担当の決め直しを助言した")])
    ways.taken()


def test_a_call_that_was_taken_on_is_taken_back_and_put_to_the_other_coordinator(ways: Ways) -> None:
    asked(ways)
    escalated(ways)
    ways.put("co", "call", status="accepted")
    ways.put("q", "call", owner=ref(CO2))
    ways.refused("R12a", "take it back, and ask anew")
    ways.put("q", "call", status="cancelled")
    ways.taken()
    part = {"partOf": [ref(ways.id("request"))]}
    ways.write("q", "call", task("Organization/other", CO2, "escalate-to-coordinator", **ABOUT, **part))
    ways.put("co2", "call", status="accepted")
    ways.taken()


def test_what_was_accepted_is_completed_handed_on_or_brought_before_the_coordinator(ways: Ways) -> None:
    asked(ways)
    ways.put("q", "request", status="accepted")
    ways.put("q", "request", status="failed")
    ways.refused("R5", "complete it with its outcome, hand it over with a new Task partOf this one, or call")
    escalated(ways)
    ways.put("q", "request", status="completed", output=[outcome("supported", "面談し、受診に付き添った")])
    ways.taken()


def test_an_inquiry_is_answered_or_given_to_the_other_coordinator(ways: Ways) -> None:
    ways.write("p", "inquiry", task("Organization/center", CO, "inquiry", description="制度について"))
    ways.taken()
    ways.put("co", "inquiry", status="rejected")
    ways.refused("R5", "answer it in an `output`, or name the other coordinator as its `owner`")
    ways.put("co", "inquiry", owner=ref(CO2))
    ways.taken()
    ways.put("co2", "inquiry", status="completed")
    ways.refused("R14", "say in an `output` what was advised")
    ways.put("co2", "inquiry", status="accepted")
    ways.taken()
    ways.put("co2", "inquiry", status="completed", output=[outcome("answered", "制度を案内した")])
    ways.taken()


def test_an_inquiry_that_needs_no_answer_any_more_is_taken_back(ways: Ways) -> None:
    ways.write("p", "inquiry", task("Organization/center", "Organization/other", "inquiry", description="制度"))
    ways.refused("R14", "name the post of one as owner")
    ways.write("p", "inquiry", task("Organization/center", CO, "inquiry", description="制度について"))
    ways.put("p", "inquiry", status="completed", output=[outcome("answered", "自分で調べた")])
    ways.refused("R14", "who asks may take it back (`cancelled`)")
    ways.put("p", "inquiry", status="cancelled")
    ways.taken()


def test_what_stands_once_accepted_is_taken_back_and_asked_anew(ways: Ways) -> None:
    asked(ways)
    ways.put("q", "request", status="accepted")
    ways.taken()
    ways.put("p", "request", description="別のこと", focus=ref("Condition/c"))
    ways.refused("R12a", "take it back, and ask anew")
    ways.put("p", "request", status="completed")
    ways.refused("P2", "who asked may take it back (`cancelled`)")
    ways.put("p", "request", status="cancelled")
    ways.taken()
    asked(ways)


def test_an_owner_who_cannot_keep_it_hands_it_on_and_closes_with_that(ways: Ways) -> None:
    asked(ways)
    ways.put("q", "request", status="accepted")
    ways.put("q", "request", owner=ref("Organization/council"))
    ways.refused("R12a", "hand over with a new Task partOf this one", "`handed-on`")
    part = {"partOf": [ref(ways.id("request"))]}
    ways.write("q", "next", task("Organization/other", "Organization/council", **ABOUT, **part))
    ways.taken()
    done = [{"type": concept("task-outcome", "handed-on"), "valueReference": ref(ways.id("next"))}]
    ways.put("q", "request", status="completed", output=done)
    ways.refused("R12a")
    ways.put("co", "next", status="accepted")
    ways.taken()
    ways.put("q", "request", status="completed", output=done)
    ways.taken()


def test_who_asked_first_sees_every_task_that_follows_and_each_in_the_chain_may_call(ways: Ways) -> None:
    asked(ways)
    part = {"partOf": [ref(ways.id("request"))]}
    ways.write("q", "second", task("Organization/other", "Organization/council", **ABOUT, **part))
    ways.taken()
    part = {"partOf": [ref(ways.id("second"))]}
    ways.write("co", "third", task("Organization/council", "Organization/lead", **ABOUT, **part))
    ways.taken()
    for who in ("p", "q", "co"):
        ways.ask(who, "GET", ways.id("third"))
        ways.taken()
    for back in ("Organization/council", "Organization/other", "Organization/center"):
        part = {"partOf": [ref(ways.id("third"))]}
        ways.write("lead", "back", task("Organization/lead", back, **ABOUT, **part))
        ways.refused("R12a", "`escalate-to-coordinator`")
    for who, agency, name in (("p", "center", "request"), ("q", "other", "second"), ("lead", "lead", "third")):
        part = {"partOf": [ref(ways.id(name))]}
        ways.write(who, "call", task(f"Organization/{agency}", CO2, "escalate-to-coordinator", **ABOUT, **part))
        ways.taken()
        ways.ask("co2", "GET", ways.id(name))
        ways.taken()
        ways.put(who, "call", status="cancelled")
        ways.taken()
    ways.ask("p2", "GET", ways.id("third"))
    ways.taken()
    ways.ask("adv", "GET", ways.id("second"))
    ways.taken()
    ways.ask("em", "GET", "Condition/c")
    assert ways.town.answer.status == 404


def test_what_comes_back_into_its_chain_goes_to_the_coordinator_whoever_employs_them(ways: Ways) -> None:
    asked(ways)
    part = {"partOf": [ref(ways.id("request"))]}
    ways.write("q", "next", task("Organization/other", "Organization/center", **ABOUT, **part))
    ways.refused("R12a", "`escalate-to-coordinator`, owned by the post of a coordinator and partOf this one")
    escalated(ways)
    ways.put("co", "call", status="accepted")
    ways.taken()


def test_a_case_is_not_the_coordinators_to_carry_out(ways: Ways) -> None:
    ways.write("p", "request", task("Organization/center", CO, **ABOUT))
    ways.refused("R15", "only `coordinate`, `escalate-to-coordinator` and `inquiry` are theirs")
    ways.coordinated()


def test_the_other_coordinator_takes_on_what_is_put_to_them(ways: Ways) -> None:
    ways.write("p", "coordination", coordination())
    coordinated = ways.town.read("co", "coordination") | {"status": "accepted"}
    ways.ask("co2", "PUT", ways.id("coordination"), coordinated)
    ways.refused("R13", "who asked may name another as its `owner`")
    ways.put("p", "coordination", owner=ref(CO2))
    ways.put("co2", "coordination", status="accepted")
    ways.taken()


def test_of_separate_support_that_one_knows_of_the_coordinator_is_asked(ways: Ways) -> None:
    letter: Json = {"resourceType": "Communication", "status": "completed"}
    ways.write("p", "letter", letter | {"category": [concept("communication-category", "overlap-notice")]})
    ways.refused("R40", "ask the coordinator by a Task with the code `inquiry`")
    ways.write("p", "inquiry", task("Organization/center", CO, "inquiry", description="ほかの機関もかかわっている"))
    ways.taken()


def test_an_unanswered_request_is_told_by_the_server_and_called_by_a_task(ways: Ways) -> None:
    asked(ways)
    letter: Json = {"resourceType": "Communication", "status": "completed"}
    ways.write("p", "letter", letter | {"category": [concept("communication-category", "overdue-notice")]})
    ways.refused("R12", "call the coordinator by a Task with the code `escalate-to-coordinator`")
    escalated(ways, "p", "center")


def test_whether_the_sheet_was_used_may_be_said_later(ways: Ways) -> None:
    ways.coordinated()
    ways.put("p", "coordination", extension=[extension("sheet-used", valueBoolean=True)])
    ways.taken()


def test_a_request_on_hold_says_why_and_until_when(ways: Ways) -> None:
    asked(ways)
    ways.put("q", "request", status="on-hold")
    ways.refused("R5", "say it in `statusReason`", "`look-again`")
    reason = {"text": "担当が不在", "extension": [extension("look-again", valueDate="2026-12-20")]}
    ways.put("q", "request", status="on-hold", statusReason=reason)
    ways.taken()


def test_who_cannot_cooperate_says_why_and_how_it_could_be_done(ways: Ways) -> None:
    ways.coordinated()
    ways.called_meeting()
    body = task("PractitionerRole/p", OTHER, "cooperate", focus=ref(ways.id("meeting")), description="意見を求めます")
    ways.write("p", "cooperation", body, MEETING)
    ways.refused("R31", "ask the convener")
    ways.write("conv", "cooperation", body | {"requester": ref("PractitionerRole/conv")}, MEETING)
    ways.taken()
    ways.put("q", "cooperation", status="cancelled")
    ways.refused("R32", "but `rejected`, with the reason (`statusReason.text`)", "`how-it-could-be-done`")
    said = {"statusReason": {"text": "担当が足りない"}}
    how = [outcome("how-it-could-be-done", "来月なら書面で答えられる")]
    ways.put("q", "cooperation", status="rejected", output=how, **said)
    ways.taken()
