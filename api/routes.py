"""Routing is a table: every interaction and operation of the FHIR API, by method and path.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from api.call import Call
from api.interactions import bundle, create, delete, history, metadata, read, search, update
from api.operations import decide_roles, explain_access, extract, route, timetable

Handler = Callable[[Call], Awaitable[Response]]

INTERACTIONS: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/metadata", metadata.metadata),
    ("POST", "", bundle.transaction),
    ("GET", "/{type}", search.search),
    ("POST", "/{type}", create.create),
    ("POST", "/{type}/_search", search.search_by_post),
    ("GET", "/{type}/{id}", read.read),
    ("PUT", "/{type}/{id}", update.update),
    ("DELETE", "/{type}/{id}", delete.delete),
    ("GET", "/{type}/{id}/_history", history.history),
    ("GET", "/{type}/{id}/_history/{version}", read.vread),
)

OPERATIONS: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/HealthcareService/$route", route.route),
    ("POST", "/QuestionnaireResponse/$extract", extract.extract),
    ("GET", "/QuestionnaireResponse/{id}/$extract", extract.extract_stored),
    ("POST", "/CarePlan/{id}/$decide-roles", decide_roles.decide_roles),
    ("GET", "/CarePlan/{id}/$timetable", timetable.timetable),
    ("GET", "/{type}/{id}/$explain-access", explain_access.explain_access),
)
