"""Around everything: headers that every answer has, and who may read it from another site.

https://owasp.org/www-project-secure-headers/ and https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.cors import Cors, Headers, adding

_ALWAYS: Headers = [(b"x-content-type-options", b"nosniff")]
_HTTPS: Headers = [(b"strict-transport-security", b"max-age=31536000")]


class Edge:
    """Pure ASGI. `secure` is whether clients come by https."""

    def __init__(self, cors: Cors, *, secure: bool) -> None:
        self._cors = cors
        self._always = [*_ALWAYS, *(_HTTPS if secure else [])]

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        headers = self._always
        if self._cors.concerns(scope["path"]):
            if self._cors.asks_first(scope):
                await self._cors.answer(scope, receive, adding(send, headers))
                return
            headers = [*headers, *await self._cors.allowed(scope)]
        await app(scope, receive, adding(send, headers))
