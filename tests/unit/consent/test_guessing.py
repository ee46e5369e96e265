"""What an officer who is on no list would try by guessing: to learn which agency serves a protected person."""

from __future__ import annotations

from typing import Any

import pytest

from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.explaining.test_simulating import differences
from tests.unit.consent.test_revoking import actors, permit, word
from tests.unit.consent.town import Town, actor, concern, paper, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

P, Q, CO = (actor(person) for person in ("p", "q", "co"))
Json = dict[str, Any]

AGENCIES = ("Organization/council", "Organization/lead")
"""One of these serves the person, and it is not for the other agency to learn which."""


def request(id: str, asker: str, asked: str, **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": id, "status": "requested", "intent": "order", "for": ref("Patient/1")}
    return task | {"requester": ref(asker), "owner": ref(asked)} | elements


def shown(town: Town, *types: str) -> list[Json]:
    """All that the other agency finds of these types, but for when it was written."""
    found = [town.read(Q, name) for type in types for name in town.search(Q, type, ("patient", "Patient/1"))]
    for each in found:
        each["meta"].pop("lastUpdated")
    return found


@pytest.fixture(params=AGENCIES)
def served(town: Town, request: pytest.FixtureRequest) -> Town:
    """The protected person let the other agency, which has them in care, and one more read what is written of them."""
    town.write(P, patient("1"), concern("c", "1"))
    taken_on(town)
    town.protect(P, "Patient/1", "Organization/center")
    town.sign(P, consent("a", provision=permit("Organization/other", request.param)))
    assert request.param not in str(town.read(Q, "Consent/a"))
    return town


def test_a_consent_does_not_end_with_the_recipient_that_was_guessed(served: Town) -> None:
    """Its status would say that nobody else was on it."""
    served.write(Q, word("w", "Organization/other", AGENCIES[0]))
    found = next(each for each in shown(served, "Consent") if each["id"] == "a")
    assert (found["status"], found["meta"]) == ("active", {"versionId": "1"})
    assert not served.reads(CO, "Condition/c"), "what was ended is ended all the same"


def test_no_flag_says_that_the_guess_was_right(served: Town) -> None:
    """On a request of one's own to the agency that was guessed, or on one that names the consent."""
    asked = request("t", "Organization/other", AGENCIES[0], basedOn=[], focus=ref("Consent/a"))
    served.write(Q, {name: value for name, value in asked.items() if value})
    served.write(Q, word("w", AGENCIES[0]))
    assert served.search(Q, "Flag") == []


def test_nor_where_the_guess_is_a_refusal(served: Town) -> None:
    served.write(Q, request("t", "Organization/other", AGENCIES[0]))
    served.sign(Q, consent("no", provision={"type": "deny", "actor": actors(AGENCIES[0])}))
    assert served.search(Q, "Flag") == []


def test_of_who_is_not_protected_a_permit_to_nobody_is_over(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", provision=permit(*AGENCIES)))
    town.write(P, word("w", *AGENCIES))
    assert town.read(P, "Consent/a")["status"] == "inactive"


def test_what_is_handed_on_does_not_tell_who_asked_first(town: Town) -> None:
    """The agency that asked first is not shown to who was asked last: nothing is refused for its sake."""
    town.write(P, patient("1"), request("a", "Organization/center", "Organization/council"))
    town.protect(P, "Patient/1", "Organization/center")
    town.write(CO, town.read(CO, "Task/a") | {"status": "accepted"})
    town.write(CO, request("b", "Organization/council", "Organization/other", partOf=[ref("Task/a")]))
    town.write(Q, town.read(Q, "Task/b") | {"status": "accepted"})
    back = request("d", "Organization/other", "Organization/center", partOf=[ref("Task/b")])
    town.write(Q, back)
    with pytest.raises(Problem) as caught:
        town.write(Q, back | {"id": "e", "owner": ref("Organization/council")})
    assert caught.value.rules == ("R12a",), "who asked oneself is known"


TEAM: Json = {"resourceType": "CareTeam", "id": "team", "status": "active", "subject": ref("Patient/1")}
TEAM |= {"participant": [{"member": ref(each)} for each in ("Organization/other", "Organization/council")]}


def test_a_consent_names_no_team_of_which_something_is_withheld(town: Town) -> None:
    """It would open to whoever is in it, and a trial or the consent itself would say to whom."""
    town.write(P, patient("1"), concern("c", "1"))
    taken_on(town)
    town.write(P, TEAM)
    town.sign(P, consent("open", provision=permit("Organization/other")))
    town.write(Q, patient("2"), concern("own", "1"))
    papers = [paper(consent(id)) | {"subject": ref(of)} for id, of in (("b", "Patient/1"), ("d", "Patient/2"))]
    town.write(Q, *papers)
    of_two: Json = {"patient": ref("Patient/2"), "performer": [ref("Patient/2")]}
    tried = consent("b", provision=permit("CareTeam/team")), consent("d", provision=permit(AGENCIES[0]), **of_two)
    assert "Condition/own" in differences(town, Q, *tried)[AGENCIES[0]]["gained"]
    town.protect(P, "Patient/1", "Organization/center")
    assert "council" not in str(town.read(Q, "CareTeam/team"))
    for write in (differences, Town.write):
        with pytest.raises(Problem) as caught:
            write(town, Q, *tried)
        assert caught.value.rules == ("D1",)
        assert [each.at for each in caught.value.issues] == ["Consent.provision.actor[0].reference"]
    with pytest.raises(Problem):
        town.write(Q, consent("d", provision=permit("CareTeam/team"), **of_two))
    town.sign(P, consent("e", provision=permit("CareTeam/team")))


def test_nothing_comes_along_by_what_is_withheld(served: Town) -> None:
    for parameter in ("_include", "_include:iterate"):
        page = served.page(Q, "Consent", ("patient", "Patient/1"), (parameter, "Consent:actor"))
        assert {each.reference for each in page.included} <= {"Organization/other"}


def test_a_refused_team_does_not_name_who_keeps_the_case(open_: Town) -> None:
    open_.protect(P, "Patient/1", "Organization/center")
    team: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}
    team |= {"category": [concept("record-category", "case-team")], "participant": [{"member": ref(AGENCIES[0])}]}
    with pytest.raises(Problem) as caught:
        open_.write(actor("lead", "support-conference"), team)
    assert caught.value.rules == ("R11",)
    assert not [issue for issue in caught.value.issues if "center" in f"{issue.text} {issue.ja}"]
