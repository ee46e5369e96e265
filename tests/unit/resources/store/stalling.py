"""A way to a server that can be made to go nowhere: connections stay, and nothing passes any more.

https://www.mongodb.com/docs/manual/core/replica-set-elections/ (a primary that has stopped answering)
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Way:
    """The way, and whether anything passes."""

    def __init__(self, host: str, port: int) -> None:
        self._server = host, port
        self.stalled = False
        self._ends: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._server)
        self._ends += [writer, back]
        self._tasks += [asyncio.create_task(self._pass(*ends)) for ends in ((reader, back), (there, writer))]

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                if not self.stalled:
                    sink.write(data)
                    await sink.drain()
        sink.close()

    async def close(self) -> None:
        for end in self._ends:
            end.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *(end.wait_closed() for end in self._ends), return_exceptions=True)


@asynccontextmanager
async def way_to(address: str) -> AsyncIterator[tuple[str, Way]]:
    """An address that leads to the server of this one, and the way there."""
    host, _, port = address.removeprefix("mongodb://").partition(":")
    way = Way(host, int(port))
    server = await asyncio.start_server(way.serve, "127.0.0.1", 0)
    try:
        yield f"mongodb://127.0.0.1:{server.sockets[0].getsockname()[1]}", way
    finally:
        server.close()
        await way.close()
