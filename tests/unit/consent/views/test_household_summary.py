"""What troubles whom in a household is told by field: to the coordinator all of it, to others what they may read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.actor import Actor, Scope
from consent.views import household_summary
from consent.views.household_summary import Summary
from resources.record.problem import Problem
from resources.search.predicate import has
from tests.laws.worlds import V3, concept, extension, own, ref
from tests.unit.consent.test_carrying_out import team
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import (
    INSTALLER,
    WITHOUT_A_PLAN,
    Town,
    actor,
    case,
    concern,
    coordination,
    household,
    patient,
)
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO = actor("p"), actor("q"), actor("co")
FIELDS = "https://tsunagu.example/fhir/CodeSystem/concern-field"
VERY = {"meta": {"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}}
REASON = {"extension": [extension("withheld-reason", valueString="本人が話した")]}
WITHHELD = {"meta": {"security": [own("handling-label", "withheld") | REASON]}}


def fields(*codes: str) -> list[Json]:
    return [{"system": FIELDS, "code": code} for code in codes]


def coded(*codes: str) -> Json:
    return {"coding": fields(*codes)}


def summary(town: Town, who: Actor, id: str = "g") -> Summary:
    async def asked() -> Summary:
        async with town.gate.reading(who, "search", "operation", "$household-summary") as reading:
            return await household_summary.summed(reading, id)

    return town.run(asked())


@pytest.fixture
def troubled(town: Town) -> Town:
    """Two households of one agency, each with its case and its troubles; the first with the coordinator."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), case())
    town.write(P, patient("3"), household("3") | {"id": "h"}, case("kh") | {"subject": ref("Group/h")})
    town.write(
        P,
        concern("debt", "1"),
        concern("two", "2", code=coded("mental-health", "debts")),
        concern("house", "1", code=coded("housing")) | {"subject": ref("Group/g")},
        concern("other", "3", code=coded("care")),
    )
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | again())
    return town


WHOLE = Summary(
    "Group/g",
    True,
    {
        "Patient/1": fields("debts"),
        "Patient/2": fields("debts", "mental-health"),
        "Group/g": fields("housing"),
    },
    ["CarePlan/k"],
)


def test_the_coordinator_is_told_of_each_person_and_of_the_household_in_which_fields(troubled: Town) -> None:
    assert summary(troubled, CO) == WHOLE
    assert troubled.search(CO, "Condition") == [], "the fields, and no record of them"


def test_who_keeps_it_is_told_of_what_they_read(troubled: Town) -> None:
    assert summary(troubled, P) == replace(WHOLE, coordinated=False)
    assert summary(troubled, P, "h") == Summary(
        "Group/h", False, {"Patient/3": fields("care"), "Group/h": []}, ["CarePlan/kh"]
    )


def test_each_field_is_told_once_and_none_of_what_is_over_or_none(troubled: Town) -> None:
    over = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "resolved"}
    refuted = {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "refuted"}
    observed: Json = {"resourceType": "Observation", "id": "o", "status": "final"}
    troubled.write(
        P,
        concern("again", "1"),
        concern("over", "1", code=coded("care"), clinicalStatus={"coding": [over]}),
        concern("none", "1", code=coded("care"), verificationStatus={"coding": [refuted]}),
        concern("coded", "1", code={"coding": [{"system": "urn:other", "code": "care"}]}),
        observed | {"code": coded("care"), "subject": ref("Patient/1")},
    )
    assert summary(troubled, CO) == WHOLE
    assert summary(troubled, P) == replace(WHOLE, coordinated=False)


@pytest.mark.parametrize("closed", [VERY, WITHHELD])
def test_what_is_very_restricted_or_withheld_counts_for_nothing_with_the_coordinator(
    troubled: Town, closed: Json
) -> None:
    troubled.write(P, concern("closed", "1", code=coded("violence")) | closed)
    assert summary(troubled, CO) == WHOLE
    assert {each["code"] for each in summary(troubled, P).concerns["Patient/1"]} == {"debts", "violence"}


