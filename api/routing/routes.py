"""Routing is a table: every interaction and operation of the FHIR API, and how an address finds its row.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from api.http import part, told_beside
from api.http.route import FHIR, FORM, JSON_PATCH, READ, SEARCH, WRITE, Route
from api.interactions import bundle, create, delete, history, metadata, patch, read, search, update
from api.operations import posted
from api.routing import operation_routes, plan_routes, specified_routes
from resources.record.problem import Kind

_DELETE: tuple[Kind, ...] = (
    "structure", "not-supported", "login", "forbidden", "not-found", "not-acceptable", "conflict", "stale",
    "business-rule", "too-costly",
)  # fmt: skip
_PREFER = ("Prefer",)
_WRITTEN = (*_PREFER, told_beside.HEADER)
_IF_MATCH = ("If-Match", "If-None-Match", "If-Unmodified-Since")

INTERACTIONS = (
    Route(
        "metadata", "capabilities", "GET", "/metadata", metadata.metadata,
        ("not-supported", "login", "not-acceptable"), "What the server can do (CapabilityStatement)", open=True,
        parameters=metadata.PARAMETERS,
    ),
    Route(
        "bundle", "transaction", "POST", "", lambda call: bundle.bundle(call, find), (*WRITE, "stale", "deleted"),
        "Several requests: a transaction is done whole or not at all, each entry of a batch by itself", takes=(FHIR,),
        headers=_PREFER, also=("batch",),
    ),
    Route(
        "history_of_type", "history-type", "GET", "/{type}/_history", history.of_many, SEARCH,
        "The versions of a type that the caller may see, newest first", open=True, parameters=history.PARAMETERS,
    ),
    Route(
        "history_of_all", "history-system", "GET", "/_history", history.of_many, SEARCH,
        "All versions that the caller may see, newest first", parameters=history.OF_ALL,
    ),
    Route(
        "search_of_all", "search-system", "GET", "", search.of_all, SEARCH,
        "Search several types, named by `_type`", open=True, parameters=search.OF_ALL,
    ),
    Route(
        "search_of_all_by_post", "search-system", "POST", "/_search", search.of_all,
        (*SEARCH, "too-long", "too-slow", "media-type"), "Search several types by a form", open=True, takes=(FORM,),
        parameters=search.OF_ALL,
    ),
    Route(
        "search", "search-type", "GET", "/{type}", search.search, SEARCH,
        "Search a type; unknown parameters are refused", open=True, parameters=search.PARAMETERS,
    ),
    Route(
        "create", "create", "POST", "/{type}", create.create, (*WRITE, "stale"),
        "Create; with If-None-Exist only where there is none yet", takes=(FHIR,),
        headers=("If-None-Exist", *_WRITTEN, "X-Security-Context"), done=201,
    ),
    Route(
        "search_by_post", "search-type", "POST", "/{type}/_search", search.search_by_post,
        (*SEARCH, "too-long", "too-slow", "media-type"), "Search a type by a form", open=True, takes=(FORM,),
        parameters=search.PARAMETERS,
    ),
    Route(
        "read", "read", "GET", "/{type}/{id}", read.read, READ, "Read the current version", open=True,
        parameters=part.PARAMETERS,
    ),
    Route(
        "update", "update", "PUT", "/{type}/{id}", update.update, (*WRITE, "stale"),
        "Update; If-Match guards against a stale version", takes=(FHIR,),
        headers=(*_IF_MATCH, *_WRITTEN, "X-Security-Context"),
    ),
    Route(
        "delete", "delete", "DELETE", "/{type}/{id}", delete.delete, _DELETE, "Delete", headers=_IF_MATCH, done=204,
    ),
    Route(
        "update_found", "update", "PUT", "/{type}", update.update, (*WRITE, "stale"),
        "Update what meets a condition, or create it", takes=(FHIR,), headers=(*_IF_MATCH, *_PREFER), conditional=True,
    ),
    Route(
        "patch", "patch", "PATCH", "/{type}/{id}", patch.patch, (*WRITE, "stale", "deleted"),
        "Patch: JSON Patch, or FHIRPath Patch in a Parameters", takes=(JSON_PATCH, FHIR),
        headers=(*_IF_MATCH, *_WRITTEN),
    ),
    Route(
        "patch_found", "patch", "PATCH", "/{type}", patch.patch, (*WRITE, "stale", "deleted"),
        "Patch what meets a condition", takes=(JSON_PATCH, FHIR), headers=(*_IF_MATCH, *_PREFER), conditional=True,
    ),
    Route(
        "delete_found", "delete", "DELETE", "/{type}", delete.delete, _DELETE, "Delete what meets a condition",
        headers=_IF_MATCH, done=204, conditional=True,
    ),
    Route(
        "history", "history-instance", "GET", "/{type}/{id}/_history", history.history, SEARCH,
        "The versions of a record that the caller may see, newest first", open=True, parameters=history.PARAMETERS,
    ),
    Route(
        "vread", "vread", "GET", "/{type}/{id}/_history/{version}", read.vread, READ,
        "Read one version", open=True, parameters=part.PARAMETERS,
    ),
    Route(
        "search_in_compartment", "search-type", "GET", "/{type}/{id}/{within}", search.in_compartment, SEARCH,
        "Search inside the compartment of a record", open=True, parameters=search.PARAMETERS,
    ),
)  # fmt: skip

_BY_NAME = (*plan_routes.OPERATIONS, *operation_routes.OPERATIONS, *specified_routes.OPERATIONS)
OPERATIONS = (*_BY_NAME, *posted.beside(_BY_NAME))
ALL = (*INTERACTIONS, *OPERATIONS)
_METHODS = sorted({row.method for row in ALL})
_METADATA = "/metadata"


def _name(path: str) -> str:
    """What an address ends with, or a row, where that is a name in the table and never a type or an id."""
    end = path.rpartition("/")[2]
    return end if end[:1] in ("$", "_") or path == _METADATA else ""


_NAMED = frozenset(_name(row.path) for row in ALL)
_TABLE: dict[tuple[str, int, str], list[Route]] = {}
for _row in (*OPERATIONS, *INTERACTIONS):
    _TABLE.setdefault((_row.method, _row.path.count("/"), _name(_row.path)), []).append(_row)


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The row for an address below the FHIR base, such as `/Patient/1`, and what its segments say."""
    name = _name(path)
    asked = path.split("/")
    for row in _TABLE.get((method, len(asked) - 1, name if name in _NAMED else ""), ()):
        parts = row.parts(asked)
        if parts is not None:
            return row, parts
    return None


def allowed(path: str) -> list[str]:
    """The methods that an address knows, none where there is nothing at it."""
    known = [method for method in _METHODS if find(method, path)]
    return sorted([*known, "HEAD"] if "GET" in known else known)
