"""Whom a request to verify asks, what the server writes once it was, and what of the paper is shown (section 7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import pytest

from consent import verdict, vocabulary
from consent.actor import Actor, Scope
from consent.acts import verifying
from consent.acts.verifying import Seen
from consent.rule import Decision, Evidence, Rule, Text
from consent.verdict import Verdict
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import Record, concept, extension, ref
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import posted
from tests.unit.consent.acts.test_naming_successor import end, name
from tests.unit.consent.acts.test_verifying import EVERYBODY, asking
from tests.unit.consent.town import INSTALLER, Town, actor, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, Q2, CO, EM = (actor(one) for one in ("p", "q", "q2", "co", "em"))
CENTER, OTHER, COUNCIL = "Organization/center", "Organization/other", "Organization/council"
TODAY = "2026-11-23"


@pytest.fixture
def signed(town_with: Callable[..., Town]) -> Town:
    """The person let everybody read; the other agency has two officers, and was not asked to verify."""
    return town_with(_signed)


def _signed(town: Town) -> None:
    posted(town, "q2", "officer", "other")
    town.write(P, patient("1"), concern("ours", "1"))
    town.sign(P, consent("a", provision=EVERYBODY))


def see(town: Town, who: Actor = Q, id: str = "a", *, verified: bool = True) -> Seen:
    do = lambda unit: verifying.seen(unit, id, verified=verified)  # noqa: E731
    return town.run(town.gate.operate(who, ("$verify-consent", f"Consent/{id}"), do))


def refused(town: Town, who: Actor = Q, *, verified: bool = True) -> str:
    with pytest.raises(Problem) as caught:
        see(town, who, verified=verified)
    return " ".join((caught.value.kind, *caught.value.rules))


def by(agency: str, day: str = TODAY) -> Json:
    who = extension("verified-by", valueReference=ref(agency))
    return {"extension": [who], "verified": True, "verificationDate": day}


def stored(town: Town) -> tuple[Any, Verdict]:
    (found,) = [each for each in town.stored("Consent") if each.id == "a"]
    return orjson.loads(found.body).get("verification"), verdict.read(found.terms)


def test_the_whole_answer_rests_on_the_request_and_what_it_made_is_on_the_trail(signed: Town) -> None:
    signed.write(P, asking())
    before = stored(signed)[1]
    because = Text("the paper was addressed to the actor's agency for verifying", "同意書の確認を依頼されている")
    rests = (Evidence("Task/v/_history/1", Text("the request to verify", "確認の依頼")),)
    decision = Decision(True, (Rule("P2", "permit", EVERYTHING, because, rests),))
    looked = see(signed, verified=False)
    assert (looked.action, looked.decision, looked.made, looked.new) == ("read", decision, (), False)
    assert [each.cited for each in looked.told] == ["Consent/a/_history/1", "DocumentReference/a-paper/_history/1"]
    assert stored(signed) == (None, before)
    done = see(signed)
    assert (done.action, done.decision, done.new) == ("update", decision, True)
    assert [each.cited for each in done.versions] == ["Consent/a/_history/2", "DocumentReference/a-paper/_history/1"]
    assert done.told == (*done.versions, *done.made)
    assert stored(signed) == ([by(OTHER)], replace(before, honoured=before.honoured | {OTHER}))
    again = see(signed)
    assert (again.action, again.new, again.made) == ("read", False, ())
    assert [each.cited for each in again.versions] == [each.cited for each in done.versions]
    assert stored(signed)[0] == [by(OTHER)]


def test_who_is_let_read_is_told_once_it_opens_more_to_them(town: Town) -> None:
    town.write(P, patient("1"), concern("ours", "1"))
    to = [{"role": consent("a")["provision"]["actor"][0]["role"], "reference": ref(COUNCIL)}]
    town.sign(P, consent("a", provision={"type": "permit", "actor": to}))
    town.write(P, asking())
    (told,) = see(town).made
    assert orjson.loads(told.body)["recipient"] == [ref(COUNCIL)]


def test_each_agency_that_verified_it_stands_on_it_with_its_day(signed: Town) -> None:
    signed.write(P, asking(), asking("w", owner=COUNCIL))
    see(signed)
    at_night = replace(CO, now=datetime.fromisoformat("2026-11-24T00:30:00+09:00"))
    see(signed, at_night)
    assert stored(signed)[0] == [by(OTHER), by(COUNCIL, "2026-11-24")]
    assert stored(signed)[1].honoured == {CENTER, OTHER, COUNCIL}


def test_an_agency_asked_by_a_post_answers_by_any_officer_and_an_office_by_who_holds_it(signed: Town) -> None:
    signed.write(P, asking(owner="PractitionerRole/q"))
    laid(signed, Record(asking("w", owner="PractitionerRole/co"), CENTER, "Practitioner/p", Verdict(True)))
    assert refused(signed, EM) == "not-found", "of the coordinator's agency, and not the coordinator"
    see(signed, Q2)
    assert stored(signed)[0] == [by(OTHER)]
    see(signed, CO)
    assert stored(signed)[0] == [by(OTHER), by(COUNCIL)]


def test_who_works_for_two_agencies_verifies_for_the_one_whose_desk_was_asked(signed: Town) -> None:
    desk: Json = {"resourceType": "HealthcareService", "id": "theirs", "providedBy": ref(OTHER)}
    post: Json = {"resourceType": "PractitionerRole", "id": "q2b", "practitioner": ref("Practitioner/q2")}
    post |= {"organization": ref(COUNCIL), "code": [concept("role", "officer")]}
    signed.write(INSTALLER, desk, post)
    signed.write(P, asking(owner="HealthcareService/theirs"))
    see(signed, Q2)
    assert stored(signed)[0] == [by(OTHER)]


def test_what_a_post_was_asked_that_is_gone_is_asked_of_nobody(signed: Town) -> None:
    signed.write(P, asking(owner="PractitionerRole/q2"))
    gone(signed, "PractitionerRole/q2")
    assert refused(signed) == "not-found"


def test_who_keeps_the_files_of_an_agency_that_has_ended_answers_for_it(signed: Town) -> None:
    signed.write(P, asking())
    end(signed, OTHER, ("q", "q2"))
    name(signed, former=OTHER, to=COUNCIL)
    see(signed, EM)
    assert stored(signed)[0] == [by(OTHER)]


@pytest.mark.parametrize(
    "task",
    [
        asking(focus="b"),
        asking() | {"code": concept("task-code", "inquiry")},
        asking() | {"status": "completed"},
        asking() | {"requester": ref(COUNCIL)},
    ],
    ids=["another paper", "another question", "is over", "by another agency"],
)
def test_another_request_asks_for_no_verifying(signed: Town, task: Json) -> None:
    keeper = task["requester"]["reference"]
    laid(signed, Record(task | {"id": "laid"}, keeper, "Practitioner/p", Verdict(True)))
    assert refused(signed) == "not-found"


def test_a_request_that_never_counted_asks_for_nothing(signed: Town) -> None:
    laid(signed, Record(asking("laid"), CENTER, "Practitioner/p", Verdict(void=True)))
    assert refused(signed) == "not-found"
    laid(signed, Record(asking("other"), CENTER, "Practitioner/p", Verdict(True)))
    see(signed)


@pytest.mark.parametrize(
    ("allowed", "looks", "verifies"),
    [("cruds", True, True), ("r", True, False), ("rs", True, False), ("u", False, False)],
)
def test_who_may_read_looks_at_it_and_who_may_write_too_verifies_it(
    signed: Town, allowed: str, *, looks: bool, verifies: bool
) -> None:
    signed.write(P, asking())
    others = (Scope("user", type, frozenset("cruds")) for type in ("Task", "DocumentReference", "Patient"))
    who = replace(Q, scopes=(Scope("user", "Consent", frozenset(allowed)), *others))
    for verified, may in ((False, looks), (True, verifies)):
        if may:
            see(signed, who, verified=verified)
        else:
            assert refused(signed, who, verified=verified).startswith("forbidden")
    assert bool(stored(signed)[0]) == verifies


def test_only_an_active_consent_is_verified(signed: Town) -> None:
    signed.write(P, asking())
    signed.write(P, signed.read(P, "Consent/a") | {"status": "inactive"})
    see(signed, verified=False)
    assert refused(signed) == "business-rule R3"


def test_what_was_deleted_is_not_there(signed: Town) -> None:
    signed.write(P, asking())
    gone(signed, "Consent/a")
    assert refused(signed) == refused(signed, verified=False) == "not-found"
    for id in ("a", "none"):
        with pytest.raises(Problem, match=f"there is no `Consent/{id}`"):
            see(signed, id=id)


def test_for_casework_and_the_meeting_it_is_verified_and_for_no_other_purpose(signed: Town) -> None:
    signed.write(P, asking())
    for purpose in ("PATRQT", "BTG", "statistics"):
        assert refused(signed, replace(Q, purpose=vocabulary.purpose(purpose)), verified=False) == "not-found"
    see(signed, replace(Q, purpose=vocabulary.SUPPORT_CONFERENCE))


def test_a_paper_that_counts_for_nothing_opens_nothing_once_it_was_verified(signed: Town) -> None:
    """As one that was signed by whom the person is protected from: the answer does not tell it."""
    laid(signed, Record(consent("void"), CENTER, "Practitioner/p", Verdict(void=True)))
    laid(signed, Record(asking("laid", "void"), CENTER, "Practitioner/p", Verdict(True)))
    assert see(signed, id="void").new
    (found,) = [each for each in signed.stored("Consent") if each.id == "void"]
    assert orjson.loads(found.body)["verification"] == [by(OTHER)]
    assert verdict.read(found.terms) == Verdict(void=True)
    assert not see(signed, id="void").new, "once"


def shown(town: Town) -> Json:
    """The paper, as who is asked sees it."""
    found: Json = orjson.loads(see(town, verified=False).versions[1].body)
    return {name: said for name, said in found.items() if name not in ("id", "meta", "resourceType", "status")}


def test_a_paper_of_that_person_alone_is_shown_whole_and_as_it_was_when_it_was_signed_on(signed: Town) -> None:
    signed.write(P, asking())
    before = shown(signed)
    assert before["content"] == [{"attachment": {"contentType": "text/plain", "title": "署名のある同意書"}}]
    now = signed.read(P, "DocumentReference/a-paper")
    signed.write(P, now | {"content": [{"attachment": {"contentType": "text/plain", "title": "別の紙"}}]})
    assert shown(signed) == before


@pytest.mark.parametrize("other", [ref("Patient/2"), ref("Group/g")])
def test_of_a_paper_that_names_somebody_else_no_more_than_its_head_is_shown(town: Town, other: Json) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    signed = consent("a", provision=EVERYBODY)
    paper: Json = {
        "resourceType": "DocumentReference",
        "id": "a-paper",
        "status": "current",
        "subject": ref("Patient/1"),
    }
    paper |= {"date": "2026-11-23T09:00:00Z", "content": [{"attachment": {"title": "署名のある同意書"}}]}
    town.write(P, paper | {"context": {"related": [other]}}, signed, asking())
    assert shown(town) == {"date": "2026-11-23T09:00:00Z"}


def test_of_a_paper_that_does_not_name_the_person_no_more_than_its_head_is_shown(signed: Town) -> None:
    paper: Json = {"resourceType": "DocumentReference", "id": "bare", "status": "current"}
    paper |= {"content": [{"attachment": {"title": "署名のある同意書"}}]}
    judged = Verdict(True, frozenset({OTHER}), noted=frozenset({f"{verdict.PAPER} DocumentReference/bare/_history/1"}))
    laid(signed, Record(paper, CENTER, "Practitioner/p"))
    laid(signed, Record(consent("bare"), CENTER, "Practitioner/p", judged))
    laid(signed, Record(asking("laid", "bare"), CENTER, "Practitioner/p", Verdict(True)))
    found = see(signed, id="bare")
    assert "content" not in orjson.loads(found.versions[1].body)
    assert not found.new, "it opens what that agency keeps already"
