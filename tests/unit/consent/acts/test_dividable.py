"""What stands in the way of a division: told to who confirms it, and to who asks as far as they may read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent.acts import dividable
from consent.acts.undivided import Undivided
from consent.verdict import Verdict
from consent.writing.change import UnitOfWork
from resources import division
from resources.division import Division, Part
from resources.record.problem import Problem
from tests.laws.worlds import Record, concept, extension, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.test_carrying_out import plan, team
from tests.unit.consent.town import Town, actor, case, conference, coordination, household, patient

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
CENTER, OTHER, LEADING = (f"Organization/{one}" for one in ("center", "other", "lead"))
APART = (Part(("Patient/1",)), Part(("Patient/2",)))
COUNTS = Verdict(True)


@pytest.fixture
def kept(town_with: Callable[..., Town]) -> Town:
    """A household of two and its case."""
    return town_with(_kept)


def _kept(town: Town) -> None:
    joined = household("1", "2")
    joined["member"][0]["period"] = {"start": "2026-11-10"}
    town.write(P, *(patient(one) for one in "12"), joined, case())


def lay(town: Town, keeper: str, *records: Json, judged: Verdict = COUNTS) -> None:
    laid(town, *(Record(each, keeper, "Practitioner/q", judged) for each in records))


def check(town: Town, parts: tuple[Part, ...] = APART, since: str = "2026-11-20", *, told: bool = True) -> Undivided:
    async def work(tx: Any) -> Undivided:
        unit = await UnitOfWork.begin(town.gate.engine, tx, P, ())
        group = await unit.look_up("Group/g")
        assert group
        return await dividable.checked(unit, group, Division(parts, since), told=told)

    return town.run(town.store.transact(work))


def wrong(town: Town, *said: Any, **more: Any) -> str:
    with pytest.raises(Problem) as caught:
        check(town, *said, **more)
    (issue,) = caught.value.issues
    assert caught.value.kind == "business-rule"
    return f"{issue.rule} {issue.at}"


def test_nothing_stands_in_the_way_of_a_household_of_which_nothing_waits(kept: Town) -> None:
    for told in (True, False):
        assert check(kept, told=told).group.reference == "Group/g"


@pytest.mark.parametrize("reads", [True, False])
def test_a_call_that_waits_and_a_meeting_that_was_called_come_first(kept: Town, *, reads: bool) -> None:
    keeper = CENTER if reads else OTHER
    requester = {"requester": ref(keeper)}
    lay(kept, keeper, coordination("requested") | {"id": "waits"} | requester)
    assert kept.reads(P, "Task/waits") == reads
    assert wrong(kept) == "R13 Task.status"
    if reads:
        assert wrong(kept, told=False) == "R13 Task.status"
    else:
        check(kept, told=False)


@pytest.mark.parametrize("reads", [True, False])
def test_a_meeting_that_was_called_comes_first(kept: Town, *, reads: bool) -> None:
    lay(kept, LEADING, conference("planned", *(["p"] if reads else [])))
    assert kept.reads(P, "Encounter/m") == reads
    with pytest.raises(Problem) as caught:
        check(kept)
    (issue,) = caught.value.issues
    assert (issue.rule, issue.at) == ("R38", "Encounter.status")
    assert issue.text.endswith("and call it for the household of a part; one that is open goes on as it is")
    assert issue.ja.endswith("分けた後の世帯について招集してください。開会中の会議は、そのまま続きます")
    if reads:
        assert wrong(kept, told=False) == "R38 Encounter.status"
    else:
        check(kept, told=False)


def same(town: Town, one: str, other: str) -> None:
    """Two Patients were merged by the lead section."""
    noted = frozenset(f".same Patient/{each}" for each in (one, other))
    task: Json = {"resourceType": "Task", "id": "merge", "status": "completed", "intent": "order"}
    task |= {"code": concept("task-code", "merge"), "for": ref(f"Patient/{one}"), "focus": ref(f"Patient/{other}")}
    lay(town, LEADING, task, judged=Verdict(True, noted=noted))


def test_two_names_of_one_person_go_to_one_part(kept: Town) -> None:
    same(kept, "1", "2")
    for told in (True, False):
        assert wrong(kept, told=told) == "P3 Parameters.parameter", "who reads both is told"


@pytest.mark.parametrize("unseen", ["1", "2"])
def test_that_two_names_are_one_person_is_told_to_nobody_who_does_not_read_both(town: Town, unseen: str) -> None:
    for one in "12":
        town.write(Q if one == unseen else P, patient(one))
    lay(town, CENTER, household("1", "2"))
    same(town, "1", "2")
    check(town, told=False)
    assert wrong(town) == "P3 Parameters.parameter"


ANOTHERS: dict[str, Callable[[Town], object]] = {
    "a plan in force": lambda town: lay(town, OTHER, plan(id="theirs")),
    "the case that is coordinated": lambda town: _coordinated(town),
    "the case of the roles": lambda town: _roles(town, OTHER),
}
OWN: dict[str, Callable[[Town], object]] = {
    "a draft of theirs": lambda town: lay(town, OTHER, plan(id="theirs", status="draft")),
    "another case of theirs": lambda town: lay(town, OTHER, case("theirs")),
    "roles of the own case": lambda town: _roles(town, CENTER),
}


def _coordinated(town: Town) -> None:
    lay(town, OTHER, case("theirs"), coordination() | {"focus": ref("CarePlan/theirs")})


def _roles(town: Town, keeper: str) -> None:
    """Decided in a meeting on the case of that agency."""
    lay(town, OTHER, case("theirs"))
    agenda = extension("agenda", valueReference=ref("CarePlan/theirs" if keeper == OTHER else "CarePlan/k"))
    lay(town, LEADING, conference("finished", "p") | {"extension": [agenda]})
    noted = frozenset({f".brought {keeper}", f".carrier {keeper}"})
    fixed = frozenset({"Encounter/m", "Group/g", "Patient/1", "Patient/2"})
    lay(town, LEADING, team("center", id="roles"), judged=Verdict(True, noted=noted, fixed=fixed))


@pytest.mark.parametrize("what", ANOTHERS.values(), ids=ANOTHERS)
def test_what_another_agency_keeps_of_the_whole_is_handed_over_first(
    kept: Town, what: Callable[[Town], object]
) -> None:
    what(kept)
    with pytest.raises(Problem) as caught:
        check(kept)
    (issue,) = caught.value.issues
    assert (issue.rule, issue.at) == ("R37", "Task.focus")
    assert issue.text.endswith("let it be handed over (`$transfer`) first, or the household to that agency")


@pytest.mark.parametrize("what", OWN.values(), ids=OWN)
def test_what_else_another_keeps_of_it_stays_as_it_is(kept: Town, what: Callable[[Town], object]) -> None:
    what(kept)
    check(kept)


def test_that_another_agency_keeps_it_is_told_to_nobody_who_asks(kept: Town) -> None:
    lay(kept, OTHER, plan(id="theirs"))
    check(kept, told=False)


def test_a_role_that_lies_in_no_part_is_told_to_who_reads_the_roles(kept: Town) -> None:
    lay(kept, LEADING, team("center", "other", id="roles"), judged=Verdict(True))
    assert wrong(kept) in ("R19 CareTeam.participant[1]", "R37 Task.focus")
    if not kept.reads(P, "CareTeam/roles"):
        check(kept, told=False)


def test_where_nobody_keeps_a_case_that_runs_there_are_no_roles_to_go_on(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    lay(town, LEADING, team("center", id="roles"))
    assert wrong(town) == "R37 Task.focus"


@pytest.mark.parametrize(
    ("since", "is_let"),
    [
        ("2026-11-10", True),
        ("2026-11-09", False),
        ("2026-11-23", True),
        ("2026-11-24", False),
        ("2026-11-20T09:00:00+09:00", False),
        ("2026-11", False),
        ("", False),
    ],
)
def test_the_day_has_come_and_everybody_had_joined(kept: Town, since: str, *, is_let: bool) -> None:
    if is_let:
        check(kept, since=since)
    else:
        assert wrong(kept, since=since) == "P3 Parameters.parameter"


def test_who_joined_later_is_named_with_the_day(kept: Town) -> None:
    with pytest.raises(Problem) as caught:
        check(kept, since="2026-11-09")
    (issue,) = caught.value.issues
    assert issue.text == "P3: `Patient/1` joined this household after that day (2026-11-10): give a later `since`"


def test_the_first_day_that_can_be_is_that_of_1900(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    check(town, since="1900-01-01")
    assert wrong(town, since="1899-12-31") == "P3 Parameters.parameter"


def test_into_as_many_parts_as_there_may_be(town: Town) -> None:
    persons = [str(number) for number in range(division.MOST + 1)]
    town.write(P, *(patient(f"m{one}") for one in persons), household(*(f"m{one}" for one in persons[:-1])))
    check(town, tuple(Part((f"Patient/m{one}",)) for one in persons[:-1]))
    more = household(*(f"m{one}" for one in persons)) | {"meta": {"versionId": "1"}}
    town.write(P, more)
    assert wrong(town, tuple(Part((f"Patient/m{one}",)) for one in persons)) == "P3 Parameters.parameter"


def test_what_stays_behind_is_a_warning_with_its_place(kept: Town) -> None:
    (found,) = kept.stored("CarePlan")
    issue = dividable.stays(found, 3)
    assert (issue.severity, issue.rule, issue.at) == ("warning", "R37", "CarePlan.activity[3]")
    assert "CarePlan/k#activity[3]" in issue.text
