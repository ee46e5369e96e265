"""What a Task hands on: the requests that its asker has a part in, what those carry, and the chain above them."""

from __future__ import annotations

from typing import Any

import pytest

from consent.facts import Facts
from consent.relations.role import Role
from consent.standing import carrying
from consent.standing.carrying import NOTHING, Carrying
from consent.succession import Succession, Successions
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import CENTER, officer
from tests.unit.consent.standing.filed import OTHER, THIRD, Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import case, patient

ME = officer()
FOURTH = "Organization/fourth"
MINE, COLLEAGUE, THEIRS = (f"PractitionerRole/{name}" for name in ("role", "colleague", "theirs"))


def task(id: str, owner: str = CENTER, status: str = "requested", requester: str = OTHER, **elements: Any) -> Json:
    asked: Json = {"resourceType": "Task", "id": id, "status": status, "intent": "order", "for": ref("Patient/1")}
    return asked | {"requester": ref(requester), "owner": ref(owner)} | elements


def letter(id: str, performer: str = CENTER, requester: str = OTHER, **elements: Any) -> Json:
    asked: Json = {"resourceType": "ServiceRequest", "id": id, "status": "active", "intent": "order"}
    asked |= {"subject": ref("Patient/1"), "requester": ref(requester), "performer": [ref(performer)]}
    return asked | elements


def judged(*between: str, above: tuple[str, ...] = (), fixed: tuple[str, ...] = ()) -> Verdict:
    noted = {f".between {one}" for one in between} | {f".above {one}" for one in above}
    return Verdict(True, noted=frozenset(noted), fixed=frozenset(fixed))


COUNTS = judged(OTHER, CENTER)


def of(lying: Lying, facts: Facts = ME, type: str = "Task", **elements: Any) -> Carrying:
    """What is handed on by a Task that says so."""
    resource: Json = {"resourceType": type, "id": "new", "status": "requested", "for": ref("Patient/1")} | elements
    return lying.ask(lambda view: carrying.of(view, resource, lying.versions, facts))


def part_of(lying: Lying, *names: str, facts: Facts = ME) -> Carrying:
    return of(lying, facts, partOf=[ref(name) for name in names])


@pytest.fixture
def asked(lying: Lying) -> Lying:
    """The center is asked by another agency, which was asked by a third one; of posts it is said whose they are."""
    for id, agency in (("role", CENTER), ("colleague", CENTER), ("theirs", OTHER)):
        lying.put({"resourceType": "PractitionerRole", "id": id, "organization": ref(agency)})
    lying.put(patient("1"), keeper=THIRD)
    lying.put(letter("r"), keeper=OTHER, judged=judged(OTHER, CENTER, above=(THIRD,), fixed=("ServiceRequest/first",)))
    fixed = ("ServiceRequest/r", "Patient/1")
    lying.put(task("t"), keeper=OTHER, judged=judged(OTHER, CENTER, above=(THIRD,), fixed=fixed))
    return lying


RECEIVED = Carrying(
    frozenset({"Task/t", "ServiceRequest/r"}),
    frozenset({OTHER, CENTER, THIRD}),
    frozenset({OTHER, CENTER, THIRD}),
    frozenset({"Task/t"}),
    frozenset({"Task/t"}),
)


def test_as_part_of_what_one_received_it_carries_that_and_what_that_carries_below_its_whole_chain(asked: Lying) -> None:
    assert part_of(asked, "Task/t") == RECEIVED
    assert of(asked, type="ServiceRequest", partOf=[ref("Task/t")]) == NOTHING, "a Task alone hands on"
    assert of(asked) == NOTHING
    assert of(asked, partOf=[ref("Patient/1")], focus=ref("Patient/1")) == NOTHING
    asked.put(case())
    assert of(asked, focus=ref("CarePlan/k")) == NOTHING, "one's own, and no request"
    assert of(asked, partOf=[ref("Task/gone")], focus=ref("ServiceRequest/gone")) == NOTHING


def test_what_it_is_about_or_based_on_is_carried_and_is_no_chain(asked: Lying) -> None:
    """Of what one was asked by a letter the Task is made anew, from one's own."""
    carried = Carrying(frozenset({"ServiceRequest/r", "ServiceRequest/first"}))
    assert of(asked, focus=ref("ServiceRequest/r")) == carried
    assert of(asked, basedOn=[ref("ServiceRequest/r")]) == carried
    assert of(asked, reasonReference=ref("ServiceRequest/r")) == NOTHING
    assert of(asked, focus=ref("Task/t")) == Carrying(frozenset({"Task/t", "ServiceRequest/r"}))
    of_both = of(asked, focus=ref("ServiceRequest/r"), partOf=[ref("Task/t")])
    assert of_both.carried == {"Task/t", "ServiceRequest/r", "ServiceRequest/first"}
    assert of_both.handed == {"Task/t"}
    letters = part_of(asked, "ServiceRequest/r")
    assert letters.handed == {"ServiceRequest/r"}
    assert letters.received == frozenset(), "a letter is no Task to accept"
    assert letters.above == {OTHER, CENTER, THIRD}


