"""Whose records a simulation looks at, and that of a person nothing is told that is told of their agency."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.explaining import simulating
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.explaining.test_simulating import CONV, MEETING, OTHER, PAPER, P, Q, differences
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Town, concern, conference, household, paper, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]
TYPES = "http://hl7.org/fhir/resource-types"
REVOKED: Json = {"status": "inactive", "meta": {"versionId": "1"}}


def permit(who: str, *types: str) -> Json:
    recipient = consent("a")["provision"]["actor"][0] | {"reference": ref(who)}
    return {"type": "permit", "actor": [recipient], "class": [{"system": TYPES, "code": each} for each in types]}


def kind(town: Town, who: Any, *resources: Json) -> tuple[str, str]:
    changes = [Change("create", each["resourceType"], each["id"], orjson.dumps(each)) for each in resources]
    with pytest.raises(Problem) as refused:
        town.run(simulating.simulated(town.gate, who, changes))
    return refused.value.kind, refused.value.issues[0].at


def test_the_answer_is_parameters(town: Town) -> None:
    town.write(P, patient("1"), paper(consent("a")))
    change = Change("create", "Consent", "a", orjson.dumps(consent("a")))
    assert town.run(simulating.simulated(town.gate, P, [change]))["resourceType"] == "Parameters"


def test_one_to_ten_changes_are_simulated(town: Town) -> None:
    town.write(P, patient("1"))
    ten = [household("1") | {"id": f"h{number}"} for number in range(11)]
    assert differences(town, P, *ten[:10]) == {}
    assert kind(town, P, *ten) == kind(town, P) == ("invalid", "Parameters.parameter")
    assert kind(town, P, ten[0], concern("c", "1")) == ("not-supported", "Parameters.parameter[1].resource")
    assert kind(town, NOBODY, ten[0])[0] == "login"


def test_of_a_person_that_is_told_which_their_agency_neither_gains_nor_loses(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    by_hand = consent("a", provision=permit("Practitioner/q", "Condition", "Patient"))
    office = consent("b", provision=permit(OTHER, "Patient", "DocumentReference"), policyRule={"text": "別の様式"})
    town.write(P, paper(by_hand), paper(office))
    papers = [PAPER, "DocumentReference/b-paper"]
    both = {OTHER: [*papers, "Patient/1"], "Practitioner/q": ["Condition/c"]}
    made = differences(town, P, by_hand, office)
    assert made == {who: {"gained": records} for who, records in both.items()}
    town.write(P, by_hand, office)
    made = differences(town, P, by_hand | REVOKED, office | REVOKED)
    assert made == {who: {"lost": records} for who, records in both.items()}
    assert differences(town, P, by_hand | REVOKED) == {"Practitioner/q": {"lost": ["Condition/c"]}}, "not the rest"


def test_what_one_reads_by_another_rule_is_neither_gained_nor_lost(town: Town) -> None:
    task = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    asks: Json = task | {"requester": ref("Organization/center"), "owner": ref(OTHER)}
    town.write(P, patient("1"), concern("c", "1"), asks)
    town.write(P, paper(consent("a")))
    gained = {OTHER: {"gained": ["Condition/c", PAPER]}}
    assert differences(town, P, consent("a")) == gained, "who they are, and the request, they read before"
    town.write(P, consent("a"))
    assert differences(town, P, consent("a") | REVOKED) == {OTHER: {"lost": ["Condition/c", PAPER]}}


def test_records_of_those_alone_are_looked_at_whom_the_changes_bear_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.write(P, patient("1"), patient("2"), *(concern(f"c{number}", "2") for number in range(9)))
    town.write(P, paper(consent("a")))
    monkeypatch.setattr(simulating, "MOST_RECORDS", 2)
    assert differences(town, P, consent("a")) == {OTHER: {"gained": [PAPER, "Patient/1"]}}


def test_who_leaves_a_household_is_one_of_those(town: Town) -> None:
    """What is about the household was about them, too."""
    plan = {"resourceType": "CarePlan", "id": "plan", "status": "active", "intent": "plan", "subject": ref("Group/g")}
    town.sign(P, patient("1"), patient("2"), household("1"), plan, consent("a"))
    moved = household("2") | {"meta": {"versionId": "1"}}
    lost = {OTHER: {"lost": ["CarePlan/plan", "Group/g"]}}
    assert differences(town, P, moved) == lost
    assert differences(town, P, household("2") | {"id": "h"}, moved) == lost


def test_a_consent_to_everybody_among_other_changes_is_told_as_such(town: Town) -> None:
    town.write(P, patient("1"), paper(consent("a")))
    everybody = consent("a", provision={"type": "permit"})
    made = differences(town, P, household("1"), everybody)
    assert made["*"] == {"gained": [PAPER, "Patient/1"]}


def test_a_roster_among_other_changes_is_of_the_meetings_that_are_held_by_it(open_: Town) -> None:
    roster: Json = {"resourceType": "CareTeam", "id": "standing", "status": "inactive", "meta": {"versionId": "1"}}
    roster |= {"category": open_.read(CONV, "CareTeam/standing")["category"], "participant": []}
    finished = conference("finished", "q", "p") | {"meta": {"versionId": "2"}}
    alone = differences(open_, MEETING, finished)
    assert "Group/g" in alone["Practitioner/q"]["lost"]
    assert differences(open_, CONV, finished, open_.read(CONV, "CareTeam/standing")) == alone
    assert not open_.reads(Q, "Group/g")
