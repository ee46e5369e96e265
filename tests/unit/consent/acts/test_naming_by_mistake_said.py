"""What is put before the lead section where a record named somebody by mistake, whole, and whose it is to say (R37)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from consent import verdict
from consent.actor import Scope
from consent.rule import Decision, Rule, Text
from consent.verdict import Verdict
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import Record, concept, extension, ref
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import body, posted
from tests.unit.consent.acts.test_naming_by_mistake import WHY, confirm, said
from tests.unit.consent.acts.test_transferring import again, answer, numbers, offer, refused
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, concern, household, patient

Json = dict[str, Any]

P, Q, LEAD, LEAD2 = (actor(name) for name in ("p", "q", "lead", "lead2"))
CENTER, OTHER, LEADING = "Organization/center", "Organization/other", "Organization/lead"
NOW = "2026-11-23T04:00:00.000Z"
ASKED = Rule("mistake", "permit", EVERYTHING, Text("a naming is said to be a mistake", "人を誤って挙げたと届け出る"))
CONFIRMED = Rule(
    "mistake",
    "permit",
    EVERYTHING,
    Text("the lead section decided whether a naming was a mistake", "人を誤って挙げたかを主管課が確かめた"),
)


@pytest.fixture
def left(town_with: Callable[..., Town]) -> Town:
    """A household in which 2 was by mistake, and a concern first written of another household, of 3 and 4."""
    return town_with(_left)


def _left(town: Town) -> None:
    posted(town, "lead2", "lead-section", "lead")
    town.write(P, *(patient(one) for one in "1234"), household("1", "2"), household("3", "4") | {"id": "other"})
    town.write(P, concern("x", "1") | {"subject": ref("Group/other")}, concern("y", "2"))
    town.write(P, again(household("1")), again(concern("x", "1")))
    town.write(P, again(concern("y", "1", recorder=ref("Practitioner/p"))))


def asking(record: str, *named: tuple[str, str], reason: str = WHY, **more: Any) -> Json:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": concept("task-code", "confirm-mistake"), "focus": ref(record), "authoredOn": NOW}
    task |= {"requester": ref(CENTER), "owner": ref(LEADING), "reasonCode": {"text": reason}}
    listed = [{"type": {"text": text}, "valueReference": ref(name)} for text, name in named]
    return task | {"input": listed} | more


def test_the_whole_task_says_who_was_named_and_whom_the_record_names_rightly(left: Town) -> None:
    done = said(left, P, "Condition/y", "Patient/2")
    whole = asking("Condition/y", ("誤って挙げた人", "Patient/2")) | {"for": ref("Patient/1")}
    assert body(done.task) == body(done.shown) == whole
    assert (done.action, done.decision, done.records) == ("create", Decision(True, (ASKED,)), ())
    assert envelope.origin(done.task.terms) == Origin(CENTER, "Practitioner/p")
    decided = confirm(left, LEAD, done.task.reference, reason="住民票で確かめた")
    assert body(decided.task) == whole | {
        "status": "completed",
        "lastModified": NOW,
        "statusReason": {"text": "住民票で確かめた"},
    }
    assert (decided.action, decided.decision) == ("update", Decision(True, (CONFIRMED,)))
    assert [each.reference for each in decided.records] == ["Condition/y"]
    assert numbers(left, P, "Condition/y") == [1, 2]


def test_declined_it_says_why_and_nothing_changes(left: Town) -> None:
    task = said(left, P, "Condition/y", "Patient/2").task
    done = confirm(left, LEAD, task.reference, accept=False, reason="同じ人")
    assert body(done.task) == body(task) | {
        "status": "cancelled",
        "lastModified": NOW,
        "statusReason": {"text": "同じ人"},
    }
    assert (done.records, done.decision) == ((), Decision(True, (CONFIRMED,)))


def test_of_a_household_that_was_named_those_are_listed_who_are_in_it_as_its_keeper_sees(left: Town) -> None:
    done = said(left, P, "Condition/x", "Group/other")
    listed = [("誤って挙げた世帯", "Group/other"), *(("その世帯の人", f"Patient/{one}") for one in "34")]
    assert body(done.task) == asking("Condition/x", *listed) | {"for": ref("Patient/1")}


def test_of_a_household_that_is_gone_or_that_one_does_not_see_nobody_is_listed(left: Town) -> None:
    laid(left, Record(household("3") | {"id": "unseen"}, OTHER, "Practitioner/q"))
    named = {"u": "Group/unseen", "v": "Group/g", "w": "Group/none"}
    versions = (concern(id, "1") | {"subject": ref(group)} for id, group in named.items())
    laid(left, *(Record(each, CENTER, "Practitioner/p") for each in versions))
    left.write(P, *(again(concern(id, "1")) for id in named))
    gone(left, "Group/g")
    for id, group in named.items():
        whole = asking(f"Condition/{id}", ("誤って挙げた世帯", group)) | {"for": ref("Patient/1")}
        assert body(said(left, P, f"Condition/{id}", group).task) == whole


def test_a_household_that_names_several_rightly_is_put_as_that_household(left: Town) -> None:
    left.write(P, again(household("1", "3"), 2))
    assert body(said(left).task) == asking("Group/g", ("誤って挙げた人", "Patient/2")) | {"for": ref("Group/g")}


@pytest.mark.parametrize(
    ("record", "person"),
    [
        ("Condition/x", "Patient/2"),
        ("Condition/x", "Patient/1"),
        ("Condition/x", "Practitioner/p"),
        ("Condition/x", ""),
        ("Group/g", "Group/other"),
        ("Patient/1", "Patient/2"),
        ("Practitioner/p", "Patient/2"),
    ],
)
def test_what_names_nobody_by_mistake_or_is_marked_as_a_whole_is_not_put(left: Town, record: str, person: str) -> None:
    assert refused(left, said, P, record, person) in ("business-rule mistake", "forbidden mistake")
    assert refused(left, said, P, "Condition/y", "Patient/2", reason="") == "business-rule mistake"
    assert left.stored("Task") == []


def test_of_a_person_or_a_request_that_is_marked_as_a_whole(left: Town) -> None:
    asked: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order"}
    left.write(P, asked | {"for": ref("Patient/1"), "requester": ref(CENTER), "owner": ref(OTHER)})
    for record in ("Patient/1", "Task/t"):
        with pytest.raises(Problem, match="is marked as a whole"):
            said(left, P, record, "Patient/2")


def test_nobody_says_it_of_what_is_gone_or_that_they_do_not_keep_or_may_not_write(left: Town) -> None:
    assert refused(left, said, P, "Condition/none") == "not-found"
    narrow = replace(P, scopes=(Scope("user", "Condition", frozenset("rs")), Scope("user", "Task", frozenset("cruds"))))
    assert refused(left, said, narrow, "Condition/y").startswith("forbidden")
    answer(left, Q, offer(left, P, "Condition/y").task.reference)
    assert refused(left, said, P, "Condition/y") == "forbidden mistake", "another keeps it from now on"
    gone(left, "Condition/x")
    assert refused(left, said, P, "Condition/x", "Group/other") == "not-found"


def test_it_is_put_once_and_what_others_ask_is_in_nobodys_way(left: Town) -> None:
    unseen = asking("Condition/y", ("誤って挙げた人", "Patient/2")) | {"id": "unseen", "requester": ref(OTHER)}
    laid(left, Record(unseen, OTHER, "Practitioner/q", Verdict(True)))
    said(left, P, "Condition/y")
    assert refused(left, said, P, "Condition/y") == "business-rule mistake"
    said(left, P, "Condition/x", "Group/other")


def test_who_asked_does_not_confirm_it_nor_an_agency_that_does_unless_it_is_the_lead_sections(left: Town) -> None:
    """A system of the lead section's confirms nothing: nobody answers for it."""
    left.write(LEAD, patient("8"), patient("9"), concern("own", "9"))
    left.write(LEAD, again(concern("own", "8")))
    own = said(left, LEAD, "Condition/own", "Patient/9").task.reference
    assert refused(left, confirm, LEAD, own) == "forbidden mistake"
    system = replace(SYSTEM, organization=LEADING, now=P.now)
    assert refused(left, confirm, system, own) == "forbidden mistake"
    confirm(left, LEAD2, own)
    posted(left, "both", "lead-section", "lead")
    post: Json = {"resourceType": "PractitionerRole", "id": "both2", "practitioner": ref("Practitioner/both")}
    left.write(INSTALLER, post | {"organization": ref(CENTER), "code": [concept("role", "officer")]})
    asked = said(left, P, "Condition/y").task.reference
    assert refused(left, confirm, actor("both"), asked) == "forbidden mistake", "of the agency that asked"
    assert refused(left, confirm, LEAD, asked, reason="") == "business-rule mistake"
    confirm(left, LEAD, asked)
    assert refused(left, confirm, LEAD, asked) == "business-rule mistake"


