"""Which of those on a list is asked about a meeting or roles, by which Task, and which letter says it is unanswered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent import verdict
from consent.verdict import Verdict
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.version import Version
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import body
from tests.unit.consent.conftest import CO, CONV, P
from tests.unit.consent.test_carrying_out import LEAD, again, team
from tests.unit.consent.town import INSTALLER, STAFF, Town, case, conference, coordination, household, patient, roster

Json = dict[str, Any]

NOW = "2026-11-23T04:00:00.000Z"
ONE, DESK = "Patient/1", "HealthcareService/desk"


@pytest.fixture
def brought(town_with: Callable[..., Town]) -> Town:
    """A case that may be brought before a meeting; a deputy and an officer sit at the desk, and one post is over."""
    return town_with(_brought)


def _brought(town: Town) -> None:
    posted(town, "a-deputy", "deputy", healthcareService=[ref(DESK)])
    posted(town, "z-officer", "officer", healthcareService=[ref(DESK)])
    posted(town, "over", "officer", active=False)
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), coordination("requested"))
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    town.write(CONV, roster("q", "p", "co"))


def posted(town: Town, id: str, function: str, **elements: Any) -> None:
    if id not in STAFF:
        town.write(INSTALLER, {"resourceType": "Practitioner", "id": id})
    post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{id}")}
    post |= {"organization": ref("Organization/center"), "code": [concept("role", function)]}
    town.write(INSTALLER, post | elements)


def asked(town: Town) -> list[Version]:
    return [each for each in town.stored("Task") if b'"ask-list"' in each.body]


def told(town: Town) -> list[Version]:
    return [each for each in town.stored("Communication") if b'"list-unanswered"' in each.body]


def asking(owner: str, about: str = "Encounter/m") -> Json:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "authoredOn": NOW}
    task |= {"code": concept("task-code", "ask-list"), "focus": ref(about), "for": ref("Group/g")}
    return task | {"owner": ref(owner)}


WHO = [
    (("PractitionerRole/p", DESK, "Organization/other"), "Practitioner/z-officer"),
    (("Organization/other", "PractitionerRole/p"), "Practitioner/p"),
    (("PractitionerRole/a-deputy", "Organization/other"), "Practitioner/a-deputy"),
    (("Practitioner/co", "Organization/other"), "Organization/other"),
    (("Practitioner/co",), "Practitioner/co"),
    (("PractitionerRole/over", "Practitioner/co"), "Practitioner/co"),
    (("PractitionerRole/gone", "Practitioner/co"), "Practitioner/co"),
    (("PractitionerRole/over",), ""),
]


@pytest.mark.parametrize(("named", "owner"), WHO)
def test_somebody_at_a_desk_is_asked_before_a_post_an_agency_and_a_person_and_no_deputy_before_another(
    brought: Town, named: tuple[str, ...], owner: str
) -> None:
    posted(brought, "gone", "officer")
    brought.protect(P, ONE, *named)
    gone(brought, "PractitionerRole/gone")
    brought.write(CONV, conference("planned", "q", "p"))
    found = asked(brought)
    assert [body(each) for each in found] == ([asking(owner)] if owner else [])
    assert {envelope.origin(each.terms) for each in found} <= {Origin("", "")}, "it is in nobody's keeping"
    assert {verdict.read(each.terms) for each in found} <= {Verdict(True)}


def test_a_meeting_that_opens_unanswered_tells_who_convenes_it_and_who_is_asked_nothing_more(brought: Town) -> None:
    brought.protect(P, ONE, "PractitionerRole/p")
    brought.write(CONV, conference("planned", "q", "p"))
    brought.write(CONV, again(conference("in-progress", "q", "p")))
    assert [body(each) for each in asked(brought)] == [asking("Practitioner/p")]
    (letter,) = told(brought)
    assert body(letter) == {
        "resourceType": "Communication",
        "status": "completed",
        "category": [concept("communication-category", "list-unanswered")],
        "about": [ref("Encounter/m")],
        "recipient": [ref("PractitionerRole/conv")],
        "sent": letter.since,
    }
    assert envelope.origin(letter.terms) == Origin("Organization/lead", "")
    brought.write(CONV, again(conference("in-progress", "q", "p"), 2))
    assert len(told(brought)) == 1, "it is told once"


def test_roles_that_are_decided_are_asked_about_once_and_who_convened_is_told(brought: Town) -> None:
    brought.write(CONV, conference("planned", "q", "p"))
    brought.write(CONV, again(conference("in-progress", "q", "p")))
    brought.protect(P, ONE, "PractitionerRole/p")
    brought.write(LEAD, team("other", "center"))
    assert [body(each) for each in asked(brought)] == [asking("Practitioner/p", "CareTeam/roles")]
    assert [body(each)["about"] for each in told(brought)] == [[ref("CareTeam/roles")]]
    brought.write(LEAD, brought.read(LEAD, "CareTeam/roles") | {"name": "支援"})
    assert len(asked(brought)) == len(told(brought)) == 1, "nothing that matters changed"
    roles = [{"role": [{"text": "見守り"}], "member": ref(f"Organization/{one}")} for one in ("other", "council")]
    brought.run(brought.gate.decide_roles(LEAD, "CarePlan/k", roles))
    assert (len(asked(brought)), len(told(brought))) == (1, 2), "who was asked has not answered yet"


@pytest.mark.parametrize("status", ["cancelled", "finished"])
def test_about_a_meeting_that_is_over_or_that_is_none_nobody_is_asked(brought: Town, status: str) -> None:
    brought.protect(P, ONE, "PractitionerRole/p")
    visit = {"resourceType": "Encounter", "id": "v", "status": "planned", "subject": ref("Group/g")}
    brought.write(P, visit | {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"}})
    assert asked(brought) == []
    brought.write(CONV, conference("planned", "q", "p"))
    first = asked(brought)
    if status == "cancelled":
        brought.write(CONV, again(conference(status, "q", "p", "co")))
        assert [each.cited for each in asked(brought)] == [each.cited for each in first]


def test_the_protections_of_each_member_by_each_name_are_asked_about_but_for_those_of_who_writes(brought: Town) -> None:
    brought.protect(P, ONE, "PractitionerRole/p")
    brought.protect(P, ONE, "Organization/council")
    brought.protect(P, "Patient/2", "PractitionerRole/conv")
    brought.write(P, patient("9"))
    brought.protect(P, "Patient/9", "Organization/other")
    laid(brought, Record(household("9") | {"id": "h"}, "Organization/center", "Practitioner/p"))
    brought.write(CONV, conference("planned", "q", "p"))
    found = {body(each)["owner"]["reference"]: body(each) for each in asked(brought)}
    assert found == {owner: asking(owner) for owner in ("Practitioner/p", "Organization/council")}
