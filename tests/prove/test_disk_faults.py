"""A disk that fails under a running server: 503 in bounded time, nothing acknowledged is lost, and it comes back.

docs/operations.md, "damage"; the disk is that of faulty_disk.py
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import trusting
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.prove import bursts
from tests.prove.bursts import DONE, LATER, MANY, Writing
from tests.prove.faulty_disk import Disk, Fault

pytestmark = pytest.mark.prove

_TOKENS = "3600"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(MANY) as pool:
        yield pool


@pytest.fixture
def folder(installed: Path, tmp_path: Path) -> Path:
    return launch.copied(installed, tmp_path / "city")


@contextmanager
def _serving(folder: Path, disk: Disk, workers: int) -> Iterator[Running]:
    """A server whose database is on this disk."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in disk.environment.items():
            patched.setenv(name, value)
        with launch.afresh(folder, "--demo", workers=str(workers), token_seconds=_TOKENS) as running:
            yield running


@pytest.mark.parametrize(
    ("fault", "workers"),
    [
        (Fault.WRITES_FAIL, 2),
        (Fault.SYNCS_FAIL, 4),
        (Fault.READ_ONLY, 2),
        (Fault.READS_FAIL, 2),
    ],
    ids=lambda given: given.name if isinstance(given, Fault) else str(given),
)
def test_a_disk_that_refuses_loses_nothing_and_is_used_again_when_it_is_well(
    folder: Path, tmp_path: Path, pool: ThreadPoolExecutor, fault: Fault, workers: int
) -> None:
    disk = Disk(tmp_path)
    with _serving(folder, disk, workers) as running:
        writing = Writing(running.base, bursts.token(running))
        assert writing.burst(pool) == {DONE}
        for _ in range(3):
            with disk.meets(fault):
                told = [writing.burst(pool) for _ in range(3)]
                assert _is_alive(running)
            # What lies in memory can be read without the disk.
            assert set().union(*told) <= ({DONE, LATER} if fault is Fault.READS_FAIL else {LATER})
            assert writing.burst(pool) == {DONE}
        writing.nothing_is_lost()
        with disk.meets(fault):
            writing.burst(pool)
            running.kill()
    _is_whole(folder, writing)


def test_who_waits_for_a_disk_that_hangs_is_told_so_and_it_goes_on_when_that_does(
    folder: Path, tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    disk = Disk(tmp_path)
    with _serving(folder, disk, 2) as running:
        writing = Writing(running.base, bursts.token(running))
        assert writing.burst(pool) == {DONE}
        with disk.meets(Fault.SYNCS_HANG):
            assert writing.burst(pool) == {LATER}
            assert writing.burst(pool) == {LATER}
            assert _is_alive(running)
            waiting = writing.begin(pool)
        assert {each.result() for each in waiting} <= {DONE, LATER}
        assert writing.burst(pool) == {DONE}
        writing.nothing_is_lost()
        assert running.end(signal.SIGTERM) == 0
    _is_whole(folder, writing)


def _is_alive(running: Running) -> bool:
    """Alive, whatever the disk does; whether it is ready is another question."""
    return trusting.get(f"{running.address}/healthz").status_code == 200


def _is_whole(folder: Path, writing: Writing) -> None:
    """The next server, whose disk is well, has all that was acknowledged, and what lies there is true."""
    with launch.serving(folder, "--demo", token_seconds=_TOKENS) as running:
        with Asking(running.base, bursts.token(running)) as asking:
            again = Writing(running.base, asking.token, writing.answered, len(writing.answered))
            again.nothing_is_lost()
        assert running.end(signal.SIGTERM) == 0
    for command in (["check"], ["audit", "verify"]):
        ended = launch.ran(folder, *command)
        assert ended.returncode == 0, ended.stdout + ended.stderr
