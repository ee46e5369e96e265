"""What is asked of evidence that is being written: who has whom in care, whom it names, whose word it is."""

from __future__ import annotations

from consent.succession import Succession, Successions
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER, officer, post
from tests.unit.consent.standing.filed import MINE, OTHER, THEIRS, Json, filing

TASK: Json = {"resourceType": "Task", "status": "requested", "for": ref("Patient/1")}
FORMER = "Organization/former"
SUCCEEDING = officer(successions=Successions((Succession(FORMER, CENTER, "Task/s/_history/1"),)))


def test_a_household_is_in_care_where_each_of_its_members_is_and_an_empty_one_of_who_keeps_it() -> None:
    filed = filing(None, TASK)
    assert filed.has_in_care("Patient/1")
    assert not filed.has_in_care("Patient/2")
    assert filed.has_in_care("Group/g")
    assert not filed.has_in_care("Group/unknown")
    two = filing(None, TASK, members={"Group/g": frozenset({"Patient/1", "Patient/2"})})
    assert not two.has_in_care("Group/g")
    empty = filing(None, TASK, members={"Group/g": frozenset()})
    assert empty.has_in_care("Group/g")
    assert not filing(None, TASK, members={}, kept={"Group/g": OTHER}).has_in_care("Group/g")
    theirs = {"members": {"Group/x": frozenset({"Patient/1"})}}
    assert filing(None, TASK, **theirs).has_in_care("Group/x"), "whoever keeps it"


def test_what_an_agency_that_has_ended_kept_and_had_in_care_is_its_successors() -> None:
    care = {"Patient/1": frozenset({FORMER})}
    kept = {"CarePlan/k": FORMER}
    agencies = {FORMER: frozenset({FORMER})}
    filed = filing(None, TASK, facts=SUCCEEDING, care=care, kept=kept, agencies=agencies)
    assert filed.has_in_care("Patient/1")
    assert filed.keeps("CarePlan/k")
    assert filed.is_own(FORMER)
    assert filed.keeping == {CENTER, FORMER}
    alone = filing(None, TASK, care=care, kept=kept, agencies=agencies)
    assert not alone.has_in_care("Patient/1")
    assert not alone.keeps("CarePlan/k")
    assert not alone.is_own(FORMER)
    assert alone.keeping == {CENTER}


def test_for_which_agencies_a_party_acts() -> None:
    filed = filing(None, TASK)
    assert filed.is_own(MINE)
    assert not filed.is_own(THEIRS)
    assert filed.agencies_of(THEIRS) == {OTHER}
    assert filed.agencies_of("Organization/unknown") == frozenset()
    assert not filed.keeps("Condition/unknown")


def test_whom_a_version_names_is_named_also_by_their_relatives() -> None:
    relative = {"RelatedPerson/r": {"resourceType": "RelatedPerson", "patient": ref("Patient/2")}}
    body = TASK | {"focus": ref("Condition/c"), "note": [{"authorReference": ref("RelatedPerson/r")}]}
    body |= {"basedOn": [ref("Group/g")]}
    assert filing(None, TASK, relative).concerned(body) == {"Patient/1", "Patient/2", "Group/g"}
    assert filing(None, TASK).concerned(body) == {"Patient/1", "Group/g"}, "of one who is not known, nobody"
    assert filing(None, TASK).concerned(None) == frozenset()
    form = {"Consent/f": {"resourceType": "Consent", "patient": ref("Patient/3")}}
    assert filing(None, TASK, form).concerned(TASK | {"focus": ref("Consent/f")}) == {"Patient/1"}, "by no other record"


def test_what_the_writer_is_and_what_has_changed() -> None:
    two = filing(None, TASK, facts=officer(post("convener"), post("adviser", "lead-section", name="second")))
    assert two.held == {"convener", "adviser", "lead-section"}
    assert two.status() == ("", "requested")
    updated = filing(TASK, TASK | {"status": "accepted"})
    assert updated.status() == ("requested", "accepted")
    assert filing(TASK, {"resourceType": "Task"}).status() == ("requested", "")
    assert updated.changed("status")
    assert updated.changed("for", "status")
    assert not updated.changed("for", "focus")
    assert two.changed("for")
    assert not two.changed("focus")
    assert updated.type == "Task"
