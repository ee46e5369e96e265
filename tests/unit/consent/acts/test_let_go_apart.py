"""Whom a record named by mistake many others were about by that: they are let go in slices, before it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.acts import secluding
from consent.gate import Gate
from consent.writing import apart
from consent.writing.prepared import Change
from resources.record.problem import Problem
from resources.search.relation import values
from resources.store.port import Transaction
from tests.laws.worlds import ref
from tests.unit.consent.acts.test_handed_on_apart import Cut, about, is_over
from tests.unit.consent.acts.test_naming_by_mistake import LEAD, confirm, said, undone
from tests.unit.consent.acts.test_settled_apart import OTHERS, PLACE, Watched, counting
from tests.unit.consent.acts.test_transferring import wrong
from tests.unit.consent.people import NOW
from tests.unit.consent.test_whom import again, named, word
from tests.unit.consent.town import Town, actor, concern, household, patient

P = actor("p")
MANY = apart.STEP
PLACES = [{"text": "山陽町の家"}]
FIRST, BOTH = ("Patient/1",), ("Patient/1", "Patient/2")

BOTH_STORES = pytest.mark.parametrize("told", ["town", "town_on_mongodb"], indirect=True)


def named_by_mistake(town: Town) -> None:
    """A concern that once named a protected person by mistake, and much that is of it."""
    town.write(P, *(patient(str(n)) for n in (1, 2, 3)), concern("c", "2"))
    town.write(P, concern("c", "1") | again())
    town.write(P, *(word(f"w{n}", about=[ref("Condition/c")], note=PLACES) for n in range(MANY)))
    town.write(P, *(word(f"x{n}", inResponseTo=[ref("Communication/w0")], note=PLACES) for n in range(MANY)))
    town.protect(P, "Patient/2", "Organization/center")
    assert about(town) == {BOTH}


@pytest.fixture
def told(request: pytest.FixtureRequest, town_with: Callable[..., Town]) -> Town:
    return town_with(named_by_mistake, getattr(request, "param", "town"))


@BOTH_STORES
def test_what_was_about_somebody_by_a_mistake_is_let_go_in_slices(told: Town) -> None:
    town, store = counting(told)
    undone(town, "Condition/c")
    assert about(town) == {FIRST}
    assert len(town.search(P, "Communication", PLACE, ("_count", "200"))) == 2 * MANY
    assert store.turns > 2 * MANY // apart.STEP
    assert store.most <= apart.STEP + OTHERS
    assert is_over(town)
    assert wrong(town) == []


def test_what_is_about_them_for_another_reason_stays(told: Town) -> None:
    """The first word names them itself, and so whatever answers it is about them too."""
    told.write(P, word("w0", about=[ref("Condition/c")], subject=ref("Patient/2")) | again())
    undone(told, "Condition/c")
    assert {name for name in ("w0", "w1", "x0") if named(told, f"Communication/{name}") == list(BOTH)} == {"w0", "x0"}
    assert wrong(told) == []


def test_so_is_what_was_about_a_household_s_stranger(told: Town) -> None:
    told.write(P, household("1", "3"))
    told.write(P, household("1") | again())
    words = [word(f"g{n}", about=[ref("Condition/g")]) for n in range(2 * MANY)]
    told.write(P, concern("g", "1", subject=ref("Group/g")), *words)
    undone(told, "Group/g", "Patient/3")
    assert wrong(told) == []


@pytest.mark.parametrize("after", [1, 2, 3, 5])
def test_what_was_broken_off_is_let_go_as_the_records_stand(told: Town, after: int) -> None:
    """The first transaction is undone and the second the write; in the third and on, all else is let go."""
    task = said(told, P, "Condition/c").task.reference
    town = replace(told, gate=Gate(replace(told.gate.engine, store=Cut(told, after))))
    with pytest.raises(KeyboardInterrupt):
        confirm(town, LEAD, task)
    assert about(told) == ({BOTH} if after < 3 else {FIRST, BOTH})
    told.run(secluding.resumed(told.gate.engine, NOW))
    assert about(told) == ({BOTH} if after == 1 else {FIRST})
    assert is_over(told)
    assert wrong(told) == []


def test_what_is_written_meanwhile_for_another_reason_is_not_let_go(told: Town) -> None:
    class Beside(Watched):
        async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
            done = await super().transact(work, **named)
            if self.turns == 4:  # the first slice was done
                own = word("w0", about=[ref("Condition/c")], subject=ref("Patient/2")) | again()
                await self.town.gate.commit(P, [Change("update", "Communication", "w0", orjson.dumps(own))])
            return done

    task = said(told, P, "Condition/c").task.reference
    town = replace(told, gate=Gate(replace(told.gate.engine, store=Beside(told))))
    confirm(town, LEAD, task)
    stored = {each.id: tuple(values(each.terms, ".subject")) for each in told.stored("Communication")}
    assert {stored[f"w{n}"] for n in range(1, MANY)} == {FIRST}
    assert stored["w0"] == BOTH
    assert wrong(told) == []


def test_who_may_not_confirm_lets_nobody_go(told: Town) -> None:
    task = said(told, P, "Condition/c").task.reference
    with pytest.raises(Problem):
        confirm(told, P, task)
    assert about(told) == {BOTH}
    assert is_over(told)
