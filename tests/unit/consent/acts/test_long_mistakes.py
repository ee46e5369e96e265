"""Who was named by mistake by a record that was written often: no transaction holds others up for all its versions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
import pytest

from consent.acts import naming_by_mistake, secluding, slices
from consent.acts.reply import Reply
from consent.gate import Gate
from consent.relations.contributions import MEMBER
from consent.writing import apart
from consent.writing.prepared import Change
from resources.record import mistake
from resources.record.envelope import SECLUDED
from resources.record.mistake import MISTAKEN
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import has
from resources.search.relation import values
from resources.store.port import Query, Transaction
from tests.laws.worlds import ref
from tests.unit.consent.acts.counted import Counted, Counting
from tests.unit.consent.acts.test_handed_on_apart import Cut, is_over
from tests.unit.consent.acts.test_naming_by_mistake import LEAD, confirm, said
from tests.unit.consent.acts.test_transferring import refused, wrong
from tests.unit.consent.people import NOW
from tests.unit.consent.test_whom import again, word
from tests.unit.consent.town import Json, Town, actor, concern, household, patient

P, Q = actor("p"), actor("q")
WRONG = apart.STEP + 6
MANY = 2 * apart.STEP + 4
NOTE = [{"text": "山陽町の家"}]
CONCERN, HOUSEHOLD = "Condition/c", "Group/g"

BOTH_STORES = pytest.mark.parametrize("long", ["town", "town_on_mongodb"], indirect=True)
OF_BOTH = pytest.mark.parametrize("record", [CONCERN, HOUSEHOLD])


def concerned(person: str, number: int) -> Json:
    return concern("c", person, note=NOTE) | again(number)


def named_often(town: Town) -> None:
    """A concern that named a protected person by mistake for long, and a household that they were in as long; a word of
    the one, and a concern of the other."""
    town.write(P, *(patient(str(one)) for one in (1, 2, 3)), concern("c", "2", note=NOTE), household("1", "2"))
    town.write(P, word("w", about=[ref(CONCERN)], note=NOTE), concern("h", "1", subject=ref(HOUSEHOLD), note=NOTE))
    for number in range(1, MANY):
        is_wrong = number < WRONG
        home = household("1", "2") if is_wrong else household("1", "3")
        town.write(P, concerned("2" if is_wrong else "1", number), home | again(number))
    town.protect(P, "Patient/2", "Organization/center")


@pytest.fixture
def long(request: pytest.FixtureRequest, town_with: Callable[..., Town]) -> Town:
    return town_with(named_often, getattr(request, "param", "town"))


def versions(town: Town, name: str) -> list[Version]:
    async def look() -> list[Version]:
        async with town.store.snapshot() as view:
            found = (await view.find(Query(has(".id", name), history=True), within=slices.FOUND)).versions
            return sorted(found, key=lambda each: each.number)

    return town.run(look())


def about(town: Town, name: str) -> list[set[str]]:
    return [set(values(each.terms, ".subject")) for each in versions(town, name)]


def shut(town: Town, name: str) -> list[int]:
    return [each.number for each in versions(town, name) if MISTAKEN in each.terms]


def marked(town: Town, name: str) -> list[int]:
    return [each.number for each in versions(town, name) if "Patient/2" in mistake.misnamed(each.terms)]


def on(town: Town, store: Any) -> Town:
    return replace(town, gate=Gate(replace(town.gate.engine, store=store)))


class Held(Counted):
    """Looks after each at what is shut, marked and let go."""

    counting = Counting

    def __init__(self, town: Town, record: str, task: str) -> None:
        super().__init__(town)
        self.record, self.task = record, task

    async def looked(self) -> None:
        async with self.town.store.snapshot() as view:
            task = await view.get(*self.task.split("/"), within=slices.FOUND)
            found = (await view.find(Query(has(".id", self.record), history=True), within=slices.FOUND)).versions
        assert task
        naming = [each for each in found if b"Patient/2" in each.body]
        assert all("Patient/2" in values(each.terms, ".subject") for each in naming)
        if orjson.loads(task.body)["status"] == "completed":
            assert all(MISTAKEN in each.terms for each in naming), "others read what named somebody by mistake"
        if not all(mistake.misnamed(each.terms) for each in naming):
            assert all("Patient/2" in values(each.terms, ".subject") for each in found), "it is let go too early"


@OF_BOTH
def test_no_transaction_reads_or_changes_more_than_a_step_of_its_versions(long: Town, record: str) -> None:
    task = said(long, P, record).task.reference
    store = Held(long, record, task)
    confirm(on(long, store), LEAD, task)
    assert store.most <= 4 * apart.STEP + 4, "each of a step read and changed, and again what it is found by"
    assert marked(long, record) == shut(long, record) == [*range(1, WRONG + 1)]
    assert wrong(long) == []
    assert is_over(long)


@BOTH_STORES
def test_all_is_what_it_would_be_had_it_been_written_less_often(long: Town) -> None:
    for record in (CONCERN, HOUSEHOLD):
        confirm(long, LEAD, said(long, P, record).task.reference)
        assert marked(long, record) == shut(long, record) == [*range(1, WRONG + 1)]
    assert about(long, CONCERN) == [{"Patient/1", "Patient/2"}] * WRONG + [{"Patient/1"}] * (MANY - WRONG)
    assert about(long, "Communication/w") == [{"Patient/1"}]
    assert long.search(P, "Condition", ("_content", "山陽町")) == ["Condition/c", "Condition/h"]
    assert not any(f"{SECLUDED} yes" in each.terms for each in versions(long, CONCERN))

    async def members() -> set[str]:
        async with long.store.snapshot() as view:
            return {row.relation.to for row in await view.rows([(MEMBER, HOUSEHOLD)])}

    assert long.run(members()) == {"Patient/1", "Patient/3"}
    assert wrong(long) == []


@pytest.mark.parametrize("after", range(1, 8))
@OF_BOTH
def test_what_was_broken_off_is_seen_to_or_as_it_was(long: Town, record: str, after: int) -> None:
    """The first transaction is undone, two shut the wrong versions, and the fourth confirms it."""
    task = said(long, P, record).task.reference
    with pytest.raises(KeyboardInterrupt):
        confirm(on(long, Cut(long, after)), LEAD, task)
    long.run(secluding.resumed(long.gate.engine, NOW))
    is_done = long.read(P, task)["status"] == "completed"
    assert is_done == (after >= 4)
    assert marked(long, record) == shut(long, record) == ([*range(1, WRONG + 1)] if is_done else [])
    assert ("Patient/2" in about(long, record)[-1]) == (not is_done)
    assert wrong(long) == []
    assert is_over(long)
    if not is_done:
        confirm(long, LEAD, task)
        assert wrong(long) == []


def test_of_what_is_refused_nothing_stays_shut(long: Town) -> None:
    task = said(long, P, CONCERN).task.reference
    assert refused(long, confirm, P, task) == "forbidden mistake"
    assert shut(long, CONCERN) == []
    never = said(long, P, HOUSEHOLD).task.reference
    confirm(long, LEAD, never, accept=False)
    assert shut(long, HOUSEHOLD) == []
    assert is_over(long)
    assert wrong(long) == []


class Meanwhile(Cut):
    """A store in which somebody else does something before this transaction."""

    def __init__(self, town: Town, before: int, do: Callable[[], Awaitable[Any]]) -> None:
        super().__init__(town, before - 1)
        self.before, self.do = before, do

    async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
        self.turns += 1
        if self.turns == self.before:
            await self.do()
        return await self.town.store.transact(work, **named)


def update(resource: Json) -> Change:
    bare = {name: value for name, value in resource.items() if name != "meta"}
    return Change("update", resource["resourceType"], resource["id"], orjson.dumps(bare))


async def named_anew(town: Town) -> None:
    await town.gate.commit(P, [update(concerned("2", MANY))])
    await town.gate.commit(P, [update(concerned("1", MANY + 1))])


@pytest.mark.parametrize("before", [2, 3, 4])
def test_who_is_named_anew_before_it_is_confirmed_is_not_let_go(long: Town, before: int) -> None:
    task = said(long, P, CONCERN).task.reference
    with pytest.raises(Problem) as caught:
        confirm(on(long, Meanwhile(long, before, partial(named_anew, long))), LEAD, task)
    assert caught.value.kind == "business-rule"
    assert shut(long, CONCERN) == marked(long, CONCERN) == []
    assert long.read(P, task)["status"] == "requested"
    assert wrong(long) == []


@pytest.mark.parametrize("before", [5, 6, 7])
def test_who_is_named_in_truth_after_it_was_confirmed_is_no_mistake(long: Town, before: int) -> None:
    task = said(long, P, CONCERN).task.reference
    confirm(on(long, Meanwhile(long, before, partial(named_anew, long))), LEAD, task)
    assert marked(long, CONCERN) == shut(long, CONCERN) == [*range(1, WRONG + 1)]
    assert all("Patient/2" in each for each in about(long, CONCERN))
    assert wrong(long) == []


@pytest.mark.parametrize("before", [2, 3, 4, 5, 6])
def test_of_two_who_answer_at_once_one_is_told_that_it_was_answered(long: Town, before: int) -> None:
    task = said(long, P, CONCERN).task.reference
    other = Reply(task.removeprefix("Task/"), True, "住民票で確かめた")
    answers: list[str] = []

    async def answer(gate: Gate) -> None:
        try:
            await gate.operate(LEAD, ("$mark-mistake", task), partial(naming_by_mistake.answered, said=other))
            answers.append("done")
        except Problem as problem:
            answers.append(problem.kind)

    async def both() -> None:
        waiting: list[asyncio.Task[None]] = []

        async def begin() -> None:
            waiting.append(asyncio.ensure_future(answer(long.gate)))
            await asyncio.sleep(0)

        await answer(on(long, Meanwhile(long, before, begin)).gate)
        await asyncio.gather(*waiting)

    long.run(both())
    assert sorted(answers) == ["business-rule", "done"]
    assert marked(long, CONCERN) == shut(long, CONCERN) == [*range(1, WRONG + 1)]
    assert about(long, CONCERN)[-1] == {"Patient/1"}
    assert wrong(long) == []
    assert is_over(long)
