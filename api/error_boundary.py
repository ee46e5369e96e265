"""The edge: from a request to a call of a handler, and from a problem to its status; nobody below catches.

https://hl7.org/fhir/R4/http.html#status-codes
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response

from api import grounds, outcomes, respond
from api.call import Call
from api.dependencies import Dependencies
from api.oauth.bearer import Bearer
from api.routes import Handler
from resources.record.problem import Problem
from resources.store.port import Unavailable

Endpoint = Callable[[Request], Awaitable[Response]]

_log = logging.getLogger("tsunagu.edge")
_ACCEPTED = ("*/*", "application/*", "application/fhir+json", "application/json", "text/json")
_FORMATS = ("json", "application/json", "application/fhir+json", "text/json")
_RULE = re.compile(r"\b(?:[RPDF]\d{1,2}a?|scope|art\. \d)\b")


def endpoint(handler: Handler, on: Dependencies, *, any_format: bool = False) -> Endpoint:
    """Serve a handler; `any_format` is for one that chooses what it answers by itself."""

    async def answer(request: Request) -> Response:
        state = request.scope["state"]
        state["action"] = f"{request.method} {handler.__name__}"
        rules = grounds.begin()
        try:
            if not any_format:
                _check_format(request)
            authorization = request.headers.get("authorization")
            actor = await on.bearer.actor(authorization, state["request"], on.clock())
            state["client"] = actor.client
            response = await handler(Call(request, actor, on))
        except Problem as problem:
            return refusal(problem, request)
        except Unavailable as fault:
            _log.error("the store is unavailable: %s", fault)
            text, ja = "the store is unavailable, try again later", "記録庫に接続できません。後でもう一度試してください"
            return refusal(Problem.of("unavailable", text, ja), request)
        except Exception:
            _log.exception("request %s failed", state["request"])
            language = outcomes.language(request.headers.get("accept-language", ""))
            return respond.json(outcomes.outcome([outcomes.UNEXPECTED], "exception", language), 500)
        if rules:
            state["rules"] = sorted(rules)
            response.headers[grounds.HEADER] = " ".join(state["rules"])
        return response

    return answer


def refusal(problem: Problem, request: Request) -> Response:
    """The OperationOutcome of a problem, in the language the request asks for."""
    language = outcomes.language(request.headers.get("accept-language", ""))
    headers = {}
    if problem.kind == "login":
        headers["WWW-Authenticate"] = Bearer.challenge(request.headers.get("authorization"))
    if problem.kind == "too-long" and request.scope["http_version"].startswith("1"):
        # The rest of the body was not read, so the connection cannot carry another request.
        headers["Connection"] = "close"
    said = " ".join(issue.text for issue in problem.issues)
    request.scope["state"]["rules"] = sorted(set(_RULE.findall(said)))
    return respond.json(outcomes.of_problem(problem, language), outcomes.status(problem), headers)


def unknown(request: Request) -> Response:
    """The answer to an address that is none of ours."""
    return refusal(
        Problem.of("not-found", "there is nothing at this address", "このアドレスには何もありません"), request
    )


def not_allowed(request: Request, methods: Iterable[str]) -> Response:
    """The answer to a method that this address does not know, with those it knows."""
    text = f"`{request.method}` is not an interaction of this address"
    ja = f"このアドレスでは `{request.method}` を使えません"
    answer = refusal(Problem.of("not-allowed", text, ja), request)
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def _check_format(request: Request) -> None:
    asked = request.query_params.get("_format")
    kinds = [part.partition(";")[0].strip() for part in request.headers.get("accept", "*/*").split(",")]
    if asked is not None:
        fits = asked.partition(";")[0].strip() in _FORMATS
    else:
        fits = any(kind in _ACCEPTED for kind in kinds)
    if not fits:
        text = f"this server answers `application/fhir+json`, not `{asked or ', '.join(kinds)}`"
        raise Problem.of("not-acceptable", text, "このサーバーは `application/fhir+json` で応答します", "_format")
