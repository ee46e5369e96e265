"""Whom a question of who can see is about, which meetings and rows count for it: as far as the asker reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from consent.actor import Scope
from consent.evidence import Conflict
from consent.explaining import insight
from consent.explaining.insight import Insight, Seer
from consent.facts import Facts
from consent.provision.provisions import CONSENT, EVERYBODY
from consent.reading.reading import Reading
from consent.relations.contributions import AGENCY, CARD, CARRIES, COORDINATED, EVERY, PROTECTED
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import Gathered, Relation, Row
from tests.laws.worlds import ref
from tests.unit.consent.acts.test_naming_successor import end, name
from tests.unit.consent.explaining.test_explain_others import conflicted
from tests.unit.consent.explaining.test_insight import record
from tests.unit.consent.people import NOW, OFFICER, around, post, row
from tests.unit.consent.town import Town, actor, conference, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CONV, LEAD, EM = (actor(person) for person in ("p", "q", "conv", "lead", "em"))
CENTER, OTHER, COUNCIL = "Organization/center", "Organization/other", "Organization/council"
ENDED = "2026-11-01T00:00:00.000Z"


def seers(
    town: Town, *rows: Row, records: Iterable[Version] = (), meetings: Iterable[str] = (), named: Iterable[str] = ()
) -> list[str]:
    async def look() -> list[str]:
        async with town.store.snapshot() as view:
            it = Insight(await Reading.begin(town.gate.engine, view, LEAD))
            held = [await view.get(*each.split("/"), within=EVERYTHING) for each in meetings]
            return await it.seers(view, around(*rows), list(records), [each for each in held if each], named)

    return town.run(look())


def test_those_come_into_question_whom_the_rows_that_stand_name(town: Town) -> None:
    assert seers(town) == []
    for relation in (CONSENT, AGENCY):
        assert seers(town, row(Relation(relation, "Patient/1", OTHER))) == [OTHER]
    assert seers(town, row(Relation(CONSENT, "Patient/1", EVERYBODY))) == [EVERYBODY]
    assert seers(town, row(Relation(CONSENT, "Patient/1", OTHER), ended=ENDED)) == []
    assert seers(town, row(Relation(CARD, "Patient/1", OTHER))) == []


def test_of_the_roles_their_agency_or_the_post_that_took_one_on_comes_into_question(town: Town) -> None:
    assert seers(town, row(Relation(CARRIES, "Group/g", OTHER))) == [OTHER]
    assert seers(town, row(Relation(CARRIES, "Group/g", CENTER, "PractitionerRole/q"))) == [OTHER, "Practitioner/q"]


def test_a_post_and_a_desk_mean_their_person_and_their_agency_and_one_that_is_not_there_nobody(town: Town) -> None:
    assert seers(town, named=["PractitionerRole/co"]) == [COUNCIL, "Practitioner/co"]
    assert seers(town, named=["HealthcareService/desk"]) == [CENTER]
    assert seers(town, named=["PractitionerRole/none", "HealthcareService/none", "Patient/1", "Device/d"]) == []
    assert seers(town, named=[COUNCIL, "Practitioner/none", EVERYBODY]) == sorted(
        [COUNCIL, "Practitioner/none", EVERYBODY]
    )


def saying(id: str, *more: str, type: str = "Task") -> Version:
    found = record(id, CENTER)
    said = [each.replace("Condition", type) for each in found.terms]
    return replace(found, type=type, terms=tuple(sorted((*said, *more))))


def test_who_keeps_a_record_comes_into_question_and_its_parties_while_it_is_open(town: Town) -> None:
    party = f".party {OTHER}"
    assert seers(town, records=[record("a", CENTER)]) == [CENTER]
    assert seers(town, records=[saying("t", party)]) == [CENTER]
    assert seers(town, records=[saying("t", party, ".open yes")]) == [CENTER, OTHER]
    assert seers(town, records=[saying("t", party, type="Consent")]) == [CENTER, OTHER], "one that is over, too"


OFFICES = ["Organization/lead", "Practitioner/conv", "Practitioner/lead"]


def test_the_offices_come_into_question_where_something_is_coordinated_put_before_them_or_of_a_conference(
    town: Town,
) -> None:
    coordinated = seers(town, row(Relation(COORDINATED, "Group/g", "PractitionerRole/co")))
    assert coordinated == sorted([*OFFICES, COUNCIL, "Practitioner/co"])
    assert seers(town, row(Relation("put-before", "CarePlan/k", "PractitionerRole/lead"))) == OFFICES
    of_a_meeting = saying("w", ".conference Encounter/m")
    assert seers(town, records=[record("a", CENTER), of_a_meeting]) == sorted([*OFFICES, CENTER])
    assert seers(town, records=[record("a", CENTER)]) == [CENTER]


def test_who_sits_in_a_meeting_comes_into_question(open_: Town) -> None:
    seated = [CENTER, "Organization/lead", OTHER, "Practitioner/conv", "Practitioner/p", "Practitioner/q"]
    assert seers(open_, meetings=["Encounter/m"]) == sorted(seated)


def test_who_succeeded_a_keeper_comes_into_question_where_the_asker_reads_of_that(town: Town) -> None:
    town.write(P, patient("1"))
    end(town)
    name(town)
    assert seers(town, named=[CENTER]) == [CENTER, OTHER]
    assert seers(town, named=[COUNCIL]) == [COUNCIL]


def meetings(town: Town, who: Any, *records: str, partly: dict[str, frozenset[str]] | None = None) -> list[str]:
    async def look() -> list[str]:
        async with town.store.snapshot() as view:
            it = Insight(await Reading.begin(town.gate.engine, view, who), partly=partly or {})
            held = [await view.get(*each.split("/"), within=EVERYTHING) for each in records]
            found = [each for each in held if each]
            world = await it.world(view, NOW, found)
            return [each.reference for each in await it.meetings(view, found, world)]

    return town.run(look())


def test_the_open_conferences_about_a_person_count_as_far_as_the_asker_reads_of_them(open_: Town) -> None:
    visit: Json = {"resourceType": "Encounter", "id": "v", "status": "in-progress", "subject": ref("Patient/1")}
    home = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"}
    open_.write(P, patient("9"), visit | {"class": home})
    assert meetings(open_, P, "Patient/1") == meetings(open_, P, "Group/g") == ["Encounter/m"]
    assert meetings(open_, P, "Patient/9") == meetings(open_, P) == meetings(open_, P, "Organization/center") == []
    assert not open_.reads(EM, "Encounter/m")
    assert meetings(open_, EM, "Patient/1") == []


def test_a_conference_counts_from_when_it_is_called_to_its_end(called: Town) -> None:
    assert meetings(called, P, "Patient/1") == ["Encounter/m"]
    called.write(CONV, conference("in-progress", "q", "p") | {"meta": {"versionId": "1"}})
    assert meetings(called, P, "Patient/1") == ["Encounter/m"]
    called.write(CONV, conference("finished", "q", "p") | {"meta": {"versionId": "2"}})
    assert called.reads(LEAD, "Encounter/m")
    assert meetings(called, P, "Patient/1") == meetings(called, LEAD, "Patient/1") == []


def test_a_conference_of_which_somebody_seated_is_not_named_to_the_asker_counts_for_nothing(open_: Town) -> None:
    """Of a protected person (D1), who helps them is not told; what is told of a meeting is told of all its seats."""
    seats = {f"PractitionerRole/{each}" for each in ("conv", "q", "p")}
    assert meetings(open_, P, "Patient/1", partly={"Encounter/m": frozenset({*seats, "Group/g"})}) == ["Encounter/m"]
    assert meetings(open_, P, "Patient/1", partly={"Encounter/m": frozenset(seats - {"PractitionerRole/q"})}) == []


def world(town: Town, who: Any, *records: str) -> Gathered:
    async def look() -> Gathered:
        async with town.store.snapshot() as view:
            it = Insight(await Reading.begin(town.gate.engine, view, who))
            held = [await view.get(*each.split("/"), within=EVERYTHING) for each in records]
            return await it.world(view, NOW, [each for each in held if each])

    return town.run(look())


def test_around_the_records_stands_what_the_asker_reads_and_of_whom_is_protected_nothing(open_: Town) -> None:
    theirs = world(open_, actor("p", "statistics"), "Patient/1", "Group/g")
    assert not [each for rows in theirs.related.values() for each in rows], "who reads none of it is told of none of it"
    open_.sign(P, consent("a"), consent("b", provision={"type": "permit"}, policyRule={"text": "別の様式"}))
    mine = world(open_, P, "Patient/1", "Group/g")
    assert {each.relation.to for each in mine.rows(CONSENT, "Patient/1")} == {OTHER, EVERYBODY}
    assert {each.relation.to for each in mine.rows(COORDINATED, "Group/g")} >= {"PractitionerRole/co", EVERY}
    open_.protect(P, "Patient/1", CENTER)
    again = world(open_, P, "Patient/1", "Group/g")
    assert not [each for each in again.related if each[0] in PROTECTED and again.related[each]]
    assert {each.relation.to for each in again.rows(CONSENT, "Patient/1")} == {OTHER, EVERYBODY}


def facts(town: Town, who: Any, seer: str, *open_ones: str) -> Facts:
    async def look() -> Facts:
        async with town.store.snapshot() as view:
            it = Insight(await Reading.begin(town.gate.engine, view, who))
            held = [await view.get(*each.split("/"), within=EVERYTHING) for each in ("Patient/1", *open_ones)]
            person, *meetings = [each for each in held if each]
            around = await it.world(view, NOW, [person])
            (made,) = await it.facts(view, around, [person], meetings, [seer], NOW)
            assert made.reference == seer
            return made.facts

    return town.run(look())


def test_to_a_person_the_meetings_that_count_are_open_and_to_an_agency_none(open_: Town) -> None:
    (meeting,) = facts(open_, P, "Practitioner/q", "Encounter/m").meetings
    assert (meeting.reference, meeting.names) == ("Encounter/m", meeting.subjects)
    assert facts(open_, P, "Practitioner/q").meetings == (), "of which the asker does not read"
    assert facts(open_, P, "Practitioner/q", "Encounter/none").meetings == ()
    assert facts(open_, P, OTHER, "Encounter/m").meetings == ()
    found = facts(open_, P, "Practitioner/q")
    assert (found.actor.person, found.actor.organization) == ("Practitioner/q", "")
    found = facts(open_, P, OTHER)
    assert (found.actor.person, found.actor.organization) == ("", OTHER)


def test_what_counts_as_open_to_one_is_each_meeting_that_was_found_and_no_other(open_: Town) -> None:
    open_.write(P, patient("3"), household("3") | {"id": "h"})
    assert [each.reference for each in facts(open_, P, "Practitioner/q", "Encounter/m").meetings] == ["Encounter/m"]
    assert facts(open_, P, "Practitioner/q", "CareTeam/standing").meetings == ()


def test_a_conflict_of_one_counts_where_the_asker_reads_of_it(open_: Town) -> None:
    conflicted(open_)
    assert [each.patient for each in facts(open_, LEAD, "Practitioner/p3").conflicts] == ["Patient/1"]
    assert facts(open_, P, "Practitioner/p3").conflicts == ()


def test_for_which_agency_a_post_is_counts_whatever_the_token_of_the_asker_reaches(town: Town) -> None:
    """The directory is everybody's to read."""
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    town.write(P, patient("1"), task | {"requester": ref(CENTER), "owner": ref("PractitionerRole/q")})
    narrow = replace(P, scopes=tuple(Scope("user", each, frozenset("rs")) for each in ("Patient", "Task")))
    for who in (P, narrow):
        of_post = world(town, who, "Task/t").rows(AGENCY, "PractitionerRole/q")
        assert [each.relation.to for each in of_post] == [OTHER]


