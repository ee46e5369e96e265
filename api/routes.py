"""Routing is a table: every interaction and operation of the FHIR API, and how an address finds its row.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from api.interactions import bundle, create, delete, history, metadata, read, search, update
from api.operations import (
    access_log,
    break_glass,
    confirm_posts,
    decide_roles,
    declare_conflict,
    expand,
    explain_access,
    extract,
    file_consent,
    lookup,
    meta,
    place_check,
    protect,
    record_disclosure,
    revoke_consent,
    route,
    simulate,
    subsumes,
    timetable,
    translate,
    validate_code,
    verify_consent,
    who_can_see,
)
from api.route import FHIR, FORM, Route
from resources.record.problem import Kind

_READ: tuple[Kind, ...] = (
    "not-supported", "login", "forbidden", "not-found", "deleted", "not-acceptable", "too-costly",
)  # fmt: skip
_SEARCH: tuple[Kind, ...] = (
    "structure", "not-supported", "login", "forbidden", "not-found", "not-acceptable", "too-costly",
)  # fmt: skip
_BODY: tuple[Kind, ...] = (
    "structure", "not-supported", "login", "not-acceptable", "too-long", "too-slow", "too-costly", "media-type",
    "invalid",
)  # fmt: skip
_WRITE: tuple[Kind, ...] = (*_BODY, "forbidden", "not-found", "conflict", "business-rule")
_CODES: tuple[Kind, ...] = ("structure", "not-supported", "login", "not-found", "not-acceptable", "too-costly")
_PREFER = ("Prefer",)
_IF_MATCH = ("If-Match",)

INTERACTIONS = (
    Route(
        "metadata", "capabilities", "GET", "/metadata", metadata.metadata,
        ("not-supported", "login", "not-acceptable"), "What the server can do (CapabilityStatement)", open=True,
        parameters=metadata.PARAMETERS,
    ),
    Route(
        "transaction", "transaction", "POST", "", bundle.transaction, (*_WRITE, "stale"),
        "Several writes, all or none", takes=(FHIR,),
    ),
    Route(
        "search", "search-type", "GET", "/{type}", search.search, _SEARCH,
        "Search a type; unknown parameters are refused", open=True, parameters=search.PARAMETERS,
    ),
    Route(
        "create", "create", "POST", "/{type}", create.create, _WRITE,
        "Create", takes=(FHIR,), headers=_PREFER, done=201,
    ),
    Route(
        "search_by_post", "search-type", "POST", "/{type}/_search", search.search_by_post,
        (*_SEARCH, "too-long", "too-slow", "media-type"), "Search a type by a form", open=True, takes=(FORM,),
        parameters=search.PARAMETERS,
    ),
    Route("read", "read", "GET", "/{type}/{id}", read.read, _READ, "Read the current version", open=True),
    Route(
        "update", "update", "PUT", "/{type}/{id}", update.update, (*_WRITE, "stale"),
        "Update; If-Match guards against a stale version", takes=(FHIR,), headers=(*_IF_MATCH, *_PREFER),
    ),
    Route(
        "delete", "delete", "DELETE", "/{type}/{id}", delete.delete,
        ("structure", "not-supported", "login", "forbidden", "not-found", "not-acceptable", "conflict", "stale",
         "business-rule", "too-costly"),
        "Delete", headers=_IF_MATCH, done=204,
    ),
    Route(
        "history", "history-instance", "GET", "/{type}/{id}/_history", history.history, _SEARCH,
        "The versions of a record that the caller may see, newest first", open=True, parameters=history.PARAMETERS,
    ),
    Route(
        "vread", "vread", "GET", "/{type}/{id}/_history/{version}", read.vread, _READ,
        "Read one version", open=True,
    ),
)  # fmt: skip

OPERATIONS = (
    Route(
        "route", "$route", "GET", "/HealthcareService/$route", route.route, _SEARCH,
        open=True, parameters=route.PARAMETERS,
    ),
    Route(
        "extract", "$extract", "POST", "/QuestionnaireResponse/$extract", extract.extract, _BODY, takes=(FHIR,),
    ),
    Route(
        "extract_stored", "$extract", "GET", "/QuestionnaireResponse/{id}/$extract", extract.extract_stored,
        (*_READ, "invalid"),
    ),
    Route(
        "decide_roles", "$decide-roles", "POST", "/CarePlan/{id}/$decide-roles", decide_roles.decide_roles,
        (*_WRITE, "deleted"), takes=(FHIR,), headers=_PREFER, done=201,
    ),
    Route(
        "protect", "$protect", "POST", "/Patient/{id}/$protect", protect.protect, _WRITE, takes=(FHIR,),
    ),
    Route("protections", "$protections", "GET", "/Patient/{id}/$protections", protect.told, _READ),
    Route(
        "extend_protection", "$extend-protection", "POST", "/Patient/{id}/$extend-protection", protect.extend, _WRITE,
        takes=(FHIR,),
    ),
    Route(
        "release_performers", "$release-performers", "POST", "/Patient/{id}/$release-performers", protect.release,
        _WRITE, takes=(FHIR,),
    ),
    Route(
        "confirm_protection", "$confirm-protection", "POST", "/Patient/{id}/$confirm-protection", protect.confirm,
        _WRITE, takes=(FHIR,),
    ),
    Route(
        "lift_protection", "$lift-protection", "POST", "/Patient/{id}/$lift-protection", protect.lift, _WRITE,
        takes=(FHIR,),
    ),
    Route(
        "place_check", "$place-check", "POST", "/{type}/{id}/$place-check", place_check.place_check, _WRITE,
        takes=(FHIR,),
    ),
    Route(
        "timetable", "$timetable", "GET", "/CarePlan/{id}/$timetable", timetable.timetable,
        ("not-supported", "login", "forbidden", "not-found", "deleted", "invalid", "too-costly"),
        answers=timetable.KINDS, parameters=("_format",),
    ),
    Route(
        "verify_consent", "$verify-consent", "POST", "/Consent/{id}/$verify-consent", verify_consent.verify_consent,
        (*_BODY, "forbidden", "not-found", "business-rule", "too-costly"), takes=(FHIR,),
    ),
    Route(
        "file_consent", "$fileConsent", "POST", "/Consent/$fileConsent", file_consent.file_consent, _WRITE,
        takes=(FHIR,), done=201,
    ),
    Route(
        "revoke_consent", "$revokeConsent", "POST", "/Consent/$revokeConsent", revoke_consent.revoke_consent, _WRITE,
        takes=(FHIR,),
    ),
    Route(
        "record_disclosure", "$recordDisclosure", "POST", "/AuditEvent/$recordDisclosure",
        record_disclosure.record_disclosure, (*_BODY, "forbidden", "not-found", "deleted", "too-costly"),
        takes=(FHIR,),
    ),
    Route(
        "explain_access", "$explain-access", "GET", "/{type}/{id}/$explain-access", explain_access.explain_access,
        _SEARCH, parameters=explain_access.PARAMETERS,
    ),
    *(
        Route(
            f"who_can_see_{type.lower()}", "$who-can-see", "GET", f"/{type}/{{id}}/$who-can-see",
            who_can_see.who_can_see, _READ, parameters=who_can_see.PARAMETERS,
        )
        for type in ("Group", "Patient")
    ),
    Route("simulate", "$simulate", "POST", "/$simulate", simulate.simulate, (*_WRITE, "stale"), takes=(FHIR,)),
    Route("break_glass", "$break-glass", "POST", "/$break-glass", break_glass.break_glass, _WRITE, takes=(FHIR,)),
    Route(
        "declare_conflict", "$declare-conflict", "POST", "/$declare-conflict", declare_conflict.declare_conflict,
        _WRITE, takes=(FHIR,),
    ),
    Route(
        "access_log", "$access-log", "GET", "/Patient/{id}/$access-log", access_log.access_log, _SEARCH,
        parameters=access_log.PARAMETERS,
    ),
    Route(
        "confirm_posts", "$confirm-posts", "POST", "/PractitionerRole/$confirm-posts", confirm_posts.confirm_posts,
        _WRITE, takes=(FHIR,),
    ),
    Route("meta_of_system", "$meta", "GET", "/$meta", meta.of_system, _SEARCH, open=True),
    Route("meta_of_type", "$meta", "GET", "/{type}/$meta", meta.of_type, _SEARCH, open=True),
    Route("meta", "$meta", "GET", "/{type}/{id}/$meta", meta.of_record, _READ, open=True),
    Route(
        "meta_of_version", "$meta", "GET", "/{type}/{id}/_history/{version}/$meta", meta.of_record, _READ, open=True,
    ),
    Route(
        "meta_add", "$meta-add", "POST", "/{type}/{id}/$meta-add", meta.add, (*_WRITE, "stale", "deleted"),
        takes=(FHIR,), headers=_IF_MATCH,
    ),
    Route(
        "meta_delete", "$meta-delete", "POST", "/{type}/{id}/$meta-delete", meta.delete,
        (*_WRITE, "stale", "deleted"), takes=(FHIR,), headers=_IF_MATCH,
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
                f"{name}_by_post", code, "POST", f"/{type}/{code}", handler, (*_BODY, "not-found"), takes=(FHIR,),
                parameters=known,
            ),
            *(
                [Route(f"{name}_of_one", code, "GET", f"/{type}/{{id}}/{code}", handler, _CODES, open=True,
                       parameters=known)]
                if of_one else []
            ),
        )
    ),
)  # fmt: skip

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
