"""What a duty may ask about besides the record, of each kind of record, and of no other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent import duty_context, under_way, vocabulary
from consent.duty_context import DutyContext
from consent.fund_account import Bearing
from consent.ordinance import FundTerms, Ordinance
from consent.relations.people import Person
from consent.verdict import Verdict
from resources.programme import Programme
from resources.record.version import Version
from tests.laws.worlds import V3, concept, extension, own, ref
from tests.unit.consent.people import CENTER, NOW
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import (
    CASE,
    COUNTS,
    DRAFT,
    HOUSE,
    MEETING,
    MISTAKEN,
    OTHER,
    PLAN,
    TASK,
    THIRD,
    decided,
)

Json = dict[str, Any]

LAW = Ordinance(frozenset({"case-conference"}), {}, FundTerms("2019-10-01", 50_000))
OF_H: Json = {"subject": ref("Group/h")}
CALLED: Json = MEETING | {"subject": ref("Group/g"), "type": [concept("conference-kind", "case-conference")]}
CALLED |= {"participant": [{"individual": ref("PractitionerRole/ours")}]}
DAYS = {"start": "2026-11-01", "end": "2026-11-30"}


def around(
    lying: Lying, record: Json, had: Json | None = None, unseen: Collection[str] = (), now: timedelta = timedelta()
) -> DutyContext:
    async def sees(version: Version) -> bool:
        return version.reference not in unseen

    return lying.ask(lambda view: duty_context.of(record, view, NOW + now, LAW, sees, had))


def household(*members: str, id: str = "g") -> Json:
    return HOUSE | {"id": id, "member": [{"entity": ref(f"Patient/{one}")} for one in members]}


def concern(id: str, person: str, field: str, **changes: Any) -> Json:
    subject = person if "/" in person else f"Patient/{person}"
    said: Json = {"resourceType": "Condition", "id": id, "code": concept("concern-field", field)}
    return said | {"subject": ref(subject)} | changes


def standing(**changes: Any) -> Json:
    team: Json = {"resourceType": "CareTeam", "id": "standing", "status": "active"}
    team |= {"category": [concept("record-category", "standing-roster")]}
    return team | {"participant": [{"member": ref("PractitionerRole/q")}]} | changes


def posted(lying: Lying) -> dict[str, Person]:
    """An officer of the center with a second post there, and what is known of them by their first."""
    for id, functions in (("ours", ("officer",)), ("second", ("auditor",))):
        post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref("Practitioner/o")}
        codes = [concept("role", each) for each in functions]
        lying.put(post | {"organization": ref(CENTER), "code": codes})
    references = frozenset({"Practitioner/o", "PractitionerRole/ours", "PractitionerRole/second"})
    known = Person(references, frozenset({"officer", "auditor"}), frozenset({CENTER}))
    return {"PractitionerRole/ours": known}


# --- who is meant ----------------------------------------------------------------------------------------------------


def test_a_reference_means_a_person_under_whichever_post() -> None:
    everyone = {
        "PractitionerRole/a": Person(
            frozenset({"PractitionerRole/a", "Practitioner/a"}), frozenset({"officer"}), frozenset({"A"})
        ),
        "PractitionerRole/c": Person(frozenset({"PractitionerRole/c"}), frozenset({"coordinator"}), frozenset()),
    }
    context = DutyContext(people=everyone)
    assert [context.is_coordinator(f"PractitionerRole/{one}") for one in "acx"] == [False, True, False]
    assert context.functions("PractitionerRole/a") == {"officer"}
    assert context.references("PractitionerRole/a") == {"PractitionerRole/a", "Practitioner/a"}
    assert context.agencies("PractitionerRole/a") == {"A"}
    assert context.functions("PractitionerRole/x") == context.agencies("PractitionerRole/x") == frozenset()
    assert context.references("PractitionerRole/x") == {"PractitionerRole/x"}


def test_what_was_not_asked_is_not_known() -> None:
    context = DutyContext()
    untold = (context.before_conference, context.conference_open, context.refusing, context.planned, context.undecided)
    assert untold == (False,) * 5
    assert context.papers == (0, 0)


def test_of_a_record_of_which_nothing_more_is_asked_the_people_and_the_law_are_known(lying: Lying) -> None:
    known = posted(lying)
    note: Json = {"resourceType": "Observation", "id": "o", "performer": [ref("PractitionerRole/ours")]}
    assert around(lying, note) == around(lying, note, note | {"status": "final"}) == DutyContext(people=known, law=LAW)


# --- a conference ----------------------------------------------------------------------------------------------------


def test_of_a_conference_everything_is_asked_that_its_duties_look_at(lying: Lying) -> None:
    known = posted(lying)
    desk: Json = {"resourceType": "HealthcareService", "id": "desk", "providedBy": ref(CENTER)}
    lying.put(desk | {"category": [concept("concern-field", "debts")]}, household("1", "2"))
    lying.put(concern("c", "1", "debts"), concern("m", "2", "medical"), standing())
    other = concern("x", "3", "housing")
    lying.put(other, concern("h", "Group/g", "work"))
    affiliation: Json = {"resourceType": "OrganizationAffiliation", "id": "a", "code": [concept("role", "department")]}
    affiliation |= {"organization": ref(CENTER), "participatingOrganization": ref(OTHER)}
    names = {CENTER: "センター", OTHER: "担当課"}
    lying.put(affiliation)
    lying.put(*({"resourceType": "Organization", "id": one[13:], "name": name} for one, name in names.items()))
    adviser: Json = {"resourceType": "PractitionerRole", "id": "adviser", "code": [concept("role", "adviser")]}
    lying.put(adviser | {"specialty": [concept("adviser-field", "hardship")]})
    seats = [*CALLED["participant"], {"individual": ref("PractitionerRole/adviser")}]
    found = around(lying, CALLED | {"participant": seats})
    expected = DutyContext(
        concerns=frozenset({"debts", "medical", "work"}),
        at_table=frozenset({"debts"}),
        standing=frozenset({"PractitionerRole/q"}),
        advised=frozenset({"hardship"}),
        unbacked=(("センター", "担当課"),),
        people=known | {"PractitionerRole/adviser": found.people["PractitionerRole/adviser"]},
        law=LAW,
    )
    assert found == expected
    assert around(lying, CALLED | {"participant": seats, "status": "in-progress"}) == expected
    for status in ("finished", "cancelled", "arrived"):
        over = around(lying, CALLED | {"participant": seats, "status": status})
        assert over == replace(expected, advised=frozenset(), unbacked=()), "nobody is asked for any more"


def test_what_came_of_the_meetings_on_its_case_is_told(lying: Lying) -> None:
    outcome: Json = {"url": "outcome", "valueCoding": own("conference-outcome", "undecided")}
    said = [*CALLED["extension"], extension("conference-decision", extension=[outcome])]
    adviser = CALLED | {"id": "n", "type": [concept("conference-kind", "adviser-conference")]}
    assert not around(lying, adviser).undecided
    lying.put(CALLED | {"status": "finished", "extension": said})
    assert around(lying, adviser).undecided
    agreed: Json = {"url": "outcome", "valueCoding": own("conference-outcome", "decided")}
    closing = CALLED | {"status": "finished"}
    closing |= {"extension": [*CALLED["extension"], extension("conference-decision", extension=[agreed])]}
    assert around(lying, closing).undone == {"roles", "plan"}


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"clinicalStatus": {"coding": [{"code": "active"}]}}, True),
        ({"clinicalStatus": {"coding": [{"code": "resolved"}]}}, False),
        ({"verificationStatus": {"coding": [{"code": "refuted"}]}}, False),
        ({"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}, False),
        ({"resourceType": "Observation"}, False),
    ],
)
def test_a_concern_of_the_household_is_one_that_troubles_it_now(lying: Lying, changes: Json, counts: bool) -> None:
    system = "http://terminology.hl7.org/CodeSystem/condition"
    for name, end in (("clinicalStatus", "-clinical"), ("verificationStatus", "-ver-status")):
        if name in changes:
            changes = changes | {name: {"coding": [changes[name]["coding"][0] | {"system": system + end}]}}
    lying.put(household("1"), concern("c", "1", "debts", **changes))
    assert around(lying, CALLED).concerns == ({"debts"} if counts else set())


def test_of_a_household_without_members_no_concern_is_asked(lying: Lying) -> None:
    lying.put(concern("c", "Group/g", "debts"))
    assert around(lying, CALLED).concerns == frozenset(), "it lies nowhere"
    lying.put(HOUSE)
    assert around(lying, CALLED).concerns == frozenset()
    lying.put(household("1"))
    assert around(lying, CALLED).concerns == {"debts"}
    assert around(lying, {key: said for key, said in CALLED.items() if key != "subject"}).concerns == frozenset()


def test_the_members_of_the_household_of_a_meeting_are_those_it_lists(lying: Lying) -> None:
    def members(meeting: Mapping[str, Any]) -> frozenset[str]:
        return lying.ask(lambda view: duty_context.members_of(meeting, view))

    assert members(CALLED) == members({}) == frozenset()
    lying.put(household("1", "2") | {"managingEntity": ref(CENTER)})
    assert members(CALLED) == {"Patient/1", "Patient/2"}
    lying.delete("Group/g")
    assert members(CALLED) == frozenset()


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({}, True),
        ({"status": "inactive"}, False),
        ({"category": [concept("record-category", "case-team")]}, False),
        ({"participant": [{"member": ref("PractitionerRole/q"), "period": DAYS}]}, True),
        ({"participant": [{"member": ref("PractitionerRole/q"), "period": {"end": "2026-10-31"}}]}, False),
        ({"participant": [{"member": ref("PractitionerRole/q"), "period": {"start": "いつか"}}]}, False),
        ({"participant": []}, False),
    ],
)
def test_on_the_standing_roster_is_who_is_in_it_now(lying: Lying, changes: Json, counted: bool) -> None:
    lying.put(standing(**changes), {**standing(id="plan"), "resourceType": "CarePlan"})
    assert around(lying, CALLED).standing == ({"PractitionerRole/q"} if counted else set())
    lying.put({key: said for key, said in standing(id="empty").items() if key != "participant"})
    assert around(lying, CALLED).standing == ({"PractitionerRole/q"} if counted else set())
    if changes.get("participant", [{}])[:1] == [{"member": ref("PractitionerRole/q"), "period": DAYS}]:
        assert around(lying, CALLED, now=timedelta(days=10)).standing == set()


PAPER: Json = {"resourceType": "Consent", "id": "r", "status": "active", "patient": ref("Patient/1")}
REFUSAL = PAPER | {"provision": {"type": "deny"}}


@pytest.mark.parametrize(
    ("paper", "judged", "refuses"),
    [
        (REFUSAL, Verdict(True), True),
        (REFUSAL, Verdict(), True),
        (REFUSAL, Verdict(void=True), False),
        (REFUSAL | {"status": "inactive"}, Verdict(True), False),
        (PAPER | {"provision": {"type": "permit"}}, Verdict(True), False),
        (REFUSAL | {"patient": ref("Patient/3")}, Verdict(True), False),
    ],
)
def test_somebody_of_the_household_refused_where_a_paper_of_theirs_withholds(
    lying: Lying, paper: Json, judged: Verdict, refuses: bool
) -> None:
    lying.put(household("1", "2"), {**REFUSAL, "resourceType": "CarePlan", "subject": ref("Patient/2")})
    lying.put(paper, judged=judged)
    assert around(lying, CALLED).refusing == refuses


def test_a_refusal_by_another_name_of_theirs_is_theirs(lying: Lying) -> None:
    lying.put(household("1"), REFUSAL | {"patient": ref("Patient/3")})
    merged: Json = {"resourceType": "Task", "id": "merge", "status": "completed", "code": concept("task-code", "merge")}
    merged |= {"for": ref("Patient/3"), "focus": ref("Patient/1")}
    lying.put(merged, judged=Verdict(True, noted=frozenset({".same Patient/1", ".same Patient/3"})))
    assert around(lying, CALLED).refusing
    lying.put(HOUSE)
    assert not around(lying, CALLED).refusing


# --- roles -----------------------------------------------------------------------------------------------------------

ROLES: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}
ROLES |= {"category": [concept("record-category", "case-team")]}


def test_of_roles_the_conferences_and_who_keeps_the_cases_before_them_are_told(lying: Lying) -> None:
    known = posted(lying)
    named = ROLES | {"participant": [{"member": ref("PractitionerRole/ours")}]}
    lying.put(HOUSE, CASE, CASE | {"id": "over", "status": "completed"}, ROLES | {"id": "others"})
    lying.put(CASE | {"id": "beside"}, keeper=THIRD)
    lying.put(CASE | {"id": "named"} | OF_H | {"supportingInfo": [ref("Group/g")]}, keeper=THIRD)
    beside = frozenset({"CareTeam/others"})
    assert around(lying, named) == DutyContext(people=known, others=beside)
    assert around(lying, named, unseen=beside) == DutyContext(people=known)
    agenda = [MEETING["extension"][0] | {"valueReference": ref(f"CarePlan/{id}")} for id in ("k", "over", "named")]
    lying.put(MEETING | {"extension": agenda})
    before = DutyContext(people=known, others=beside, before_conference=True, keepers=frozenset({CENTER}))
    assert around(lying, named) == before
    lying.put(MEETING | {"extension": agenda, "status": "in-progress"})
    assert around(lying, named) == replace(before, conference_open=True)
    lying.put(CASE, keeper=OTHER)
    assert around(lying, named).keepers == {OTHER}
    lying.put(CASE, keeper="")
    assert around(lying, named).keepers == frozenset()


def test_of_another_team_nobody_s_case_is_told(lying: Lying) -> None:
    lying.put(HOUSE, CASE, {**PLAN, "id": "plan"}, {**CASE, "resourceType": "CareTeam", "id": "team"}, MEETING)
    assert around(lying, ROLES).keepers == {CENTER}
    assert around(lying, ROLES | {"category": [concept("record-category", "standing-roster")]}).keepers == frozenset()
    assert around(lying, {key: said for key, said in ROLES.items() if key != "subject"}).keepers == frozenset()


# --- a case or a plan ------------------------------------------------------------------------------------------------

SERVICE: Json = {"resourceType": "HealthcareService", "id": "s", "providedBy": ref(CENTER)}
RUN = SERVICE | {"eligibility": [{"code": concept("programme-side", "in-hardship")}]}


def by(*services: str) -> Json:
    performers = [ref(f"HealthcareService/{one}") for one in services]
    return {"activity": [{"detail": {"status": "scheduled", "performer": performers}}]}


def test_of_a_case_the_other_cases_are_told_and_how_it_had_ended(lying: Lying) -> None:
    ending = concept("case-outcome", "independent")
    over = CASE | {"status": "completed", "extension": [extension("case-outcome", valueCodeableConcept=ending)]}
    lying.put(over)
    lying.put(CASE | {"id": "x"}, keeper=OTHER)
    lying.put(CASE | MISTAKEN)
    assert around(lying, CASE) == DutyContext(cases={"CarePlan/x": OTHER})
    context = around(lying, CASE, CASE | MISTAKEN)
    assert context == replace(DutyContext(cases={"CarePlan/x": OTHER}), ended=context.ended)


def test_of_a_plan_the_programmes_that_it_and_the_one_before_name_are_told(lying: Lying) -> None:
    lying.put(*(RUN | {"id": id} for id in ("now", "had", "before", "gone")), SERVICE | {"id": "none"})
    lying.delete("HealthcareService/gone")
    lying.put(PLAN | {"id": "ended", "status": "completed"} | by("before"), PLAN | {"id": "beside"})
    plan, had = PLAN | by("now", "none", "gone", "unknown"), PLAN | by("had")
    programmes = {f"HealthcareService/{one}": Programme("in-hardship", "", CENTER) for one in ("now", "had", "before")}
    found = around(lying, plan, had)
    assert found == DutyContext(
        others=frozenset({"CarePlan/beside"}), programmes=programmes, former=(CENTER, found.former[1])
    )
    assert found.former[1]["id"] == "ended"
    assert set(around(lying, plan).programmes) == {"HealthcareService/now", "HealthcareService/before"}
    unseen = around(lying, plan, had, unseen=["CarePlan/ended", "CarePlan/beside"])
    assert set(unseen.programmes) == {"HealthcareService/now", "HealthcareService/had"}
    assert unseen.others == frozenset()
    assert around(lying, plan | {"category": CASE["category"]}, had).programmes == {}, "no plan"


@pytest.mark.parametrize("record", [CASE, PLAN, HOUSE], ids=["case", "plan", "household"])
def test_what_is_under_way_is_told_of_what_is_to_be_a_mistake_or_deleted(lying: Lying, record: Json) -> None:
    lying.put(HOUSE, CASE, PLAN, MEETING)
    lying.put(TASK, judged=COUNTS)
    decided(lying, "theirs")
    mistake = record | MISTAKEN if record is not HOUSE else record | {"modifierExtension": [WRONG]}
    going = {under_way.COORDINATED, under_way.CALLED, under_way.CARRIED}
    assert around(lying, record, record).under_way == going, "it is deleted: it is what it was"
    wrong = around(lying, mistake, dict(record)).under_way
    assert wrong == (going - {under_way.CARRIED} if record is PLAN else going)
    assert around(lying, record, dict(record)).under_way == around(lying, record).under_way == frozenset()
    assert around(lying, record | DRAFT, dict(record)).under_way == frozenset()


WRONG = extension("entered-in-error", valueBoolean=True)
PERSON: Json = {"resourceType": "Patient", "id": "1", "generalPractitioner": [ref("PractitionerRole/ours")]}


def test_of_a_person_too_what_is_under_way_on_their_household(lying: Lying) -> None:
    known = posted(lying)
    lying.put(PERSON, household("1"), CASE)
    lying.put(TASK, judged=COUNTS)
    lost = DutyContext(people=known, law=LAW, under_way=frozenset({under_way.COORDINATED}))
    assert around(lying, PERSON, PERSON) == around(lying, PERSON | {"modifierExtension": [WRONG]}) == lost
    assert around(lying, PERSON, dict(PERSON)) == DutyContext(people=known, law=LAW)


# --- a request -------------------------------------------------------------------------------------------------------


def test_of_a_request_to_the_fund_what_bears_on_it_and_the_terms_of_the_fund(lying: Lying) -> None:
    known = posted(lying)
    asked: Json = {"resourceType": "Task", "id": "f", "status": "requested", "for": ref("Group/g")}
    asked |= {"code": concept("task-code", "fund-request"), "requester": ref("PractitionerRole/ours")}
    lying.put(TASK)
    assert around(lying, asked) == DutyContext(people=known, fund=Bearing(received=True), fund_terms=LAW.fund)


def test_of_a_coordination_what_it_waits_for(lying: Lying) -> None:
    known = posted(lying)
    task = TASK | {"requester": ref("PractitionerRole/ours")}
    assert around(lying, task) == DutyContext(people=known, law=LAW)
    lying.put(PLAN | by("s"))
    waiting = ("CarePlan/p#activity[0]",)
    assert around(lying, task) == DutyContext(people=known, law=LAW, waiting=waiting, planned=True)
    assert around(lying, task, unseen=["CarePlan/p"]) == DutyContext(people=known, law=LAW)


def test_of_a_request_that_is_to_be_of_somebody_else_whether_it_was_taken_on(lying: Lying) -> None:
    known = posted(lying)
    order: Json = {"resourceType": "ServiceRequest", "id": "s", "status": "active", "subject": ref("Patient/1")}
    order |= {"requester": ref("PractitionerRole/ours")}
    taken: Json = {"resourceType": "Task", "id": "u", "status": "accepted", "basedOn": [ref("ServiceRequest/s")]}
    lying.put(order)
    lying.put(taken, judged=Verdict(True))
    other = order | {"subject": ref("Patient/2")}
    accepted = DutyContext(people=known, law=LAW, under_way=frozenset({under_way.ACCEPTED}))
    assert around(lying, other, order) == around(lying, order, order) == accepted
    assert around(lying, other) == around(lying, order, dict(order)) == DutyContext(people=known, law=LAW)


# --- what belongs to others ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("type", "element"), [("Provenance", "target"), ("Binary", "securityContext")])
def test_of_what_belongs_to_records_how_closed_these_are(lying: Lying, type: str, element: str) -> None:
    known = posted(lying)
    very = {"meta": {"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}}
    lying.put(CASE | very, {"resourceType": "HealthcareService", "id": "s"})
    named: Any = [ref("CarePlan/k"), ref("CarePlan/none"), ref("HealthcareService/s")]
    belonging: Json = {"resourceType": type, "id": "b", element: named if type == "Provenance" else named[0]}
    found = around(lying, belonging | {"agent": [{"who": ref("PractitionerRole/ours")}]})
    assert found == DutyContext(people=known, law=LAW, targets=found.targets)
    assert {name: each.labels for name, each in found.targets.items()} == {
        "CarePlan/k": {vocabulary.VERY_RESTRICTED},
    }