def test_what_one_has_no_part_in_is_not_handed_on_and_tells_its_chain_alone(asked: Lying) -> None:
    asked.put(task("theirs", owner=FOURTH, requester=THIRD), keeper=THIRD, judged=judged(THIRD, FOURTH))
    chain = frozenset({THIRD, FOURTH})
    assert part_of(asked, "Task/theirs") == Carrying(above=chain, known=chain)
    both = part_of(asked, "Task/theirs", "Task/t")
    assert both.handed == both.received == {"Task/t"}
    assert both.above == {OTHER, CENTER, THIRD, FOURTH}


@pytest.mark.parametrize(
    ("owner", "mine"),
    [(CENTER, True), (MINE, True), (COLLEAGUE, True), ("Practitioner/p", True), (THEIRS, False), (OTHER, False)],
)
def test_one_is_asked_as_an_agency_as_a_post_of_it_or_in_person(asked: Lying, owner: str, *, mine: bool) -> None:
    asked.put(task("x", owner=owner, requester=THIRD), keeper=THIRD, judged=judged(THIRD))
    found = part_of(asked, "Task/x")
    assert found.handed == found.received == found.carried == (frozenset({"Task/x"}) if mine else frozenset())


def test_of_a_post_it_is_asked_whose_it_is_now(asked: Lying) -> None:
    asked.put(task("x", owner=COLLEAGUE), keeper=OTHER, judged=COUNTS)
    asked.put({"resourceType": "PractitionerRole", "id": "colleague", "organization": ref(THIRD)})
    assert part_of(asked, "Task/x").handed == frozenset()


@pytest.mark.parametrize("status", ["requested", "received", "accepted", "in-progress", "on-hold"])
def test_what_was_asked_is_received_as_long_as_it_asks(asked: Lying, status: str) -> None:
    asked.put(task("t", status=status), keeper=OTHER, judged=COUNTS)
    assert part_of(asked, "Task/t").received == {"Task/t"}


@pytest.mark.parametrize("status", ["completed", "cancelled", "rejected", "failed", "entered-in-error"])
def test_what_is_over_is_handed_on_and_is_not_received(asked: Lying, status: str) -> None:
    asked.put(task("t", status=status), keeper=OTHER, judged=COUNTS)
    found = part_of(asked, "Task/t")
    assert found.handed == {"Task/t"}
    assert found.received == frozenset()


def test_what_one_asked_oneself_is_handed_on_and_is_not_received(asked: Lying) -> None:
    asked.put(task("x", owner=CENTER, requester=CENTER), judged=NONE)
    asked.put(task("y", owner=OTHER, requester=CENTER), judged=judged(CENTER, OTHER))
    asked.put(task("z", owner=COLLEAGUE, requester=CENTER), judged=judged(CENTER, OTHER))
    found = part_of(asked, "Task/x", "Task/y", "Task/z")
    assert found.handed == found.carried == {"Task/x", "Task/y", "Task/z"}
    assert found.received == frozenset()


def test_what_does_not_count_asks_nobody(asked: Lying) -> None:
    asked.put(task("t"), keeper=OTHER, judged=NONE)
    assert part_of(asked, "Task/t") == NOTHING
    asked.put(task("u", status="accepted"), keeper=OTHER, judged=judged(OTHER, CENTER, fixed=("Task/t",)))
    taken = part_of(asked, "Task/t")
    assert taken.handed == {"Task/t"}, "it came with what was accepted"
    assert taken.received == frozenset()


@pytest.mark.parametrize("owner", [OTHER, THEIRS, FOURTH])
def test_what_another_is_asked_is_not_received_by_who_took_on_what_carries_it(asked: Lying, owner: str) -> None:
    asked.put(task("x", owner=owner, requester=THIRD), keeper=THIRD, judged=judged(THIRD, owner))
    asked.put(task("u", status="accepted"), keeper=OTHER, judged=judged(OTHER, CENTER, fixed=("Task/x",)))
    found = part_of(asked, "Task/x")
    assert found.handed == {"Task/x"}
    assert found.received == frozenset()


def test_what_is_asked_of_one_for_whatever_it_is_is_received(asked: Lying) -> None:
    asked.put(task("t", code=concept("task-code", "share-information")), keeper=OTHER, judged=COUNTS)
    assert part_of(asked, "Task/t").received == {"Task/t"}


def test_who_is_told_of_a_request_without_a_part_in_it_hands_nothing_on(asked: Lying) -> None:
    asked.put(task("x", owner=THIRD), keeper=OTHER, judged=judged(OTHER, THIRD, above=(CENTER,)))
    assert part_of(asked, "Task/x").handed == frozenset()


@pytest.mark.parametrize("code", ["transfer", "ask-list", "merge", "divide", "name-successor", "emergency-review"])
def test_what_the_server_asks_is_carried_to_nobody(asked: Lying, code: str) -> None:
    asked.put(task("t", code=concept("task-code", code)), keeper=OTHER, judged=COUNTS)
    assert part_of(asked, "Task/t") == of(asked, focus=ref("Task/t")) == NOTHING


