"""One line a request, written aside, and none lost at an orderly end."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import threading
from pathlib import Path

import orjson
import pytest

from api.http.request_line import RequestLine
from api.settings import Settings
from api.telemetry import fault_lines
from api.telemetry.log import RequestLog


def test_a_fault_is_told_by_where_it_was_and_its_kind_and_never_in_its_own_words() -> None:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(fault_lines.Formatter("%(message)s"))
    log = logging.Logger("of-this-test")
    log.addHandler(handler)

    marker, known = "花子の" + "目印", dict[str, str]()

    def read(name: str) -> None:
        try:
            known[name]
        except KeyError as fault:
            both = [ValueError(f"no {name} here"), UnicodeError(name)]
            raise ExceptionGroup(f"of {name}", both) from fault

    try:
        read(marker)
    except ExceptionGroup:
        log.exception("request 1 failed")
    for part in ("request 1 failed", "test_log.py", "in read", "ExceptionGroup", "ValueError", "KeyError"):
        assert part in told.getvalue()
    assert marker not in told.getvalue()


@pytest.mark.parametrize("count", [1, 999, 5000])
def test_every_line_is_there_once_and_in_order_after_the_end(count: int, tmp_path: Path) -> None:
    async def story() -> None:
        log = RequestLog.of(Settings(log=str(tmp_path / "log")))
        for number in range(count):
            log.add(b"%d" % number)
        log.close()
        log.add(b"late")

    asyncio.run(story())
    lines = [b"%d" % number for number in range(count)]
    assert (tmp_path / "log").read_bytes().splitlines() == [*lines, b"late"]


def test_a_line_is_on_its_way_before_the_next_comes() -> None:
    async def story() -> None:
        reading, writing = os.pipe()
        log = RequestLog(writing)
        log.add(b"one")
        assert await asyncio.to_thread(os.read, reading, 100) == b"one\n"
        log.close()
        os.close(reading)

    asyncio.run(story())


def test_two_processes_that_write_to_one_pipe_do_not_mix_their_lines() -> None:
    reading, writing = os.pipe()
    lines = [b"a" * 100 if number % 2 else b"b" * 3000 for number in range(400)]

    async def story() -> None:
        logs = [RequestLog(writing) for _ in range(2)]
        for line in lines:
            for log in logs:
                log.add(line)
        for log in logs:
            log.close()
        os.close(writing)

    telling = threading.Thread(target=asyncio.run, args=(story(),))
    telling.start()
    with open(reading, "rb") as pipe:
        found = pipe.read().splitlines()
    telling.join()
    assert sorted(found) == sorted(lines * 2)


def test_a_full_disk_is_said_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        log = RequestLog(os.open("/dev/full", os.O_WRONLY))
        log.add(b"one")
        log.close()

    asyncio.run(story())
    assert "could not be written" in caplog.text


def test_a_line_says_who_what_and_by_which_rules() -> None:
    line = RequestLine(client="desk", action="GET read", status=200, rules=("P1",))
    told = orjson.loads(line.written())
    assert list(told) == ["request", "client", "action", "status", "ms", "rules"]
    assert (told["request"], told["client"], told["rules"]) == (line.request, "desk", ["P1"])
    assert "rules" not in orjson.loads(RequestLine().written())
    assert len({RequestLine().request for _ in range(100)}) == 100


def test_lines_that_found_no_room_are_written_when_there_is_some(tmp_path: Path) -> None:
    async def story() -> None:
        descriptor = os.open("/dev/full", os.O_WRONLY)
        log = RequestLog(descriptor)
        log.add(b"one")
        log.close()
        room = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
        os.dup2(room, descriptor)
        log.add(b"two")

    asyncio.run(story())
    assert (tmp_path / "log").read_bytes().splitlines() == [b"one", b"two"]


def test_a_log_that_was_moved_away_is_gone_on_in_a_new_file(tmp_path: Path) -> None:
    async def story() -> None:
        log = RequestLog.of(Settings(log=str(tmp_path / "log")))
        log.add(b"one")
        log.close()
        (tmp_path / "log").rename(tmp_path / "log.1")
        log.add(b"two")

    asyncio.run(story())
    assert (tmp_path / "log.1").read_bytes() == b"one\n"
    assert (tmp_path / "log").read_bytes() == b"two\n"
