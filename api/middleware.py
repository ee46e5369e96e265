"""One structured line a request, and an id that leads from an answer to it; never a body, never a name.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import logging
import time
import uuid

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("tsunagu.request")


class RequestLine:
    """Pure ASGI. The line holds the route, not the path: a path can hold an id, and a query a name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request"] = request = str(uuid.uuid4())
        begun = time.perf_counter()
        status = 0

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request.encode())]
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            line = {
                "request": request,
                "client": state.get("client", ""),
                "action": state.get("action", ""),
                "status": status,
                "ms": round((time.perf_counter() - begun) * 1000, 2),
            }
            if state.get("rules"):
                line["rules"] = state["rules"]
            _log.info(orjson.dumps(line).decode())
