"""What stands around a decision of roles: the open 支援会議 that fixed the household and has its case before it."""

from __future__ import annotations

from typing import Any

import pytest

from consent.standing import deciding
from consent.standing.filing import Deciding
from consent.verdict import Verdict
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import CENTER, NOW
from tests.unit.consent.standing.filed import OTHER, THIRD, Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import case, conference, letter

TEAM: Json = {"resourceType": "CareTeam", "id": "roles", "subject": ref("Group/g")}
FIXED = frozenset({"Group/g", "Patient/1"})
OPENED = Verdict(True, fixed=FIXED)
CONVENER = "PractitionerRole/conv"


def post(id: str, agency: str, person: str = "", **elements: Any) -> Json:
    held: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{person or id}")}
    return held | {"organization": ref(agency), "code": [concept("role", "officer")]} | elements


def meeting(status: str = "in-progress", agenda: str = "CarePlan/k", **elements: Any) -> Json:
    made = conference(status, "q", "p")
    basis = extension("legal-basis", valueCodeableConcept=concept("legal-basis", "art9"))
    return made | {"extension": [basis, extension("agenda", valueReference=ref(agenda))]} | elements


def answer(id: str, sender: str, **elements: Any) -> Json:
    return letter(id, "acknowledgement", sender=ref(sender)) | elements


@pytest.fixture
def sitting(lying: Lying) -> Lying:
    """An open conference on the case of a household that the center keeps; of two members one has acknowledged."""
    lying.put(*(post(id, agency) for id, agency in (("conv", "Organization/lead"), ("q", OTHER), ("p", CENTER))))
    lying.put(case())
    lying.put(meeting(), keeper="Organization/lead", judged=OPENED)
    lying.put(answer("a", "PractitionerRole/q"), keeper=OTHER)
    return lying


def of(lying: Lying, team: Json = TEAM) -> Deciding:
    return lying.ask(lambda view: deciding.of(view, team, NOW))


BY_Q = {OTHER: frozenset({"PractitionerRole/q"})}


def test_the_open_conference_says_whom_it_fixed_who_keeps_the_case_and_who_is_seated_and_bound(sitting: Lying) -> None:
    assert of(sitting) == Deciding("Encounter/m", FIXED, frozenset({CENTER}), BY_Q)
    sitting.put(answer("b", "Practitioner/p"), answer("c", "PractitionerRole/nobody"))
    bound = BY_Q | {CENTER: frozenset({"PractitionerRole/p"})}
    assert of(sitting).seated == bound, "by whichever of their names"
    sitting.put(post("p2", THIRD, "p"), post("p3", THIRD, "p", active=False), post("x", THIRD))
    sitting.put(answer("d", "PractitionerRole/x"))
    assert of(sitting).seated == bound | {THIRD: frozenset({"PractitionerRole/p2"})}, "every post they hold now"


@pytest.mark.parametrize("status", ["preparation", "not-done", "entered-in-error", "unknown"])
def test_who_did_not_acknowledge_secrecy_is_not_bound_by_a_letter_that_says_so(sitting: Lying, status: str) -> None:
    """As P4 asks of the same letters: an acknowledgement is one that was made."""
    sitting.put(answer("b", "PractitionerRole/p", status=status))
    assert of(sitting).seated == BY_Q


def test_secrecy_is_acknowledged_to_that_very_meeting_and_by_an_acknowledgement(sitting: Lying) -> None:
    other = meeting() | {"id": "other", "subject": ref("Group/h")}
    sitting.put(other, keeper="Organization/lead", judged=OPENED)
    sitting.put(answer("b", "PractitionerRole/p", encounter=ref("Encounter/other")))
    sitting.put(letter("c", "opinion", sender=ref("PractitionerRole/p")))
    sitting.put(letter("d", "invitation", sender=ref("PractitionerRole/p")))
    assert of(sitting).seated == BY_Q
    sitting.delete("Communication/a")
    assert of(sitting).seated == {}


def test_an_agency_is_bound_by_nobody_and_sits_nowhere(sitting: Lying) -> None:
    """A person acknowledges, under whichever of their names; who is no member of staff has no seat that carries."""
    sitting.put(answer("b", CENTER), letter("c", "acknowledgement"), answer("d", "Patient/1"))
    beside = [{"individual": ref("RelatedPerson/r")}, {"individual": ref("Patient/1")}, {}]
    seats = [*meeting()["participant"], *beside]
    sitting.put(meeting(participant=seats), keeper="Organization/lead", judged=OPENED)
    assert of(sitting).seated == BY_Q


