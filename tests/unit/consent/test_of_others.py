"""A case or a plan is of nothing of another agency's, which could draw it to another household."""

from __future__ import annotations

from typing import Any

import pytest

from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts.test_transferring import offer
from tests.unit.consent.test_belonging import signed
from tests.unit.consent.test_in_sight import CO, CONV, DRAFT, OF_H, PLAN, P, Q, refused
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, case, concern, conference, coordination, household, patient, roster
from tests.unit.consent.writing.test_superseding import IRCP, consent

Json = dict[str, Any]

VISIT: Json = {"resourceType": "Encounter", "id": "e", "status": "finished", "subject": ref("Group/g")}
VISIT |= {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"}}
OWN = VISIT | {"id": "own"}
ON_E, ON_OWN = {"encounter": ref("Encounter/e")}, {"encounter": ref("Encounter/own")}
PART_OF_E = {"partOf": ref("Encounter/e")}
ASKED: Json = {"resourceType": "ServiceRequest", "id": "s", "status": "active", "intent": "order"}
ASKED |= {"subject": ref("Group/g"), "requester": ref("Organization/other"), "performer": [ref("Organization/center")]}
AUNT: Json = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/1")}
BY_AUNT: Json = {"activity": [{"detail": {"status": "scheduled", "performer": [ref("RelatedPerson/r")]}}]}
BY_AUNT["activity"][0]["detail"] |= {"description": "見守り", "scheduledString": "毎朝"}


@pytest.fixture
def beside(town: Town) -> Town:
    """Two agencies have the household in care, and it is said that each reads what the other writes of its members."""
    asked: Json = {"resourceType": "Task", "id": "a", "status": "requested", "intent": "order", "for": ref("Group/g")}
    asked |= {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    town.write(P, patient("1"), household("1"), case(), asked)
    town.write(Q, asked | {"status": "accepted"} | again())
    signed(town, "1")
    to_center = [{"role": IRCP, "reference": ref("Organization/center")}]
    town.sign(Q, consent("q", provision={"type": "permit", "actor": to_center}))
    town.write(Q, VISIT, ASKED, AUNT, case("x", "concern"))
    return town


def coordinated(town: Town) -> None:
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | again())


def turned(town: Town) -> None:
    """Another agency makes its own visit one of another household, which nobody keeps it from."""
    town.write(Q, patient("3"), household("3") | {"id": "h"})
    town.write(Q, VISIT | OF_H | again())


@pytest.mark.parametrize("record", [PLAN, case("new")], ids=["plan", "case"])
@pytest.mark.parametrize(
    "way", [ON_E, {"basedOn": [ref("CarePlan/x")]}, {"partOf": [ref("CarePlan/x")]}, BY_AUNT], ids=[*"abcd"]
)
def test_what_another_agency_keeps_is_no_source_of_a_case_or_a_plan(beside: Town, record: Json, way: Json) -> None:
    beside.write(P, case() | {"status": "revoked", "extension": RESOLVED} | again()) if record is not PLAN else None
    assert refused(beside, P, record | way) == ["R37"]
    beside.write(P, record)
    assert refused(beside, P, record | way | again()) == ["R37"]


_SAID = [{"url": "outcome", "valueCodeableConcept": concept("case-outcome", "resolved")}]
RESOLVED = [extension("case-outcome", extension=_SAID)]


def test_so_nobody_outside_takes_the_plan_out_of_the_coordinator_s_sight(beside: Town) -> None:
    beside.write(P, PLAN | {"supportingInfo": [ref("Encounter/e")]})
    coordinated(beside)
    turned(beside)
    assert beside.reads(CO, "CarePlan/plan")
    assert beside.reads(CO, "CarePlan/k")


def test_nor_by_a_record_of_its_own_that_is_of_theirs(beside: Town) -> None:
    beside.write(P, OWN | PART_OF_E)
    assert refused(beside, P, PLAN | ON_OWN) == ["R37"]
    beside.write(P, OWN | {"id": "by"} | {"basedOn": [ref("ServiceRequest/s")]})
    assert refused(beside, P, PLAN | {"encounter": ref("Encounter/by")}) == ["R37"]


def test_nor_by_one_that_comes_to_be_of_theirs_later_or_in_the_same_transaction(beside: Town) -> None:
    assert refused(beside, P, PLAN | ON_OWN, OWN | PART_OF_E) == ["R37"]
    beside.write(P, OWN, OWN | {"id": "part", "partOf": ref("Encounter/own")}, PLAN | ON_OWN)
    assert refused(beside, P, OWN | PART_OF_E | again()) == ["R37"]
    beside.write(P, OWN | {"id": "part", "partOf": ref("Encounter/e")} | again())
    beside.write(P, OWN | {"id": "free"})
    beside.write(P, OWN | {"id": "free"} | PART_OF_E | again())


def test_nor_by_a_chain_of_its_own_records(beside: Town) -> None:
    part = OWN | {"id": "part", "partOf": ref("Encounter/own")}
    beside.write(P, OWN, part, PLAN | {"encounter": ref("Encounter/part")})
    assert refused(beside, P, OWN | PART_OF_E | again()) == ["R37"]
    assert refused(beside, P, OWN | {"basedOn": [ref("ServiceRequest/s")]} | again()) == ["R37"]


INDIRECT = [concern("c", "1"), {"resourceType": "Task", "id": "c", "status": "draft", "intent": "order"}]


@pytest.mark.parametrize("own", INDIRECT, ids=["a concern", "a task"])
def test_nor_by_one_of_another_type_that_is_named_within_what_it_is_of(beside: Town, own: Json) -> None:
    named = {"url": "urn:named", "valueReference": ref(f"{own['resourceType']}/c")}
    by_own: Json = {"basedOn": [ref("CarePlan/k") | {"extension": [named]}]}
    assert refused(beside, P, own | ON_E, PLAN | by_own) == ["R37"]
    beside.write(P, own, PLAN | by_own)
    coordinated(beside)
    assert refused(beside, P, own | ON_E | again()) == ["R37"]
    with pytest.raises(Problem) as caught:
        offer(beside, record="Condition/c")
    assert sorted(caught.value.rules) == (["R37"] if own["resourceType"] == "Condition" else [])
    turned(beside)
    assert beside.reads(CO, "CarePlan/plan")


def test_a_draft_may_be_and_comes_into_force_without_it_as_a_new_one(beside: Town) -> None:
    beside.write(P, PLAN | DRAFT | ON_E)
    assert refused(beside, P, PLAN | ON_E | again()) == ["R37"]
    assert refused(beside, P, PLAN | again()) == ["R37"]
    beside.write(P, PLAN | {"id": "new"})


def test_who_is_of_own_records_is_told_nothing(beside: Town) -> None:
    beside.write(P, OWN, PLAN | ON_OWN | {"basedOn": [ref("CarePlan/k")]})
    beside.write(P, PLAN | ON_OWN | {"title": "続き"} | again())
    beside.write(Q, case("other", "concern") | ON_E, OWN | {"id": "theirs"} | PART_OF_E)


def test_nor_is_a_conference_of_which_it_would_be_material_that_nobody_reads_when_it_is_over(beside: Town) -> None:
    coordinated(beside)
    beside.write(CONV, roster("p"), conference("planned", "p"))
    beside.write(CONV, conference("in-progress", "p") | again())
    assert refused(beside, P, PLAN | {"encounter": ref("Encounter/m")}) == ["R37"]
    beside.write(P, PLAN | {"supportingInfo": [ref("Encounter/m")]})
    assert beside.reads(CO, "CarePlan/plan")
