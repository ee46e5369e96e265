"""Ports of this machine for servers of tests: nobody else is given them, and whoever asks there is answered."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 30
"""Seconds in which a server that was started listens."""


def held() -> socket.socket:
    """A port that nobody else is given until this is closed: it is bound, and does not listen.

    A server that sets SO_REUSEADDR or SO_REUSEPORT, as nearly all do, can listen there.
    """
    place = socket.socket()
    for shared in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        place.setsockopt(socket.SOL_SOCKET, shared, 1)
    place.bind(("127.0.0.1", 0))
    return place


def number(place: socket.socket) -> int:
    port: int = place.getsockname()[1]
    return port


@contextmanager
def port() -> Iterator[int]:
    """The number of a port that is held for as long as this lasts."""
    with held() as place:
        yield number(place)


def listening(port: int) -> None:
    """Until somebody listens there: an application that has started up is served a moment later.

    Raises ConnectionRefusedError when nobody does after `PATIENCE` seconds.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
