"""Bodies that are taken in at once have bounds, in all and for each who sends, and none is waited for for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from starlette.types import Message, Receive

from api.http.intake import HEAVY, Body, Intake
from resources.record.problem import Problem


def sent(*parts: bytes, whole: bool = True) -> Receive:
    """What comes of a body; where it is not whole, the rest never comes."""
    left = list(parts)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left) or not whole}

    return receive


def body(intake: Intake, asker: str, length: int | None, receive: Receive) -> Body:
    made = intake.of(receive, length)
    made.asker = asker
    return made


def refused(work: Coroutine[Any, Any, object]) -> str:
    with pytest.raises(Problem) as raised:
        asyncio.run(work)
    return raised.value.kind


def test_what_all_send_at_once_is_bounded_before_it_is_read() -> None:
    async def work() -> None:
        intake = Intake(100, 60)
        for asker in ("a", "b"):
            await body(intake, asker, 50, sent(b"x" * 50)).read(50)
        assert intake.held == 100
        await body(intake, "c", 1, sent()).read(50)

    assert refused(work()) == "unavailable"


def test_one_who_sends_much_leaves_room_for_others() -> None:
    async def work() -> None:
        intake = Intake(100, 60)
        await body(intake, "a", 40, sent(b"x" * 40)).read(50)
        await body(intake, "b", 40, sent(b"x" * 40)).read(50)
        await body(intake, "a", 11, sent()).read(50)

    assert refused(work()) == "too-often"


def test_what_is_answered_makes_room() -> None:
    async def work() -> int:
        intake = Intake(100, 60)
        for _ in range(5):
            one = body(intake, "a", 50, sent(b"x" * 50))
            await one.read(50)
            one.close()
        return intake.held

    assert asyncio.run(work()) == 0


def test_a_length_that_is_not_said_is_counted_as_it_comes() -> None:
    async def work() -> None:
        intake = Intake(100, 60)
        await body(intake, "a", None, sent(b"x" * 30, b"x" * 80)).read(1000)

    assert refused(work()) == "unavailable"
    assert refused(body(Intake(100, 60), "a", None, sent(b"x" * 30, b"x" * 30)).read(50)) == "too-long"


def test_a_length_that_is_too_much_is_refused_before_a_byte_of_it_is_read() -> None:
    assert refused(body(Intake(100, 60), "a", 51, sent()).read(50)) == "too-long"


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    assert refused(body(Intake(100, 0.01), "a", 20, sent(b"x", whole=False)).read(50)) == "too-slow"


def test_a_server_that_ends_waits_for_no_half_of_a_body() -> None:
    async def work() -> None:
        intake = Intake(100, 3600)
        reading = asyncio.create_task(body(intake, "a", 20, sent(b"x", whole=False)).read(50))
        await asyncio.sleep(0)
        intake.end()
        await reading

    assert refused(work()) == "too-slow"


def test_heavy_bodies_are_worked_on_one_after_another() -> None:
    async def work() -> None:
        intake = Intake(10 * HEAVY, 0.01)
        large = b"x" * (HEAVY + 1)
        first = body(intake, "a", len(large), sent(large))
        await first.read(2 * HEAVY)
        await body(intake, "b", 10, sent(b"x" * 10)).read(50)
        with pytest.raises(Problem):
            await body(intake, "c", len(large), sent(large)).read(2 * HEAVY)
        first.close()
        await body(intake, "d", len(large), sent(large)).read(2 * HEAVY)

    asyncio.run(work())


def test_a_form_that_stays_away_is_as_if_its_sender_had_gone() -> None:
    async def work() -> list[str]:
        receive = Intake(100, 0.01).timed(sent(b"x", whole=False))
        return [(await receive())["type"] for _ in range(2)]

    assert asyncio.run(work()) == ["http.request", "http.disconnect"]