def test_what_is_gone_or_kept_by_another_since_is_confirmed_by_nobody(left: Town) -> None:
    for id, keeper, record in (("a", OTHER, "Condition/y"), ("b", CENTER, "Condition/none")):
        forged = asking(record, ("誤って挙げた人", "Patient/2")) | {"id": id, "requester": ref(keeper)}
        laid(left, Record(forged, keeper, "Practitioner/q", Verdict(True)))
        with pytest.raises(Problem, match="there is nothing left to confirm"):
            confirm(left, LEAD, f"Task/{id}")
    task = said(left, P, "Condition/x", "Group/other").task.reference
    gone(left, "Condition/x")
    assert refused(left, confirm, LEAD, task) == "business-rule mistake"
    confirm(left, LEAD, task, accept=False)


def test_the_lead_sections_token_reaches_the_record(left: Town) -> None:
    task = said(left, P, "Condition/y").task.reference
    scopes = (Scope("user", "Task", frozenset("cruds")), Scope("user", "*", frozenset("rs")))
    assert refused(left, confirm, replace(LEAD, scopes=scopes), task).startswith("forbidden")
    with pytest.raises(Problem, match="there is no `Task/none`"):
        confirm(left, LEAD, "Task/none")
    posted(left, "none", "officer", "center")
    plain: Json = {"resourceType": "Task", "id": "plain", "status": "requested", "intent": "order"}
    left.write(P, plain | {"for": ref("Patient/1"), "requester": ref(CENTER), "owner": ref(LEADING)})
    assert refused(left, confirm, LEAD, "Task/plain") == "business-rule mistake"


