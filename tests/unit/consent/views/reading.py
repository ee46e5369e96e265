"""What a view says within one reading, as a request asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from consent.actor import Actor
from consent.reading.reading import Reading
from resources.record.problem import Problem
from tests.unit.consent.town import Town

T = TypeVar("T")


def said(town: Town, who: Actor, ask: Callable[[Reading], Awaitable[T]]) -> T:
    async def asked() -> T:
        async with town.gate.reading(who, "search", "operation", "$asked") as reading:
            return await ask(reading)

    return town.run(asked())


def refused(town: Town, who: Actor, ask: Callable[[Reading], Awaitable[Any]]) -> tuple[str, str]:
    """Of what kind the refusal is, and by which rule."""
    try:
        said(town, who, ask)
    except Problem as problem:
        return problem.kind, problem.issues[0].rule
    return "", ""


def told(town: Town) -> set[str]:
    """The records that the last event names."""
    return {each["what"]["reference"] for each in town.trail()[-1]["entity"] if "what" in each}


def by(town: Town) -> set[str]:
    """The rules that the last event rests on, by their ids."""
    rules = town.trail()[-1]["agent"][0].get("policy", ())
    return {each.rpartition("/")[2] for each in rules}