def test_what_another_agency_recorded_is_told_to_the_coordinator_and_not_to_who_keeps_the_case(troubled: Town) -> None:
    asked: Json = {"resourceType": "Task", "id": "taken", "status": "requested", "intent": "order"}
    asked |= {"for": ref("Patient/1"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    troubled.write(P, asked)
    troubled.write(Q, asked | {"status": "accepted"} | again())
    troubled.write(Q, concern("theirs", "1", code=coded("care")))
    assert summary(troubled, CO).concerns["Patient/1"] == fields("debts", "care")
    assert summary(troubled, P) == replace(WHOLE, coordinated=False)


def test_after_the_coordination_has_ended_the_household_is_not_theirs(troubled: Town) -> None:
    troubled.write(CO, coordination("completed") | WITHOUT_A_PLAN | {"meta": {"versionId": "2"}})
    with pytest.raises(Problem, match="there is no"):
        summary(troubled, CO)


def test_of_another_household_than_theirs_the_coordinator_is_told_nothing(troubled: Town) -> None:
    with pytest.raises(Problem, match="there is no"):
        summary(troubled, CO, "h")
    with pytest.raises(Problem, match="there is no"):
        summary(troubled, Q)


def test_for_another_purpose_the_coordinator_is_told_nothing(troubled: Town) -> None:
    assert summary(troubled, actor("co", "support-conference")) == WHOLE
    with pytest.raises(Problem, match="there is no"):
        summary(troubled, actor("co", "statistics"))


def test_a_token_that_does_not_reach_the_concerns_is_refused_them(troubled: Town) -> None:
    groups, patients, plans = (Scope("user", type, frozenset("rs")) for type in ("Group", "Patient", "CarePlan"))
    for scopes in ((groups,), (groups, patients), (groups, patients, plans)):
        with pytest.raises(Problem) as refused:
            summary(troubled, replace(CO, scopes=scopes))
        assert refused.value.kind == "forbidden"
    told = {"Patient/1": list[Json](), "Patient/2": list[Json](), "Group/g": list[Json]()}
    bare = Summary("Group/g", False, {"Group/g": []}, [])
    assert summary(troubled, replace(P, scopes=(groups,))) == bare
    assert summary(troubled, replace(P, scopes=(groups, patients))) == replace(bare, concerns=told)
    assert summary(troubled, replace(P, scopes=(groups, plans))) == replace(bare, records=["CarePlan/k"])


def test_the_case_the_plan_and_the_roles_are_told_where_they_are_active_and_found(troubled: Town) -> None:
    plan = case("plan", "total-care-plan")
    troubled.write(P, plan, plan | {"id": "draft", "status": "draft"}, case("else", "resource-gap"))
    told = ["CarePlan/plan", "CarePlan/k"]
    assert summary(troubled, P).records == told
    assert summary(troubled, CO).records == told


def test_so_are_the_roles_that_were_decided(open_: Town) -> None:
    lead = actor("lead")
    open_.write(lead, team("other", "center"), team("other", id="past", status="inactive"))
    assert summary(open_, P).records == ["CarePlan/k", "CareTeam/roles"]
    assert summary(open_, CO).records == ["CarePlan/k", "CareTeam/roles"]


def test_too_much_is_refused_and_never_told_in_part(troubled: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(household_summary, "MOST", 3)
    troubled.write(P, concern("coded", "1", code={"coding": [{"system": "urn:other", "code": "care"}]}))
    assert summary(troubled, CO) == WHOLE
    assert summary(troubled, P).coordinated is False
    monkeypatch.setattr(household_summary, "MOST", 2)
    for who in (CO, P):
        with pytest.raises(Problem, match="more than 2 records of this household") as refused:
            summary(troubled, who)
        assert refused.value.kind == "too-costly"
    monkeypatch.setattr(household_summary, "MOST", 1)
    with pytest.raises(Problem, match="more than 1 records of this household"):
        summary(troubled, CO)


def council(id: str, person: str, *types: str, **changes: Any) -> Json:
    """What a person permits to the coordinator's agency, of these types."""
    classes = [{"system": "http://hl7.org/fhir/resource-types", "code": each} for each in types]
    to = consent("x")["provision"]["actor"][0] | {"reference": ref("Organization/council")}
    provision = {"type": "permit", "actor": [to], "class": classes}
    whose = ref(f"Patient/{person}")
    return consent(id, patient=whose, performer=[whose], provision=provision) | changes


def test_who_reads_the_household_otherwise_is_told_what_they_read_of_it(troubled: Town) -> None:
    """By consent, for another purpose, or after the coordination; and what they coordinate all the same."""
    troubled.sign(P, council("g1", "1", "Group", "Patient", "Condition"), council("g2", "2", "Group", "Patient"))
    assert summary(troubled, CO) == WHOLE
    theirs = {"Patient/1": fields("debts"), "Patient/2": list[Json](), "Group/g": list[Json]()}
    permitted = Summary("Group/g", False, theirs, [])
    assert summary(troubled, actor("co", "TREAT")) == permitted
    troubled.write(CO, coordination("completed") | WITHOUT_A_PLAN | {"meta": {"versionId": "2"}})
    assert summary(troubled, CO) == permitted


def test_another_coordinator_than_whom_it_is_with_is_told_what_they_read(troubled: Town) -> None:
    post: Json = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p")}
    post |= {"organization": ref("Organization/council"), "code": [concept("role", "coordinator")]}
    troubled.write(INSTALLER, post)
    assert summary(troubled, P) == replace(WHOLE, coordinated=False)


def test_what_a_scope_for_some_records_leaves_out_counts_for_nothing(troubled: Town) -> None:
    rest = [Scope("user", type, frozenset("rs")) for type in ("Group", "Patient", "CarePlan", "CareTeam")]
    debts = (Scope("user", "Condition", frozenset("rs"), "code=debts", has(".code", f"{FIELDS}|debts")),)
    told = {"Patient/1": fields("debts"), "Patient/2": fields("debts", "mental-health"), "Group/g": list[Json]()}
    assert summary(troubled, replace(CO, scopes=(*rest, *debts))) == replace(WHOLE, concerns=told)
    conditions = Scope("user", "Condition", frozenset("rs"))
    assert summary(troubled, replace(CO, scopes=(rest[0], rest[1], conditions))) == replace(WHOLE, records=[])


def test_of_an_empty_household_nothing_is_told_and_nobody_is_looked_for(troubled: Town) -> None:
    troubled.write(P, household() | {"id": "e"})
    assert summary(troubled, P, "e") == Summary("Group/e", False, {"Group/e": []}, [])


def test_what_is_told_is_on_the_trail_with_the_rule_it_was_told_by(troubled: Town) -> None:
    summary(troubled, CO)
    event = troubled.trail()[-1]
    told = {each["what"]["reference"] for each in event["entity"] if "what" in each}
    assert {f"Condition/{id}/_history/1" for id in ("debt", "two", "house")} <= told
    assert "Condition/other/_history/1" not in told
    assert "Task/t/_history/2" in told
    assert event["outcome"] == "0"
    assert any(address.endswith("/policy/R18") for address in event["agent"][0]["policy"])
