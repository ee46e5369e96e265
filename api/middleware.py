"""Around everything but the FHIR API, which does it itself: an id for each request, and its line in the log.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.intake import Intake
from api.request_line import RequestLine


class Logged:
    """Pure ASGI. `add` takes the line."""

    def __init__(self, app: ASGIApp, add: Callable[[RequestLine], None]) -> None:
        self.app, self._add = app, add

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        line = RequestLine()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                line.status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", line.request.encode())]
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            line.action = _action(scope)
            self._add(line)


class Timely:
    """Pure ASGI. A body that does not come in time is one whose sender has gone."""

    def __init__(self, app: ASGIApp, intake: Intake) -> None:
        self.app, self._intake = app, intake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, self._intake.timed(receive) if scope["type"] == "http" else receive, send)


def _action(scope: Scope) -> str:
    """The method and the route's own path, never the caller's; nothing where no route has them."""
    routes = (route for route in scope["app"].router.routes if isinstance(route, Route))
    found = next((route.path for route in routes if route.matches(scope)[0] is Match.FULL), "")
    return f"{scope['method']} {found}" if found else ""
