"""What only an operation of the server says is found where that operation would not have said it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from consent import verdict, vocabulary
from consent.standing import put_before
from consent.verdict import NONE, Verdict
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts import test_deciding_coordination as calling
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import forged, found, lay, lay_next
from tests.unit.consent.maintenance.lives import Life, P, Q
from tests.unit.consent.maintenance.test_replaying import MORE
from tests.unit.consent.town import Town

Json = dict[str, Any]
After = Callable[[Life], Town]

CENTER, DESK, LEADING = "Organization/center", "Organization/desk", "Organization/lead"
NAMED = [f"Task/x/_history/1 {MORE}"]


def put(team: str, **elements: Any) -> Json:
    """A role as the lead section puts it to an agency."""
    task: Json = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order"}
    task |= {"code": concept("task-code", "carry-out"), "focus": ref(team), "for": ref("Group/g")}
    return task | {"requester": ref("PractitionerRole/lead"), "owner": ref(DESK)} | elements


def between(*parties: str) -> frozenset[str]:
    return frozenset(f".between {one}" for one in parties)


FIXED = frozenset({"Group/g", "Patient/1", "Patient/2"})
PUT = Verdict(True, noted=between("PractitionerRole/lead", DESK), fixed=FIXED)


def of(asks: str, asked: str) -> tuple[Json, Verdict]:
    return {"requester": ref(asks), "owner": ref(asked)}, replace(PUT, noted=between(asks, asked))


def team(town: Town) -> str:
    [one] = [each.reference for each in town.stored("CareTeam") if each.id != "standing"]
    return one


@pytest.mark.parametrize(
    ("changed", "judged", "right"),
    [
        ({}, PUT, True),
        ({}, replace(PUT, fixed=FIXED | {"Patient/9"}), False),
        ({}, replace(PUT, fixed=FIXED | {"Encounter/m"}), False),
        ({}, replace(PUT, honoured=frozenset({"*"})), False),
        ({}, replace(PUT, noted=PUT.noted | {".died Patient/1"}), False),
        ({}, replace(PUT, noted=between(DESK)), False),
        (
            {"owner": ref("Organization/other")},
            replace(PUT, noted=between("PractitionerRole/lead", "Organization/other")),
            False,
        ),
        ({"requester": ref("PractitionerRole/q")}, replace(PUT, noted=between("PractitionerRole/q", DESK)), False),
        (
            {"requester": ref("PractitionerRole/conv")},
            replace(PUT, noted=between("PractitionerRole/conv", DESK)),
            False,
        ),
        (
            {"requester": ref("PractitionerRole/none")},
            replace(PUT, noted=between("PractitionerRole/none", DESK)),
            False,
        ),
        ({"focus": ref("CareTeam/none")}, PUT, False),
        ({"focus": ref("CareTeam/standing")}, PUT, False),
        ({"code": concept("task-code", "inquiry")}, PUT, False),
    ],
)
def test_a_role_is_put_to_who_has_it_by_the_lead_section(
    after: After, changed: Json, judged: Verdict, right: bool
) -> None:
    town = after(lives.decided)
    task = put(team(town)) | changed
    assert lay(town, Record(task, LEADING, "Practitioner/co", judged)) == ([] if right else NAMED)


def test_roles_that_never_counted_are_put_to_nobody(after: After) -> None:
    town = after(lives.decided)
    [put_] = [each for each in town.stored("Task") if "carry-out" in str(each.terms)]
    said = forged(town, team(town), 1, less=(".counts yes",))
    assert f"{put_.cited} {MORE}" in said
    assert f"CarePlan/plan/_history/1 {MORE}" in said, "nor was the plan decided on with them"
    assert found(town) == []


BY_THE_SERVER = sorted(
    vocabulary.ASKED_BY_THE_SERVER
    - vocabulary.MERGES
    - {vocabulary.SUCCESSION, vocabulary.CARRY_OUT, vocabulary.DECIDE_COORDINATION, vocabulary.EMERGENCY_REVIEW}
)


@pytest.mark.parametrize("code", BY_THE_SERVER, ids=lambda code: code.rpartition("|")[2])
def test_a_word_that_the_server_alone_begins_counts_and_says_no_more(after: After, code: str) -> None:
    """Whoever it is about."""
    town = after(lives.family)
    task: Json = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    task |= {"code": concept("task-code", code.rpartition("|")[2]), "requester": ref(CENTER), "owner": ref(LEADING)}
    assert lay(town, Record(task, CENTER, "Practitioner/q", Verdict(True))) == []
    more = Verdict(True, noted=between(CENTER, LEADING))
    said = lay(town, Record(task | {"id": "y"}, CENTER, "Practitioner/q", more))
    assert said in ([f"Task/y/_history/1 {MORE}"], [])
    fixed = Verdict(True, fixed=frozenset({"Patient/2"}))
    assert f"Task/z/_history/1 {MORE}" in lay(town, Record(task | {"id": "z"}, CENTER, "Practitioner/q", fixed))


@pytest.mark.parametrize(
    ("judged", "right"),
    [(NONE, True), (Verdict(True), False), (Verdict(void=True), False)],
    ids=["none", "counts", "void"],
)
def test_the_review_of_an_emergency_counts_as_no_request(after: After, judged: Verdict, right: bool) -> None:
    town = after(lives.family)
    task: Json = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order", "for": ref("Group/g")}
    task |= {"code": concept("task-code", "emergency-review"), "requester": ref("Practitioner/em")}
    said = lay(town, Record(task | {"owner": ref(LEADING)}, LEADING, "Practitioner/em", judged))
    assert bool(said) != right


def test_a_word_of_the_server_is_begun_and_not_written_on_by_whoever_it_was_put_to(after: After) -> None:
    town = after(lives.decided)
    assert lay(town, Record(put(team(town)), LEADING, "Practitioner/lead", PUT)) == []
    judged = replace(PUT, fixed=FIXED | {"Patient/9"})
    assert lay_next(town, "Task/x", judged, "Practitioner/d", served=False, status="accepted") != []


def before_lead(**elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order", "focus": ref("Task/s")}
    task |= {"code": concept("task-code", "decide-coordination"), "for": ref("Patient/1")}
    return task | {"requester": ref("PractitionerRole/co"), "owner": ref(LEADING)} | elements


def called(town: Town) -> None:
    """The other agency was asked, and called the coordinator."""
    lives.family(town)
    town.write(P, calling.request())
    town.write(Q, calling.escalation())


@pytest.mark.parametrize(
    ("who", "changed", "right"),
    [
        ("co", {}, True),
        ("q", {}, True),
        ("p", {}, False),
        ("em", {}, False),
        ("lead", {}, False),
        ("co", {"focus": ref("Task/r")}, False),
        ("co", {"focus": ref("Task/none")}, False),
    ],
)
def test_a_call_is_put_before_the_lead_section_by_who_made_it_or_was_called(
    after: After, who: str, changed: Json, right: bool
) -> None:
    town = after(called)
    [stood] = [verdict.read(each.terms) for each in _put(town, lives.CO)]
    said = lay(town, Record(before_lead(**changed), "Organization/council", f"Practitioner/{who}", stood))
    assert said == ([] if right else NAMED)


def test_what_is_no_call_is_not_put_before_it_by_who_asked(after: After) -> None:
    town = after(called)
    [request] = [each for each in town.stored("Task") if each.id == "r"]
    task = Record(before_lead(focus=ref("Task/r")), CENTER, "Practitioner/p", put_before.judged(request))
    assert lay(town, task) == NAMED


def _put(town: Town, who: Any) -> list[Any]:
    """What the server writes of it; taken back, so that it waits no more."""
    return [calling.put(town, who).task]


def test_a_call_that_did_not_count_is_put_before_nobody(after: After) -> None:
    town = after(called)
    [task] = _put(town, lives.CO)
    name = task.reference
    assert f"{name}/_history/1 {MORE}" in forged(town, "Task/s", 1, less=(".counts yes",))
    assert forged(town, name, 1, ".fixed Patient/2") == [f"{name}/_history/1 {MORE}"]
    assert found(town) == []
