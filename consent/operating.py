"""What an operation does in one transaction, done or refused on the trail.

docs/policy.md, "accountability"; docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from consent import trail
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.rule import Action, Decision
from consent.writing import handing_on
from consent.writing.apart import Apart
from consent.writing.change import UnitOfWork
from consent.writing.written import Written
from resources.record.problem import Problem
from resources.record.version import Version
from resources.store.port import Transaction
from resources.store.trail import Event


class Outcome(Protocol):
    """What became of an operation: what of it goes on the trail, and what that rests on."""

    @property
    def action(self) -> Action: ...

    @property
    def told(self) -> Sequence[Version]: ...

    @property
    def decision(self) -> Decision: ...


Done = TypeVar("Done", bound=Outcome)


async def operated(
    engine: PolicyEngine,
    append: Callable[[Event], Awaitable[None]],
    actor: Actor,
    names: Sequence[str],
    do: Callable[[UnitOfWork], Awaitable[Done]],
    apart: Apart,
) -> Done:
    """Do it, with its event beside what it writes. `names` are the operation's, and those of what it was asked for.

    Raises NotAtOnceError where more is to be settled than what is done `apart`.
    """
    units: list[UnitOfWork] = []

    async def work(tx: Transaction) -> Done:
        units[:] = [await UnitOfWork.begin(engine, tx, actor, ())]
        units[0].apart = await handing_on.still(tx, apart.together())
        done = await do(units[0])
        note(units[0], done.action, done.told, done.decision, names[0])
        units[0].apart.demand()
        return done

    try:
        return await engine.store.transact(work)
    except Problem:
        for unit in units:
            await append(trail.denial(actor, unit.facts.agencies, "read", *names[1:], names[0]))
        raise


def note(unit: UnitOfWork, action: Action, told: Sequence[Version], decision: Decision, asked: str) -> None:
    """Put what was written, or shown in writing, on the trail with it; `asked` is the operation, empty for none."""
    known, kind = unit.facts, "operation" if asked else ""
    event = trail.event(known.actor, known.agencies, action, told, decision, world=known.world, kind=kind, asked=asked)
    unit.tx.note(event)


def written(unit: UnitOfWork, done: Written) -> None:
    """Put what a change did on the trail with it; that there was nothing to delete is a denial."""
    if done.was_nothing:
        name = done.version.reference.removesuffix("/")  # a type, where it was on a condition
        unit.tx.note(trail.denial(unit.facts.actor, unit.facts.agencies, "delete", name))
    else:
        note(unit, done.action, (done.version, *done.ended), done.decision, done.asked)


def tells(unit: UnitOfWork) -> bool:
    """Whether its failing tells something of a record, seen or unseen."""
    return bool(unit.unseen or unit.denied) or any(ready.change.patch for ready in unit.asked)


async def refused(append: Callable[[Event], Awaitable[None]], actor: Actor, unit: UnitOfWork, *asked: str) -> None:
    """Put a refused write on the trail: all that was to be written, and what it named unseen by its writer."""
    by_method: dict[Action, list[str]] = {}
    for ready in unit.asked:
        change = ready.change
        by_method.setdefault(change.method, []).append(change.type if change.condition else change.reference)
    for action, names in by_method.items():
        await append(trail.denial(actor, unit.facts.agencies, action, *names, *asked, about=_about(unit, names)))
    if unit.unseen:
        about = _about(unit, [unit.unseen])
        await append(trail.denial(actor, unit.facts.agencies, "read", unit.unseen, *asked, about=about))
    for event in unit.denied:
        await append(event)


def _about(unit: UnitOfWork, names: Iterable[str]) -> frozenset[str]:
    """Whom those of these records are about that were looked up."""
    world = unit.facts.world
    return frozenset[str]().union(*(trail.persons(unit.found.get(name), world) for name in names))
