"""Pages of applications on other sites may call the API, from the origins that the settings or the clients name.

https://fetch.spec.whatwg.org/#http-cors-protocol and https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import Message, Receive, Scope, Send

from api.http.request_line import RequestLine

Headers = list[tuple[bytes, bytes]]

_SHARED = (
    "/oauth/par",
    "/oauth/register",
    "/oauth/launch",
    "/fhir",
    "/.well-known/",
    "/oauth/token",
    "/oauth/introspect",
    "/oauth/revoke",
    "/oauth/jwks",
)
_FOR_EVERYBODY = ("/fhir/metadata", "/fhir/.well-known/", "/.well-known/", "/oauth/jwks")
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_SENT = (
    b"Accept, Accept-Language, Authorization, Content-Type, DPoP, If-Match, If-Modified-Since, If-None-Exist,"
    b" If-None-Match, Prefer, X-Provenance, X-Requested-With,"
    b" X-Security-Context"
)
_READ = (
    b"Content-Location, DPoP-Nonce, ETag, Last-Modified, Location, Retry-After, WWW-Authenticate, X-Policy-Rules,"
    b" X-Request-Id"
)
_KEPT = b"600"


class Cors:
    """`named` says of an origin whether it may; no cookie ever counts, so nobody's session is lent to a page."""

    def __init__(self, named: Callable[[str], Awaitable[bool]], add: Callable[[RequestLine], None]) -> None:
        self._named, self._add = named, add

    @staticmethod
    def concerns(path: str) -> bool:
        """Whether pages of other sites have any business at this address: not at the pages where a person signs in."""
        return path.startswith(_SHARED)

    async def allowed(self, scope: Scope) -> Headers:
        """What lets the page read the answer; only that it depends on the origin where it may not."""
        origin = _header(scope, b"origin")
        if scope["path"].startswith(_FOR_EVERYBODY):
            return [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _READ)]
        if not origin or not await self._named(origin.decode("latin-1")):
            return [(b"vary", b"Origin")]
        named = [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", _READ)]
        return [*named, (b"vary", b"Origin")]

    @staticmethod
    def asks_first(scope: Scope) -> bool:
        """Whether a browser asks what a page may send, before it sends it."""
        return scope["method"] == "OPTIONS" and bool(_header(scope, b"access-control-request-method"))

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What a page may send; nothing where its origin may not."""
        line = RequestLine(action="OPTIONS preflight", status=204)
        headers = [(b"x-request-id", line.request.encode()), *await self.allowed(scope)]
        if any(name == b"access-control-allow-origin" for name, _ in headers):
            headers += [
                (b"access-control-allow-methods", _METHODS),
                (b"access-control-allow-headers", _SENT),
                (b"access-control-max-age", _KEPT),
            ]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        self._add(line)


def adding(send: Send, more: Headers) -> Send:
    """Sends an answer with these headers as well, but for those that it has itself; `vary` is added to."""

    async def added(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name.lower() for name, _ in message.get("headers", ())} - {b"vary"}
            message["headers"] = [*message.get("headers", ()), *(each for each in more if each[0] not in own)]
        await send(message)

    return added


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name == wanted), b"")
