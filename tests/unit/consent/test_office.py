"""What is addressed to a coordinator and the like as such is that office's, and not its agency's."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.test_declaring_conflict import declare
from tests.unit.consent.acts.test_verifying import asking, verify
from tests.unit.consent.acts.test_verifying import refused as not_shown
from tests.unit.consent.test_care import having
from tests.unit.consent.test_in_sight import CO, ERROR, PLAN, P, Q, refused
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import INSTALLER, Town, actor, case, coordination, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

STAFF, OTHER = actor("em"), actor("co2")
"""Of the coordinator's agency, one who is none, and the second one."""
CALL: Json = {"resourceType": "Task", "id": "call", "status": "requested", "intent": "order"}
CALL |= {"requester": ref("Organization/center"), "owner": ref("PractitionerRole/co")}
ASKED = CALL | {"code": concept("task-code", "inquiry"), "description": "進め方を聞きたい"}
WORD: Json = {"resourceType": "Communication", "id": "word", "status": "completed", "subject": ref("Group/g")}
WORD |= {"sender": ref("Organization/center"), "recipient": [ref("PractitionerRole/co")]}


@pytest.fixture
def asked(town: Town) -> Town:
    """The coordinator is called, asked and told."""
    post: Json = {"resourceType": "PractitionerRole", "id": "co2", "practitioner": ref("Practitioner/co2")}
    post |= {"organization": ref("Organization/council"), "code": [concept("role", "coordinator")]}
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "co2"}, post)
    town.write(P, patient("1"), household("1"), case(), PLAN, coordination("requested"), ASKED, WORD)
    return town


@pytest.mark.parametrize("name", ["Task/t", "Task/call", "Communication/word"])
def test_it_is_read_by_who_holds_that_office_and_by_nobody_else_of_the_agency(asked: Town, name: str) -> None:
    assert [asked.reads(who, name) for who in (P, CO, OTHER, STAFF, Q)] == [True, True, True, False, False]
    type = name.partition("/")[0]
    assert name in asked.search(CO, type)
    assert name not in asked.search(STAFF, type)


def test_nor_is_it_answered_by_them(asked: Town) -> None:
    said: Json = {"output": [{"type": concept("task-outcome", "supported"), "valueString": "こう進めます"}]}
    assert refused(asked, STAFF, ASKED | said | {"status": "completed"} | again()) == []
    asked.write(CO, ASKED | said | {"status": "completed"} | again())


def test_what_is_addressed_to_the_agency_is_its_own(asked: Town) -> None:
    asked.write(P, WORD | {"id": "all", "recipient": [ref("Organization/council")]})
    asked.write(P, WORD | {"id": "desk", "recipient": [ref("PractitionerRole/em")]})
    for name in ("Communication/all", "Communication/desk"):
        assert asked.reads(STAFF, name)


def test_so_is_what_the_server_tells_them(asked: Town) -> None:
    asked.write(CO, coordination() | again())
    asked.write(P, PLAN | ERROR | again())
    letters = [each for each in asked.stored("Communication") if "mistake-notice" in str(orjson.loads(each.body))]
    assert [asked.reads(CO, each.reference) for each in letters] == [True]
    assert not any(asked.reads(STAFF, each.reference) for each in letters)


LEADING, STATISTICIAN, CONVENER, AUDITOR = (actor(name) for name in ("lead", "st", "conv", "aud"))


@pytest.fixture
def decided(open_: Town) -> Town:
    """The lead section has decided the roles; a statistician has a post at its agency."""
    post: Json = {"resourceType": "PractitionerRole", "id": "st", "practitioner": ref("Practitioner/st")}
    post |= {"organization": ref("Organization/lead"), "code": [concept("role", "statistician")]}
    open_.write(INSTALLER, {"resourceType": "Practitioner", "id": "st"}, post)
    open_.run(open_.gate.decide_roles(LEADING, "CarePlan/k", [{"member": ref("Organization/other")}]))
    return open_


def test_what_an_office_decides_and_asks_is_not_its_agency_s_either(decided: Town) -> None:
    teams = [each.reference for each in decided.stored("CareTeam") if b"case-team" in each.body]
    tasks = [each.reference for each in decided.stored("Task") if b"carry-out" in each.body]
    assert teams
    for name in (*teams, *tasks):
        assert decided.reads(LEADING, name)
        assert not decided.reads(STATISTICIAN, name)
    assert decided.search(STATISTICIAN, "CareTeam", ("category", "case-team")) == []


