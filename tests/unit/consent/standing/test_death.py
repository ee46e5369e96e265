"""Who has died is asked no more for what is recorded after that was confirmed, and somebody living still grants."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent import gathering, policy, verdict, vocabulary
from consent.provision.provisions import CONSENT
from consent.relations.contributions import DIED
from resources.division import Part
from resources.record.problem import Problem
from resources.search.predicate import has
from resources.store import sqlite_range
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts import divided_town
from tests.unit.consent.acts import test_transferring as transferring
from tests.unit.consent.people import NOW
from tests.unit.consent.standing.test_consent import Days, certificate, days, kin, refusal, signed_by
from tests.unit.consent.town import BOTH_STORES, Town, actor, case, concern, household, paper, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

__all__ = ["days"]

Json = dict[str, Any]

P, Q, LEAD, EM = actor("p"), actor("q"), actor("lead"), actor("em")
TODAY = "2026-11-23"
EVERYBODY: Json = {"type": "permit"}


ON_BOTH = pytest.mark.parametrize("either", BOTH_STORES, indirect=True)
"""What rests on the rows and terms of a store is asked of both."""


@pytest.fixture
def either(request: pytest.FixtureRequest) -> Town:
    """A town on either store, in which the first of two persons has died, and the second consents."""
    town: Town = request.getfixturevalue("town_on_mongodb" if getattr(request, "param", "") == "mongodb" else "town")
    told(town)
    return town


@pytest.fixture
def lost(town: Town) -> Town:
    told(town)
    return town


def told(town: Town) -> None:
    town.write(P, patient("1", deceasedDateTime=TODAY), patient("2"), about("before"))
    signs(town, "2")


def about(id: str, *persons: str, **elements: Any) -> Json:
    """A concern of the first person that names the second, or of these."""
    one, *others = persons or ("1", "2")
    return concern(id, one, evidence=[{"detail": [ref(f"Patient/{each}")]} for each in others]) | elements


def signs(town: Town, person: str, id: str = "", **elements: Any) -> None:
    form = consent(id or f"s{person}", patient=ref(f"Patient/{person}"), performer=[ref(f"Patient/{person}")])
    town.sign(P, form | {"provision": EVERYBODY} | elements)


def certified(id: str = "paper", person: str = "1", **elements: Any) -> Json:
    """A paper that tells that a person has died."""
    document: Json = {"resourceType": "DocumentReference", "id": id, "status": "current"}
    document |= {"subject": ref(f"Patient/{person}"), "type": concept("death-paper", "death-certificate")}
    return document | {"content": [{"attachment": {"title": "死亡診断書"}}]} | elements


def asking(status: str = "requested", day: Json | None = None, person: str = "1", **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": "d", "status": status, "intent": "order"}
    task |= {"code": concept("task-code", "confirm-death"), "requester": ref("Organization/center")}
    task |= {"for": ref(f"Patient/{person}"), "focus": ref(f"Patient/{person}"), "owner": ref("PractitionerRole/lead")}
    said = {"valueDateTime": TODAY} if day is None else day
    return task | {"input": [{"type": {"text": "死亡の日"}} | said]} | elements


def again(record: Json, number: int, **elements: Any) -> Json:
    return record | elements | {"meta": {"versionId": str(number)}}


def confirm(town: Town, day: Json | None = None, person: str = "1", id: str = "d") -> None:
    """The center asks, on a paper that it keeps; the lead section confirms."""
    task = asking(day=day, person=person, id=id)
    town.write(P, certified(f"paper-{id}", person), task)
    town.write(LEAD, again(task, 1, status="completed"))


def found_by_another(town: Town) -> Json:
    """The other agency has the person in care, keeps a paper, and asks the center to confirm it."""
    taken_on(town)
    task = asking(requester=ref("Organization/other"), owner=ref("Organization/center"))
    town.write(Q, certified(), task)
    return task


def seen(town: Town) -> list[str]:
    """What the other agency is shown of concerns: found and read alike."""
    found = sorted(town.search(Q, "Condition"))
    assert [name for name in concerns(town) if town.reads(Q, name)] == found
    return found


def concerns(town: Town) -> list[str]:
    return sorted(each.reference for each in town.stored("Condition"))


@ON_BOTH
def test_what_is_recorded_after_it_was_confirmed_asks_the_living_alone(either: Town) -> None:
    either.write(P, about("said"))
    assert seen(either) == []
    confirm(either)
    assert seen(either) == [], "what was recorded before asks whom it asked"
    either.write(P, about("after"))
    assert seen(either) == ["Condition/after"]
    either.write(P, again(about("before"), 1, note=[{"text": "葬儀のあと"}]))
    assert seen(either) == ["Condition/after", "Condition/before"]
    with pytest.raises(Problem):
        either.read(Q, "Condition/before", 1)
    assert either.read(Q, "Condition/before", 2)


def test_what_is_written_with_the_confirmation_is_not_written_after_it(lost: Town) -> None:
    theirs = found_by_another(lost)
    lost.write(P, again(theirs, 1, status="completed"), about("beside"))
    assert seen(lost) == []
    lost.write(P, about("after"))
    assert seen(lost) == ["Condition/after"]


@ON_BOTH
def test_of_a_household_those_living_are_asked(either: Town) -> None:
    either.write(P, household("1", "2"), case("old"))
    confirm(either)
    either.write(P, case("new") | {"status": "on-hold"})
    assert either.search(Q, "CarePlan") == ["CarePlan/new"]
    either.write(P, patient("3"), again(household("1", "2", "3"), 1))
    assert either.search(Q, "CarePlan") == []
    signs(either, "3")
    assert either.search(Q, "CarePlan") == ["CarePlan/new"]


def test_where_nobody_living_is_left_to_ask_it_opens_nothing(either: Town) -> None:
    signs(either, "1")
    either.write(P, concern("own", "1"))
    assert seen(either) == ["Condition/before", "Condition/own"]
    confirm(either)
    assert seen(either) == ["Condition/before", "Condition/own"], "what they had permitted stays permitted"
    either.write(P, concern("late", "1"), about("both"))
    assert seen(either) == ["Condition/before", "Condition/both", "Condition/own"]
    either.write(P, patient("2", deceasedBoolean=True) | {"meta": {"versionId": "1"}})
    confirm(either, {"valueBoolean": True}, "2", "d2")
    either.write(P, about("none"))
    assert "Condition/none" not in seen(either)


def test_what_they_refused_stays_refused(either: Town) -> None:
    signs(either, "1", provision={"type": "deny"})
    confirm(either)
    either.write(P, about("after"))
    assert seen(either) == []


def test_what_another_living_person_has_not_permitted_stays_closed(lost: Town) -> None:
    confirm(lost)
    lost.write(P, patient("3"), about("after", "1", "2", "3"), about("two"))
    assert seen(lost) == ["Condition/two"]
    signs(lost, "3", provision={"type": "deny"})
    assert seen(lost) == ["Condition/two"]


def test_that_a_record_says_so_is_not_enough(either: Town) -> None:
    either.write(P, certified(), asking())
    either.write(P, about("after"))
    assert seen(either) == []


@ON_BOTH
def test_taken_back_they_are_asked_again_as_if_it_had_never_been(either: Town) -> None:
    confirm(either)
    either.write(P, about("after"))
    assert seen(either) == ["Condition/after"]
    either.write(LEAD, again(asking(), 2, status="entered-in-error"))
    assert seen(either) == []
    confirm(either, id="second")
    assert seen(either) == [], "between the two they were asked"
    either.write(P, about("later"))
    assert seen(either) == ["Condition/later"]


@pytest.mark.parametrize("living", [{}, {"deceasedBoolean": False}], ids=["nothing", "no"])
def test_whose_record_says_it_no_more_is_asked_again_at_once(either: Town, living: Json) -> None:
    confirm(either)
    either.write(P, about("after"))
    assert seen(either) == ["Condition/after"]
    either.write(P, again(patient("1", **living), 1))
    assert seen(either) == []
    either.write(P, again(patient("1", deceasedDateTime="2026-11"), 2))
    assert seen(either) == ["Condition/after"]


@pytest.mark.parametrize(
    "day", ["2027", "2026-12", "2026-11-24", "2026-11-23T23:00:00+09:00", "9999-12-31", "1979", "1979-12-31"]
)
def test_nobody_has_died_on_a_day_to_come_or_before_birth(town: Town, day: str) -> None:
    town.write(P, patient("1", deceasedDateTime=day), certified())
    assert refusal(town, P, asking(day={"valueDateTime": day}))[1] == "R3"


@pytest.mark.parametrize(
    "day", ["2026", "2026-11", TODAY, "2026-11-23T09:00:00+09:00", "2016-12-31T23:59:60Z", "1980", "1980-01-01"]
)
def test_as_little_as_is_known_of_the_day_will_do(lost: Town, day: str) -> None:
    lost.write(P, again(patient("1", deceasedDateTime=day), 1))
    confirm(lost, {"valueDateTime": day})
    lost.write(P, about("after"))
    assert seen(lost) == ["Condition/after"]


def test_that_they_have_died_will_do_where_no_day_is_known(lost: Town) -> None:
    lost.write(P, again(patient("1", deceasedBoolean=True), 1))
    assert refusal(lost, P, certified(), asking())[1] == "R3", "the record tells no day"
    confirm(lost, {"valueBoolean": True})
    lost.write(P, about("after"))
    assert seen(lost) == ["Condition/after"]


@pytest.mark.parametrize("day", ["2030-01-01", "1979"])
def test_a_day_that_cannot_be_makes_them_asked_again(lost: Town, day: str) -> None:
    confirm(lost)
    lost.write(P, about("after"), again(patient("1", deceasedDateTime=day), 1))
    assert seen(lost) == []


WRONG: dict[str, tuple[Json, Any]] = {
    "at once": (asking("completed"), P),
    "by the lead section itself": (asking("completed", requester=ref("Organization/lead")), LEAD),
    "another day": (asking(day={"valueDateTime": "2026-11-22"}), P),
    "no day": (asking(input=[]), P),
    "two days": (asking(input=[{"type": {"text": "日"}, "valueDateTime": TODAY}] * 2), P),
    "not dead": (asking(day={"valueBoolean": False}), P),
    "another element": (asking(day={"valueDate": TODAY}), P),
    "of a living person": (asking(person="2"), P),
    "of another than for": (asking() | {"for": ref("Patient/2")}, P),
    "of a household": (asking() | {"for": ref("Group/g"), "focus": ref("Group/g")}, P),
    "of nobody": ({name: part for name, part in asking().items() if name != "focus"}, P),
    "by one who has them not in care": (asking(requester=ref("Organization/other")), Q),
    "by the person": (asking(), replace(P, person="Patient/1", purpose=vocabulary.PATIENT_REQUEST)),
}


@pytest.mark.parametrize(("wrong", "who"), WRONG.values(), ids=WRONG)
def test_what_is_asked_or_answered_otherwise_is_refused(lost: Town, wrong: Json, who: Any) -> None:
    lost.write(P, certified(), household("1", "2"))
    refusal(lost, who, wrong)
    lost.write(P, about("after"))
    assert seen(lost) == []


def test_it_is_asked_on_a_paper_of_that_person_that_is_kept(lost: Town) -> None:
    untold = {name: part for name, part in certified("untold").items() if name != "type"}
    birth = certified("birth", type=concept("birth-paper", "family-register"))
    lost.write(P, certified("other", "2"), certified("old", status="superseded"), untold, birth)
    assert refusal(lost, P, asking())[1] == "R3"
    lost.write(P, certified(), asking())


def test_nobody_confirms_what_their_own_agency_asks_and_nobody_else_does(lost: Town) -> None:
    lost.write(P, certified(), asking())
    assert refusal(lost, P, again(asking(), 1, status="completed"))[1] == "R3"
    lost.write(P, asking(id="q", owner=ref("Organization/other")))
    theirs = again(asking(id="q", owner=ref("Organization/other")), 1, status="completed")
    assert refusal(lost, Q, theirs)[1] == "R3"
    lost.write(P, about("after"))
    assert seen(lost) == []


def test_who_keeps_the_record_confirms_what_another_agency_found(lost: Town) -> None:
    theirs = found_by_another(lost)
    assert refusal(lost, Q, again(theirs, 1, status="completed"))[1] == "R3"
    lost.write(P, again(theirs, 1, status="completed"))
    lost.write(P, about("after"))
    assert seen(lost) == ["Condition/after"]


def test_who_is_in_conflict_confirms_nothing(lost: Town) -> None:
    lost.write(P, certified(), asking())
    lost.protect(P, "Patient/1", "HealthcareService/desk", against=("Practitioner/lead",))
    refusal(lost, LEAD, again(asking(), 1, status="completed"))
    lost.write(P, about("after"))
    assert seen(lost) == []


def test_what_was_confirmed_stands_and_is_not_deleted(lost: Town) -> None:
    confirm(lost)
    done = again(asking(), 2, status="completed")
    assert refusal(lost, LEAD, done | {"status": "in-progress"})[1] == "R3"
    assert refusal(lost, P, done | {"input": asking(day={"valueDateTime": "2026"})["input"]})[1] == "R3"
    assert refusal(lost, P, done | {"status": "entered-in-error"})[1] == "R3"
    with pytest.raises(Problem, match="R3"):
        lost.delete(P, "Task/d")
    lost.write(P, about("after"))
    lost.write(LEAD, done | {"note": [{"text": "戸籍で確かめた"}]})
    assert seen(lost) == ["Condition/after"]


def test_a_protected_person_stays_protected_and_is_asked_no_more(lost: Town) -> None:
    lost.protect(P, "Patient/1", "HealthcareService/desk")
    lost.write(P, certified(), asking())
    lost.write(LEAD, lost.read(LEAD, "Task/d") | {"status": "completed"})
    lost.write(P, about("after", note=[{"text": "山陽町一丁目"}]))
    assert seen(lost) == ["Condition/after"]
    assert "note" not in lost.read(Q, "Condition/after")


def test_the_death_of_who_signed_for_another_ends_nothing(days: Days) -> None:
    """What a parent signed stands: it ends where it is ended, and nobody else is asked in their place."""
    town, days.now = days.town, NOW - timedelta(days=30)
    mother = patient("1", link=[{"other": ref("RelatedPerson/kin"), "type": "seealso"}])
    days.write(
        P, mother, patient("3", birthDate="2012-05-05"), kin("kin", "MTH", "3"), certificate(code="family-register")
    )
    days.now = NOW
    form = signed_by("RelatedPerson/kin", patient=ref("Patient/3"), provision=EVERYBODY)
    days.write(P, paper(form), form, concern("c", "3"))
    assert seen(town) == ["Condition/c"]
    days.write(P, again(mother | {"deceasedDateTime": TODAY}, 1), certified(), asking())
    days.write(LEAD, again(asking(), 1, status="completed"))
    assert seen(town) == ["Condition/c"]


@ON_BOTH
def test_who_has_died_is_not_found_among_the_living(either: Town) -> None:
    assert either.search(P, "Patient", ("deceased", "true")) == ["Patient/1"]
    assert either.search(P, "Patient", ("deceased", "false")) == ["Patient/2"]
    either.write(P, again(patient("1"), 1), again(patient("2", deceasedDateTime=TODAY), 1))
    assert either.search(P, "Patient", ("deceased", "true")) == ["Patient/2"]
    assert either.search(P, "Patient", ("deceased", "false")) == ["Patient/1"]


def test_the_way_in_is_by_who_consented_to_the_one_who_asks(lost: Town) -> None:
    """However many have died: no row of a death leads anywhere."""
    confirm(lost)

    async def ways() -> list[Any]:
        async with lost.store.snapshot() as view:
            facts = await gathering.of_actor(view, Q)
            facts = await gathering.for_search(view, facts, "Condition", has(".type", "Condition"))
            (rule,) = (each for each in policy.rules("search", facts) if each.id == "P3")
            return [way for way in sqlite_range.ranges(rule.predicate) if way.related]

    found = lost.run(ways())
    assert found, "there is a way in by rows"
    assert {row.relation for way in found for _, row in way.related} == {CONSENT}


def test_the_decision_names_the_confirmation_that_it_rests_on(lost: Town) -> None:
    confirm(lost)
    lost.write(P, about("after"))
    lost.read(Q, "Condition/after")
    assert "Task/d/_history/2" in str(lost.trail()[-1])


@ON_BOTH
def test_the_row_is_there_from_the_confirmation_until_it_is_taken_back(either: Town) -> None:
    confirm(either)

    async def rows() -> list[bool]:
        async with either.store.snapshot() as view:
            return [row.ended == "~" for row in await view.rows([(DIED, "Patient/1")])]

    assert either.run(rows()) == [True]
    [task] = [each for each in either.stored("Task") if each.id == "d"]
    assert verdict.read(task.terms).note(verdict.DIED) == {"Patient/1"}
    either.write(LEAD, again(asking(), 2, status="entered-in-error"))
    assert either.run(rows()) == [False]


@pytest.mark.parametrize("wrong", [{"status": "entered-in-error"}, {"docStatus": "entered-in-error"}])
def test_a_paper_that_was_entered_in_error_confirms_nothing(lost: Town, wrong: Json) -> None:
    assert refusal(lost, P, certified(**wrong), asking()) == ("business-rule", "R3")
    lost.write(P, certified("other"), asking())
    lost.write(P, again(certified("other"), 1, **wrong))
    assert refusal(lost, LEAD, again(asking(), 1, status="completed")) == ("business-rule", "R3")


def test_a_patient_that_was_entered_in_error_says_of_nobody_that_they_have_died(either: Town) -> None:
    confirm(either)
    either.write(P, about("said"))
    assert seen(either) == ["Condition/said"]
    gone = patient("1", deceasedDateTime=TODAY)
    mark = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}
    either.write(P, again(gone, 1, **mark))
    assert seen(either) == []
    either.write(P, again(gone, 2))
    assert seen(either) == ["Condition/said"]


@ON_BOTH
def test_what_the_lead_section_opens_to_another_keeper_asks_the_dead_as_what_was_written_before(either: Town) -> None:
    """The server writes that version word for word: nobody who knew of the death wrote it for who is left."""
    theirs: Json = {"resourceType": "Task", "id": "care", "status": "requested", "intent": "order"}
    theirs |= {"for": ref("Patient/2"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    either.write(P, theirs)
    either.write(Q, again(theirs, 1, status="accepted"))
    form = consent("q2", patient=ref("Patient/2"), performer=[ref("Patient/2")])
    either.sign(Q, form | {"provision": EVERYBODY})
    confirm(either)
    done = transferring.hand(either, "Condition/before", "経過を知らないと支援できない")
    made = transferring.answer(either, LEAD, done.records[-1].reference, reason="必要と認める")
    assert made.records
    assert either.reads(Q, "Condition/before"), "who took it over reads it"
    assert not either.reads(EM, "Condition/before")
    assert either.search(EM, "Condition") == []
    assert transferring.wrong(either) == []
    either.write(Q, again(about("before"), 2, note=[{"text": "葬儀のあと"}]))
    assert either.search(EM, "Condition") == ["Condition/before"]
    with pytest.raises(Problem):
        either.read(EM, "Condition/before", 2)
    assert transferring.wrong(either) == []


@ON_BOTH
def test_in_the_part_of_a_household_what_was_written_before_asks_the_dead_as_before(either: Town) -> None:
    either.write(P, patient("3"), household("1", "2", "3"), case())
    confirm(either)
    parts = (Part(("Patient/1", "Patient/2")), Part(("Patient/3",)))
    one, _ = divided_town.divide(either, parts)
    [of_part] = [each.reference for each in divided_town.of(either, "CarePlan", one)]
    assert not either.reads(Q, of_part)
    assert not either.reads(Q, one)
    assert either.search(Q, "CarePlan") == []
    assert transferring.wrong(either) == []
    either.write(P, either.read(P, of_part) | {"title": "これから"})
    assert either.search(Q, "CarePlan") == [of_part]
    assert transferring.wrong(either) == []
