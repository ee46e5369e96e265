"""The only place that wires: settings, store, specification, policy, authorization server, routes.

docs/architecture.md
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api import clock as clocks
from api import grounds, simulation
from api import settings as app_settings
from api.beside import leading, signing
from api.beside.exports import Exporting, Exports
from api.beside.overdue import Overdue
from api.beside.overlaps import Overlaps
from api.beside.secluded import Secluded
from api.clock import Clock
from api.cursor import Cursors
from api.dependencies import Dependencies
from api.dispatch import Dispatch
from api.documents import capability, openapi
from api.http import error_boundary, outage
from api.http.cors import Cors
from api.http.edge import Edge
from api.http.intake import Intake
from api.http.middleware import Logged, Timely
from api.http.request_line import RequestLine
from api.http.shares import Shares
from api.oauth import clients, options, source
from api.oauth.events import Events
from api.oauth.issuer import Issuer
from api.oauth.server import AuthorizationServer
from api.oauth.turned_away import TurnedAway
from api.pages.home import Home
from api.pages.policy import Policy
from api.pages.reference import Reference
from api.pages.schemas import Schemas
from api.settings import Settings
from api.subscription.notifying import Notifying
from api.telemetry import metrics as numbers
from api.telemetry.health import Health
from api.telemetry.log import RequestLog
from api.telemetry.metrics import Metrics
from api.telemetry.traced import TracedEdge, TracedGate, TracedWork
from api.telemetry.traces import Traces
from consent import derivation
from consent.engine import PolicyEngine
from consent.gate import Gate
from profiles import load
from profiles.spec import Spec
from resources.record.second_opinion import SecondOpinion
from resources.search.index import Index
from resources.store import open as stores
from resources.store.port import Store, Unavailable, Vault
from resources.store.traced import TracedStore

_MUTE: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The framework's own traces tell addresses and questions: here whatever is told is `api/telemetry/traces.py`'s."""


class Application(FastAPI):
    """FastAPI is the shell of sign-in, OAuth, pages and documents; `fhir`, once there, answers past its layers."""

    fhir: Dispatch | None = None
    edge: Edge | TracedEdge | None = None
    issuer: Issuer | None = None
    works: Sequence[leading.Work] = ()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        if self.edge is None or scope["type"] != "http":
            return super().__call__(scope, receive, send)
        of_fhir = self.fhir is not None and self.fhir.serves(scope["path"])
        inner: ASGIApp = self.fhir if self.fhir is not None and of_fhir else super().__call__
        return self.edge(inner, scope, receive, send)


def create_app(
    settings: Settings | None = None,
    clock: Clock = clocks.system,
    stands: Callable[[], None] = lambda: None,
    told: Callable[[Callable[[], None]], None] = lambda ends: None,
    *,
    driven: bool = False,
) -> Application:
    """The application over one store, which is opened with it and closed with it; `stands` is called when all is made.

    `told` is given what to call, in the event loop, when the process will soon be asked to end.

    Where its work beside the requests is `driven`, it does none of it by itself: who drives the clock asks for it.
    A clock of another kind than the system's is for a simulated store alone: its opening raises Unavailable otherwise.
    """
    settings = settings or app_settings.read()
    spec = load.load()
    generation, bound = derivation.generation(spec), settings.question_seconds
    store = stores.opened(settings.store_address, clock, generation=generation, seconds=bound)
    traces = Traces(settings, capability.VERSION) if settings.traces else None
    if traces is not None:
        store = TracedStore(store, traces)
    opinion = SecondOpinion(settings.second_opinion)
    log = RequestLog.of(settings)
    intake = Intake(settings.bodies_of_one, settings.body_seconds)
    free = partial(numbers.free, settings.data)
    metrics = Metrics(settings, intake, free) if settings.metrics_token else None

    def add(line: RequestLine) -> None:
        log.add(line.written())
        if metrics is not None:
            metrics.count(line)
        if traces is not None:
            traces.name(line)

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        await store.open()
        await simulation.settle(store, settings, clock)
        index = Index(spec, settings.fhir)
        statement = capability.statement(spec, index, settings)
        engine = PolicyEngine.of(store, spec, index, statement)
        engine = replace(engine, ordinance=replace(engine.ordinance, advisers_first=settings.advisers_first))
        to, most = (opinion.offer, grounds.note), settings.transaction_limit
        gate = Gate(engine, *to, most=most) if traces is None else TracedGate(engine, traces, *to, most=most)
        server = _authorization_server(settings, gate, store, clock)
        app.issuer = server.issuer
        shares = Shares(settings)
        health = Health(store, free, settings.disk_limit)
        app.router.routes.extend([*_routes(spec, server), *_watched(health, metrics)])
        app.edge = _edge(settings, store.vault, add)
        app.edge = TracedEdge(app.edge, traces) if traces is not None else app.edge
        on = _dependencies(settings, spec, index, gate, statement)
        turned_away = TurnedAway(Events(gate.append, clock), clock)
        app.fhir = Dispatch(on, server.bearer, clock, add, intake, shares, turned_away)
        seconds, events = settings.trail_root_seconds, settings.trail_root_events
        notifying = Notifying(settings, gate, server.bearer.issuer, clock, source.networks(settings.client_networks))
        works = [*_works(settings, gate, store, server, clock), notifying]
        app.works = works if traces is None else [TracedWork(work, traces) for work in works]
        async with (
            signing.signing(store, settings.data / "keys", clock, seconds=seconds, events=events),
            health.watching(),
            aclosing(notifying),
            leading.leading(store.vault, clock, () if driven else app.works),
        ):
            stands()
            told(intake.end)
            yield
        await store.close()
        shares.close()
        opinion.close()
        if traces is not None:
            traces.close()
        log.close()

    app = Application(
        title="Tsunagu", version=capability.VERSION, lifespan=lifespan, openapi_url=None, docs_url=None, telemetry=_MUTE
    )
    app.router.redirect_slashes = False
    app.add_exception_handler(HTTPException, _outside)  # type: ignore[arg-type]  # starlette types it for any exception
    app.add_exception_handler(Unavailable, outage.told)
    app.add_exception_handler(ClientDisconnect, outage.cut)
    app.add_middleware(Timely, intake=intake)
    app.add_middleware(Logged, add=add)
    return app


