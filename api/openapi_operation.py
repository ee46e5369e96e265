"""One operation of the OpenAPI document: its parameters, what it takes, and every answer it may give.

https://spec.openapis.org/oas/v3.1.1.html#operation-object
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api import outcomes
from profiles.spec import Spec
from resources.search import result_parameters

Json = dict[str, Any]

_FHIR = "application/fhir+json"
_SUMMARIES = {
    "metadata": "What the server can do (CapabilityStatement)",
    "transaction": "Several writes, all or none",
    "search": "Search a type; unknown parameters are refused",
    "create": "Create",
    "search_by_post": "Search a type by a form",
    "read": "Read the current version",
    "update": "Update; If-Match guards against a stale version",
    "delete": "Delete",
    "history": "The versions of a record that the caller may see, newest first",
    "vread": "Read one version",
}
_OPEN = {"metadata", "search", "search_by_post", "read", "vread", "history", "route"}
"""Without a token: the specification and the directory (P9)."""

_ERRORS = {
    "metadata": ("406",),
    "transaction": ("400", "401", "403", "404", "406", "409", "412", "413", "415", "422"),
    "search": ("400", "401", "403", "404", "406"),
    "create": ("400", "401", "403", "404", "406", "409", "413", "415", "422"),
    "search_by_post": ("400", "401", "403", "404", "406", "413", "415"),
    "read": ("401", "403", "404", "406", "410"),
    "update": ("400", "401", "403", "404", "406", "409", "412", "413", "415", "422"),
    "delete": ("400", "401", "403", "404", "406", "409", "412", "422"),
    "history": ("400", "401", "403", "404", "406"),
    "vread": ("401", "403", "404", "406", "410"),
}
_OF_OPERATIONS = ("400", "401", "403", "404", "406", "409", "410", "412", "413", "415", "422")

_SEARCH = {
    "_count": f"rows a page, {result_parameters.DEFAULT_COUNT} where not given, {result_parameters.MOST_COUNT} at most",
    "_sort": "`_id`, `-_id`, `_lastUpdated` or `-_lastUpdated`",
    "_summary": "`count` for the total alone",
    "_total": "`none`, `estimate` or `accurate`; the total told is always exact",
    result_parameters.CURSOR: "where the next page begins, as the `next` link gives it",
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
_DRAWN = ("text/html", "image/svg+xml", "application/json", "text/calendar")


def described(spec: Spec, path: str, method: str, handler: str) -> Json:
    """The operation behind one row of the table of routes; `handler` is the name of its function."""
    definition = _definition(spec, path)
    found: Json = {
        "operationId": handler,
        "tags": ["operations" if definition else "interactions"],
        "summary": _english(definition, "description") if definition else _SUMMARIES[handler],
        "parameters": [*_of_path(path, handler), *_of_query(handler, method, definition), *_headers(handler, method)],
        "responses": {**_success(handler, definition), **_refusals(_ERRORS.get(handler, _OF_OPERATIONS))},
    }
    if handler in _OPEN:
        found["security"] = [{}, {"smart": []}]
    if method in ("POST", "PUT"):
        found["requestBody"] = _body(handler)
    return found


def _definition(spec: Spec, path: str) -> Mapping[str, Any]:
    """The OperationDefinition of a path that ends in `$name`; empty for an interaction."""
    _, _, name = path.partition("$")
    of_ours = (each for each in spec.artefacts.values() if each["resourceType"] == "OperationDefinition")
    return next((each for each in of_ours if name and each["code"] == name), {})


def _english(node: Mapping[str, Any], element: str) -> str:
    """The element's English translation beside the Japanese text."""
    said = str(node[element])
    for extension in node.get(f"_{element}", {}).get("extension", ()):
        parts = {part["url"]: part for part in extension.get("extension", ())}
        if parts.get("lang", {}).get("valueCode") == "en":
            return f"{parts['content']['valueString']} / {said}"
    return said


def _of_path(path: str, handler: str) -> list[Json]:
    listed = "written" if handler in ("create", "update", "delete") else "served"
    schemas: dict[str, Json] = {
        "type": {"$ref": f"#/components/schemas/{listed}"},
        "id": {"$ref": "#/components/schemas/id"},
        "version": {"type": "integer", "minimum": 1},
    }
    named = [name for name in schemas if f"{{{name}}}" in path]
    return [{"name": name, "in": "path", "required": True, "schema": schemas[name]} for name in named]


def _of_query(handler: str, method: str, definition: Mapping[str, Any]) -> list[Json]:
    if handler == "search":
        return [_query(name, text, {"type": "string"}) for name, text in _SEARCH.items()] + [_FILTERS]
    if handler == "history":
        return [_query(name, _SEARCH[name], {"type": "string"}) for name in ("_count", result_parameters.CURSOR)]
    if handler == "timetable":
        return [_query("_format", "the form of the answer", {"type": "string", "enum": list(_DRAWN)})]
    if method != "GET":
        return []
    inputs = (each for each in definition.get("parameter", ()) if each["use"] == "in")
    return [
        _query(each["name"], _english(each, "documentation"), {"type": "string"}, required=each["min"] > 0)
        for each in inputs
    ]


def _query(name: str, text: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": "query", "description": text, "required": required, "schema": schema}


def _headers(handler: str, method: str) -> list[Json]:
    found = [("Accept-Language", "`ja` (default) or `en`")]
    if handler in ("update", "delete"):
        found.append(("If-Match", 'the version it rests on, `W/"1"`'))
    if handler in ("create", "update"):
        found.append(("Prefer", "`return=minimal`, `return=representation` or `return=OperationOutcome`"))
    schema = {"type": "string"}
    return [{"name": name, "in": "header", "description": text, "schema": schema} for name, text in found]


def _body(handler: str) -> Json:
    if handler == "search_by_post":
        form = {"type": "object", "additionalProperties": {"type": "string"}}
        return {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {"required": True, "content": {_FHIR: {"schema": {"$ref": "#/components/schemas/resource"}}}}


def _success(handler: str, definition: Mapping[str, Any]) -> Json:
    if handler == "delete":
        return {"204": {"description": "deleted"}}
    kinds = _DRAWN if handler == "timetable" else (_FHIR,)
    schema: Json = {"schema": {"$ref": "#/components/schemas/resource"}}
    content = {kind: schema if kind == _FHIR else {} for kind in kinds}
    created = handler in ("create", "decide_roles")
    said = [each for each in definition.get("parameter", ()) if each["use"] == "out" and each["name"] == "return"]
    text = _english(said[0], "documentation") if said else "done"
    return {"201" if created else "200": {"description": text, "content": content}}


def _refusals(statuses: Iterable[str]) -> Json:
    told = {str(status): code for status, code in reversed(outcomes.STATUS.values())}
    content = {_FHIR: {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}}
    return {status: {"description": told[status], "content": content} for status in (*statuses, "503")}