def test_nor_is_it_another_office_s_there(decided: Town) -> None:
    """The convener and the auditor have their posts at the lead section's agency; what the convener told is not the
    auditor's to read either."""
    tasks = [each.reference for each in decided.stored("Task") if b"carry-out" in each.body]
    word: Json = {"resourceType": "Communication", "id": "told", "status": "completed", "subject": ref("Group/g")}
    word |= {"sender": ref("PractitionerRole/conv"), "recipient": [ref("PractitionerRole/lead")]}
    decided.write(CONVENER, word)
    for name in tasks:
        assert [decided.reads(who, name) for who in (LEADING, CONVENER, AUDITOR)] == [True, False, False]
    assert [decided.reads(who, "Communication/told") for who in (LEADING, CONVENER, AUDITOR)] == [True, True, False]
    assert decided.search(AUDITOR, "Task") == decided.search(AUDITOR, "Communication") == []


@pytest.mark.parametrize("office", ["conv", "lead", "aud"])
def test_whom_an_office_takes_on_its_agency_does_not_have_in_care(decided: Town, office: str) -> None:
    """Else who holds another post there could set whom they do not read against an officer of a third agency."""
    put = {name: value for name, value in CALL.items() if name != "code"}
    put |= {"owner": ref(f"PractitionerRole/{office}"), "for": ref("Patient/1")}
    decided.write(P, put)
    decided.write(actor(office), put | {"status": "accepted"} | again())
    assert decided.reads(actor(office), "Patient/1")
    assert "Organization/lead" not in having(decided, "Patient/1")["Patient/1"]
    with pytest.raises(Problem) as caught:
        declare(decided, STATISTICIAN, "Practitioner/q", "Patient/1")
    assert caught.value.kind == "not-found"


def test_a_paper_that_an_office_is_to_verify_is_shown_to_nobody_else_there(decided: Town) -> None:
    decided.sign(P, consent("a", provision={"type": "permit"}))
    decided.write(P, asking(owner="PractitionerRole/conv"))
    assert not_shown(decided, STATISTICIAN) == not_shown(decided, AUDITOR) == "not-found"
    [shown, _] = verify(decided, CONVENER)
    assert shown["verification"][0]["extension"][0]["valueReference"] == ref("Organization/lead")


@pytest.mark.parametrize("named", ["requester", "sender"])
def test_nobody_else_there_asks_or_tells_in_its_name(decided: Town, named: str) -> None:
    """A second convener stands in for the first; the statistician asks and tells in their own name."""
    post: Json = {"resourceType": "PractitionerRole", "id": "conv2", "practitioner": ref("Practitioner/conv2")}
    post |= {"organization": ref("Organization/lead"), "code": [concept("role", "convener")]}
    decided.write(INSTALLER, {"resourceType": "Practitioner", "id": "conv2"}, post)
    said: Json = {name: value for name, value in (CALL if named == "requester" else WORD).items() if name != "subject"}
    said |= (
        {"owner": ref("Organization/center")} if named == "requester" else {"recipient": [ref("Organization/center")]}
    )
    forged = said | {named: ref("PractitionerRole/conv"), "id": "forged"}
    assert refused(decided, STATISTICIAN, forged) == refused(decided, AUDITOR, forged) == ["P2"]
    for id, who, name in (("a", CONVENER, "conv"), ("b", actor("conv2"), "conv"), ("c", STATISTICIAN, "st")):
        decided.write(who, said | {named: ref(f"PractitionerRole/{name}"), "id": id})


def test_who_stands_in_writes_on_what_the_coordinator_said(asked: Town) -> None:
    word = {name: value for name, value in WORD.items() if name != "subject"}
    said = word | {"id": "said", "sender": ref("PractitionerRole/co"), "recipient": [ref("Organization/center")]}
    asked.write(CO, said)
    assert [asked.reads(who, "Communication/said") for who in (CO, OTHER, P, STAFF)] == [True, True, True, False]
    asked.write(OTHER, said | {"note": [{"text": "追記"}]} | again())
    asked.write(
        STAFF, word | {"id": "own", "sender": ref("PractitionerRole/em"), "recipient": [ref("Organization/center")]}
    )
    assert asked.reads(OTHER, "Communication/own")
