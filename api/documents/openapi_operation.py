"""One operation of the OpenAPI document: its parameters, what it takes, and every answer it may give.

https://spec.openapis.org/oas/v3.1.1.html#operation-object
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.documents import capability, openapi_schema
from api.http import outcomes
from api.http.media import XML
from api.http.route import FHIR, FORM, Route
from profiles.spec import Spec
from resources.search import result_parameters

Json = dict[str, Any]

_XML: Json = {"schema": {"type": "string", "description": "the resource in XML: https://hl7.org/fhir/R4/xml.html"}}
_ANY = "*/*"
"""The content of a Binary, sent and answered in its own media type: docs/api.md, "binary"."""

_RESULT = {
    "_count": f"rows a page, {result_parameters.DEFAULT_COUNT} where not given, {result_parameters.MOST_COUNT} at most",
    "_include": "what comes along: `Type:reference`, `Type:reference:Target`, `Type:*`, `*`; `:iterate` goes on",
    "_revinclude": "what leads here and comes along, written as `_include` is",
    "_sort": "parameters of the type, each with `-` for downwards, four at most",
    "_elements": "the elements wanted, besides those that a record must have",
    "_summary": "`true`, `text`, `data`, `false`, or `count` for the total alone",
    "mode": "`full`, as where it is not given; no other is answered",
    "_total": "`none`, `estimate` or `accurate`; the total told is always exact",
    result_parameters.CURSOR: "where the next page begins, as the `next` link gives it",
}
_RESULT |= {
    "_since": "from which instant on",
    "_type": "the types to search, separated by commas",
    "_at": "a day or an instant: what stood in it, and the deletions",
}
_FILTERS: Json = {
    "name": "parameters",
    "in": "query",
    "description": "the search parameters of the type, as `x-search-parameters` of the document lists them",
    "required": False,
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}
_HEADERS = {
    "If-None-Exist": "search parameters: nothing is made where a record that the caller may find meets them",
    "If-None-Match": "a version that it must not be, or `*`",
    "If-Unmodified-Since": "when it was changed last, at the latest",
    "If-Match": 'the version it rests on, `W/"1"`',
    "X-Provenance": "a Provenance in JSON without `target`, which the server writes: written with the record",
    "X-Security-Context": "the record that a Binary sent as it is belongs to",
    "Prefer": "`return=minimal`, `return=representation` or `return=OperationOutcome`",
}
_TEXT: Json = {"schema": {"type": "string"}}
_BEGUN: Json = {
    "description": "begun; it has a body only where something was left out on wish: the OperationOutcome that says so",
    "headers": {"Content-Location": {"description": "where to ask how far it is", "required": True} | _TEXT},
}
_PENDING: Json = {
    "description": "not done yet",
    "headers": {
        "X-Progress": {"description": "how far it is", "required": True} | _TEXT,
        "Retry-After": {"description": "after how many seconds to ask again", "required": True} | _TEXT,
    },
}
"""Answers without a body: of what is done later, and of whoever asks before it is."""


def described(spec: Spec, row: Route) -> Json:
    """The operation behind one row of the table of routes."""
    definition = capability.definition(spec, row.operation) if row.operation else {}
    found: Json = {
        "operationId": row.name,
        "tags": ["operations" if definition else "interactions"],
        "summary": _english(definition, "description") if definition else row.summary,
        "parameters": [*_of_path(row), *_of_query(row, definition), *_headers(row)],
        "responses": {**_success(row, definition), **_refusals(row)},
    }
    if row.open:
        found["security"] = [{}, {"smart": []}, {"bearer": []}]
    if row.takes:
        found["requestBody"] = _body(spec, row, definition)
    return found


def _english(node: Mapping[str, Any], element: str) -> str:
    """The element's English translation beside the Japanese text."""
    said = str(node[element])
    for extension in node.get(f"_{element}", {}).get("extension", ()):
        parts = {part["url"]: part for part in extension.get("extension", ())}
        if parts.get("lang", {}).get("valueCode") == "en":
            return f"{parts['content']['valueString']} / {said}"
    return said


