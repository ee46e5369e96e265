"""The only place that wires: settings, store, specification, policy, authorization server, routes.

docs/architecture.md
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from api import capability, error_boundary, grounds, openapi, routes, signing
from api import settings as app_settings
from api.cursor import Cursors
from api.dependencies import Dependencies
from api.middleware import RequestLine
from api.oauth.server import AuthorizationServer
from api.operations import timetable
from api.pages.home import Home
from api.settings import Settings
from consent.engine import PolicyEngine
from consent.gate import Gate
from profiles import load
from resources.record.second_opinion import SecondOpinion
from resources.search.index import Index
from resources.store import open as stores
from resources.store.port import Vault

_ANY_FORMAT = {timetable.timetable}


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = _now) -> FastAPI:
    """The application over one store, which is opened with it and closed with it."""
    settings = settings or app_settings.read()
    spec = load.load()
    store = stores.opened(settings.store_address)
    opinion = SecondOpinion(settings.second_opinion)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await store.open()
        index = Index(spec, settings.fhir)
        gate = Gate(PolicyEngine.of(store, spec, index), stored=opinion.offer, decided=grounds.note)
        app.router.routes.extend(_routes(settings, index, gate, store.vault, clock))
        seconds, events = settings.trail_root_seconds, settings.trail_root_events
        async with signing.signing(store, settings.data / "keys", clock, seconds=seconds, events=events):
            yield
        await store.close()
        opinion.close()

    app = FastAPI(title="Tsunagu", version=capability.VERSION, lifespan=lifespan, openapi_url=None, docs_url=None)
    app.router.redirect_slashes = False
    app.add_exception_handler(HTTPException, _outside)  # type: ignore[arg-type]  # starlette types it for any exception
    app.add_middleware(RequestLine)
    return app


def _routes(settings: Settings, index: Index, gate: Gate, vault: Vault, clock: Callable[[], datetime]) -> list[Route]:
    keys, spec = settings.data / "keys", index.spec
    server = AuthorizationServer(
        vault,
        settings.address,
        settings.fhir,
        keys,
        clock,
        access_lifetime=settings.token_seconds,
        token_rate=settings.token_rate,
        sign_in_rate=settings.sign_in_rate,
    )
    on = Dependencies(
        settings=settings,
        spec=spec,
        index=index,
        gate=gate,
        bearer=server.bearer,
        cursors=Cursors.load(keys),
        clock=clock,
        metadata=orjson.dumps(capability.statement(spec, index, settings)),
    )
    return [Route("/", Home(spec).show), *server.routes(), Route("/openapi.json", openapi.endpoint(spec)), *_fhir(on)]


def _fhir(on: Dependencies) -> list[Route]:
    """Operations before interactions: `$route` is not an id."""
    return [
        Route(f"/fhir{path}", error_boundary.endpoint(handler, on, any_format=handler in _ANY_FORMAT), methods=[method])
        for method, path, handler in (*routes.OPERATIONS, *routes.INTERACTIONS)
    ]


async def _outside(request: Request, fault: HTTPException) -> Response:
    return (
        error_boundary.not_allowed(request, _methods(request))
        if fault.status_code == 405
        else error_boundary.unknown(request)
    )


def _methods(request: Request) -> list[str]:
    """What the address of a request knows; the framework names the methods of the first of its routes only."""
    here = (route for route in request.app.router.routes if isinstance(route, Route))
    matching = (route for route in here if route.matches(request.scope)[0] != Match.NONE)
    return sorted({method for route in matching for method in route.methods or ()})
