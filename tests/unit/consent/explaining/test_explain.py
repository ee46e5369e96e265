"""Why one may read a record or may not, in words: within the asker's token, and naming nothing that is not theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from consent.actor import Scope
from consent.explaining import explain, who_can_see
from consent.explaining.explain import Question
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import NOBODY, SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, concern, conference, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q, CONV, LEAD = (actor(person) for person in ("p", "q", "conv", "lead"))
MEMBER = actor("q", "support-conference")
AUDITOR = actor("aud", "audit-review")
SECRET = {"system": "https://tsunagu.example/fhir/CodeSystem/secrecy-label", "code": "address-secret"}


def explained(town: Town, caller: Any, question: Question) -> dict[str, Any]:
    """The explanation by name: single values, and lists of rule ids."""
    parameters = town.run(explain.explain(town.gate, caller, question))["parameter"]
    found: dict[str, Any] = {"rule": [], "lacking": [], "event": [], "texts": repr(parameters)}
    for each in parameters:
        if each["name"] in ("rule", "lacking"):
            found[each["name"]].append(next(part["valueString"] for part in each["part"] if part["name"] == "id"))
        elif each["name"] == "event":
            found["event"].append(next(part["valueCode"] for part in each["part"] if part["name"] == "decision"))
        elif "valueCode" in each:
            found[each["name"]] = each["valueCode"]
    return found


def convening_for_the_center(town: Town) -> None:
    """The officer of the center is a convener too: in charge, and a reader of what the center keeps."""
    post = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p")}
    town.write(INSTALLER, post | {"organization": ref("Organization/center"), "code": [concept("role", "convener")]})


def test_one_is_told_why_one_may_and_by_which_article(open_: Town) -> None:
    told = explained(open_, MEMBER, Question("Condition", "c"))
    assert (told["decision"], told["rule"]) == ("permit", ["P4"])
    assert "art9" in told["texts"]
    assert "Communication/2/_history/1" in told["texts"]
    assert explained(open_, P, Question("Condition", "c"))["rule"] == ["P1"]


def test_evidence_that_the_asker_may_not_read_is_not_named(open_: Town) -> None:
    told = explained(open_, MEMBER, Question("Condition", "c"))
    assert open_.search(MEMBER, "CareTeam") == []
    assert "CareTeam/standing" not in told["texts"]
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]
    open_.sign(P, consent("a", provision={"type": "permit", "class": types}))
    told = explained(open_, Q, Question("Condition", "c"))
    assert (told["decision"], told["rule"]) == ("permit", ["P3"])
    assert "Consent/a" not in told["texts"]
    open_.sign(P, consent("b"))
    assert "Consent/b/_history/1" in explained(open_, Q, Question("Condition", "c"))["texts"]


def test_what_one_may_not_see_is_explained_as_if_it_were_not_there(open_: Town) -> None:
    there = explained(open_, Q, Question("Condition", "c"))
    absent = explained(open_, Q, Question("Condition", "d"))
    assert there["decision"] == absent["decision"] == "deny"
    assert there["texts"].replace("/c", "/d") == absent["texts"]
    narrow = replace(Q, scopes=())
    assert explained(open_, narrow, Question("Condition", "c"))["rule"] == ["scope"]


@pytest.mark.parametrize("about", ["", "Practitioner/q", "Organization/other", "PractitionerRole/q"])
def test_a_question_about_oneself_is_bound_by_the_scopes_of_the_token(about: str, open_: Town) -> None:
    open_.sign(P, consent("a"))
    assert explained(open_, Q, Question("Condition", "c", about=about))["rule"] == ["P3"]
    tasks = replace(Q, scopes=(Scope("user", "Task", frozenset("rs")),))
    told = explained(open_, tasks, Question("Condition", "c", about=about))
    assert (told["decision"], told["rule"]) == ("deny", ["scope"])
    assert "Consent" not in told["texts"]
    assert told["texts"] == explained(open_, tasks, Question("Condition", "d", about=about))["texts"].replace(
        "/d", "/c"
    )


@pytest.mark.parametrize("about", ["", "Practitioner/q", "Organization/other"])
def test_a_question_about_oneself_is_bound_by_the_purpose_of_the_token(about: str, open_: Town) -> None:
    open_.sign(P, consent("a"))
    counting = actor("q", "statistics")
    told = explained(open_, counting, Question("Condition", "c", about=about, purpose="CAREMGT"))
    assert (told["decision"], told["purpose"], told["rule"]) == ("deny", "statistics", [])
    assert "Consent" not in told["texts"]
    assert "answered for the purpose of the token" in told["texts"]
    everyday = explained(open_, Q, Question("Condition", "d", about=about, purpose="support-conference"))
    assert everyday["purpose"] == "CAREMGT"


def test_the_past_of_oneself_is_told_of_what_one_may_read_today(open_: Town) -> None:
    (signed,) = open_.sign(P, consent("a"))
    then = datetime.fromisoformat(signed.version.since)
    question = Question("Condition", "c", at=then)
    assert explained(open_, Q, question)["rule"] == ["P3"]
    before = datetime.fromisoformat("2026-11-01T00:00:00+09:00")
    assert explained(open_, Q, replace(question, at=before))["decision"] == "deny"
    open_.write(P, consent("a", status="inactive", meta={"versionId": "1"}))
    gone = explained(open_, Q, question)
    assert gone["decision"] == "deny"
    assert gone["texts"].replace("/c", "/d") == explained(open_, Q, replace(question, id="d"))["texts"]


def test_those_in_charge_may_ask_about_another_and_are_told_what_is_lacking(open_: Town) -> None:
    asked = Question("Group", "g", about="Practitioner/q")
    for caller in (LEAD, CONV):
        told = explained(open_, caller, asked)
        assert (told["decision"], told["lacking"]) == ("deny", ["P4"])
        meeting = explained(open_, caller, replace(asked, purpose="support-conference"))
        assert (meeting["decision"], meeting["rule"]) == ("permit", ["P4"])
    assert explained(open_, CONV, replace(asked, about="Organization/center"))["rule"] == ["P1"]
    with pytest.raises(Problem, match="only the convener"):
        explained(open_, P, asked)
    with pytest.raises(Problem, match="sign in"):
        explained(open_, NOBODY, asked)


def told_of(town: Town, caller: Any, question: Question) -> list[dict[str, Any]]:
    """The head of an explanation."""
    found: list[dict[str, Any]] = town.run(explain.explain(town.gate, caller, question))["parameter"]
    return [each for each in found if each["name"] not in ("rule", "lacking", "reason")]


def head(record: str, who: str, purpose: str, at: str, decision: str) -> list[dict[str, Any]]:
    return [
        {"name": "record", "valueReference": {"reference": record}},
        {"name": "actor", "valueReference": {"reference": who}},
        {"name": "purpose", "valueCode": purpose},
        {"name": "at", "valueInstant": at},
        {"name": "decision", "valueCode": decision},
    ]


NOW_UTC = "2026-11-23T04:00:00.000Z"


def test_an_explanation_says_of_whom_it_is_for_which_purpose_and_when(open_: Town) -> None:
    of_g = Question("Group", "g", about="Organization/center")
    assert told_of(open_, CONV, of_g) == head("Group/g", "Organization/center", "CAREMGT", NOW_UTC, "permit")
    person = replace(of_g, about="Practitioner/q", purpose="support-conference")
    assert told_of(open_, CONV, person) == head("Group/g", "Practitioner/q", "support-conference", NOW_UTC, "permit")
    then = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
    past = "2026-11-20T01:00:00.000Z"
    asked = replace(of_g, at=then)
    assert told_of(open_, CONV, asked) == head("Group/g", "Organization/center", "CAREMGT", past, "deny")
    system = replace(SYSTEM, organization="Organization/other")
    own = Question("Condition", "c")
    assert told_of(open_, system, own) == head("Condition/c", "Organization/other", "CAREMGT", NOW_UTC, "deny")
    assert told_of(open_, P, replace(own, at=then)) == head("Condition/c", "Practitioner/p", "CAREMGT", past, "deny")


def test_who_asks_about_another_and_may_not_is_told_which_rule_and_what_to_leave_out(open_: Town) -> None:
    with pytest.raises(Problem) as refused:
        explained(open_, P, Question("Condition", "c", about="Practitioner/q"))
    [issue] = refused.value.issues
    assert (refused.value.kind, issue.rule, issue.at) == ("forbidden", "P6", "actor")
    for who in ("Practitioner/p", "Organization/center", "PractitionerRole/p"):
        assert explained(open_, P, Question("Condition", "c", about=who))["decision"] == "permit"


def test_an_explanation_is_on_the_trail_and_so_is_its_refusal(open_: Town) -> None:
    explained(open_, LEAD, Question("Group", "g", about="Practitioner/q"))
    asked = open_.trail()[-1]
    assert (asked["outcome"], asked["action"], asked["subtype"][0]["code"]) == ("0", "R", "operation")
    assert asked["entity"][-1]["name"] == "$explain-access"
    named = {each["what"]["reference"] for each in asked["entity"] if "what" in each}
    assert named == {"Group/g/_history/1", "Patient/1", "Patient/2"}
    assert "policy" not in asked["agent"][0], "nobody was shown anything by a rule"
    for about in ("Practitioner/p", "Organization/other"):
        with pytest.raises(Problem):
            explained(open_, CONV, Question("Condition", "c", about=about))
        refused = open_.trail()[-1]
        assert (refused["outcome"], refused["entity"][-1]["name"]) == ("4", "$explain-access")
        named = {each["what"]["reference"] for each in refused["entity"] if "what" in each}
        assert named == {"Condition/c", "Patient/1"}
    explained(open_, Q, Question("Condition", "none"))
    absent = open_.trail()[-1]
    assert [each["what"]["reference"] for each in absent["entity"] if "what" in each] == ["Condition/none"]


def test_those_in_charge_are_told_of_no_record_that_they_may_not_read(open_: Town) -> None:
    for caller in (LEAD, CONV):
        for id in ("c", "none"):
            with pytest.raises(Problem, match=f"there is no `Condition/{id}`"):
                explained(open_, caller, Question("Condition", id, about="Organization/center"))
    counting = actor("lead", "statistics")
    with pytest.raises(Problem, match="there is no"):
        explained(open_, counting, Question("Group", "g", about="Practitioner/q"))


def test_the_past_is_explained_by_the_evidence_of_its_time(open_: Town) -> None:
    convening_for_the_center(open_)
    (signed,) = open_.sign(P, consent("a"))
    open_.write(P, consent("a", status="inactive", meta={"versionId": "1"}))
    asked = Question("Condition", "c", about="Practitioner/q")
    today = explained(open_, P, asked)
    assert today["decision"] == "deny"
    assert today["lacking"] == ["P3", "P4"]
    then = explained(open_, P, replace(asked, at=datetime.fromisoformat(signed.version.since)))
    assert (then["decision"], then["rule"]) == ("permit", ["P3"])
    assert "Consent/a/_history/1" in then["texts"]


def test_a_consent_that_is_not_for_the_asker_is_not_told_as_lacking(open_: Town) -> None:
    open_.sign(P, consent("a"), consent("b", patient=ref("Patient/2"), performer=[ref("Patient/2")]))
    asked = Question("Group", "g", about="Organization/other")
    assert explained(open_, LEAD, asked)["rule"] == ["P3"]
    assert "Consent" not in explained(open_, LEAD, asked)["texts"]
    open_.write(P, consent("a", status="inactive", meta={"versionId": "1"}))
    told = explained(open_, LEAD, asked)
    assert (told["decision"], told["lacking"]) == ("deny", [])


def test_a_consent_that_leaves_a_record_out_is_told(open_: Town) -> None:
    convening_for_the_center(open_)
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]
    open_.sign(P, consent("a", provision=consent("a")["provision"] | {"class": types}))
    told = explained(open_, P, Question("Condition", "c", about="Organization/other"))
    assert (told["decision"], told["lacking"]) == ("deny", ["P3"])


@pytest.mark.parametrize("about", ["", "Organization/center", "Organization/other"])
def test_a_veil_is_not_even_mentioned_to_anybody(about: str, open_: Town) -> None:
    """That it is there for one and not for another would tell who is on its list."""
    convening_for_the_center(open_)
    open_.write(P, patient("1", meta={"versionId": "1", "security": [SECRET]}))
    told = explained(open_, P, Question("Condition", "c", about=about))
    assert "D1" not in told["texts"]


def test_an_auditor_is_answered_from_the_trail_by_ids_and_rules(open_: Town) -> None:
    asked = Question("Condition", "c", about="Practitioner/q")
    none = explained(open_, AUDITOR, asked)
    assert "decision" not in none
    assert "監査記録に、これに当たる記録はない" in none["texts"]
    open_.read(MEMBER, "Condition/c")
    seen = explained(open_, AUDITOR, asked)
    assert (seen["decision"], seen["purpose"], seen["rule"]) == (
        "permit",
        "support-conference",
        ["P4"],
    )
    assert "art9" in seen["texts"]
    assert "Encounter/m/_history/2" in seen["texts"]
    assert "because" not in seen["texts"]
    open_.write(CONV, conference("finished", "q", "p") | {"meta": {"versionId": "2"}})
    later = replace(MEMBER, now=MEMBER.now.replace(hour=14))
    with pytest.raises(Problem, match="there is no"):
        open_.read(later, "Condition/c")
    explained(open_, later, Question("Condition", "c"))
    now = explained(open_, AUDITOR, asked)
    assert (now["decision"], now["rule"], now["event"]) == ("deny", [], ["deny", "permit"])
    then = explained(open_, AUDITOR, replace(asked, at=MEMBER.now))
    assert (then["decision"], then["event"]) == ("permit", ["permit"])
    assert explained(open_, AUDITOR, replace(asked, about="Organization/other"))["event"] == ["deny", "permit"]
    assert explained(open_, AUDITOR, replace(asked, purpose="CAREMGT"))["event"] == []


def test_after_events_were_archived_nobody_is_told_that_there_were_none(open_: Town) -> None:
    asked = Question("Condition", "c", about="Practitioner/q")
    open_.read(MEMBER, "Condition/c")
    assert "保管ファイル" not in explained(open_, AUDITOR, asked)["texts"]

    async def archived() -> None:
        for head in await open_.store.trail.heads():
            await open_.store.trail.forget(head.chain, head.number)

    open_.run(archived())
    gone = explained(open_, AUDITOR, asked)
    assert "decision" not in gone
    assert "ここにある監査記録に、これに当たる記録はない" in gone["texts"]
    assert "古い記録は保管ファイルに移してある" in gone["texts"]
    seen = open_.run(who_can_see.answered(open_.gate, AUDITOR, who_can_see.Question("Patient", "1")))
    assert "保管ファイル" in str(seen)


def test_an_event_of_another_record_that_names_this_one_is_not_of_it(open_: Town) -> None:
    open_.sign(P, consent("a"))
    open_.read(Q, "Condition/c")
    assert explained(open_, AUDITOR, Question("Patient", "1", about="Practitioner/q"))["event"] == []
    open_.read(Q, "Patient/1")
    assert explained(open_, AUDITOR, Question("Patient", "1", about="Practitioner/q"))["event"] == ["permit"]


def test_a_refused_question_about_access_is_no_refused_access(open_: Town) -> None:
    with pytest.raises(Problem, match="only the convener"):
        explained(open_, Q, Question("Condition", "c", about="Practitioner/p"))
    assert explained(open_, AUDITOR, Question("Condition", "c", about="Practitioner/q"))["event"] == []


def test_an_auditor_asks_about_others_for_the_audit_and_with_a_scope_for_the_trail(open_: Town) -> None:
    asked = Question("Condition", "c", about="Practitioner/q")
    with pytest.raises(Problem, match="only the convener"):
        explained(open_, actor("aud"), asked)
    narrow = replace(AUDITOR, scopes=(Scope("user", "Condition", frozenset("rs")),))
    with pytest.raises(Problem, match="scope"):
        explained(open_, narrow, asked)
    assert explained(open_, AUDITOR, Question("Condition", "c"))["decision"] == "deny"


def test_a_record_of_the_past_that_is_gone_is_explained_by_what_it_was(open_: Town) -> None:
    open_.write(P, concern("x", "1"))
    assert explained(open_, P, Question("Condition", "x"))["rule"] == ["P1"]
    long_ago = datetime.fromisoformat("2020-01-01T00:00:00+09:00")
    assert explained(open_, P, Question("Condition", "x", at=long_ago))["decision"] == "deny"
