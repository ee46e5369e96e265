"""The OpenAPI document, made from the table of routes and the specification; the OAuth endpoints are data beside it.

https://spec.openapis.org/oas/v3.1.1.html; `make openapi` writes openapi/openapi.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.documents import capability, openapi_operation, openapi_schema
from api.interactions import audit_request, entry
from api.routing import routes
from consent import vocabulary
from consent.auditing import audit_event
from profiles import load
from profiles.spec import Spec

Json = dict[str, Any]

_OAUTH = Path(__file__).parents[1] / "oauth" / "paths.json"


def document(spec: Spec) -> Json:
    """The whole document; the same for every installation, so its addresses are relative."""
    paths: dict[str, Json] = {}
    for row in routes.ALL:
        paths.setdefault(f"/fhir{row.path}", {})[row.method.lower()] = openapi_operation.described(spec, row)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "つなぐ / Tsunagu",
            "summary": "An interoperable case-record API for a city that never refuses a consultation",
            "description": "FHIR R4 over HTTP, in JSON; XML (`application/fhir+xml`) is taken and answered too. "
            "Every answer is decided by the policy of docs/policy.md.",
            "version": capability.VERSION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            **paths,
            **json.loads(_OAUTH.read_text(encoding="utf-8")),
            "/openapi.json": _itself(),
            **_schemas(),
            **_health(),
        },
        "components": _components(spec),
        "security": [{"smart": []}, {"bearer": []}],
    }


def endpoint(spec: Spec) -> Callable[[Request], Awaitable[Response]]:
    """Serve the document to anybody."""
    content = orjson.dumps(document(spec))

    async def openapi(request: Request) -> Response:
        return Response(content, media_type="application/json")

    return openapi


def _itself() -> Json:
    answer = {"description": "this document", "content": {"application/json": {}}}
    return {"get": {"operationId": "openapi", "tags": ["discovery"], "security": [{}], "responses": {"200": answer}}}


def _schemas() -> Json:
    """docs/definitions.md, "JSON Schemas"."""
    told: Json = {"tags": ["discovery"], "security": [{}]}
    listed: Json = {"200": {"description": "what each profile is found by", "content": {"application/json": {}}}}
    one: Json = {
        "200": {"description": "a JSON Schema", "content": {"application/schema+json": {}}},
        "404": {"description": "there is none of this name"},
    }
    file: Json = {"name": "file", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "/schemas": {"get": {"operationId": "schemas", **told, "responses": listed}},
        "/schemas/{file}": {"get": {"operationId": "schema", **told, "parameters": [file], "responses": one}},
    }


def _health() -> Json:
    """For who watches over a process: docs/operations.md, "health"."""
    said: Json = {"application/json": {}}
    alive: Json = {"200": {"description": "the process answers", "content": {"text/plain": {}}}}
    ready: Json = {
        "200": {"description": "it can do its work", "content": said},
        "503": {"description": "it cannot, and what is not well", "content": said},
    }
    told: Json = {"tags": ["health"], "security": [{}]}
    return {
        "/healthz": {"get": {"operationId": "alive", **told, "responses": alive}},
        "/readyz": {"get": {"operationId": "ready", **told, "responses": ready}},
    }


def _components(spec: Spec) -> Json:
    served = sorted(vocabulary.SERVED)
    codes = {type: sorted(spec.search[type]) for type in served} | {audit_event.TYPE: list(audit_request.KINDS)}
    issue: Json = {"type": "object", "required": ["severity", "code"]}
    return {
        "schemas": {
            "served": {"enum": served, "x-search-parameters": codes},
            "written": {"enum": sorted(vocabulary.CASEWORK | vocabulary.INSTALLED | vocabulary.CHANNELS)},
            "id": {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"},
            "resource": _json_object({"resourceType": {"type": "string"}}),
            "requests": openapi_schema.bundle(entry.METHODS),
            "patch": openapi_schema.patch(),
            "OperationOutcome": _json_object(
                {"resourceType": {"const": "OperationOutcome"}, "issue": {"type": "array", "items": issue}}
            ),
        },
        "securitySchemes": {
            "smart": {"type": "oauth2", "description": "docs/oauth.md", "flows": _flows()},
            "bearer": {"type": "http", "scheme": "bearer", "description": "an access token that one has already"},
        },
    }


def _json_object(properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _flows() -> Json:
    scopes = {"user/*.cruds": "for persons", "system/*.cruds": "for systems"}
    token = "/oauth/token"  # noqa: S105  # an address
    return {
        "authorizationCode": {"authorizationUrl": "/oauth/authorize", "tokenUrl": token, "scopes": scopes},
        "clientCredentials": {"tokenUrl": token, "scopes": scopes},
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(load.load()), ensure_ascii=False, indent=2) + "\n")
