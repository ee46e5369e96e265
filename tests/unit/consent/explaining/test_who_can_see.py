"""An agency is told who can see what it keeps itself, by ground, and nothing of what it may not read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from consent.actor import Scope
from consent.explaining import who_can_see
from consent.explaining.who_can_see import Question
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.people import NOBODY
from tests.unit.consent.test_carrying_out import activity, close, decide, plan
from tests.unit.consent.town import Town, actor, case, concern, conference, household, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

P, Q, CO, CONV, LEAD = (actor(person) for person in ("p", "q", "co", "conv", "lead"))
MEMBER = actor("q", "support-conference")
AUDITOR = actor("aud", "audit-review")
CENTER, OTHER = "Organization/center", "Organization/other"
OF_CONDITIONS = {"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}
EVERY = "すべての相談機関 / every agency"


def asked(town: Town, who: Any, name: str, at: datetime | None = None) -> list[dict[str, Any]]:
    type, _, id = name.partition("/")
    found: list[dict[str, Any]] = town.run(who_can_see.answered(town.gate, who, Question(type, id, at)))["parameter"]
    return found


def seen(town: Town, who: Any, name: str, at: datetime | None = None) -> dict[str, dict[str, int]]:
    """By ground, who sees how many records."""
    found: dict[str, dict[str, int]] = {}
    for ground in (each["part"] for each in asked(town, who, name, at) if each["name"] == "ground"):
        id = next(part["valueString"] for part in ground if part["name"] == "id")
        found[id] = dict(_counted(part["part"]) for part in ground if part["name"] == "who")
    return found


def _counted(parts: list[dict[str, Any]]) -> tuple[str, int]:
    who = next(part["valueReference"] for part in parts if part["name"] == "actor")
    number = next(part["valueInteger"] for part in parts if part["name"] in ("records", "events"))
    return who.get("reference") or who["display"], number


def test_what_an_agency_keeps_is_seen_by_itself_and_by_whom_the_person_signed_for(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"), concern("d", "1"))
    assert seen(town, P, "Patient/1") == {"P1": {CENTER: 3}}
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]
    signed = consent("a", provision=consent("a")["provision"] | {"class": types})
    town.sign(P, signed)
    assert seen(town, P, "Patient/1") == {"P1": {CENTER: 5}, "P2": {OTHER: 1}, "P3": {OTHER: 2}}
    town.write(P, signed | {"status": "inactive", "meta": {"versionId": "1"}})
    assert seen(town, P, "Patient/1") == {"P1": {CENTER: 5}, "P2": {OTHER: 1}}, "the consent, that it has ended"


def evidence(reference: str, display: str) -> dict[str, Any]:
    return {"name": "evidence", "valueReference": {"reference": reference, "display": display}}


def sees(who: str, records: int, *types: str) -> list[dict[str, Any]]:
    actor = {"name": "actor", "valueReference": {"reference": who}}
    counted = [{"name": "type", "valueCode": type} for type in types]
    return [actor, {"name": "records", "valueInteger": records}, *counted]


def test_the_whole_answer_is_the_grounds_each_with_who_sees_how_many_of_which_type_and_on_what(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    signed = consent("a", provision=consent("a")["provision"] | {"class": [OF_CONDITIONS]})
    town.sign(P, signed)
    assert asked(town, P, "Patient/1") == [
        {"name": "record", "valueReference": {"reference": "Patient/1"}},
        {"name": "at", "valueInstant": "2026-11-23T04:00:00.000Z"},
        {
            "name": "ground",
            "part": [
                {"name": "id", "valueString": "P1"},
                {"name": "because", "valueString": "自分の機関が管理する記録である"},
                {"name": "because-en", "valueString": "the actor's agency is the custodian of the record"},
                {"name": "who", "part": sees(CENTER, 4, "Condition", "Consent", "DocumentReference", "Patient")},
            ],
        },
        {
            "name": "ground",
            "part": [
                {"name": "id", "valueString": "P2"},
                {"name": "because", "valueString": "同意書が、提供先として自分を名指している"},
                {"name": "because-en", "valueString": "the consent permits something to the actor"},
                {"name": "who", "part": sees(OTHER, 1, "Consent")},
            ],
        },
        {
            "name": "ground",
            "part": [
                {"name": "id", "valueString": "P3"},
                {"name": "because", "valueString": "記録に関わる全員の同意がある"},
                {"name": "because-en", "valueString": "every person the record is about has signed for this"},
                {
                    "name": "who",
                    "part": [*sees(OTHER, 1, "Condition"), evidence("Consent/a/_history/1", "同意書")],
                },
            ],
        },
        {
            "name": "reason",
            "part": [
                {
                    "name": "because",
                    "valueString": "自分の機関が管理する記録について、閲覧の根拠を自分が読める範囲で示す",
                },
                {
                    "name": "because-en",
                    "valueString": "told of the records that your own agency keeps, as far as you may read what the "
                    "access rests on",
                },
            ],
        },
    ]


def grounds(town: Town, who: Any, name: str) -> dict[str, list[dict[str, Any]]]:
    """The parts of each ground, by its id."""
    found = [each["part"] for each in asked(town, who, name) if each["name"] == "ground"]
    return {parts[0]["valueString"]: parts[1:] for parts in found}


def test_the_article_of_a_conference_is_told_and_what_a_ground_rests_on_once_for_all_its_persons(open_: Town) -> None:
    told = grounds(open_, P, "Group/g")
    basis = [each for each in told["P4"] if each["name"].startswith("legal-basis")]
    assert [each["name"] for each in basis] == ["legal-basis", "legal-basis-text"]
    assert basis[0]["valueCode"] == "art9"
    assert not any(each["name"].startswith("legal-basis") for id in ("P1", "P2", "P5", "P6") for each in told[id])
    [coordinating] = [each["part"] for each in told["P5"] if each["name"] == "who"]
    types = ("CarePlan", "Group", "Patient")
    assert coordinating == [*sees("Practitioner/co", 4, *types), evidence("Task/t/_history/2", "調整の依頼")]


def test_after_the_meeting_is_over_who_carries_out_what_was_decided_is_told(open_: Town) -> None:
    """They read the plan and the roles on, whoever keeps them."""
    open_.write(P, plan(activity()))
    decide(open_, "other", "center")
    before = seen(open_, P, "Group/g")
    assert before["P13"] == {CENTER: 3, "Practitioner/q": 5}
    close(open_)
    after = seen(open_, P, "Group/g")
    assert after["P13"] == before["P13"]
    assert "P4" not in after


def test_a_consent_for_everybody_and_one_for_a_person_are_told_as_such(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", provision={"type": "permit"}))
    assert seen(town, P, "Patient/1")["P3"][EVERY] == 4
    to_one = consent("a")["provision"]["actor"][0] | {"reference": ref("Practitioner/q")}
    town.write(P, consent("a", provision={"type": "permit"}, status="inactive", meta={"versionId": "1"}))
    again = "2026-11-23T13:00:00+09:00"
    town.sign(P, consent("b", dateTime=again, provision={"type": "permit", "actor": [to_one]}))
    assert seen(town, P, "Patient/1") == {"P1": {CENTER: 6}, "P2": {"Practitioner/q": 1}, "P3": {"Practitioner/q": 6}}


def test_a_consent_is_told_as_what_opens_the_types_it_is_for_alone(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    plans = {"type": "permit", "actor": consent("b")["provision"]["actor"], "class": [OF_CONDITIONS | {"code": "Flag"}]}
    town.sign(P, consent("a"), consent("b", policyRule={"text": "別の様式"}, provision=plans))
    [other] = [each["part"] for each in grounds(town, P, "Patient/1")["P3"] if each["name"] == "who"]
    assert [each["valueReference"]["reference"] for each in other if each["name"] == "evidence"] == [
        "Consent/a/_history/1"
    ]


def test_every_record_of_many_is_counted_and_of_this_person_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.write(P, patient("1"), *(concern(f"c{number}", "1") for number in range(55)))
    town.write(P, patient("2"), *(concern(f"d{number}", "2") for number in range(5)))
    monkeypatch.setattr(who_can_see, "MOST_RECORDS", 56)
    assert seen(town, P, "Patient/1") == {"P1": {CENTER: 56}}
    assert seen(town, P, "Patient/2") == {"P1": {CENTER: 6}}


def test_what_is_about_a_household_in_which_nobody_lives_is_counted_too(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case(), patient("2"), household("2") | {"id": "h"})
    town.write(P, household() | {"meta": {"versionId": "1"}})
    assert seen(town, P, "Group/g") == {"P1": {CENTER: 2}}
    assert seen(town, P, "Group/h") == {"P1": {CENTER: 2}}


def test_a_post_is_not_named_as_what_a_ground_rests_on(open_: Town) -> None:
    assert "P6" in seen(open_, P, "Group/g")
    assert "PractitionerRole/" not in repr(asked(open_, P, "Group/g"))


def test_the_answer_says_of_when_it_is(town: Town) -> None:
    town.write(P, patient("1"))
    then = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
    assert asked(town, P, "Patient/1", then)[1] == {"name": "at", "valueInstant": "2026-11-20T01:00:00.000Z"}
    found = town.run(who_can_see.answered(town.gate, P, Question("Patient", "1")))
    assert found["resourceType"] == "Parameters"
    with pytest.raises(Problem) as refused:
        asked(town, NOBODY, "Patient/1")
    assert refused.value.kind == "login"
    event = [each for each in town.trail() if each["outcome"] == "0"][-1]
    assert (event["subtype"][0]["code"], event["entity"][-1]["name"]) == ("operation", "$who-can-see")


def test_others_are_answered_while_it_is_worked_out(town: Town) -> None:
    town.write(P, patient("1"), *(concern(f"c{n}", "1") for n in range(80)))
    turns = 0

    async def meanwhile() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both() -> None:
        others = asyncio.create_task(meanwhile())
        await who_can_see.answered(town.gate, P, Question("Patient", "1"))
        others.cancel()

    town.run(both())
    assert turns > 4, "one for each slice of them, and those while it is worked out who sees what"


def test_a_request_is_seen_by_whom_it_is_addressed_to(town: Town) -> None:
    task = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    town.write(P, patient("1"), task | {"requester": ref(CENTER), "owner": ref("PractitionerRole/q")})
    assert seen(town, P, "Patient/1") == {"P1": {CENTER: 2}, "P2": {CENTER: 1, OTHER: 2}}


def test_the_conference_and_the_coordination_are_told_to_who_may_read_of_them(open_: Town) -> None:
    made = seen(open_, P, "Group/g")
    assert made["P4"] == {"Practitioner/q": 3}
    assert made["P5"] == {"Practitioner/co": 4}, "with the card of each person"
    assert set(made["P6"]) == {"Practitioner/conv", "Practitioner/lead"}
    open_.write(CONV, conference("finished", "q", "p") | {"meta": {"versionId": "2"}})
    assert "P4" not in seen(open_, P, "Group/g")
    then = MEMBER.now
    assert seen(open_, P, "Group/g", then).get("P4") is None


def test_the_past_is_told_by_the_evidence_of_its_time(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    (signed,) = town.sign(P, consent("a"))
    town.write(P, consent("a", status="inactive", meta={"versionId": "1"}), concern("d", "1"))
    assert "P3" not in seen(town, P, "Patient/1")
    then = datetime.fromisoformat(signed.version.since)
    assert seen(town, P, "Patient/1", then) == {"P1": {CENTER: 4}, "P2": {OTHER: 1}, "P3": {OTHER: 4}}
    told = repr(asked(town, P, "Patient/1", then))
    assert "Consent/a/_history/1" in told
    long_ago = datetime.fromisoformat("2020-01-01T00:00:00+09:00")
    assert seen(town, P, "Patient/1", long_ago) == {}


def test_each_agency_is_told_of_its_own_records_alone(town: Town) -> None:
    town.sign(P, patient("1"), concern("c", "1"), consent("a"))
    town.write(Q, concern("q", "1"))
    own = {"P1": {OTHER: 2}, "P2": {OTHER: 1}}
    assert seen(town, Q, "Patient/1") == own, "its concern, and that it was told; it has not verified the consent"
    before = asked(town, P, "Patient/1")
    assert seen(town, P, "Patient/1") == {"P1": {CENTER: 4}, "P2": {OTHER: 1}, "P3": {OTHER: 4}}
    town.write(Q, concern("q2", "1"))
    assert asked(town, P, "Patient/1") == before


def test_a_consent_that_the_asker_may_not_read_is_told_to_nobody(town: Town) -> None:
    """Neither that it opens what the asker keeps, nor that it withholds it."""
    town.write(P, patient("1"), concern("c", "1"))
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": each} for each in ("Patient", "Condition")]
    town.sign(P, consent("a", provision=consent("a")["provision"] | {"class": types}))
    town.write(Q, concern("q", "1"))
    taken_on(town)
    before = asked(town, P, "Patient/1")
    council = consent("a")["provision"]["actor"][0] | {"reference": ref("Organization/council")}
    foreign = {"policyRule": {"text": "別の様式"}, "organization": [ref(OTHER)]}
    town.sign(Q, consent("q1", provision={"type": "permit", "actor": [council]}, **foreign))
    assert asked(town, P, "Patient/1") == before
    town.sign(Q, consent("q2", provision={"type": "deny"}, **foreign | {"policyRule": {"text": "不同意"}}))
    assert asked(town, P, "Patient/1") == before


def test_who_may_not_read_the_person_is_told_nothing(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    tasks = replace(P, scopes=(Scope("user", "Task", frozenset("rs")),))
    for who, name in ((Q, "Patient/1"), (Q, "Group/g"), (P, "Patient/none"), (actor("p", "statistics"), "Patient/1")):
        with pytest.raises(Problem, match="there is no"):
            asked(town, who, name)
    with pytest.raises(Problem, match="scope"):
        asked(town, tasks, "Patient/1")
    with pytest.raises(Problem, match="sign in"):
        asked(town, NOBODY, "Patient/1")


def test_a_token_for_some_types_is_told_of_these(town: Town) -> None:
    town.sign(P, patient("1"), concern("c", "1"), consent("a"))
    narrow = replace(P, scopes=(Scope("user", "Patient", frozenset("rs")), Scope("user", "Consent", frozenset("rs"))))
    assert seen(town, narrow, "Patient/1") == {"P1": {CENTER: 2}, "P2": {OTHER: 1}, "P3": {OTHER: 2}}
    narrower = replace(P, scopes=(Scope("user", "Patient", frozenset("rs")),))
    assert seen(town, narrower, "Patient/1") == {"P1": {CENTER: 1}}


def test_too_much_is_refused_and_never_told_in_part(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    monkeypatch.setattr(who_can_see, "MOST_RECORDS", 1)
    with pytest.raises(Problem, match="more than 1 records"):
        asked(town, P, "Patient/1")


def test_it_is_on_the_trail_as_a_question_about_the_person(town: Town) -> None:
    town.write(P, patient("1"))
    asked(town, P, "Patient/1")
    event = town.trail()[-1]
    assert event["entity"][-1]["name"] == "$who-can-see"
    assert event["entity"][0]["what"]["reference"] == "Patient/1/_history/1"
    with pytest.raises(Problem):
        asked(town, Q, "Patient/1")
    assert town.trail()[-1]["outcome"] == "4"


def test_an_auditor_is_answered_from_the_trail(town: Town) -> None:
    town.sign(P, patient("1"), concern("c", "1"), consent("a"))
    assert seen(town, AUDITOR, "Patient/1") == {"P1": {"Practitioner/p": 4}}
    town.read(Q, "Condition/c")
    asked(town, P, "Patient/1")
    later = seen(town, AUDITOR, "Patient/1")
    assert later.pop("P11") == {"Practitioner/aud": 1}  # who was shown events that name her
    assert later == {"P1": {"Practitioner/p": 4}, "P3": {"Practitioner/q": 1}}
    assert seen(town, AUDITOR, "Patient/1", datetime.fromisoformat("2020-01-01T00:00:00+09:00")) == {}


def test_who_is_not_shown_whom_a_record_names_is_not_told_of_them_here(town: Town) -> None:
    """An agency that helps somebody tells where they are (D1)."""
    task = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    town.write(P, patient("1"), task | {"owner": ref("PractitionerRole/q")})
    town.sign(P, consent("a"))
    assert OTHER in repr(asked(town, P, "Patient/1"))
    town.protect(P, "Patient/1", "HealthcareService/desk")
    assert OTHER not in repr(town.read(P, "Consent/a"))
    assert seen(town, P, "Patient/1") == {"P1": {CENTER: 4}}


def test_that_others_ask_one_another_is_told_to_nobody_who_does_not_read_it(town: Town) -> None:
    """Found by the two worlds: what a request of others opens was counted, whoever could read that request."""
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    taken_on(town)
    asks = {"resourceType": "Task", "status": "requested", "intent": "order", "owner": ref("Organization/council")}
    town.write(P, asks | {"id": "own", "for": ref("Patient/2"), "requester": ref(CENTER)})
    before = seen(town, P, "Group/g")
    assert "Organization/council" in before["P2"]
    town.write(Q, asks | {"id": "beside", "for": ref("Patient/1"), "requester": ref(OTHER)})
    assert (town.reads(P, "Task/beside"), town.reads(CO, "Patient/1")) == (False, True)
    assert seen(town, P, "Group/g") == before
