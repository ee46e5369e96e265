"""P8: what nobody opened in an emergency, or to another or for longer than they might, a check names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent.acts.breaking_glass import Broken
from consent.verdict import Verdict
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.made import posted
from tests.unit.consent.acts.test_breaking_glass import break_glass
from tests.unit.consent.acts.test_merging import known_to_both
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import BEGAN, forged, found, lay
from tests.unit.consent.maintenance.lives import Life
from tests.unit.consent.maintenance.test_replaying import MORE, OTHER
from tests.unit.consent.town import Town, actor, concern, household, patient

Json = dict[str, Any]
After = Callable[[Life], Town]

P, EM = actor("p"), "Practitioner/em"
OVER = "2026-11-23T04:15:00.000Z"


def opened(officer: str = EM, person: str = "Patient/1", start: str = BEGAN, until: str = OVER) -> str:
    return f".emergency {start} {until} {officer} {person}"


def test_a_request_of_an_emergency_officer_opens_nobody_s_records(after: After) -> None:
    """It would, if it said so: the rows come of what is kept beside it."""
    town = after(lives.broken)
    assert forged(town, "Task/r", 1, opened()) == [f"Task/r/_history/1 {MORE}"]
    assert found(town) == []


@pytest.mark.parametrize(
    "more",
    [
        opened(until="2026-11-23T05:00:00.000Z"),
        opened(start="2026-11-23T03:00:00.000Z"),
        opened(officer="Practitioner/q"),
        opened(person="Patient/7"),
        ".meant Patient/2",
    ],
    ids=["longer", "earlier", "another officer", "another person", "another one meant"],
)
def test_what_was_opened_was_to_one_officer_for_one_household_during_its_minutes(after: After, more: str) -> None:
    town = after(lives.broken)
    (name,) = [each.reference for each in town.stored("Task") if ".meant Patient/1" in each.terms]
    for number in (1, 2):
        assert f"{name}/_history/{number} {OTHER}" in forged(town, name, number, more)


def review(**elements: Any) -> Json:
    """A review as the server would write one; whoever is in the household, for these minutes."""
    named = [{"type": {"text": "対象者"}, "valueReference": ref(f"Patient/{one}")} for one in "127"]
    task: Json = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order", "for": ref("Group/g")}
    task |= {"code": concept("task-code", "emergency-review"), "focus": ref("Condition/c"), "input": named}
    task |= {"requester": ref(EM), "owner": ref("Organization/lead"), "reasonCode": {"text": "倒れている"}}
    return task | {"executionPeriod": {"start": BEGAN, "end": OVER}} | elements


def laid(town: Town, task: Json, *noted: str, author: str = EM) -> list[str]:
    return lay(town, Record(task, "Organization/lead", author, Verdict(noted=frozenset(noted))))


BOTH = opened(), opened(person="Patient/2"), ".meant Patient/1"
LAID: dict[str, tuple[Json, tuple[str, ...], str]] = {
    "by nobody of an emergency post": ({}, (opened("Practitioner/q"),), "Practitioner/q"),
    "for who is not of the household": ({}, (opened(person="Patient/7"),), EM),
    "for who is not named": ({"input": []}, (opened(),), EM),
    "for an hour": (
        {"executionPeriod": {"start": BEGAN, "end": "2026-11-23T05:00:00.000Z"}},
        (opened(until="2026-11-23T05:00:00.000Z"),),
        EM,
    ),
    "from tomorrow on": (
        {"executionPeriod": {"start": "2026-11-24T04:00:00.000Z", "end": "2026-11-24T04:15:00.000Z"}},
        (opened(start="2026-11-24T04:00:00.000Z", until="2026-11-24T04:15:00.000Z"),),
        EM,
    ),
    "without its minutes": ({"executionPeriod": {"start": BEGAN}}, (opened(),), EM),
    "without its beginning": ({"executionPeriod": {"end": OVER}}, (opened(),), EM),
    "meant one who is not named": (
        {"input": [{"type": {"text": "対象者"}, "valueReference": ref("Patient/2")}]},
        (opened(person="Patient/2"), ".meant Patient/1"),
        EM,
    ),
    "without any": ({"executionPeriod": {}}, (opened(),), EM),
    "of another kind": ({"code": concept("task-code", "inquiry")}, (opened(),), EM),
    "meant two": ({}, (*BOTH, ".meant Patient/2"), EM),
    "meant somebody of another household": ({}, (*BOTH[:2], ".meant Patient/7"), EM),
    "for another alone": ({"for": ref("Patient/2")}, BOTH[:1], EM),
}


@pytest.mark.parametrize("what", LAID)
def test_a_review_that_the_server_did_not_write_opens_nothing_unseen(after: After, what: str) -> None:
    town = after(lives.broken)
    changed, noted, author = LAID[what]
    assert [f"Task/x/_history/1 {OTHER}"] == laid(town, review(**changed), *noted, author=author)


def test_who_has_left_the_household_is_opened_with_it_no_more(after: After) -> None:
    town = after(lives.broken)
    town.write(P, household("1") | {"meta": {"versionId": "1"}})
    assert laid(town, review(), *BOTH) == [f"Task/x/_history/1 {OTHER}"]


def test_who_holds_another_post_besides_breaks_the_glass_too(after: After) -> None:
    town = after(lives.broken)
    posted(town, "em2", "officer", "center", "em")
    assert laid(town, review(), *BOTH) == []


def test_a_request_that_is_no_task_is_no_review(after: After) -> None:
    town = after(lives.broken)
    made = {name: said for name, said in review().items() if name in ("id", "status", "intent", "code", "requester")}
    made |= {"resourceType": "ServiceRequest", "status": "active", "subject": ref("Patient/1")}
    said = laid(town, made | {"executionPeriod": {"start": BEGAN, "end": OVER}}, ".meant Patient/1")
    assert [each.partition(" ")[0] for each in said] == ["ServiceRequest/x/_history/1"]


@pytest.mark.parametrize("noted", [BOTH, BOTH[:2], BOTH[:1], ()], ids=["one and theirs", "all", "one of them", "none"])
def test_one_as_the_server_writes_it_is_found_right(after: After, noted: tuple[str, ...]) -> None:
    """Whom the officer meant, and who lives with them; or a household; or what of it a mistake left."""
    town = after(lives.broken)
    assert laid(town, review(), *noted) == []


@pytest.mark.parametrize("record", ["Patient/1", "Patient/3", "Group/g", "Condition/c"])
def test_by_whatever_record_it_was_opened_it_is_found_right(after: After, record: str) -> None:
    town = after(lives.family)
    town.write(P, patient("3"))
    assert isinstance(break_glass(town, record=record), Broken)
    assert found(town) == []


def known(town: Town) -> None:
    known_to_both(town)


def test_who_is_called_by_two_names_is_meant_by_both(after: After) -> None:
    """Of the one it was asked, the household is the other's."""
    town = after(known)
    born = {"identifier": [{"system": "http://example.org/person", "value": "1"}]}
    town.write(P, patient("1", meta={"versionId": "1"}, **born))
    town.write(lives.Q, patient("2", meta={"versionId": "1"}, **born), household("2"), concern("e", "2"))
    merges.answer(town, lives.Q, merges.ask(town, P, "1", "2"))
    done = break_glass(town, person={"resourceType": "Patient", **born})
    assert done.meant.persons == {"Patient/1", "Patient/2"}
    assert found(town) == []
