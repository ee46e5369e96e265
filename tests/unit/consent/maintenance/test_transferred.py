"""To whom a record was handed over is kept where that was accepted, and nowhere else, as a check finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from consent import vocabulary
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from tests.unit.consent.acts import test_transferring as transferring
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import forged, found
from tests.unit.consent.maintenance.lives import EVERYBODY, Life, P, Q
from tests.unit.consent.test_carrying_out import again
from tests.unit.consent.town import Town, concern
from tests.unit.consent.writing.test_superseding import consent

After = Callable[[Life], Town]

NOBODY = "it is kept as handed over, and nobody accepted or decided that"
LOST = "it was accepted, and the record is not kept as handed over"
TAKEN = ".taker Organization/other"


def task(town: Town, record: str = "Condition/c") -> Version:
    """The last by which it was handed over."""
    asked = [each for each in town.stored("Task") if vocabulary.TRANSFER in str(each.terms)]
    return max((each for each in asked if f"focus {record}" in each.terms), key=lambda each: each.since)


def without(town: Town, less: str) -> list[str]:
    return forged(town, task(town).reference, 2, less=(less,))


def test_what_was_accepted_is_found_right_and_named_where_it_was_lost(after: After) -> None:
    town = after(lives.handed)
    assert found(town) == []
    assert f"{task(town).cited} {LOST}" in forged(town, "Condition/c", 1, less=(TAKEN,))
    council = forged(town, "Condition/c", 1, ".taker Organization/council", less=(TAKEN,))
    assert {f"Condition/c/_history/1 {NOBODY}", f"{task(town).cited} {LOST}"} <= {*council}
    assert found(town) == []


@pytest.mark.parametrize("name", ["CarePlan/k", "Patient/1", "Group/g"])
def test_what_nobody_took_over_is_named(after: After, name: str) -> None:
    town = after(lives.handed)
    assert f"{name}/_history/1 {NOBODY}" in forged(town, name, 1, TAKEN)


@pytest.mark.parametrize("less", [".counts yes", ".masked yes"])
def test_what_the_server_did_not_end_or_never_counted_hands_nothing_over(after: After, less: str) -> None:
    town = after(lives.handed)
    said = without(town, less)
    assert f"Condition/c/_history/1 {NOBODY}" in said
    assert not [each for each in said if each.startswith("Condition/d")]


def test_what_is_only_offered_is_handed_over_to_nobody(after: After) -> None:
    town = after(lives.family)
    transferring.offer(town)
    assert found(town) == []
    assert forged(town, "Condition/c", 1, TAKEN) == [f"Condition/c/_history/1 {NOBODY}"]


def back(town: Town) -> None:
    """The taker wrote on it, and handed it back."""
    lives.family(town)
    town.sign(P, consent("a", provision=EVERYBODY))
    transferring.hand(town)
    town.write(Q, again(concern("c", "1")) | {"note": [{"text": "続き"}]})
    given = transferring.offer(town, Q, to="Organization/center").task.reference
    transferring.answer(town, P, given)


def test_each_version_is_kept_by_who_had_it_then_and_by_no_later_taker(after: After) -> None:
    town = after(back)
    assert found(town) == []
    assert ".taker Organization/center" in _terms(town, 2)
    first = forged(town, "Condition/c", 1, ".taker Organization/center", less=(TAKEN,))
    assert f"Condition/c/_history/1 {NOBODY}" in first
    second = forged(town, "Condition/c", 2, TAKEN, less=(".taker Organization/center",))
    assert f"Condition/c/_history/2 {NOBODY}" in second


def _terms(town: Town, number: int) -> tuple[str, ...]:
    return town.run(_version(town, number)).terms


async def _version(town: Town, number: int) -> Version:
    async with town.store.snapshot() as view:
        one = await view.get("Condition", "c", within=EVERYTHING, number=number)
    assert one is not None
    return one