def _authorization_server(settings: Settings, gate: Gate, store: Store, clock: Clock) -> AuthorizationServer:
    return AuthorizationServer(
        store.vault,
        settings.address,
        settings.fhir,
        settings.data / "keys",
        clock,
        access_lifetime=settings.token_seconds,
        token_rate=settings.token_rate,
        sign_in_rate=settings.sign_in_rate,
        gate=gate,
        append=store.trail.append,
        proxies=source.networks(settings.trusted_proxies),
        key_networks=source.networks(settings.client_networks),
        options=options.chosen(settings),
    )


def _works(
    settings: Settings, gate: Gate, store: Store, server: AuthorizationServer, clock: Clock
) -> list[leading.Work]:
    kept = Exports(store.vault, most=settings.exports, seconds=settings.export_hours * 3600.0)
    exporting = Exporting(kept, gate, store.vault, server.bearer.issuer.granular, clock)
    overdue, overlaps = Overdue(gate, clock, settings.answer_days), Overlaps(gate, store.vault, clock)
    return [exporting, overdue, overlaps, Secluded(gate, clock)]


def _edge(settings: Settings, vault: Vault, add: Callable[[RequestLine], None]) -> Edge:
    named = frozenset(filter(None, map(str.strip, settings.origins.split(","))))

    async def may(origin: str) -> bool:
        return origin in named if named else await clients.at_origin(vault, origin)

    return Edge(Cors(may, add), secure=settings.address.startswith("https:"))


def _dependencies(
    settings: Settings, spec: Spec, index: Index, gate: Gate, statement: Mapping[str, Any]
) -> Dependencies:
    return Dependencies(
        settings=settings,
        spec=spec,
        index=index,
        gate=gate,
        cursors=Cursors.load(settings.data / "keys"),
        metadata=orjson.dumps(statement),
    )


def _routes(spec: Spec, server: AuthorizationServer) -> list[Route]:
    """What the shell serves."""
    pages = [Route("/", Home(spec).show), Route("/policy", Policy().show)]
    documents = [Route("/openapi.json", openapi.endpoint(spec)), *Schemas(spec).routes()]
    return [*pages, *Reference().routes(), *server.routes(), *documents]


def _watched(health: Health, metrics: Metrics | None) -> list[Route]:
    """What is for who watches over the process."""
    found = [Route("/healthz", health.alive), Route("/readyz", health.ready)]
    return [*found, Route("/metrics", metrics.show)] if metrics is not None else found


async def _outside(request: Request, fault: HTTPException) -> Response:
    allowed = _methods(request) if fault.status_code == 405 else ()
    answer = error_boundary.unserved(request.method, allowed, request.headers, "")
    return Response(answer.body, answer.status, answer.headers, answer.kind)


def _methods(request: Request) -> list[str]:
    """What the address of a request knows; the framework names the methods of the first of its routes only."""
    here = (route for route in request.app.router.routes if isinstance(route, Route))
    matching = (route for route in here if route.matches(request.scope)[0] != Match.NONE)
    return sorted({method for route in matching for method in route.methods or ()})
