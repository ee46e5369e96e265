"""A mark that somebody was named by mistake is there where that was confirmed, and nowhere else, as a check finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from resources.record.version import Version
from tests.unit.consent import conftest
from tests.unit.consent.acts import test_naming_by_mistake as naming
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import forged, found
from tests.unit.consent.maintenance.lives import Life, P
from tests.unit.consent.test_carrying_out import again
from tests.unit.consent.town import Town, household

After = Callable[[Life], Town]

NOBODY = "it is marked as naming somebody by mistake, and nobody confirmed that"
LOST = "it was confirmed that a record named somebody by mistake, and the record is not marked so"
MARK = ".misnamed Patient/2"


def task(town: Town) -> Version:
    [one] = [each for each in town.stored("Task") if "confirm-mistake" in str(each.terms)]
    return one


def test_one_that_was_confirmed_is_found_right_and_one_that_was_lost_is_named(after: After) -> None:
    town = after(lives.misnamed)
    assert found(town) == []
    assert f"{task(town).cited} {LOST}" in forged(town, "Group/g", 1, less=(MARK,))
    assert found(town) == []


@pytest.mark.parametrize(
    ("name", "number", "more"),
    [
        ("Group/g", 1, ".misnamed Patient/1"),
        ("Condition/c", 1, MARK),
        ("Condition/d", 1, ".misnamed Group/g"),
        ("Group/g", 3, MARK),
    ],
    ids=["another person", "another record", "of a household", "a version since"],
)
def test_one_that_nobody_confirmed_is_named(after: After, name: str, number: int, more: str) -> None:
    town = after(lives.misnamed)
    town.write(P, again(household("1"), 2) | {"name": "世帯"})
    assert f"{name}/_history/{number} {NOBODY}" in forged(town, name, number, more)


@pytest.mark.parametrize("less", [".counts yes", ".masked yes"])
def test_what_the_server_did_not_end_or_never_counted_confirms_nothing(after: After, less: str) -> None:
    town = after(lives.misnamed)
    assert f"Group/g/_history/1 {NOBODY}" in forged(town, task(town).reference, 2, less=(less,))


def test_what_is_only_asked_confirms_nothing(after: After) -> None:
    town = after(lives.family)
    town.write(P, again(household("1")))
    naming.said(town)
    assert f"Group/g/_history/1 {NOBODY}" in forged(town, "Group/g", 1, MARK)
    assert found(town) == []


def at_the_table(town: Town) -> None:
    """A meeting and a coordination held fast who was in the household by mistake, as was confirmed later."""
    conftest.call(town)
    conftest.open_meeting(town)
    town.write(P, again(household("1")))
    naming.undone(town)


def test_what_was_held_fast_of_them_is_taken_back_and_of_nobody_else(after: After) -> None:
    town = after(at_the_table)
    assert found(town) == []
    held = {
        each.reference: {one for one in each.terms if one.startswith(".fixed Patient/")}
        for each in (*town.stored("Encounter"), *town.stored("Task"))
    }
    assert held["Encounter/m"] == held["Task/t"] == {".fixed Patient/1"}
    for name in ("Encounter/m", "Task/t"):
        assert forged(town, name, 2, less=(".fixed Patient/1",)) != []
        assert forged(town, name, 2, ".fixed Patient/2") != []
    assert found(town) == []


def test_who_is_in_it_in_truth_since_is_held_fast_as_anybody(after: After) -> None:
    town = after(at_the_table)
    town.write(P, again(household("1", "2"), 2))
    assert found(town) == []
    assert forged(town, "Task/t", 2, ".fixed Patient/2") != []
