"""The FHIR API over HTTP, as plain ASGI: from a request to a call of its row, and from the answer to bytes.

https://asgi.readthedocs.io/en/latest/specs/www.html; https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from api import call, error_boundary, grounds, routes
from api.answer import Answer
from api.call import Call, Content
from api.clock import Clock
from api.dependencies import Dependencies
from api.oauth.bearer import Bearer
from api.oauth.dpop import Shown
from api.request_line import RequestLine
from resources.record.problem import Problem

BASE = "/fhir"
_VARY = (b"vary", b"Authorization, Accept, Accept-Language")
_PERSONAL = (b"cache-control", b"no-store")
"""Nobody keeps an answer: it is for one reader, at one moment."""


class Dispatch:
    """`add` takes the line of each request for the log."""

    def __init__(self, on: Dependencies, bearer: Bearer, clock: Clock, add: Callable[[bytes], None]) -> None:
        self._on, self._bearer, self._clock, self._add = on, bearer, clock, add

    @staticmethod
    def serves(path: str) -> bool:
        """Whether an address is of the FHIR API; `/fhir/.well-known` is of the authorization server."""
        return path.startswith(BASE) and path[5:6] in ("", "/") and path[6:7] != "."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line = RequestLine()
        try:
            answer = await self._answered(scope, receive, line)
            line.status, line.rules = answer.status, answer.rules
            await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer, line)})
            await send({"type": "http.response.body", "body": answer.body})
        finally:
            self._add(line.written())

    async def _answered(self, scope: Scope, receive: Receive, line: RequestLine) -> Answer:
        method, path = scope["method"], scope["path"][len(BASE) :]
        # Of a header that is there twice, the first counts.
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        found = routes.find("GET" if method == "HEAD" else method, path)
        if found is None:
            return error_boundary.unserved(method, routes.allowed(path), headers, line.request)
        row, parts = found
        line.action = f"{method} {row.name}"
        permitted = grounds.begin()
        try:
            parameters = _parameters(scope["query_string"])
            error_boundary.check_format(row, parameters, headers)
            error_boundary.check_parameters(row, parameters)
            sent = headers.get("authorization")
            shown = self._shown(scope) if sent is not None and sent[:5].lower() == "dpop " else None
            actor = await self._bearer.actor(sent, line.request, self._clock(), shown)
            line.client = actor.client
            answer = await row.handler(Call(method, parts, parameters, headers, _content(receive), actor, self._on))
        except Exception as fault:
            answer = error_boundary.refusal(fault, headers, line.request)
            if answer.status == 413 and scope["http_version"].startswith("1"):
                # The rest of the body was not read, so the connection cannot carry another request.
                answer.headers["connection"] = "close"
            return answer
        if permitted:
            answer.rules = tuple(sorted(permitted))
            answer.headers[grounds.HEADER] = " ".join(answer.rules)
        return answer

    def _shown(self, scope: Scope) -> Shown:
        """The proof that a token bound to a key comes with, and what it must be for."""
        proofs = tuple(value.decode("latin-1") for name, value in scope["headers"] if name == b"dpop")
        return Shown(proofs, scope["method"], f"{self._on.settings.address}{scope['path']}")


def _parameters(query: bytes) -> Sequence[tuple[str, str]]:
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else ()


def _content(receive: Receive) -> Content:
    """The body as it comes in, and no more of it than is wanted."""

    async def content(most: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Problem.of("structure", "the body ends too early", "本文が途中で終わっています")
            part = message.get("body", b"")
            size += len(part)
            if size > most:
                raise call.too_long(most)
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    return content


def _headers(answer: Answer, line: RequestLine) -> list[tuple[bytes, bytes]]:
    found = [(b"x-request-id", line.request.encode()), _VARY]
    if "cache-control" not in answer.headers:
        found.append(_PERSONAL)
    if answer.kind:
        found.append((b"content-type", answer.kind.encode("latin-1")))
    if answer.status not in (204, 304):
        found.append((b"content-length", b"%d" % len(answer.body)))
    found += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    return found
