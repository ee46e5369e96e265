"""Around everything but the FHIR API, which does it itself: an id for each request, and its line in the log.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http import error_boundary
from api.http.intake import Intake
from api.http.request_line import RequestLine


class Logged:
    """Pure ASGI. `add` takes the line."""

    def __init__(self, app: ASGIApp, add: Callable[[RequestLine], None]) -> None:
        self.app, self._add = app, add

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        line = RequestLine()
        scope["request_id"] = line.request

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                line.status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", line.request.encode())]
            await send(message)

        try:
            await self.app(scope, receive, counted)
        except Exception as fault:
            if line.status:
                raise
            await _failed(fault, scope, line, counted)
        finally:
            line.action, line.client = _action(scope), scope.get("client_id", "")
            self._add(line)


async def _failed(fault: Exception, scope: Scope, line: RequestLine, send: Send) -> None:
    """What could not be answered is answered all the same, in the words of OAuth for its endpoints."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    answer = error_boundary.refusal(fault, headers, line.request)
    body, kind = answer.body, answer.kind
    if scope["path"].startswith("/oauth/"):
        kind = "application/json"
        body = b'{"error":"temporarily_unavailable"}' if answer.status == 503 else b'{"error":"server_error"}'
    said = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": answer.status, "headers": said})
    await send({"type": "http.response.body", "body": body})


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
