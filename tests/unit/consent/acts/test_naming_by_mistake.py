"""Who was put into a household, or named, by mistake: once the lead section confirms it, as if it had never been."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from consent import verdict
from consent.actor import Actor
from consent.acts import naming_by_mistake
from consent.acts.naming_by_mistake import Misnaming
from consent.acts.reply import Reply
from consent.acts.transfer_task import Transferred
from consent.maintenance.reindexing import Reindexing
from consent.relations import contributions
from resources.record import mistake
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING, term
from resources.store.port import Transaction
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts.test_breaking_glass import EM, break_glass, review
from tests.unit.consent.acts.test_transferring import (
    EVERYBODY,
    again,
    answer,
    numbers,
    refused,
    wrong,
)
from tests.unit.consent.conftest import MEMBER
from tests.unit.consent.people import NOW
from tests.unit.consent.test_carrying_out import activity, decide, plan
from tests.unit.consent.town import Town, actor, case, concern, conference, coordination, household, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO, LEAD, CONV = (actor(name) for name in ("p", "q", "co", "lead", "conv"))
WHY = "同姓の別の人を登録していた"
OF_THE_HOUSEHOLD: Json = {"subject": ref("Group/g")}


def said(
    town: Town, who: Actor = P, record: str = "Group/g", person: str = "Patient/2", reason: str = WHY
) -> Transferred:
    do = partial(naming_by_mistake.asked, said=Misnaming(record, person, reason))
    return town.run(town.gate.operate(who, ("$mark-mistake", record), do))


def confirm(town: Town, who: Actor, task: str, *, accept: bool = True, reason: str = "住民票で確かめた") -> Transferred:
    do = partial(naming_by_mistake.answered, said=Reply(task.removeprefix("Task/"), accept, reason))
    return town.run(town.gate.operate(who, ("$mark-mistake", task), do))


def reindexed(town: Town) -> None:
    """Everything derived is made anew."""
    way = town.run(Reindexing.begun(town.gate.engine, lambda: NOW, again=True))
    assert way
    while town.run(way.step()):
        pass


def undone(town: Town, record: str = "Group/g", person: str = "Patient/2", who: Actor = P) -> Transferred:
    """Who keeps it says so, and the lead section confirms it."""
    return confirm(town, LEAD, said(town, who, record, person).task.reference)


@pytest.fixture
def left(kept: Town) -> Town:
    """Patient 2 was put into the household by mistake, and taken out; a concern of it was written in between."""
    kept.write(P, concern("h", "1") | OF_THE_HOUSEHOLD)
    kept.sign(P, consent("a", provision=EVERYBODY))
    kept.write(P, again(household("1")))
    return kept


def test_a_membership_by_mistake_is_as_if_it_had_never_been(left: Town) -> None:
    assert not left.reads(Q, "Condition/h")
    assert numbers(left, Q, "Group/g") == []
    undone(left)
    assert left.reads(Q, "Condition/h")
    assert left.search(Q, "Condition", ("subject", "Group/g")) == ["Condition/h"]
    assert numbers(left, Q, "Group/g") == [2]
    assert numbers(left, P, "Group/g") == [1, 2]
    assert left.search(Q, "Group") == ["Group/g"]
    assert wrong(left) == []
    reindexed(left)
    assert wrong(left) == []
    assert numbers(left, Q, "Group/g") == [2]
    left.write(P, again(household("1", "2"), 2))
    assert not left.reads(Q, "Condition/h"), "who joins in truth is asked"
    assert wrong(left) == []


def test_until_it_is_confirmed_and_where_it_is_declined_nothing_changes(left: Town) -> None:
    task = said(left).task.reference
    assert not left.reads(Q, "Condition/h")
    assert refused(left, said) == "business-rule mistake"
    assert refused(left, confirm, LEAD, task, reason="") == "business-rule mistake"
    confirm(left, LEAD, task, accept=False, reason="住民票では同じ世帯")
    assert not left.reads(Q, "Condition/h")
    assert refused(left, confirm, LEAD, task) == "business-rule mistake"
    assert wrong(left) == []
    undone(left)
    assert left.reads(Q, "Condition/h")


def test_who_is_not_asked_confirms_nothing_and_who_does_not_keep_it_says_nothing(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.write(P, again(household("1")))
    for who in (Q, LEAD, CO):
        assert refused(town, said, who) == "not-found"
    task = said(town).task.reference
    assert refused(town, confirm, P, task) == "forbidden mistake"
    assert refused(town, confirm, Q, task) == "not-found"
    assert refused(town, answer, LEAD, task) == "business-rule P1"
    asked = town.read(LEAD, task)
    for changed in ({"status": "completed"}, {"status": "accepted"}, {"reasonCode": {"text": "別の理由"}}):
        assert refused(town, lambda t, with_: t.write(LEAD, asked | with_), changed) in (
            "forbidden P1",
            "forbidden P2 P1",
        )
    town.write(P, asked | {"status": "cancelled"})
    assert refused(town, confirm, LEAD, task) == "not-found"
    assert not town.reads(LEAD, "Patient/2")


def test_nobody_writes_such_a_task_but_by_saying_so(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    task: Json = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order", "focus": ref("Group/g")}
    task |= {"code": concept("task-code", "confirm-mistake"), "owner": ref("Organization/lead")}
    with pytest.raises(Problem) as caught:
        town.write(P, task)
    assert caught.value.kind == "forbidden"


@pytest.mark.parametrize(
    ("record", "person", "reason", "rule"),
    [
        ("Group/g", "Patient/1", WHY, "mistake"),
        ("Group/g", "Patient/3", WHY, "mistake"),
        ("Group/g", "Organization/center", WHY, "mistake"),
        ("Group/g", "Patient/2", "", "mistake"),
        ("Patient/1", "Patient/2", WHY, "mistake"),
        ("Task/t", "Patient/1", WHY, "mistake"),
    ],
    ids=["still named", "never named", "no person", "no reason", "a person", "a request"],
)
def test_what_cannot_be_undone_so_is_refused(town: Town, record: str, person: str, reason: str, rule: str) -> None:
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2"), case(), coordination("requested"))
    town.write(P, again(household("1")))
    assert refused(town, said, P, record, person, reason) == f"business-rule {rule}"


def test_what_a_coordination_held_fast_of_the_stranger_is_let_go(kept: Town) -> None:
    kept.write(P, coordination("requested"))
    kept.write(CO, again(coordination()))
    assert kept.reads(LEAD, "Patient/2")
    assert kept.reads(CO, "Patient/2")
    kept.write(P, again(household("1")))
    undone(kept)
    for who in (LEAD, CO, CONV):
        assert not kept.reads(who, "Patient/2")
        assert not kept.search(who, "Patient", ("_id", "2"))
    assert kept.reads(LEAD, "Patient/1")
    assert numbers(kept, CO, "Group/g") == [2]
    assert wrong(kept) == []
    reindexed(kept)
    assert not kept.reads(LEAD, "Patient/2")


def test_a_meeting_and_the_roles_that_it_decided_let_the_stranger_go(open_: Town) -> None:
    """Else the records of somebody else would lie open before a conference, and their card to who carries out."""
    open_.write(P, plan(activity()), concern("s", "2"))
    decide(open_, "other", "center")
    assert sorted(open_.search(MEMBER, "Condition")) == ["Condition/c", "Condition/s"]
    assert sorted(open_.search(Q, "Patient")) == ["Patient/1", "Patient/2"]
    open_.write(P, again(household("1")))
    undone(open_)
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    assert open_.search(Q, "Patient") == ["Patient/1"]
    assert not open_.reads(LEAD, "Patient/2")
    open_.write(CONV, again(conference("finished", "q", "p"), 2))
    assert open_.search(Q, "Patient") == ["Patient/1"]
    assert open_.reads(Q, "CarePlan/plan")
    assert wrong(open_) == []
    reindexed(open_)
    assert wrong(open_) == []
    assert open_.search(Q, "Patient") == ["Patient/1"]


def test_what_an_agency_did_while_it_had_the_household_in_care_stands(town: Town) -> None:
    """Not knowing better it asked another agency about the stranger: that request is no forgery afterwards."""
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    asks: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Group/g")}
    asks |= {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    town.write(P, asks)
    town.write(Q, again(asks, status="accepted"))
    town.sign(P, consent("a", provision=EVERYBODY, patient=ref("Patient/2"), performer=[ref("Patient/2")]))
    onward = {"requester": ref("Organization/other"), "owner": ref("Organization/lead"), "for": ref("Patient/2")}
    town.write(Q, asks | onward | {"id": "u"})
    assert verdict.read(town.stored("Task")[-1].terms).counts
    town.write(P, again(household("1")))
    undone(town)
    assert [verdict.read(each.terms).counts for each in town.stored("Task") if each.id == "u"] == [True]
    assert wrong(town) == []


def named(town: Town) -> None:
    """A concern of Patient 1 was first written about Patient 2; others are of it, in a circle, and one of another."""
    note: Json = {"resourceType": "Observation", "status": "final", "code": {"text": "様子"}}
    town.write(P, concern("x", "2"))
    town.write(P, note | {"id": "o", "focus": [ref("Condition/x")], "subject": ref("Patient/1")})
    town.write(P, note | {"id": "two", "focus": [ref("Condition/x")], "subject": ref("Patient/2")})
    town.write(P, note | {"id": "back", "focus": [ref("Observation/o")], "subject": ref("Patient/1")})
    town.write(
        P, again(note | {"id": "o", "subject": ref("Patient/1")}, focus=[ref("Condition/x"), ref("Observation/back")])
    )
    town.write(P, again(concern("x", "1")))


def test_a_naming_by_mistake_is_taken_back_from_all_that_was_of_the_record(kept: Town) -> None:
    named(kept)
    kept.sign(P, consent("a", provision=EVERYBODY))
    assert kept.search(Q, "Observation") == []
    undone(kept, "Condition/x")
    assert sorted(kept.search(Q, "Observation")) == ["Observation/back", "Observation/o"]
    assert numbers(kept, Q, "Condition/x") == [2]
    assert numbers(kept, P, "Condition/x") == [1, 2]
    assert not kept.reads(Q, "Observation/two"), "it is about the stranger by itself"
    assert wrong(kept) == []
    reindexed(kept)
    assert wrong(kept) == []
    assert numbers(kept, Q, "Condition/x") == [2]
    kept.write(P, again(concern("x", "1"), 2, note=[{"text": "続き"}]))
    kept.delete(P, "Condition/x")
    assert wrong(kept) == []


def of_the_wrong_household(town: Town) -> None:
    """A concern and a note of it were first written about the household of 2 and 3, from which 3 has left since; they
    are about that of 1."""
    town.write(P, patient("3"), household("2", "3") | {"id": "other"})
    note: Json = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "様子"}}
    wrong_one: Json = {"subject": ref("Group/other")}
    town.write(P, concern("x", "1") | wrong_one)
    town.write(P, again(household("2") | {"id": "other"}))
    town.write(P, note | {"focus": [ref("Condition/x")], "subject": ref("Patient/1")})
    town.write(P, again(concern("x", "1") | {"subject": ref("Patient/1")}))


@pytest.fixture
def elsewhere(kept: Town) -> Town:
    of_the_wrong_household(kept)
    kept.sign(P, consent("a", provision=EVERYBODY))
    return kept


def test_a_household_that_a_record_named_by_mistake_is_as_if_it_never_had(elsewhere: Town) -> None:
    assert not elsewhere.reads(Q, "Condition/x")
    assert not elsewhere.reads(Q, "Observation/o")
    undone(elsewhere, "Condition/x", "Group/other")
    assert elsewhere.reads(Q, "Condition/x")
    assert elsewhere.reads(Q, "Observation/o"), "nor is what is of it about who had left the wrong household"
    assert numbers(elsewhere, Q, "Condition/x") == [2]
    assert numbers(elsewhere, P, "Condition/x") == [1, 2]
    assert wrong(elsewhere) == []
    reindexed(elsewhere)
    assert wrong(elsewhere) == []
    assert numbers(elsewhere, Q, "Condition/x") == [2]
    elsewhere.write(P, again(concern("x", "1"), 2, note=[{"text": "続き"}]))
    elsewhere.delete(P, "Condition/x")
    assert wrong(elsewhere) == []


def test_who_coordinates_the_right_household_reads_what_was_first_written_of_another(kept: Town) -> None:
    kept.write(P, coordination("requested"))
    kept.write(CO, again(coordination()))
    kept.write(P, patient("3"), household("3") | {"id": "other"}, case("k3") | {"subject": ref("Group/other")})
    kept.write(P, plan(activity(), id="mine") | {"subject": ref("Group/other")})
    kept.write(P, again(plan(activity(), id="mine")))
    assert not kept.reads(CO, "CarePlan/mine"), "it is of a household, too, that nobody coordinates"
    undone(kept, "CarePlan/mine", "Group/other")
    assert kept.reads(CO, "CarePlan/mine")
    assert kept.search(CO, "CarePlan", ("_id", "mine")) == ["CarePlan/mine"]
    assert numbers(kept, CO, "CarePlan/mine") == [2]
    assert wrong(kept) == []


def test_the_lead_section_is_shown_who_is_in_the_household_that_was_named(elsewhere: Town) -> None:
    task = said(elsewhere, P, "Condition/x", "Group/other").task
    assert elsewhere.reads(LEAD, "Condition/x")
    assert elsewhere.reads(LEAD, "Patient/2")
    assert not elsewhere.reads(LEAD, "Patient/3"), "who is in it now"
    confirm(elsewhere, LEAD, task.reference, accept=False)
    assert not elsewhere.reads(LEAD, "Patient/2")


def test_somebody_of_the_wrong_household_who_is_named_besides_stays(elsewhere: Town) -> None:
    elsewhere.write(P, again(concern("x", "1", evidence=[{"detail": [ref("Patient/2")]}]), 2))
    undone(elsewhere, "Condition/x", "Group/other")
    assert not elsewhere.reads(Q, "Condition/x")
    assert wrong(elsewhere) == []


def test_where_somebody_of_the_household_was_protected_meanwhile_it_is_said_anew(elsewhere: Town) -> None:
    task = said(elsewhere, P, "Condition/x", "Group/other").task.reference
    elsewhere.protect(P, "Patient/2", "Organization/center", shares=())
    assert refused(elsewhere, confirm, LEAD, task) == "business-rule mistake"


def test_what_a_household_that_is_named_still_or_never_was_cannot_be_undone(elsewhere: Town) -> None:
    elsewhere.write(P, concern("y", "1") | {"subject": ref("Group/other")})
    assert refused(elsewhere, said, P, "Condition/y", "Group/other") == "business-rule mistake"
    assert refused(elsewhere, said, P, "Condition/x", "Group/g") == "business-rule mistake"
    assert refused(elsewhere, said, P, "Group/g", "Group/other") == "business-rule mistake"


def test_an_emergency_that_a_record_of_the_wrong_household_opened_closes_for_its_strangers(kept: Town) -> None:
    kept.write(P, patient("3"), household("3") | {"id": "other"}, concern("s", "3"))
    kept.write(P, concern("x", "1") | {"subject": ref("Group/other")})
    break_glass(kept, record="Condition/x")
    assert kept.reads(EM, "Condition/s")
    kept.write(P, again(concern("x", "1")))
    undone(kept, "Condition/x", "Group/other")
    assert not kept.reads(EM, "Condition/s")
    assert wrong(kept) == []


def test_a_relative_of_the_wrong_person_is_none_of_theirs(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/2")})
    town.write(P, concern("x", "1", asserter=ref("RelatedPerson/r")))
    town.sign(P, consent("a", provision=EVERYBODY))
    town.write(P, again({"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/1")}))
    assert not town.reads(Q, "Condition/x")
    undone(town, "RelatedPerson/r")
    assert town.reads(Q, "Condition/x")
    assert wrong(town) == []


def test_whom_another_record_names_by_mistake_too_stays_until_that_is_said_of_it(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), concern("x", "2"), concern("y", "2"))
    note: Json = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "様子"}}
    town.write(P, note | {"focus": [ref("Condition/x"), ref("Condition/y")], "subject": ref("Patient/1")})
    town.write(P, again(concern("x", "1")), again(concern("y", "1")))
    town.sign(P, consent("a", provision=EVERYBODY))
    undone(town, "Condition/x")
    assert not town.reads(Q, "Observation/o")
    undone(town, "Condition/y")
    assert town.reads(Q, "Observation/o")
    assert wrong(town) == []


def test_of_a_protected_stranger_only_who_is_on_the_list_says_so_and_the_place_stays_hidden(town: Town) -> None:
    """Else a protection would be dodged by calling its person a mistake."""
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.write(P, concern("h", "1", onsetString="山陽町に移った頃") | OF_THE_HOUSEHOLD)
    town.protect(P, "Patient/2", "PractitionerRole/q", shares=())
    town.write(P, again(household("1")))
    assert refused(town, said) == "forbidden D1"
    assert refused(town, said, Q) == "not-found"


def test_where_the_list_names_the_keeper_the_records_of_the_others_are_found_again(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.write(P, concern("h", "1", onsetString="山陽町に移った頃") | OF_THE_HOUSEHOLD)
    town.protect(P, "Patient/2", "Organization/center")
    town.write(P, again(household("1")))
    town.sign(P, consent("a", provision=EVERYBODY))
    assert town.search(P, "Condition", ("onset-info", "山陽町")) == []
    undone(town)
    assert town.search(Q, "Condition", ("onset-info", "山陽町")) == ["Condition/h"]
    assert town.read(Q, "Condition/h")["onsetString"] == "山陽町に移った頃"
    assert wrong(town) == []


def test_a_record_marked_as_a_whole_and_taken_back_still_shows_no_version_that_names_the_stranger(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.sign(P, consent("a", provision=EVERYBODY))
    town.write(P, again(household("1")))
    undone(town)
    mark = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}
    town.write(P, again(household("1"), 2) | mark)
    assert numbers(town, Q, "Group/g") == []
    town.write(P, again(household("1"), 3))
    assert numbers(town, Q, "Group/g") == [2, 3, 4]
    assert wrong(town) == []


def test_who_is_named_again_before_it_is_confirmed_is_named(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.write(P, again(household("1")))
    task = said(town).task.reference
    town.write(P, again(household("1", "2"), 2))
    assert refused(town, confirm, LEAD, task) == "business-rule mistake"
    town.write(P, again(household("1"), 3))
    assert refused(town, confirm, LEAD, task) == "business-rule mistake", "what was said was said of the first"
    confirm(town, LEAD, task, accept=False)
    undone(town)
    assert numbers(town, P, "Group/g") == [1, 2, 3, 4]
    assert wrong(town) == []


def test_nobody_learns_by_it_that_a_record_is_about_somebody_whom_they_do_not_see_there(town: Town) -> None:
    """A letter is about whom the sender's own record is about, which its receiver does not read."""
    town.write(P, patient("1"))
    taken_on(town)
    town.write(Q, patient("s"), concern("s", "s"))
    word: Json = {"resourceType": "Communication", "id": "w", "status": "completed", "subject": ref("Patient/1")}
    word |= {"recipient": [ref("Organization/center")], "sender": ref("Organization/other")}
    town.write(Q, word | {"about": [ref("Condition/s")]})
    note: Json = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "様子"}}
    note |= {"subject": ref("Patient/1")}
    town.write(P, note | {"focus": [ref("Communication/w")]})
    assert ".subject Patient/s" in town.stored("Observation")[0].terms
    town.write(P, again(note))
    told = []
    for person in ("Patient/s", "Patient/none"):
        with pytest.raises(Problem) as caught:
            said(town, P, "Observation/o", person)
        told.append([issue.text for issue in caught.value.issues])
    assert told[0] == told[1]


