"""What is written of a hand-over, by whom it is asked and answered, and what it comes to when something has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from consent import verdict
from consent.actor import Scope
from consent.acts import transferring
from consent.acts.reply import Reply
from consent.acts.transfer_task import Transferred
from consent.rule import Decision, Rule, Text
from consent.verdict import Verdict
from resources.record import envelope, keeping
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import body, posted
from tests.unit.consent.acts.test_transferring import CENTER, OTHER, answer, hand, numbers, offer, refused
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, household, patient

Json = dict[str, Any]

P, Q, CO, LEAD, LEAD2 = (actor(name) for name in ("p", "q", "co", "lead", "lead2"))
NOW = "2026-11-23T04:00:00.000Z"
COUNCIL = "Organization/council"
HANDED = Rule("P1", "permit", EVERYTHING, Text("the keeping of the record is handed over", "記録の管理を引き継ぐ"))
DECIDED = Rule(
    "P6",
    "permit",
    EVERYTHING,
    Text("the lead section decided on the keeping of the record", "主管課が記録の管理について決めた"),
)


@pytest.fixture
def kept(town_with: Callable[..., Town]) -> Town:
    """The center keeps a household, its case and two concerns; the lead section has two officers."""
    return town_with(_kept)


def _kept(town: Town) -> None:
    posted(town, "lead2", "lead-section", "lead")
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), concern("c", "1"), concern("d", "1"))


def asking(code: str, record: str, requester: str, owner: str, whom: str = "Patient/1", reason: str = "") -> Json:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "code": concept("task-code", code)}
    task |= {"focus": ref(record), "authoredOn": NOW, "requester": ref(requester), "owner": ref(owner)}
    return task | ({"for": ref(whom)} if whom else {}) | ({"reasonCode": {"text": reason}} if reason else {})


def over(task: Json, status: str, reason: str = "") -> Json:
    return task | {"status": status, "lastModified": NOW} | ({"statusReason": {"text": reason}} if reason else {})


def current(town: Town, name: str) -> Version:
    type, _, id = name.partition("/")
    (found,) = [each for each in town.stored(type) if each.id == id]
    return found


def test_the_whole_offer_is_the_givers_and_its_answer_says_when_and_why(kept: Town) -> None:
    done = offer(kept, reason="転居した")
    task = asking("transfer", "Condition/c", CENTER, OTHER, reason="転居した")
    assert body(done.task) == body(done.shown) == task
    assert (done.action, done.records, done.told) == ("create", (), (done.task,))
    assert done.decision == Decision(True, (HANDED,))
    assert envelope.origin(done.task.terms) == Origin(CENTER, "Practitioner/p")
    assert verdict.read(done.task.terms).counts
    declined = answer(kept, Q, done.task.reference, accept=False, reason="担当ではない")
    assert body(declined.task) == body(declined.shown) == over(task, "cancelled", "担当ではない")
    assert (declined.action, declined.records, declined.decision) == ("update", (), Decision(True, (HANDED,)))
    accepted = hand(kept)
    assert body(accepted.task) == over(asking("transfer", "Condition/c", CENTER, OTHER), "completed")
    assert [(each.cited, keeping.taker(each.terms)) for each in accepted.records] == [("Condition/c/_history/1", OTHER)]
    assert accepted.told == (accepted.task, *accepted.records)


@pytest.mark.parametrize(
    ("written", "whom"),
    [
        (concern("x", "2"), "Patient/2"),
        (concern("x", "1", evidence=[{"detail": [ref("Patient/2")]}]), ""),
        ({one: said for one, said in case("x").items() if one != "category"}, "Group/g"),
    ],
    ids=["one person", "two persons", "a household"],
)
def test_it_is_about_the_one_person_or_the_one_household_that_the_record_is_about(
    kept: Town, written: Json, whom: str
) -> None:
    name = f"{written['resourceType']}/x"
    kept.write(P, written)
    assert body(offer(kept, record=name).task) == asking("transfer", name, CENTER, OTHER, whom)


def test_what_the_taker_needs_of_before_is_asked_of_the_lead_section_once_and_decided_by_it(kept: Town) -> None:
    before = current(kept, "Condition/c")
    done = hand(kept, reason="経過を知りたい")
    asked = done.records[-1]
    task = asking("open-transferred", "Condition/c", OTHER, "Organization/lead", reason="経過を知りたい")
    assert body(asked) == task
    assert envelope.origin(asked.terms) == Origin(OTHER, "Practitioner/q")
    decided = answer(kept, LEAD, asked.reference, reason="必要と認める")
    assert body(decided.task) == over(task, "completed", "必要と認める")
    assert (decided.action, decided.decision) == ("update", Decision(True, (DECIDED,)))
    (made,) = decided.records
    assert (made.cited, body(made)) == ("Condition/c/_history/2", body(before))
    assert envelope.origin(made.terms) == Origin(OTHER, "Practitioner/p"), "the writer of a text stays its writer"
    assert keeping.taker(made.terms) == ""
    assert current(kept, "Condition/c") == made


def test_what_is_not_opened_is_told_with_the_reason(kept: Town) -> None:
    asked = hand(kept, reason="経過を知りたい").records[-1]
    declined = answer(kept, LEAD, asked.reference, accept=False, reason="同意を得られる")
    task = asking("open-transferred", "Condition/c", OTHER, "Organization/lead", reason="経過を知りたい")
    assert body(declined.task) == over(task, "cancelled", "同意を得られる")
    assert (declined.records, declined.decision) == ((), Decision(True, (DECIDED,)))
    assert numbers(kept, Q, "Condition/c") == []


def protected(town: Town, *named: str, id: str = "3") -> str:
    town.write(P, patient(id))
    town.protect(P, f"Patient/{id}", *named)
    return f"Patient/{id}"


def test_a_protected_person_is_moved_once_and_what_else_was_asked_of_it_is_over(kept: Town) -> None:
    name = protected(kept, "Practitioner/p")
    done = offer(kept, P, name, to=COUNCIL, reason="転居した")
    task = asking("move-keeping", name, COUNCIL, "Organization/lead", name, "転居した")
    assert body(done.task) == task
    assert body(done.shown) == {"resourceType": "Task"}, "who gave a word reads no Task of another agency"
    assert (done.action, done.decision) == ("create", Decision(True, (HANDED,)))
    again = offer(kept, P, name, to=COUNCIL, reason="別の理由")
    assert again.task.reference == done.task.reference, "asked once"
    second = offer(kept, P, name, to=OTHER, reason="こちらへ")
    assert body(second.task) == asking("move-keeping", name, OTHER, "Organization/lead", name, "こちらへ")
    assert refused(kept, answer, LEAD2, done.task.reference) == "business-rule P6"
    moved = answer(kept, LEAD2, done.task.reference, reason="求めのとおり")
    assert keeping.keeper(current(kept, name).terms) == COUNCIL
    assert [each.cited for each in moved.records[1:]] == [f"{second.task.reference}/_history/2"]


def test_who_asked_does_not_decide_it_though_they_lead(kept: Town) -> None:
    kept.write(LEAD, patient("4"))
    kept.protect(LEAD, "Patient/4", "Practitioner/lead")
    asked = offer(kept, LEAD, "Patient/4", reason="転居した").task.reference
    assert refused(kept, answer, LEAD, asked, reason="自分で") == "forbidden P6"
    answer(kept, LEAD2, asked, reason="求めのとおり")
    assert keeping.keeper(current(kept, "Patient/4").terms) == OTHER


def test_what_is_about_a_protected_person_is_handed_over_as_any_record_is(kept: Town) -> None:
    kept.protect(P, "Patient/1", "Practitioner/p", apart=("Patient/2",))
    hand(kept)
    assert keeping.keeper(current(kept, "Condition/c").terms) == OTHER


def test_what_comes_back_to_its_keeper_opens_nothing_and_nothing_is_asked_of_the_lead_section(kept: Town) -> None:
    declined = offer(kept).task.reference
    answer(kept, Q, declined, accept=False, reason="担当ではない")
    hand(kept)
    assert refused(kept, answer, Q, declined, reason="必要") == "business-rule P1", "that one was declined"
    back = answer(kept, P, offer(kept, Q, to=CENTER).task.reference, reason="必要")
    assert [each.cited for each in back.records] == ["Condition/c/_history/1"]


def test_nobody_moves_it_by_an_account_of_no_person_or_for_no_reason_or_where_nobody_leads(kept: Town) -> None:
    name = protected(kept, CENTER)
    assert refused(kept, offer, SYSTEM, name, reason="転居した") == "forbidden D1"
    assert refused(kept, offer, P, name) == "business-rule P6"
    assert refused(kept, offer, P, name, to=CENTER, reason="転居した") == "business-rule P1", "it keeps it"
    for one in ("lead", "lead2"):
        post = kept.read(INSTALLER, f"PractitionerRole/{one}")
        kept.write(INSTALLER, post | {"active": False})
    assert refused(kept, offer, P, name, reason="転居した") == "business-rule P6"
    assert not [each for each in kept.stored("Task") if b"move-keeping" in each.body]


@pytest.mark.parametrize("record", ["Condition/gone", "Condition/d", "Condition/none"])
def test_what_is_not_the_takers_is_opened_to_nobody(kept: Town, record: str) -> None:
    kept.write(P, concern("gone", "1"))
    hand(kept, "Condition/gone")
    gone(kept, "Condition/gone")
    task = asking("open-transferred", record, OTHER, "Organization/lead", reason="経過を知りたい") | {"id": "still"}
    laid(kept, Record(task, OTHER, "Practitioner/q", Verdict(True)))
    assert refused(kept, answer, LEAD, "Task/still", reason="必要と認める") == "business-rule P6"
    assert body(answer(kept, LEAD, "Task/still", accept=False, reason="済んだ").task)["status"] == "cancelled"


def test_who_is_protected_no_more_or_kept_by_the_taker_already_is_not_moved(kept: Town) -> None:
    name = protected(kept, "Practitioner/p")
    task = asking("move-keeping", name, CENTER, "Organization/lead", name, "転居した")
    laid(kept, Record(task | {"id": "kept-already"}, CENTER, "Practitioner/p", Verdict(True)))
    assert refused(kept, answer, LEAD, "Task/kept-already", reason="認める") == "business-rule P6"
    kept.lift(P, name)
    laid(kept, Record(task | {"id": "lifted", "requester": ref(OTHER)}, OTHER, "Practitioner/q", Verdict(True)))
    assert refused(kept, answer, LEAD, "Task/lifted", reason="認める") == "business-rule P6"


def laid_offer(town: Town, id: str, giver: str, record: str = "Condition/c") -> None:
    task = asking("transfer", record, giver, OTHER) | {"id": id}
    laid(town, Record(task, giver, "Practitioner/p", Verdict(True)))


def test_what_is_gone_or_kept_by_another_than_who_offered_it_is_not_accepted(kept: Town) -> None:
    laid_offer(kept, "forged", COUNCIL)
    assert refused(kept, answer, Q, "Task/forged") == "business-rule P1"
    laid_offer(kept, "nothing", CENTER, "Condition/nothing")
    assert refused(kept, answer, Q, "Task/nothing") == "business-rule P1"
    task = offer(kept).task.reference
    gone(kept, "Condition/c")
    assert refused(kept, answer, Q, task) == "business-rule P1"
    laid_offer(kept, "request", CENTER, task)
    assert refused(kept, answer, Q, "Task/request") == "business-rule P1", "a request stays with who said it"


def test_what_a_case_is_of_stays_with_the_case(kept: Town) -> None:
    laid_offer(kept, "offered", CENTER, "Condition/c")
    laid(kept, Record(case("another") | {"partOf": [ref("Condition/c")]}, CENTER, "Practitioner/p"))
    assert refused(kept, offer, record="Condition/c") == "business-rule R37"
    assert refused(kept, answer, Q, "Task/offered") == "business-rule P1", "who would take it is told no more"


@pytest.mark.parametrize("to", ["Organization/closed", "Organization/gone", "Organization/", "HealthcareService/desk"])
def test_the_taker_is_an_agency_of_the_directory_that_is_at_work(kept: Town, to: str) -> None:
    kept.write(INSTALLER, {"resourceType": "Organization", "id": "closed", "name": "閉所", "active": False})
    kept.write(INSTALLER, {"resourceType": "Organization", "id": "gone", "name": "廃止"})
    gone(kept, "Organization/gone")
    assert refused(kept, offer, to=to) == "business-rule P1"


@pytest.mark.parametrize("reaches", ["Task", "Condition"])
def test_the_token_reaches_the_request_and_the_record(kept: Town, reaches: str) -> None:
    narrow = (Scope("user", reaches, frozenset("cruds")), Scope("user", "*", frozenset("rs")))
    task = offer(kept).task.reference
    assert refused(kept, answer, replace(Q, scopes=narrow), task).startswith("forbidden")
    asked = answer(kept, Q, task, reason="経過を知りたい").records[-1].reference
    assert refused(kept, answer, replace(LEAD, scopes=narrow), asked, reason="認める").startswith("forbidden")
    if reaches == "Task":
        assert refused(kept, offer, replace(P, scopes=narrow), "Condition/d").startswith("forbidden")


def test_what_others_ask_about_a_record_and_the_caller_may_not_read_is_in_nobodys_way(kept: Town) -> None:
    task = asking("transfer", "Condition/c", COUNCIL, OTHER) | {"id": "unseen"}
    laid(kept, Record(task, COUNCIL, "Practitioner/co", Verdict(True)))
    assert not kept.reads(P, "Task/unseen")
    plain: Json = {"resourceType": "Task", "id": "plain", "status": "requested", "intent": "order"}
    plain |= {"focus": ref("Condition/c"), "requester": ref(CENTER), "owner": ref(OTHER)}
    kept.write(P, plain | {"for": ref("Patient/1")})
    first = offer(kept).task.reference
    assert refused(kept, offer) == "business-rule P1"
    assert body(answer(kept, Q, first).task)["status"] == "completed"


def test_only_such_a_task_is_answered_by_it_and_once(kept: Town) -> None:
    other: Json = {"resourceType": "Task", "id": "plain", "status": "requested", "intent": "order"}
    kept.write(P, other | {"for": ref("Patient/1"), "requester": ref(CENTER), "owner": ref(OTHER)})
    assert refused(kept, answer, Q, "Task/plain") == "business-rule P1"
    assert refused(kept, answer, Q, "Task/nothing") == "not-found"
    task = offer(kept).task.reference
    answer(kept, Q, task)
    for said in ({"accept": True}, {"accept": False, "reason": "やはり"}):
        assert refused(kept, answer, Q, task, **said) == "business-rule P1"
    asked = answer(kept, Q, task, reason="経過を知りたい").records[-1].reference
    answer(kept, LEAD, asked, accept=False, reason="同意を得られる")
    assert refused(kept, answer, LEAD, asked, reason="認める") == "business-rule P1", "it is answered"
    answer(kept, P, offer(kept, Q, to=CENTER).task.reference)
    assert refused(kept, answer, Q, task, reason="もう一度") == "business-rule P1", "it is the taker's no more"


def test_a_task_that_was_deleted_is_answered_by_nobody(kept: Town) -> None:
    task = offer(kept).task.reference
    gone(kept, task)
    assert refused(kept, answer, Q, task) == "not-found"


def test_who_keeps_it_and_may_not_write_it_offers_nothing(kept: Town) -> None:
    """So a former post, another purpose and a token for reading alone do not, though the record is there for them."""
    reading = replace(
        P, scopes=(Scope("user", "Condition", frozenset("rs")), Scope("user", "Task", frozenset("cruds")))
    )
    assert kept.reads(reading, "Condition/c")
    with pytest.raises(Problem, match="the token's scopes"):
        offer(kept, reading)
    do = partial(transferring.answered, answer=Reply("nothing", True))
    assert refused(kept, lambda town: town.run(town.gate.operate(reading, ("$transfer",), do))) == "not-found"
    assert isinstance(offer(kept), Transferred)
