"""What there is of a household before it is divided: what runs of it, whose it is, whom it names, and who is hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent.acts import undivided
from consent.acts.undivided import Undivided
from consent.verdict import Verdict
from consent.writing.change import UnitOfWork
from resources.division import Division, Part
from resources.record.version import Version
from tests.laws.worlds import Record, concept, extension, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.test_carrying_out import activity, plan, team
from tests.unit.consent.town import Town, actor, case, concern, conference, coordination, household, patient

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
CENTER, OTHER, LEADING, COUNCIL = (f"Organization/{one}" for one in ("center", "other", "lead", "council"))
APART = (Part(("Patient/1",), ("PractitionerRole/em",)), Part(("Patient/2",)))
OF_H: Json = {"subject": ref("Group/h")}
G: Json = {"url": "http://example.org/beside", "valueReference": ref("Group/g")}
COUNTS, VOID = Verdict(True), Verdict(void=True)


@pytest.fixture
def home(town_with: Callable[..., Town]) -> Town:
    """A household of two, of which much runs, much is over, and much only names it."""
    return town_with(_home)


def _home(town: Town) -> None:
    town.write(P, *(patient(one) for one in "1239"), household("1", "2"), household("3") | {"id": "h"})
    town.write(P, concern("c", "1"), concern("both", "1", evidence=[{"detail": [ref("Patient/2")]}]))
    _plans(town)
    _teams(town)
    _tasks(town)
    _meetings(town)


def lay(town: Town, keeper: str, judged: Verdict, *records: Json) -> None:
    laid(town, *(Record(each, keeper, "Practitioner/p", judged) for each in records))


def _plans(town: Town) -> None:
    own = [case(), plan(activity(), id="plan", addresses=[ref("Condition/c")]), plan(id="draft", status="draft")]
    own += [plan(id="held", status="on-hold"), plan(id="unknown", status="unknown")]
    over = [case("over") | {"status": "completed"}, plan(id="revoked", status="revoked")]
    others = [case("note", "minutes"), case("elsewhere") | OF_H | {"extension": [G]}]
    lay(town, CENTER, COUNTS, *own, *over, *others)
    lay(town, OTHER, COUNTS, case("foreign"), plan(id="theirs"))


def _teams(town: Town) -> None:
    carried = frozenset({".carrier PractitionerRole/q", f".carrier {CENTER}", f".brought {COUNCIL}"})
    lay(town, LEADING, Verdict(True, noted=carried), team("other", id="roles"))
    lay(town, LEADING, VOID, team("council", id="void"))
    over = [team("other", id="inactive", status="inactive"), team("other", id="of-h", extension=[G]) | OF_H]
    over += [team("other", id="roster") | {"category": [concept("record-category", "standing-roster")]}]
    lay(town, LEADING, COUNTS, *over)


def task(id: str, code: str, status: str, **elements: Any) -> Json:
    made: Json = {"resourceType": "Task", "id": id, "status": status, "intent": "order", "for": ref("Group/g")}
    return made | {"code": concept("task-code", code), "requester": ref(CENTER), "owner": ref(OTHER)} | elements


def _tasks(town: Town) -> None:
    for status in ("requested", "accepted", "completed", "draft", "in-progress", "entered-in-error"):
        lay(town, CENTER, COUNTS, task(f"coordinate-{status}", "coordinate", status))
        lay(town, CENTER, VOID, task(f"carry-{status}", "carry-out", status))
    lay(town, CENTER, VOID, task("coordinate-void", "coordinate", "accepted"))
    lay(town, CENTER, COUNTS, task("inquiry", "inquiry", "accepted"))
    lay(town, CENTER, COUNTS, task("of-h", "carry-out", "accepted", extension=[G]) | {"for": ref("Group/h")})
    fixed = Verdict(True, fixed=frozenset({"Group/g"}))
    nameless = {"for": ref("Patient/9")}
    lay(town, CENTER, fixed, task("fixed-carry", "carry-out", "accepted") | nameless)
    lay(town, CENTER, fixed, task("fixed-coordinate", "coordinate", "accepted") | nameless)
    lay(town, CENTER, fixed, task("fixed-inquiry", "inquiry", "accepted") | nameless)


def _meetings(town: Town) -> None:
    for status in ("planned", "arrived", "triaged", "in-progress", "finished"):
        lay(town, LEADING, COUNTS, conference(status, "q") | {"id": f"m-{status}"})
    lay(town, LEADING, VOID, conference("planned", "q") | {"id": "m-void"})
    visit: Json = {"resourceType": "Encounter", "id": "visit", "status": "planned", "subject": ref("Group/g")}
    visit |= {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"}}
    lay(town, LEADING, COUNTS, visit, conference("planned", "q") | {"id": "m-h", "extension": [G]} | OF_H)


def of(town: Town, parts: tuple[Part, ...] = APART, group: str = "g") -> Undivided:
    async def work(tx: Any) -> Undivided:
        unit = await UnitOfWork.begin(town.gate.engine, tx, P, ())
        found = await unit.look_up(f"Group/{group}")
        assert found
        return await undivided.of(unit, found, Division(parts, "2026-11-20"))

    return town.run(town.store.transact(work))


def ids(found: tuple[Version, ...]) -> list[str]:
    return [each.id for each in found]


def test_what_runs_is_told_from_what_is_over_and_from_what_only_names_the_household(home: Town) -> None:
    found = of(home)
    assert found.group.reference == "Group/g"
    assert ids(found.plans) == ["draft", "held", "k", "plan", "unknown"]
    assert ids(found.foreign) == ["foreign", "theirs"]
    assert ids(found.teams) == ["roles", "void"]
    assert ids(found.roles) == ["carry-accepted", "carry-draft", "carry-in-progress", "carry-requested", "fixed-carry"]
    assert ids(found.coordinations) == ["coordinate-accepted", "coordinate-in-progress", "fixed-coordinate"]
    assert ids(found.waiting) == ["coordinate-requested"]
    assert ids(found.called) == ["m-arrived", "m-planned", "m-triaged"]
    assert (found.marked, found.hidden, found.now) == (True, frozenset(), P.now)
    assert found.keepers == {CENTER}


def test_of_each_that_plans_and_teams_name_it_is_told_whom_it_is_about_and_for_whom_it_acts(home: Town) -> None:
    found = of(home)
    assert found.persons == {
        "Condition/c": frozenset({"Patient/1"}),
        "Group/g": frozenset({"Patient/1", "Patient/2"}),
        OTHER: frozenset(),
        CENTER: frozenset(),
        COUNCIL: frozenset(),
        "PractitionerRole/q": frozenset(),
        "PractitionerRole/em": frozenset(),
    }
    assert found.agencies == {
        "Condition/c": frozenset(),
        "Group/g": frozenset(),
        OTHER: frozenset({OTHER}),
        CENTER: frozenset({CENTER}),
        COUNCIL: frozenset({COUNCIL}),
        "PractitionerRole/q": frozenset({OTHER}),
        "PractitionerRole/em": frozenset({COUNCIL}),
    }
    assert (found.agencies_of("PractitionerRole/q"), found.agencies_of("Patient/1")) == (
        frozenset({OTHER}),
        frozenset(),
    )
    assert (found.concerned("Condition/c"), found.concerned("Condition/none")) == (frozenset({"Patient/1"}), None)
    assert found.former == frozenset()


def test_a_record_that_is_not_there_is_about_nobody_that_can_be_told(home: Town) -> None:
    lay(
        home, CENTER, COUNTS, plan(id="odd", addresses=[ref("Condition/none"), ref("Condition/both"), ref("Patient/1")])
    )
    found = of(home)
    assert found.persons["Condition/none"] is None
    assert found.persons["Condition/both"] == frozenset({"Patient/1", "Patient/2"})
    assert found.persons["Patient/1"] == frozenset({"Patient/1"})
    assert "Patient/1" not in found.agencies


def test_who_is_protected_is_hidden_by_whichever_of_their_names(home: Town) -> None:
    home.protect(P, "Patient/3", "Practitioner/p")
    assert of(home).hidden == frozenset(), "of another household"
    home.protect(P, "Patient/9", "Practitioner/p")
    merges.ask(home, P, "9", "2")
    assert of(home).hidden == {"Patient/1", "Patient/2"}, "and who lives with them, who got it by that"
    home.lift(P, "Patient/9")
    assert of(home).hidden == {"Patient/1"}, "it ends for each by itself"
    assert of(home, group="h").hidden == {"Patient/1", "Patient/3"}, "a case of it names the other household too"


def test_it_is_marked_once_it_was_before_a_conference_or_under_coordination(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), coordination("requested"))
    assert not of(town).marked
    town.write(actor("co"), coordination() | {"meta": {"versionId": "1"}})
    assert of(town).marked


def test_a_role_lies_where_its_agency_does_something_for_that_part_or_is_said_to_or_keeps_the_case(home: Town) -> None:
    own = extension("activity-subject", valueReference=ref("Patient/2"))
    lay(home, CENTER, COUNTS, plan(activity(extension=[own], performer=[ref(COUNCIL)]), id="lies"))
    found = of(home)
    named = [
        {"member": ref(CENTER)},
        {"member": ref(COUNCIL)},
        {"member": ref("PractitionerRole/em")},
        {"member": ref(LEADING)},
        {"member": ref("Patient/1")},
        {"member": ref("PractitionerRole/q"), "onBehalfOf": ref(COUNCIL)},
        {"member": ref("RelatedPerson/r")},
        {"member": ref("PractitionerRole/q"), "onBehalfOf": ref(OTHER)},
    ]
    lay(home, LEADING, COUNTS, team(id="lying") | {"participant": named})
    (lying,) = [each for each in of(home).teams if each.id == "lying"]
    parts = (APART[0], Part(("Patient/2",), ("RelatedPerson/r",)))
    split = of(home, parts).participants(lying, parts)
    assert (split.goes, split.stays) == (((0, 1, 2, 4, 5), (0, 1, 2, 5, 6)), (3, 7))
    assert [found.is_running(each) for each in _running()] == [True, True, False, False, True]


def _running() -> list[Json]:
    return [
        {"member": ref(OTHER)},
        {"onBehalfOf": ref(OTHER)},
        {"role": [{"text": "だれのものでもない"}]},
        {"member": ref(OTHER), "period": {"end": "2026-11-22"}},
        {"member": ref(OTHER), "period": {"end": "2026-11-23"}},
    ]


def test_who_keeps_a_plan_and_no_case_keeps_none(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    lay(town, CENTER, COUNTS, plan(id="draft", status="draft"))
    found = of(town)
    assert (ids(found.plans), found.keepers) == (["draft"], frozenset())
