"""Routing is a table: every interaction and operation of the FHIR API, and how an address finds its row.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from api import operation_routes, plan_routes
from api.interactions import bundle, create, delete, history, metadata, read, search, update
from api.route import FHIR, FORM, READ, SEARCH, WRITE, Route

_PREFER = ("Prefer",)
_IF_MATCH = ("If-Match",)

INTERACTIONS = (
    Route(
        "metadata", "capabilities", "GET", "/metadata", metadata.metadata,
        ("not-supported", "login", "not-acceptable"), "What the server can do (CapabilityStatement)", open=True,
        parameters=metadata.PARAMETERS,
    ),
    Route(
        "transaction", "transaction", "POST", "", bundle.transaction, (*WRITE, "stale"),
        "Several writes, all or none", takes=(FHIR,),
    ),
    Route(
        "search", "search-type", "GET", "/{type}", search.search, SEARCH,
        "Search a type; unknown parameters are refused", open=True, parameters=search.PARAMETERS,
    ),
    Route(
        "create", "create", "POST", "/{type}", create.create, WRITE,
        "Create", takes=(FHIR,), headers=_PREFER, done=201,
    ),
    Route(
        "search_by_post", "search-type", "POST", "/{type}/_search", search.search_by_post,
        (*SEARCH, "too-long", "too-slow", "media-type"), "Search a type by a form", open=True, takes=(FORM,),
        parameters=search.PARAMETERS,
    ),
    Route("read", "read", "GET", "/{type}/{id}", read.read, READ, "Read the current version", open=True),
    Route(
        "update", "update", "PUT", "/{type}/{id}", update.update, (*WRITE, "stale"),
        "Update; If-Match guards against a stale version", takes=(FHIR,), headers=(*_IF_MATCH, *_PREFER),
    ),
    Route(
        "delete", "delete", "DELETE", "/{type}/{id}", delete.delete,
        ("structure", "not-supported", "login", "forbidden", "not-found", "not-acceptable", "conflict", "stale",
         "business-rule", "too-costly"),
        "Delete", headers=_IF_MATCH, done=204,
    ),
    Route(
        "history", "history-instance", "GET", "/{type}/{id}/_history", history.history, SEARCH,
        "The versions of a record that the caller may see, newest first", open=True, parameters=history.PARAMETERS,
    ),
    Route(
        "vread", "vread", "GET", "/{type}/{id}/_history/{version}", read.vread, READ,
        "Read one version", open=True,
    ),
)  # fmt: skip

OPERATIONS = (*plan_routes.OPERATIONS, *operation_routes.OPERATIONS)
ALL = (*INTERACTIONS, *OPERATIONS)
_METHODS = sorted({row.method for row in ALL})
_TABLE: dict[tuple[str, int], list[Route]] = {}
for _row in (*OPERATIONS, *INTERACTIONS):  # operations first: `$route` is not an id
    _TABLE.setdefault((_row.method, _row.path.count("/")), []).append(_row)


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The row for an address below the FHIR base, such as `/Patient/1`, and what its segments say."""
    rows = _TABLE.get((method, path.count("/")))
    if not rows:
        return None
    asked = path.split("/")
    for row in rows:
        parts = row.parts(asked)
        if parts is not None:
            return row, parts
    return None


def allowed(path: str) -> list[str]:
    """The methods that an address knows, none where there is nothing at it."""
    known = [method for method in _METHODS if find(method, path)]
    return sorted([*known, "HEAD"] if "GET" in known else known)
