"""Three hundred bodies that are sent and not ended, by strangers and by one who signed in: memory stays bounded.

docs/operations.md, "limits"
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench import processes
from demo.people import People
from tests.http import launch
from tests.http.launch import Running

pytestmark = pytest.mark.prove

_BODIES, _SIZE = 300, 4_900_000
_SENDING, _LATER = 15.0, 60.0
_RISE, _REST = 150.0, 1.5
_CHUNK = b" " * 65_536


@pytest.mark.parametrize("signed_in", [False, True])
def test_three_hundred_held_bodies_do_not_fill_the_memory(tmp_path: Path, *, signed_in: bool) -> None:
    with launch.serving(tmp_path / "city", "--demo", workers="2", rate="100000000") as running:
        people = People(running.base, running.credentials)
        token = people.officer("yorisoi").token() if signed_in else ""
        people.close()
        rest = processes.resident(running.process.pid)
        highest, sent = rest, 0
        with _holding(running, token) as sending:
            begun = time.monotonic()
            while time.monotonic() < begun + _SENDING:
                sent = next(sending)
                highest = max(highest, processes.resident(running.process.pid))
        over = time.monotonic() + _LATER
        while (after := processes.resident(running.process.pid)) > rest * _REST and time.monotonic() < over:
            pass
    print(f"sent {sent / 1e6:.0f} MB; at rest {rest:.0f}, at most {highest:.0f}, after {after:.0f} MB")
    assert highest <= rest + _RISE
    assert after <= rest * _REST


@contextmanager
def _holding(running: Running, token: str) -> Iterator[Iterator[int]]:
    """So many connections, each of which sends as much as is taken, and never the last byte; how much was in all."""
    found = urlsplit(running.address)
    path = "/fhir/Patient" if token else "/fhir/Patient/_search"
    kind = "application/fhir+json" if token else "application/x-www-form-urlencoded"
    lines = [f"POST {path} HTTP/1.1", f"Host: {found.netloc}", f"Content-Type: {kind}", f"Content-Length: {_SIZE}"]
    head = "\r\n".join([*lines, *([f"Authorization: Bearer {token}"] if token else []), "", ""]).encode()
    with ExitStack() as stack:
        waiting = stack.enter_context(selectors.DefaultSelector())
        for _ in range(_BODIES):
            one = stack.enter_context(socket.create_connection((found.hostname or "", found.port or 80)))
            one.sendall(head)
            one.setblocking(False)
            waiting.register(one, selectors.EVENT_WRITE, _SIZE - 1)
        yield _sent(waiting)


def _sent(waiting: selectors.BaseSelector) -> Iterator[int]:
    sent = 0
    while True:
        for key, _ in waiting.select(0.05):
            one, left = key.fileobj, int(key.data)
            assert isinstance(one, socket.socket)
            try:
                done = one.send(_CHUNK[:left])
            except OSError:  # it was answered, and closed
                waiting.unregister(one)
                continue
            sent += done
            if left == done:
                waiting.unregister(one)
            else:
                waiting.modify(one, selectors.EVENT_WRITE, left - done)
        yield sent
