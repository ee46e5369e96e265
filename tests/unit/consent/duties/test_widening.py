"""P1: nobody but who keeps a record draws a further person into it."""

from __future__ import annotations

from typing import Any

from consent.duties import widening
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER, change, wrongs

Json = dict[str, Any]

RECORDS: Json = {
    "Group/g": {
        "resourceType": "Group",
        "id": "g",
        "member": [{"entity": ref("Patient/1")}, {"entity": ref("Patient/2")}],
    },
    "RelatedPerson/r": {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/3")},
    "Task/of-kin": {"resourceType": "Task", "id": "of-kin", "for": ref("RelatedPerson/r")},
    "Immunization/i": {"resourceType": "Immunization", "id": "i", "patient": ref("Patient/3")},
    "RelatedPerson/of-1": {"resourceType": "RelatedPerson", "id": "of-1", "patient": ref("Patient/1")},
}


def plan(*named: str, subject: str = "Group/g", type: str = "CarePlan") -> Json:
    element = "for" if type == "Task" else "subject"
    return {"resourceType": type, "id": "k", element: ref(subject), "supportingInfo": [ref(each) for each in named]}


def widened(before: Json | None, after: Json | None, custodian: str = "Organization/other") -> list[str]:
    return wrongs(widening.by_who_keeps_it, change(before, after, custodian=custodian, records=RECORDS))


def test_whoever_else_writes_a_record_names_nobody_more_in_it() -> None:
    for further in ("Patient/3", "Group/h", "RelatedPerson/r"):
        assert widened(plan(), plan(further)) == ["P1! at CarePlan"], further
        assert widened(plan(), plan(further), CENTER) == []
        assert widened(plan(further), plan(further)) == widened(plan(further), plan()) == []
    assert widened(plan(), plan("Organization/other", "Practitioner/x", "RelatedPerson/unknown")) == []
    assert widened(plan(), plan("Immunization/i")) == [], "it is of none of these"
    assert widened(plan(), plan() | {"partOf": [ref("Task/of-kin")]}) == ["P1! at CarePlan"]
    assert widened(None, plan("Patient/3")) == widened(plan(), None) == []


def test_who_is_in_the_household_that_it_was_about_is_no_further_person_but_to_who_is_asked() -> None:
    assert widened(plan(), plan("Patient/1", "Patient/2", "RelatedPerson/of-1")) == []
    assert widened(plan(type="Task"), plan("Patient/1", type="Task")) == ["P1! at Task"]
    assert widened(plan(subject="Patient/1"), plan("Patient/2", subject="Patient/1")) == ["P1! at CarePlan"]
    assert widened(plan(subject="Group/gone"), plan("Patient/1", subject="Group/gone")) == ["P1! at CarePlan"]