def test_what_a_record_is_of_besides_keeps_it_about_the_person(town: Town) -> None:
    """Else whoever keeps a record would take from it whom the records of others make it one about."""
    town.write(P, patient("1"), patient("2"), concern("x", "2"))
    note: Json = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "様子"}}
    town.write(P, note | {"subject": ref("Patient/2")})
    town.sign(P, consent("a", provision=EVERYBODY))
    town.write(P, again(note | {"subject": ref("Patient/1")}, focus=[ref("Condition/x")]))
    assert refused(town, said, P, "Observation/o") == "business-rule mistake"
    town.write(P, again(concern("x", "1")))
    undone(town, "Observation/o")
    assert not town.reads(Q, "Observation/o")
    undone(town, "Condition/x")
    assert town.reads(Q, "Observation/o")
    assert wrong(town) == []


def test_a_check_finds_a_mark_that_nobody_confirmed_and_one_that_was_lost(left: Town) -> None:
    async def marked(tx: Transaction) -> None:
        first = await tx.get("Group", "g", within=EVERYTHING, number=1)
        assert first
        marks = {term(mistake.MISNAMED, "Patient/2"), mistake.MISTAKEN}
        rows = [row for row in await tx.rows([(contributions.MEMBER, "Group/g")]) if row.relation.to != "Patient/2"]
        await tx.amend("Group/g", {1: tuple(sorted({*first.terms, *marks}))}, rows)

    async def lost(tx: Transaction) -> None:
        first = await tx.get("Group", "g", within=EVERYTHING, number=1)
        assert first
        terms = tuple(sorted(set(first.terms) - mistake.said(first.terms)))
        await tx.amend("Group/g", {1: terms}, None)

    left.run(left.store.transact(marked))
    assert any("nobody confirmed" in each for each in wrong(left))
    left.run(left.store.transact(lost))
    undone(left)
    assert wrong(left) == []
    left.run(left.store.transact(lost))
    assert any("is not marked so" in each for each in wrong(left))


