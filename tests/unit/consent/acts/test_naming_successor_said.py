"""The Task by which the lead section names who succeeds an agency, whole, and what it comes to when that is undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import succession, verdict
from consent.actor import Scope
from consent.rule import Decision, Rule, Text
from consent.verdict import Verdict
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.laid import gone
from tests.unit.consent.acts.test_naming_successor import WHY, name, request
from tests.unit.consent.acts.test_transferring import refused
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, household, patient

Json = dict[str, Any]

P, Q, LEAD, EM = (actor(one) for one in ("p", "q", "lead", "em"))
CENTER, OTHER, COUNCIL, LEADING = (f"Organization/{id}" for id in ("center", "other", "council", "lead"))
NOW = "2026-11-23T04:00:00.000Z"
NAMED = Rule(
    "P1",
    "permit",
    EVERYTHING,
    Text(
        "the lead section names who succeeds an agency that has ended", "主管課が、終わった機関の後を継ぐ機関を指定する"
    ),
)


@pytest.fixture
def ended(town_with: Callable[..., Town]) -> Town:
    """The center kept a household, and has ended with its posts; the council had asked it about somebody."""
    return town_with(_ended)


def _ended(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case(), concern("c", "1"))
    town.write(EM, patient("7"), request())
    for each in ("PractitionerRole/p", CENTER):
        town.write(INSTALLER, town.read(INSTALLER, each) | {"active": False})


def agency(town: Town, id: str, **elements: Any) -> str:
    town.write(INSTALLER, {"resourceType": "Organization", "id": id, "name": id} | elements)
    return f"Organization/{id}"


def body(version: Version | None) -> Json:
    assert version
    return {each: told for each, told in orjson.loads(version.body).items() if each not in ("id", "meta")}


WHOLE: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
WHOLE |= {"code": concept("task-code", "name-successor"), "focus": ref(CENTER), "authoredOn": NOW}
WHOLE |= {"reasonCode": {"text": WHY}, "requester": ref(LEADING), "owner": ref(OTHER)}


def test_the_whole_task_is_the_lead_sections_and_those_are_told_who_had_asked(ended: Town) -> None:
    done = name(ended)
    assert body(done.task) == body(done.shown) == WHOLE
    assert (done.action, done.decision) == ("create", Decision(True, (NAMED,)))
    assert envelope.origin(done.task.terms) == Origin(LEADING, "Practitioner/lead")
    assert verdict.read(done.task.terms) == Verdict(True, noted=frozenset({f"{verdict.SUCCEEDED} {CENTER}"}))
    (letter,) = done.records
    assert body(letter)["recipient"] == [ref(COUNCIL)]
    assert done.told == (done.task, letter)


def test_undone_it_says_nothing_and_the_same_are_told(ended: Town) -> None:
    task = name(ended).task.reference
    done = name(ended, reason="指定を誤った", undo=True)
    assert body(done.task) == WHOLE | {
        "status": "cancelled",
        "statusReason": {"text": "指定を誤った"},
        "lastModified": NOW,
    }
    assert (done.task.reference, done.action, done.decision) == (task, "update", Decision(True, (NAMED,)))
    assert verdict.read(done.task.terms) == Verdict(True)
    (letter,) = done.records
    assert body(letter)["recipient"] == [ref(COUNCIL)]
    assert body(letter)["about"] == [ref(CENTER), ref(OTHER)]
    assert refused(ended, lambda town: name(town, undo=True)) == "business-rule P1"


def test_who_takes_over_a_chain_takes_over_all_of_it(ended: Town) -> None:
    middle = agency(ended, "middle")
    for number in range(succession.MOST - 1):
        name(ended, former=agency(ended, f"former{number}", active=False), to=middle)
    ended.write(INSTALLER, ended.read(INSTALLER, middle) | {"active": False})
    name(ended)
    assert refused(ended, lambda town: name(town, former=middle)) == "business-rule P1"
    name(ended, former="Organization/former0", undo=True)
    name(ended, former=middle)


@pytest.mark.parametrize("to", ["closed", "gone", "below"])
def test_the_successor_goes_on_and_is_no_part_of_who_decides(ended: Town, to: str) -> None:
    agency(ended, "closed", active=False)
    agency(ended, "gone")
    agency(ended, "below", partOf=ref(LEADING))
    gone(ended, "Organization/gone")
    expected = "forbidden P1" if to == "below" else "business-rule P1"
    assert refused(ended, lambda town: name(town, to=f"Organization/{to}")) == expected
    gone(ended, CENTER)
    assert refused(ended, name) == "not-found"


def test_a_person_of_the_lead_section_names_it_in_casework_with_a_token_for_it(ended: Town) -> None:
    system = replace(SYSTEM, organization=LEADING)
    assert refused(ended, name, system) == "forbidden P1"
    narrow = replace(LEAD, scopes=(Scope("user", "Task", frozenset("rcs")), Scope("user", "*", frozenset("rs"))))
    with pytest.raises(Problem, match="the token's scopes"):
        name(ended, narrow)
    assert refused(ended, lambda town: name(town, former="Organization/no/where")) == "not-found"
    with pytest.raises(Problem, match="once it has ended in the directory"):
        name(ended, former=agency(ended, "living"))
    writes = replace(LEAD, scopes=(Scope("user", "Task", frozenset("u")), Scope("user", "*", frozenset("rs"))))
    assert name(ended, writes).task.number == 1
