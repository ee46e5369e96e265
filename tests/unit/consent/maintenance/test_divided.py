"""What the division of a household wrote is found right as it was confirmed, and by whom, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent import verdict, vocabulary
from consent.verdict import Verdict
from resources.record.version import Version
from tests.unit.consent.acts import divided_town
from tests.unit.consent.acts.test_dividing_roles import TWO
from tests.unit.consent.acts.test_dividing_whole import FIRST, SECOND
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import forged, found
from tests.unit.consent.maintenance.lives import LEAD, Life
from tests.unit.consent.maintenance.test_replaying import MORE
from tests.unit.consent.test_carrying_out import again, close, plan
from tests.unit.consent.test_named_for_a_role import decide
from tests.unit.consent.town import Town, case, household, patient

Json = dict[str, Any]
After = Callable[[Life], Town]


def confirmed(town: Town) -> Version:
    """The Task by which it was."""
    [task] = [each for each in town.stored("Task") if vocabulary.DIVIDE in str(each.terms)]
    return task


def teams(town: Town) -> list[Version]:
    """The roles of the parts."""
    return [each for each in town.stored("CareTeam") if ".masked yes" in each.terms and each.number == 1]


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ((), (".counts yes",)),
        ((), (".masked yes",)),
        ((".writer Practitioner/p",), (".writer Practitioner/lead",)),
        ((".writer Practitioner/conv",), (".writer Practitioner/lead",)),
        ((".author Practitioner/lead",), (".author Practitioner/p",)),
    ],
    ids=["it did not count", "a client wrote it", "who asked", "who does not lead", "who confirmed had asked"],
)
def test_what_nobody_rightly_confirmed_gives_no_part_its_roles(
    after: After, more: tuple[str, ...], less: tuple[str, ...]
) -> None:
    town = after(lives.divided)
    task = confirmed(town)
    said = forged(town, task.reference, 2, *more, less=less)
    assert len(teams(town)) == 2
    assert {f"{each.cited} {MORE}" for each in teams(town)} <= {*said}
    assert found(town) == []


def at_once(town: Town) -> None:
    """The lead section keeps the household, and divides it in one call."""
    town.write(LEAD, patient("1"), patient("2"), household("1", "2"), case())
    divided_town.ask(town, LEAD, TWO)


def test_in_one_call_it_is_divided_by_who_leads_and_keeps_it(after: After) -> None:
    town = after(at_once)
    task = confirmed(town)
    assert (task.number, verdict.read(task.terms), found(town)) == (1, Verdict(True), [])
    groups = [each.reference for each in town.stored("Group") if each.reference != "Group/g"]
    assert forged(town, task.reference, 1, *(f".fixed {each}" for each in groups)) == [f"{task.cited} {MORE}"]


def plain(town: Town) -> None:
    """A household that nobody coordinates is divided."""
    lives.family(town)
    divided_town.answer(town, divided_town.task_of(divided_town.ask(town, parts=TWO)))


def test_the_lead_section_goes_on_to_see_the_parts_of_what_it_saw_and_of_nothing_else(after: After) -> None:
    town = after(plain)
    task = confirmed(town)
    groups = [each.reference for each in town.stored("Group") if each.reference != "Group/g"]
    assert found(town) == []
    assert forged(town, task.reference, 2, *(f".fixed {each}" for each in groups)) == [f"{task.cited} {MORE}"]


def test_a_coordination_goes_on_in_the_parts_and_no_other_task_does(after: After) -> None:
    town = after(lives.divided)
    groups = [each.reference for each in town.stored("Group") if each.reference != "Group/g"]
    both = tuple(f".fixed {each}" for each in groups)
    for task in town.stored("Task"):
        if vocabulary.CARRY_OUT in str(task.terms) and task.number > 1 and ".masked yes" in task.terms:
            assert f"{task.cited} {MORE}" in forged(town, task.reference, task.number, *both)
    assert forged(town, "Task/t", 3, less=both[:1]) == [f"Task/t/_history/3 {MORE}"]
    assert forged(town, "Task/t", 3, ".fixed Group/x") == [f"Task/t/_history/3 {MORE}"]


def rewritten(town: Town) -> None:
    """Roles were decided on a plan that was written anew before the household was divided."""
    lives.met(town)
    town.write(lives.P, plan(FIRST))
    decide(town, "other", "desk")
    town.write(lives.P, again(plan(FIRST, SECOND)))
    close(town)
    divided_town.answer(town, divided_town.task_of(divided_town.ask(town, parts=TWO)))


def test_a_plan_that_was_not_decided_on_as_it_stood_is_none_of_a_part_either(after: After) -> None:
    town = after(rewritten)
    assert found(town) == []
    parts = [each for each in town.stored("CarePlan") if each.number == 1 and b'"activity"' in each.body]
    assert len(parts) == 2
    named = [forged(town, each.reference, 1, ".decided yes") for each in parts]
    assert [f"{each.cited} {MORE}" for each in parts] == [said[0] for said in named if said]
