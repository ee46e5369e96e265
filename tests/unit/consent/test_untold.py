"""What lies in the store and cannot be told when it counts: an import or an older release may have left it there.

docs/policy.md, "three answers": it bears on that record's evidence alone, never on a whole ground or another person.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent.explaining import explain
from consent.explaining.explain import Question
from resources.record.problem import Problem
from tests.laws.worlds import extension, ref
from tests.unit.consent.explaining.test_explain import MEMBER, explained
from tests.unit.consent.town import INSTALLER, Town, actor, concern, conference, paper, patient, roster
from tests.unit.consent.writing.test_superseding import consent
from tests.world import slipped

P, Q, CONV = actor("p"), actor("q"), actor("conv")
CONVENING = actor("conv", "support-conference")
WHY = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
UNTOLD: tuple[Any, ...] = (
    {"start": "2026-11-23T24:00:00Z"},
    {"end": "9999-13"},
    {"end": None},
    {"start": "2026", "_end": {"extension": [WHY]}},
    {"start": "2026-11-24", "end": "2026-11-22"},
    {"start": "0000", "end": "2027"},
    "always",
    [],
)
REFUSES_CONCERNS = {"type": "deny", "class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]}


@pytest.fixture
def evaluated(caplog: pytest.LogCaptureFixture) -> Any:
    """No ground and no restriction failed as a whole."""
    with caplog.at_level(logging.WARNING, "tsunagu.policy"):
        yield
    assert "could not be evaluated" not in caplog.text


def slip(town: Town, name: str, **changes: Any) -> None:
    town.run(slipped.slip(town.store, name, changes))


def refused(town: Town, who: Any, *resources: Any) -> list[tuple[str, str]]:
    """The rules a write breaks, and where."""
    with pytest.raises(Problem) as caught:
        town.write(who, *resources)
    return [(issue.rule, issue.at) for issue in caught.value.issues]


def consented(town: Town) -> Town:
    """Two persons whose concerns the other agency reads by consent."""
    both = [patient("1"), concern("c", "1"), concern("o", "1", code={"text": "x"}), patient("2"), concern("d", "2")]
    town.write(P, *both)
    town.sign(P, consent("a"))
    town.sign(P, consent("b", patient=ref("Patient/2"), performer=[ref("Patient/2")]))
    assert opened(town) == {"Patient/1", "Condition/c", "Condition/o", "Patient/2", "Condition/d"}
    return town


def opened(town: Town) -> set[str]:
    """What the other agency reads and finds, one by one and by searching alike."""
    found = {*town.search(Q, "Patient"), *town.search(Q, "Condition")}
    read = set()
    for name in ("Patient/1", "Condition/c", "Condition/o", "Patient/2", "Condition/d"):
        with suppress(Problem):
            town.read(Q, name)
            read.add(name)
    assert found == read
    return found


OTHERS = {"Patient/2", "Condition/d"}


@pytest.mark.parametrize("untold", UNTOLD, ids=repr)
def test_a_permit_of_which_it_cannot_be_told_opens_nothing_and_takes_nothing_from_others(
    town: Town, evaluated: None, untold: Any
) -> None:
    consented(town)
    slip(town, "Consent/a", provision=consent("a")["provision"] | {"period": untold})
    assert opened(town) == OTHERS
    told = explained(town, Q, Question("Condition", "c"))
    assert (told["decision"], told["lacking"]) == ("deny", []), "whom it does not open to is not told of it"


@pytest.mark.parametrize("untold", UNTOLD, ids=repr)
def test_a_refusal_of_which_it_cannot_be_told_withholds_what_is_about_that_person_and_nobody_else(
    town: Town, evaluated: None, untold: Any
) -> None:
    consented(town)
    refusal = consent("r", policyRule={"text": "another"}, provision=REFUSES_CONCERNS)
    town.sign(P, refusal)
    for provision in (REFUSES_CONCERNS, {"type": "deny", "provision": [{**_PERSON, "type": "permit"}]}):
        slip(town, "Consent/r", provision=provision | {"period": untold})
        assert opened(town) == OTHERS


@pytest.mark.parametrize("untold", UNTOLD, ids=repr)
def test_an_exception_holds_unless_it_is_surely_over(town: Town, evaluated: None, untold: Any) -> None:
    consented(town)
    permit = consent("a")["provision"]
    slip(town, "Consent/a", provision=permit | {"provision": [REFUSES_CONCERNS | {"period": untold}]})
    assert opened(town) == OTHERS
    slip(town, "Consent/a", provision=permit | {"period": untold, "provision": [REFUSES_CONCERNS]})
    town.sign(P, consent("x", policyRule={"text": "another"}))
    assert opened(town) == OTHERS
    slip(town, "Consent/a", status="inactive")
    slip(town, "Consent/x", provision={"type": "deny", "provision": [{**_PERSON, "type": "permit", "period": untold}]})
    assert opened(town) == OTHERS


@pytest.mark.parametrize("untold", UNTOLD, ids=repr)
def test_a_meeting_of_which_it_cannot_be_told_opens_nothing_and_locks_nobody_out(
    open_: Town, evaluated: None, untold: Any
) -> None:
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    slip(open_, "Encounter/m", period=untold)
    assert open_.search(MEMBER, "Condition") == []
    told = explained(open_, MEMBER, Question("Condition", "c"))
    assert told["decision"] == "deny"
    for who, id in ((MEMBER, "q1"), (Q, "q2"), (CONVENING, "v1"), (CONV, "v2"), (P, "p1")):
        assert len(open_.search(who, "Organization")) == 4
        open_.search(who, "Patient")
        open_.write(who, patient(id))
        assert open_.read(who, f"Patient/{id}")
    fixed = conference("in-progress", "q", "p") | {"meta": {"versionId": "3"}}
    assert refused(open_, CONVENING, fixed | {"period": {"start": "2026-11-23", "_end": {"extension": [WHY]}}})
    open_.write(CONVENING, fixed)
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    slip(open_, "Encounter/m", period=untold)
    closed = conference("finished", "q", "p") | {"meta": {"versionId": "5"}, "period": {"_end": {"extension": [WHY]}}}
    open_.write(CONV, closed)
    assert open_.search(MEMBER, "Condition") == []


def test_a_meeting_that_was_called_for_ever_can_be_cancelled_as_it_is(called: Town, evaluated: None) -> None:
    slip(called, "Encounter/m", period={"start": "2026-11-23", "end": "9999-12-31"})
    endless = called.read(CONVENING, "Encounter/m")
    assert refused(called, CONVENING, endless | {"status": "in-progress"}) == [("P4", "Encounter.period")]
    called.write(CONVENING, endless | {"status": "cancelled"})
    assert called.search(P, "Condition") == ["Condition/c"]


def test_the_window_of_a_meeting_ends_with_its_day(open_: Town) -> None:
    slip(open_, "Encounter/m", period={"start": "2026-11-23T09:00:00+09:00", "end": "9999-12-31"})
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]
    later = replace(MEMBER, now=MEMBER.now + timedelta(days=1))
    assert open_.search(later, "Condition") == []
    assert open_.search(replace(MEMBER, now=MEMBER.now - timedelta(hours=5)), "Condition") == []


@pytest.mark.parametrize("untold", UNTOLD, ids=repr)
def test_who_is_on_the_roster_for_a_time_that_cannot_be_told_is_not_on_it_and_the_others_are(
    open_: Town, evaluated: None, untold: Any
) -> None:
    members = roster("q", "p", "co")["participant"]
    slip(open_, "CareTeam/standing", participant=[members[0] | {"period": untold}, *members[1:]])
    assert open_.search(MEMBER, "Condition") == []
    assert open_.write(MEMBER, patient("x"))
    with pytest.raises(Problem) as caught:
        open_.write(CONV, conference("planned", "q", "p") | {"id": "m2"})
    assert [(issue.rule, issue.at) for issue in caught.value.issues] == [("R29", "Encounter.participant[1].individual")]
    open_.write(CONV, conference("planned", "p", "co") | {"id": "m2"})
    open_.write(CONV, roster("q", "p", "co") | {"meta": {"versionId": "2"}})
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]


@pytest.mark.parametrize(
    "until", [{"start": "2026-11-01", "end": "9999-12-31"}, {"start": "2016-12-31T23:59:60Z"}], ids=["end", "leap"]
)
def test_a_roster_that_stands_to_the_edges_of_the_calendar_seats_whom_it_names(called: Town, until: Any) -> None:
    seats = [seat | {"period": until} for seat in roster("q", "p", "co")["participant"]]
    called.write(CONV, roster() | {"participant": seats, "meta": {"versionId": "1"}})
    called.write(CONV, conference("planned", "q", "p") | {"id": "m2"})


@pytest.mark.parametrize("end", ["9999", "9999-12-31", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize("start", ["2016-12-31T23:59:60Z", "0001-01-01T00:00:00+14:00", "2026-11-23"])
def test_who_is_on_the_roster_to_the_end_of_time_is_convened_and_sits(open_: Town, start: str, end: str) -> None:
    always = {"start": start, "end": end}
    listed = roster("q", "p", "co")
    listed["participant"] = [each | {"period": always} for each in listed["participant"]]
    open_.write(CONV, listed | {"meta": {"versionId": "1"}})
    open_.write(CONV, conference("planned", "q", "p") | {"id": "m2"})
    assert open_.search(MEMBER, "Condition") == ["Condition/c"]


@pytest.mark.parametrize("untold", UNTOLD, ids=repr)
def test_a_seat_and_a_post_for_a_time_that_cannot_be_told_are_not_held(
    open_: Town, evaluated: None, untold: Any
) -> None:
    seats = conference("in-progress", "q", "p")["participant"]
    slip(open_, "Encounter/m", participant=[seats[0], seats[1] | {"period": untold}, seats[2]])
    assert open_.search(MEMBER, "Condition") == []
    slip(open_, "PractitionerRole/p", period=untold)
    assert open_.search(P, "Condition") == []
    assert len(open_.search(P, "Organization")) == 4
    assert open_.write(MEMBER, patient("x"))
    ended = open_.read(INSTALLER, "PractitionerRole/p") | {"active": False}
    if isinstance(untold, dict) and "_end" in untold:
        open_.write(INSTALLER, ended)
        with pytest.raises(Problem) as caught:
            open_.write(INSTALLER, ended | {"active": True, "meta": {"versionId": "3"}})
        assert [(issue.rule, issue.at) for issue in caught.value.issues] == [("P12", "PractitionerRole.period")]


@pytest.mark.parametrize("born", ["9990-01-01", "9999", "0001-01-01", "2010", None])
def test_nobody_signs_for_somebody_of_whom_it_cannot_be_told_that_they_are_a_minor(town: Town, born: Any) -> None:
    """Who is a minor for certain signs through a parent alone; who is one perhaps, through nobody but a guardian."""
    person = {name: value for name, value in patient("1").items() if name != "birthDate"}
    town.write(P, person | ({"birthDate": born} if born else {}))
    town.write(P, {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/1")})
    by_proxy = consent("a", performer=[ref("RelatedPerson/r")])
    assert refused(town, P, paper(by_proxy), by_proxy) == [("R3", "Consent.performer[0]")]
    if born == "0001-01-01":
        town.sign(P, consent("b"))
    else:
        own = consent("b")
        assert refused(town, P, paper(own), own) == [("R3", "Consent.performer[0]")]
        said = consent("d", extension=[extension("of-age", valueBoolean=True)])
        if born is None:
            town.sign(P, said)
        else:
            assert refused(town, P, paper(said), said) == [("R3", "Consent.performer[0]")]


def test_what_is_written_is_refused_where_it_cannot_be_told(called: Town) -> None:
    town = called
    unsaid = {"start": "2026-11-23", "_end": {"extension": [WHY]}}
    permit = consent("a")["provision"]
    exceptions = [REFUSES_CONCERNS | {"period": unsaid}]
    at = "Consent.provision"
    town.write(P, paper(consent("a")))
    assert refused(town, P, consent("a", provision=permit | {"period": unsaid})) == [("R4", f"{at}.period")]
    excepted = consent("a", provision=permit | {"provision": exceptions})
    assert refused(town, P, excepted) == [("R4", f"{at}.provision[0].period")]
    town.write(P, excepted | {"status": "proposed"})
    listed = roster("q") | {"id": "s2"}
    listed["participant"][0]["period"] = unsaid
    assert refused(town, CONV, listed) == [("art. 3", "CareTeam.participant[0].period")]
    for window in (
        unsaid,
        {"start": "2026-11-23", "end": "9999-12-31"},
        {"end": "2026-11-23"},
        {"start": "2026-11-23"},
    ):
        assert ("P4", "Encounter.period") in refused(town, CONV, conference() | {"id": "m2", "period": window})
    backwards = conference() | {"id": "m2"} | {"period": {"start": "2026-11-24", "end": "2026-11-23"}}
    assert refused(town, CONV, backwards) == [("", "Encounter.period")]


def test_the_past_and_the_future_are_explained_to_the_edges_of_the_calendar(town: Town) -> None:
    town.write(P, patient("1"))
    for at in ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999+00:00"):
        asked = Question("Patient", "1", at=P.now.fromisoformat(at))
        parameters = town.run(explain.explain(town.gate, P, asked))["parameter"]
        assert {"name": "decision", "valueCode": "deny"} in parameters or at.startswith("9999")


_PERSON = {"class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]}