def _of_path(row: Route) -> list[Json]:
    schemas: dict[str, Json] = {
        "type": {"$ref": f"#/components/schemas/{'written' if row.writes else 'served'}"},
        "id": {"$ref": "#/components/schemas/id"},
        "version": {"type": "integer", "minimum": 1},
        "within": {"$ref": "#/components/schemas/served"},
    }
    named = [name for name in schemas if f"{{{name}}}" in row.path]
    return [{"name": name, "in": "path", "required": True, "schema": schemas[name]} for name in named]


def _of_query(row: Route, definition: Mapping[str, Any]) -> list[Json]:
    inputs = {each["name"]: each for each in definition.get("parameter", ()) if each["use"] == "in"}
    found = []
    for name in row.parameters if row.method == "GET" else ():
        if name in inputs:
            text, required = _english(inputs[name], "documentation"), inputs[name]["min"] > 0
            schema = openapi_schema.of_value(name, inputs[name].get("type", ""))
            found.append(_query(name, text, schema, required=required))
        elif name == "_format":
            found.append(_query(name, "the form of the answer", {"type": "string", "enum": list(row.answers)}))
        else:
            found.append(_query(name, _RESULT[name], openapi_schema.of_value(name)))
    filtered = row.conditional or (row.interaction == "search-type" and row.method == "GET")
    return [*found, _FILTERS] if filtered else found


def _query(name: str, text: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": "query", "description": text, "required": required, "schema": schema}


def _headers(row: Route) -> list[Json]:
    found = [("Accept-Language", "`ja` (default) or `en`"), *((name, _HEADERS[name]) for name in row.headers)]
    schemas = openapi_schema.HEADERS
    return [
        {"name": name, "in": "header", "description": text, "schema": dict(schemas.get(name, {"type": "string"}))}
        for name, text in found
    ]


def _body(spec: Spec, row: Route, definition: Mapping[str, Any]) -> Json:
    schemas = {kind: openapi_schema.of_body(kind, row.parameters) for kind in row.takes}
    if FHIR in row.takes and definition:
        inputs = [each for each in definition["parameter"] if each["use"] == "in"]
        schemas[FHIR] = openapi_schema.of_inputs(inputs, spec.types)
    elif row.also:
        schemas[FHIR] = {"$ref": "#/components/schemas/requests"}
    content = {kind: {"schema": schema} if schema else {} for kind, schema in schemas.items()}
    content |= {XML: dict(_XML)} if FHIR in content else {}
    content |= {_ANY: {}} if "X-Security-Context" in row.headers else {}
    return {"content": content} if FORM in row.takes else {"required": True, "content": content}


def _success(row: Route, definition: Mapping[str, Any]) -> Json:
    if row.done == 204 or row.method == "DELETE":
        return {str(row.done): {"description": "deleted"}}
    if row.done == 202:
        return {"202": _BEGUN}
    schema: Json = {"schema": {"$ref": "#/components/schemas/resource"}}
    content = {kind: schema if kind == FHIR else {} for kind in row.answers} | _other_forms(row)
    content |= {_ANY: {}} if row.interaction in ("read", "vread") else {}
    said = [each for each in definition.get("parameter", ()) if each["use"] == "out" and each["name"] == "return"]
    text = _english(said[0], "documentation") if said else "done"
    done = {str(row.done): {"description": text, "content": content}}
    return done | ({"202": _PENDING} if row.pending else {})


def _other_forms(row: Route) -> Json:
    """XML, where an answer is a resource and nothing else, or a page of it."""
    return {XML: dict(_XML)} if row.answers == (FHIR,) or row.paged else {}


def _refusals(row: Route) -> Json:
    told = dict(reversed(outcomes.STATUS.values()))
    content = {FHIR: {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}, XML: dict(_XML)}
    statuses = sorted({outcomes.STATUS[kind][0] for kind in (*row.refuses, "unavailable", "too-often")})
    return {str(status): {"description": told[status], "content": content} for status in statuses}
