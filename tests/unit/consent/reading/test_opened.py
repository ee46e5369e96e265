"""What a reading has read is on the trail when it is left, and not before; what is refused, as it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from consent.actor import Actor
from consent.gate import Gate
from consent.reading.reading import Reading
from resources.record.problem import Problem
from resources.store.port import Snapshot
from tests.unit.consent.town import Town, actor, concern, patient

Json = dict[str, Any]

P, Q = actor("p"), actor("q")


class Watched(Gate):
    """A gate that tells how many of the views that it opened are open still; with `blind` they show nothing."""

    blind = False
    opened = 0

    @asynccontextmanager
    async def view(self, actor: Actor) -> AsyncIterator[Snapshot]:
        async with super().view(actor) as seen:
            self.opened += 1
            try:
                yield cast(Snapshot, None) if self.blind else seen
            finally:
                self.opened -= 1


@pytest.fixture
def kept(town: Town) -> Town:
    town.write(P, patient("1"), concern("c", "1"), concern("d", "1"))
    return town


def test_its_view_is_let_go_however_it_ends(kept: Town) -> None:
    gate, within, kept_on = Watched(kept.gate.engine), list[int](), list[Any]()

    async def read(fault: type[Exception] | None) -> None:
        kept_on.append(gate.reading(P))
        async with kept_on[-1] as reading:
            within.append(gate.opened)
            await reading.read("Condition", "c" if fault is not Problem else "none")
            if fault:
                raise fault

    kept.run(read(None))
    for fault in (Problem, RuntimeError):
        with pytest.raises(fault):
            kept.run(read(fault))
    gate.blind = True
    with pytest.raises(AttributeError, match="NoneType"):
        kept.run(read(None))
    assert (within, gate.opened, len(kept_on)) == ([1, 1, 1], 0, 4)


def told(town: Town, since: int) -> list[tuple[str, str, str, list[str], str]]:
    """Of each event since: action, outcome, interaction, what it names but the person, and what was asked."""
    found = []
    for each in town.trail()[since:]:
        names = [one["what"]["reference"] for one in each["entity"] if "what" in one]
        asked = each["entity"][-1]["name"]
        found.append((each["action"], each["outcome"], each["subtype"][0]["code"], names, asked))
    return found


def test_what_was_read_is_told_once_as_it_is_left(kept: Town) -> None:
    before, within = len(kept.trail()), list[int]()

    async def read() -> None:
        async with kept.gate.reading(P, "search", "operation", "$everything") as reading:
            await reading.read("Condition", "c")
            await reading.read("Condition", "d")
            found = await reading.engine.store.trail.heads()
            within.append(sum(head.number for head in found))

    kept.run(read())
    assert within == [before]
    names = ["Condition/c/_history/1", "Condition/d/_history/1", "Patient/1", "PractitionerRole/p/_history/1"]
    assert told(kept, before) == [("E", "0", "operation", names, "$everything")]


def refused(town: Town, who: Any, asked: str, work: Any) -> list[tuple[str, str, str, list[str], str]]:
    before = len(town.trail())

    async def read() -> None:
        async with town.gate.reading(who, "read", "operation", asked) as reading:
            await work(reading)

    with pytest.raises(Problem):
        town.run(read())
    return told(town, before)


def test_what_was_refused_is_told_as_refused_with_the_operation_that_asked(kept: Town) -> None:
    async def absent(reading: Reading) -> None:
        await reading.read("Condition", "c")

    names = ["Condition/c", "Patient/1"]
    assert refused(kept, Q, "$everything", absent) == [("R", "4", "read", names, "$everything")]
    assert refused(kept, Q, "history-instance", absent) == [("R", "4", "read", names, "denied")]


def test_where_a_second_record_is_refused_the_first_is_told_of_no_more_than_the_refusal(kept: Town) -> None:
    async def both(reading: Reading) -> None:
        await reading.read("Condition", "c")
        await reading.read("Condition", "none")

    assert refused(kept, P, "$x", both) == [("R", "4", "read", ["Condition/none"], "$x")]


def test_what_was_shown_before_another_problem_is_told(kept: Town) -> None:
    async def fails(reading: Reading) -> None:
        await reading.read("Condition", "c")
        raise Problem.of("too-costly", "too much", "多すぎる")

    names = ["Condition/c/_history/1", "Patient/1", "PractitionerRole/p/_history/1"]
    assert refused(kept, P, "$x", fails) == [("R", "0", "operation", names, "$x")]

    async def at_once(reading: Reading) -> None:
        raise Problem.of("too-costly", "too much", "多すぎる")

    assert refused(kept, P, "$x", at_once) == []


def test_where_the_reading_itself_fails_nothing_is_told(kept: Town) -> None:
    before = len(kept.trail())

    async def read() -> None:
        async with kept.gate.reading(P) as reading:
            await reading.read("Condition", "c")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        kept.run(read())
    assert told(kept, before) == []
