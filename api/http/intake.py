"""The bodies that one process takes in: how many bytes at once, how much of them for one asker, for how long.

docs/operations.md, "limits"; https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.types import Message, Receive

from api.http import call
from api.turn import Turn
from resources.record.problem import Problem

HEAVY = 256 * 1024
"""Bytes of a body that takes long to read, check and index: those wait for one another."""

_LAST = 1.0
"""Seconds for what is still to come where the server ends."""

_DROPPED, _DROPPED_OF_STRANGERS = 16 * 1024 * 1024, 64 * 1024
"""Bytes that are let pass by, of a body that was refused."""

_PART = 64 * 1024
"""So much of a body whose length is not said is counted before it comes."""


class Intake:
    """`most` bytes at once, half of them for one asker; `seconds` for one body, and for a heavy one to get its turn."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._held = 0
        self._of: Counter[str] = Counter()
        self._reading: set[asyncio.Timeout] = set()
        self.turn = Turn(seconds)

    @property
    def held(self) -> int:
        """Bytes of bodies, sent or announced, of requests that are not answered yet."""
        return self._held

    def of(self, receive: Receive, length: int | None) -> Body:
        """The body of one request, of which nothing is read yet; `length` is what it says of itself."""
        return Body(self, receive, length)

    def end(self) -> None:
        """Wait no longer for a body that is not all here."""
        self._seconds = self.turn.seconds = min(self._seconds, _LAST)
        for reading in self._reading:
            reading.reschedule(asyncio.get_running_loop().time() + self._seconds)

    def take(self, asker: str, size: int) -> None:
        """Raises Problem where there is no room for so many bytes more."""
        if self._held + size > self._most:
            text, ja = (
                "too much is being sent at once, try again",
                "送信が集中しています。少し後でもう一度送ってください",
            )
            raise Problem.of("unavailable", text, ja)
        if self._of[asker] + size > max(self._most // 2, size):
            text, ja = "you are sending too much at once", "一度に送っている量が多すぎます"
            raise Problem.of("too-often", text, ja)
        self._held += size
        self._of[asker] += size

    def give_back(self, asker: str, size: int) -> None:
        self._held -= size
        self._of[asker] -= size
        if not self._of[asker]:
            del self._of[asker]

    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """Raises TimeoutError where what is awaited does not come in time, or the server ends."""
        async with asyncio.timeout(self._seconds) as reading:
            self._reading.add(reading)
            try:
                yield
            finally:
                self._reading.discard(reading)

    def timed(self, receive: Receive) -> Receive:
        """What comes of a request for a page or a token; where it does not come in time, its sender has gone."""

        async def received() -> Message:
            try:
                async with self.in_time():
                    return await receive()
            except TimeoutError:
                return {"type": "http.disconnect"}

        return received


class Body:
    """The body of one request: read once, when it is asked for; `close` gives back what it took.

    `asker` is whose share it is of, empty as long as that is not known. `cut` says whether there may be more of it on
    the connection, which then carries no other request.
    """

    __slots__ = ("_intake", "_length", "_receive", "_taken", "_turn", "asker", "cut")

    def __init__(self, intake: Intake, receive: Receive, length: int | None) -> None:
        self._intake, self._receive, self._length = intake, receive, length
        self._taken = 0
        self._turn: str | None = None
        self.asker, self.cut = "", length != 0

    async def read(self, most: int) -> bytes:
        """All of it. Raises Problem where it is longer than so many bytes, comes too slowly, or there is no room."""
        if self._length is not None and self._length > most:
            raise call.too_long(most)
        self._take(self._length or 0)
        try:
            async with self._intake.in_time():
                found = await self._whole(most)
        except TimeoutError:
            text, ja = "the body did not come in time", "本文が時間内に届きませんでした"
            raise Problem.of("too-slow", text, ja) from None
        if len(found) > HEAVY:
            asker = self.asker
            await self._intake.turn.begin(asker)
            self._turn = asker
        return found

    def grow(self, size: int) -> None:
        """It has turned out to be so many bytes. Raises Problem where there is no room for them."""
        if size > self._taken:
            self._take(size - self._taken)

    async def drop(self) -> None:
        """Let what nobody wanted pass by, as far as it is not too much: who still sends reads no answer."""
        left = _DROPPED if self.asker else _DROPPED_OF_STRANGERS
        if self._length is None or self._length > left:
            return
        with suppress(TimeoutError, Problem):
            async with asyncio.timeout(_LAST):
                while self.cut:
                    await self._part()

    def close(self) -> None:
        """The request is answered."""
        self._intake.give_back(self.asker, self._taken)
        self._taken = 0
        if self._turn is not None:
            self._intake.turn.end(self._turn)
            self._turn = None

    async def _whole(self, most: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        while self.cut:
            part = await self._part()
            size += len(part)
            if size > most:
                raise call.too_long(most)
            if size > self._taken:
                self._take(min(size + _PART, most) - self._taken)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _part(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise Problem.of("structure", "the body ends too early", "本文が途中で終わっています")
        self.cut = message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part

    def _take(self, size: int) -> None:
        self._intake.take(self.asker, size)
        self._taken += size
