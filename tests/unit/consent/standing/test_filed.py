"""What the store is asked of evidence that is being written: the facts before it, and what is registered with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from consent.facts import Facts
from consent.standing import filed
from consent.standing.carrying import NOTHING, Carrying
from consent.standing.filing import Deciding, Filing
from consent.verdict import NONE, Verdict
from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, officer, post
from tests.unit.consent.standing.filed import OTHER, THIRD, Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.standing.test_care import household
from tests.unit.consent.standing.test_care import post as held
from tests.unit.consent.standing.test_deciding import OPENED, TEAM, meeting
from tests.unit.consent.town import case, conference, patient

ME = officer()
COORDINATOR = officer(post("coordinator", agency=THIRD, name="co"), post("officer", agency=THIRD, name="second"))
COUNTS = Verdict(True)


def of(
    lying: Lying,
    resource: Json,
    facts: Facts = ME,
    registering: Mapping[str, Json] | None = None,
    before: Version | None = None,
    custodian: str = CENTER,
) -> Filing:
    """As a transaction asks it: `look` gives what it registers and what was looked up, and nothing else."""
    seen: dict[str, Json] = dict(registering or {})

    async def look_up(name: str) -> Version | None:
        if body := lying.look(name):
            seen.setdefault(name, body)
        return lying.versions.get(name)

    return lying.ask(
        lambda view: filed.of(view, resource, before, custodian, facts, seen.get, look_up, registering or {})
    )


def task(id: str = "new", **elements: Any) -> Json:
    return {"resourceType": "Task", "id": id, "status": "requested", "for": ref("Patient/1")} | elements


@pytest.fixture
def town(lying: Lying) -> Lying:
    """Two persons of a household that the center keeps, a third one of another, and posts of two agencies."""
    lying.put(patient("1"), patient("2"), household("g", "1", "2"), case())
    lying.put(patient("3"), household("h", "3"), keeper=OTHER)
    practitioners = {name: {"practitioner": ref(f"Practitioner/{name}")} for name in ("p", "q")}
    lying.put(held("role", CENTER, **practitioners["p"]), held("q", OTHER, **practitioners["q"]))
    lying.put(held("q2", THIRD, **practitioners["q"]))
    lying.put({"resourceType": "HealthcareService", "id": "desk", "providedBy": ref(OTHER)})
    return lying


def test_all_that_is_known_of_a_request(town: Lying) -> None:
    kin: Json = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/3")}
    town.put(kin, keeper=OTHER)
    asked = task(requester=ref(CENTER), owner=ref("PractitionerRole/q"), focus=ref("Group/g"))
    asked |= {"note": [{"authorReference": ref("RelatedPerson/r")}, {"authorReference": ref("Practitioner/q")}]}
    asked |= {"basedOn": [ref("ServiceRequest/unknown")], "location": ref("HealthcareService/desk")}
    found = of(town, asked)
    assert found == Filing(
        "create",
        None,
        asked,
        CENTER,
        ME,
        found.look,
        care={"Patient/1": frozenset({CENTER}), "Patient/2": frozenset({CENTER}), "Patient/3": frozenset({OTHER})},
        members={"Group/g": frozenset({"Patient/1", "Patient/2"})},
        kept={
            "Patient/1": CENTER,
            "Group/g": CENTER,
            "PractitionerRole/q": CENTER,
            "HealthcareService/desk": CENTER,
            "RelatedPerson/r": OTHER,
        },
        agencies={
            CENTER: frozenset({CENTER}),
            "PractitionerRole/q": frozenset({OTHER}),
            "HealthcareService/desk": frozenset({OTHER}),
            "Practitioner/q": frozenset({OTHER, THIRD}),
        },
    )
    form: Json = {"resourceType": "Consent", "id": "f", "status": "inactive", "patient": ref("Patient/3")}
    town.put(form)
    other = asked | {"focus": ref("Consent/f"), "note": [{"authorReference": ref("RelatedPerson/unknown")}]}
    assert of(town, other).care.keys() == {"Patient/1"}, "whose that record is, or who nobody knows, is no kin"
    assert found.look("Patient/1") == patient("1")
    assert found.look("RelatedPerson/r") == kin


def test_what_is_registered_with_it_is_in_the_care_and_the_keeping_of_who_writes(town: Lying) -> None:
    new = {"Patient/new": patient("new"), "Group/new": household("new", "new", "3"), "Patient/beside": patient("x")}
    found = of(town, task(focus=ref("Group/new")) | {"for": ref("Patient/new")}, registering=new)
    assert found.care == {"Patient/new": {CENTER}, "Patient/3": {OTHER}}
    assert found.members == {"Group/new": {"Patient/new", "Patient/3"}}
    assert found.kept == {"Patient/new": CENTER, "Group/new": CENTER}
    assert of(town, task() | {"for": ref("Patient/new")}, Facts(ME.actor), new).kept == {"Patient/new": ""}
    both = of(town, task(), registering={"Patient/1": patient("1")}, facts=officer(post(agency=OTHER)))
    assert both.care == {"Patient/1": {CENTER, OTHER}}
    assert both.kept == {"Patient/1": CENTER}, "what was there before is kept by who keeps it"
    odd = household("odd") | {"member": [{"entity": ref("Practitioner/p")}, {"entity": ref("Patient/3")}]}
    assert of(town, task(focus=ref("Group/odd")), registering={"Group/odd": odd}).members == {
        "Group/odd": {"Patient/3"}
    }


def test_an_update_has_what_was_there_and_the_verdict_on_it(town: Lying) -> None:
    had = task("t", owner=ref("PractitionerRole/q"), note=[{"authorReference": ref("HealthcareService/desk")}])
    judged = Verdict(True, noted=frozenset({f".between {CENTER}"}), fixed=frozenset({"Task/x"}))
    town.put(had, judged=judged)
    found = of(town, task("t", owner=ref(THIRD)), before=town.versions["Task/t"])
    assert (found.action, found.before, found.had) == ("update", had, judged)
    assert found.agencies == {
        THIRD: {THIRD},
        "PractitionerRole/q": {OTHER},
        "HealthcareService/desk": {OTHER},
    }, "whom it named before, too"
    assert found.kept == {"Patient/1": CENTER}
    town.delete("Task/t")
    again = of(town, task("t"), before=town.versions["Task/t"])
    assert (again.action, again.before, again.had) == ("create", None, judged)
    assert of(town, task("new")).had == NONE


def test_a_party_that_is_not_known_acts_for_nobody(town: Lying) -> None:
    town.put(held("ended", OTHER, practitioner=ref("Practitioner/gone"), active=False))
    asked = task(owner=ref("PractitionerRole/none"), requester=ref("HealthcareService/none"))
    asked |= {"note": [{"authorReference": ref("Practitioner/none")}, {"authorReference": ref("Practitioner/gone")}]}
    names = ("PractitionerRole/none", "HealthcareService/none", "Practitioner/none", "Practitioner/gone")
    assert of(town, asked).agencies == {name: frozenset() for name in names}
    bare: Json = {"resourceType": "PractitionerRole", "id": "bare"}
    town.put(bare)
    assert of(town, task(owner=ref("PractitionerRole/bare"))).agencies == {"PractitionerRole/bare": frozenset()}
    new = {"PractitionerRole/new": held("new", THIRD)}
    assert of(town, task(owner=ref("PractitionerRole/new")), registering=new).agencies == {
        "PractitionerRole/new": {THIRD}
    }


# --- cases and plans -------------------------------------------------------------------------------------------------


def plan(household: str = "Group/g", **elements: Any) -> Json:
    return case("plan", "total-care-plan") | {"subject": ref(household)} | elements


def test_of_the_households_of_a_plan_who_keeps_the_case(town: Lying) -> None:
    town.put(case("k2"), keeper=THIRD)
    town.put(case("k3") | {"subject": ref("Group/h")}, keeper=OTHER)
    assert of(town, plan()).cases == {"Group/g": {CENTER, THIRD}}
    both = {"Group/g": {CENTER, THIRD}, "Group/h": {OTHER}}
    assert of(town, plan("Group/h", addresses=[ref("Group/g")])).cases == both
    assert of(town, plan("Group/none")).cases == {"Group/none": frozenset()}
    assert of(town, task(focus=ref("Group/g"))).cases == {}, "of a plan alone it is asked"
    town.put(plan())
    moved = of(town, plan("Group/h"), before=town.versions["CarePlan/plan"])
    assert moved.cases == both, "of the household before, too"
    assert moved.members.keys() == {"Group/g", "Group/h"}
    town.put(task("t", focus=ref("Group/g")))
    assert of(town, task("t"), before=town.versions["Task/t"]).members == {}


def test_a_case_that_is_registered_with_it_is_kept_by_who_writes(town: Lying) -> None:
    beside = {"CarePlan/new": case("new") | {"subject": ref("Group/h")}, "Patient/new": patient("new")}
    assert of(town, plan("Group/h"), registering=beside).cases == {"Group/h": {CENTER}}
    assert of(town, plan(), registering=beside).cases == {"Group/g": {CENTER}}
    assert of(town, plan("Group/h"), officer(post(agency=THIRD)), beside).cases == {"Group/h": {THIRD}}
    other = {"CarePlan/new": plan("Group/h")}
    assert of(town, plan("Group/h"), registering=other).cases == {"Group/h": frozenset()}, "no case"
    both = of(town, plan("Group/g", addresses=[ref("Group/h")]), officer(post(agency=THIRD)), beside)
    assert both.cases == {"Group/g": {CENTER}, "Group/h": {THIRD}}


def test_who_keeps_a_case_of_a_household_that_is_its_own(town: Lying) -> None:
    def keepers(household: str) -> frozenset[str]:
        return town.ask(lambda view: filed.keepers(view, household))

    assert keepers("Group/g") == {CENTER}
    assert keepers("Group/h") == frozenset()
    town.put(plan(), keeper=THIRD)
    listed: Json = {"resourceType": "List", "id": "l", "code": concept("record-category", "case")}
    town.put(listed | {"subject": ref("Group/g")}, keeper=THIRD)
    assert keepers("Group/g") == {CENTER}, "who keeps a plan, or a list, keeps no case by that"
    town.put(case("k3") | {"subject": ref("Group/h"), "addresses": [ref("Group/g")]}, keeper=OTHER)
    assert keepers("Group/g") == {CENTER}, "of a case that names it besides it is not the household"
    assert keepers("Group/h") == {OTHER}
    town.put(case() | {"subject": ref("Group/h")})
    assert keepers("Group/g") == frozenset(), "nor of one that once was"
    town.delete("CarePlan/k3")
    assert keepers("Group/h") == {CENTER}


def brought(
    lying: Lying,
    id: str,
    focus: str,
    owner: str = "PractitionerRole/co",
    status: str = "accepted",
    household: str = "Group/h",
    fixed: str = "Group/h",
    **elements: Any,
) -> None:
    call = task(id, code=concept("task-code", "coordinate"), owner=ref(owner), focus=ref(focus)) | {"status": status}
    judged = Verdict(True, fixed=frozenset({fixed} - {""}))
    lying.put(call | {"for": ref(household)} | elements, judged=judged)


def test_who_keeps_the_plan_that_a_coordinator_drafts(town: Lying) -> None:
    def keeper(whose: str = "Group/h", facts: Facts = COORDINATOR, **elements: Any) -> str:
        return town.ask(lambda view: filed.keeping_plan(view, plan(whose, **elements), facts))

    assert keeper("Group/g") == CENTER, "who keeps the case"
    assert keeper() == keeper("") == "", "of a household without one nobody"
    town.put(case("a") | {"subject": ref("Group/h")}, keeper=OTHER)
    assert keeper() == OTHER
    town.put(case("b") | {"subject": ref("Group/h")}, keeper=THIRD)
    assert keeper() == "", "where two keep one each nobody, before one was taken on"
    for id, amiss in (
        ("1", {"owner": "PractitionerRole/another"}),
        ("2", {"status": "completed"}),
        ("3", {"status": "requested"}),
        ("4", {"code": concept("task-code", "inquiry")}),
    ):
        brought(town, f"x{id}", "CarePlan/a", **amiss)
    brought(town, "g", "CarePlan/k", household="Group/g", fixed="Group/g")
    void = task("v", code=concept("task-code", "coordinate"), owner=ref("PractitionerRole/co"), status="accepted")
    town.put(void | {"focus": ref("CarePlan/a"), "for": ref("Group/h")})
    assert keeper() == ""
    brought(town, "z", "CarePlan/b")
    brought(town, "c", "CarePlan/a")
    assert keeper() == THIRD, "of the one brought first"
    assert keeper(basedOn=[ref("CarePlan/a")]) == OTHER, "or that it is based on"
    assert keeper(basedOn=[ref("CarePlan/x")]) == THIRD
    brought(town, "c", "CarePlan/a", status="completed")
    brought(town, "z", "CarePlan/b", status="completed")
    brought(town, "named", "CarePlan/b", fixed="")
    assert keeper() == THIRD, "that names the household"
    brought(town, "named", "CarePlan/b", status="completed")
    brought(town, "marked", "CarePlan/k", household="Group/g")
    assert keeper() == CENTER, "or has marked it"
    brought(town, "z", "CarePlan/b")
    assert keeper(facts=officer(post("coordinator", agency=THIRD, name="second"))) == ""
    assert keeper(facts=officer(post("officer", agency=THIRD, name="co"))) == ""
    town.delete("CarePlan/a")
    town.delete("CarePlan/b")
    assert keeper() == THIRD, "also once the cases are over"


# --- what a coordinator coordinates ----------------------------------------------------------------------------------


def coordinated(lying: Lying, id: str = "c", household: str = "Group/g", owner: str = "PractitionerRole/co") -> None:
    call = task(id, code=concept("task-code", "coordinate"), owner=ref(owner)) | {"for": ref(household)}
    lying.put(call | {"status": "accepted"}, judged=COUNTS)


def test_who_coordinates_a_household_does_so_for_all_who_are_in_it_now(town: Lying) -> None:
    def of_co(resource: Json, facts: Facts = COORDINATOR) -> frozenset[str]:
        return of(town, resource, facts).coordinating

    assert of_co(task()) == frozenset()
    coordinated(town)
    own = {"Group/g", "Patient/1", "Patient/2"}
    assert of_co(task()) == own, "named or one of theirs"
    assert of_co(task(focus=ref("Group/g")) | {"for": ref("Patient/9")}) == own
    assert of_co(plan()) == own
    assert of_co(task() | {"for": ref("Patient/3")}) == frozenset()
    assert of_co(task() | {"for": ref("Practitioner/p")}) == frozenset()
    assert of_co(task(), ME) == frozenset(), "who holds no such post"
    assert of_co(task(), officer(post("coordinator", agency=THIRD, name="another"))) == frozenset()
    coordinated(town, "d", "Group/h", "PractitionerRole/another")
    assert of_co(task(focus=ref("Group/h"))) == own
    coordinated(town, "e", "Group/h", "PractitionerRole/second")
    assert of_co(task(focus=ref("Group/h"))) == own, "another post of theirs is asked in its own name"
    town.put(task("c", code=concept("task-code", "coordinate"), status="completed") | {"for": ref("Group/g")})
    assert of_co(task()) == frozenset()
    town.put(household("empty"))
    coordinated(town, "f", "Group/empty")
    assert of_co(task(focus=ref("Group/empty"))) == {"Group/empty"}, "one in which nobody is"


# --- what else bears on it -------------------------------------------------------------------------------------------


def test_of_a_consent_that_becomes_active_it_is_asked_who_signed_and_on_what(town: Lying) -> None:
    town.put({"resourceType": "DocumentReference", "id": "d", "status": "current", "subject": ref("Patient/1")})
    form: Json = {"resourceType": "Consent", "id": "c", "status": "active", "patient": ref("Patient/1")}
    form |= {"sourceReference": ref("DocumentReference/d"), "dateTime": "2026-11-23"}
    stood = of(town, form).signing
    assert stood is not None
    assert stood.paper is not None
    assert (stood.patient, stood.paper.cited) == (patient("1"), "DocumentReference/d/_history/1")
    assert of(town, form | {"status": "inactive"}).signing is None
    assert of(town, form | {"resourceType": "Task"}).signing is None
    new = {"DocumentReference/new": {"resourceType": "DocumentReference", "id": "new"}}
    written = of(town, form | {"sourceReference": ref("DocumentReference/new")}, registering=new, custodian=THIRD)
    assert written.signing is not None
    assert written.signing.paper is not None
    assert written.signing.paper.custodian == THIRD


@pytest.mark.parametrize(("code", "kind"), [("confirm-birth-date", "birth-paper"), ("confirm-death", "death-paper")])
def test_of_what_is_to_be_confirmed_on_a_paper_it_is_asked_who_keeps_one(town: Lying, code: str, kind: str) -> None:
    paper: Json = {"resourceType": "DocumentReference", "id": "d", "status": "current", "subject": ref("Patient/1")}
    town.put(paper | {"type": concept(kind, "any")}, keeper=THIRD)
    asked = task(code=concept("task-code", code), focus=ref("Patient/1"))
    assert of(town, asked).papers == {THIRD}
    assert of(town, asked | {"focus": ref("Patient/2")}).papers == frozenset()
    other = "confirm-death" if code == "confirm-birth-date" else "confirm-birth-date"
    assert of(town, asked | {"code": concept("task-code", other)}).papers == frozenset()
    assert of(town, task(focus=ref("Patient/1"))).papers == frozenset()


def test_what_it_carries_and_in_which_conference_it_is_decided(town: Lying) -> None:
    received = task("r", owner=ref(CENTER), requester=ref(OTHER))
    town.put(received, keeper=OTHER, judged=COUNTS)
    carried = of(town, task(partOf=[ref("Task/r")])).carrying
    assert carried.carried == carried.received == {"Task/r"}
    assert of(town, task()).carrying == Carrying() == NOTHING
    town.put(meeting(), keeper="Organization/lead", judged=OPENED)
    assert of(town, TEAM).deciding.meeting == "Encounter/m"
    assert of(town, TEAM | {"subject": ref("Group/h")}).deciding == Deciding()
    town.put(conference("finished"), keeper="Organization/lead", judged=OPENED)
    assert of(town, TEAM).deciding == Deciding()