def test_once_it_is_confirmed_the_versions_are_marked_and_say_so_to_nobody_else(left: Town) -> None:
    confirm(left, LEAD, said(left, P, "Condition/y").task.reference)
    assert refused(left, said, P, "Condition/y") == "business-rule mistake", "all that do are marked already"
    (found,) = [each for each in left.stored("Condition") if each.id == "y"]
    assert not verdict.read(found.terms).counts
    mark = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}
    left.write(P, again(household("1"), 2) | mark)


def test_only_a_person_or_a_household_was_named_by_mistake_and_by_any_version_before_this_one(left: Town) -> None:
    left.write(P, concern("z", "1", recorder=ref("Practitioner/p")))
    left.write(P, again(concern("z", "2", recorder=ref("Practitioner/p"))))
    left.write(P, again(concern("z", "1"), 2))
    left.write(P, household("1") | {"id": "v", "managingEntity": ref("Organization/center")})
    named = household("1") | {
        "id": "v",
        "extension": [{"url": "http://example.org/x", "valueReference": ref("Group/g")}],
    }
    left.write(P, again(named))
    left.write(P, again(household("1") | {"id": "v"}, 2))
    for record, whom in (("Condition/z", "Practitioner/p"), ("Group/v", "Group/g"), ("Group/v", "Organization/center")):
        with pytest.raises(Problem, match="no version of this record names"):
            said(left, P, record, whom)
        forged = asking(record, ("誤って挙げた人", whom)) | {"id": whom.replace("/", "-")}
        laid(left, Record(forged, CENTER, "Practitioner/p", Verdict(True)))
        with pytest.raises(Problem, match="no version of this record names"):
            confirm(left, LEAD, f"Task/{forged['id']}")
        confirm(left, LEAD, f"Task/{forged['id']}", accept=False)
    confirm(left, LEAD, said(left, P, "Condition/z").task.reference)
    assert numbers(left, P, "Condition/z") == [1, 2, 3]


def test_what_names_them_as_it_stands_is_written_without_them_first(left: Town) -> None:
    left.write(P, again(concern("y", "2"), 2))
    with pytest.raises(Problem, match="the record as it stands names"):
        said(left, P, "Condition/y", "Patient/2")
    forged = asking("Condition/y", ("誤って挙げた人", "Patient/2")) | {"id": "forged"}
    laid(left, Record(forged, CENTER, "Practitioner/p", Verdict(True)))
    with pytest.raises(Problem, match="the record as it stands names"):
        confirm(left, LEAD, "Task/forged")
