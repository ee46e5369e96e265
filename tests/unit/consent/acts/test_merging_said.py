"""What is written of a merge: each Task, whole, whom it asks, what it says of the names, and why it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from consent import verdict, vocabulary
from consent.actor import Actor, Scope
from consent.acts import merge_task, merging
from consent.acts.merge_task import Merged
from consent.acts.merging import Merge, Named
from consent.relations import names
from consent.rule import Decision, Rule, Text
from consent.verdict import Verdict
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import body
from tests.unit.consent.acts.merges import answer, ask, task, undo
from tests.unit.consent.acts.test_breaking_glass import break_glass
from tests.unit.consent.acts.test_declaring_conflict import declare
from tests.unit.consent.acts.test_merging import LEAD, P, Q, asking, known_to_both, refused
from tests.unit.consent.acts.test_transferring import answer as answer_transfer
from tests.unit.consent.acts.test_transferring import offer
from tests.unit.consent.town import INSTALLER, Town, actor, concern, household, patient

Json = dict[str, Any]

CENTER, OTHER, LEADING, COUNCIL = (f"Organization/{one}" for one in ("center", "other", "lead", "council"))
NOW = "2026-11-23T04:00:00.000Z"
MERGED = Rule("P1", "permit", EVERYTHING, Text("who keeps the two Patients merges them", "管理する機関が統合する"))
DECIDED = Rule("P6", "permit", EVERYTHING, Text("the lead section decided on a merge", "主管課が統合について決めた"))
WHY = "同じ人と確かめた"


@pytest.fixture
def two(town_with: Callable[..., Town]) -> Town:
    """The center keeps the first and the third, the other agency the second; both and the lead section see the two."""
    return town_with(_two)


def _two(town: Town) -> None:
    known_to_both(town)
    town.write(P, patient("3"), asking("center", "lead", "1", "seen-1"))
    town.write(Q, asking("other", "lead", "2", "seen-2"))


def said(
    code: str = "merge", source: str = "1", target: str = "2", sides: tuple[str, str] = (CENTER, OTHER), **more: Any
) -> Json:
    done: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "code": concept("task-code", code)}
    done |= {"focus": ref(f"Patient/{target}"), "for": ref(f"Patient/{source}"), "authoredOn": NOW}
    return done | {"requester": ref(sides[0]), "owner": ref(sides[1])} | more


def over(status: str, reason: str = "") -> Json:
    return {"status": status, "lastModified": NOW} | ({"statusReason": {"text": reason}} if reason else {})


def noted(*named: str, between: tuple[str, ...] = (CENTER, OTHER), as_such: str = "") -> Verdict:
    told = {f"{verdict.BETWEEN} {one}" for one in between} | {f"{verdict.SAME} Patient/{one}" for one in named}
    return Verdict(True, noted=frozenset(told | ({f"{verdict.AS_SUCH} {as_such}"} if as_such else set())))


def stored(town: Town, name: str) -> Version:
    (found,) = [each for each in town.stored("Task") if each.reference == name]
    return found


def judged(town: Town, made: Merged) -> Verdict:
    return verdict.read(stored(town, task(made)).terms)


def test_the_whole_task_waits_for_the_other_side_and_says_the_names_once_it_is_confirmed(two: Town) -> None:
    asked = ask(two, P, "1", "2", reason="届け出による")
    assert body(asked.task) == said(reasonCode={"text": "届け出による"})
    assert (asked.action, asked.decision, asked.target.reference) == ("create", Decision(True, (MERGED,)), "Patient/2")
    assert asked.told == (asked.task,)
    assert judged(two, asked) == noted()
    assert envelope.origin(stored(two, task(asked)).terms) == Origin(CENTER, "Practitioner/p")
    done = answer(two, Q, asked)
    assert body(done.task) == said(reasonCode={"text": "届け出による"}) | over("completed")
    assert (done.action, done.decision, done.target.reference) == ("update", Decision(True, (MERGED,)), "Patient/2")
    assert judged(two, done) == noted("1", "2")


def test_who_keeps_both_does_it_at_once_without_being_asked_why(two: Town) -> None:
    made = ask(two, P, "1", "3")
    assert body(made.task) == said(target="3", sides=(CENTER, CENTER), status="completed")
    assert (made.action, made.decision) == ("create", Decision(True, (MERGED,)))
    assert judged(two, made) == noted("1", "3", between=(CENTER,))


def test_the_lead_section_that_sees_both_does_it_at_once_and_says_why(two: Town) -> None:
    assert refused(ask, two, LEAD, "1", "2") == "business-rule P6"
    elsewhere = replace(LEAD, purpose=vocabulary.STATISTICS)
    assert refused(ask, two, elsewhere, "1", "2", reason=WHY) in ("not-found", "forbidden P1")
    made = ask(two, LEAD, "1", "2", reason=WHY)
    assert body(made.task) == said(sides=(LEADING, LEADING), status="completed", reasonCode={"text": WHY})
    assert (made.action, made.decision) == ("create", Decision(True, (DECIDED,)))
    assert judged(two, made) == noted("1", "2", between=(LEADING,))


def test_it_is_asked_of_the_lead_section_as_such_and_decided_by_its_post_for_a_reason(two: Town) -> None:
    assert refused(ask, two, P, "1", "2", decides=True) == "business-rule P6"
    asked = ask(two, P, "1", "2", decides=True, reason="連絡がつかない")
    whole = said(sides=(CENTER, LEADING), reasonCode={"text": "連絡がつかない"})
    assert body(asked.task) == whole
    assert judged(two, asked) == noted(between=(CENTER, LEADING), as_such="lead-section")
    assert refused(answer, two, LEAD, asked) == "business-rule P6"
    assert refused(answer, two, actor("conv"), asked, reason=WHY) in ("not-found", "forbidden P1"), "of that agency"
    done = answer(two, LEAD, asked, reason=WHY)
    assert body(done.task) == whole | over("completed", WHY)
    assert done.decision == Decision(True, (DECIDED,))
    assert judged(two, done) == noted("1", "2", between=(CENTER, LEADING), as_such="lead-section")


def test_of_what_one_keeps_whole_the_lead_section_is_not_asked_as_such(two: Town) -> None:
    made = ask(two, P, "1", "3", decides=True, reason=WHY)
    assert body(made.task) == said(target="3", sides=(CENTER, CENTER), status="completed", reasonCode={"text": WHY})
    assert judged(two, made) == noted("1", "3", between=(CENTER,))


def test_it_is_declined_for_a_reason(two: Town) -> None:
    asked = ask(two, P, "1", "2")
    assert refused(answer, two, Q, asked, accept=False) == "business-rule P1"
    done = answer(two, Q, asked, accept=False, reason="生年月日が違う")
    assert body(done.task) == said() | over("cancelled", "生年月日が違う")
    assert (done.action, done.decision) == ("update", Decision(True, (MERGED,)))
    assert judged(two, done) == noted()
    decided = ask(two, P, "1", "2", decides=True, reason="連絡がつかない")
    assert refused(answer, two, LEAD, decided, accept=False) == "business-rule P6"
    assert answer(two, LEAD, decided, accept=False, reason="別人").decision == Decision(True, (DECIDED,))


def test_a_preview_writes_nothing_and_shows_whom_it_would_leave(two: Town) -> None:
    for merge, rule in (
        (Merge(Named("Patient/1"), Named("Patient/2"), preview=True), MERGED),
        (Merge(Named("Patient/1"), Named("Patient/3"), preview=True), MERGED),
    ):
        before = [each.cited for each in two.stored("Task")]
        done = two.run(two.gate.operate(P, ("$merge",), partial(merging.asked, merge=merge)))
        assert (done.task, done.action, done.told, done.decision) == (None, "read", (), Decision(True, (rule,)))
        assert done.target.reference == merge.target.reference
        assert [each.cited for each in two.stored("Task")] == before
    do = partial(merging.asked, merge=Merge(Named("Patient/1"), Named("Patient/2"), preview=True, reason=WHY))
    assert two.run(two.gate.operate(LEAD, ("$merge",), do)).decision == Decision(True, (DECIDED,))


def test_undone_each_merge_that_stands_says_the_names_that_are_left(two: Town) -> None:
    first = task(answer(two, Q, ask(two, P, "1", "2")))
    second = task(ask(two, P, "3", "1"))
    assert verdict.read(stored(two, second).terms) == noted("1", "2", "3", between=(CENTER,))
    assert refused(undo, two, P, first, reason="") == "business-rule P6"
    asked = undo(two, P, first)
    whole = said("unmerge", reasonCode={"text": "別人だった"})
    assert body(asked.task) == whole
    assert judged(two, asked) == noted()
    done = answer(two, Q, asked)
    assert body(done.task) == whole | over("completed")
    assert judged(two, done) == noted(), "it says of nobody that they are one"
    assert body(stored(two, first))["status"] == "entered-in-error"
    assert verdict.read(stored(two, first).terms) == noted()
    assert verdict.read(stored(two, second).terms) == noted("1", "3", between=(CENTER,))
    assert body(stored(two, second))["status"] == "completed"
    assert {each.reference for each in done.others} >= {first, second}


def test_what_a_merge_beside_it_says_already_is_not_written_anew(two: Town) -> None:
    two.write(P, patient("4"), patient("5"))
    beside = task(ask(two, P, "4", "5"))
    ask(two, P, "1", "3")
    ask(two, P, "1", "3", undo=True, reason="別人だった")
    assert stored(two, beside).number == 1


def names_of(town: Town, one: str) -> set[str]:
    async def look() -> frozenset[str]:
        async with town.store.snapshot() as view:
            return await names.known(view, [f"Patient/{one}"])

    return {each.removeprefix("Patient/") for each in town.run(look())}


def test_names_reach_through_every_merge_that_stands(two: Town) -> None:
    two.write(P, *(patient(one) for one in "4567"))
    for pair in (("4", "5"), ("6", "7"), ("5", "6"), ("3", "4")):
        ask(two, P, *pair)
    assert [names_of(two, one) for one in "34567"] == [{*"34567"}] * 5
    assert names_of(two, "1") == {"1"}
    ask(two, P, "5", "6", undo=True, reason="別人だった")
    assert (names_of(two, "3"), names_of(two, "7")) == ({*"345"}, {*"67"})


def test_one_person_has_so_many_names_and_no_more(two: Town) -> None:
    two.write(P, *(patient(f"n{number}") for number in range(names.MOST)))
    for number in range(1, names.MOST):
        ask(two, P, "n0", f"n{number}")
    assert refused(ask, two, P, "n0", "3") == "business-rule P1"
    assert len(names_of(two, "n0")) == names.MOST


def found(town: Town, who: Actor, *identifiers: tuple[str, str], name: str = "") -> Merged:
    merge = Merge(Named("Patient/1"), Named(name, identifiers), preview=True)
    return town.run(town.gate.operate(who, ("$merge",), partial(merging.asked, merge=merge)))


def test_a_patient_is_named_by_what_fits_exactly_one_that_the_caller_sees(two: Town) -> None:
    number = [{"system": "urn:n", "value": "7"}]
    two.write(P, patient("8", identifier=number), patient("9", identifier=[{"system": "urn:n", "value": "9"}]))
    two.write(Q, patient("10", identifier=number))
    assert found(two, P, ("identifier", "urn:n|7")).target.reference == "Patient/8", "the other is not there for them"
    assert found(two, P, ("identifier", "urn:n|9"), name="Patient/9").target.reference == "Patient/9"
    with_both = ("identifier", "urn:n|7"), ("identifier", "urn:n|9")
    assert refused(found, two, P, ("identifier", "urn:n|9"), name="Patient/8") == "business-rule"
    assert refused(found, two, P, *with_both) == refused(found, two, P, ("identifier", "urn:n|none")) == "business-rule"
    two.write(P, patient("11", identifier=number))
    assert refused(found, two, P, ("identifier", "urn:n|7")) == "business-rule"
    for name in ("", "Patient/", "Condition/c", "Patient/10"):
        assert refused(found, two, P, name=name) == "not-found"
    gone(two, "Patient/9")
    assert refused(found, two, P, name="Patient/9") == "not-found"


def test_nobody_merges_what_they_only_see_nor_for_another_purpose_nor_beyond_their_token(two: Town) -> None:
    two.write(Q, asking("other", "council", "2", "told"))
    two.write(P, asking("center", "council", "1", "told-too"))
    assert refused(ask, two, actor("em"), "1", "2", reason=WHY) == "forbidden P1"
    scopes = Scope("user", "Patient", frozenset("rs")), Scope("user", "Task", frozenset("cruds"))
    with pytest.raises(Problem, match="the token's scopes"):
        ask(two, replace(P, scopes=scopes), "1", "3")
    ask(two, replace(P, scopes=(Scope("user", "Patient", frozenset("ru")), scopes[1])), "1", "3")
    asked = ask(two, P, "1", "2")
    assert refused(answer, two, replace(Q, purpose=vocabulary.STATISTICS), asked) in ("not-found", "forbidden P1")


def test_what_is_asked_of_two_is_asked_once_and_by_whichever_name_first(two: Town) -> None:
    ask(two, P, "1", "2")
    assert refused(ask, two, P, "2", "1") == "business-rule P1"
    assert refused(ask, two, Q, "2", "1") == "business-rule P1"
    ask(two, P, "1", "3")


def test_a_merge_that_stands_is_not_made_again_and_one_that_does_not_is_not_undone(two: Town) -> None:
    made = ask(two, P, "1", "3")
    assert refused(ask, two, P, "3", "1") == "business-rule P1"
    assert refused(ask, two, P, "1", "2", undo=True, reason=WHY) == "business-rule P1"
    undone = undo(two, P, made)
    waiting = ask(two, P, "1", "2")
    for one in (made, undone, waiting):
        with pytest.raises(Problem, match="this is no merge that stands"):
            undo(two, P, one)
    with pytest.raises(Problem, match="name two Patients"):
        ask(two, P, "1", "1")
    answer(two, Q, waiting)
    gone(two, "Patient/1")
    assert refused(undo, two, P, waiting) == "business-rule P1"


def handed(town: Town, who: Actor, to: Actor, name: str, agency: str) -> None:
    answer_transfer(town, to, offer(town, who, name, agency).task.reference)


def test_where_another_keeps_it_since_it_is_confirmed_by_nobody_and_declined(two: Town) -> None:
    asked = ask(two, P, "1", "2")
    two.write(Q, asking("other", "council", "2", "told"))
    handed(two, P, actor("em"), "Patient/1", COUNCIL)
    assert refused(answer, two, Q, asked) == "business-rule P1", "who asked keeps none of them"
    handed(two, Q, actor("em"), "Patient/2", COUNCIL)
    assert refused(answer, two, Q, asked) == "forbidden P1", "nor who was asked"
    assert names_of(two, "1") == {"1"}


@pytest.mark.parametrize("gone_since", ["Patient/1", "Patient/2"])
def test_who_is_gone_since_is_merged_with_nobody(two: Town, gone_since: str) -> None:
    asked = ask(two, P, "1", "2", decides=True, reason=WHY)
    gone(two, gone_since)
    assert refused(answer, two, LEAD, asked, reason=WHY) == "business-rule P1"
    assert refused(answer, two, Q, asked, reason=WHY) == "not-found"


def test_by_a_task_that_the_lead_section_owns_without_being_asked_as_such_it_leads_where_nobody_is_between(
    two: Town,
) -> None:
    """As one of an older release, that did not say as what it was asked."""
    whole = said(sides=(CENTER, LEADING), reasonCode={"text": "連絡がつかない"}) | {"id": "old"}
    laid(two, Record(whole, CENTER, "Practitioner/p", noted(between=(CENTER, LEADING))))
    assert refused(answer, two, LEAD, "Task/old") == "business-rule P6"
    done = answer(two, LEAD, "Task/old", reason=WHY)
    assert (done.decision, names_of(two, "1")) == (Decision(True, (DECIDED,)), {"1", "2"})


def test_a_task_that_asks_for_something_else_is_not_answered_by_it(two: Town) -> None:
    assert refused(answer, two, P, "Task/shown") == "business-rule P1"
    assert refused(undo, two, P, "Task/shown") == "business-rule P1"
    assert merge_task.parties(said()) == (CENTER, OTHER)


def test_where_nobody_leads_nobody_is_asked_to_decide(two: Town) -> None:
    two.write(INSTALLER, two.read(INSTALLER, "PractitionerRole/lead") | {"active": False})
    assert refused(ask, two, P, "1", "2", decides=True, reason=WHY) == "business-rule P6"
    two.write(P, concern("x", "1"))
    assert body(ask(two, P, "1", "2").task) == said()


def test_the_lead_section_decides_nothing_for_who_keeps_none_of_them_any_more(two: Town) -> None:
    asked = ask(two, P, "1", "2", decides=True, reason=WHY)
    handed(two, P, actor("em"), "Patient/1", COUNCIL)
    assert refused(answer, two, LEAD, asked, reason=WHY) == "business-rule P1"


def test_the_lead_section_answers_as_who_keeps_the_other_unless_it_is_asked_as_such(two: Town) -> None:
    two.write(LEAD, patient("5"), asking("lead", "center", "5", "seen-5"))
    as_such = ask(two, P, "1", "5", decides=True, reason=WHY)
    assert refused(answer, two, LEAD, as_such) == "business-rule P6"
    answer(two, LEAD, as_such, accept=False, reason="別人")
    assert answer(two, LEAD, ask(two, P, "1", "5")).decision == Decision(True, (MERGED,)), "and needs no reason"


def test_who_were_merged_meanwhile_are_not_merged_again_by_what_waited(two: Town) -> None:
    asked = ask(two, P, "1", "2")
    ask(two, LEAD, "1", "2", reason=WHY)
    assert refused(answer, two, Q, asked) == "business-rule P1"


def test_a_merge_is_undone_by_both_though_a_protection_says_since_that_they_are_two(two: Town) -> None:
    two.write(P, asking("center", "other", "1", "seen-too"))
    made = answer(two, Q, ask(two, P, "1", "2"))
    two.protect(Q, "Patient/2", "Practitioner/q", "Practitioner/p", against=("Patient/1",))
    answer(two, Q, undo(two, P, made))
    assert names_of(two, "1") == {"1"}
    assert refused(answer, two, Q, ask(two, P, "1", "2")) == "business-rule D1", "and merged by nobody"


def test_who_asked_and_came_into_conflict_since_speaks_for_no_list(two: Town) -> None:
    two.protect(P, "Patient/1", "Practitioner/p")
    asked = ask(two, P, "1", "2")
    declare(two, LEAD, "Practitioner/p", "Patient/1")
    assert refused(answer, two, Q, asked) == "forbidden D1"


def holds(town: Town, id: str, person: str, agency: str, function: str = "officer") -> None:
    post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{person}")}
    town.write(INSTALLER, post | {"organization": ref(f"Organization/{agency}"), "code": [concept("role", function)]})


def test_who_works_for_several_agencies_asks_for_the_one_that_keeps_one_of_the_two(two: Town) -> None:
    two.write(INSTALLER, {"resourceType": "Organization", "id": "alpha", "name": "alpha"})
    holds(two, "p2", "p", "alpha")
    assert body(ask(two, P, "1", "2").task) == said()
    holds(two, "p3", "p", "other")
    alone = ask(two, P, "3", "2")
    assert body(alone.task) == said(source="3", sides=(CENTER, CENTER), status="completed"), "the first of both"


def test_a_substitute_speaks_for_a_list_until_their_last_day_is_over(two: Town) -> None:
    two.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"})
    holds(two, "p2", "p2", "center")
    two.protect(P, "Patient/1", "Practitioner/p")
    two.of_list(P, "$extend-protection", "Patient/1", named=("Practitioner/p2",), until="2026-11-23")
    over = datetime.fromisoformat("2026-11-24T00:00:00+09:00")
    assert refused(ask, two, actor("p2", now=over), "1", "3") == "forbidden D1"
    ask(two, actor("p2", now=over - timedelta(milliseconds=1)), "1", "3")


def test_in_an_emergency_nobody_merges_whom_they_see_by_it(two: Town) -> None:
    em = actor("em")
    two.write(em, patient("5"), patient("6"), household("5", "6"))
    urgent = actor("em", "BTG")
    break_glass(two, urgent, record="Patient/5")
    assert refused(ask, two, urgent, "5", "6") == "forbidden P1", "though their agency keeps both"
    holds(two, "em2", "em", "lead", "lead-section")
    assert refused(ask, two, urgent, "5", "6", reason=WHY) == "forbidden P1", "and though they lead"


def test_another_request_about_the_two_is_no_such_asking(two: Town) -> None:
    plain = asking("center", "other", "1", "plain") | {"focus": ref("Patient/2")}
    laid(two, Record(plain, CENTER, "Practitioner/p", Verdict(True)))
    assert two.reads(P, "Task/plain")
    assert body(ask(two, P, "1", "2").task) == said()
