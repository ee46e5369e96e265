"""Exports as they are kept in the vault: asked for, worked on step by step by whoever leads, fetched, and forgotten.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html; docs/export.md
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from api.beside import standing_client
from api.beside.standing_client import Given
from api.clock import Clock
from api.oauth.granular import Granular
from consent.actor import Actor
from consent.gate import Gate
from consent.views import exporting
from consent.views.exporting import Export
from resources.record import period
from resources.record.problem import Problem
from resources.store.port import Vault

RUNNING = 16
"""So many exports are worked on at once, of all clients."""
MOST_FILES = 4_000
DELETED = "deleted"
_SLOTS = tuple(("export-running", str(n)) for n in range(RUNNING))


@dataclass(frozen=True, slots=True)
class Job:
    """One export as it was asked for, and by whom; `request` is the address asked."""

    id: str
    given: Given
    request: str
    begun: str
    until: float
    export: Export


@dataclass(frozen=True, slots=True)
class State:
    """How far it is: `files` are (type, how many records) in their order, of what was deleted under DELETED; `fault` is
    why it ended without the rest."""

    place: int = 0
    after: str = ""
    files: Sequence[tuple[str, int]] = ()
    done: bool = False
    fault: str = ""


class Exports:
    """`most` exports of one client are kept, for so many `seconds`."""

    def __init__(self, vault: Vault, *, most: int, seconds: float) -> None:
        self._vault, self._most, self._seconds = vault, most, seconds

    async def begin(self, actor: Actor, address: str, export: Export) -> Job:
        """A new export of this client. Raises Problem `too-often` where there are too many."""
        id, until = secrets.token_urlsafe(24), actor.now.timestamp() + self._seconds
        given = await standing_client.given(self._vault, actor)
        job = Job(id, given, address, period.instant(actor.now), until, export)
        if await self._taken(self._own(actor.client), id, until) is None:
            raise _too_many(
                f"{self._most} exports are kept already: delete one",
                f"エクスポートは{self._most}件までです。一つ削除してください",
            )
        await self._vault.keep("export", id, orjson.dumps(asdict(job)), until=until)
        if await self._taken(_SLOTS, id, until) is None:
            await self.forget(job)
            raise _too_many("too many exports are being made", "エクスポートが混み合っています")
        return job

    async def find(self, actor: Actor, id: str) -> tuple[Job, State]:
        """An export of this client. Raises Problem `not-found` where it has none of this id."""
        job = await self.job(id) if len(id) <= 64 else None
        if job is None or job.given.client != actor.client or actor.person:
            raise Problem.of(
                "not-found", "there is no such export, or no longer", "このエクスポートはないか、期限が過ぎました"
            )
        return job, await self.state(id)

    async def job(self, id: str) -> Job | None:
        return _job(await self._vault.look("export", id))

    async def state(self, id: str) -> State:
        kept = await self._vault.look("export-state", id)
        return State(**orjson.loads(kept)) if kept else State()

    async def forget(self, job: Job) -> None:
        """End it; what was found of it is found no more."""
        await self._vault.take("export", job.id)
        await self._freed((*self._own(job.given.client), *_SLOTS), job.id)

    async def file(self, job: Job, number: int) -> Sequence[str]:
        """The names in a file. Raises Problem `not-found` where there is none of this number."""
        kept = await self._vault.look("export-file", f"{job.id} {number}")
        if kept is None:
            raise Problem.of("not-found", "there is no such file", "このファイルはありません")
        return list(orjson.loads(kept))

    async def running(self) -> list[str]:
        return [kept.decode() for kept in await self._vault.look_at(*_SLOTS) if kept]

    async def keep(self, job: Job, state: State, names: Sequence[str]) -> None:
        """What a step has found, the names first: a step that was cut short is done again, and finds the same place."""
        if names:
            name = f"{job.id} {len(state.files)}"
            await self._vault.replace("export-file", name, orjson.dumps(list(names)), until=job.until)
        await self._vault.replace("export-state", job.id, orjson.dumps(asdict(state)), until=job.until)

    async def over(self, id: str) -> None:
        await self._freed(_SLOTS, id)

    def _own(self, client: str) -> tuple[tuple[str, str], ...]:
        return tuple(("export-of", f"{client} {n}") for n in range(self._most))

    async def _taken(self, places: Sequence[tuple[str, str]], id: str, until: float) -> tuple[str, str] | None:
        """The first free one of these places, which is taken by it."""
        for place in places:
            if await self._vault.keep(*place, id.encode(), until=until):
                return place
        return None

    async def _freed(self, places: Sequence[tuple[str, str]], id: str) -> None:
        for place, kept in zip(places, await self._vault.look_at(*places), strict=True):
            if kept == id.encode():
                await self._vault.take(*place)


class Exporting:
    """The work on exports, a page at a time, each under the policy of its moment and what its client may still have."""

    def __init__(self, exports: Exports, gate: Gate, vault: Vault, granular: Granular, clock: Clock) -> None:
        self._exports, self._gate, self._vault, self._granular, self._clock = exports, gate, vault, granular, clock
        self._turn = -1

    async def waiting(self) -> bool:
        return bool(await self._exports.running())

    async def step(self) -> bool:
        """A page of one export that is running, each in its turn: many at once would keep all other work waiting."""
        running = await self._exports.running()
        if not running:
            return False
        self._turn = (self._turn + 1) % len(running)
        id = running[self._turn]
        job, state = await self._exports.job(id), await self._exports.state(id)
        if job is None or state.done:
            await self._exports.over(id)
            return len(running) > 1
        after, names = await self._worked(job, state)
        if await self._exports.job(id) is not None:
            await self._exports.keep(job, after, names)
        return True

    async def _worked(self, job: Job, state: State) -> tuple[State, Sequence[str]]:
        actor = await standing_client.actor(
            self._vault, self._granular, job.given, self._clock(), f"export {job.id[:8]}"
        )
        if actor is None:
            return replace(state, done=True, fault="login"), ()
        if len(state.files) >= MOST_FILES:
            return replace(state, done=True, fault="too-costly"), ()
        try:
            found = await exporting.found(self._gate, actor, job.export, state.place, state.after)
        except Problem as problem:
            return replace(state, done=True, fault=problem.kind), ()
        files = state.files
        if found.names:
            type, gone = job.export.places[state.place]
            files = (*files, (DELETED if gone else type, len(found.names)))
        return State(found.place, found.after, files, found.place >= len(job.export.places)), found.names


def _job(kept: bytes | None) -> Job | None:
    if kept is None:
        return None
    said: Mapping[str, Any] = orjson.loads(kept)
    return Job(**{**said, "given": Given(**said["given"]), "export": Export(**said["export"])})


def _too_many(text: str, ja: str) -> Problem:
    problem = Problem.of("too-often", text, ja)
    problem.wait = 60
    return problem
