"""What is done in one transaction, and where that has no room what is hidden before it and told after it, and how."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from consent.acts import secluding, slices
from consent.writing.apart import NOBODY, STEP, Apart, OvertakenError, Whom
from profiles.spec import Spec
from resources.record.problem import Problem
from tests.unit.consent.acts.slicing import Slicing
from tests.unit.consent.people import NOW
from tests.unit.consent.writing.lain import in_a_store

ONE, TWO = ".subject Patient/1", ".subject Patient/2"
HERS, THEIRS = Whom(persons=frozenset({"Patient/1"})), Whom(persons=frozenset({"Patient/2"}))
Do = Callable[[Apart], Awaitable[Any]]


@pytest.fixture
def told(tmp_path: Path, spec: Spec) -> Iterator[Slicing]:
    with in_a_store(tmp_path) as lain:
        made = Slicing(lain, spec)
        lain.put("Patient/1")
        made.tell("Condition/hers", ONE, times=2)
        made.tell("Condition/theirs", TWO, secret=True)
        made.tell("Condition/home", ".household Group/g", secret=True)
        yield made


class Work:
    """Something that has no room for whom it hides and tells, but where that is done apart; then it does what comes
    next, and notes in which manner it was done and how things stood."""

    def __init__(self, on: Slicing, hidden: Whom = NOBODY, told: Whom = NOBODY, *then: BaseException | str) -> None:
        self.on, self.hidden, self.told, self.then = on, hidden, told, list(then or ("done",))
        self.done: list[Apart] = []
        self.whom = NOBODY
        self.stood: list[tuple[bool, list[bool]]] = []

    async def __call__(self, apart: Apart) -> str:
        self.done.append(apart)
        async with self.on.lain.store.snapshot() as view:
            hers = await view.get("Condition", "hers", within=slices.FOUND, number=1)
        mark = await self.on.lain.store.vault.look(*slices.MARK)
        self.whom = slices.read(orjson.loads(mark)) if mark else NOBODY
        self.stood.append((mark is not None, [".secluded yes" in hers.terms if hers else False]))
        if apart.room == STEP and (self.hidden or self.told):
            apart.hidden, apart.told = self.hidden, self.told
            apart.demand()
        said = self.then.pop(0)
        if isinstance(said, BaseException):
            raise said
        return said


def apart(on: Slicing, work: Do, now: datetime = NOW) -> Any:
    return on.run(secluding.apart(on.engine, now, work))


def test_what_has_room_is_done_once_within_a_step(told: Slicing) -> None:
    work = Work(told)
    assert apart(told, work) == "done"
    assert [(each.room, each.later) for each in work.done] == [(STEP, NOBODY)]
    assert work.stood == [(False, [False])]
    assert told.store.many == 0


def test_what_has_none_is_hidden_before_it_is_done_again_and_told_after(told: Slicing) -> None:
    work = Work(told, HERS, THEIRS)
    assert apart(told, work) == "done"
    first, again = work.done
    assert (first.room, first.later) == (STEP, NOBODY)
    assert (again.room > STEP, again.later, again.upto, again.end) == (True, THEIRS, {}, "")
    assert work.stood[1] == (True, [True]), "hidden, and under way"
    assert work.whom == HERS | THEIRS, "who comes after it would see to both"
    assert told.secret("Condition/theirs") == [False], "as the protections that stand say"
    assert told.secret("Condition/hers") == [True, True], "as whoever did it hid it"
    assert told.mark() is None


def test_of_a_household_that_is_hidden_it_is_told_after_it_who_has_left(told: Slicing) -> None:
    home = Whom(groups=frozenset({"Group/g"}))
    work = Work(told, home)
    assert apart(told, work) == "done"
    assert work.done[1].later == home
    assert told.secret("Condition/home") == [False]


def test_up_to_which_versions_it_is_hidden_and_what_is_asked_about_at_once_is_said_to_it(told: Slicing) -> None:
    told.lain.put("Condition/c", ONE)
    told.lain.put("CarePlan/k", ONE, ".of Condition/c")
    told.lain.put("Condition/c", ONE, TWO)
    grown = Whom(grown=frozenset({("Condition/c", TWO)}))
    work = Work(told, Whom(records=frozenset({"Condition/hers"})), grown)
    assert apart(told, work) == "done"
    again = work.done[1]
    assert again.upto == {"Condition/hers": 2}
    assert again.at_once == {"Condition/c": {"CarePlan/k": {TWO}}}
    assert again.end != ""
    assert again.goes_on is not None
    assert all(TWO in each for each in told.lain.terms("CarePlan/k"))


def test_where_it_is_refused_all_is_as_the_records_say_and_it_is_said_why(told: Slicing) -> None:
    why = Problem.of("forbidden", "no", "否")
    with pytest.raises(Problem) as caught:
        apart(told, Work(told, HERS, THEIRS, why))
    assert caught.value is why
    assert told.secret("Condition/hers") == [False, False]
    assert told.secret("Condition/theirs") == [False]
    assert told.mark() is None


def test_where_others_wrote_meanwhile_it_is_done_again_but_not_for_ever(told: Slicing) -> None:
    overtaken = [OvertakenError() for _ in range(secluding.TRIES - 1)]
    work = Work(told, HERS, NOBODY, *overtaken, "done")
    assert apart(told, work) == "done"
    assert len(work.done) == 1 + secluding.TRIES
    never = Work(told, THEIRS, NOBODY, *(OvertakenError() for _ in range(9)))
    with pytest.raises(Problem) as caught:
        apart(told, never)
    assert (caught.value.kind, caught.value.issues[0].text) == ("unavailable", slices.BUSY[0])
    assert len(never.done) == 1 + secluding.TRIES


async def resume(on: Slicing) -> None:
    await secluding.resumed(on.engine, NOW + timedelta(days=1))


def test_who_is_taken_to_be_gone_before_it_is_done_does_it_not(told: Slicing) -> None:
    told.store.before[1] = lambda: resume(told)
    work = Work(told, HERS)
    with pytest.raises(Problem) as caught:
        apart(told, work)
    assert (caught.value.kind, len(work.done)) == ("unavailable", 1)
    assert told.secret("Condition/hers") == [False, False]
    assert told.mark() is None


def test_letters_that_it_left_are_written_before_it_is_over(told: Slicing) -> None:
    async def leaving(apart: Apart) -> str:
        word = {"resourceType": "Communication", "status": "completed"}
        left = orjson.dumps([{"resource": word, "keeper": ""}])
        await told.lain.store.vault.keep("letters", "x", left)
        apart.left.add("letters")
        return "done"

    assert apart(told, leaving) == "done"
    assert told.run(told.lain.store.vault.has("letters")) is False


def stands(until: timedelta, *persons: str) -> bytes:
    """The mark of somebody, who is taken to be gone so long from now."""
    return orjson.dumps({"persons": list(persons), "until": (NOW + until).timestamp()})


def put(on: Slicing, mark: bytes) -> None:
    on.run(on.lain.store.vault.replace("secluding", "", mark))


@pytest.mark.parametrize(
    ("until", "gone"),
    [
        (timedelta(), False),
        (timedelta(seconds=-1), True),
        (timedelta(seconds=secluding.LONGEST), False),
        (timedelta(seconds=secluding.LONGEST + 1), True),
    ],
)
def test_somebody_is_gone_when_their_time_is_over_or_is_one_that_no_clock_says(
    told: Slicing, until: timedelta, gone: bool
) -> None:
    assert told.run(secluding.is_left(told.engine, NOW)) is False
    put(told, stands(until))
    assert told.run(secluding.is_left(told.engine, NOW)) is gone


def test_what_somebody_left_is_settled_as_the_records_say_and_the_mark_is_taken_off(told: Slicing) -> None:
    told.run(secluding.resumed(told.engine, NOW))
    assert told.store.many == 0
    put(told, stands(timedelta(), "Patient/2"))
    told.run(secluding.resumed(told.engine, NOW))
    assert told.secret("Condition/theirs") == [False]
    assert told.mark() is None


def test_of_two_who_see_to_it_one_does(told: Slicing) -> None:
    put(told, stands(timedelta(), "Patient/2"))

    async def both() -> None:
        await asyncio.gather(*(secluding.resumed(told.engine, NOW) for _ in range(2)))

    told.run(both())
    assert told.store.many == 1
    assert told.mark() is None


def test_what_somebody_left_is_seen_to_before_one_s_own(told: Slicing) -> None:
    put(told, stands(timedelta(seconds=-1), "Patient/2"))
    assert apart(told, Work(told, HERS)) == "done"
    assert told.secret("Condition/theirs") == [False]
    assert told.secret("Condition/hers") == [True, True]
    assert told.mark() is None


def test_one_waits_for_who_is_at_it_and_not_for_ever(told: Slicing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secluding, "PATIENCE", 0.0)
    put(told, stands(timedelta(seconds=60)))
    work = Work(told, HERS)
    with pytest.raises(Problem) as caught:
        apart(told, work)
    assert (caught.value.kind, len(work.done)) == ("unavailable", 1)
    assert told.mark() == stands(timedelta(seconds=60))
    assert told.secret("Condition/hers") == [False, False]
