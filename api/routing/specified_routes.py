"""The rows of the operations that FHIR and its implementation guides specify, beside those of the city's own.

https://hl7.org/fhir/R4/operationslist.html
"""

from __future__ import annotations

from api.http.route import FHIR, Route
from api.operations import everything, expand, export, lookup, subscription, subsumes, translate, validate_code
from resources.record.problem import Kind

_CODES: tuple[Kind, ...] = ("structure", "not-supported", "login", "not-found", "not-acceptable", "too-costly")
_BY_POST: tuple[Kind, ...] = (*_CODES, "too-long", "too-slow", "media-type", "invalid")
_KEPT: tuple[Kind, ...] = ("not-supported", "login", "forbidden", "not-found", "not-acceptable", "too-costly")
_ABOUT: tuple[Kind, ...] = (*_CODES, "forbidden", "deleted")

OPERATIONS = (
    *(
        Route(
            f"export_{level}{name}", "$export", method, path, handler, refuses, takes=takes, headers=("Prefer",),
            parameters=export.PARAMETERS, done=202,
        )
        for level, path, handler in (
            ("system", "/$export", export.of_system),
            ("patients", "/Patient/$export", export.of_patients),
            ("group", "/Group/{id}/$export", export.of_group),
        )
        for name, method, refuses, takes in (
            ("", "GET", _ABOUT, ()),
            ("_by_post", "POST", (*_BY_POST, "forbidden", "deleted"), (FHIR,)),
        )
    ),
    Route(
        "export_status", "$export-status", "GET", "/$export-status/{id}", export.status, _KEPT,
        answers=("application/json",), pending=True,
    ),
    Route("subscription_status", "$status", "GET", "/Subscription/{id}/$status", subscription.status, _KEPT),
    Route(
        "subscription_events", "$events", "GET", "/Subscription/{id}/$events", subscription.events,
        (*_KEPT, "structure"), parameters=subscription.EVENTS,
    ),
    Route("export_cancel", "$export-status", "DELETE", "/$export-status/{id}", export.cancel, _KEPT, done=202),
    Route(
        "export_file", "$export-file", "GET", "/$export-file/{id}/{version}", export.file, _KEPT,
        answers=(export.NDJSON,),
    ),
    *(
        Route(
            f"everything_of_{type.lower()}", "$everything", "GET", f"/{type}/{{id}}/$everything",
            everything.everything, _ABOUT, parameters=everything.PARAMETERS,
        )
        for type in ("Group", "Patient")
    ),
    *(
        row
        for name, code, type, handler, known, of_one in (
            ("expand", "$expand", "ValueSet", expand.expand, expand.PARAMETERS, True),
            ("lookup", "$lookup", "CodeSystem", lookup.lookup, lookup.PARAMETERS, False),
            ("validate_code", "$validate-code", "CodeSystem", validate_code.of_system, validate_code.OF_SYSTEM, True),
            ("validate_value", "$validate-code", "ValueSet", validate_code.of_value_set, validate_code.OF_SET, True),
            ("subsumes", "$subsumes", "CodeSystem", subsumes.subsumes, subsumes.PARAMETERS, True),
            ("translate", "$translate", "ConceptMap", translate.translate, translate.PARAMETERS, True),
        )
        for row in (
            Route(name, code, "GET", f"/{type}/{code}", handler, _CODES, open=True, parameters=known),
            Route(
                f"{name}_by_post", code, "POST", f"/{type}/{code}", handler, _BY_POST, takes=(FHIR,),
                parameters=known,
            ),
            *(
                [
                    Route(f"{name}_of_one", code, "GET", f"/{type}/{{id}}/{code}", handler, _CODES, open=True,
                          parameters=known),
                    Route(f"{name}_of_one_by_post", code, "POST", f"/{type}/{{id}}/{code}", handler, _BY_POST,
                          takes=(FHIR,), parameters=known),
                ]
                if of_one else []
            ),
        )
    ),
)  # fmt: skip