def test_a_seat_counts_while_it_is_taken(sitting: Lying) -> None:
    seats = [{"individual": ref("PractitionerRole/q"), "period": {"end": "2026-11-22"}}]
    seats += [{"individual": ref("PractitionerRole/p"), "period": {"start": "2026-11-23"}}]
    sitting.put(meeting(participant=seats), keeper="Organization/lead", judged=OPENED)
    sitting.put(answer("b", "PractitionerRole/p"))
    assert of(sitting).seated == {CENTER: frozenset({"PractitionerRole/p"})}


@pytest.mark.parametrize(
    ("amiss", "fixed"),
    [
        (meeting("planned"), FIXED),
        (meeting("finished"), FIXED),
        (meeting("onleave"), FIXED),
        (meeting(), frozenset()),
        (meeting(), frozenset({"Patient/1"})),
        (meeting(agenda="CarePlan/other"), FIXED),
        (meeting(agenda="CarePlan/plan"), FIXED),
        (meeting(type=[concept("conference-kind", "support-coordination-conference")]), FIXED),
        (meeting() | {"extension": meeting()["extension"][1:]}, FIXED),
    ],
    ids=[
        *("planned", "finished", "on leave", "fixed nobody", "fixed another household"),
        *("on another case", "on a plan that is no case", "of another kind", "on no basis of the Act"),
    ],
)
def test_no_other_meeting_decides_roles(sitting: Lying, amiss: Json, fixed: frozenset[str]) -> None:
    sitting.put(case("plan", "total-care-plan"))
    sitting.put(amiss, keeper="Organization/lead", judged=Verdict(True, fixed=fixed))
    assert of(sitting) == Deciding()


def test_only_the_roles_of_a_household_are_decided_and_only_about_the_one_that_has_a_meeting(sitting: Lying) -> None:
    for team in (
        TEAM | {"resourceType": "CarePlan"},
        TEAM | {"subject": ref("Patient/1")},
        TEAM | {"subject": ref("Group/h")},
        {"resourceType": "CareTeam", "id": "roles"},
    ):
        assert of(sitting, team) == Deciding()
    sitting.delete("CarePlan/k")
    assert of(sitting) == Deciding(), "the case is there no more"


def test_of_several_meetings_the_one_that_fixed_the_household_counts_and_each_case_before_it_has_its_keeper(
    sitting: Lying,
) -> None:
    """One that names the household besides is not on it."""
    beside = meeting() | {"id": "a", "agenda": [], "extension": meeting()["extension"][:1]}
    sitting.put(beside, keeper="Organization/lead", judged=OPENED)
    sitting.put(case("l") | {"subject": ref("Group/g")}, keeper=THIRD)
    sitting.put(case("stray"), keeper="")
    listed = meeting()["extension"] + [
        extension("agenda", valueReference=ref(f"CarePlan/{one}")) for one in ("l", "gone", "stray")
    ]
    sitting.put(meeting(extension=listed), keeper="Organization/lead", judged=OPENED)
    assert of(sitting) == Deciding("Encounter/m", FIXED, frozenset({CENTER, THIRD}), BY_Q)


def test_the_posts_that_persons_hold_now_by_their_agencies(sitting: Lying) -> None:
    sitting.put(post("q2", OTHER, "q"), post("q3", THIRD, "q"), post("q4", THIRD, "q", period={"end": "2026-11-22"}))
    sitting.put(post("q5", THIRD, "q"), judged=Verdict(void=True))

    def posts(*persons: str) -> Any:
        return sitting.ask(lambda view: deciding.posts(view, persons, NOW))

    of_q = {OTHER: frozenset({"PractitionerRole/q", "PractitionerRole/q2"}), THIRD: frozenset({"PractitionerRole/q3"})}
    assert posts() == {}
    assert posts("Practitioner/q") == of_q
    assert posts("Practitioner/p", "Practitioner/q") == of_q | {CENTER: frozenset({"PractitionerRole/p"})}
    sitting.delete("PractitionerRole/q3")
    assert posts("Practitioner/q").keys() == {OTHER}
