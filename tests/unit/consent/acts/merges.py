"""How a test has two Patients merged: who asks, who answers, and what comes of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from consent.actor import Actor
from consent.acts import merging
from consent.acts.merge_task import Merged
from consent.acts.merging import Merge, Named, Undo
from consent.acts.reply import Reply
from tests.unit.consent.town import Town


def named(name: str) -> Named:
    return Named(f"Patient/{name}") if name else Named()


def ask(town: Town, who: Actor, source: str, target: str, **more: Any) -> Merged:
    """`source` is replaced by `target`, or they are two again (`undo`)."""
    merge = Merge(named(source), named(target), **more)
    names = ("$merge", f"Patient/{source}", f"Patient/{target}")
    return town.run(town.gate.operate(who, names, partial(merging.asked, merge=merge)))


def undo(town: Town, who: Actor, merged: Merged | str, reason: str = "別人だった", **more: Any) -> Merged:
    """Ask for it by the Task."""
    name = merged if isinstance(merged, str) else task(merged)
    said = Undo(name.removeprefix("Task/"), reason, **more)
    return town.run(town.gate.operate(who, ("$merge", name), partial(merging.unasked, undo=said)))


def answer(town: Town, who: Actor, asked: Merged | str, *, accept: bool = True, reason: str = "") -> Merged:
    name = asked if isinstance(asked, str) else task(asked)
    said = Reply(name.removeprefix("Task/"), accept, reason)
    return town.run(town.gate.operate(who, ("$merge", name), partial(merging.answered, answer=said)))


def task(asked: Merged) -> str:
    assert asked.task is not None
    return asked.task.reference
