"""What many records are found by, and whom they are about, changes in slices beside the write from which it follows.

docs/policy.md, D1: what is to be hidden is hidden first and told last, so that at no moment more is found than the
protections of that moment allow; "whom a record is about"; docs/architecture.md, "decisions".
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

import orjson

from consent.acts import delivering, slices
from consent.engine import PolicyEngine
from consent.writing import handing_on
from consent.writing.apart import STEP, Apart, NotAtOnceError, OvertakenError, Whom
from resources.record.problem import Problem

T = TypeVar("T")

LONGEST = 3600.0
"""Seconds after which nobody is waited for any more: a clock that ran ahead said that they go on."""

PATIENCE = 20.0
"""Seconds for which one waits where many records are being settled for somebody else."""

TRIES = 5
"""Times that it is looked up anew what others wrote into meanwhile."""

_LOOK = 0.05
"""Seconds between two looks whether they are done."""


async def apart(engine: PolicyEngine, now: datetime, do: Callable[[Apart], Awaitable[T]]) -> T:
    """Do it in one transaction. Where more is to be settled than that has room for, it is undone and done once more,
    with what is to be hidden settled before, and what is to be told or handed on after. Letters for which it had no
    room are written before this returns.

    What is written meanwhile is settled in the transaction, as are few. One is under way at a time: another waits.
    Raises Problem `unavailable` where that takes long, or where somebody has taken this one to be gone.
    """
    left = set[str]()
    done = await _settled(engine, now, do, left)
    if left:
        await delivering.delivered(engine, now)
    return done


async def _settled(engine: PolicyEngine, now: datetime, do: Callable[[Apart], Awaitable[T]], left: set[str]) -> T:
    began = time.monotonic()
    while True:
        try:
            return await do(Apart(STEP, left=left))
        except NotAtOnceError as more:
            hidden, told = more.hidden, more.told | Whom(groups=more.hidden.groups)
        settling = slices.Settling(engine, hidden | told, slices.after(now, began))
        if await engine.store.vault.keep(*slices.MARK, settling.mark):
            break
        await _others(engine, now, began, PATIENCE)
    try:
        await settling.through(hidden, hidden=True)
        done = await _within(engine, settling, told, do, left)
    except Exception as why:
        await _ended(engine, settling, hidden | told, now, began)
        if isinstance(why, slices.TakenToBeGoneError):
            raise Problem.of("unavailable", *slices.BUSY) from why
        raise
    await _ended(engine, settling, told, now, began)
    return done


async def _ended(engine: PolicyEngine, settling: slices.Settling, whom: Whom, now: datetime, began: float) -> None:
    """What was hidden before, or is told after, is what the records say. Whoever took this one to be gone may have seen
    to it before all was written or hidden: then it is seen to once more, when they are done."""
    while True:
        try:
            await settling.through(whom, hidden=False)
            await settling.over()
            return
        except slices.TakenToBeGoneError:
            settling = slices.Settling(engine, whom, slices.after(now, began))
        while not await engine.store.vault.keep(*slices.MARK, settling.mark):
            await _others(engine, now, began, math.inf)
            settling = slices.Settling(engine, whom, slices.after(now, began))


async def _within(
    engine: PolicyEngine, settling: slices.Settling, told: Whom, do: Callable[[Apart], Awaitable[T]], left: set[str]
) -> T:
    """Do it but for what is told later: with what of that is asked about at once, looked up while nobody waits."""
    for _ in range(TRIES):
        async with engine.store.snapshot() as view:
            at_once = await handing_on.at_once(view, told.grown)
            end = await view.end() if told.grown else ""
            room = Apart(left=left, later=told, at_once=at_once, upto=settling.upto, end=end, goes_on=settling.goes_on)
        try:
            return await do(room)
        except OvertakenError:
            continue
    raise Problem.of("unavailable", *slices.BUSY)


async def is_left(engine: PolicyEngine, now: datetime) -> bool:
    """Whether somebody who began has gone."""
    mark = await engine.store.vault.look(*slices.MARK)
    return mark is not None and _is_over(mark, now)


async def resumed(engine: PolicyEngine, now: datetime) -> None:
    """Whatever was left half done is what the protections that stand say, and about whom the records that stand are.

    Nothing, where somebody else has begun to see to it.
    """
    mark = await engine.store.vault.look(*slices.MARK)
    if mark is None:
        return
    whom = slices.read(orjson.loads(mark))
    settling = slices.Settling(engine, whom, now)
    if await engine.store.vault.exchange(*slices.MARK, mark, settling.mark):
        with suppress(slices.TakenToBeGoneError):
            await settling.through(whom, hidden=False)
            await settling.over()


async def _others(engine: PolicyEngine, now: datetime, began: float, patience: float) -> None:
    """Returns when nobody else is settling any more; what somebody has left is seen to. Raises Problem."""
    while await engine.store.vault.look(*slices.MARK) is not None:
        if await is_left(engine, slices.after(now, began)):
            await resumed(engine, slices.after(now, began))
        elif time.monotonic() - began > patience:
            raise Problem.of("unavailable", *slices.BUSY)
        else:
            await asyncio.sleep(_LOOK)


def _is_over(mark: bytes, now: datetime) -> bool:
    left: float = orjson.loads(mark)["until"] - now.timestamp()
    return not 0 <= left <= LONGEST
