"""Who else can read some records, as far as the one who asks may read what that rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.acts import declaring_conflict
from consent.acts.declaring_conflict import Conflict
from consent.explaining import insight
from consent.explaining.insight import Insight, Seer
from consent.facts import Facts
from consent.reading.reading import Reading
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import term
from tests.laws.worlds import concept, ref
from tests.unit.consent.explaining.test_who_can_see import CENTER, EVERY, OTHER, asked, seen
from tests.unit.consent.people import OFFICER, SYSTEM, around, post
from tests.unit.consent.town import INSTALLER, Town, actor, concern, conference, household, patient, taken_on
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO, CONV, LEAD = (actor(person) for person in ("p", "q", "co", "conv", "lead"))


def record(id: str, keeper: str) -> Version:
    terms = (f".custodian {keeper}", f".id Condition/{id}", ".subject Patient/1", term(".type", "Condition"))
    return Version("Condition", id, 1, "2026-11-20T00:00:00.000Z", False, b"{}", tuple(sorted(terms)))


def agency(name: str) -> Seer:
    return Seer(name, Facts(replace(SYSTEM, organization=name), world=around()))


def person(id: str, *agencies: str) -> Seer:
    posts = tuple(post(agency=each, name=f"{id}{number}") for number, each in enumerate(agencies))
    return Seer(f"Practitioner/{id}", Facts(replace(OFFICER, person=f"Practitioner/{id}"), posts, world=around()))


RECORDS = [record("a", CENTER), record("b", CENTER), record("c", OTHER)]
A, B, C = (f"Condition/{id}" for id in "abc")


def sights(*seers: Seer) -> list[tuple[str, str, set[str]]]:
    return [(each.seer, each.rule.id, set(each.records)) for each in insight.sights(seers, RECORDS)]


def test_an_agency_sees_what_it_keeps_and_its_persons_are_not_told_beside_it() -> None:
    assert sights(agency(CENTER), agency(OTHER), agency("Organization/x")) == [
        (CENTER, "P1", {A, B}),
        (OTHER, "P1", {C}),
    ]
    assert sights(agency(CENTER), person("p", CENTER)) == [(CENTER, "P1", {A, B})]


def test_a_person_whose_agency_is_not_asked_about_is_told_by_name_and_of_two_agencies_the_rest() -> None:
    assert sights(person("p", CENTER)) == [("Practitioner/p", "P1", {A, B})]
    both = person("p", CENTER, OTHER)
    assert sights(both) == [("Practitioner/p", "P1", {A, B, C})]
    assert sights(agency(OTHER), both) == [(OTHER, "P1", {C}), ("Practitioner/p", "P1", {A, B})]
    assert sights() == []


def test_a_rule_is_told_once_for_both_purposes_with_all_that_it_rests_on() -> None:
    [sight] = insight.sights([agency(CENTER)], RECORDS[:1])
    assert (sight.rule.id, sight.records) == ("P1", frozenset({A}))


def knowing(town: Town, who: Any, names: list[str]) -> dict[str, bool]:
    async def look() -> dict[str, bool]:
        async with town.store.snapshot() as view:
            it = Insight(await Reading.begin(town.gate.engine, view, who))
            await it.ask(names)
            return it.readable

    return town.run(look())


def test_it_is_learnt_of_each_record_whether_the_asker_may_read_it(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.write(Q, patient("2"))
    names = ["Patient/1", "Patient/2", "Condition/c", "Condition/none"]
    assert knowing(town, P, names) == {
        "Patient/1": True,
        "Patient/2": False,
        "Condition/c": True,
        "Condition/none": False,
    }


def test_what_was_sent_alone_is_known_once_it_is_written(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.write(Q, concern("x", "1") | {"subject": ref("Patient/2")}, patient("2"))

    async def look() -> dict[str, bool]:
        async with town.store.snapshot() as view:
            it = Insight(await Reading.begin(town.gate.engine, view, P))
            it.close({"Condition/x": {"subject": ref("Patient/2")}})
            await it.ask(["Patient/1", "Condition/c"])
            return it.readable

    assert town.run(look()) == {"Condition/x": True}


def test_so_many_may_come_into_question_and_no_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a"))
    assert {CENTER, OTHER} == {who for sees in seen(town, P, "Patient/1").values() for who in sees}
    monkeypatch.setattr(insight, "MOST_SEERS", 2)
    assert seen(town, P, "Patient/1")
    monkeypatch.setattr(insight, "MOST_SEERS", 1)
    with pytest.raises(Problem, match="more than 1 agencies and persons") as refused:
        seen(town, P, "Patient/1")
    assert refused.value.kind == "too-costly"


def test_a_post_or_a_desk_is_told_as_its_agency_and_its_person(town: Town) -> None:
    town.write(P, patient("1"))
    asks: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    asks |= {"requester": ref(CENTER)}
    town.write(Q, patient("2"))
    desk: Json = {"resourceType": "HealthcareService", "id": "theirs", "providedBy": ref("Organization/council")}
    town.write(INSTALLER, desk | {"category": [concept("concern-field", "care")]})
    town.write(P, asks | {"id": "t", "owner": ref("HealthcareService/theirs")})
    assert seen(town, P, "Patient/1")["P2"] == {CENTER: 1, "Organization/council": 2}
    town.write(P, asks | {"id": "u", "owner": ref("PractitionerRole/q")})
    assert seen(town, P, "Patient/1")["P2"] == {CENTER: 2, OTHER: 2, "Organization/council": 2}


def test_an_office_is_asked_where_a_household_is_coordinated_or_before_a_conference_alone(called: Town) -> None:
    called.write(P, patient("9"), household("9") | {"id": "h"}, concern("x", "9"))
    assert set(seen(called, P, "Group/g")) >= {"P1", "P5", "P6"}
    assert set(seen(called, P, "Group/g")["P6"]) == {"Practitioner/conv", "Practitioner/lead"}
    assert seen(called, P, "Group/h") == {"P1": {CENTER: 3}}


def test_members_of_a_meeting_that_is_over_or_not_open_see_nothing_by_it(called: Town) -> None:
    assert "P4" not in seen(called, P, "Group/g")
    called.write(CONV, conference("in-progress", "q", "p") | {"meta": {"versionId": "1"}})
    assert "P4" not in seen(called, P, "Group/g"), "nobody has acknowledged the secrecy"


def test_a_consent_to_everybody_is_told_as_every_agency_and_nothing_else_is(town: Town) -> None:
    town.write(P, patient("1"))
    taken_on(town)
    town.sign(P, consent("a", provision={"type": "permit"}))
    told = seen(town, P, "Patient/1")
    assert told["P3"] == {EVERY: 4, CENTER: 4, OTHER: 4}, "and as those who have to do with it"
    assert EVERY not in {who for id, sees in told.items() if id != "P3" for who in sees}


def test_a_conflict_that_the_asker_does_not_read_of_is_told_in_nothing(open_: Town) -> None:
    """That somebody declared a conflict of interest is for the lead section and who declared it (D2)."""
    before = asked(open_, P, "Group/g")
    said = Conflict("Practitioner/q", ("Patient/1",))
    open_.run(open_.gate.operate(LEAD, ("$declare-conflict",), lambda unit: declaring_conflict.declared(unit, said)))
    assert not open_.reads(actor("q", "support-conference"), "Condition/c")
    assert asked(open_, P, "Group/g") == before
