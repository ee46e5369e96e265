"""What is addressed to a coordinator and the like as such is that office's, and not its agency's."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.laws.worlds import concept, ref
from tests.unit.consent.test_in_sight import CO, ERROR, PLAN, P, Q, refused
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import INSTALLER, Town, actor, case, coordination, household, patient

Json = dict[str, Any]

STAFF, OTHER = actor("em"), actor("co2")
"""Of the coordinator's agency, one who is none, and the second one."""
CALL: Json = {"resourceType": "Task", "id": "call", "status": "requested", "intent": "order"}
CALL |= {"requester": ref("Organization/center"), "owner": ref("PractitionerRole/co")}
ASKED = CALL | {"code": concept("task-code", "inquiry"), "description": "進め方を聞きたい"}
WORD: Json = {"resourceType": "Communication", "id": "word", "status": "completed", "subject": ref("Group/g")}
WORD |= {"sender": ref("Organization/center"), "recipient": [ref("PractitionerRole/co")]}


@pytest.fixture
def called(town: Town) -> Town:
    """The coordinator is called, asked and told."""
    post: Json = {"resourceType": "PractitionerRole", "id": "co2", "practitioner": ref("Practitioner/co2")}
    post |= {"organization": ref("Organization/council"), "code": [concept("role", "coordinator")]}
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "co2"}, post)
    town.write(P, patient("1"), household("1"), case(), PLAN, coordination("requested"), ASKED, WORD)
    return town


@pytest.mark.parametrize("name", ["Task/t", "Task/call", "Communication/word"])
def test_it_is_read_by_who_holds_that_office_and_by_nobody_else_of_the_agency(called: Town, name: str) -> None:
    assert [called.reads(who, name) for who in (P, CO, OTHER, STAFF, Q)] == [True, True, True, False, False]
    type = name.partition("/")[0]
    assert name in called.search(CO, type)
    assert name not in called.search(STAFF, type)


def test_nor_is_it_answered_by_them(called: Town) -> None:
    said: Json = {"output": [{"type": concept("task-outcome", "supported"), "valueString": "こう進めます"}]}
    assert refused(called, STAFF, ASKED | said | {"status": "completed"} | again()) == []
    called.write(CO, ASKED | said | {"status": "completed"} | again())


def test_what_is_addressed_to_the_agency_is_its_own(called: Town) -> None:
    called.write(P, WORD | {"id": "all", "recipient": [ref("Organization/council")]})
    called.write(P, WORD | {"id": "desk", "recipient": [ref("PractitionerRole/em")]})
    for name in ("Communication/all", "Communication/desk"):
        assert called.reads(STAFF, name)


def test_so_is_what_the_server_tells_them(called: Town) -> None:
    called.write(CO, coordination() | again())
    called.write(P, PLAN | ERROR | again())
    letters = [each for each in called.stored("Communication") if "mistake-notice" in str(orjson.loads(each.body))]
    assert [called.reads(CO, each.reference) for each in letters] == [True]
    assert not any(called.reads(STAFF, each.reference) for each in letters)
