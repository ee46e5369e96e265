"""A whole list of the directory, written by the installer: checked whole first, then written piece by piece.

docs/policy.md, P12; docs/operations.md, "a city's list". What stands as the list says it is left, so who was broken off
goes on when the same list is laid down again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from consent import policy, vocabulary
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.importing import in_pieces
from consent.rule import Action, Decision
from consent.writing import prepared
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change, Prepared
from consent.writing.written import Written
from resources.record import stamp
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.store.port import Snapshot

STANDING: Predicate = EVERYTHING
"""Under this the server finds what stands of the list, and whether the directory was written; nothing of it is told."""

TRIES = 20
"""So often in a row a list is read anew since somebody else wrote the directory before a piece of it."""

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Laid:
    told: Sequence[Version]
    decision: Decision
    end: str
    action: Action = "update"


async def laid(
    gate: Gate,
    actor: Actor,
    name: str,
    planned: Callable[[], Awaitable[Sequence[Change]]],
    advance: Callable[[int, int], None] = lambda done, total: None,
    *,
    known: bool = False,
) -> list[Change]:
    """Write what is planned, and say what was written; a change may refer to any that stands beside it.

    Where somebody else writes the directory meanwhile it is planned anew. Raises Problem: before anything is written
    where something is against the list, but for one that is `known` to be right. `name` is the operation's.
    """
    done: list[Change] = []
    tries = 0
    while True:
        async with gate.engine.store.snapshot() as view:
            end = await view.end()
        ready, standing = await _left(gate.engine, await planned())
        pieces, of = in_pieces.of(ready, standing), len(ready) * (1 if known else 2)
        if not known:
            await _tried(gate, actor, name, pieces, advance)
        every = {each.change.reference: each for each in ready}
        try:
            for piece in pieces:
                end = await _written(gate, actor, name, piece, every, end)
                done += [each.change for each in piece]
                ready, tries = ready[len(piece) :], 0
                advance(of - len(ready), of)
            return done
        except _ChangedError:
            tries += 1
        if tries == TRIES:
            text = "somebody else goes on writing the directory: run it again, and it goes on"
            ja = "ほかの人が相談機関一覧を書き続けています。もう一度実行すると、続きから進みます"
            raise Problem.of("conflict", text, ja)


async def _tried(
    gate: Gate, actor: Actor, name: str, pieces: in_pieces.Pieces, advance: Callable[[int, int], None]
) -> None:
    """Do each piece as it will be done, and undo it. Raises Problem."""
    every = {each.change.reference: each for piece in pieces for each in piece}
    done = 0
    for piece in pieces:
        began = time.monotonic()

        async def tried(unit: UnitOfWork, piece: Sequence[Prepared] = piece) -> Laid:
            await _performed(unit, piece, every)
            raise _UndoneError

        with suppress(_UndoneError):
            await gate.operate(actor, (name,), tried)
        done += len(piece)
        advance(done, 2 * len(every))
        await _others(began)


async def _written(
    gate: Gate, actor: Actor, name: str, piece: Sequence[Prepared], every: Mapping[str, Prepared], end: str
) -> str:
    """Write a piece in one transaction; the page key of the feed by then. Raises _ChangedError where somebody else has
    written the directory since `end`."""
    began = time.monotonic()
    async with gate.engine.store.snapshot() as view:
        end = await _since(view, end)

    async def do(unit: UnitOfWork) -> Laid:
        await _since(unit.tx, end)
        done = await _performed(unit, piece, every)
        told = [version for each in done for version in each.stored]
        return Laid(told, policy.together(each.decision for each in done), await unit.tx.end())

    done = await gate.operate(actor, (name,), do)
    await _others(began)
    return done.end


async def _performed(unit: UnitOfWork, piece: Sequence[Prepared], every: Mapping[str, Prepared]) -> list[Written]:
    """Tried and written alike: what names a record that the list has in another piece is judged by what that will say,
    whether or not it is written yet."""
    unit.asked = piece
    unit.pending |= {each.change.reference: each.resource for each in in_pieces.beside(piece, every)}
    return await unit.perform()


async def _since(view: Snapshot, end: str) -> str:
    """The end of the feed by now. Raises _ChangedError where a record of the directory is in it after `end`."""
    while (page := await view.feed(end, _PAGE, within=STANDING)).versions:
        if any(each.type in vocabulary.INSTALLED for each in page.versions):
            raise _ChangedError
        end = page.next
    return end


async def _left(engine: PolicyEngine, changes: Sequence[Change]) -> tuple[list[Prepared], dict[str, Version]]:
    """What of it does not stand already as it is to be, made ready; and what stands of it. Raises Problem."""
    ready = prepared.all_prepared(engine, changes)
    async with engine.store.snapshot() as view:
        found = [await view.get(each.change.type, each.change.id, within=STANDING) for each in ready]
    standing = {each.reference: each for each in found if each}
    return [each for each in ready if not _says(standing.get(each.change.reference), each)], standing


def _says(standing: Version | None, ready: Prepared) -> bool:
    """Whether a record says already what it is to say."""
    if standing is None or standing.deleted:
        return False
    return standing.body == stamp.stamped(ready.sent, standing.id, standing.number, standing.since)


async def _others(began: float) -> None:
    """Those who wait to write get their turn."""
    await asyncio.sleep(max(0.005, (time.monotonic() - began) / 2))


class _ChangedError(Exception):
    """Undoes a piece of a list: the directory is no longer what the list was compared with."""


class _UndoneError(Exception):
    """Ends what is only tried."""
