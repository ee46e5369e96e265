"""What only an operation of the server says is found where that operation would not have said it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import verdict, vocabulary
from consent.verdict import NONE, Verdict
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts import test_deciding_coordination as calling
from tests.unit.consent.acts import test_verifying as verifying
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import forged, found, lay, lay_next
from tests.unit.consent.maintenance.lives import Life, P, Q
from tests.unit.consent.maintenance.test_replaying import MORE
from tests.unit.consent.test_carrying_out import activity, again, plan
from tests.unit.consent.test_named_for_a_role import decide
from tests.unit.consent.town import Town, case, patient
from tests.unit.consent.writing.test_superseding import consent

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


def posted(town: Town) -> str:
    """One keeper of the directory wrote two posts, of which one was confirmed."""
    lives.posts(town)
    return "PractitionerRole/new"


@pytest.mark.parametrize(
    ("name", "who", "right"),
    [
        ("PractitionerRole/new", "p", True),
        ("PractitionerRole/new", "n", False),
        ("PractitionerRole/new", "aud", False),
        ("PractitionerRole/new", "q", False),
        ("PractitionerRole/new", "lead", False),
        ("OrganizationAffiliation/a", "p", True),
        ("OrganizationAffiliation/a", "q", False),
        ("OrganizationAffiliation/a", "lead", False),
        ("OrganizationAffiliation/a", "aud", False),
    ],
)
def test_what_the_directory_says_is_confirmed_by_another_of_that_agency(
    after: After, name: str, who: str, right: bool
) -> None:
    town = after(waiting)
    said = lay_next(town, name, Verdict(True), f"Practitioner/{who}")
    assert said == ([] if right else [f"{name}/_history/2 {MORE}"])


def waiting(town: Town) -> None:
    """A keeper of the directory wrote a post and a department of the center, whom nobody has confirmed."""
    lives.listed(town)


@pytest.mark.parametrize("name", ["PractitionerRole/new", "OrganizationAffiliation/a"])
def test_it_is_confirmed_as_it_had_been_written_and_counts_for_no_more(after: After, name: str) -> None:
    town = after(waiting)
    wrong = f"{name}/_history/2 {MORE}"
    assert wrong in lay_next(town, name, Verdict(True), "Practitioner/p", period={"end": "2027-03-31"})


@pytest.mark.parametrize("more", [{"fixed": frozenset({"Patient/1"})}, {"honoured": frozenset({"*"})}])
def test_confirmed_it_counts_and_no_more(after: After, more: dict[str, Any]) -> None:
    town = after(waiting)
    judged = replace(Verdict(True), **more)
    assert lay_next(town, "PractitionerRole/new", judged, "Practitioner/p") == [
        f"PractitionerRole/new/_history/2 {MORE}"
    ]


def asked(town: Town) -> None:
    """A consent of which the other agency was asked to verify the paper."""
    town.write(P, patient("1"))
    town.sign(P, consent("a", provision=lives.EVERYBODY))
    town.write(P, verifying.asking())


@pytest.mark.parametrize(
    ("who", "honoured", "right"),
    [
        ("q", {"Organization/center", "Organization/other"}, True),
        ("q", {"Organization/center", "Organization/other", "Organization/council"}, False),
        ("q", {"Organization/center", "Organization/council"}, False),
        ("co", {"Organization/center", "Organization/council"}, False),
        ("q", {"*"}, False),
    ],
)
def test_a_paper_is_verified_by_who_was_asked_to_for_its_own_records(
    after: After, who: str, honoured: set[str], right: bool
) -> None:
    town = after(asked)
    [paper] = town.stored("Consent")
    judged = replace(verdict.read(paper.terms), honoured=frozenset(honoured))
    said = [each for each in lay_next(town, "Consent/a", judged, f"Practitioner/{who}") if MORE in each]
    assert said == ([] if right else [f"Consent/a/_history/2 {MORE}"])


@pytest.mark.parametrize(
    ("changed", "number"),
    [({"status": "cancelled"}, 2), ({"status": "completed"}, 2)],
)
def test_who_is_asked_no_more_verifies_nothing(after: After, changed: Json, number: int) -> None:
    town = after(asked)
    town.write(P, again(verifying.asking()) | changed)
    [paper] = town.stored("Consent")
    judged = replace(verdict.read(paper.terms), honoured=frozenset({CENTER, "Organization/other"}))
    assert f"Consent/a/_history/2 {MORE}" in lay_next(town, "Consent/a", judged, "Practitioner/q")


def test_a_request_that_does_not_count_asks_nobody_to_verify(after: After) -> None:
    town = after(lives.verified)
    said = forged(town, "Task/v", 1, less=[each for each in _terms(town, "Task/v") if each.startswith(".counts")])
    assert f"Consent/a/_history/2 {MORE}" in said


def _terms(town: Town, name: str) -> tuple[str, ...]:
    [one] = [each for each in town.stored(name.partition("/")[0]) if each.reference == name]
    return one.terms


DECIDED = ".decided yes"


def test_a_plan_is_as_decided_on_where_roles_were_decided_while_it_stood(after: After) -> None:
    town = after(lives.decided)
    town.write(P, again(plan(activity(status="in-progress"), activity(description="通院の付き添い"))))
    town.write(P, again(case("plan", "total-care-plan"), 2) | {"status": "revoked"})
    town.write(P, plan(activity()) | {"id": "later"})
    assert found(town) == []
    assert f"CarePlan/plan/_history/2 {MORE}" in forged(town, "CarePlan/plan", 2, DECIDED)
    assert forged(town, "CarePlan/later", 1, DECIDED) == [f"CarePlan/later/_history/1 {MORE}"]
    assert forged(town, "CarePlan/k", 1, DECIDED) == [f"CarePlan/k/_history/1 {MORE}"]
    assert found(town) == []


def test_a_plan_that_had_changed_before_they_were_decided_was_not_decided_on(after: After) -> None:
    town = after(lives.met)
    town.write(P, plan(activity()))
    town.write(P, again(plan(activity(description="通院の付き添い"))))
    decide(town, "desk")
    assert found(town) == []
    assert forged(town, "CarePlan/plan", 1, DECIDED) == [f"CarePlan/plan/_history/1 {MORE}"]


def test_a_plan_of_another_household_was_not_decided_on(after: After) -> None:
    town = after(lives.met)
    town.write(
        P,
        patient("8"),
        {"resourceType": "Group", "id": "h", "type": "person", "actual": True}
        | {"member": [{"entity": ref("Patient/8")}]},
    )
    of_h = {"subject": ref("Group/h")}
    town.write(P, case("kh") | of_h, plan(activity()) | {"id": "theirs"} | of_h)
    decide(town, "desk")
    assert forged(town, "CarePlan/theirs", 1, DECIDED) == [f"CarePlan/theirs/_history/1 {MORE}"]


def test_the_version_that_the_lead_section_confirmed_is_as_decided_on_and_no_other(after: After) -> None:
    town = after(lives.confirmed_plan)
    [task] = [each for each in town.stored("Task") if vocabulary.CONFIRM_PLAN in str(each.terms)]
    assert found(town) == []
    for terms in ({".counts yes"}, {".masked yes"}):
        assert f"CarePlan/plan/_history/2 {MORE}" in forged(town, task.reference, task.number, less=terms), terms
    body = orjson.loads(task.body)
    assert body["input"][0]["valuePositiveInt"] == 2
    town.write(P, again(plan(activity(), activity(description="別の支援")), 2))
    assert forged(town, "CarePlan/plan", 3, DECIDED) == [f"CarePlan/plan/_history/3 {MORE}"]
