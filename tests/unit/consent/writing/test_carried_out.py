"""What is said of a change that was carried out, and where work on what was sent is done."""

from __future__ import annotations

import asyncio
import threading

from consent.rule import Decision
from consent.writing.aside import MOMENT, aside
from consent.writing.written import Written
from resources.record.version import Version


def version(id: str) -> Version:
    return Version("Condition", id, 1, "2026-11-23T04:00:00.000Z", False, b"{}", ())


def test_all_that_was_stored_by_it_is_its_version_and_what_ended_or_was_written_with_it() -> None:
    done = Written(version("a"), "update", Decision(True, ()), ended=(version("b"), version("c")))
    assert [each.id for each in done.stored] == ["a", "b", "c"]
    assert not done.was_nothing


def test_of_a_deletion_of_what_is_not_there_nothing_is_said_but_that_it_is_not() -> None:
    nothing = Written.nothing("Condition", "x")
    assert nothing.was_nothing
    assert (nothing.version.reference, nothing.version.deleted, nothing.action) == ("Condition/x", True, "delete")
    assert not nothing.decision.allowed
    assert not nothing.warnings
    assert not nothing.ended


def test_what_is_large_is_worked_on_in_a_thread_and_what_is_small_at_once() -> None:
    def work(number: int, add: int = 0) -> tuple[threading.Thread, int]:
        return threading.current_thread(), 2 * number + add

    async def where(size: int) -> tuple[bool, int]:
        thread, doubled = await aside(size, work, 3, add=1)
        return thread is threading.current_thread(), doubled

    assert asyncio.run(where(MOMENT)) == (True, 7)
    assert asyncio.run(where(MOMENT + 1)) == (False, 7)
