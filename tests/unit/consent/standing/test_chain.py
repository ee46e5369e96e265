"""R12 and R12a: a request is handed on by who has a part in it, never back, or brought before the coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from consent.standing import chain
from consent.standing.carrying import Carrying
from resources.record.problem import Issue
from tests.laws.worlds import concept, ref
from tests.unit.consent.standing.filed import OTHER, THEIRS, THIRD, Json, filing

TASK: Json = {"resourceType": "Task", "status": "requested", "for": ref("Patient/1"), "owner": ref(OTHER)}
TASK |= {"partOf": [ref("Task/r")]}
PART = Carrying(known=frozenset({THIRD}), handed=frozenset({"Task/r"}))
CALL = TASK | {"code": concept("task-code", "escalate-to-coordinator"), "owner": ref("PractitionerRole/co")}
CO: Json = {"PractitionerRole/co": {"code": [concept("role", "coordinator")]}}


def at(found: Iterator[Issue]) -> list[str]:
    return [f"{issue.rule} at {issue.at}" for issue in found]


def handed(after: Json, *asked: str, **known: Any) -> list[str]:
    return at(chain.handing_on(filing(None, after, **{"carrying": PART} | known), asked))


def called(after: Json, records: Json | None = None, **known: Any) -> list[str]:
    return at(chain.escalating(filing(None, after, CO | (records or {}), **{"carrying": PART} | known)))


def test_it_is_handed_on_as_part_of_what_one_asked_or_was_asked() -> None:
    assert handed(TASK, OTHER) == []
    assert handed(TASK, OTHER, carrying=Carrying()) == ["R12a at Task.partOf"]
    two = TASK | {"partOf": [ref("Task/r"), ref("Task/x")]}
    assert handed(two, OTHER) == ["R12a at Task.partOf"], "of each"
    assert handed(TASK | {"partOf": [ref("ServiceRequest/r")]}, OTHER) == ["R12a at Task.partOf"]
    assert handed(TASK | {"partOf": [ref("Condition/c")]}, OTHER) == [], "no request"
    assert handed(TASK | {"partOf": []}, OTHER, carrying=Carrying()) == []
    assert handed(TASK | {"resourceType": "ServiceRequest"}, OTHER, carrying=Carrying()) == []


def test_it_goes_back_to_nobody_of_its_chain_but_the_coordinator_is_called_whoever_employs_them() -> None:
    assert handed(TASK, THIRD) == ["R12a at Task.owner"]
    assert handed(TASK, OTHER, THIRD) == ["R12a at Task.owner"]
    assert handed(TASK, THEIRS, carrying=Carrying(known=frozenset({OTHER}), handed=PART.handed)) == [
        "R12a at Task.owner"
    ]
    assert handed(TASK, THIRD, carrying=Carrying(above=frozenset({THIRD}), handed=PART.handed)) == [], "unknown to them"
    assert handed(CALL, THIRD) == []
    assert handed(CALL, THIRD, carrying=Carrying()) == ["R12a at Task.partOf"]


def test_the_coordinator_is_called_about_a_request_of_ones_own() -> None:
    assert called(CALL) == []
    assert called(CALL, carrying=Carrying()) == ["R12 at Task.partOf"]
    for owner in ("PractitionerRole/x", OTHER):
        assert called(CALL | {"owner": ref(owner)}) == ["R12 at Task.owner"]
    assert called(CALL | {"owner": ref("PractitionerRole/x")}, {"PractitionerRole/x": {"code": []}}) == [
        "R12 at Task.owner"
    ]


def test_it_names_the_persons_of_that_request_or_those_in_care_and_nobody_else() -> None:
    stranger = CALL | {"for": ref("Patient/9")}
    asked = {"Task/r": TASK | {"for": ref("Patient/9")}}
    assert called(stranger, asked) == []
    assert called(stranger) == ["R12 at Task.for"]
    assert called(stranger, asked, carrying=Carrying()) == ["R12 at Task.partOf", "R12 at Task.for"]
    carried = Carrying(carried=frozenset({"Task/r"}), handed=frozenset({"Task/q"}))
    assert called(stranger, asked, carrying=carried) == []
    unnamed = {"Task/r": TASK, "Task/q": TASK | {"for": ref("Patient/9")}}
    carries = Carrying(carried=frozenset({"Task/r", "Task/q"}), handed=frozenset({"Task/r"}))
    assert called(stranger, unnamed, carrying=carries) == ["R12 at Task.for"], "not those of another that it names not"
    also = stranger | {"note": [{"authorReference": ref("Patient/8")}]}
    assert called(also, asked) == ["R12 at Task.for"]
    assert called(CALL | {"note": [{"authorReference": ref("Patient/1")}]}, care={}) == ["R12 at Task.for"]
