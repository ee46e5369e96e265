"""The whole application in this process, asked by ordinary clients without a socket.

https://asgi.readthedocs.io/en/latest/specs/www.html; docs/simulate.md
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx2

from api.app import Application

T = TypeVar("T")


class InProcess(httpx2.BaseTransport):
    """Takes a request to the application, whose loop runs in another thread."""

    def __init__(self, app: Application, loop: asyncio.AbstractEventLoop, before: Callable[[], None]) -> None:
        """`before` is called before each request."""
        self.app, self._loop, self._before = app, loop, before
        self._inner = httpx2.ASGITransport(app=app)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._before()
        return self.run(self._asked(request))

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """What the loop of the application makes of it."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result()

    async def _asked(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        body = b"".join([part async for part in answer.aiter_raw()])
        return httpx2.Response(answer.status_code, headers=answer.headers, content=body)


@contextmanager
def serving(app: Application, before: Callable[[], None]) -> Iterator[InProcess]:
    """The application from its start to its end. Raises what its start raises."""
    standing, failed = threading.Event(), list[BaseException]()
    held: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def live() -> None:
        end = asyncio.Event()
        held.append((asyncio.get_running_loop(), end))
        async with app.router.lifespan_context(app):
            standing.set()
            await end.wait()

    def host() -> None:
        try:
            asyncio.run(live())
        except BaseException as fault:  # it is raised again where the server is waited for
            failed.append(fault)
        finally:
            standing.set()

    thread = threading.Thread(target=host)
    thread.start()
    standing.wait()
    try:
        if failed:
            raise failed[0]
        yield InProcess(app, held[0][0], before)
    finally:
        if held:
            held[0][0].call_soon_threadsafe(held[0][1].set)
        thread.join()
