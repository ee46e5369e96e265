"""`tsunagu import`: many records from NDJSON files into the store, under policy, as one agency's own writing.

docs/operations.md, "import".
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import orjson
from rich import progress

from api import clock as clocks
from api import orphan
from api.clock import Clock
from api.commands import import_files, import_origin
from api.commands.import_files import Place, Raw, Standing
from api.http import outcomes
from api.settings import Settings
from consent import derivation, vocabulary
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.importing import import_line
from consent.importing.import_line import Bounds, Line, Outcome
from consent.importing.importing import Importing
from profiles import load
from resources.record import problem
from resources.record.envelope import Origin
from resources.record.problem import Issue, Kind, Problem
from resources.search.index import Index
from resources.store import open as stores
from resources.store import trail_custody
from resources.store.port import Store
from resources.store.trail_root import Notary

FIRST, BATCH = 100, 500
"""Lines of a transaction: few at first, since others wait to write meanwhile, and of those that wait for what comes
later many, which may name one another."""
AHEAD = 3
"""Batches made ready for each process before they are written; they bound the memory."""
KIND = "import"

_INSTALLED = ("lines of the directory are taken in with `--directory`", "一覧の行は `--directory` で取り込みます")

Made = Line | tuple[Kind, tuple[Issue, ...]]
"""A line made ready, or what is wrong with it: a Problem cannot pass between processes."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is imported: `origin` is whose it becomes, `report` where it is said which lines were wrong.

    `directory` is whether lines of the directory are taken in.
    """

    files: Sequence[Path]
    origin: Origin
    report: Path
    directory: bool = False

    @property
    def key(self) -> str:
        """Under this it is kept where the import stands."""
        asked = ("--directory",) if self.directory else ()
        return import_files.digest(self.files, self.origin.custodian, self.origin.author, *asked)

    def waited(self, turn: int) -> Path:
        """The lines that this turn reads."""
        return self.report.with_name(f"{self.report.name}.{turn}")


async def run(settings: Settings, job: Job, shown: progress.Progress, clock: Clock = clocks.system) -> Standing:
    """Import it all, from where the same command stopped, and sign a root of the trail over it.

    Raises ImportFault, Unavailable or OSError.
    """
    key = job.key
    spare = _engine(settings.fhir)
    generation = derivation.generation(spare.spec)
    store = stores.opened(settings.store_address, clock, generation=generation, seconds=settings.question_seconds)
    with ProcessPoolExecutor(os.cpu_count(), initializer=orphan.ends) as workers:
        # The processes begin here, before there is a connection or a thread that they could inherit.
        workers.submit(_made_ready, settings.fhir, [], job, Bounds(0, 0)).result()
        await store.open()
        try:
            await import_origin.check(store, job.origin, directory=job.directory)
            notary = Notary(store.trail, await trail_custody.taken(store.trail, settings.data / "keys"))
            gate = Gate(PolicyEngine.of(store, spare.spec, spare.index))
            writing = Importing(gate, job.origin)
            standing = await _Run(settings, job, key, store, writing, workers, shown, clock).through()
            await notary.sign(clock())
            return standing
        finally:
            await store.close()


@dataclass(slots=True)
class _Run:
    settings: Settings
    job: Job
    key: str
    store: Store
    importing: Importing
    workers: ProcessPoolExecutor
    shown: progress.Progress
    clock: Clock

    async def through(self) -> Standing:
        standing = Standing.of(await self.store.vault.look(KIND, self.key))
        while True:
            await self._turn(standing)
            if not standing.waiting:
                break
            count = self.job.waited(standing.turn + 1).read_bytes().count(b"\n")
            standing.last = count == standing.waited
            standing.turn, standing.place, standing.waited, standing.waiting = standing.turn + 1, Place(), count, 0
            await self._keep(standing)
        await self.store.vault.take(KIND, self.key)
        for turn in range(1, standing.turn + 2):
            with suppress(FileNotFoundError):
                self.job.waited(turn).unlink()
        return standing

    async def _turn(self, standing: Standing) -> None:
        """Read what is to be read in this turn, in batches, a few of them made ready ahead."""
        longest, total = self.settings.body_limit, self._size(standing)
        raws, many = self._raws(standing, longest), BATCH if standing.turn else FIRST
        task = self.shown.add_task("取り込み / importing", total=total, completed=self._read(standing.place))
        with ExitStack() as files:
            report = files.enter_context(_resumed(self.job.report, standing.reported))
            waits = files.enter_context(_resumed(self.job.waited(standing.turn + 1), standing.waiting))
            ahead = [self._ready(batch) for batch in islice(_batches(raws, many), AHEAD * (os.cpu_count() or 1))]
            rest = _batches(raws, many)
            while ahead:
                raw, ready = ahead.pop(0)
                made = await asyncio.wrap_future(ready)
                await self._write(raw, made, standing, report, waits)
                self.shown.update(task, completed=self._read(standing.place))
                ahead += [self._ready(batch) for batch in islice(rest, 1)]

    def _ready(self, batch: list[Raw]) -> tuple[list[Raw], Future[list[Made]]]:
        bounds = Bounds(self.settings.body_limit, self.settings.depth_limit, self.settings.extent)
        bodies = [raw.body for raw in batch]
        return batch, self.workers.submit(_made_ready, self.settings.fhir, bodies, self.job, bounds)

    async def _write(
        self, raws: list[Raw], made: list[Made], standing: Standing, report: BinaryIO, waits: BinaryIO
    ) -> None:
        """One batch: the store first, then what is told of it, then where the import stands."""
        lines = [each for each in made if isinstance(each, Line)]
        done = iter(await self.importing.write(lines, self.clock()) if lines else ())
        for raw, each in zip(raws, made, strict=True):
            outcome = next(done) if isinstance(each, Line) else Outcome(wrong=Problem(each[0], *each[1]))
            standing.written += outcome.written
            standing.there += outcome.there
            if outcome.waits and not standing.last:
                waits.write(import_files.named(raw))
            elif outcome.wrong:
                standing.wrong += 1
                report.write(_told(self.job.files[raw.at.file], raw, outcome.wrong))
        standing.place = raws[-1].after
        for file in (report, waits):
            file.flush()
            os.fsync(file.fileno())
        standing.reported, standing.waiting = report.tell(), waits.tell()
        await self._keep(standing)

    async def _keep(self, standing: Standing) -> None:
        await self.store.vault.replace(KIND, self.key, standing.kept())

    def _raws(self, standing: Standing, longest: int) -> Iterator[Raw]:
        if standing.turn == 0:
            return import_files.lines(self.job.files, standing.place, longest)
        return import_files.waiting(self.job.files, self.job.waited(standing.turn), standing.place, longest)

    def _size(self, standing: Standing) -> int:
        files = self.job.files if standing.turn == 0 else [self.job.waited(standing.turn)]
        return sum(file.stat().st_size for file in files)

    def _read(self, place: Place) -> int:
        return sum(file.stat().st_size for file in self.job.files[: place.file]) + place.offset


def _batches(raws: Iterator[Raw], many: int) -> Iterator[list[Raw]]:
    while batch := list(islice(raws, many)):
        yield batch


def _resumed(path: Path, length: int) -> BinaryIO:
    """The file with so many bytes, to write on after them; only its owner may read it."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    file.truncate(length)
    file.seek(length)
    return file


def _told(file: Path, raw: Raw, wrong: Problem) -> bytes:
    outcome = outcomes.of_problem(wrong, "ja")
    return orjson.dumps({"file": file.name, "line": raw.number, "outcome": outcome}) + b"\n"


def _made_ready(base: str, bodies: list[bytes], job: Job, bounds: Bounds) -> list[Made]:
    """In a process of its own: each line, or what is wrong with it."""
    found: list[Made] = []
    for body in bodies:
        try:
            line = import_line.ready(_engine(base), body, job.origin, bounds)
            if line.type in vocabulary.INSTALLED and not job.directory:
                raise Problem("forbidden", problem.of_rule("P12", *_INSTALLED, line.type))
            found.append(line)
        except Problem as fault:
            found.append((fault.kind, fault.issues))
    return found


@cache
def _engine(base: str) -> PolicyEngine:
    """To make lines ready asks no store, so this one is never opened."""
    spec = load.load()
    return PolicyEngine.of(stores.opened(os.devnull), spec, Index(spec, base))
