"""Several server processes are one server: what one has counted, spent or revoked, all have.

docs/operations.md, "workers"
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from api import installation, worker
from demo.journey import play
from demo.people import People
from tests import trusting
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import PATIENCE, Running
from tests.http.stored import Stored

_RATE = 7
_LISTEN = " 00000000:0000 0A "
"""A socket that listens, as the kernel lists it."""

_CONNECTIONS = 16
"""Enough that each of two processes has some: the kernel deals them out."""


@pytest.fixture
def running(installed: Path, tmp_path: Path) -> Iterator[Running]:
    with launch.serving(
        launch.copied(installed, tmp_path / "city"), workers="2", token_rate=str(_RATE), hang_seconds="2"
    ) as running:
        both_serve(running)
        yield running


def workers(running: Running) -> set[int]:
    """The processes that the first one has begun, and that live."""
    first = running.process.pid
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return {int(each) for each in children if _state(int(each)) != "Z"}


def test_the_journey_holds_over_two_workers(installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    with launch.serving(folder, workers="2") as running:
        assert len(workers(running)) == 2
        told = list(play.play(running.base, running.credentials))
        assert [act for act in told if not act.held] == []
        assert {act.step for act in told} == set("abcdefghi")
        assert running.end(signal.SIGINT) == 0
    assert Stored(folder).sound()
    assert "Traceback" not in "".join(running.said)


def test_no_process_would_leave_a_core_file(running: Running) -> None:
    for pid in (running.process.pid, *workers(running)):
        limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
        [line] = [each for each in limits if each.startswith("Max core file size")]
        assert line.split()[4] == "0"


def test_the_first_process_ends_all_of_them(running: Running) -> None:
    ends = [os.pidfd_open(pid) for pid in workers(running)]
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE) == 0
    assert len(ends) == 2
    assert ended(ends)


def test_workers_end_with_a_parent_that_is_killed(running: Running) -> None:
    ends = [os.pidfd_open(pid) for pid in workers(running)]
    os.kill(running.process.pid, signal.SIGKILL)
    assert len(ends) == 2
    assert ended(ends)


def test_a_worker_that_dies_is_replaced(running: Running) -> None:
    before = workers(running)
    killed = min(before)
    end = os.pidfd_open(killed)
    os.kill(killed, signal.SIGKILL)
    assert ended([end])
    both_serve(running)
    assert len(workers(running) - before) == 1
    assert answers(running)


def test_a_worker_that_was_stopped_is_replaced_and_another_serves_meanwhile(running: Running) -> None:
    before = workers(running)
    stopped = min(before)
    end = os.pidfd_open(stopped)
    with ExitStack() as open_ones:
        connections = [open_ones.enter_context(Asking(running.base)) for _ in range(_CONNECTIONS)]
        assert {each.ask("GET", "metadata").status for each in connections} == {200}
        os.kill(stopped, signal.SIGSTOP)
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            told = list(pool.map(_told, connections))
    assert set(told) == {200, None}
    assert ended([end])
    both_serve(running)
    assert len(workers(running) - before) == 1
    assert "did nothing for 2 seconds and were ended" in "".join(running.said)


def test_those_that_serve_go_on_while_the_first_process_is_stopped_and_it_replaces_the_dead_when_it_is_back(
    running: Running,
) -> None:
    before, first = workers(running), running.process.pid
    os.kill(first, signal.SIGSTOP)
    try:
        killed = min(before)
        end = os.pidfd_open(killed)
        os.kill(killed, signal.SIGKILL)
        assert ended([end])
        patience = time.monotonic() + PATIENCE
        while not answers(running):
            assert time.monotonic() < patience
        assert workers(running) == before - {killed}
    finally:
        os.kill(first, signal.SIGCONT)
    both_serve(running)
    assert len(workers(running) - before) == 1
    assert workers(running) & before == before - {killed}, "who went on meanwhile is not taken for one that hangs"
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE) == 0


def test_a_worker_that_hangs_says_where_before_it_is_replaced(running: Running) -> None:
    for pid in workers(running):
        os.kill(pid, worker.WHERE)
    patience = time.monotonic() + PATIENCE
    while not any("in _spawn_asgi_lifespan_worker" in line for line in running.said):
        assert time.monotonic() < patience
    assert answers(running)


def test_those_that_die_as_soon_as_they_are_there_are_replaced_and_the_others_go_on(running: Running) -> None:
    for _ in range(3):
        dying = workers(running)
        ends = [os.pidfd_open(pid) for pid in dying]
        for pid in dying:
            os.kill(pid, signal.SIGKILL)
        assert ended(ends)
        both_serve(running)
        assert len(workers(running) - dying) == 2
    assert answers(running)
    assert running.end(signal.SIGTERM) == 0


def test_no_keys_are_made_anew_for_a_process_that_is_begun_later(running: Running) -> None:
    before = workers(running)
    keys, away = running.folder / "keys", running.folder / "away"
    keys.rename(away)
    running.process.send_signal(signal.SIGHUP)
    while not any("are not replaced" in line for line in running.said):
        assert running.process.poll() is None
    assert workers(running) == before
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    while not any("cannot serve" in line for line in running.said):
        assert running.process.poll() is None
    assert not keys.exists()
    assert "missing: restore from the backup" in "".join(running.said)
    away.rename(keys)
    both_serve(running)
    assert answers(running)


def test_an_address_is_counted_by_all_of_them_together(running: Running) -> None:
    def ask(_: int) -> int:
        return trusting.post(f"{running.address}/oauth/token", data={"grant_type": "x"}).status_code

    begun, statuses = -1, [0]
    while begun != int(time.time() // 60):  # the minute in which they all were asked
        begun = int(time.time() // 60)
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(ask, range(40)))
    assert len([status for status in statuses if status != 429]) in (0, _RATE)


def test_a_token_revoked_by_one_is_refused_by_all(running: Running) -> None:
    people = People(running.base, running.credentials)
    try:
        token = people.officer("yorisoi").token()
        with ExitStack() as open_ones:
            connections = [open_ones.enter_context(Asking(running.base, token)) for _ in range(_CONNECTIONS)]
            assert {each.ask("GET", "Patient?_count=0").status for each in connections} == {200}
            asked = {"token": token, "client_id": installation.DESK}
            revoked = trusting.post(f"{running.address}/oauth/revoke", data=asked)
            assert revoked.status_code == 200
            assert {each.ask("GET", "Patient?_count=0").status for each in connections} == {401}
    finally:
        people.close()


def test_a_page_begun_by_one_is_continued_by_all(running: Running) -> None:
    with ExitStack() as open_ones:
        connections = [open_ones.enter_context(Asking(running.base)) for _ in range(_CONNECTIONS)]
        page = connections[0].ask("GET", "Organization?_count=1").json
        following = {link["relation"]: link["url"] for link in page["link"]}["next"]
        pages = [each.ask("GET", following.removeprefix(f"{running.base}/")) for each in connections]
        assert {each.status for each in pages} == {200}
        assert len({tuple(each.references) for each in pages}) == 1


def both_serve(running: Running, number: int = 2) -> None:
    """Ask until all processes listen: the first says that it does, and the others may take longer."""
    port = f":{int(running.address.rpartition(':')[2]):04X} "
    patience = time.monotonic() + PATIENCE
    while (
        len([line for line in Path("/proc/net/tcp").read_text().splitlines() if port in line and _LISTEN in line])
        < number
    ):
        assert time.monotonic() < patience
        answers(running)


def _told(connection: Asking) -> int | None:
    """The status of an answer; none where the connection ends without one."""
    try:
        return connection.ask("GET", "metadata").status
    except httpx2.TransportError:
        return None


def answers(running: Running) -> bool:
    """Whether a new connection is answered; it is not where it meets a process that was just killed."""
    try:
        with Asking(running.base) as nobody:
            return nobody.ask("GET", "Organization/okayama-city").status == 200
    except httpx2.TransportError:
        return False


def ended(ends: list[int]) -> bool:
    """Whether all of these processes end; asks the kernel to say when."""
    for end in ends:
        waiting = select.poll()
        waiting.register(end, select.POLLIN)
        if not waiting.poll(PATIENCE * 1000):
            return False
        os.close(end)
    return True


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"
