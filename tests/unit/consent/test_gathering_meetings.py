"""P4: the conferences that call the person are gathered, with the papers that bear on each."""

from __future__ import annotations

from typing import Any

from consent import gathering
from consent.facts import Facts
from consent.ordinance import Ordinance
from consent.provision import wording
from consent.rule import Text
from consent.verdict import Verdict
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, officer, post
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import case, conference, letter, roster
from tests.unit.consent.worked_on import OTHER
from tests.unit.consent.writing.test_superseding import IRCP, consent

Json = dict[str, Any]

LAW = Ordinance(frozenset({"case-conference"}), {"art9": Text("Article 9", "第九条")})
MEMBER = officer(post(name="q"))
FIXED = Verdict(True, fixed=frozenset({"Group/g", "Patient/1"}))
CALLED = conference("in-progress", "q")
TABLED: Json = {"resourceType": "List", "id": "t", "status": "current", "encounter": ref("Encounter/m")}
TABLED |= {"entry": [{"item": ref("Condition/c")}]}


def meetings(lying: Lying, facts: Facts = MEMBER, **wanted: bool) -> Facts:
    return lying.ask(lambda view: gathering.meetings(view, facts, LAW, **wanted))


def called(lying: Lying, facts: Facts = MEMBER, **wanted: bool) -> list[str]:
    return [each.reference for each in meetings(lying, facts, **wanted).meetings]


def test_the_open_conferences_that_name_them_are_called(lying: Lying) -> None:
    assert called(lying) == []
    lying.put(CALLED, CALLED | {"id": "over", "status": "finished"}, conference("planned", "x") | {"id": "others"})
    lying.put(CALLED | {"id": "visit", "class": {"code": "HH"}}, {**CALLED, "resourceType": "Appointment"})
    assert called(lying) == ["Encounter/m"]
    assert called(lying, past=True) == ["Encounter/m", "Encounter/over"], "an explanation names those that are over"
    assert called(lying, officer(post(name="x"))) == ["Encounter/others"]
    system = Facts(MEMBER.actor, (), type="Encounter")
    assert called(lying, system) == []


def test_whom_a_conference_fixed_it_is_about_by_all_their_names(lying: Lying) -> None:
    lying.put(CALLED, judged=FIXED)
    (known,) = meetings(lying).meetings
    assert (known.subjects, known.names) == (frozenset({"Patient/1"}), frozenset({"Patient/1"}))
    merged: Json = {"resourceType": "Task", "id": "merge", "status": "completed", "code": concept("task-code", "merge")}
    merged |= {"for": ref("Patient/9"), "focus": ref("Patient/1")}
    lying.put(merged, judged=Verdict(True, noted=frozenset({".same Patient/1", ".same Patient/9"})))
    (known,) = meetings(lying).meetings
    assert known.names == {"Patient/1", "Patient/9"}


def test_the_case_on_the_agenda_and_the_posts_at_the_table_are_those_that_lie_there(lying: Lying) -> None:
    unnamed = CALLED["participant"] + [{"type": [concept("role", "member")]}]
    lying.put(CALLED | {"participant": unnamed}, judged=FIXED)
    (known,) = meetings(lying).meetings
    assert known.itself == {"Group/g"}
    assert known.agencies == frozenset()
    seat: Json = {"resourceType": "PractitionerRole", "id": "q", "organization": ref(OTHER)}
    lying.put(case(), seat | {"code": [concept("role", "officer")]})
    (known,) = meetings(lying).meetings
    assert known.itself == {"Group/g", "CarePlan/k"}
    assert known.agencies == {OTHER}
    lying.delete("CarePlan/k")
    lying.delete("PractitionerRole/q")
    (known,) = meetings(lying).meetings
    assert known.itself == {"Group/g"}
    assert known.agencies == frozenset()


def test_what_lies_on_its_table_is_what_lists_of_it_name(lying: Lying) -> None:
    lying.put(CALLED, judged=FIXED)
    lying.put(TABLED, {**TABLED, "resourceType": "Composition"}, TABLED | {"id": "x", "encounter": ref("Encounter/x")})
    (known,) = meetings(lying).meetings
    assert known.tabled == {("Condition/c", CENTER)}


def test_on_which_papers_it_rests_is_told(lying: Lying) -> None:
    lying.put(CALLED, case(), judged=FIXED)
    lying.put(roster("q"), roster("x") | {"id": "without"}, {**roster("q"), "resourceType": "CarePlan", "id": "no"})
    answer = letter("a", "acknowledgement", sender=ref("PractitionerRole/q"), inResponseTo=[ref("Communication/i")])
    lying.put(letter("i", "invitation"), answer)
    (known,) = meetings(lying).meetings
    assert {each.version for each in known.evidence} == {
        "Communication/a/_history/1",
        "Encounter/m/_history/1",
        "CarePlan/k/_history/1",
        "CareTeam/standing/_history/1",
    }


def test_a_search_learns_what_the_wordings_in_use_say(lying: Lying) -> None:
    """This one no other test words so."""
    said = {"type": "permit", "actor": [{"role": IRCP, "reference": ref(CENTER)}], "class": TYPES}
    lying.put(consent("p", provision=said), {"resourceType": "Condition", "id": "c", "subject": ref("Patient/1")})
    lying.put(consent("p", provision=said), judged=Verdict(True, frozenset({"*"})))
    found = lying.ask(lambda view: gathering.for_search(view, MEMBER, "Condition", EVERYTHING))
    assert len(found.wordings) == 1
    assert all(wording.known(tag) for tag in found.wordings)


TYPES = [
    {"system": "http://hl7.org/fhir/resource-types", "code": one} for one in ("Condition", "Goal", "Media", "Slot")
]
