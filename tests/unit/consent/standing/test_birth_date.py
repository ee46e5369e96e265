"""Another birth date than the one registered bears on signatures once it is confirmed, and as long as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent import vocabulary
from consent.standing import signing
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.standing.test_consent import Days, certificate, days, kin, refusal, signed_by
from tests.unit.consent.town import Town, actor, concern, paper, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

__all__ = ["days"]

Json = dict[str, Any]

P, Q, CO, LEAD = actor("p"), actor("q"), actor("co"), actor("lead")
CHILD, GROWN = "2012-05-05", "1990-05-05"
EVERYBODY: Json = {"type": "permit"}
MOTHER = replace(P, person="RelatedPerson/kin", purpose=vocabulary.PATIENT_REQUEST)


def told(born: str, number: int = 1) -> Json:
    """The next version of the Patient, with this birth date."""
    return patient("1", birthDate=born, meta={"versionId": str(number)})


def register(id: str = "register", **elements: Any) -> Json:
    """A paper that tells when a person was born."""
    document: Json = {"resourceType": "DocumentReference", "id": id, "status": "current", "subject": ref("Patient/1")}
    document |= {"type": concept("birth-paper", "residence-record"), "content": [{"attachment": {"title": "住民票"}}]}
    return document | elements


def asking(born: str, status: str = "requested", **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": "b", "status": status, "intent": "order"}
    task |= {"code": concept("task-code", "confirm-birth-date"), "for": ref("Patient/1"), "focus": ref("Patient/1")}
    task |= {"requester": ref("Organization/center"), "owner": ref("PractitionerRole/lead")}
    return task | {"input": [{"type": {"text": "生年月日"}, "valueDate": born}]} | elements


def again(record: Json, number: int, **elements: Any) -> Json:
    return record | elements | {"meta": {"versionId": str(number)}}


def confirm(town: Town, born: str, id: str = "b", number: int = 1) -> None:
    """The center writes the date, keeps a paper and asks; the lead section confirms it."""
    town.write(P, told(born, number), register(f"register-{id}"), asking(born, id=id))
    town.write(LEAD, again(asking(born, id=id), 1, status="completed"))


def own_word(id: str = "a") -> Json:
    return consent(id, provision=EVERYBODY, performer=[ref("Patient/1")])


def files(town: Town, record: Json) -> str:
    """By which rule the center may not file this paper; empty where it may."""
    try:
        town.write(P, paper(record), record)
    except Problem as problem:
        return next(iter(problem.rules), "")
    return ""


def born(town: Town) -> str:
    """The birth date of the person that stands."""

    async def look() -> str:
        async with town.store.snapshot() as view:
            found = await signing.standing_in(view, "RelatedPerson/nobody", "Patient/1", NOW)
            return str(found.patient.get("birthDate"))

    return town.run(look())


def test_a_minor_does_not_come_of_age_by_an_update(town: Town) -> None:
    town.write(P, patient("1", birthDate=CHILD))
    town.write(P, told(GROWN))
    assert files(town, own_word()) == "R3"
    town.write(P, register(), asking(GROWN))
    assert files(town, own_word()) == "R3"
    town.write(LEAD, again(asking(GROWN), 1, status="completed"))
    assert files(town, own_word()) == ""


def test_nor_by_a_date_where_none_was_known(town: Town) -> None:
    unknown = {name: part for name, part in patient("1").items() if name != "birthDate"}
    town.write(P, unknown)
    town.write(P, told(GROWN))
    assert files(town, own_word()) == "R3"
    confirm(town, GROWN, number=2)
    assert files(town, own_word()) == ""


def test_an_update_takes_nothing_from_what_was_signed_and_restores_nothing(town: Town) -> None:
    town.write(P, patient("1", birthDate=GROWN), concern("c", "1"))
    assert files(town, own_word()) == ""
    assert town.search(Q, "Condition") == ["Condition/c"]
    town.write(P, told(CHILD))
    assert town.search(Q, "Condition") == ["Condition/c"]
    assert files(town, own_word("second")) == ""


def test_what_a_minor_signed_alone_opens_nothing_once_that_is_confirmed_until_it_is_taken_back(town: Town) -> None:
    town.write(P, patient("1", birthDate=GROWN), concern("c", "1"))
    assert files(town, own_word()) == ""
    confirm(town, CHILD)
    assert town.search(Q, "Condition") == []
    assert town.search(Q, "Communication") == []  # it named nobody
    town.write(LEAD, again(asking(CHILD), 2, status="entered-in-error"))
    assert town.search(Q, "Condition") == ["Condition/c"]
    confirm(town, CHILD, "second", 2)
    assert town.search(Q, "Condition") == []


def test_what_it_withholds_stands_whatever_their_age(town: Town) -> None:
    town.write(P, patient("1", birthDate=GROWN), concern("c", "1"))
    assert files(town, own_word()) == ""
    assert files(town, consent("no", provision={"type": "deny"}, performer=[ref("Patient/1")])) == ""
    assert town.search(Q, "Condition") == []
    confirm(town, CHILD)
    assert town.search(Q, "Condition") == []
    town.write(LEAD, again(asking(CHILD), 2, status="entered-in-error"))
    assert town.search(Q, "Condition") == []


def test_who_is_named_is_told_that_it_ended(town: Town) -> None:
    town.write(P, patient("1", birthDate=GROWN), concern("c", "1"))
    town.sign(P, consent("a", performer=[ref("Patient/1")]))
    assert town.search(Q, "Condition") == ["Condition/c"]
    before = set(town.search(Q, "Communication"))
    confirm(town, CHILD)
    assert len(set(town.search(Q, "Communication")) - before) == 1
    assert town.search(Q, "Condition") == []


def test_what_a_parent_signed_lapses_by_the_date_that_stands(days: Days) -> None:
    town, days.now = days.town, NOW - timedelta(days=30)
    days.write(P, patient("1", birthDate=CHILD), kin(role="MTH"), certificate(code="family-register"))
    days.write(P, concern("c", "1"))
    days.now = NOW
    record = signed_by("RelatedPerson/kin", provision=EVERYBODY)
    days.write(P, paper(record), record)
    assert town.search(Q, "Condition") == ["Condition/c"]
    days.write(P, told(GROWN))
    assert town.search(Q, "Condition") == ["Condition/c"]
    assert town.search(replace(MOTHER, now=NOW), "Condition") == ["Condition/c"]
    days.write(P, register(), asking(GROWN))
    days.write(LEAD, again(asking(GROWN), 1, status="completed"))
    assert town.search(Q, "Condition") == []
    assert town.search(replace(MOTHER, now=NOW), "Condition") == []
    days.write(LEAD, again(asking(GROWN), 2, status="entered-in-error"))
    assert town.search(Q, "Condition") == ["Condition/c"]
    assert town.search(replace(MOTHER, now=NOW), "Condition") == ["Condition/c"]
    of_age_soon = "2009-11-23"
    days.write(P, told(of_age_soon, 2), asking(of_age_soon, id="soon"))
    days.write(LEAD, again(asking(of_age_soon, id="soon"), 1, status="completed"))
    later = NOW + timedelta(days=365)
    assert town.search(replace(Q, now=later - timedelta(days=1)), "Condition") == ["Condition/c"]
    assert town.search(replace(Q, now=later), "Condition") == []


@pytest.mark.parametrize(
    ("wrong", "who"),
    [
        (asking(GROWN, status="completed"), P),
        (asking(CHILD), P),
        (asking(GROWN, input=[]), P),
        (asking(GROWN) | {"for": ref("Patient/2")}, P),
        (asking(GROWN, requester=ref("Organization/lead")), LEAD),
    ],
    ids=["at once", "another date", "no date", "another person", "by the lead section itself"],
)
def test_what_cannot_be_asked(town: Town, wrong: Json, who: Any) -> None:
    town.write(P, patient("1", birthDate=CHILD), patient("2"), register())
    town.write(P, told(GROWN))
    assert refusal(town, who, wrong)[1] in ("R3", "")


def test_it_is_asked_on_a_paper_and_not_on_that_of_another_person(town: Town) -> None:
    town.write(P, patient("1", birthDate=CHILD), patient("2"))
    town.write(P, told(GROWN))
    assert refusal(town, P, asking(GROWN))[1] == "R3"
    town.write(P, register("other", subject=ref("Patient/2")), register("old", status="superseded"))
    untold = {name: part for name, part in register("untold").items() if name != "type"}
    town.write(P, untold)
    assert refusal(town, P, asking(GROWN))[1] == "R3"
    town.write(P, register(), asking(GROWN))


def test_nobody_confirms_what_their_own_agency_asks_and_nobody_else_does(town: Town) -> None:
    town.write(P, patient("1", birthDate=CHILD))
    town.write(P, told(GROWN), register(), asking(GROWN))
    assert refusal(town, P, again(asking(GROWN), 1, status="completed"))[1] == "R3"
    town.write(P, asking(GROWN, id="q", owner=ref("Organization/other")))
    assert (
        refusal(town, Q, again(asking(GROWN, id="q", owner=ref("Organization/other")), 1, status="completed"))[1]
        == "R3"
    )
    assert files(town, own_word()) == "R3"


def test_who_keeps_the_record_confirms_what_another_agency_found(town: Town) -> None:
    town.write(P, patient("1", birthDate="1980-01-01"))
    town.sign(P, consent("see", provision=EVERYBODY, performer=[ref("Patient/1")]))
    taken_on(town)
    town.write(P, told(GROWN))
    theirs = asking(GROWN, requester=ref("Organization/other"), owner=ref("Organization/center"))
    town.write(Q, register(), theirs)
    assert refusal(town, Q, again(theirs, 1, status="completed"))[1] == "R3"
    town.write(P, again(theirs, 1, status="completed"))
    assert born(town) == GROWN


def test_nobody_asks_about_a_person_whom_they_have_not_in_care(town: Town) -> None:
    town.write(P, patient("1", birthDate="1980-01-01"))
    town.sign(P, consent("see", provision=EVERYBODY, performer=[ref("Patient/1")]))
    town.write(P, told(CHILD))
    theirs = asking(CHILD, requester=ref("Organization/other"), owner=ref("Organization/center"))
    assert refusal(town, Q, register(), theirs) == ("forbidden", "P2")
    assert born(town) == "1980-01-01"


def test_what_was_confirmed_stands_and_is_not_deleted(town: Town) -> None:
    town.write(P, patient("1", birthDate=CHILD))
    confirm(town, GROWN)
    done = again(asking(GROWN), 2, status="completed")
    assert refusal(town, LEAD, done | {"status": "in-progress"})[1] == "R3"
    assert refusal(town, P, done | {"input": asking(CHILD)["input"]})[1] == "R3"
    assert refusal(town, P, done | {"status": "entered-in-error"})[1] == "R3"
    with pytest.raises(Exception, match="R3"):
        town.delete(P, "Task/b")
    assert files(town, own_word()) == ""


def test_a_date_confirmed_of_another_person_is_not_theirs(town: Town) -> None:
    town.write(P, patient("2", birthDate=GROWN), patient("1", birthDate=CHILD))
    of_other: Json = {"for": ref("Patient/2"), "focus": ref("Patient/2"), "basedOn": [ref("Task/about")]}
    about: Json = {"resourceType": "Task", "id": "about", "status": "requested", "intent": "order"}
    about |= {"for": ref("Patient/1"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    town.write(P, about, register(subject=ref("Patient/2")), asking(GROWN, **of_other))
    town.write(LEAD, again(asking(GROWN, **of_other), 1, status="completed"))
    assert files(town, own_word()) == "R3"