def test_a_record_that_a_restriction_closes_is_seen_by_no_rule() -> None:
    against = Conflict("Patient/1", "Flag/f/_history/1")
    known = Facts(OFFICER, (post(),), world=around(), conflicts=(against,))
    assert insight.sights([Seer(OFFICER.person, known)], [record("a", CENTER)]) == []
    [sight] = insight.sights([Seer(OFFICER.person, replace(known, conflicts=()))], [record("a", CENTER)])
    assert sight.rule.id == "P1"


def test_at_most_so_much_is_told_of(town: Town) -> None:
    assert seers(town, named=[f"Practitioner/{number}" for number in range(60)])
    with pytest.raises(Problem, match="more than 60"):
        seers(town, named=[f"Practitioner/{number}" for number in range(61)])
    assert insight.MOST_RECORDS == 500


def test_once_it_is_written_no_row_counts_of_a_record_that_was_not_asked_about_before(open_: Town) -> None:
    async def look() -> Gathered:
        async with open_.store.snapshot() as view:
            it = Insight(await Reading.begin(open_.gate.engine, view, P))
            it.close({})
            person = await view.get("Patient", "1", within=EVERYTHING)
            return await it.world(view, NOW, [person] if person else [])

    open_.sign(P, consent("a"))
    assert open_.run(look()).rows(CONSENT, "Patient/1") == []


