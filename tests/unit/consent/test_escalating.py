"""R5 and R12: which requests nobody answered by their day, and what is written of one before the coordinator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

import orjson
import pytest

from consent import escalating
from consent.engine import PolicyEngine
from consent.escalating import Escalated
from consent.gate import Gate
from consent.verdict import Verdict
from profiles.spec import Spec
from resources.record.version import Version
from tests.laws.worlds import concept, extension, index, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import OTHER

Json = dict[str, Any]

DAYS = 5
"""Of work: from Monday 2 November, with a holiday on the 3rd, until Tuesday the 10th."""
ASKED = datetime.fromisoformat("2026-11-02T15:00:00+09:00")
LAST = datetime.fromisoformat("2026-11-10T23:59:59+09:00")
LATE = datetime.fromisoformat("2026-11-11T00:00:00+09:00")
TASK: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
TASK |= {"requester": ref("PractitionerRole/p"), "owner": ref(OTHER), "focus": ref("ServiceRequest/s")}
COUNTS = Verdict(True, noted=frozenset({f".between {CENTER}", f".between {OTHER}"}))
CALL: Json = {"resourceType": "Task", "id": "call", "status": "requested", "intent": "order"}
CALL |= {"code": concept("task-code", "escalate-to-coordinator"), "partOf": [ref("Task/t")]}
CALL |= {"owner": ref("PractitionerRole/co")}


def coordinator(id: str = "co", **changes: Any) -> Json:
    post: Json = {"resourceType": "PractitionerRole", "id": id, "organization": ref("Organization/council")}
    return post | {"code": [concept("role", "coordinator")]} | changes


@pytest.fixture
def late(lying: Lying, spec: Spec) -> Gate:
    """A request that was made on Monday, and a coordinator; it is Wednesday of the week after."""
    lying.now = ASKED
    lying.put(coordinator(), {"resourceType": "Patient", "id": "1"}, {"resourceType": "ServiceRequest", "id": "s"})
    lying.put(TASK, judged=COUNTS)
    lying.now = LATE
    return Gate(PolicyEngine.of(lying.store, spec, index()))


def silent(lying: Lying, gate: Gate, now: datetime = LATE) -> list[str]:
    found, after = lying.runner.run(escalating.silent(gate, now, DAYS, ""))
    assert after == "", "few are looked at in one question"
    return found


def escalate(lying: Lying, gate: Gate, name: str = "Task/t") -> Escalated:
    do = partial(escalating.escalated, name=name, days=DAYS)
    return lying.runner.run(gate.operate(escalating.server(LATE), (escalating.NAME, name), do))


def body(version: Version) -> Json:
    """What it says, without what every record has."""
    found: Json = orjson.loads(version.body)
    assert (found.pop("id"), found.pop("meta")["versionId"]) == (version.id, "1")
    return found


def verdict(version: Version) -> set[str]:
    return {one for one in version.terms if one.startswith((".counts", ".fixed", ".between", ".above", ".custodian"))}


# --- which are silent ------------------------------------------------------------------------------------------------


def test_a_request_is_silent_from_the_day_after_its_last(lying: Lying, late: Gate) -> None:
    assert silent(lying, late, LAST) == []
    assert silent(lying, late) == ["Task/t"]
    lying.put(TASK | {"status": "received"}, judged=COUNTS)
    assert silent(lying, late) == ["Task/t"]
    assert silent(lying, late, LAST) == []


@pytest.mark.parametrize("status", ["accepted", "in-progress", "completed", "cancelled", "draft", "on-hold"])
def test_one_that_was_answered_or_is_over_is_not(lying: Lying, late: Gate, status: str) -> None:
    again = {"extension": [extension("look-again", valueDate="2026-11-20")]}
    lying.put(TASK | {"status": status, "statusReason": again}, judged=COUNTS)
    assert silent(lying, late) == []


@pytest.mark.parametrize(
    ("changes", "judged"),
    [
        ({}, Verdict()),
        ({}, Verdict(void=True)),
        *(({"code": concept("task-code", one)}, COUNTS) for one in ("coordinate", "inquiry", "verify-consent")),
        ({"resourceType": "ServiceRequest", "status": "active"}, COUNTS),
    ],
)
def test_a_call_a_paper_and_what_does_not_count_are_no_referrals(
    lying: Lying, late: Gate, changes: Json, judged: Verdict
) -> None:
    lying.now = ASKED
    lying.put(TASK | {"id": "u"} | changes, judged=judged)
    assert silent(lying, late) == ["Task/t"]


def test_a_referral_that_says_in_words_what_it_is_stays_one(lying: Lying, late: Gate) -> None:
    lying.put(TASK | {"code": {"text": "相談"}}, judged=COUNTS)
    assert silent(lying, late) == ["Task/t"]


def test_where_no_coordinator_holds_a_post_nobody_is_called(lying: Lying, late: Gate) -> None:
    lying.put(coordinator(active=False), coordinator("officer", code=[concept("role", "officer")]))
    lying.put({**coordinator(), "resourceType": "Task", "status": "active"})
    assert silent(lying, late) == []
    assert escalate(lying, late) == Escalated(())
    lying.put(coordinator(period={"end": "2026-11-10"}))
    assert silent(lying, late) == []
    lying.put(coordinator(period={"end": "2026-11-11"}))
    assert silent(lying, late) == ["Task/t"]


def called(lying: Lying, made: str, **changes: Any) -> None:
    lying.now = datetime.fromisoformat(f"2026-11-{made}:00+09:00")
    lying.put(CALL | changes, judged=Verdict(True))
    lying.now = LATE


@pytest.mark.parametrize(
    ("made", "changes", "silent_still"),
    [
        ("03T09:00", {}, False),
        ("11T00:00", {"status": "accepted"}, False),
        ("11T00:00", {"status": "completed"}, False),
        ("10T23:59", {"status": "completed"}, True),
        ("11T00:00", {"status": "cancelled"}, True),
        ("11T00:00", {"owner": ref("PractitionerRole/former")}, True),
        ("11T00:00", {"code": concept("task-code", "inquiry")}, True),
        ("11T00:00", {"partOf": [ref("Task/other")]}, True),
    ],
)
def test_one_about_which_a_coordinator_is_called_is_not_called_for_again(
    lying: Lying, late: Gate, made: str, changes: Json, silent_still: bool
) -> None:
    """A call that was answered before the day it let pass answered another silence."""
    called(lying, made, **changes)
    assert silent(lying, late) == (["Task/t"] if silent_still else [])
    assert bool(escalate(lying, late).told) == silent_still


# --- what is written -------------------------------------------------------------------------------------------------


def test_the_coordinator_is_called_as_the_asker_would_have_and_both_sides_are_told(lying: Lying, late: Gate) -> None:
    call, *letters = escalate(lying, late).told
    said = body(call)
    assert "nobody answered the request by its day" in said.pop("reasonCode")["text"]
    assert said == {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": concept("task-code", "escalate-to-coordinator"),
        "partOf": [ref("Task/t")],
        "focus": ref("ServiceRequest/s"),
        "for": ref("Patient/1"),
        "requester": ref("PractitionerRole/p"),
        "owner": ref("PractitionerRole/co"),
        "authoredOn": "2026-11-10T15:00:00.000Z",
    }
    assert verdict(call) == {
        ".counts yes",
        ".fixed Task/t",
        f".custodian {CENTER}",
        *(f".between {one}" for one in (CENTER, "PractitionerRole/co")),
        *(f".above {one}" for one in (CENTER, OTHER)),
    }
    assert [told(letter) for letter in letters] == [
        ({f".custodian {one}"}, letter_to(one, call.reference, letter.since))
        for one, letter in zip((CENTER, OTHER), letters, strict=True)
    ]


def told(letter: Version) -> tuple[set[str], Json]:
    said = body(letter)
    assert "this is no refusal" in said.pop("payload")[0]["contentString"]
    return verdict(letter), said


def letter_to(agency: str, call: str, sent: str) -> Json:
    word: Json = {"resourceType": "Communication", "status": "completed", "sent": sent}
    word |= {"category": [concept("communication-category", "overdue-notice")]}
    return word | {"about": [ref("Task/t"), ref(call)], "recipient": [ref(agency)]}


def test_what_the_request_itself_was_handed_down_from_the_call_is_too(lying: Lying, late: Gate) -> None:
    noted = frozenset({f".between {OTHER}", ".above Organization/first", ".between PractitionerRole/q"})
    fixed = frozenset({"ServiceRequest/s", "Task/before", "Group/g", "Patient/1"})
    without = {name: said for name, said in TASK.items() if name not in ("requester", "focus")}
    lying.put(without, judged=Verdict(True, noted=noted, fixed=fixed))
    call, *letters = escalate(lying, late).told
    said = body(call)
    assert (said["requester"], "focus" in said) == (ref(CENTER), False), "its keeper asks"
    above = {f".above {one}" for one in (OTHER, "Organization/first", "PractitionerRole/q")}
    assert {one for one in verdict(call) if one.startswith((".above", ".fixed"))} == above | {
        ".fixed ServiceRequest/s",
        ".fixed Task/before",
        ".fixed Task/t",
    }
    assert [body(each)["recipient"] for each in letters] == [[ref(CENTER)], [ref(OTHER)]], "no post, and nobody above"


def test_it_is_written_once_and_stands_on_the_trail_with_its_rule(lying: Lying, late: Gate) -> None:
    done = escalate(lying, late)
    assert done.action == "create"
    assert done.decision.allowed
    assert [(each.id, each.effect) for each in done.decision.rules] == [("R12", "permit")]
    assert silent(lying, late) == []
    assert escalate(lying, late) == Escalated(())


def test_who_writes_it_is_nobody_for_no_agency() -> None:
    server = escalating.server(LATE)
    assert (server.client, server.person, server.organization, server.scopes) == ("server", "", "", ())
    assert (server.now, server.request) == (LATE, "overdue")


def test_about_what_does_not_count_nobody_is_called(lying: Lying, late: Gate) -> None:
    lying.put(TASK, judged=Verdict(void=True))
    assert escalate(lying, late) == Escalated(())


def test_what_was_answered_deleted_or_never_lay_there_meanwhile_is_let_be(lying: Lying, late: Gate) -> None:
    assert escalate(lying, late, "Task/none") == Escalated(())
    lying.put(TASK | {"status": "accepted"}, judged=COUNTS)
    assert escalate(lying, late) == Escalated(())
    lying.put(TASK, judged=COUNTS)
    lying.delete("Task/t")
    assert escalate(lying, late) == Escalated(())


def test_of_several_coordinators_the_one_with_the_fewest_open_calls_is_called(lying: Lying, late: Gate) -> None:
    lying.put(coordinator("a"), coordinator("b"), coordinator("z"), coordinator("gone", active=False))
    busy: list[Iterable[str]] = [("co", "coordinate"), ("co", "escalate-to-coordinator"), ("a", "coordinate")]
    for place, (post, code) in enumerate(busy):
        task = {**TASK, "id": f"b{place}", "owner": ref(f"PractitionerRole/{post}"), "code": concept("task-code", code)}
        lying.put(task, judged=Verdict(True))
    over: Json = {**TASK, "owner": ref("PractitionerRole/b"), "code": concept("task-code", "coordinate")}
    lying.put(over | {"id": "over", "status": "completed"}, judged=Verdict(True))
    lying.put(over | {"id": "void"})
    lying.put(over | {"id": "asked", "code": concept("task-code", "inquiry")}, judged=Verdict(True))
    first, *_ = escalate(lying, late).told
    assert body(first)["owner"] == ref("PractitionerRole/b"), "of two who have none, the first by name"
