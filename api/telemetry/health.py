"""Whether this process lives, and whether it can do its work: for who starts it again, and who sends it requests.

https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/; docs/operations.md, "health"
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from resources.store.port import Store, Unavailable

_log = logging.getLogger("tsunagu.health")
_MARK = ("installation", "ready")
_PATIENCE = 3.0
"""Seconds that the store may take to write a word."""

_KEPT = 2.0
"""Seconds for which what was found is told again: whoever asks often writes no more."""

_EVERY = 60.0
"""Seconds between two looks at the disk."""


class Health:
    """`free` gives the bytes left on the disk, of which there must be more than `least`."""

    def __init__(self, store: Store, free: Callable[[], int], least: int) -> None:
        self._store, self._free, self._least = store, free, least
        self._found: dict[str, bool] = {}
        self._until = 0.0
        self._asking = asyncio.Lock()
        self._short = False

    async def alive(self, _: Request) -> Response:
        """GET /healthz: the event loop turns."""
        return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})

    async def ready(self, _: Request) -> Response:
        """GET /readyz: 200 where all is well, else 503, and what is not."""
        async with self._asking:
            if time.monotonic() >= self._until:
                self._found = {"store": await self._writes(), "disk": self._room()}
                self._until = time.monotonic() + _KEPT
        told = {name: "ok" if well else "failed" for name, well in self._found.items()}
        return JSONResponse(told, 200 if all(self._found.values()) else 503, headers={"cache-control": "no-store"})

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Warn while this lasts where the disk gets full."""
        looking = asyncio.create_task(self._look(), name="tsunagu-disk")
        try:
            yield
        finally:
            looking.cancel()

    async def _look(self) -> None:
        while True:
            self._room()
            await asyncio.sleep(_EVERY)

    async def _writes(self) -> bool:
        """Records, trail and secrets are in one database: who can write a secret can write them."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._store.vault.replace(*_MARK, b"")
        except (Unavailable, TimeoutError) as fault:
            _log.error("the store cannot be written: %s", str(fault) or "it takes too long")
            return False
        return True

    def _room(self) -> bool:
        try:
            left = self._free()
        except OSError as fault:
            _log.error("the disk cannot be looked at: %s", fault.strerror)
            return False
        short = left < self._least
        if short and not self._short:
            _log.warning("the disk gets full: %d MB are left, TSUNAGU_DISK_LIMIT is %d", left >> 20, self._least >> 20)
        self._short = short
        return not short
