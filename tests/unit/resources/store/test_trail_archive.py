"""An archive file says of itself whether it is as it was written; and what stays goes on from it."""

from __future__ import annotations

import fcntl
import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from resources.store import trail_archive
from resources.store.open import opened
from resources.store.port import Store
from resources.store.trail import TrailQuery
from resources.store.trail_archive import Archived
from resources.store.trail_root import Notary
from resources.store.trail_signer import Signer
from resources.store.trail_verify import Fault, verify
from tests.unit.resources.store import behind
from tests.unit.resources.store.telling import NOON, event

BEFORE = datetime.fromtimestamp(NOON / 1000 + 10, UTC)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.load(tmp_path / "keys")


@pytest.fixture
def made(tmp_path: Path, signer: Signer, run) -> Archived:
    """Ten of twenty events in a file; two processes had written them."""

    async def story() -> list[Archived]:
        for first in (0, 1):
            store = opened(str(tmp_path))
            await store.open()
            for n in range(first, 20, 2):
                await store.trail.append(event(n))
            await Notary(store.trail, signer).sign(NOW)
            await store.close()
        await store.open()
        found = await trail_archive.archive(store.trail, signer, tmp_path / "old", BEFORE, NOW)
        assert [fault async for fault in verify(store.trail, signer)] == []
        await store.close()
        return found

    [found] = run(story())
    assert isinstance(found, Archived)
    return found


def faults(made: Archived, signer: Signer) -> list[Fault]:
    return list(trail_archive.verify(made.file, signer))


def test_a_file_holds_its_part_of_each_chain_for_its_owner_alone(made: Archived, signer: Signer) -> None:
    assert faults(made, signer) == []
    assert made.events == 10
    assert sorted(entry.event for entry in trail_archive.entries(made.file)) == [event(n) for n in range(10)]
    assert made.file.stat().st_mode & 0o077 == 0


def test_a_file_is_verified_elsewhere_with_the_published_keys(made: Archived, signer: Signer, tmp_path: Path) -> None:
    published = tmp_path / "published.json"
    published.write_bytes(orjson.dumps(signer.published()))
    assert faults(made, Signer.public(published)) == []
    assert faults(made, Signer.load(tmp_path / "other")) != []


Lines = list[bytes]
DAMAGE: dict[str, Callable[[Lines], Lines]] = {
    "a flipped bit": lambda lines: [line.replace(b"Condition/c3", b"Condition/c2") for line in lines],
    "two events swapped": lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]],
    "an event dropped": lambda lines: [*lines[:3], *lines[4:]],
    "a last event dropped": lambda lines: [*lines[:-2], lines[-1]],
    "a chain dropped": lambda lines: [lines[0], *lines[7:]],
    "cut off before its signature": lambda lines: lines[:-1],
    "nothing of it": lambda lines: [],
    "something that is no JSON": lambda lines: [*lines[:3], b"?\n", *lines[3:]],
    "something after its signature": lambda lines: [*lines, lines[2]],
    "an event more": lambda lines: [*lines[:-1], lines[-2], lines[-1]],
}


@pytest.mark.parametrize("kind", sorted(DAMAGE))
def test_damage_to_a_file_is_found(kind: str, made: Archived, signer: Signer) -> None:
    lines = gzip.decompress(made.file.read_bytes()).splitlines(keepends=True)
    assert len(lines) == 14
    made.file.write_bytes(gzip.compress(b"".join(DAMAGE[kind](lines))))
    assert faults(made, signer) != []


def test_a_file_cut_off_or_gone_is_named(made: Archived, signer: Signer) -> None:
    made.file.write_bytes(made.file.read_bytes()[:-20])
    assert faults(made, signer)[0].at == made.file.name
    made.file.unlink()
    assert faults(made, signer)[0].at == made.file.name


def test_nothing_is_moved_from_a_trail_that_is_not_as_it_was_written(tmp_path: Path, signer: Signer, run) -> None:
    async def story() -> int:
        store = opened(str(tmp_path))
        await store.open()
        for n in range(4):
            await store.trail.append(event(n))
        await Notary(store.trail, signer).sign(NOW)
        [head] = await store.trail.heads()
        await store.trail.forget(head.chain, 2)
        with pytest.raises(ValueError, match="missing"):
            await trail_archive.archive(store.trail, signer, tmp_path / "old", NOW, NOW)
        left = len([entry async for entry in store.trail.walk(head.chain)])
        await store.close()
        return left

    assert run(story()) == 2


def test_what_is_put_back_where_a_file_holds_it_already_is_found(
    address: str, store: Store, tmp_path: Path, signer: Signer, run
) -> None:
    """All of it as it was is no fault: an archive that was ended had not removed it yet. A part of it is one."""

    async def story() -> None:
        for n in range(20):
            await store.trail.append(event(n))
        await Notary(store.trail, signer).sign(NOW)
        await store.trail.find(TrailQuery())  # brings the keys along
        copied = behind.copied(address)
        await archived()
        assert await found() == []
        for first, last, sound in ((1, 10, True), (5, 10, False), (1, 4, False), (4, 7, False)):
            behind.put_back(address, copied, range(first, last + 1))
            faults = await found()
            assert (faults == []) is sound, (first, last, faults)
            assert all(f"events {first} to {last}" in fault.text and not fault.ja.isascii() for fault in faults)
            await archived()
            assert await found() == []
        behind.put_back(address, copied, range(1, 11), swapped=(3, 4))
        assert len(await found()) == 1

    async def archived() -> None:
        await trail_archive.archive(store.trail, signer, tmp_path / "old", BEFORE, NOW)

    async def found() -> list[Fault]:
        return [fault async for fault in verify(store.trail, signer)]

    run(story())


class Killed(BaseException):
    """The process ends here."""


def test_what_an_ended_run_left_is_finished_and_its_file_is_named(
    tmp_path: Path, signer: Signer, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        store = opened(str(tmp_path / "store"))
        await store.open()
        for n in range(20):
            await store.trail.append(event(n))
        forget = store.trail.forget

        async def ended(chain: str, until: int) -> int:
            await forget(chain, 4)
            raise Killed

        monkeypatch.setattr(store.trail, "forget", ended)
        with pytest.raises(Killed):
            await trail_archive.archive(store.trail, signer, tmp_path / "old", BEFORE, NOW)
        monkeypatch.undo()
        [file] = (tmp_path / "old").iterdir()
        done = await trail_archive.archive(store.trail, signer, tmp_path / "old", BEFORE, NOW)
        assert done == [Archived(file, 6, finished=True)]
        assert await trail_archive.archive(store.trail, signer, tmp_path / "old", BEFORE, NOW) == []
        assert list((tmp_path / "old").iterdir()) == [file]
        await store.close()

    run(story())


def test_what_an_ended_run_had_begun_to_write_is_removed_and_what_another_writes_is_not(
    tmp_path: Path, signer: Signer, run
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    begun, writing = (folder / f".trail-before-{name}.ndjson.gz.partial" for name in ("a", "b"))
    begun.write_bytes(b"begun")

    async def story() -> None:
        store = opened(str(tmp_path / "store"))
        await store.open()
        assert await trail_archive.archive(store.trail, signer, folder, BEFORE, NOW) == []
        await store.close()

    with open(writing, "wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        run(story())
    assert list(folder.iterdir()) == [writing]