def test_what_is_deleted_is_not_handed_on(asked: Lying) -> None:
    asked.delete("Task/t")
    assert part_of(asked, "Task/t") == NOTHING


@pytest.mark.parametrize("code", ["coordinate", "carry-out", "confirm-guardian"])
def test_what_a_post_is_asked_for_its_office_is_no_request_that_is_received(asked: Lying, code: str) -> None:
    asked.put(task("t", code=concept("task-code", code)), keeper=OTHER, judged=COUNTS)
    found = part_of(asked, "Task/t")
    assert found.handed == {"Task/t"}
    assert found.received == frozenset()


@pytest.mark.parametrize(
    ("status", "owner", "taken"),
    [
        ("accepted", CENTER, True),
        ("in-progress", CENTER, True),
        ("requested", CENTER, False),
        ("completed", CENTER, False),
        ("accepted", FOURTH, False),
    ],
)
def test_what_a_task_carries_is_handed_on_once_that_is_accepted(
    asked: Lying, status: str, owner: str, *, taken: bool
) -> None:
    first = letter("first", performer=OTHER, requester=THIRD)
    asked.put(first, keeper=THIRD, judged=judged(THIRD, OTHER))
    assert of(asked, basedOn=[ref("ServiceRequest/first")]) == NOTHING
    carries = judged(OTHER, owner, fixed=("ServiceRequest/first", "Patient/1"))
    asked.put(task("u", status=status, owner=owner), keeper=OTHER, judged=carries)
    carried = frozenset({"ServiceRequest/first"}) if taken else frozenset()
    assert of(asked, basedOn=[ref("ServiceRequest/first")]) == Carrying(carried)
    asked.put(task("u", status="completed", owner=owner), keeper=OTHER, judged=carries)
    assert of(asked, basedOn=[ref("ServiceRequest/first")]) == NOTHING, "what it carried closes"


def test_of_a_request_about_a_protected_person_nobody_above_its_parties_is_told(asked: Lying) -> None:
    secret = own("secrecy-label", "address-secret") | {
        "extension": [
            extension("protection-id", valueId="lock"),
            extension("opens-to", valueReference=ref("HealthcareService/desk")),
        ]
    }
    asked.put(patient("1", meta={"security": [secret]}), keeper=THIRD)
    found = part_of(asked, "Task/t")
    assert found.above == {OTHER, CENTER, THIRD}
    assert found.known == {OTHER, CENTER}
    asked.put(task("u"), keeper=OTHER, judged=COUNTS)
    assert part_of(asked, "Task/u").known == {OTHER, CENTER}
    other = task("v", requester=FOURTH) | {"for": ref("Patient/2")}
    asked.put(patient("2"), other, keeper=FOURTH, judged=judged(FOURTH, CENTER, above=("Organization/fifth",)))
    assert part_of(asked, "Task/t", "Task/v").known == {OTHER, CENTER, FOURTH, "Organization/fifth"}, "of each its own"


ROLE = judged(CENTER, fixed=("Group/g", "Patient/1", "CareTeam/roles"))
TOLD: Json = {"code": concept("task-code", "carry-out"), "focus": ref("CareTeam/roles")}


def test_a_role_is_put_to_the_agency_that_has_it(asked: Lying) -> None:
    asked.put(task("role", requester=OTHER, **TOLD), keeper=OTHER, judged=ROLE)
    assert part_of(asked, "Task/role").role == Role("CareTeam/roles", CENTER, frozenset({"Group/g", "Patient/1"}))
    assert of(asked, focus=ref("Task/role")).role is None, "it is named by what is part of that"
    assert part_of(asked, "Task/t").role is None
    assert part_of(asked, "Task/t", "Task/role").role is not None
    theirs = judged(THIRD, fixed=("Group/g", "Patient/1", "CareTeam/roles"))
    asked.put(task("role", owner=CENTER, **TOLD), keeper=OTHER, judged=theirs)
    assert part_of(asked, "Task/role").role is None, "another agency's role"
    asked.put(task("role", owner=THIRD, **TOLD), keeper=OTHER, judged=ROLE)
    assert part_of(asked, "Task/role").role is None, "it was not told to one's own"


def test_what_an_agency_that_has_ended_was_asked_goes_on_with_its_successor(asked: Lying) -> None:
    former = "Organization/former"
    asked.put(task("x", owner=former), keeper=OTHER, judged=judged(OTHER, former))
    asked.put(task("y", owner=OTHER, requester=former), keeper=former, judged=judged(OTHER, former))
    asked.put(task("z", owner="PractitionerRole/desk"), keeper=OTHER, judged=judged(OTHER, former))
    asked.put({"resourceType": "PractitionerRole", "id": "desk", "organization": ref(former)})
    names = ("Task/x", "Task/y", "Task/z")
    assert part_of(asked, *names).handed == frozenset()
    after = officer(successions=Successions((Succession(former, CENTER, "Task/s/_history/1"),)))
    found = part_of(asked, *names, facts=after)
    assert found.handed == set(names)
    assert found.received == {"Task/x", "Task/z"}