def test_a_row_to_everybody_counts_whatever_is_named_in_what_it_comes_of(open_: Town) -> None:
    """Of a protected person something is withheld from who is not on the list; that it is for everybody is not."""
    open_.sign(P, consent("a"), consent("b", provision={"type": "permit"}, policyRule={"text": "別の様式"}))
    open_.protect(P, "Patient/1", "HealthcareService/desk")
    found = {each.relation.to for each in world(open_, P, "Patient/1").rows(CONSENT, "Patient/1")}
    assert found == {EVERYBODY}


@pytest.mark.parametrize("sent", [OTHER, COUNCIL])
def test_what_the_asker_has_sent_is_named_to_them_after_it_is_written(town: Town, sent: str) -> None:
    written = {"Consent/a": {"provision": {"actor": [{"reference": ref(sent)}]}}}

    async def look() -> tuple[dict[str, frozenset[str]], dict[str, bool]]:
        async with town.store.snapshot() as view:
            it = Insight(await Reading.begin(town.gate.engine, view, P), partly={"Consent/a": frozenset({CENTER})})
            it.close(written | {"Consent/b": {}})
            return it.partly, it.readable

    partly, readable = town.run(look())
    assert partly == {"Consent/a": {CENTER, sent}}
    assert readable == {"Consent/a": True, "Consent/b": True}
