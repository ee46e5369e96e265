"""What the meetings on a case have come to: one closed undecided, one is under way, one leaves roles or plan undone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from consent import come_to
from consent.verdict import Verdict
from resources.search.predicate import term
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.filed import OTHER, Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import case, conference

ROLES: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}
ROLES |= {"category": [concept("record-category", "case-team")]}
PLAN: Json = case("plan", "total-care-plan")
COUNTS = Verdict(True)
AS_DECIDED = Verdict(True, noted=frozenset({term(".decided", "yes")}))


def of_h(record: Json) -> Json:
    return record | {"subject": ref("Group/h")}


def meeting(
    id: str = "m", status: str = "finished", kind: str = "case-conference", outcome: str = "", *agenda: str
) -> Json:
    """On these cases, or on the one; in it the household is talked about, and no more where nothing is decided."""
    said: Json = {"url": "outcome", "valueCoding": own("conference-outcome", outcome)}
    decided = [extension("conference-decision", extension=[said])] if outcome else []
    cases = [extension("agenda", valueReference=ref(each)) for each in agenda or ("CarePlan/k",)]
    made = conference(status) | {"id": id, "type": [concept("conference-kind", kind)]}
    return made | {"extension": [*made["extension"][:1], *cases, *decided]}


def undecided(lying: Lying, asked: Json) -> bool:
    return lying.ask(lambda view: come_to.undecided(asked, view))


ADVISERS = meeting("a", "planned", "adviser-conference")


def test_advisers_meet_on_a_case_whose_conference_closed_undecided(lying: Lying) -> None:
    lying.put(case(), case("k2"))
    assert not undecided(lying, ADVISERS), "no conference was held yet"
    lying.put(meeting(outcome="undecided"))
    assert undecided(lying, ADVISERS)
    assert undecided(lying, meeting("a", "planned", "adviser-conference", "", "CarePlan/k2", "CarePlan/k"))
    assert not undecided(lying, meeting("a", "planned", "adviser-conference", "", "CarePlan/k2")), "another case"
    assert not undecided(lying, of_h(ADVISERS)), "another household"
    assert not undecided(lying, meeting("a", "planned")), "it is asked of advisers alone"
    assert not undecided(lying, {name: said for name, said in ADVISERS.items() if name != "subject"})


@pytest.mark.parametrize(
    "held",
    [
        meeting(outcome="decided"),
        meeting(),
        meeting(status="in-progress", outcome="undecided"),
        meeting(kind="adviser-conference", outcome="undecided"),
        meeting("m", "finished", "case-conference", "undecided", "CarePlan/k2"),
        of_h(meeting(outcome="undecided")),
    ],
    ids=["decided", "says nothing", "goes on", "of advisers", "another case", "another household"],
)
def test_no_other_meeting_calls_for_advisers(lying: Lying, held: Json) -> None:
    lying.put(held)
    assert not undecided(lying, ADVISERS)


def under_way(lying: Lying, team: Json) -> Mapping[str, frozenset[str]]:
    return lying.ask(lambda view: come_to.under_way(team, view))


def test_the_cases_of_a_household_that_conferences_have_before_them_by_how_far_these_are(lying: Lying) -> None:
    lying.put(case(), case("k2"), case("k3"), of_h(case("kh")), PLAN)
    assert under_way(lying, ROLES) == {}
    lying.put(
        meeting("m1", "in-progress"),
        meeting("m2", "in-progress", "case-conference", "", "CarePlan/k2", "CarePlan/kh", "CarePlan/plan"),
        meeting("m3", "planned", "case-conference", "", "CarePlan/k3"),
        meeting("m4", "planned", "case-conference", "", "CarePlan/plan"),
        meeting("m5", "finished", "case-conference", "", "CarePlan/k3"),
    )
    cases = {"in-progress": {"CarePlan/k", "CarePlan/k2"}, "planned": {"CarePlan/k3"}}
    assert under_way(lying, ROLES) == cases
    assert under_way(lying, of_h(ROLES)) == {"in-progress": {"CarePlan/kh"}}
    assert under_way(lying, {"resourceType": "CareTeam", "id": "x"}) == {}


def test_what_is_no_conference_has_no_case_before_it(lying: Lying) -> None:
    visit = meeting("v", "in-progress") | {"class": {"code": "HH"}}
    lying.put(case(), visit)
    assert under_way(lying, ROLES) == {}


DECIDED = meeting(outcome="decided")


def undone(lying: Lying, closing: Json = DECIDED) -> frozenset[str]:
    return lying.ask(lambda view: come_to.undone(closing, view))


@pytest.mark.parametrize(
    ("team", "plan", "left"),
    [
        (None, None, {"roles", "plan"}),
        (COUNTS, None, {"plan"}),
        (None, AS_DECIDED, {"roles"}),
        (Verdict(), AS_DECIDED, {"roles"}),
        (COUNTS, AS_DECIDED, set()),
        (COUNTS, COUNTS, {"plan-of-roles"}),
        (Verdict(), COUNTS, {"roles"}),
    ],
)
def test_what_a_meeting_leaves_undone_is_the_roles_the_plan_or_that_it_is_the_plan_of_the_roles(
    lying: Lying, team: Verdict | None, plan: Verdict | None, left: set[str]
) -> None:
    lying.put(case())
    if team:
        lying.put(ROLES, judged=team)
    if plan:
        lying.put(PLAN, judged=plan)
    assert undone(lying) == left


def test_only_a_meeting_that_closes_as_decided_leaves_something_undone(lying: Lying) -> None:
    lying.put(case())
    assert undone(lying) == {"roles", "plan"}
    for other in (
        meeting(outcome="undecided"),
        meeting(),
        meeting(status="in-progress", outcome="decided"),
        {name: said for name, said in DECIDED.items() if name != "subject"},
    ):
        assert undone(lying, other) == frozenset()


def test_of_several_plans_all_are_those_of_the_roles_and_of_several_teams_one_counts(lying: Lying) -> None:
    lying.put(case())
    lying.put(ROLES)
    lying.put(ROLES | {"id": "other"}, judged=COUNTS)
    lying.put(PLAN, judged=AS_DECIDED)
    assert undone(lying) == frozenset()
    lying.put(PLAN | {"id": "second"}, judged=COUNTS)
    assert undone(lying) == {"plan-of-roles"}


def test_what_others_keep_what_is_of_another_household_and_what_is_over_makes_nothing_good(lying: Lying) -> None:
    """A plan is that of who keeps a case on the agenda; roles count whoever keeps them."""
    lying.put(case())
    lying.put(ROLES, keeper=OTHER, judged=COUNTS)
    lying.put(PLAN, keeper=OTHER, judged=AS_DECIDED)
    assert undone(lying) == {"plan"}
    assert undone(lying, meeting("m", "finished", "case-conference", "decided", "CarePlan/none")) == {"plan"}
    lying.put(PLAN | {"id": "mine"}, keeper=CENTER, judged=AS_DECIDED)
    assert undone(lying) == frozenset()
    lying.put(PLAN | {"id": "mine", "status": "completed"}, judged=AS_DECIDED)
    assert undone(lying) == {"plan"}
    lying.put(of_h(PLAN) | {"id": "elsewhere", "basedOn": [ref("CarePlan/k")]}, judged=AS_DECIDED)
    assert undone(lying) == {"plan"}, "it is of this household too, and another's plan"
