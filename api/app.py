"""The only place that wires: settings, store, specification, policy, authorization server, routes.

docs/architecture.md
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from api import capability, error_boundary, grounds, openapi, signing, simulation
from api import clock as clocks
from api import settings as app_settings
from api.clock import Clock
from api.cursor import Cursors
from api.dependencies import Dependencies
from api.dispatch import Dispatch
from api.log import RequestLog
from api.middleware import Logged
from api.oauth.server import AuthorizationServer
from api.pages.home import Home
from api.pages.policy import Policy
from api.settings import Settings
from consent import derivation
from consent.engine import PolicyEngine
from consent.gate import Gate
from profiles import load, sentence
from profiles.spec import Spec
from resources.record.second_opinion import SecondOpinion
from resources.search.index import Index
from resources.store import open as stores
from resources.store.port import Vault


class Application(FastAPI):
    """FastAPI is the shell of sign-in, OAuth, pages and documents; `fhir`, once there, answers past its layers."""

    fhir: Dispatch | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        if self.fhir is not None and scope["type"] == "http" and self.fhir.serves(scope["path"]):
            return self.fhir(scope, receive, send)
        return super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None, clock: Clock = clocks.system) -> Application:
    """The application over one store, which is opened with it and closed with it.

    A clock of another kind than the system's is for a simulated store alone: its opening raises Unavailable otherwise.
    """
    settings = settings or app_settings.read()
    spec = load.load()
    generation, bound = derivation.generation(spec), settings.question_seconds
    store = stores.opened(settings.store_address, clock, generation=generation, seconds=bound)
    opinion = SecondOpinion(settings.second_opinion)
    log = RequestLog.of(settings)

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        await store.open()
        await simulation.settle(store, settings, clock)
        index = Index(spec, settings.fhir)
        gate = Gate(PolicyEngine.of(store, spec, index), stored=opinion.offer, decided=grounds.note)
        server = _authorization_server(settings, store.vault, clock)
        app.router.routes.extend(_routes(spec, server))
        app.fhir = Dispatch(_dependencies(settings, spec, index, gate), server.bearer, clock, log.add)
        seconds, events = settings.trail_root_seconds, settings.trail_root_events
        async with signing.signing(store, settings.data / "keys", clock, seconds=seconds, events=events):
            yield
        await store.close()
        opinion.close()
        log.close()

    app = Application(title="Tsunagu", version=capability.VERSION, lifespan=lifespan, openapi_url=None, docs_url=None)
    app.router.redirect_slashes = False
    app.add_exception_handler(HTTPException, _outside)  # type: ignore[arg-type]  # starlette types it for any exception
    app.add_middleware(Logged, add=log.add)
    return app


def _authorization_server(settings: Settings, vault: Vault, clock: Clock) -> AuthorizationServer:
    return AuthorizationServer(
        vault,
        settings.address,
        settings.fhir,
        settings.data / "keys",
        clock,
        access_lifetime=settings.token_seconds,
        token_rate=settings.token_rate,
        sign_in_rate=settings.sign_in_rate,
    )


def _dependencies(settings: Settings, spec: Spec, index: Index, gate: Gate) -> Dependencies:
    return Dependencies(
        settings=settings,
        spec=spec,
        index=index,
        gate=gate,
        cursors=Cursors.load(settings.data / "keys"),
        metadata=orjson.dumps(capability.statement(spec, index, settings)),
    )


def _routes(spec: Spec, server: AuthorizationServer) -> list[Route]:
    """What the shell serves."""
    pages = [Route("/", Home(spec).show), Route("/policy", Policy(sentence.chain()).show)]
    return [*pages, *server.routes(), Route("/openapi.json", openapi.endpoint(spec))]


async def _outside(request: Request, fault: HTTPException) -> Response:
    allowed = _methods(request) if fault.status_code == 405 else ()
    answer = error_boundary.unserved(request.method, allowed, request.headers, "")
    return Response(answer.body, answer.status, answer.headers, answer.kind)


def _methods(request: Request) -> list[str]:
    """What the address of a request knows; the framework names the methods of the first of its routes only."""
    here = (route for route in request.app.router.routes if isinstance(route, Route))
    matching = (route for route in here if route.matches(request.scope)[0] != Match.NONE)
    return sorted({method for route in matching for method in route.methods or ()})
