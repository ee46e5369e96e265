"""Around everything: headers that every answer has, who may read it from another site, and a deadline for its body.

https://owasp.org/www-project-secure-headers/ and https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.cors import Cors, Headers, adding

_ALWAYS: Headers = [(b"x-content-type-options", b"nosniff")]
_HTTPS: Headers = [(b"strict-transport-security", b"max-age=31536000")]


class Edge:
    """Pure ASGI. `secure` is whether clients come by https; a body has `seconds` to come."""

    def __init__(self, cors: Cors, *, secure: bool, seconds: float) -> None:
        self._cors, self._seconds = cors, seconds
        self._always = [*_ALWAYS, *(_HTTPS if secure else [])]

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        headers = self._always
        if self._cors.concerns(scope["path"]):
            if self._cors.asks_first(scope):
                await self._cors.answer(scope, receive, adding(send, headers))
                return
            headers = [*headers, *await self._cors.allowed(scope)]
        if scope["method"] in ("GET", "HEAD"):
            await app(scope, receive, adding(send, headers))
            return
        body = _Timely(receive, self._seconds)
        await app(scope, body, _closing(adding(send, headers), body))


class _Timely:
    """Receives a body until its time is over, and then says that the client has gone."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive, self._ends = receive, anyio.current_time() + seconds
        self._whole = False
        self.late = False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        with anyio.CancelScope(deadline=self._ends):
            message = await self._receive()
            self._whole = not message.get("more_body", False)
            return message
        self.late = True
        return {"type": "http.disconnect"}


def _closing(send: Send, body: _Timely) -> Send:
    """The rest of a body that was late is not read, so the connection cannot carry another request."""

    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start" and body.late:
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return closing
