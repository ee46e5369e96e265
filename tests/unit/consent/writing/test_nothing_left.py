"""What waits for the lead section is ended once nothing is left of it to decide, and nothing else that waits is."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.secrecy import protection
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.conftest import kept
from tests.unit.consent.acts.test_deciding_coordination import CALL, escalation, put, request
from tests.unit.consent.acts.test_naming_by_mistake import said
from tests.unit.consent.acts.test_transferring import again, answer, hand, offer
from tests.unit.consent.town import Town, actor, concern, coordination, patient

__all__ = ["kept"]

Json = dict[str, Any]

P, Q, CO, LEAD = (actor(name) for name in ("p", "q", "co", "lead"))
SAID = (
    "決めることがなくなったため、サーバーが終えました。なお必要なら、いまの記録について改めて求めてください / "
    "nothing was left to decide, so the server ended this: where it is still needed, ask anew about what there is now"
)


def tasks(town: Town) -> dict[str, Json]:
    return {each.reference: orjson.loads(each.body) for each in town.stored("Task")}


def misnamed(town: Town, id: str) -> str:
    """A concern of Patient 1 that was first written about Patient 2, which its keeper says."""
    town.write(P, concern(id, "2"))
    town.write(P, again(concern(id, "1")))
    return said(town, record=f"Condition/{id}").task.reference


@pytest.fixture
def waiting(kept: Town) -> Town:
    """Two concerns are said to name somebody by mistake; and who keeps the one asks another agency about it."""
    misnamed(kept, "x")
    misnamed(kept, "y")
    beside: Json = {"resourceType": "Task", "id": "beside", "status": "requested", "intent": "order"}
    beside |= {"focus": ref("Condition/x"), "for": ref("Patient/1"), "requester": ref("Organization/center")}
    kept.write(P, beside | {"owner": ref("Organization/other")})
    return kept


def ended(town: Town, before: dict[str, Json]) -> list[Json]:
    """Of the Tasks that were there, those that something became of, as they are now without their version."""
    found = []
    for name, body in tasks(town).items():
        if name in before and body != before[name]:
            assert int(body["meta"]["versionId"]) == int(before[name]["meta"]["versionId"]) + 1
            found.append(body)
    return found


def cancelled(task: Json) -> Json:
    return task | {
        "status": "cancelled",
        "lastModified": "2026-11-23T04:00:00.000Z",
        "statusReason": {"text": SAID},
    }


def of(before: dict[str, Json], record: str) -> Json:
    """The Task that waits about a record."""
    [found] = [each for each in before.values() if each.get("focus") == ref(record) and each["id"] != "beside"]
    return found


def without_version(body: Json) -> Json:
    return {name: value for name, value in body.items() if name != "meta"}


@pytest.mark.parametrize("how", ["deleted", "a mistake", "handed over"])
def test_what_waits_about_a_record_that_is_gone_or_another_s_is_ended_and_says_why(waiting: Town, how: str) -> None:
    before = tasks(waiting)
    if how == "deleted":
        waiting.delete(P, "Condition/x")
    elif how == "a mistake":
        wrong = {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}
        waiting.write(P, again(concern("x", "1", verificationStatus={"coding": [wrong]}), 2))
    else:
        hand(waiting, "Condition/x")
    [done] = [each for each in ended(waiting, before) if each["id"] != "beside"]
    assert without_version(done) == without_version(cancelled(of(before, "Condition/x")))
    assert tasks(waiting)["Task/beside"]["status"] == "requested"


def test_what_waits_about_a_record_that_is_written_on_goes_on_waiting(waiting: Town) -> None:
    before = tasks(waiting)
    waiting.write(P, again(concern("x", "1", note=[{"text": "続き"}]), 2))
    waiting.write(P, concern("new", "1"))
    waiting.delete(P, "Condition/new")
    assert ended(waiting, before) == []


def test_who_asked_for_it_is_told(waiting: Town) -> None:
    name = f"Task/{of(tasks(waiting), 'Condition/x')['id']}"
    waiting.delete(P, "Condition/x")
    assert waiting.read(P, name)["status"] == "cancelled"
    assert not waiting.reads(Q, name)


def test_what_is_written_by_who_was_given_the_record_leaves_nothing_to_open(kept: Town) -> None:
    task = hand(kept, reason="続けて支援する").records[-1].reference
    before = tasks(kept)
    answer(kept, LEAD, task, reason="開く")
    kept.write(Q, again(concern("c", "1"), note=[{"text": "続き"}]))
    assert [each["status"] for each in ended(kept, before)] == ["completed"], "it was decided"


@pytest.mark.parametrize("how", ["lifted", "written on"])
def test_the_keeping_of_a_patient_waits_for_the_lead_section_while_the_place_is_protected(town: Town, how: str) -> None:
    town.write(P, patient("1"), patient("2"))
    for one in ("1", "2"):
        town.protect(P, f"Patient/{one}", "Organization/center", "Organization/other")
        offer(town, P, f"Patient/{one}", reason="担当の区が変わった")
    before = tasks(town)
    if how == "lifted":
        town.lift(P, "Patient/1")
        [done] = ended(town, before)
        assert without_version(done) == without_version(cancelled(of(before, "Patient/1")))
    else:
        town.write(P, town.read(P, "Patient/1") | {"gender": "female"})
        assert ended(town, before) == []


def test_of_a_place_that_is_protected_twice_the_end_of_one_leaves_it_waiting(town: Town) -> None:
    town.write(P, patient("1"))
    town.protect(P, "Patient/1", "Organization/center")
    town.protect(P, "Patient/1", "Organization/center", "Organization/other")
    offer(town, P, "Patient/1", reason="担当の区が変わった")
    before = tasks(town)
    first, second = ids(town)
    town.lift(P, "Patient/1", id=first)
    assert ended(town, before) == []
    town.lift(P, "Patient/1", id=second)
    assert [each["status"] for each in ended(town, before)] == ["cancelled"]


def test_of_a_place_that_is_protected_under_another_name_the_end_of_one_leaves_it_waiting(town: Town) -> None:
    town.write(P, patient("1"), patient("2"))
    merges.ask(town, P, "2", "1")
    for one in ("1", "2"):
        town.protect(P, f"Patient/{one}", "Organization/center", "Organization/other")
    offer(town, P, "Patient/2", reason="担当の区が変わった")
    before = tasks(town)
    [own] = [each for each in ids(town, "2") if each not in ids(town, "1")]
    town.lift(P, "Patient/2", id=own)
    assert ended(town, before) == []


def ids(town: Town, one: str = "1") -> list[str]:
    """The protections of a person."""
    [row] = [each for each in town.stored("Patient") if each.id == one]
    return [protection.id_of(each) for each in protection.labels(orjson.loads(row.body))]


def test_what_waits_about_a_call_goes_on_waiting_while_it_is_one_and_is_ended_with_it(kept: Town) -> None:
    kept.write(P, request())
    kept.write(Q, escalation())
    asked = put(kept, Q).task.reference
    before = tasks(kept)
    call = kept.read(CO, CALL)
    kept.write(CO, call | {"status": "accepted"})
    assert [each["id"] for each in ended(kept, before)] == [CALL.partition("/")[2]]
    output = [{"type": concept("task-outcome", "supported"), "valueString": "つないだ"}]
    kept.write(CO, kept.read(CO, CALL) | {"status": "completed", "output": output})
    assert without_version(tasks(kept)[asked]) == without_version(cancelled(before[asked]))


def test_a_call_of_a_case_that_is_taken_back_leaves_other_questions_waiting(waiting: Town) -> None:
    waiting.write(P, coordination("requested"))
    before = tasks(waiting)
    waiting.write(P, again(coordination("cancelled")))
    assert [each["id"] for each in ended(waiting, before)] == ["t"]
    assert concept("task-code", "coordinate") == before["Task/t"]["code"]
