"""A protection set by another than who keeps the person's record is put before the lead section by a Task."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.acts import declaring_conflict
from consent.acts.declaring_conflict import Conflict
from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import NOW, SYSTEM
from tests.unit.consent.test_oneself import SELF
from tests.unit.consent.town import INSTALLER, Town, actor, patient, taken_on

Json = dict[str, Any]

P, Q, LEAD = actor("p"), actor("q"), actor("lead")
LABELLED = "Organization/other"


def reviews(town: Town) -> list[tuple[Version, Json]]:
    found = [(each, orjson.loads(each.body)) for each in town.stored("Task")]
    return [(row, body) for row, body in found if concept("task-code", "review-restriction") == body.get("code")]


def terms(row: Version, *names: str) -> list[str]:
    return [each for each in row.terms if each.partition(" ")[0] in names]


@pytest.fixture
def cared(town: Town) -> Town:
    """Two persons whose records the center keeps; the other agency has the first in care."""
    town.write(P, patient("1"), patient("2"))
    taken_on(town)
    return town


def protected(town: Town, who: Actor, one: str = "1", named: str = LABELLED) -> None:
    town.protect(who, f"Patient/{one}", named)


def test_who_does_not_keep_the_record_has_the_lead_section_look_at_it(cared: Town) -> None:
    protected(cared, Q)
    [(row, task)] = reviews(cared)
    assert task.pop("meta")["versionId"] == "1"
    assert task == {
        "resourceType": "Task",
        "id": row.id,
        "status": "requested",
        "intent": "order",
        "code": concept("task-code", "review-restriction"),
        "focus": ref("Patient/1"),
        "for": ref("Patient/1"),
        "authoredOn": "2026-11-23T04:00:00.000Z",
        "requester": ref("Practitioner/q"),
        "owner": ref("Organization/lead"),
    }
    told = terms(row, ".custodian", ".author", ".counts")
    assert told == [".author Practitioner/q", ".counts yes", ".custodian Organization/lead"]
    assert cared.reads(LEAD, row.reference)
    assert not cared.reads(P, row.reference)


def test_who_keeps_it_and_the_lead_section_itself_ask_nobody(cared: Town) -> None:
    protected(cared, P)
    cared.protect(LEAD, "Patient/2", "Organization/lead")
    assert reviews(cared) == []


def test_a_word_of_the_person_s_own_is_looked_at_too_and_they_wait_for_it(cared: Town) -> None:
    now = replace(SELF, now=NOW)
    protected(cared, now)
    [(row, task)] = reviews(cared)
    assert (task["requester"], task["owner"]) == (ref("Patient/1"), ref("Organization/lead"))
    assert terms(row, ".author") == [".author Patient/1"]
    with pytest.raises(Exception, match="D1"):
        protected(cared, now, named="Organization/council")


def test_after_it_was_looked_at_they_may_say_more(cared: Town) -> None:
    now = replace(SELF, now=NOW)
    protected(cared, now)
    [(row, task)] = reviews(cared)
    seen = cared.read(LEAD, row.reference)
    looked = {"output": [{"type": {"text": "確認"}, "valueString": "確かめた"}]}
    cared.write(LEAD, seen | {"status": "completed"} | looked)
    protected(cared, now, named="Organization/council")
    assert len(reviews(cared)) == 2
    assert task["status"] == "requested"


def test_what_another_said_of_them_keeps_nobody_from_a_word_of_their_own(cared: Town) -> None:
    protected(cared, Q)
    protected(cared, replace(SELF, now=NOW), named="Organization/council")
    assert sorted(body["requester"]["reference"] for _, body in reviews(cared)) == ["Patient/1", "Practitioner/q"]


def test_a_conflict_that_the_person_tells_is_seen_without_being_asked_for(cared: Town) -> None:
    now, said = replace(SELF, now=NOW), Conflict("Practitioner/p", ("Patient/1",))
    do = lambda unit: declaring_conflict.declared(unit, said)  # noqa: E731
    cared.run(cared.gate.operate(now, ("$declare-conflict",), do))
    assert reviews(cared) == []
    protected(cared, now)
    assert len(reviews(cared)) == 1


def test_where_nobody_leads_nobody_is_asked(cared: Town) -> None:
    """Nor is a post that is over, or of no agency, one that leads."""
    [lead] = [orjson.loads(each.body) for each in cared.stored("PractitionerRole") if each.id == "lead"]
    cared.write(INSTALLER, lead | {"active": False})
    protected(cared, Q)
    assert reviews(cared) == []


def test_of_several_who_lead_the_first_agency_is_asked(cared: Town) -> None:
    post: Json = {"resourceType": "PractitionerRole", "practitioner": ref("Practitioner/lead")}
    post |= {"code": [concept("role", "lead-section")]}
    cared.write(INSTALLER, post | {"id": "l2", "organization": ref("Organization/council")})
    protected(cared, Q)
    assert [body["owner"] for _, body in reviews(cared)] == [ref("Organization/council")]


def test_a_system_of_an_agency_that_does_not_keep_it_is_one_too(cared: Town) -> None:
    system = replace(SYSTEM, organization="Organization/other")
    protected(cared, system)
    [(_, task)] = reviews(cared)
    assert task["requester"] == ref("Organization/other")
