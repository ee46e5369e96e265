"""A file of the oldest events: it holds its part of each chain, signed, and is verified without the store.

docs/trail.md, "archives"
"""

from __future__ import annotations

import fcntl
import gzip
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import orjson

from resources.store import durable, trail_chain
from resources.store.trail import Entry, Head, Trail
from resources.store.trail_root import Notary
from resources.store.trail_signer import Signer
from resources.store.trail_verify import Fault, Promises, event_faults, root_faults

FORM = "tsunagu trail archive 1"
FILES = "trail-before-*.ndjson.gz"
"""How the files are named."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A file and how many events went into it; where `finished`, an earlier run wrote it and this one removed them."""

    file: Path
    events: int
    finished: bool = False


async def archive(
    trail: Trail,
    signer: Signer,
    folder: Path,
    before: datetime,
    now: datetime,
    told: Callable[[int], None] = lambda _: None,
) -> list[Archived]:
    """Move the events before an instant into a file of this folder; none where there are none.

    The file is on the disk before a root says so, and the root before anything is removed: whoever ends this at any
    moment loses nothing, and what is left to remove goes the next time. Raises Unavailable, OSError, ValueError.
    """
    promises = Promises()
    if faults := root_faults(await trail.roots(), signer, promises):
        raise ValueError(f"{faults[0].at}: {faults[0].text}")
    left = sum([await _remove(trail, chain, told) for chain in promises.archived.values()])
    done = [Archived(_standing(folder, promises.files[-1]), left, finished=True)] if left else []
    _sweep(folder)
    limit = int(before.timestamp() * 1000)
    name = f"trail-before-{before:%Y%m%dT%H%M%S}-{now:%Y%m%dT%H%M%S%f}.ndjson.gz"
    partial = folder / f".{name}.partial"
    try:
        ends, writing = await _written(trail, signer, partial, before.isoformat(), promises, limit, told)
        if not ends:
            partial.unlink()
            return done
        durable.settle(partial, folder / name)
    except Exception:
        partial.unlink(missing_ok=True)
        raise
    for fault in verify(folder / name, signer):
        raise ValueError(f"{fault.at}: {fault.text}; nothing was removed")
    await Notary(trail, signer).sign(now, ends, writing.digest.hexdigest(), name)
    for end in ends:
        await _remove(trail, end, told)
    return [*done, Archived(folder / name, writing.events)]


def verify(file: Path, signer: Signer, walked: Callable[[int], None] = lambda _: None) -> Iterator[Fault]:
    """Everything that is wrong with an archive file."""
    digest, events, signed, more = sha256(), 0, None, False
    number, hash, chain = 0, b"", ""
    try:
        lines = iter(_lines(file))
        for line, said in lines:
            if "signed" in said:
                signed = signer.verified(str(said["signed"]))
                more = next(lines, None) is not None
                break
            digest.update(line)
            if "after" in said:
                chain, number, hash = said["chain"], said["after"], bytes.fromhex(said["hash"])
            elif "event" in said:
                entry = Entry(chain, said["number"], trail_chain.restored(said["event"]), bytes.fromhex(said["hash"]))
                yield from event_faults(entry, number, hash, {})
                number, hash, events = entry.number, entry.hash, events + 1
                walked(1)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as fault:
        yield Fault(
            file.name, f"it cannot be read after event {number} of chain {chain}: {fault}", "ファイルを読めません"
        )
        return
    if signed is None or signed.get("form") != FORM:
        yield Fault(file.name, "its signature is missing or does not hold", "署名がないか、正しくありません")
    elif more or signed["digest"] != digest.hexdigest() or signed["events"] != events:
        yield Fault(file.name, "it is not what was signed", "署名された内容と違います")


def entries(file: Path) -> Iterator[Entry]:
    """The events of an archive file, as it says. Raises OSError, ValueError."""
    chain = ""
    for _, said in _lines(file):
        chain = said.get("chain", chain)
        if "event" in said:
            yield Entry(chain, said["number"], trail_chain.restored(said["event"]), bytes.fromhex(said["hash"]))


class _Writing:
    def __init__(self, packed: gzip.GzipFile) -> None:
        self._packed = packed
        self.digest = sha256()
        self.events = 0

    def line(self, said: dict[str, Any]) -> None:
        line = orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)
        self._packed.write(line)
        self.digest.update(line)

    def event(self, entry: Entry) -> None:
        self.line({"number": entry.number, "event": list(entry.event), "hash": entry.hash.hex()})
        self.events += 1


async def _written(
    trail: Trail,
    signer: Signer,
    partial: Path,
    before: str,
    promises: Promises,
    limit: int,
    told: Callable[[int], None],
) -> tuple[list[Head], _Writing]:
    """The last events that are in the file now, and what was written."""
    ends: list[Head] = []
    with _new(partial) as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
        writing = _Writing(packed)
        writing.line({"form": FORM, "before": before, "keys": signer.published()})
        for head in await trail.heads():
            if (end := await _copy(trail, head, promises, limit, writing, told)) is not None:
                ends.append(end)
        said = {"form": FORM, "digest": writing.digest.hexdigest(), "events": writing.events}
        packed.write(orjson.dumps({"signed": signer.sign(said)}, option=orjson.OPT_APPEND_NEWLINE))
    return ends, writing


async def _copy(
    trail: Trail, head: Head, promises: Promises, limit: int, writing: _Writing, told: Callable[[int], None]
) -> Head | None:
    """The first events of a chain, as long as they are old enough; its last one there, None where there is none."""
    number, hash = promises.start(head.chain)
    end = None
    async for entry in trail.walk(head.chain, number):
        if faults := event_faults(entry, number, hash, promises.hashes.get(head.chain, {})):
            raise ValueError(f"{faults[0].at}: {faults[0].text}")
        if entry.event.at >= limit:
            break
        if end is None:
            writing.line({"chain": head.chain, "after": number, "hash": hash.hex()})
        writing.event(entry)
        number, hash = entry.number, entry.hash
        end = Head(head.chain, number, hash)
        told(1)
    return end


async def _remove(trail: Trail, end: Head, told: Callable[[int], None]) -> int:
    gone = 0
    while removed := await trail.forget(end.chain, end.number):
        told(removed)
        gone += removed
    return gone


def _standing(folder: Path, name: str) -> Path:
    """The file of this name, which may have been carried elsewhere."""
    return folder / name if (folder / name).is_file() else Path(name)


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed had begun to write; what another is writing now is locked."""
    for partial in folder.glob(".trail-before-*.partial"):
        with open(partial, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            partial.unlink(missing_ok=True)


def _new(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _lines(file: Path) -> Iterable[tuple[bytes, dict[str, Any]]]:
    with gzip.open(file, "rb") as packed:
        for line in packed:
            yield line, orjson.loads(line)