def opened(town: Town) -> list[str]:
    return sorted(town.search(EM, "Condition"))


@pytest.mark.parametrize("record", ["Patient/1", "Condition/c", "Group/g"])
def test_what_an_emergency_opened_by_the_mistake_closes_at_once(town: Town, record: str) -> None:
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2", "3"))
    town.write(P, concern("c", "1"), concern("d", "2"), concern("e", "3"))
    broken = break_glass(town, record=record)
    assert opened(town) == ["Condition/c", "Condition/d", "Condition/e"]
    town.write(P, again(household("1", "3")))
    assert "Condition/d" in opened(town), "who has left since is meant still"
    confirm(town, LEAD, said(town).task.reference)
    assert opened(town) == ["Condition/c", "Condition/e"]
    assert town.read(LEAD, broken.review.reference)["status"] == "requested", "it is reviewed all the same"
    assert wrong(town) == []
    reindexed(town)
    assert opened(town) == ["Condition/c", "Condition/e"]
    review(town)
    assert opened(town) == ["Condition/c", "Condition/e"]


def test_where_it_was_they_who_were_meant_the_household_closes_and_they_stay_open(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"), concern("d", "2"))
    break_glass(town, record="Patient/2")
    assert opened(town) == ["Condition/c", "Condition/d"]
    town.write(P, again(household("1")))
    confirm(town, LEAD, said(town).task.reference)
    assert opened(town) == ["Condition/d"]
    assert wrong(town) == []


def test_who_is_named_by_the_record_itself_stays_open(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("d", "2"))
    town.write(P, concern("both", "1", evidence=[{"detail": [ref("Patient/2")]}]))
    break_glass(town, record="Condition/both")
    town.write(P, again(household("1")))
    confirm(town, LEAD, said(town).task.reference)
    assert opened(town) == ["Condition/both", "Condition/d"]
