"""What is put before the lead section of a call for the coordinator, and the case that is brought, each whole (R13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from consent import verdict
from consent.rule import Decision, Rule, Text
from consent.verdict import Verdict
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import Record, concept, extension, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import body, posted
from tests.unit.consent.acts.test_deciding_coordination import CALL, WHY, decide, escalation, put, request
from tests.unit.consent.acts.test_transferring import again, refused
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, coordination, household, patient

Json = dict[str, Any]

P, Q, CO, LEAD, EM = (actor(name) for name in ("p", "q", "co", "lead", "em"))
CENTER, OTHER, LEADING, COUNCIL = (f"Organization/{one}" for one in ("center", "other", "lead", "council"))
NOW = "2026-11-23T04:00:00.000Z"
PUT = Rule("R12", "permit", EVERYTHING, Text("an escalation is put before the lead section", "連絡を主管課に諮る"))
DECIDED = Rule(
    "P6",
    "permit",
    EVERYTHING,
    Text("the lead section decided whether it becomes coordination", "主管課が、推進員の調整とするかを決めた"),
)
BESIDE: Json = {"url": "http://example.org/beside", "valueReference": ref("Group/g")}
V = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}


@pytest.fixture
def kept(town_with: Callable[..., Town]) -> Town:
    """The center keeps a household and its case, and asked the other agency about a person of it."""
    return town_with(_kept)


def _kept(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), request())


@pytest.fixture
def called(town_with: Callable[..., Town]) -> Town:
    """The other agency called the coordinator about it."""
    return town_with(_called)


def _called(town: Town) -> None:
    _kept(town)
    town.write(Q, escalation())


def asking(requester: str = "PractitionerRole/co", whom: str = "Patient/1") -> Json:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": concept("task-code", "decide-coordination"), "authoredOn": NOW}
    task |= {"reasonCode": concept("coordination-ground", "no-partner") | {"text": WHY}}
    task |= {"focus": ref(CALL), "partOf": [ref(CALL)], "requester": ref(requester), "owner": ref(LEADING)}
    return task | ({"for": ref(whom)} if whom else {})


def answered(status: str, reason: str) -> Json:
    return {"status": status, "lastModified": NOW, "statusReason": {"text": reason}}


def brought(call: str = CALL, group: str = "Group/g", focus: str = "CarePlan/k", *, sheet: bool = False) -> Json:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": concept("task-code", "coordinate"), "authoredOn": NOW}
    task |= {"reasonCode": concept("coordination-ground", "no-partner") | {"text": "世帯全体の調整が要る"}}
    task |= {"extension": [extension("sheet-used", valueBoolean=sheet)], "partOf": [ref(call)], "focus": ref(focus)}
    return task | {"for": ref(group), "requester": ref(LEADING), "owner": ref("PractitionerRole/co")}


@pytest.mark.parametrize(
    ("who", "requester", "keeper"), [(CO, "PractitionerRole/co", COUNCIL), (Q, OTHER, OTHER)], ids=["called", "caller"]
)
def test_the_whole_task_is_of_who_puts_it_and_the_whole_case_is_brought(
    called: Town, who: Any, requester: str, keeper: str
) -> None:
    asked = put(called, who)
    assert body(asked.task) == body(asked.shown) == asking(requester)
    assert (asked.action, asked.decision, asked.records) == ("create", Decision(True, (PUT,)), ())
    assert envelope.origin(asked.task.terms) == Origin(keeper, who.person)
    done = decide(called, LEAD, asked.task.reference)
    assert body(done.task) == asking(requester) | answered("completed", "世帯全体の調整が要る")
    assert (done.action, done.decision) == ("update", Decision(True, (DECIDED,)))
    (call,) = done.records
    assert body(call) == brought()
    assert envelope.origin(call.terms) == Origin(LEADING, "Practitioner/lead")
    assert verdict.read(call.terms).counts


def test_declined_it_says_why_and_brings_nothing(called: Town) -> None:
    asked = put(called)
    done = decide(called, LEAD, asked.task.reference, accept=False, reason="まだ早い")
    assert body(done.task) == asking() | answered("cancelled", "まだ早い")
    assert (done.records, done.decision) == ((), Decision(True, (DECIDED,)))


def test_who_has_a_part_in_it_or_is_nobody_decides_nothing(called: Town) -> None:
    posted(called, "lead2", "lead-section", "lead", "co")
    asked = put(called, Q).task.reference
    assert refused(called, decide, CO, asked) == "forbidden P6", "who was called"
    assert refused(called, decide, replace(SYSTEM, organization=LEADING), asked) == "not-found"
    posted(called, "lead3", "lead-section", "lead", "q")
    assert refused(called, decide, Q, asked) == "forbidden P6", "who put it before"
    decide(called, LEAD, asked)
    assert refused(called, decide, LEAD, asked) == "business-rule P6"


def lay(town: Town, task: Json, keeper: str = OTHER, author: str = "Practitioner/q", *, void: bool = False) -> str:
    laid(town, Record(task, keeper, author, Verdict(void=True) if void else Verdict(True)))
    return f"Task/{task['id']}"


def test_a_call_that_never_counted_or_has_ended_is_put_before_nobody_and_decided_on_by_nobody(called: Town) -> None:
    assert refused(called, put, Q, lay(called, escalation("void"), void=True)) == "business-rule R12"
    over = lay(called, escalation("over", status="completed"))
    assert refused(called, put, Q, over) == "business-rule R12"
    asked = put(called).task.reference
    gone(called, CALL)
    waiting = [asking() | {"id": id, "focus": ref(call)} for id, call in (("on-over", over), ("on-none", "Task/none"))]
    for name in (asked, *(lay(called, each) for each in waiting)):
        with pytest.raises(Problem, match="nothing left to decide: the call has ended"):
            decide(called, LEAD, name)
        decide(called, LEAD, name, accept=False)


def test_what_else_waits_about_the_call_or_is_asked_of_the_case_is_in_nobodys_way(called: Town) -> None:
    lay(called, request(id="below", partOf=[ref(CALL)], requester=ref(OTHER), owner=ref(COUNCIL)))
    lay(called, request(id="of-the-case", focus=ref("CarePlan/k")), CENTER, "Practitioner/p")
    called.write(Q, escalation("second"))
    put(called, Q, "Task/second")
    (call,) = decide(called, LEAD, put(called, Q).task.reference).records
    assert body(call) == brought()


def test_whom_it_called_is_a_coordinator_still(called: Town) -> None:
    asked = put(called, Q).task.reference
    called.write(INSTALLER, called.read(INSTALLER, "PractitionerRole/co") | {"active": False})
    assert refused(called, decide, LEAD, asked) == "business-rule R13"
    gone(called, "PractitionerRole/co")
    assert refused(called, decide, LEAD, asked) == "business-rule R13"
    nobody = lay(called, escalation("nobody", owner=ref("PractitionerRole/none")))
    assert refused(called, decide, LEAD, put(called, Q, nobody).task.reference) == "business-rule R13"


def test_who_is_called_and_holds_another_post_brings_no_case(called: Town) -> None:
    posted(called, "plain", "officer", "council")
    call = escalation("plain", owner=ref("PractitionerRole/plain"))
    laid(called, Record(call, OTHER, "Practitioner/q", Verdict(True)))
    asked = put(called, Q, "Task/plain").task.reference
    assert refused(called, decide, LEAD, asked) in ("business-rule R13", "business-rule P6")


def test_where_nobody_leads_it_is_put_before_nobody(called: Town) -> None:
    called.write(INSTALLER, called.read(INSTALLER, "PractitionerRole/lead") | {"active": False})
    assert refused(called, put) == "business-rule P6"


def test_what_others_put_before_it_and_one_may_not_read_is_in_nobodys_way(called: Town) -> None:
    laid(called, Record(asking(COUNCIL) | {"id": "unseen"}, COUNCIL, "Practitioner/em", Verdict(True)))
    assert not called.reads(Q, "Task/unseen")
    put(called, Q)
    assert refused(called, put, Q) == "business-rule P6"


def test_another_call_for_another_case_or_that_is_over_is_in_nobodys_way(called: Town) -> None:
    called.write(P, household("2") | {"id": "h"}, case("kh") | {"subject": ref("Group/h")})
    called.write(P, coordination("requested") | {"id": "th", "focus": ref("CarePlan/kh"), "for": ref("Group/h")})
    called.write(P, coordination("requested"))
    called.write(P, called.read(P, "Task/t") | {"status": "cancelled"})
    (call,) = decide(called, LEAD, put(called).task.reference).records
    assert body(call) == brought()


OVER: dict[str, Callable[[Town], object]] = {
    "it is over": lambda town: laid_case(town, status="completed"),
    "it is a draft": lambda town: laid_case(town, status="draft"),
    "it is of another household": lambda town: laid_case(town, subject=ref("Group/h"), extension=[BESIDE]),
    "it is very restricted": lambda town: laid_case(town, meta={"security": [V]}),
    "another agency keeps it": lambda town: laid(town, Record(case("x"), COUNCIL, "Practitioner/em")),
    "it is no case": lambda town: laid(town, Record(case("x", "total-care-plan"), CENTER, "Practitioner/p")),
}


def laid_case(town: Town, **elements: Any) -> None:
    laid(town, Record(case("x") | elements, CENTER, "Practitioner/p"))


@pytest.mark.parametrize("other", OVER.values(), ids=OVER)
def test_the_one_open_case_of_the_household_is_brought_whatever_lies_beside_it(
    called: Town, other: Callable[[Town], object]
) -> None:
    other(called)
    (call,) = decide(called, LEAD, put(called).task.reference).records
    assert body(call) == brought()


def test_one_more_open_case_of_that_agency_is_one_too_many(called: Town) -> None:
    laid_case(called)
    assert refused(called, decide, LEAD, put(called).task.reference) == "business-rule R13"


def test_of_the_agencies_of_the_chain_the_first_that_keeps_a_case_brings_it(town: Town) -> None:
    """It was asked by the council, which keeps none; of whom it asked, both keep one."""
    asked = request(requester=ref(COUNCIL), owner=ref(CENTER))
    town.write(EM, patient("1"), household("1"), asked)
    town.write(P, again(asked) | {"status": "accepted"})
    further = request(id="on", partOf=[ref("Task/r")], requester=ref(CENTER), owner=ref(OTHER))
    town.write(P, further)
    town.write(Q, again(further) | {"status": "accepted"})
    laid(town, Record(case("of-center"), CENTER, "Practitioner/p"), Record(case("of-other"), OTHER, "Practitioner/q"))
    town.write(Q, escalation(part_of="Task/on"))
    (call,) = decide(town, LEAD, put(town, Q).task.reference).records
    assert body(call) == brought(focus="CarePlan/of-center")
    gone(town, "CarePlan/of-center", call.reference)
    laid(town, Record(case("of-council"), COUNCIL, "Practitioner/em"))
    (call,) = decide(town, LEAD, put(town, Q).task.reference).records
    assert body(call) == brought(focus="CarePlan/of-council")


@pytest.mark.parametrize("group", ["over", "left", "mistaken", "gone"])
def test_a_household_that_is_over_or_left_or_a_mistake_has_no_case_to_bring(kept: Town, group: str) -> None:
    marked: Json = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}
    listed = household("1", "2") | {"id": group}
    inactive = [each | {"inactive": True} for each in listed["member"]]
    changes: dict[str, Json] = {
        "over": {"active": False, "member": inactive},
        "left": {"member": [inactive[0], listed["member"][1]]},
        "mistaken": marked,
        "gone": {},
    }
    laid(kept, Record(listed | changes[group], CENTER, "Practitioner/p"))
    laid(kept, Record(case("x") | {"subject": ref(f"Group/{group}")}, CENTER, "Practitioner/p"))
    if group == "gone":
        gone(kept, "Group/gone")
    kept.write(Q, escalation())
    (call,) = decide(kept, LEAD, put(kept, Q).task.reference).records
    assert body(call) == brought()


def test_a_request_about_the_household_brings_the_case_of_that_household(kept: Town) -> None:
    kept.write(P, household("2") | {"id": "h"}, case("kh") | {"subject": ref("Group/h")})
    kept.write(P, request(id="whole") | {"for": ref("Group/h")})
    kept.write(Q, {name: told for name, told in escalation(part_of="Task/whole").items() if name != "for"})
    asked = put(kept, Q).task
    assert body(asked) == asking(OTHER, "Group/h")
    (call,) = decide(kept, LEAD, asked.reference).records
    assert body(call) == brought(group="Group/h", focus="CarePlan/kh")


def asked_by(town: Town, id: str, subject: Json | None, **elements: Any) -> None:
    order: Json = {"resourceType": "ServiceRequest", "id": id, "status": "active", "intent": "order"}
    order |= {"requester": ref(CENTER), "performer": [ref(OTHER)]}
    town.write(P, order | ({"subject": subject} if subject else {}) | elements)


@pytest.mark.parametrize("element", ["focus", "basedOn"])
def test_whom_the_order_names_is_who_was_asked_about_and_the_sheet_that_it_tells_of_was_used(
    kept: Town, element: str
) -> None:
    asked_by(kept, "order", ref("Patient/2"), extension=[extension("sheet-used", valueBoolean=True)])
    named = ref("ServiceRequest/order") if element == "focus" else [ref("ServiceRequest/order")]
    task = {name: told for name, told in request(id="by").items() if name != "for"} | {element: named}
    kept.write(P, task)
    call = {name: told for name, told in escalation(part_of="Task/by").items() if name != "for"}
    kept.write(Q, call)
    asked = put(kept, Q).task
    assert body(asked) == asking(OTHER, "Patient/2")
    (made,) = decide(kept, LEAD, asked.reference).records
    assert body(made) == brought(sheet=True)


def test_whom_a_very_restricted_order_names_is_not_told(kept: Town) -> None:
    asked_by(kept, "order", ref("Patient/2"), meta={"security": [V]})
    task = {name: told for name, told in request(id="by").items() if name != "for"}
    kept.write(P, task | {"focus": ref("ServiceRequest/order")})
    kept.write(Q, {name: told for name, told in escalation(part_of="Task/by").items() if name != "for"})
    assert body(put(kept, Q).task) == asking(OTHER, "")


@pytest.mark.parametrize(("said", "used"), [(True, True), (False, False)])
def test_that_the_sheet_was_used_is_said_by_a_task_of_the_chain(kept: Town, *, said: bool, used: bool) -> None:
    kept.write(P, kept.read(P, "Task/r") | {"extension": [extension("sheet-used", valueBoolean=said)]})
    kept.write(Q, escalation())
    (call,) = decide(kept, LEAD, put(kept, Q).task.reference).records
    assert body(call) == brought(sheet=used)


def _merged(town: Town) -> None:
    """The council has another name of the person of the request, and has a case under that."""
    asked: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "requester": ref(COUNCIL)}
    town.write(P, patient("1"), request())
    town.write(EM, patient("9"), asked | {"id": "seen", "for": ref("Patient/9"), "owner": ref(CENTER)})
    merges.answer(town, EM, merges.ask(town, P, "1", "9"))
    laid(town, Record(household("9") | {"id": "n"}, CENTER, "Practitioner/p"))
    laid(town, Record(case("kn") | {"subject": ref("Group/n")}, CENTER, "Practitioner/p"))
    town.write(Q, escalation())


def test_the_case_of_the_person_under_another_name_is_brought_unless_a_place_is_protected(
    town_with: Callable[..., Town],
) -> None:
    town = town_with(_merged)
    asked = put(town, Q).task.reference
    town.protect(P, "Patient/1", "Organization/center")
    assert refused(town, decide, LEAD, asked) == "business-rule R13"
    town.lift(P, "Patient/1")
    (call,) = decide(town, LEAD, asked).records
    assert body(call) == brought(group="Group/n", focus="CarePlan/kn")


def without_a_name(task: Json) -> Json:
    return {name: told for name, told in task.items() if name != "for"}


def test_only_an_order_says_whom_it_is_about_and_that_the_sheet_was_used(kept: Town) -> None:
    used = [extension("sheet-used", valueBoolean=True)]
    laid(kept, Record(concern("c", "2", extension=used), CENTER, "Practitioner/p"))
    kept.write(P, without_a_name(request(id="bare", focus=ref("Condition/c"))))
    kept.write(Q, without_a_name(escalation("s-bare", part_of="Task/bare")))
    assert body(put(kept, Q, "Task/s-bare").task) == asking(OTHER, "") | {
        "focus": ref("Task/s-bare"),
        "partOf": [ref("Task/s-bare")],
    }
    kept.write(P, kept.read(P, "Task/r") | {"focus": ref("Condition/c")})
    kept.write(Q, escalation())
    (call,) = decide(kept, LEAD, put(kept, Q).task.reference).records
    assert body(call) == brought()


def test_what_is_not_there_names_nobody_and_has_no_case(kept: Town) -> None:
    named = {"focus": ref("ServiceRequest/none"), "basedOn": [ref("ServiceRequest/gone")]}
    lay(kept, without_a_name(request(id="void")) | named, CENTER, "Practitioner/p")
    assert "for" not in body(put(kept, Q, lay(kept, without_a_name(escalation("x", part_of="Task/void")))).task)
    lay(kept, request(id="nowhere") | {"for": ref("Group/none")}, CENTER, "Practitioner/p")
    call = lay(kept, escalation("y", part_of="Task/nowhere") | {"for": ref("Group/none")})
    assert refused(kept, decide, LEAD, put(kept, Q, call).task.reference) == "business-rule R13"


def test_who_left_a_household_and_came_back_is_in_it(town: Town) -> None:
    town.write(P, patient("1"), request())
    back = household("1", "1") | {"id": "h"}
    back["member"][0]["inactive"] = True
    laid(town, Record(back, CENTER, "Practitioner/p"))
    laid(town, Record(case("kh") | {"subject": ref("Group/h")}, CENTER, "Practitioner/p"))
    town.write(Q, escalation())
    (call,) = decide(town, LEAD, put(town, Q).task.reference).records
    assert body(call) == brought(group="Group/h", focus="CarePlan/kh")


def test_the_case_of_a_protected_person_is_brought_as_it_is_of_the_name_that_was_asked_about(called: Town) -> None:
    called.protect(P, "Patient/1", "Practitioner/p", apart=("Patient/2",))
    (call,) = decide(called, LEAD, put(called).task.reference).records
    assert body(call) == brought()


def test_of_a_household_that_was_divided_no_case_is_brought(kept: Town) -> None:
    over: Json = household("2") | {"id": "over", "active": False}
    over["member"][0]["inactive"] = True
    laid(kept, Record(over, CENTER, "Practitioner/p"))
    laid(kept, Record(case("x") | {"subject": ref("Group/over")}, CENTER, "Practitioner/p"))
    lay(kept, request(id="of-it") | {"for": ref("Group/over")}, CENTER, "Practitioner/p")
    call = lay(kept, escalation("z", part_of="Task/of-it") | {"for": ref("Group/over")})
    assert refused(kept, decide, LEAD, put(kept, Q, call).task.reference) == "business-rule R13"


def test_a_chain_that_goes_in_a_circle_is_followed_once_round(kept: Town) -> None:
    lay(kept, request(id="a", partOf=[ref("Task/b")]), CENTER, "Practitioner/p")
    lay(kept, request(id="b", partOf=[ref("Task/a")]) | {"for": ref("Patient/2")}, CENTER, "Practitioner/p")
    call = lay(kept, escalation("round", part_of="Task/a"))
    assert body(put(kept, Q, call).task)["for"] == ref("Patient/2"), "who asked first"


def test_a_chain_is_followed_a_hundred_tasks_far(kept: Town) -> None:
    above = [without_a_name(request(id=f"t{at}", partOf=[ref(f"Task/t{at + 1}")])) for at in range(1, 101)]
    named = {99: {"for": ref("Patient/1")}, 100: {"for": ref("Patient/2")}}
    for at, task in enumerate(above, 1):
        lay(kept, task | named.get(at, {}), CENTER, "Practitioner/p")
    call = lay(kept, without_a_name(escalation("long", part_of="Task/t1")))
    assert body(put(kept, Q, call).task)["for"] == ref("Patient/1")
