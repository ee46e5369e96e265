"""The product's own application with one route more: constant bytes, to measure the server underneath."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import worker
from api.http.answer import FHIR_JSON

CONSTANT = b'{"resourceType":"Patient","id":"constant","active":true}' + b" " * 1000


def application() -> FastAPI:
    app = worker.application()
    app.router.routes.append(Route("/constant", _constant))
    return app


async def _constant(request: Request) -> Response:
    return Response(CONSTANT, media_type=FHIR_JSON)
