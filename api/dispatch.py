"""The FHIR API over HTTP, as plain ASGI: from a request to a call of its row, and from the answer to bytes.

https://asgi.readthedocs.io/en/latest/specs/www.html; https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from api import grounds
from api.clock import Clock
from api.dependencies import Dependencies
from api.http import dressing, error_boundary, media, packing, query, told_beside
from api.http.answer import Answer
from api.http.call import Call
from api.http.intake import Body, Intake
from api.http.media import Form
from api.http.request_line import RequestLine
from api.http.shares import Shares
from api.oauth import source
from api.oauth.bearer import Bearer
from api.oauth.dpop import Shown
from api.oauth.turned_away import TurnedAway
from api.routing import routes
from consent.actor import Actor
from resources.record.problem import Problem
from resources.search import result_parameters

BASE = "/fhir"
_VARY = (b"vary", b"Authorization, Accept, Accept-Encoding, Accept-Language")
_SINGLE = frozenset(
    {
        *(b"authorization", b"content-type", b"if-match", b"if-none-match", b"if-none-exist"),
        *(b"x-provenance", b"x-security-context"),
    }
)
_LISTS = (b"accept", b"prefer")
_PERSONAL = (b"cache-control", b"no-store")
"""Nobody keeps an answer: it is for one reader, at one moment."""


class Dispatch:
    """`add` takes the line of each request for the log."""

    def __init__(
        self,
        on: Dependencies,
        bearer: Bearer,
        clock: Clock,
        add: Callable[[RequestLine], None],
        intake: Intake,
        shares: Shares,
        turned_away: TurnedAway,
    ) -> None:
        self._on, self._bearer, self._clock, self._add = on, bearer, clock, add
        self._intake, self._shares, self._turned_away = intake, shares, turned_away
        self._sources = source.Sources(source.networks(on.settings.trusted_proxies))

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
            self._add(line)

    async def _answered(self, scope: Scope, receive: Receive, line: RequestLine) -> Answer:
        method, path = scope["method"], scope["path"][len(BASE) :].removesuffix("/")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        if len(headers) < len(scope["headers"]):
            _join(headers, scope)
        headers.setdefault("accept", "*/*")
        found = routes.find("GET" if method == "HEAD" else method, path)
        if found is None:
            if method == "OPTIONS" and (allowed := routes.allowed(path)):
                return Answer(204, headers={"allow": ", ".join([*allowed, "OPTIONS"])})
            answer = error_boundary.unserved(method, routes.allowed(path), headers, line.request)
            said = _shape(scope)
            return await dressing.dressed(self._on.spec, answer, error_boundary.form_of_refusal(said, headers), said)
        row, parts = found
        line.action = f"{method} {row.name}"
        permitted = grounds.begin()
        body = self._intake.of(receive, _announced(scope, headers))
        form: Form = "json"
        parameters: Sequence[tuple[str, str]] = ()
        shape: list[tuple[str, str]] = []
        try:
            _once(scope)
            parameters = query.read(scope["query_string"]) if scope["query_string"] else ()
            form = error_boundary.check_format(row, parameters, headers, parts.get("type", ""))
            error_boundary.check_preferences(row, headers)
            told_beside.check(row, headers)
            error_boundary.check_parameters(row, parameters)
            sent = headers.get("authorization")
            shown = self._shown(scope) if sent is not None and sent[:5].lower() == "dpop " else None
            actor = await self._bearer.actor(sent, line.request, self._clock(), shown)
            line.client = actor.client
            body.asker = self._asker(actor, scope)
            with self._shares.turn(body.asker):
                coding = headers.get("content-encoding")
                read = packing.unpacked(body, coding) if coding else body.read
                answer = await row.handler(Call(method, parts, parameters, headers, read, actor, self._on, shape))
            if shape:
                parameters = [*parameters, *shape]
                form = media.wanted(parameters, headers)
        except Exception as fault:
            answer = await self._refused(fault, headers, line, scope)
            parameters = [*(parameters or _shape(scope)), *shape]
            form = error_boundary.form_of_refusal(parameters, headers)
        finally:
            body.close()
        if body.cut:
            await self._dropped(body, scope, answer)
        if form != "json" or parameters:
            answer = await dressing.dressed(self._on.spec, answer, form, parameters)
        if len(answer.body) > packing.LONG and packing.accepts(headers.get("accept-encoding", "")):
            answer.body, answer.headers["content-encoding"] = await packing.packed(answer.body), "gzip"
        if permitted and answer.status < 400:
            answer.rules = tuple(sorted(permitted))
            answer.headers[grounds.HEADER] = " ".join(answer.rules)
        return answer

    async def _refused(self, fault: Exception, headers: Mapping[str, str], line: RequestLine, scope: Scope) -> Answer:
        """The answer to a fault; who is not signed in, or not any more, is on the trail before it."""
        if isinstance(fault, Problem) and fault.kind == "login":
            http, token = HTTPConnection(scope), "authorization" in headers
            try:
                await self._turned_away.note(http, self._sources.of(http), line.request, token=token)
            except Exception as outage:
                fault = outage
        return error_boundary.refusal(fault, headers, line.request)

    @staticmethod
    async def _dropped(body: Body, scope: Scope, answer: Answer) -> None:
        """Let the rest of a body pass by that nobody read; where it does not, the connection carries nothing more."""
        if answer.status != 408 and not any(name == b"expect" for name, _ in scope["headers"]):
            await body.drop()
        if body.cut and scope["http_version"].startswith("1"):
            answer.headers["connection"] = "close"

    def _asker(self, actor: Actor, scope: Scope) -> str:
        """Whose share of the server a request uses: that of who signed in, else of the address it comes from."""
        return (
            f"from {self._sources.of(HTTPConnection(scope))}" if actor.anonymous else f"{actor.client} {actor.person}"
        )

    def _shown(self, scope: Scope) -> Shown:
        """The proof that a token bound to a key comes with, and what it must be for."""
        proofs = tuple(value.decode("latin-1") for name, value in scope["headers"] if name == b"dpop")
        return Shown(proofs, scope["method"], f"{self._on.settings.address}{scope['path']}")


def _once(scope: Scope) -> None:
    """Raises Problem where a header is there twice that two readers could read differently."""
    names = [name for name, _ in scope["headers"] if name in _SINGLE]
    if len(names) != len(set(names)):
        twice = next(name for name in names if names.count(name) > 1).decode()
        raise Problem.of("structure", f"the header `{twice}` is there twice", f"ヘッダー `{twice}` が重複しています")


def _shape(scope: Scope) -> Sequence[tuple[str, str]]:
    """How an answer is to be written, of an address whose parameters nobody asked for; nothing where they cannot be
    read."""
    try:
        given = query.read(scope["query_string"])
    except Problem:
        return ()
    return [each for each in given if each[0] in result_parameters.IGNORED]


def _announced(scope: Scope, headers: Mapping[str, str]) -> int | None:
    """How long the body will be; None where only its end will tell."""
    said = headers.get("content-length", "")
    if said.isascii() and said.isdigit():
        return int(said)
    return None if "transfer-encoding" in headers or not scope["http_version"].startswith("1") else 0


def _join(headers: dict[str, str], scope: Scope) -> None:
    """What may be said in several headers of one name is one list."""
    for name in _LISTS:
        said = [value.decode("latin-1") for each, value in scope["headers"] if each == name]
        if len(said) > 1:
            headers[name.decode()] = ", ".join(said)


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
